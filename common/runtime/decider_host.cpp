#include "runtime/decider_host.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/logging.hpp"
#include "base/planted_bug.hpp"
#include "bus/control.hpp"
#include "crash_mark.hpp"
#include "cut_waiters.hpp"
#include "decider_feeds.hpp"
#include "decider_follower.hpp"
#include "decider_snapshots.hpp"
#include "decider_standing.hpp"
#include "decision_frames.hpp"
#include "folder_lock.hpp"
#include "lag.hpp"
#include "runtime/step.hpp"
#include "service_clock.hpp"
#include "subject_counts.hpp"

namespace lamplight::runtime {

namespace {

constexpr std::int64_t kRefusedRetryUs =
    50'000;  // a `started` that frames on their way to us overtook

class Host final : public DeciderHost {
 public:
  Host(const Env& env, bus::Client& client, MakeClock make_clock, MakeDecider make,
       DeciderHostOptions options, ServiceMetrics& metrics, std::unique_ptr<File> folder_lock)
      : folder_lock_(std::move(folder_lock)),
        env_(env),
        client_(client),
        make_(std::move(make)),
        options_(std::move(options)),
        metrics_(metrics),
        counts_(metrics),
        state_{make_(), {}, {}, {}},
        out_(options_.service, options_.publishes),
        frames_(env, client, options_.service),
        mark_(env.disk, options_.snapshot_folder,
              {state_.decider->state_version(), state_.decider->rules_version()}),
        snapshots_(env, options_, state_.decider->state_version(), metrics),
        clock_(env, options_.service, std::move(make_clock)),
        feeds_(client, options_,
               [this](std::string_view own_subject) {
                 return state_.decider->newest_schema(own_subject);
               }),
        standing_(options_.service, metrics),
        follower_({env_, client_, options_, metrics_, counts_, mark_, standing_, feeds_, state_}) {
    feeds_.on_delivery = [this] { advance(); };
    feeds_.on_other_log = [this](Offset newest) {
      snapshots_.drop(newest);
      drop("the log's chain differs there");
    };
    feeds_.on_started = [this](std::uint64_t epoch) {
      if (live_ && epoch > frames_.epoch())
        drop(fmt::format("another instance decides, in epoch {}", epoch));
    };
    feeds_.on_handed_over = [this] { handed_over_ = true; };
    if (planted(Bug::kOwnAtPlace))
      feeds_.on_own = [this](const std::vector<Event>& events) { evolve_at_place(events); };
    frames_.on_answer = [this](const Result<void>& answer) { on_answer(answer); };
    follower_.on_place = [this](const Place& place) { pass(place); };
    standing_.show(state());
  }

  void tick() override {
    const bus::BusState& bus = client_.state();
    if (dropped_) forget();
    if (std::exchange(gives_back_, false)) frames_.give_back();
    if (bus.connected && !feeds_.subscribed()) restore();
    else if (bus.connected && bus.sessions != feeds_.session() && !feeds_.meet_again())
      drop("the log ends before what was evolved");
    advance();
    if (live_) {
      tell_progress();
      ask_for_time();
    } else {
      try_to_start();
    }
    standing_.show(state());
    refresh_gauges();
  }

  bool drain() override {
    draining_ = true;
    if (dropped_) live_ = false;
    if (live_ && !halting_ && !std::exchange(stopped_, true)) frames_.stop(state_.cut);
    tick();
    if (starting_ || (live_ && (frames_.under_way() || !stopped_))) return false;
    const bool exact = feeds_.verified() && !dropped_ && state_.place.offset == state_.cut &&
                       state_.place.batch_end;
    if (exact && state_.cut != snapshots_.saved() && state_.cut <= covered())
      snapshots_.take(state_.place, *state_.decider, versions(), true);
    return true;
  }

  DeciderState state() const override {
    if (draining_) return DeciderState::kDraining;
    if (!feeds_.verified()) return DeciderState::kConnecting;
    if (live_ && !halting_) return DeciderState::kLive;
    return standing_.halted() ? DeciderState::kHalted : DeciderState::kFollower;
  }
  const std::string& why_not_live() const override { return standing_.why_not_live(); }
  const Decider& decider() const override { return *state_.decider; }
  Offset cut() const override { return state_.cut; }
  Offset acknowledged_cut() const override { return std::min(state_.cut, covered()); }
  Offset frame_offset() const override {
    return live_ ? frames_.last_offset() : feeds_.own().last_offset();
  }

