#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "bus/client.hpp"
#include "bus/wire.hpp"

namespace lamplight::bus {

/// The publisher's half of a decider's fence: numbers frames, keeps what is unacknowledged byte for byte, and calls back
/// once a frame, in order.
///
/// Unlike an edge's events (bus/publish_window.hpp) a decider's frames stand or fall together: what one refused frame
/// holds is not on the log, so nothing decided behind it may be. One refusal but "later" ends the epoch on our side:
/// it and all frames behind it fail.
/// Callbacks may add frames again. Threads: one.
class DecisionWindow {
 public:
  explicit DecisionWindow(const ClientOptions& options) : options_(options) {}

  /// Errors: kOverloaded over the window's bytes, kTooLarge, kInvalid without events.
  [[nodiscard]] Result<void> add(const DecidedFrame& frame, FrameCallback done);
  [[nodiscard]] bool has_unsent() const { return unsent_ < frames_.size(); }
  [[nodiscard]] std::size_t unacknowledged() const { return frames_.size(); }
  /// For HELLO: where the `started` lies by which we hold the epoch; Offset{}: we hold none.
  [[nodiscard]] Offset started() const { return started_; }

  /// Hands unsent frames, in order, to `send(tag, bytes)` until it takes no more (false).
  void send(const std::function<bool(std::uint64_t tag, Bytes frame)>& send);

  /// A new session: everything unanswered is to be sent again. When `last_seq` does not fit what we sent, another
  /// instance has published since: all frames fail with kFenced.
  void begin_session(Seq last_seq);
  void acknowledge(const wire::AckEntry& entry);

  enum class Refusal {
    kStale,      ///< behind a refused frame, or of an earlier session: nothing to do
    kLater,      ///< the same bytes again after a while
    kReconnect,  ///< a frame before it was lost on the way: all again in a new session
    kEnded,      ///< the frames have failed
  };
  [[nodiscard]] Refusal refuse(const wire::Refused& refused);
  void fail_all(const Error& why);

 private:
  struct Frame {
    std::string bytes;
    std::uint64_t epoch = 0;
    Seq first_seq;
    std::uint32_t count = 0;
    std::uint64_t tag = 0;  // 0: not sent in this session
    FrameCallback done;
  };
  void rewind(std::size_t from);

  const ClientOptions options_;
  std::deque<Frame> frames_;
  std::size_t unsent_ = 0;  // frames_[unsent_..] are not sent in this session
  std::size_t bytes_ = 0;
  std::uint64_t next_tag_ = 1;
  Seq next_seq_{1};
  Seq acked_;
  bool numbered_ = false;
  std::uint64_t epoch_ = 0;  // of the last frame acknowledged
  Offset started_;
};

}  // namespace lamplight::bus
