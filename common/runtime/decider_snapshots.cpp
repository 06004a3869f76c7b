#include "decider_snapshots.hpp"

#include <utility>

#include "base/logging.hpp"
#include "base/planted_bug.hpp"

namespace lamplight::runtime {

namespace {
double seconds(std::int64_t us) { return static_cast<double>(us) / 1e6; }

void write_versions(SnapshotWriter& out, const std::optional<Versions>& versions) {
  if (!versions) return out.nil();
  out.array(2);
  out.uint(versions->state);
  out.uint(versions->rules);
}

std::optional<Versions> read_versions(SnapshotReader& in) {
  if (in.take_nil()) return std::nullopt;
  if (in.array() != 2) in.fail();
  const auto state = static_cast<std::uint32_t>(in.uint());
  return Versions{state, static_cast<std::uint32_t>(in.uint())};
}

}  // namespace

DeciderSnapshots::DeciderSnapshots(const Env& env, const DeciderHostOptions& options,
                                   std::uint32_t state_version, ServiceMetrics& metrics)
    : env_(env),
      service_(options.service),
      every_events_(options.snapshot_every_events),
      every_us_(options.snapshot_every_us),
      metrics_(metrics),
      store_(env.disk, options.snapshot_folder,
             {options.service, state_version, subscription_hash(options.subjects)}),
      attempt_at_us_(env.clock.monotonic_us()) {
  store_.keep_free(options.keep_free_bytes);
}

std::optional<DeciderSnapshots::Restored> DeciderSnapshots::restore(
    const Id16& log_id, Offset head, std::unique_ptr<Decider>& decider, const MakeDecider& make) {
  log_id_ = log_id;
  pending_.reset();
  std::optional<Versions> versions;
  const auto found = store_.newest(log_id, head, [&](const Snapshot& snapshot) {
    SnapshotReader reader(snapshot.body());
    versions = read_versions(reader);
    decider->load(reader);
    if (reader.ok() && reader.at_end()) return true;
    decider = make();
    return false;
  });
  attempt_at_us_ = env_.clock.monotonic_us();
  saved_ = attempt_ = found ? found->cut.offset : Offset{};
  if (!found) return std::nullopt;
  return Restored{{found->cut.offset, found->cut.time, found->cut.hash, true}, versions};
}

bool DeciderSnapshots::due(const Place& place, Offset last_input) const {
  if (!place.batch_end || place.offset == saved_ || pending_) return false;
  if (place.offset.value - attempt_.value >= every_events_) return true;
  return last_input > saved_ && env_.clock.monotonic_us() - attempt_at_us_ >= every_us_;
}

void DeciderSnapshots::take(const Place& place, const Fold& fold,
                            const std::optional<Versions>& versions, bool acknowledged) {
  SnapshotWriter writer;
  write_versions(writer, versions);
  fold.save(writer);
  Pending taken{place, writer.take()};
  if (acknowledged || planted(Bug::kSnapshotAhead)) write(taken);
  else pending_ = std::move(taken);
}

void DeciderSnapshots::acknowledged(Offset cut) {
  if (pending_ && pending_->place.offset <= cut) write(*std::exchange(pending_, std::nullopt));
}

// A failure is told and waits for the next turn: the log has everything, a snapshot is a cache.
void DeciderSnapshots::write(const Pending& snapshot) {
  const Place& place = snapshot.place;
  attempt_ = place.offset;
  attempt_at_us_ = env_.clock.monotonic_us();
  const auto bytes =
      store_.write({log_id_, place.offset, place.time, place.hash}, as_bytes(snapshot.bytes));
  if (!bytes) {
    logging::warning("snapshot not written service={} why=\"{}\"", service_,
                     bytes.error().message());
    return;
  }
  saved_ = place.offset;
  saved_at_us_ = env_.clock.monotonic_us();
  metrics_.record_snapshot(seconds(*saved_at_us_ - attempt_at_us_), *bytes);
}

void DeciderSnapshots::refresh_age() const {
  if (saved_at_us_) metrics_.set_snapshot_age(seconds(env_.clock.monotonic_us() - *saved_at_us_));
}

}  // namespace lamplight::runtime
