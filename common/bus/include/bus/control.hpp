#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/frame.hpp"

/// The subjects `control.<service>.<verb>` by which a decider tells its own life. The bus acts on them; no wildcard
/// matches them.
namespace lamplight::bus {

enum class ControlVerb {
  kStarted,      ///< by `<service>`: an instance takes the next epoch
  kStopped,      ///< by `<service>`: the epoch's holder lets go of it
  kProgressed,   ///< by `<service>`: decided up to here, without an output
  kHandedOver,   ///< by the bus, for an operator: the next instance need not wait for the holder
  kTimeReached,  ///< by `<service>/clock`: bus time has passed a deadline
};

/// "control.inner.started".
[[nodiscard]] std::string control_subject(std::string_view service, ControlVerb verb);

struct ControlSubject {
  std::string_view service;
  ControlVerb verb;
};
/// Nothing for any other subject.
[[nodiscard]] std::optional<ControlSubject> parse_control_subject(std::string_view subject);

/// What a decider's frame holds when it is one event of its own control subjects; nothing for a frame of outputs.
[[nodiscard]] std::optional<ControlVerb> control_verb_of(const FrameView& frame);

/// A name that may decide is one token of a subject: [a-z0-9_].
[[nodiscard]] bool is_decider_name(std::string_view name);
/// "inner/clock".
[[nodiscard]] std::string clock_name(std::string_view service);

}  // namespace lamplight::bus