  void when_acknowledged(std::function<void(const Result<Offset>&)> ready) override {
    if (planted(Bug::kReadAhead)) return ready(state_.cut);
    if (is_told()) return ready(acknowledged_cut());
    waiters_.read_at(state_.last_input, std::move(ready));
    tell_progress();
  }
  void when_at(Offset offset, std::function<void()> ready) override {
    if (readable() && offset <= shown_cut()) return ready();
    waiters_.wait_for(offset, std::move(ready));
  }
  void on_evolved(std::function<void()> callback) override { evolved_ = std::move(callback); }

 private:
  [[nodiscard]] std::int64_t now() const { return env_.clock.monotonic_us(); }
  /// How far acknowledged frames reach.
  [[nodiscard]] Offset covered() const {
    return live_ ? frames_.acknowledged_through() : feeds_.own().through();
  }
  /// All that the state is made of is on the log: no input lies between what frames reach and the cut.
  [[nodiscard]] bool is_told() const {
    if (halting_ || dropped_) return false;  // the state holds what is not to be
    if (planted(Bug::kProgressUntold) && live_) return !frames_.under_way();
    return state_.last_input <= covered();
  }
  [[nodiscard]] bool readable() const { return feeds_.verified() && !halting_ && !dropped_; }
  /// What is told at a cut needs no frame of its own, or every read would make the next one's cut.
  [[nodiscard]] Offset shown_cut() const { return is_told() ? state_.cut : acknowledged_cut(); }

  // ---- restore -----------------------------------------------------------------------------------

  void restore() {
    const bus::BusState& bus = client_.state();
    follower_.begin();
    const auto found = snapshots_.restore(bus.log_id, bus.head, state_.decider, make_);
    state_.place = found ? found->place : Place{};
    state_.cut = state_.last_input = state_.place.offset;
    logging::info("decider restored service={} cut={} head={}", options_.service, state_.cut.value,
                  bus.head.value);
    feeds_.begin(state_.place, found.has_value(), found ? found->versions : std::nullopt);
  }

  /// The state is none of this log, or of a history that is not to be: the next tick begins afresh.
  void drop(std::string_view why) {
    logging::warning("decider begins again service={} cut={} why=\"{}\"", options_.service,
                     state_.cut.value, why);
    dropped_ = true;
    live_ = starting_ = false;
  }

  // Not inside a callback of the client: what is ended here must not be on the stack.
  void forget() {
    feeds_.end();
    frames_.reset();
    clock_.forget();
    snapshots_.forget();
    mark_.leave();
    dropped_ = live_ = starting_ = halting_ = gives_back_ = stopped_ = false;
    state_.decider = make_();
    state_.cut = state_.last_input = {};
    state_.place = {};
    waiters_.fail_reads(
        Error(Code::kFenced, options_.service + ": what was read is not to be: ask again"));
  }

  void evolve_at_place(const std::vector<Event>& events) {
    for (const Event& event : events) {
      if (event.offset > feeds_.own().scanned() && event.cause > state_.cut &&
          !event.subject.starts_with("control."))
        evolve_output(*state_.decider, options_.service, event, event.time);
    }
  }

  // ---- the loop ----------------------------------------------------------------------------------

  void advance() {
    if (advancing_ || !feeds_.verified() || dropped_ || follower_.lost_thread()) return;
    advancing_ = true;
    const Offset before = state_.cut;
    if (!live_ && !follower_.follow()) {
      snapshots_.drop(state_.cut);
      drop("no frame reaches the snapshot's cut: the log's tail was lost");
    } else if (live_ && !stopped_) {
      decide();
    }
    mark_.leave();
    counts_.flush();
    advancing_ = false;
    feeds_.keep_bounds();
    if (live_) tell_progress();
    if (evolved_ && state_.cut != before) evolved_();
    if (readable()) waiters_.acknowledged(shown_cut());
  }

