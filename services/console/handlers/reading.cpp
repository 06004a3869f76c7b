#include "console/handlers/reading.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <utility>

#include "console/problems.hpp"

namespace lamplight::console {

std::optional<Caller> reader(Core& core, const http::Request& request,
                             const http::ResponderPtr& responder) {
  auto caller = core.caller(request, false);
  if (!caller) {
    responder->answer(problem_response(not_signed_in(), request.id));
    return std::nullopt;
  }
  if (reach(caller->officer->roles, identity::Command::kRead) == identity::Reach::kNone) {
    core.metrics().record_unseen();
    responder->answer(problem_response(forbidden("read"), request.id));
    return std::nullopt;
  }
  return caller;
}

std::optional<std::int64_t> number_in(const http::Request& request, std::string_view name,
                                      std::int64_t least, std::int64_t most,
                                      std::vector<http::FieldError>& errors) {
  const std::string_view text = request.query_value(name);
  if (text.empty()) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault == std::errc{} && end == text.data() + text.size() && value >= least && value <= most)
    return value;
  errors.push_back(
      {fmt::format("/{}", name), "range", fmt::format("A whole number {} to {}.", least, most)});
  return std::nullopt;
}

std::optional<Offset> offset_asked(Core& core, const http::Request& request,
                                   const http::ResponderPtr& responder) {
  std::vector<http::FieldError> errors;
  const auto at = number_in(request, "at", 1, std::numeric_limits<std::int64_t>::max(), errors);
  if (!errors.empty()) {
    responder->answer(problem_response(broken_rules(std::move(errors)), request.id));
    return std::nullopt;
  }
  if (!at) return core.cut();
  const Offset offset{static_cast<std::uint64_t>(*at)};
  if (offset <= core.cut()) return offset;
  responder->answer(problem_response(not_there_yet(core.cut()), request.id));
  return std::nullopt;
}

}  // namespace lamplight::console
