#include "bus/publish_handler.hpp"

#include <algorithm>

#include "base/planted_bug.hpp"
#include "model/future_times.hpp"
#include "model/limits.hpp"

namespace lamplight::bus {

namespace {
bool is_clock_of_decider(std::string_view producer) { return producer.ends_with("/clock"); }
}  // namespace

#ifdef LAMPLIGHT_PLANTED_BUGS
Result<Offset> append_in_two(log::Log& log, const FrameView& frame, TimeUs time);  // in tests/sim
#endif

std::string_view subject_group(std::string_view subject) {
  const auto first = subject.find('.');
  if (first == std::string_view::npos) return subject;
  return subject.substr(0, subject.find('.', first + 1));
}

PublishHandler::PublishHandler(log::Log& log, Answers& answers, BrokerObserver& observer,
                               const Now& now)
    : log_(log),
      answers_(answers),
      observer_(observer),
      dedupe_(kDedupeKeys, kDedupeUs),
      wall_(now, log.last_time()) {}

Result<void> PublishHandler::restore(const Now& now) {
  seeding_ = log_.header().seeded;
  pace_.begin(log_.head());
  // A name that published long ago still has its last number: every segment's index is asked for.
  return log_.visit_indexes([](const log::SegmentIndex&) { return true; },
                            [this, &now](const log::SegmentIndex& index) {
                              for (const auto& [producer, frames] : index.frames) {
                                if (planted(Bug::kFenceForgotten)) break;
                                for (const auto& record : frames) {
                                  // An index may repeat what an older one told.
                                  if (record.first_seq > fence_.place_of(producer).last_seq)
                                    fence_.remember(producer, record);
                                }
                              }
                              for (const auto& record : index.dedupe) {
                                if (planted(Bug::kDedupeNotRebuilt)) break;
                                if (record.offset > dedupe_.last_offset()) dedupe_.remember(record);
                              }
                              deciders_.restore(index, now);
                              if (index.subjects.contains(kWentLive)) seeding_ = false;
                            });
}

TimeUs PublishHandler::bus_time(const Now& now) {
  if (planted(Bug::kTimeStepsBack)) return now.wall;
  return seeding_ ? seed_time() : std::max(wall_.at(now), seed_time());
}

TimeUs PublishHandler::time_for(const FrameView& frame, const Now& now) {
  if (seeding_) return std::max(frame.header().time.value_or(TimeUs{}), seed_time());
  // One time for all that one sync covers: the batch's.
  return log_.has_gathered() ? log_.last_time() : bus_time(now);
}

PublishHandler::Outcome PublishHandler::publish(const Session& session, std::uint64_t tag,
                                                Bytes frame_bytes, const Now& now) {
  Request request{session.peer, tag, Seq{}, now.monotonic_us};
  if (failed_)
    return refuse(request,
                  {std::string(wire::kLogFailed), "the log failed; the bus must be restarted"});
  const auto frame = FrameView::parse(frame_bytes);
  if (!frame)
    return refuse(request, {std::string(to_string(frame.error().code())), frame.error().message()});
  request.first_seq = frame->header().first_seq;
  if (const auto refusal = check_rights(session, *frame)) return refuse(request, *refusal);

  const auto verdict = fence_.check(frame->header(), frame->hash());
  const bool decides = session.role == Role::kDecider;
  if (planted(Bug::kZombieTaken) && decides &&
      frame->header().epoch < fence_.place_of(session.name).epoch) {
    return append(request, *frame, time_for(*frame, now));
  }
  if (decides && !std::holds_alternative<FenceTable::Same>(verdict)) {
    const FenceTable::Place place = fence_.place_of(session.name);
    if (auto refusal = deciders_.check(session, *frame, place, log_.head(), now)) {
      refusal->expected = place.last_seq.plus(1);
      return refuse(request, *refusal);
    }
  }
  if (const auto* refused = std::get_if<FenceTable::Refused>(&verdict)) {
    return refuse(request, {std::string(to_string(Code::kOutOfOrder)),
                            "next number of " + session.name + " is " +
                                std::to_string(refused->expected.value),
                            refused->expected});
  }
  if (const auto* same = std::get_if<FenceTable::Same>(&verdict)) {
    observer_.duplicate(frame->header().count);
    if (decides) deciders_.taken(session, *frame, same->first_offset, now);
    answers_.acknowledge(
        session.peer,
        {tag, request.first_seq, frame->header().count, same->first_offset, TimeUs{}, true},
        now.monotonic_us);
    return Outcome::kAnswered;
  }
  if (seeding_ && frame->header().time.value_or(TimeUs{}) > now.wall.plus_us(kMaxAheadUs)) {
    return refuse(request, {std::string(to_string(Code::kInvalid)),
                            "the frame's time lies more than 24 h ahead of the bus's clock: bus "
                            "time could never go back from there"});
  }
  const TimeUs time = time_for(*frame, now);
  // What brings no time of its own lets none pass: deciders and their clocks among it.
  const bool lets_time_pass = seeding_ && frame->header().time && time > log_.last_time();
  if (lets_time_pass && !pace_.passes(time, deciders_.deciding(now))) return Outcome::kPaced;
  if (const auto refusal = check_events(*frame, time)) return refuse(request, *refusal);
  const Offset before = log_.head();
  const Outcome outcome = append(request, *frame, time);
  if (decides && log_.head() > before) deciders_.taken(session, *frame, before.next(), now);
  return outcome;
}

std::optional<Refusal> PublishHandler::check_rights(const Session& session,
                                                    const FrameView& frame) const {
  const std::string forbidden(to_string(Code::kForbidden));
  const FrameHeader& head = frame.header();
  if (session.role == Role::kFollower)
    return Refusal{forbidden, "a follower does not publish; say HELLO as an edge"};
  if (head.producer != session.name) {
    return Refusal{forbidden, "the frame's producer is not the session's name, " + session.name};
  }
  if (session.role == Role::kDecider) {
    if (head.epoch == 0) return Refusal{forbidden, "a decider's frames name its epoch"};
  } else if (head.epoch != 0 || head.prev.value != 0 || head.through.value != 0) {
    return Refusal{forbidden, "epoch, prev and through of an edge are 0"};
  }
  if (seeding_ && head.time && !session.may_seed) {
    return Refusal{forbidden, session.name + " may not give time on a seeded log"};
  }
  return std::nullopt;
}

std::optional<Refusal> PublishHandler::check_events(const FrameView& frame, TimeUs time) {
  std::optional<Refusal> refusal;
  const auto fault = [&refusal](Code code, std::string message, std::uint32_t index) {
    if (!refusal) refusal = Refusal{std::string(to_string(code)), std::move(message), {}, index};
  };
  keys_in_frame_.clear();
  frame.for_each([&](std::uint32_t index, const EventContent& event, Bytes) {
    if (event.subject.starts_with("control.") && !may_control(frame, event.subject)) {
      fault(Code::kForbidden,
            "control subjects are the bus's own; a decider tells its own started, stopped and "
            "progressed, each alone in a frame, and its clock time_reached",
            index);
    } else if (is_clock_of_decider(frame.header().producer) &&
               !event.subject.starts_with("control.")) {
      fault(Code::kForbidden, "a decider's clock tells time and nothing else", index);
    } else if (event.dedupe) {
      if (const auto known = dedupe_.find(*event.dedupe, time)) {
        fault(Code::kDuplicate, "events with these dedupe keys are on the log", index);
        // All known keys of the frame in one answer: it comes again without them.
        if (refusal->known.size() < wire::kMaxKnownKeys) {
          refusal->known.push_back({index, known->offset, known->time});
        }
      } else if (!keys_in_frame_.insert(*event.dedupe)) {
        fault(Code::kInvalid, "a dedupe key stands twice in one frame", index);
      }
    }
  });
  if (refusal && refusal->code != to_string(Code::kDuplicate)) refusal->known.clear();
  return refusal;
}

bool PublishHandler::may_control(const FrameView& frame, std::string_view subject) {
  const auto control = parse_control_subject(subject);
  if (!control) return false;
  const FrameHeader& head = frame.header();
  if (control->verb == ControlVerb::kTimeReached)
    return head.producer == clock_name(control->service);
  const bool own = head.epoch != 0 && control->service == head.producer;
  return own && head.count == 1 && control->verb != ControlVerb::kHandedOver;
}

PublishHandler::Outcome PublishHandler::append(const Request& request, const FrameView& frame,
                                               TimeUs time) {
#ifdef LAMPLIGHT_PLANTED_BUGS
  const auto first =
      planted(Bug::kFrameSplit) ? append_in_two(log_, frame, time) : log_.append(frame, time);
#else
  const auto first = log_.append(frame, time);
#endif
  if (!first) {
    // What a sync will end is waited out here, a full disk by the client.
    const bool passes = log_.has_gathered() || syncing_;
    if (first.error().code() == Code::kOverloaded && passes) return Outcome::kLater;
    if (first.error().code() == Code::kOverloaded) {
      if (no_room_.empty()) no_room_since_us_ = request.received_us;
      no_room_ = first.error().message();
      no_room_at_us_ = request.received_us;
    }
    const bool fenced = first.error().code() == Code::kFenced;
    return refuse(request, {fenced ? std::string(wire::kLogFailed)
                                   : std::string(to_string(first.error().code())),
                            first.error().message()});
  }
  no_room_.clear();
  remember(frame, *first, time);
  answers_.acknowledge(request.peer,
                       {request.tag, request.first_seq, frame.header().count, *first, time, false},
                       request.received_us);
  return Outcome::kAnswered;
}

std::string PublishHandler::refused_for_room(const Now& now) const {
  constexpr std::int64_t kOfLateUs = 5'000'000;  // who was refused asks again much sooner
  constexpr std::int64_t kLastsUs = 1'000'000;   // a segment being made ready is no full disk
  const bool lasts = no_room_at_us_ - no_room_since_us_ >= kLastsUs;
  return lasts && now.monotonic_us - no_room_at_us_ < kOfLateUs ? no_room_ : std::string();
}

void PublishHandler::remember(const FrameView& frame, Offset first_offset, TimeUs time) {
  const FrameHeader& head = frame.header();
  if (planted(Bug::kZombieTaken) && head.epoch < fence_.place_of(head.producer).epoch) return;
  fence_.remember(head.producer, {head.first_seq, head.count, first_offset, frame.hash(),
                                  head.epoch, head.through});
  if (seeding_) pace_.appended(frame, first_offset);
  std::string_view group;
  std::string_view subject;
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
  frame.for_each([&](std::uint32_t index, const EventContent& event, Bytes raw) {
    if (event.dedupe) dedupe_.remember({*event.dedupe, first_offset.plus(index), time});
    if (event.subject != subject) {
      subject = event.subject;
      const std::string_view next = subject_group(subject);
      if (next != group && events > 0) {
        observer_.published(group, events, bytes);
        events = bytes = 0;
      }
      group = next;
    }
    ++events;
    bytes += raw.size();
  });
  observer_.published(group, events, bytes);
}

PublishHandler::Outcome PublishHandler::go_live(const Session& session, const wire::GoLive& go,
                                                const Now& now) {
  const Request request{session.peer, go.tag, Seq{}, now.monotonic_us};
  if (!seeding_) {
    return refuse(request, {std::string(to_string(Code::kInvalid)),
                            log_.header().seeded ? "the log went live before"
                                                 : "the log was not made seeded"});
  }
  Outcome outcome{};
  const TimeUs time = std::max(wall_.at(now), seed_time());
  MsgpackWriter nothing;
  nothing.array(0);
  if (publish_own(request, {kWentLive, go.id, nothing.take()}, time, outcome)) seeding_ = false;
  return outcome;
}

PublishHandler::Outcome PublishHandler::confirm_clock(const Session& session,
                                                      const wire::ConfirmClock& confirm,
                                                      const Now& now) {
  const Request request{session.peer, confirm.tag, Seq{}, now.monotonic_us};
  const TimeUs before = seeding_ ? TimeUs{} : bus_time(now);
  if (!clock_held()) {
    return refuse(request, {std::string(to_string(Code::kInvalid)),
                            "no step of the wall clock waits for confirmation"});
  }
  Outcome outcome{};
  MsgpackWriter step;
  step.array(1);
  step.sint(wall_.step_us(now));
  const TimeUs time = log_.has_gathered() ? log_.last_time() : before;
  if (publish_own(request, {kClockConfirmed, confirm.id, step.take()}, time, outcome))
    wall_.confirm(now);
  return outcome;
}

PublishHandler::Outcome PublishHandler::hand_over(const Session& session,
                                                  const wire::HandOver& order, const Now& now) {
  const Request request{session.peer, order.tag, Seq{}, now.monotonic_us};
  if (!deciders_.knows(order.service)) {
    return refuse(request, {std::string(to_string(Code::kInvalid)),
                            "nothing was ever decided under the name '" + order.service + "'"});
  }
  Outcome outcome{};
  MsgpackWriter nothing;
  nothing.array(0);
  const std::string subject = control_subject(order.service, ControlVerb::kHandedOver);
  const TimeUs time = log_.has_gathered() ? log_.last_time() : bus_time(now);
  // It may come again after a lost answer, and is one order.
  if (const auto known = dedupe_.find(order.id, time)) {
    answers_.acknowledge(session.peer, {order.tag, Seq{}, 1, known->offset, known->time, true},
                         now.monotonic_us);
    return Outcome::kAnswered;
  }
  if (publish_own(request, {subject, order.id, nothing.take(), order.id}, time, outcome))
    deciders_.handed_over(order.service, log_.head());
  return outcome;
}

bool PublishHandler::publish_own(const Request& request, const Own& own, TimeUs time,
                                 Outcome& outcome) {
  if (failed_) {
    outcome = refuse(request,
                     {std::string(wire::kLogFailed), "the log failed; the bus must be restarted"});
    return false;
  }
  FrameHeader head;
  head.producer = kControlProducer;
  head.first_seq = fence_.place_of(kControlProducer).last_seq.plus(1);
  head.count = 1;
  EventContent event;
  event.subject = own.subject;
  event.id = own.id;
  event.dedupe = own.dedupe;
  event.payload = as_bytes(own.payload);
  MsgpackWriter events;
  write_event_content(events, event);
  const std::string bytes = encode_frame(head, events.bytes());
  const auto frame = FrameView::parse(as_bytes(bytes));
  LAMPLIGHT_CHECK(frame.ok(), "the bus's own frame reads");

  Request as_first = request;
  as_first.first_seq = head.first_seq;
  const Offset before = log_.head();
  outcome = append(as_first, *frame, time);
  return log_.head() > before;
}

PublishHandler::Outcome PublishHandler::refuse(const Request& request, const Refusal& refusal) {
  observer_.refused(refusal.code);
  wire::Refused out;
  out.code = refusal.code;
  out.tag = request.tag;
  out.first_seq = request.first_seq;
  out.message = refusal.message;
  out.expected = refusal.expected;
  out.index = refusal.index;
  out.known = refusal.known;
  Offset known_at;
  for (const auto& known : out.known) known_at = std::max(known_at, known.offset);
  answers_.refuse(request.peer, std::move(out), known_at);
  return Outcome::kAnswered;
}

}  // namespace lamplight::bus
