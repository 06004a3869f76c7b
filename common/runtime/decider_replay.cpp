#include "runtime/decider_replay.hpp"

#include <fmt/format.h>

#include <utility>

#include "bus/control.hpp"
#include "bus/filter.hpp"
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

/// Appends those events that `keep` takes of a frame whose first lies at `first`, in a batch of `time`. Their views end
/// with the batch.
template <typename Keep>
void collect(const FrameView& frame, Offset first, TimeUs time, Keep keep,
             std::vector<Event>& out) {
  Event event;
  event.time = time;
  event.producer = frame.header().producer;
  event.epoch = frame.header().epoch;
  event.prev = frame.header().prev;
  event.through = frame.header().through;
  frame.for_each([&](std::uint32_t index, const EventContent& content, Bytes) {
    static_cast<EventContent&>(event) = content;
    event.offset = first.plus(index);
    if (keep(event)) out.push_back(event);
  });
}

/// The decider's inputs in the order of the log, a batch of them in memory.
class InputCursor {
 public:
  InputCursor(std::unique_ptr<log::Reader> reader, bus::Filter filter, std::string service)
      : reader_(std::move(reader)), filter_(std::move(filter)), service_(std::move(service)) {}

  /// The next input at or below `through`, its views good until the next call; null when all are given.
  Result<const Event*> next(Offset through) {
    while (at_ == events_.size()) {
      if (read_to_ >= through) return none();
      if (auto done = read(through); !done) return done.error();
    }
    return events_[at_].offset <= through ? &events_[at_++] : none();
  }

 private:
  static const Event* none() { return nullptr; }
  Result<void> read(Offset through) {
    auto batch = reader_->next();
    if (!batch) return batch.error();
    if (!*batch) {
      return Error(
          Code::kDamaged,
          fmt::format("replay of {}: a frame says that it decided up to offset {}, and the "
                      "log's inputs end at {}; see `lamplight log verify`",
                      service_, through.value, read_to_.value));
    }
    batch_ = std::move(*batch);
    read_to_ = batch_->last();
    events_.clear();
    at_ = 0;
    const auto takes = [this](const Event& event) { return filter_.takes_subject(event.subject); };
    log::for_each_frame(*batch_, [&](const FrameView& frame, Offset first) {
      if (frame.header().producer != service_)
        collect(frame, first, batch_->header.time, takes, events_);
    });
    return {};
  }

  std::unique_ptr<log::Reader> reader_;
  bus::Filter filter_;
  const std::string service_;
  std::shared_ptr<const log::Batch> batch_;  // which `events_` point into
  std::vector<Event> events_;
  std::size_t at_ = 0;
  Offset read_to_;
};

class Replay {
 public:
  Replay(Decider& decider, const ReplayOptions& options, InputCursor inputs)
      : decider_(decider),
        watched_(decider, options),
        options_(options),
        inputs_(std::move(inputs)),
        own_(options.service, [&decider](std::string_view own_subject) {
          return decider.newest_schema(own_subject);
        }) {
    own_.begin({}, {});
  }

  /// Takes in the service's frames of the batch that lie wholly at or below as_of: half a frame says nothing.
  void take(const log::Batch& batch) {
    std::vector<Event> own;
    const auto all = [](const Event&) { return true; };
    log::for_each_frame(batch, [&](const FrameView& frame, Offset first) {
      const Offset last{first.value + frame.header().count - 1};
      if (frame.header().producer == options_.service && last <= options_.as_of)
        collect(frame, first, batch.header.time, all, own);
    });
    if (!own.empty()) own_.take(own, {batch.last(), batch.header.time, batch.hash, true});
  }

  /// Evolves what the frames taken in are known to reach.
  Result<void> follow() {
    while (!over()) {
      const auto input = inputs_.next(own_.through());
      if (!input) return input.error();
      if (*input == nullptr) break;
      const Event& event = **input;
      if (auto fine = check(Offset{event.offset.value - 1}, event.offset); !fine) return fine;
      decider_.evolve(event);
      if (options_.on_input) options_.on_input(event);
      own_.evolve(watched_, event.offset, event.time);
      cut_ = event.offset;
    }
    if (over()) return {};
    if (auto fine = check(own_.through(), own_.through()); !fine) return fine;
    cut_ = own_.through();
    return {};
  }
  [[nodiscard]] bool over() const { return options_.over && options_.over(); }
  [[nodiscard]] Offset cut() const { return cut_; }

 private:
  /// Whether what was published can be followed from the state at `cut` on to `to`.
  [[nodiscard]] Result<void> check(Offset cut, Offset to) {
    if (const UnreadOutput* unread = own_.unread(to)) {
      return Error(Code::kUnsupported,
                   "replay of " + options_.service + ": " +
                       tell(*unread, {decider_.state_version(), decider_.rules_version()}));
    }
    if (!own_.unclaimed(cut)) return {};
    return Error(Code::kInvalid, "replay of " + options_.service +
                                     ": an output was caused by no input that is asked for; name "
                                     "every subject that the service takes");
  }

  Decider& decider_;
  Watched watched_;
  const ReplayOptions& options_;
  InputCursor inputs_;
  OwnFrames own_;
  Offset cut_;
};

}  // namespace

Result<Offset> replay_decider(const OpenLog& open, Decider& decider, const ReplayOptions& options) {
  std::vector<std::string> subjects = options.subjects;
  subjects.push_back(bus::control_subject(options.service, bus::ControlVerb::kTimeReached));
  auto filter = bus::Filter::make(std::move(subjects), {});
  if (!filter) return filter.error();
  // In this order: beside a running bus the inputs' reader then reaches whatever a frame can name.
  const auto own = open();
  if (!own) return own.error();
  auto inputs = open();
  if (!inputs) return inputs.error();
  Replay replay(decider, options,
                InputCursor(std::move(*inputs), std::move(filter).value(), options.service));
  while (!replay.over()) {
    const auto batch = (*own)->next();
    if (!batch) return batch.error();
    if (!*batch || (*batch)->first() > options.as_of) break;
    replay.take(**batch);
    if (auto done = replay.follow(); !done) return done.error();
  }
  return replay.cut();
}

}  // namespace lamplight::runtime
