#include "runtime/fold_host.hpp"

#include <algorithm>
#include <map>

#include "base/logging.hpp"
#include "lag.hpp"
#include "runtime/snapshot.hpp"
#include "subject_counts.hpp"

namespace lamplight::runtime {

namespace {

double seconds(std::int64_t us) { return static_cast<double>(us) / 1e6; }

class Host final : public FoldHost {
 public:
  Host(const Env& env, bus::Client& client, MakeFold make_fold, FoldHostOptions options,
       ServiceMetrics& metrics)
      : env_(env),
        client_(client),
        make_fold_(std::move(make_fold)),
        options_(std::move(options)),
        metrics_(metrics),
        counts_(metrics),
        fold_(make_fold_()),
        store_(env.disk, options_.snapshot_folder,
               {options_.service, fold_->state_version(), subscription_hash(options_.subjects)}),
        attempt_at_us_(env.clock.monotonic_us()) {
    store_.keep_free(options_.keep_free_bytes);
    metrics_.set_state("connecting");
  }

  ~Host() override {
    if (subscription_) client_.unsubscribe(*subscription_);
  }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  void tick() override {
    const bus::BusState& bus = client_.state();
    if (dropped_) forget();
    if (subscription_ && bus.connected && bus.sessions != session_) meet_again();
    if (!subscription_ && bus.connected) restore();
    if (at_batch_end_ && snapshot_due()) (void)save();
    refresh_gauges();
  }

  FoldState state() const override { return state_; }
  const Fold& fold() const override { return *fold_; }
  Offset cut() const override { return cut_.offset; }
  TimeUs cut_time() const override { return cut_.time; }
  ChainHash cut_hash() const override { return cut_.hash; }

  void when_at(Offset offset, std::function<void()> ready) override {
    if (verified_ && offset <= cut_.offset) return ready();
    waiting_.emplace(offset, std::move(ready));
  }

  void on_evolved(std::function<void()> callback) override { evolved_ = std::move(callback); }

  Result<void> snapshot() override {
    if (!verified_ || cut_.offset == saved_) return {};
    return save();
  }

 private:
  // ---- restore -----------------------------------------------------------------------------------

  void restore() {
    const bus::BusState& bus = client_.state();
    log_id_ = bus.log_id;
    session_ = bus.sessions;
    target_ = bus.head;
    started_at_us_ = env_.clock.monotonic_us();
    const auto found = store_.newest(log_id_, target_, [this](const Snapshot& snapshot) {
      SnapshotReader reader(snapshot.body());
      fold_->load(reader);
      if (reader.ok() && reader.at_end()) return true;
      fold_ = make_fold_();
      return false;
    });
    cut_ = found ? found->cut : SnapshotCut{log_id_, {}, {}, {}};
    saved_ = attempt_ = cut_.offset;
    attempt_at_us_ = started_at_us_;
    verified_ = !found;
    enter(FoldState::kReplaying);
    logging::info("fold restored service={} cut={} head={}", options_.service, cut_.offset.value,
                  target_.value);
    subscribe();
    live_if_caught_up();
  }

  // Another session: the bus may have been given another log meanwhile, or an older copy of this one.
  void meet_again() {
    const bus::BusState& bus = client_.state();
    session_ = bus.sessions;
    if (bus.log_id != log_id_) return begin_again("the bus serves another log");
    if (bus.head < cut_.offset) return begin_again("the log ends before what was folded");
    if (cut_.offset.value == 0) return;
    client_.unsubscribe(*subscription_);
    verified_ = false;
    subscribe();
  }

  void begin_again(std::string_view why) {
    logging::error("fold begins again service={} cut={} why=\"{}\"", options_.service,
                   cut_.offset.value, why);
    forget();
  }

  // From the cut itself, not the event after: the first delivery then brings the hash to compare.
  void subscribe() {
    bus::SubscribeOptions wanted;
    wanted.from = verified_ ? cut_.offset.next() : cut_.offset;
    wanted.subjects = options_.subjects;
    wanted.credit_bytes = options_.credit_bytes;
    subscription_ = client_.subscribe(
        std::move(wanted), [this](const bus::Delivery& delivery) { on_delivery(delivery); });
  }

  /// Whether the state is one of this log. The first delivery does not reach beyond the batch that holds the cut, so
  /// its hash is that batch's.
  bool is_on_this_log(const bus::Delivery& delivery) {
    if (delivery.hash == cut_.hash) return true;
    logging::warning("state ignored service={} cut={} why=\"the log's chain differs there\"",
                     options_.service, cut_.offset.value);
    return false;
  }

  // Not inside a delivery: the subscription that calls us must not be ended by its own callback.
  void forget() {
    if (subscription_) client_.unsubscribe(*subscription_);
    subscription_.reset();
    dropped_ = verified_ = at_batch_end_ = false;
    fold_ = make_fold_();
    cut_ = {};
    enter(FoldState::kConnecting);
  }

  // ---- deliveries --------------------------------------------------------------------------------

