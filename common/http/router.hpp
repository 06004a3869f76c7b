#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "http/server.hpp"

namespace lamplight::http {

/// One method of one path: what a matched request is handed to.
struct Route {
  std::string method;
  std::string pattern;
  std::variant<Handler, StreamHandler> handler;
  [[nodiscard]] bool streams() const { return std::holds_alternative<StreamHandler>(handler); }
};

/// The routes of a server, fixed once it has started. Threads: any number of readers after the last add.
class Router {
 public:
  /// A pattern that does not begin with '/', or the same method and pattern twice, ends the process.
  void add(Route route);

  struct Match {
    const Route* route = nullptr;  ///< empty: `allow` says whether the path is known
    std::string allow;  ///< methods of the path, for Allow; empty when the path is unknown
  };
  /// Literal segments win over {}. HEAD is answered by the GET route. Fills `captures`, one for each {}.
  [[nodiscard]] Match match(std::string_view method, std::string_view path,
                            std::vector<std::string>& captures) const;

 private:
  struct Path {
    std::vector<std::string> segments;
    std::vector<Route> routes;
  };
  [[nodiscard]] const Path* find(const std::vector<std::string_view>& segments) const;

  std::vector<Path> paths_;  ///< sorted so that the more literal pattern comes first
};

}  // namespace lamplight::http
