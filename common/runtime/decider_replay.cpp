#include "runtime/decider_replay.hpp"

#include <algorithm>

#include "bus/control.hpp"
#include "bus/filter.hpp"
#include "event_queue.hpp"
#include "model/frame.hpp"
#include "own_frames.hpp"

namespace lamplight::runtime {

namespace {

/// Hands on what evolves, and tells of the outputs among it.
class Watched final : public Fold {
 public:
  Watched(Fold& fold, const ReplayOptions& options) : fold_(fold), options_(options) {}
  void evolve(const Event& event) override {
    if (options_.on_output) options_.on_output(event);
    fold_.evolve(event);
  }
  void save(SnapshotWriter& out) const override { fold_.save(out); }
  void load(SnapshotReader& in) override { fold_.load(in); }
  std::uint32_t state_version() const override { return fold_.state_version(); }

 private:
  Fold& fold_;
  const ReplayOptions& options_;
};

class Replay {
 public:
  Replay(Fold& fold, const ReplayOptions& options, bus::Filter inputs)
      : fold_(fold),
        watched_(fold, options),
        options_(options),
        filter_(std::move(inputs)),
        own_(options.service) {
    own_.begin({}, {});
  }

  void take(const log::Batch& batch) {
    const Place place{batch.last(), batch.header.time, batch.hash, true};
    const Offset whole = last_whole_frame(batch);
    std::vector<Event> inputs;
    std::vector<Event> own;
    log::for_each_event(batch, [&](const Event& event) {
      const bool is_own = event.producer == options_.service;
      if (event.offset > (is_own ? whole : options_.as_of)) return;
      if (is_own) own.push_back(event);
      else if (filter_.takes_subject(event.subject)) inputs.push_back(event);
    });
    const auto all = [](const Event&) { return true; };
    if (!inputs.empty()) inputs_.push(inputs, place, all);
    own_.take(own, place);
  }

  Result<void> follow() {
    while (!inputs_.empty()) {
      const Event* event = inputs_.front();
      if (event == nullptr) {
        inputs_.pop_delivery();
        continue;
      }
      if (event->offset > own_.through()) break;
      fold_.evolve(*event);
      if (options_.on_input) options_.on_input(*event);
      if (!own_.evolve(watched_, event->offset, event->time)) return unclaimed();
      inputs_.pop();
    }
    if (own_.unclaimed(own_.through())) return unclaimed();
    return {};
  }
  [[nodiscard]] Offset cut() const { return own_.through(); }

 private:
  /// Where the service's last frame of the batch that lies wholly at or below as_of ends: half a frame says nothing.
  [[nodiscard]] Offset last_whole_frame(const log::Batch& batch) const {
    Offset whole;
    log::for_each_frame(batch, [&](const FrameView& frame, Offset first) {
      const Offset last{first.value + frame.header().count - 1};
      if (frame.header().producer == options_.service && last <= options_.as_of) whole = last;
    });
    return whole;
  }
  [[nodiscard]] Error unclaimed() {
    return {Code::kInvalid, "replay of " + options_.service +
                                ": an output was caused by no input that is asked for; name every "
                                "subject that the service takes"};
  }

  Fold& fold_;
  Watched watched_;
  const ReplayOptions& options_;
  bus::Filter filter_;
  EventQueue inputs_;
  OwnFrames own_;
};

}  // namespace

Result<Offset> replay_decider(log::Reader& reader, Fold& fold, const ReplayOptions& options) {
  std::vector<std::string> subjects = options.subjects;
  subjects.push_back(bus::control_subject(options.service, bus::ControlVerb::kTimeReached));
  auto filter = bus::Filter::make(std::move(subjects), {});
  if (!filter) return filter.error();
  Replay replay(fold, options, std::move(filter).value());
  for (;;) {
    const auto batch = reader.next();
    if (!batch) return batch.error();
    if (!*batch || (*batch)->first() > options.as_of) break;
    replay.take(**batch);
    if (auto done = replay.follow(); !done) return done.error();
  }
  return replay.cut();
}

}  // namespace lamplight::runtime
