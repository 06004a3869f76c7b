#include "bus/control.hpp"

#include <array>
#include <utility>

namespace lamplight::bus {

namespace {
constexpr std::string_view kPrefix = "control.";
constexpr std::string_view kClock = "/clock";
constexpr std::array<std::pair<ControlVerb, std::string_view>, 5> kVerbs{{
    {ControlVerb::kStarted, "started"},
    {ControlVerb::kStopped, "stopped"},
    {ControlVerb::kProgressed, "progressed"},
    {ControlVerb::kHandedOver, "handed_over"},
    {ControlVerb::kTimeReached, "time_reached"},
}};
}  // namespace

std::string control_subject(std::string_view service, ControlVerb verb) {
  std::string subject(kPrefix);
  subject += service;
  for (const auto& [known, name] : kVerbs) {
    if (known == verb) subject.append(".").append(name);
  }
  return subject;
}

std::optional<ControlSubject> parse_control_subject(std::string_view subject) {
  if (!subject.starts_with(kPrefix)) return std::nullopt;
  const std::string_view rest = subject.substr(kPrefix.size());
  const auto dot = rest.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  for (const auto& [verb, name] : kVerbs) {
    if (rest.substr(dot + 1) == name) return ControlSubject{rest.substr(0, dot), verb};
  }
  return std::nullopt;
}

std::optional<ControlVerb> control_verb_of(const FrameView& frame) {
  std::optional<ControlVerb> verb;
  if (frame.header().count != 1) return verb;
  frame.for_each([&](std::uint32_t, const EventContent& event, Bytes) {
    const auto control = parse_control_subject(event.subject);
    if (control && control->service == frame.header().producer) verb = control->verb;
  });
  return verb;
}

bool is_decider_name(std::string_view name) {
  return is_valid_name(name) && name.find_first_of("/-") == std::string_view::npos;
}

std::string clock_name(std::string_view service) { return std::string(service).append(kClock); }

}  // namespace lamplight::bus
