#include "base/result.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace lamplight {

namespace {
constexpr std::array<std::pair<Code, std::string_view>, 14> kNames{{
    {Code::kInvalid, "invalid"},
    {Code::kNotFound, "not_found"},
    {Code::kExists, "exists"},
    {Code::kTooLarge, "too_large"},
    {Code::kOverloaded, "overloaded"},
    {Code::kTimeout, "timeout"},
    {Code::kFenced, "fenced"},
    {Code::kOutOfOrder, "out_of_order"},
    {Code::kDuplicate, "duplicate"},
    {Code::kDamaged, "damaged"},
    {Code::kIo, "io"},
    {Code::kUnavailable, "unavailable"},
    {Code::kForbidden, "forbidden"},
    {Code::kUnsupported, "unsupported"},
}};
}  // namespace

std::string_view to_string(Code code) {
  for (const auto& [c, name] : kNames) {
    if (c == code) return name;
  }
  return "unknown";
}

std::optional<Code> code_from(std::string_view name) {
  for (const auto& [c, n] : kNames) {
    if (n == name) return c;
  }
  return std::nullopt;
}

Error Error::with(std::string_view context) const {
  return {code_, std::string(context) + ": " + message_};
}

void check_failed(const char* what, const char* file, int line) noexcept {
  std::fprintf(stderr, "%s:%d: broken invariant: %s\n", file, line, what);
  std::abort();
}

}  // namespace lamplight
