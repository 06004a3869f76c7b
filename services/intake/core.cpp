#include "core.hpp"

#include <fmt/core.h>

#include <utility>

#include "base/logging.hpp"

namespace lamplight::intake {

namespace {
constexpr std::int64_t kShowEveryUs = 1'000'000;

runtime::FoldHostOptions host_options(const Core::Options& options) {
  runtime::FoldHostOptions out;
  out.service = "intake";
  for (const KindInfo& kind : kinds()) out.subjects.emplace_back(kind.subject);
  out.snapshot_folder = options.snapshot_folder;
  out.snapshot_every_us = options.snapshot_every_us;
  out.keep_free_bytes = options.keep_free_bytes;
  return out;
}
}  // namespace

Core::Core(const Env& env, std::unique_ptr<bus::Client> client, const Secret& secret,
           runtime::ServiceMetrics& metrics, PublisherObserver& observer, Options options,
           Told told)
    : env_(env),
      client_(std::move(client)),
      secret_(secret),
      options_(std::move(options)),
      told_(std::move(told)),
      ids_(env.clock, env.random),
      host_(runtime::host_fold(
          env, *client_, [] { return std::make_unique<IntakeState>(); }, host_options(options_),
          metrics)),
      publisher_(*client_, ids_, observer, options_.publisher),
      reader_(*client_, options_.reads) {
  client_->on_change([this](const bus::BusState&, const std::optional<Error>& fenced) {
    if (!fenced || failed_) return;
    failed_ = true;
    closed_.store(true);
    told_.failed(fenced->with("intake's connection to the bus"));
  });
}

Core::~Core() = default;

Admission Core::admission() const {
  if (closed_.load()) return Admission::kDraining;
  if (!live_.load()) return Admission::kStarting;
  if (!connected_.load()) return Admission::kNoBus;
  if (no_room_.load()) return Admission::kNoRoom;
  if (open_items_.load() >= options_.max_open_items) return Admission::kFull;
  if (open_bytes_.load() >= options_.max_open_bytes) return Admission::kFull;
  return Admission::kOpen;
}

void Core::submit(BatchPtr batch) {
  open_items_.fetch_add(batch->items.size());
  open_bytes_.fetch_add(batch->payloads.size());
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    was_empty = new_batches_.empty() && new_lookups_.empty();
    new_batches_.push_back(std::move(batch));
  }
  if (was_empty) wake();
}

void Core::find(Kind kind, const Id16& id, std::string partner, FoundCallback done) {
  Wanted wanted;
  wanted.kind = kind;
  wanted.id = id;
  wanted.partner = std::move(partner);
  wanted.done = std::move(done);
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    was_empty = new_batches_.empty() && new_lookups_.empty();
    new_lookups_.push_back(std::move(wanted));
  }
  if (was_empty) wake();
}

/// `round` looks into the inboxes after every poll: it is enough that poll returns.
void Core::wake() {
  client_->post([] {});
}

void Core::close() { closed_.store(true); }

bool Core::idle() const {
  const std::lock_guard lock(mutex_);
  return new_batches_.empty() && new_lookups_.empty() && lookups_.empty() &&
         publisher_.unanswered() == 0 && publisher_.unacknowledged() == 0 && reader_.waiting() == 0;
}

void Core::round(std::int64_t timeout_us) {
  client_->poll(timeout_us);
  host_->tick();
  const std::int64_t now_us = env_.clock.monotonic_us();
  const IntakeState* state = host_->live() ? &runtime::fold_as<IntakeState>(*host_) : nullptr;
  if (state != nullptr) check_secret(*state);
  seeding_.store(client_->state().seeding);
  head_.store(client_->state().head.value);
  connected_.store(client_->state().connected);
  no_room_.store(client_->state().later);
  live_.store(state != nullptr && !failed_);
  take_inboxes(now_us);
  publisher_.advance(state, host_->cut(), now_us);
  look_up(state, now_us);
  reader_.advance(now_us);
  {
    const std::lock_guard lock(mutex_);
    std::size_t open = publisher_.unanswered();
    std::size_t open_bytes = publisher_.unanswered_bytes();
    for (const BatchPtr& batch : new_batches_) {
      open += batch->items.size();
      open_bytes += batch->payloads.size();
    }
    open_items_.store(open);
    open_bytes_.store(open_bytes);
  }
  show(state, now_us);
  tell_readiness();
}

