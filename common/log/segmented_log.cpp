#include "segmented_log.hpp"

#include <algorithm>
#include <chrono>

#include "base/planted_bug.hpp"
#include "index_builder.hpp"
#include "index_window.hpp"
#include "model/limits.hpp"
#include "segment_file.hpp"
#include "sidecar.hpp"

namespace lamplight::log {

namespace {
constexpr std::size_t kMaxGatheredBytes = 32U << 20;
constexpr std::uint64_t kMinSegmentBytes = 16U << 10;
constexpr std::int64_t kLookEveryUs = 1'000'000;
// How long an append waits for a segment that is being made ready: less than clients wait after a refusal.
constexpr std::chrono::milliseconds kPatience{50};

// Small segments have small batches, so that they still are segments: of many batches.
std::size_t batch_limit(std::uint64_t segment_bytes) {
  return std::min<std::size_t>(kMaxBatchBytes, segment_bytes - kSegmentHeaderBytes);
}
}  // namespace

SegmentedLog::SegmentedLog(const Env& env, const Options& options, std::unique_ptr<File> lock,
                           Recovered recovered)
    : clock_(env.clock),
      disk_(env.disk),
      options_(options),
      lock_(std::move(lock)),
      header_(recovered.header),
      recovery_(std::move(recovered.report)),
      batch_limit_(batch_limit(options.segment_bytes)),
      side_(std::make_shared<ReadSide>(ReadSide{env.disk,
                                                options.folder,
                                                std::move(recovered.segments),
                                                recovered.last,
                                                recovered.last_hash,
                                                options.recent_bytes,
                                                0,
                                                {},
                                                false})),
      active_(std::move(recovered.active)),
      active_index_(std::move(recovered.active_index)),
      head_(recovered.last),
      last_time_(recovered.last_time),
      next_at_(recovered.end),
      looked_at_us_(env.clock.monotonic_us() - kLookEveryUs),
      preparer_(env.disk, {options.folder, options.segment_bytes, options.reserve_bytes,
                           options.in_line, recovery_.clean_stop}) {
  side_->segments.back().places = active_index_.places;
  look_at_free_space();
  preparer_.begin();
}

Error SegmentedLog::fenced() const {
  return {Code::kFenced, "log " + options_.folder +
                             (closed_ ? " is closed" : ": an earlier write or sync failed") +
                             "; only a restart goes on from what is on the disk"};
}

Result<Offset> SegmentedLog::append(const FrameView& frame, TimeUs time) {
  if (auto admitted = admit(frame.size()); !admitted) return admitted.error();
  LAMPLIGHT_CHECK(time >= last_time_ || planted(Bug::kTimeStepsBack), "bus time never goes back");
  if (!fits_current(frame.size(), time)) {
    if (auto begun = begin_batch(frame.size(), time); !begun) return begun.error();
  }
  Gathered& batch = gathered_.back();
  const Offset first = head_.next();
  batch.bytes.append(as_text(frame.bytes()));
  batch.frame_hashes.push_back(frame.hash());
  batch.count += frame.header().count;
  next_at_ += frame.size();
  gathered_bytes_ += frame.size();
  head_ = head_.plus(frame.header().count);
  last_time_ = time;
  return first;
}

// What no place in the log can help with.
Result<void> SegmentedLog::admit(std::size_t frame_bytes) {
  if (side_->failed || closed_) return fenced();
  if (frame_bytes > kMaxFrameBytes) {
    return Error(Code::kTooLarge, "a frame of " + std::to_string(frame_bytes) +
                                      " bytes, the limit is " + std::to_string(kMaxFrameBytes));
  }
  if (disk_short_) {
    look_at_free_space();
    if (disk_short_) return *disk_short_;
  }
  if (gathered_bytes_ + frame_bytes > kMaxGatheredBytes && !gathered_.empty()) {
    return Error(Code::kOverloaded, "the log has gathered " + std::to_string(gathered_bytes_) +
                                        " bytes; try again after the sync in progress");
  }
  return {};
}

bool SegmentedLog::fits_current(std::size_t frame_bytes, TimeUs time) const {
  if (gathered_.empty()) return false;
  const Gathered& batch = gathered_.back();
  return batch.time == time && batch.bytes.size() + frame_bytes <= batch_limit_ &&
         next_at_ + frame_bytes <= options_.segment_bytes;
}

Result<void> SegmentedLog::begin_batch(std::size_t frame_bytes, TimeUs time) {
  // A segment that holds nothing takes even a frame longer than itself.
  const bool rolls = next_at_ + kBatchHeaderBytes + frame_bytes > options_.segment_bytes &&
                     next_at_ > kSegmentHeaderBytes;
  if (rolls && (gathered_rolls_ || in_flight_rolls_)) {
    return Error(Code::kOverloaded,
                 "the next segment is not begun yet; try again after the sync in progress");
  }
  if (rolls) {
    // Whoever comes again after the sync in progress need not wait here.
    const bool comes_again = in_flight_ != nullptr || !gathered_.empty();
    if (auto refused = preparer_.refusal(comes_again ? std::chrono::milliseconds(0) : kPatience)) {
      look_at_free_space();
      return Error(Code::kOverloaded, "the log has no next segment: " + refused->message());
    }
    gathered_rolls_ = true;
    next_at_ = kSegmentHeaderBytes;
  }
  Gathered batch;
  // What the batch before needed is the best guess for this one.
  if (!gathered_.empty()) size_guess_ = gathered_.back().bytes.size();
  batch.bytes.reserve(std::max(size_guess_, kBatchHeaderBytes + frame_bytes));
  batch.bytes.assign(kBatchHeaderBytes, '\0');
  batch.first = head_.next();
  batch.time = time;
  batch.at = next_at_;
  batch.begins_segment = rolls;
  gathered_.push_back(std::move(batch));
  next_at_ += kBatchHeaderBytes;
  gathered_bytes_ += kBatchHeaderBytes;
  return {};
}

std::unique_ptr<PendingSync> SegmentedLog::begin_sync() {
  LAMPLIGHT_CHECK(in_flight_ == nullptr, "one sync at a time");
  LAMPLIGHT_CHECK(!side_->failed, "a fenced log is never synced again");
  if (!gathered_.empty()) size_guess_ = gathered_.back().bytes.size();
  SegmentSync::Job job{
      std::move(gathered_),        active_, header_, side_->synced, side_->synced_hash,
      side_->segments.back().first};
  gathered_.clear();
  gathered_bytes_ = 0;
  in_flight_rolls_ = std::exchange(gathered_rolls_, false);
  auto sync = std::make_unique<SegmentSync>(disk_, options_.folder, preparer_, std::move(job));
  in_flight_ = sync.get();
  return sync;
}

Result<void> SegmentedLog::finish_sync(std::unique_ptr<PendingSync> sync, Result<void> outcome) {
  LAMPLIGHT_CHECK(sync != nullptr && sync.get() == in_flight_,
                  "the sync handed back is the one begun");
  in_flight_ = nullptr;
  in_flight_rolls_ = false;
  if (!outcome) {
    side_->failed = true;
    gathered_.clear();  // was promised to nobody
    gathered_bytes_ = 0;
    return outcome.error().with("log " + options_.folder +
                                " is fenced, restart to go on from what is on the disk");
  }
  auto done = static_cast<SegmentSync&>(*sync).take_outcome();
  merge(active_index_, std::move(done.old_segment));
  if (done.rolled) seal_active(done);
  auto& places = side_->segments.back().places;
  if (!places || places->size() != active_index_.places.size()) places = active_index_.places;
  for (auto& batch : done.batches) {
    side_->synced = batch->last();
    side_->synced_hash = batch->hash;
    side_->remember(std::move(batch));
  }
  look_at_free_space();
  return {};
}

void SegmentedLog::seal_active(SegmentSync::Outcome& outcome) {
  trim_frames(active_index_);
  side_->segments.back().places = active_index_.places;
  preparer_.begin();
  preparer_.write_sidecar_later(
      std::exchange(active_index_, empty_index(outcome.new_segment.first)));
  merge(active_index_, std::move(outcome.new_index));
  active_ = outcome.new_file;
  const auto size = active_->size();
  side_->segments.push_back(SegmentInfo{outcome.new_segment.first,
                                        outcome.new_segment.prev_hash,
                                        size ? *size : options_.segment_bytes,
                                        {}});
}

void SegmentedLog::look_at_free_space() {
  const std::int64_t now = clock_.monotonic_us();
  if (now - looked_at_us_ < kLookEveryUs) return;
  looked_at_us_ = now;
  disk_short_.reset();
  if (options_.reserve_bytes > 0) {
    const auto free = free_bytes();
    if (!free || *free < options_.reserve_bytes) {
      disk_short_ = Error(Code::kOverloaded, free ? options_.folder + ": " + std::to_string(*free) +
                                                        " bytes free, less than the reserve of " +
                                                        std::to_string(options_.reserve_bytes) +
                                                        "; make room on the disk"
                                                  : free.error().message());
    }
  }
  if (!options_.in_line && !in_flight_rolls_ && preparer_.wants_room()) preparer_.begin();
}

Result<std::unique_ptr<Reader>> SegmentedLog::read(Offset from) {
  if (side_->failed || closed_) return fenced();
  return make_reader(side_, from, head_);
}

Result<void> SegmentedLog::visit_indexes(const std::function<bool(const SegmentIndex&)>& wanted,
                                         const std::function<void(const SegmentIndex&)>& visit) {
  if (side_->failed || closed_) return fenced();
  preparer_.wait_until_idle();
  std::vector<SegmentIndex> kept;
  IndexWindow window;
  window.note(active_index_);
  bool go_on = wanted(active_index_);
  for (std::size_t i = side_->segments.size() - 1; i > 0 && go_on; --i) {
    bool rebuilt = false;
    auto index =
        index_of_sealed(disk_, options_.folder, side_->segments[i - 1], side_->segments[i], rebuilt,
                        window.wants_keys() ? SidecarParts::kAll : SidecarParts::kAllButKeys);
    if (!index) return index.error();
    window.trim(*index);
    if (rebuilt) ++recovery_.sidecars_rebuilt;
    go_on = wanted(*index);
    kept.push_back(std::move(*index));
  }
  std::for_each(kept.rbegin(), kept.rend(), visit);
  visit(active_index_);
  return {};
}

std::uint64_t SegmentedLog::total_bytes() const {
  std::uint64_t bytes = 0;
  for (const SegmentInfo& segment : side_->segments) bytes += segment.file_bytes;
  return bytes;
}

Result<void> SegmentedLog::close() {
  if (side_->failed || closed_) return fenced();
  LAMPLIGHT_CHECK(gathered_.empty() && in_flight_ == nullptr,
                  "everything gathered is synced before the log closes");
  preparer_.wait_until_idle();
  const CleanStop stop{header_.id, side_->segments.back().first, side_->synced, next_at_,
                       side_->synced_hash};
  const std::string file = encode_clean_stop(stop);
  if (auto done = replace_file(disk_, path_in(options_.folder, kCleanStopName), as_bytes(file));
      !done)
    return done;
  closed_ = true;
  active_.reset();
  lock_.reset();
  return {};
}

Result<std::unique_ptr<Log>> open(const Env& env, const Options& options) {
  if (options.segment_bytes < kMinSegmentBytes) {
    return Error(Code::kInvalid, "segment_bytes is " + std::to_string(options.segment_bytes) +
                                     ", at least " + std::to_string(kMinSegmentBytes) +
                                     " are needed");
  }
  if (auto made = env.disk.make_folder(options.folder); !made) return made.error();
  auto lock = env.disk.lock(path_in(options.folder, kLockName));
  if (!lock) return lock.error();
  auto recovered = recover(env, options);
  if (!recovered) return recovered.error();
  return std::unique_ptr<Log>(
      std::make_unique<SegmentedLog>(env, options, std::move(lock).value(), std::move(*recovered)));
}

}  // namespace lamplight::log
