#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/uuid.hpp"
#include "bus/client.hpp"
#include "bus/control.hpp"
#include "runtime/outbox.hpp"

namespace lamplight::runtime {

/// The frames of one epoch on their way: gathers the outputs of whole steps, chains prev and through, and knows what is
/// acknowledged.
///
/// Every frame carries `through`, the cut up to which all is decided when it leaves. Threads: one.
class DecisionFrames {
 public:
  DecisionFrames(const Env& env, bus::Client& client, std::string service);

  /// What came of the oldest frame under way. An error is final: nothing more of this epoch is on the log.
  std::function<void(const Result<void>&)> on_answer;

  /// Asks for `epoch`, next to what the log has: everything is decided up to `through`. on_answer tells.
  void start(std::uint64_t epoch, Offset through, std::uint32_t state_version,
             std::uint32_t rules_version);
  /// Adds the outputs of the next step; `before` is the cut without it.
  void add(const Outbox& step, Offset before);
  /// Another step without outputs.
  void add_silent() { ++silent_inputs_; }
  /// Sends what is gathered, if anything is.
  void send(Offset through);
  /// Sends `progressed`, or what is gathered: afterwards a frame reaches `through`, sent.
  void reach(Offset through, const std::optional<TimeUs>& next_due);
  /// Sends what is gathered and lets go of the epoch.
  void stop(Offset through);
  /// After a refusal: lets go of the epoch without what was refused.
  void give_back();
  /// Forgets everything: the epoch is lost or over.
  void reset();

  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
  [[nodiscard]] bool gathering() const { return gathered_ > 0; }
  /// A gathered frame that need not wait for more.
  [[nodiscard]] bool full() const { return events_.buffer().size() >= kFrameTarget; }
  [[nodiscard]] bool under_way() const { return !under_way_.empty(); }
  /// As much is under way as a client's window has surely room for.
  [[nodiscard]] bool crowded() const { return bytes_under_way_ >= kMostUnderWay; }
  /// Inputs whose frame is not acknowledged: gathered or under way.
  [[nodiscard]] std::size_t unacknowledged_inputs() const {
    return inputs_under_way_ + gathered_inputs_;
  }
  /// Inputs decided without an output that no frame has told yet.
  [[nodiscard]] std::size_t silent_inputs() const { return silent_inputs_; }
  [[nodiscard]] Offset sent_through() const { return sent_; }
  [[nodiscard]] Offset acknowledged_through() const { return acknowledged_; }
  /// Where the last acknowledged frame's last event lies.
  [[nodiscard]] Offset last_offset() const { return last_offset_; }

 private:
  static constexpr std::size_t kFrameTarget = 256U << 10;
  static constexpr std::size_t kMostUnderWay = 6U << 20;
  struct UnderWay {
    Offset through;
    std::size_t inputs = 0;
    std::size_t bytes = 0;
    std::optional<Error> refused;  ///< on the spot: told once those before it are answered
  };
  void publish(Offset through, std::uint32_t count, Bytes events, std::size_t inputs);
  void tell(bus::ControlVerb verb, Offset through, const MsgpackWriter& payload);
  void answered(const Result<bus::FrameAcked>& answer);
  void refuse(const Error& why);

  bus::Client& client_;
  const std::string service_;
  UuidSource ids_;
  std::uint64_t epoch_ = 0;
  std::uint64_t refused_epoch_ = 0;
  std::shared_ptr<bool> life_;  // answers to frames of another life are none of ours
  Offset sent_;
  Offset acknowledged_;
  Offset last_offset_;
  std::deque<UnderWay> under_way_;
  std::size_t inputs_under_way_ = 0;
  std::size_t bytes_under_way_ = 0;

  MsgpackWriter events_;
  std::uint32_t gathered_ = 0;  // events
  std::size_t gathered_inputs_ = 0;
  std::size_t silent_inputs_ = 0;
  Offset last_cause_;
};

}  // namespace lamplight::runtime