  void decide() {
    while (!feeds_.inputs().empty() && live_ && !halting_) {
      const Event* event = feeds_.inputs().front();
      if (event == nullptr) {
        const Place place = feeds_.inputs().place();
        mark_.leave();
        feeds_.inputs().pop_delivery();
        pass(place);
        continue;
      }
      if (blocked()) break;
      mark_.enter_one_of(event->offset, feeds_.inputs().back()->offset);
      counts_.count(event->subject);
      if (const auto done = step(*event); !done) {
        halt(event->offset, done.error().message());
        break;
      }
      state_.cut = state_.last_input = event->offset;
      feeds_.inputs().pop();
      mark_.leave_one();
      if (options_.window == 1 || frames_.full()) frames_.send(state_.cut);
    }
    // One frame under way gathers the next, as one sync does.
    if (live_ && !halting_ && (!frames_.under_way() || blocked())) frames_.send(state_.cut);
  }

  [[nodiscard]] bool blocked() const {
    return frames_.unacknowledged_inputs() >= options_.window || frames_.crowded();
  }

  Result<void> step(const Event& input) {
    if (auto done = run_step(*state_.decider, input, out_); !done) return done;
    if (out_.count() > 0) {
      frames_.add(out_, state_.cut);
      return {};
    }
    frames_.add_silent();
    if (frames_.silent_inputs() == 1) silent_since_us_ = now();
    if (input.subject != clock_.subject()) return {};
    const auto due = state_.decider->next_due();
    if (!due || *due > input.time) return {};
    return Error(Code::kInvalid,
                 fmt::format("the deadline due at {} was not answered by the time that reached it, "
                             "{}: it would be asked for without end",
                             due->value, input.time.value));
  }

  /// This input cannot be decided here. What was decided before stays; the state is made anew without it.
  void halt(Offset offset, const std::string& why) {
    standing_.halt(offset, why);
    halting_ = true;
    frames_.stop(state_.cut);
  }

  void on_answer(const Result<void>& answer) {
    if (!answer) return on_refused(answer.error());
    if (std::exchange(starting_, false)) return become_live();
    if (halting_ && !frames_.under_way()) return drop("halted: what follows is not decided here");
    snapshots_.acknowledged(frames_.acknowledged_through());
    advance();
  }

  void on_refused(const Error& why) {
    if (std::exchange(starting_, false)) {
      const bool overtaken = why.code() == Code::kOutOfOrder || why.code() == Code::kFenced;
      retry_at_us_ = now() + (overtaken ? kRefusedRetryUs : options_.start_retry_us);
      if (!overtaken) standing_.follow_because(why.message());
      return;
    }
    const bool faulty = why.code() == Code::kInvalid || why.code() == Code::kForbidden ||
                        why.code() == Code::kTooLarge;
    if (faulty && !halting_) {
      standing_.halt(frames_.acknowledged_through().next(),
                     "the bus refuses what was decided from there on: " + why.message());
      halting_ = gives_back_ = true;
      return;
    }
    drop(why.message());
  }

  // ---- the epoch ---------------------------------------------------------------------------------

  void try_to_start() {
    if (options_.follow_only || draining_ || starting_ || dropped_ || !feeds_.verified()) return;
    if (standing_.halted() || !follower_.caught_up() || state_.cut != feeds_.own().through())
      return;
    if (!client_.state().connected || now() < retry_at_us_) return;
    if (const auto& last = feeds_.own().versions();
        last && (last->rules > state_.decider->rules_version() ||
                 last->state > state_.decider->state_version())) {
      return standing_.follow_because(fmt::format(
          "the last instance ran rules {} and state {}, this code has {} and {}: older code "
          "decides only after an operator has handed over",
          last->rules, last->state, state_.decider->rules_version(),
          state_.decider->state_version()));
    }
    starting_ = true;
    frames_.start(feeds_.own().epoch() + 1, state_.cut, state_.decider->state_version(),
                  state_.decider->rules_version());
  }

  void become_live() {
    live_ = true;
    standing_.goes_live();
    feeds_.end_own();
    handed_over_ = false;
    silent_since_us_ = 0;
    logging::info("decider live service={} epoch={} from={}", options_.service, frames_.epoch(),
                  state_.cut.next().value);
    advance();
  }

