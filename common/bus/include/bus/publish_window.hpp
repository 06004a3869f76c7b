#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bus/client.hpp"
#include "bus/dedupe_window.hpp"
#include "bus/wire.hpp"
#include "model/frame.hpp"

namespace lamplight::bus {

/// The publisher's half of the fence: gathers events into frames, numbers them, keeps what is unacknowledged byte for
/// byte, and calls back once an event, in publish order.
///
/// Callbacks may publish again. Threads: one.
class PublishWindow {
 public:
  static constexpr std::size_t kFrameTarget = 256U
                                              << 10;  ///< a gathering frame is ended at this size

  explicit PublishWindow(const ClientOptions& options);

  /// Queues an event. Errors: kOverloaded, kTooLarge, kInvalid.
  [[nodiscard]] Result<void> add(const NewEvent& event, std::optional<TimeUs> seed_time,
                                 AckCallback done);
  /// Ends the gathering frame.
  void cut();
  /// Frames are under way (sent in this session and unanswered).
  [[nodiscard]] bool under_way() const { return unsent_ > 0; }
  /// Frames that may be sent now.
  [[nodiscard]] bool has_unsent() const {
    return unsent_ < std::min(frames_.size(), flight_limit_);
  }
  [[nodiscard]] bool gathering() const { return !slots_.empty(); }
  [[nodiscard]] std::size_t unacknowledged() const { return events_; }

  /// Hands unsent frames, in order, to `send(tag, bytes)` until it takes no more (false).
  void send(const std::function<bool(std::uint64_t tag, Bytes frame)>& send);

  /// A new session: everything unanswered is to be sent again. `last_seq` is the bus's word on our name.
  /// Errors: kFenced when it does not fit what we sent: another process publishes under our name, or another log.
  [[nodiscard]] Result<void> begin_session(Seq last_seq);
  void acknowledge(const wire::AckEntry& entry);

  enum class Refusal {
    kStale,      ///< behind a refused frame, or of an earlier session: nothing to do
    kGoBack,     ///< the rest was renumbered: send again
    kLater,      ///< the same bytes again after a while
    kReconnect,  ///< numbers differ for no reason that we know
    kFenced,
  };
  [[nodiscard]] Refusal refuse(const wire::Refused& refused);

  /// Calls back everything with `why`; nothing may be added after.
  void fail_all(const Error& why);
  [[nodiscard]] bool has_frame(std::uint64_t tag) const { return find(tag) != frames_.size(); }

 private:
  struct Slot {
    AckCallback done;
    std::optional<Result<Acked>> early;  // known before its frame's answer: a duplicate, or refused
  };
  struct Frame {
    std::string bytes;
    Seq first_seq;
    std::uint32_t count = 0;  // events in `bytes`; 0: nothing left to send
    std::vector<Slot> slots;  // all events, also those taken out of `bytes`
    std::size_t cost = 0;
    std::uint64_t tag = 0;    // 0: not sent in this session
    bool renumbered = false;  // `bytes` hold another number than first_seq: encode before sending
    bool answered = false;
    Acked first;  // when answered: of its first event in `bytes`
  };

  [[nodiscard]] std::size_t find(std::uint64_t tag) const;
  void rewind(std::size_t from);
  using TakenOut = std::map<std::uint32_t, Result<Acked>>;
  void take_out(Frame& frame, const TakenOut& out);
  void encode_again(Frame& frame);
  void renumber(std::size_t from, std::uint64_t down);
  void call_back();

  const ClientOptions options_;
  std::deque<Frame> frames_;  // numbered, oldest first
  std::size_t unsent_ = 0;    // frames_[unsent_..] are not sent in this session
  static constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();
  std::size_t flight_limit_ = kNoLimit;  // frames under way at most; small after a refusal
  std::uint64_t next_tag_ = 1;
  Seq acked_;  // last number acknowledged to us
  Seq next_seq_{1};
  bool numbered_ = false;  // the first WELCOME told where our numbers go on

  MsgpackWriter gathered_;  // encoded events of the frame being gathered
  std::vector<Slot> slots_;
  std::optional<TimeUs> time_;
  KeySet keys_;
  std::size_t events_ = 0;
  std::size_t bytes_ = 0;
  bool calling_back_ = false;
};

}  // namespace lamplight::bus
