#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "runtime/fold.hpp"
#include "runtime/outbox.hpp"

namespace lamplight::runtime {

/// A service that decides: its state is a fold over inputs and its own outputs, and its outputs are decided once, live,
/// and recorded. Replay never decides.
///
/// What evolve sees: an *input* as it lies on the log, with offset and bus time; an *own output* right behind the input
/// that caused it, with that input's time, offset 0, and epoch, prev and through 0, live and in replay alike. Where an
/// output lies on the log is no business of the state.
class Decider : public Fold {
 public:
  /// What follows from `input`, which has been evolved. Never sees own outputs; changes nothing.
  /// An input is what the service subscribes to and did not publish as producer `<service>`, and its own
  /// `control.<service>.time_reached`: that asks for the deadlines with due <= its time, oldest first by (due, id), as
  /// many as fit the outbox. One that gives no output while next_due() is still at or below its time halts the service.
  virtual void decide(const Event& input, Outbox& out) const = 0;
  /// The earliest deadline that waits; nothing when none does.
  [[nodiscard]] virtual std::optional<TimeUs> next_due() const { return std::nullopt; }
  /// The newest schema of an own output that evolve reads, by its subject; 0: it knows no such output. What it publishes
  /// lies within. An output on the log beyond it was decided by a newer build, and the harness halts before the input that
  /// caused it: evolve would pass over it, and all behind it would be another history.
  [[nodiscard]] virtual std::uint32_t newest_schema(std::string_view own_subject) const = 0;
  /// Raised when decide changes.
  [[nodiscard]] virtual std::uint32_t rules_version() const = 0;
};

}  // namespace lamplight::runtime