  void tell_progress() {
    if (!live_ || halting_ || stopped_ || dropped_ || state_.cut <= frames_.sent_through()) return;
    const auto waited_for = waiters_.first();
    const Offset settle = client_.state().settle;
    const auto reaches = [this](Offset to) {
      return to > frames_.sent_through() && to <= state_.cut;
    };
    const bool asked =
        snapshots_.waits() || reaches(settle) || (waited_for && reaches(*waited_for));
    const std::size_t silent = frames_.silent_inputs();
    const bool long_ago = silent > 0 && now() - silent_since_us_ >= options_.progress_us;
    const bool far = state_.cut.value - frames_.sent_through().value >= options_.progress_scanned;
    if (asked || long_ago || far || silent >= options_.progress_inputs)
      frames_.reach(state_.cut, state_.decider->next_due());
  }

  // ---- time --------------------------------------------------------------------------------------

  void ask_for_time() {
    clock_.poll();
    if (halting_ || stopped_) return;
    const auto due = state_.decider->next_due();
    const bus::BusState& bus = client_.state();
    if (!due || bus.bus_time < *due || !feeds_.inputs().empty() ||
        (feeds_.newest().offset < bus.head && feeds_.newest().time < *due))
      return;
    clock_.ask(*due, state_.cut);
  }

  /// Of the last `started`, ours while we are live; nothing once an operator has handed over.
  [[nodiscard]] std::optional<Versions> versions() const {
    if (!live_) return feeds_.own().versions();
    if (handed_over_) return std::nullopt;
    return Versions{state_.decider->state_version(), state_.decider->rules_version()};
  }

  /// The state is exactly that of `place`.
  void pass(const Place& place) {
    state_.cut = std::max(state_.cut, place.offset);
    state_.place = place;
    if (state_.cut == place.offset && snapshots_.due(place, state_.last_input))
      snapshots_.take(place, *state_.decider, versions(), state_.cut <= covered());
  }

  // ---- gauges ------------------------------------------------------------------------------------

  // Through moves with frames; with nothing left to frame, all that was scanned is decided. A follower with nothing waiting
  // has evolved all that was decided.
  void refresh_gauges() {
    const Offset head = client_.state().head;
    const bool none_waits =
        live_ ? !frames_.under_way() && !frames_.gathering() && frames_.silent_inputs() == 0
              : feeds_.own().scanned() >= head;
    const bool settled = feeds_.verified() && !feeds_.inputs().events_wait() && none_waits;
    snapshots_.refresh_age();
    show_lag(metrics_, client_.state(),
             {frame_offset(), settled ? state_.cut : acknowledged_cut(), state_.place.time,
              settled && feeds_.newest().offset >= head},
             now(), options_.silence_us);
  }

  const std::unique_ptr<File> folder_lock_;
  const Env env_;
  bus::Client& client_;
  const MakeDecider make_;
  const DeciderHostOptions options_;
  ServiceMetrics& metrics_;
  SubjectCounts counts_;

  EvolvedState state_;
  Outbox out_;
  DecisionFrames frames_;
  CrashMark mark_;
  bool dropped_ = false;  // the next tick begins afresh
  bool advancing_ = false;

  bool live_ = false;
  bool handed_over_ = false;  // since we are live
  bool starting_ = false;     // a `started` is under way
  bool halting_ = false;      // the epoch is being given back, for what cannot be decided
  bool gives_back_ = false;   // the next tick does so, after a refusal
  bool stopped_ = false;      // the same, for a drain
  bool draining_ = false;
  std::int64_t retry_at_us_ = 0;
  std::int64_t silent_since_us_ = 0;

  DeciderSnapshots snapshots_;
  ServiceClock clock_;
  DeciderFeeds feeds_;
  DeciderStanding standing_;
  DeciderFollower follower_;
  CutWaiters waiters_;
  std::function<void()> evolved_;
};

}  // namespace

Result<std::unique_ptr<DeciderHost>> host_decider(const Env& env, bus::Client& client,
                                                  MakeClock make_clock, MakeDecider make,
                                                  DeciderHostOptions options,
                                                  ServiceMetrics& metrics) {
  auto lock = lock_folder(env.disk, options.snapshot_folder);
  if (!lock) return lock.error().with(options.service);
  return std::unique_ptr<DeciderHost>(std::make_unique<Host>(env, client, std::move(make_clock),
                                                             std::move(make), std::move(options),
                                                             metrics, std::move(*lock)));
}

}  // namespace lamplight::runtime
