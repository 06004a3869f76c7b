#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "event_queue.hpp"
#include "own_frames.hpp"
#include "runtime/decider_host.hpp"

namespace lamplight::runtime {

/// A decider's two cursors over the log: its inputs, and what it has published as itself. Knows that the log is the one
/// that the state is of, and keeps the cursor that is ahead from running away. Threads: one.
class DeciderFeeds {
 public:
  DeciderFeeds(bus::Client& client, const DeciderHostOptions& options,
               OwnFrames::NewestSchema newest_schema);
  ~DeciderFeeds() { end(); }
  DeciderFeeds(const DeciderFeeds&) = delete;
  DeciderFeeds& operator=(const DeciderFeeds&) = delete;

  std::function<void()> on_delivery;
  /// An instance has taken this epoch; an operator has handed over.
  std::function<void(std::uint64_t)> on_started;
  std::function<void()> on_handed_over;
  /// Each delivery of own frames, before it is taken in.
  std::function<void(const std::vector<Event>&)> on_own;
  /// The log is another one than the state's, whose newest known place was this.
  std::function<void(Offset)> on_other_log;

  /// Subscribes behind `place`; `known`: it has to be found again on this log first.
  void begin(const Place& place, bool known, const std::optional<Versions>& versions);
  /// In a new session: the newest places have to be found again. False when the log cannot hold them.
  [[nodiscard]] bool meet_again();
  /// What the own cursor brings is known without it from now on.
  void end_own();
  void end();

  [[nodiscard]] bool subscribed() const { return input_feed_.has_value(); }
  [[nodiscard]] std::uint64_t session() const { return session_; }
  /// The log is the state's: evolving may go on.
  [[nodiscard]] bool verified() const {
    return inputs_known_ && own_known_ && client_.state().sessions == session_;
  }
  [[nodiscard]] EventQueue& inputs() { return inputs_; }
  [[nodiscard]] const EventQueue& inputs() const { return inputs_; }
  [[nodiscard]] OwnFrames& own() { return own_; }
  [[nodiscard]] const OwnFrames& own() const { return own_; }
  /// How far the input cursor has come.
  [[nodiscard]] const Place& newest() const { return newest_; }
  /// After events were worked off: lets a cursor that waited go on.
  void keep_bounds();

 private:
  void subscribe_inputs();
  void subscribe_own();
  void take_inputs(const bus::Delivery& delivery);
  void take_own(const bus::Delivery& delivery);
  /// Whether a delivery may be taken: of this session, and of the log that `newest` is of.
  [[nodiscard]] bool fits(const Place& place, const Place& newest, bool& known);
  void note_holders(const std::vector<Event>& events);
  void keep(const std::optional<std::uint32_t>& feed, std::size_t bytes, bool& paused);

  bus::Client& client_;
  const DeciderHostOptions& options_;
  EventQueue inputs_;
  OwnFrames own_;
  std::optional<std::uint32_t> input_feed_;
  std::optional<std::uint32_t> own_feed_;
  bool inputs_paused_ = false;
  bool own_paused_ = false;
  std::uint64_t session_ = 0;  // of the client, in which the log was compared
  Place newest_;
  Place own_newest_;
  bool inputs_known_ = false;  // the cursor's newest place was found on this session's log
  bool own_known_ = false;
};

}  // namespace lamplight::runtime
