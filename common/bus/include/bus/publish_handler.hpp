#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "bus/answers.hpp"
#include "bus/broker.hpp"
#include "bus/bus_time.hpp"
#include "bus/deciders.hpp"
#include "bus/dedupe_window.hpp"
#include "bus/fence_table.hpp"
#include "bus/refusal.hpp"
#include "bus/seed_pace.hpp"
#include "bus/sessions.hpp"
#include "log/log.hpp"

namespace lamplight::bus {

/// Decides over each published frame: fence, rights, dedupe, time, and onto the log. Every frame gets one answer.
/// Threads: one.
class PublishHandler {
 public:
  PublishHandler(log::Log& log, Answers& answers, BrokerObserver& observer, const Now& now);

  /// Rebuilds fence, dedupe window and seeding from the log's indexes.
  [[nodiscard]] Result<void> restore(const Now& now);

  enum class Outcome {
    kAnswered,
    kLater, /* the log gathers no more before the next sync: hand the frame in again */
    kPaced /* time may not go on so far yet on a seeding log: hand the frame in again when deciders have said more */
  };
  [[nodiscard]] Outcome publish(const Session& session, std::uint64_t tag, Bytes frame_bytes,
                                const Now& now);
  /// Publishes control.log.went_live; from then on bus time is wall time.
  [[nodiscard]] Outcome go_live(const Session& session, const wire::GoLive& request,
                                const Now& now);
  /// An operator's word that the wall clock is right: publishes control.clock.confirmed, whose payload [step in µs] says how
  /// far bus time was from it. The event still has the time before the step; what follows has the wall clock's, or stands
  /// still until that has caught up.
  [[nodiscard]] Outcome confirm_clock(const Session& session, const wire::ConfirmClock& request,
                                      const Now& now);
  /// Lets the next instance of a decider take over at once: publishes control.<service>.handed_over.
  [[nodiscard]] Outcome hand_over(const Session& session, const wire::HandOver& request,
                                  const Now& now);
  [[nodiscard]] Deciders& deciders() { return deciders_; }
  /// Whether a sync is under way: what the log cannot take for the moment is then worth waiting for.
  void set_syncing(bool syncing) { syncing_ = syncing; }
  /// From now on everything is refused with log_failed.
  void fail() { failed_ = true; }

  [[nodiscard]] bool seeding() const { return seeding_; }
  /// Up to where deciders shall tell what they have decided, for a frame that waits with kPaced.
  [[nodiscard]] Offset settle() const { return pace_.settle(); }
  [[nodiscard]] bool clock_held() const { return !seeding_ && wall_.held(); }
  [[nodiscard]] TimeUs bus_time(const Now& now);
  [[nodiscard]] FenceTable::Place place_of(std::string_view producer) const {
    return fence_.place_of(producer);
  }
  /// Why frames have been refused for want of room on the disk for a second or more; empty when none was of late.
  [[nodiscard]] std::string refused_for_room(const Now& now) const;
  [[nodiscard]] std::int64_t clock_step_us(const Now& now) const { return wall_.step_us(now); }

 private:
  struct Request {
    const PeerId& peer;
    std::uint64_t tag;
    Seq first_seq;
    std::int64_t received_us;
  };

  /// An event of the bus itself.
  struct Own {
    std::string_view subject;
    Id16 id;
    std::string payload;
    std::optional<Id16> dedupe = {};
  };
  /// Whether it went onto the log; if not, `outcome` tells what became of the request.
  [[nodiscard]] bool publish_own(const Request& request, const Own& own, TimeUs time,
                                 Outcome& outcome);
  [[nodiscard]] std::optional<Refusal> check_rights(const Session& session,
                                                    const FrameView& frame) const;
  [[nodiscard]] std::optional<Refusal> check_events(const FrameView& frame, TimeUs time);
  /// Whether this session may publish that control subject in such a frame.
  [[nodiscard]] static bool may_control(const FrameView& frame, std::string_view subject);
  [[nodiscard]] TimeUs time_for(const FrameView& frame, const Now& now);
  [[nodiscard]] TimeUs seed_time() const { return std::max(log_.last_time(), pace_.stop()); }
  [[nodiscard]] Outcome append(const Request& request, const FrameView& frame, TimeUs time);
  void remember(const FrameView& frame, Offset first_offset, TimeUs time);
  Outcome refuse(const Request& request, const Refusal& refusal);

  log::Log& log_;
  Answers& answers_;
  BrokerObserver& observer_;
  FenceTable fence_;
  Deciders deciders_;
  SeedPace pace_;
  DedupeWindow dedupe_;
  KeySet keys_in_frame_;
  BusTime wall_;
  bool seeding_ = false;
  bool syncing_ = false;
  std::string no_room_;  // why the last frame was refused, if it was for want of room
  std::int64_t no_room_since_us_ = 0;
  std::int64_t no_room_at_us_ = 0;  // the last time
  bool failed_ = false;
};

/// The first two tokens of a subject.
[[nodiscard]] std::string_view subject_group(std::string_view subject);

inline constexpr std::string_view kWentLive = "control.log.went_live";
inline constexpr std::string_view kClockConfirmed = "control.clock.confirmed";
inline constexpr std::string_view kControlProducer = "control";

}  // namespace lamplight::bus
