#include "router.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace lamplight::http {

namespace {

constexpr std::string_view kAnySegment = "{}";

void split(std::string_view path, std::vector<std::string_view>& segments) {
  segments.clear();
  if (!path.empty()) path.remove_prefix(1);
  for (;;) {
    const std::size_t slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return;
    path.remove_prefix(slash + 1);
  }
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string_view>& segments) {
  if (pattern.size() != segments.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == kAnySegment ? segments[i].empty() : pattern[i] != segments[i]) return false;
  }
  return true;
}

std::string allowed(const std::vector<Route>& routes) {
  std::string allow;
  for (const Route& route : routes) {
    if (!allow.empty()) allow += ", ";
    allow += route.method;
    if (route.method == "GET") allow += ", HEAD";
  }
  return allow;
}

}  // namespace

void Router::add(Route route) {
  LAMPLIGHT_CHECK(!route.pattern.empty() && route.pattern.front() == '/',
                  "a route begins with '/'");
  std::vector<std::string_view> views;
  split(route.pattern, views);
  std::vector<std::string> segments(views.begin(), views.end());
  auto path = std::find_if(paths_.begin(), paths_.end(),
                           [&](const Path& p) { return p.segments == segments; });
  if (path == paths_.end()) {
    // "{}" must sort after every literal, so that "/v1/alerts/latest" wins over "/v1/alerts/{}".
    const auto more_literal = [](const std::string& a, const std::string& b) {
      return (a == kAnySegment) != (b == kAnySegment) ? b == kAnySegment : a < b;
    };
    const auto before = [&](const Path& a, const Path& b) {
      return std::lexicographical_compare(a.segments.begin(), a.segments.end(), b.segments.begin(),
                                          b.segments.end(), more_literal);
    };
    Path fresh{std::move(segments), {}};
    path = paths_.insert(std::upper_bound(paths_.begin(), paths_.end(), fresh, before),
                         std::move(fresh));
  }
  for (const Route& other : path->routes) {
    LAMPLIGHT_CHECK(other.method != route.method, "a route is added once");
  }
  path->routes.push_back(std::move(route));
}

const Router::Path* Router::find(const std::vector<std::string_view>& segments) const {
  for (const Path& path : paths_) {
    if (fits(path.segments, segments)) return &path;
  }
  return nullptr;
}

Router::Match Router::match(std::string_view method, std::string_view path,
                            std::vector<std::string>& captures) const {
  captures.clear();
  thread_local std::vector<std::string_view> segments;
  split(path, segments);
  const Path* found = find(segments);
  if (found == nullptr) return {};
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (found->segments[i] == kAnySegment) captures.emplace_back(segments[i]);
  }
  const std::string_view wanted = method == "HEAD" ? std::string_view("GET") : method;
  for (const Route& route : found->routes) {
    if (route.method == wanted || route.method == method) return {&route, {}};
  }
  return {nullptr, allowed(found->routes)};
}

}  // namespace lamplight::http
