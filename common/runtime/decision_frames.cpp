#include "decision_frames.hpp"

#include <utility>

#include "base/planted_bug.hpp"
#include "model/frame.hpp"

namespace lamplight::runtime {

DecisionFrames::DecisionFrames(const Env& env, bus::Client& client, std::string service)
    : client_(client),
      service_(std::move(service)),
      ids_(env.clock, env.random),
      life_(std::make_shared<bool>(true)) {}

void DecisionFrames::start(std::uint64_t epoch, Offset through, std::uint32_t state_version,
                           std::uint32_t rules_version) {
  reset();
  epoch_ = epoch;
  sent_ = acknowledged_ = through;
  MsgpackWriter payload;
  payload.array(2);
  payload.uint(state_version);
  payload.uint(rules_version);
  tell(bus::ControlVerb::kStarted, through, payload);
}

void DecisionFrames::add(const Outbox& step, Offset before) {
  const bool fits = gathered_ + step.count() <= kMaxStepOutputs &&
                    events_.buffer().size() + step.encoded().size() <= kMaxStepBytes;
  if (!fits) send(before);
  if (planted(Bug::kStepSplit) && step.count() > 1) {
    // The first output leaves before the others.
    MsgpackReader reader(step.encoded());
    events_.raw(reader.skip());
    gathered_ = 1;
    send(step.cause());
    events_.raw(step.encoded().subspan(reader.position()));
    gathered_ = step.count() - 1;
  } else {
    events_.raw(step.encoded());
    gathered_ += step.count();
  }
  gathered_inputs_ += 1 + std::exchange(silent_inputs_, 0);
  last_cause_ = step.cause();
}

void DecisionFrames::send(Offset through) {
  if (gathered_ == 0) return;
  const std::string events = events_.take();
  const std::uint32_t count = std::exchange(gathered_, 0);
  const std::size_t inputs = std::exchange(gathered_inputs_, 0) + std::exchange(silent_inputs_, 0);
  publish(planted(Bug::kProgressUntold) ? last_cause_ : through, count, as_bytes(events), inputs);
}

void DecisionFrames::reach(Offset through, const std::optional<TimeUs>& next_due) {
  if (gathering()) return send(through);
  if (through <= sent_ || planted(Bug::kProgressUntold)) return;
  MsgpackWriter payload;
  payload.array(1);
  if (next_due) payload.sint(next_due->value);
  else payload.nil();
  tell(bus::ControlVerb::kProgressed, through, payload);
}

void DecisionFrames::stop(Offset through) {
  send(through);
  if (epoch_ == 0)
    return;  // what was gathered was refused on the spot: give_back tells what stands
  MsgpackWriter payload;
  payload.array(0);
  tell(bus::ControlVerb::kStopped, through, payload);
}

void DecisionFrames::give_back() {
  epoch_ = refused_epoch_;
  sent_ = acknowledged_;
  stop(acknowledged_);
}

void DecisionFrames::tell(bus::ControlVerb verb, Offset through, const MsgpackWriter& payload) {
  const std::string subject = bus::control_subject(service_, verb);
  EventContent event;
  event.subject = subject;
  event.id = ids_.next();
  event.cause = through;
  event.payload = payload.bytes();
  MsgpackWriter events;
  write_event_content(events, event);
  publish(through, 1, events.bytes(), std::exchange(silent_inputs_, 0));
}

void DecisionFrames::publish(Offset through, std::uint32_t count, Bytes events,
                             std::size_t inputs) {
  const std::optional<Error> before = under_way() ? under_way_.back().refused : std::nullopt;
  under_way_.push_back({through, inputs, events.size(), before});
  inputs_under_way_ += inputs;
  bytes_under_way_ += events.size();
  const bus::DecidedFrame frame{epoch_, std::exchange(sent_, through), through, count, events};
  if (before) return;  // goes with the one that it follows
  const auto queued = client_.publish_frame(
      frame, [this, life = std::weak_ptr(life_)](const Result<bus::FrameAcked>& answer) {
        if (!life.expired()) answered(answer);
      });
  if (queued) return;
  under_way_.back().refused = queued.error();
  if (under_way_.size() == 1) refuse(queued.error());
}

void DecisionFrames::answered(const Result<bus::FrameAcked>& answer) {
  if (!answer) return refuse(answer.error());
  const UnderWay frame = under_way_.front();
  under_way_.pop_front();
  inputs_under_way_ -= frame.inputs;
  bytes_under_way_ -= frame.bytes;
  acknowledged_ = frame.through;
  last_offset_ = Offset{answer->first_offset.value + answer->count - 1};
  const std::weak_ptr<bool> life = life_;
  on_answer({});
  if (!life.expired() && under_way() && under_way_.front().refused)
    refuse(Error(*under_way_.front().refused));
}

void DecisionFrames::refuse(const Error& why) {
  refused_epoch_ = epoch_;
  reset();
  on_answer(why);
}

void DecisionFrames::reset() {
  life_ = std::make_shared<bool>(true);
  epoch_ = 0;
  under_way_.clear();
  inputs_under_way_ = bytes_under_way_ = 0;
  events_.clear();
  gathered_ = 0;
  gathered_inputs_ = silent_inputs_ = 0;
}

}  // namespace lamplight::runtime