  void on_delivery(const bus::Delivery& delivery) {
    if (dropped_ || client_.state().sessions != session_) return;
    if (!verified_) {
      if (delivery.scanned < cut_.offset) return;
      if (!is_on_this_log(delivery)) {
        store_.drop(cut_.offset);
        dropped_ = true;
        return;
      }
      verified_ = true;
    }
    if (delivery.events != nullptr) evolve(*delivery.events);
    if (delivery.scanned >= cut_.offset) {
      cut_ = {log_id_, delivery.scanned, delivery.time, delivery.hash};
      at_batch_end_ = delivery.batch_end;
    }
    live_if_caught_up();
    if (evolved_) evolved_();
    run_waiting();
    if (at_batch_end_ && cut_.offset.value - attempt_.value >= options_.snapshot_every_events) {
      (void)save();
    }
  }

  void evolve(const std::vector<Event>& events) {
    for (std::size_t i = 0; i < events.size(); ++i) {
      const Event& event = events[i];
      if (i % Fold::kForeseen == 0) {
        const std::size_t ahead = std::min(Fold::kForeseen, events.size() - i);
        fold_->foresee(std::span(events).subspan(i, ahead));
      }
      if (event.offset <= cut_.offset) continue;  // the one at the cut, asked for its hash only
      counts_.count(event.subject);
      fold_->evolve(event);
    }
    counts_.flush();
  }

  void live_if_caught_up() {
    if (state_ != FoldState::kReplaying || !verified_ || cut_.offset < target_) return;
    const std::int64_t took = env_.clock.monotonic_us() - started_at_us_;
    metrics_.record_replay(seconds(took));
    enter(FoldState::kLive);
    logging::info("fold live service={} offset={} seconds={:.3f}", options_.service,
                  cut_.offset.value, seconds(took));
    run_waiting();
  }

  // What is run may ask to wait again.
  void run_waiting() {
    while (!waiting_.empty() && waiting_.begin()->first <= cut_.offset) {
      const auto ready = std::move(waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
      ready();
    }
  }

  // ---- snapshots ---------------------------------------------------------------------------------

  [[nodiscard]] bool snapshot_due() const {
    return verified_ && cut_.offset != saved_ &&
           env_.clock.monotonic_us() - attempt_at_us_ >= options_.snapshot_every_us;
  }

  // A failure is told and waits for the next turn: the log has everything, a snapshot is a cache.
  Result<void> save() {
    const std::int64_t from = env_.clock.monotonic_us();
    attempt_ = cut_.offset;
    attempt_at_us_ = from;
    SnapshotWriter writer;
    fold_->save(writer);
    const auto bytes = store_.write(cut_, writer.bytes());
    if (!bytes) {
      logging::warning("snapshot not written service={} why=\"{}\"", options_.service,
                       bytes.error().message());
      return bytes.error();
    }
    saved_ = cut_.offset;
    saved_at_us_ = env_.clock.monotonic_us();
    metrics_.record_snapshot(seconds(*saved_at_us_ - from), *bytes);
    return {};
  }

  // ---- gauges ------------------------------------------------------------------------------------

  void enter(FoldState state) {
    state_ = state;
    metrics_.set_state(state == FoldState::kConnecting  ? "connecting"
                       : state == FoldState::kReplaying ? "replaying"
                                                        : "live");
  }

  void refresh_gauges() {
    const std::int64_t now = env_.clock.monotonic_us();
    if (saved_at_us_) metrics_.set_snapshot_age(seconds(now - *saved_at_us_));
    show_lag(metrics_, client_.state(), {cut_.offset, cut_.offset, cut_.time}, now,
             options_.silence_us);
  }

  const Env env_;
  bus::Client& client_;
  const MakeFold make_fold_;
  const FoldHostOptions options_;
  ServiceMetrics& metrics_;
  SubjectCounts counts_;

  std::unique_ptr<Fold> fold_;
  SnapshotStore store_;
  FoldState state_ = FoldState::kConnecting;
  std::optional<std::uint32_t> subscription_;
  Id16 log_id_;
  std::uint64_t session_ = 0;  // of the client, in which the cut was compared
  Offset target_;              // the head told when we subscribed
  SnapshotCut cut_;
  bool verified_ = false;  // the cut is one of this log: evolving may begin
  bool dropped_ = false;   // it is not: the next tick begins afresh
  bool at_batch_end_ = false;

  Offset saved_;  // cut of the newest snapshot on disk
  std::optional<std::int64_t> saved_at_us_;
  Offset attempt_;  // of the last try, written or not
  std::int64_t attempt_at_us_;
  std::int64_t started_at_us_ = 0;

  std::multimap<Offset, std::function<void()>> waiting_;
  std::function<void()> evolved_;
};

}  // namespace

std::unique_ptr<FoldHost> host_fold(const Env& env, bus::Client& client, MakeFold make_fold,
                                    FoldHostOptions options, ServiceMetrics& metrics) {
  return std::make_unique<Host>(env, client, std::move(make_fold), std::move(options), metrics);
}

}  // namespace lamplight::runtime
