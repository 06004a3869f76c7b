#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/event.hpp"
#include "model/limits.hpp"
#include "model/msgpack_reader.hpp"
#include "model/msgpack_writer.hpp"

namespace lamplight::runtime {

/// What one step's outputs may hold together: they leave in one frame.
inline constexpr std::uint32_t kMaxStepOutputs = kMaxFrameEvents;
inline constexpr std::size_t kMaxStepBytes =
    kMaxFrameBytes - 1024;  ///< the frame's head comes on top

/// The id of a service's output number `index` (from 0) on the input at `cause`: the same whenever it is decided. A
/// UUIDv8 of the SHA-256 of the three.
[[nodiscard]] Id16 output_id(std::string_view service, Offset cause, std::uint32_t index);

/// Collects the outputs of one step, encoded as they will lie on the log.
///
/// An output that breaks a rule is a bug in the decider, not a failure of the outside world: nothing of the step is
/// published, `fault` says which output and which rule, and the harness halts the service at that input.
/// Threads: one.
class Outbox {
 public:
  /// `subjects`: patterns of what this service may publish (`inner.*`); `control.` subjects are never among them.
  Outbox(std::string service, std::vector<std::string> subjects);

  // ---- for decide ----------------------------------------------------------------------------------

  /// Another output of this step. The bytes are copied. Faults: no subject, a subject outside the rights, an event over
  /// kMaxEventBytes, more than kMaxStepOutputs or kMaxStepBytes in one step.
  void add(std::string_view subject, std::uint32_t schema, Bytes payload);
  /// Room to encode a payload in, empty; its memory is kept from one output to the next.
  [[nodiscard]] MsgpackWriter& payload() {
    payload_.clear();
    return payload_;
  }
  /// Whether another output would find room. Who answers an open number of deadlines asks before each, and leaves the
  /// rest to the next step.
  [[nodiscard]] bool fits(std::string_view subject, std::size_t payload_bytes) const;
  /// The id that the next output gets: it may name the thing that the output brings into being.
  [[nodiscard]] Id16 next_id() const { return output_id(service_, cause_, count_); }

  // ---- for the harness, and tests ------------------------------------------------------------------

  /// Drops what is held and begins the step of the input at `cause`.
  void begin(Offset cause);
  [[nodiscard]] const std::string& service() const { return service_; }
  [[nodiscard]] Offset cause() const { return cause_; }
  [[nodiscard]] std::uint32_t count() const { return count_; }
  /// `count` encoded events, one behind another.
  [[nodiscard]] Bytes encoded() const { return encoded_.bytes(); }
  [[nodiscard]] const std::optional<Error>& fault() const { return fault_; }

 private:
  /// Looked at once a subject: a service publishes few.
  [[nodiscard]] bool is_known(std::string_view subject) const;
  [[nodiscard]] bool may_publish(std::string_view subject) const;
  void fail(Code code, const std::string& why);

  std::string service_;
  std::vector<std::string> subjects_;
  std::vector<std::string> known_;  // subjects that it may publish, as they came
  Offset cause_;
  std::uint32_t count_ = 0;
  MsgpackWriter encoded_;
  MsgpackWriter payload_;
  std::optional<Error> fault_;
};

}  // namespace lamplight::runtime