void Core::take_inboxes(std::int64_t now_us) {
  std::vector<BatchPtr> batches;
  std::vector<Wanted> lookups;
  {
    const std::lock_guard lock(mutex_);
    batches.swap(new_batches_);
    lookups.swap(new_lookups_);
  }
  for (BatchPtr& batch : batches) publisher_.submit(std::move(batch), now_us);
  for (Wanted& wanted : lookups) {
    wanted.deadline_us = now_us + options_.reads.timeout_us;
    lookups_.push_back(std::move(wanted));
  }
}

/// A read waits until the fold has passed what its asker has just published.
void Core::look_up(const IntakeState* state, std::int64_t now_us) {
  std::vector<Wanted> waiting;
  waiting.swap(lookups_);
  for (Wanted& wanted : waiting) {
    if (state != nullptr && !publisher_.is_under_way(wanted.id)) {
      fetch(*state, std::move(wanted), now_us);
    } else if (wanted.deadline_us <= now_us) {
      wanted.done(Error(Code::kTimeout, "it is not there yet; try again later"));
    } else {
      lookups_.push_back(std::move(wanted));
    }
  }
}

void Core::fetch(const IntakeState& state, Wanted wanted, std::int64_t now_us) {
  const Record* record = state.by_id(wanted.id);
  if (record == nullptr || record->kind != wanted.kind ||
      state.partner(*record) != wanted.partner) {
    wanted.done(Error(Code::kNotFound, "nothing of yours has this id here"));
    return;
  }
  FoundRecord found;
  found.kind = record->kind;
  found.id = record->id;
  found.offset = record->offset;
  found.time = record->time;
  if (const Record* by = state.corrected_by(*record)) found.corrected_by = by->id;
  if (const Record* by = state.withdrawn_by(*record)) found.withdrawn_by = by->id;
  reader_.read(info_of(record->kind).subject, record->offset, now_us,
               [found = std::move(found),
                done = std::move(wanted.done)](const Result<std::string>& payload) {
                 if (!payload) return done(payload.error());
                 FoundRecord whole = found;
                 whole.payload = *payload;
                 done(std::move(whole));
               });
}

/// With another secret than the log's, every repeat would be taken as new: better not to start.
void Core::check_secret(const IntakeState& state) {
  if (secret_checked_ || !state.witness()) return;
  secret_checked_ = true;
  const IntakeState::Witness& first = *state.witness();
  if (secret_.reference(first.kind, first.partner, first.partner_ref) == first.reference) return;
  failed_ = true;
  closed_.store(true);
  told_.failed(Error(
      Code::kInvalid,
      "secrets/intake.key is not the key that this log was written with: repeats would not be "
      "recognised. Restore the file from the backup that belongs to the log"));
}

std::string Core::why_not_ready() const {
  if (failed_) return "failed";
  if (closed_.load()) return "draining";
  if (!client_->state().connected) return "no connection to the bus";
  if (!host_->live()) {
    return fmt::format("replaying {} of {}", host_->cut().value, client_->state().head.value);
  }
  return {};
}

void Core::tell_readiness() {
  std::string why = why_not_ready();
  if (told_why_ == why) return;
  told_.ready_changed(why);
  told_why_ = std::move(why);
}

void Core::show(const IntakeState* state, std::int64_t now_us) {
  if (state == nullptr || host_->cut() == shown_ || now_us - shown_at_us_ < kShowEveryUs) return;
  shown_ = host_->cut();
  shown_at_us_ = now_us;
  told_.figures(*state);
}

}  // namespace lamplight::intake
