#include "segment_sync.hpp"

#include <algorithm>

#include "base/planted_bug.hpp"
#include "base/sha256.hpp"
#include "index_builder.hpp"

namespace lamplight::log {

SegmentSync::SegmentSync(Disk& disk, std::string folder, Preparer& preparer, Job job)
    : disk_(disk),
      folder_(std::move(folder)),
      preparer_(preparer),
      job_(std::move(job)),
      hash_(job_.synced_hash) {}

bool SegmentSync::rolls() const {
  return std::any_of(job_.batches.begin(), job_.batches.end(),
                     [](const Gathered& b) { return b.begins_segment; });
}

Result<void> SegmentSync::run() {
  LAMPLIGHT_CHECK(!ran_, "a PendingSync runs once: a failed sync is never tried again");
  ran_ = true;
  File* file = job_.active.get();
  std::size_t in_old = 0;  // batches that stay in the active segment
  for (Gathered& gathered : job_.batches) {
    if (gathered.begins_segment) {
      in_old = outcome_.batches.size();
      if (in_old > 0) {
        if (auto done = file->sync(); !done) return done;
      }
      if (auto done = begin_segment(gathered.first); !done) return done;
      file = outcome_.new_file.get();
    }
    if (auto done = write(gathered); !done) return done;
  }
  if (!job_.batches.empty() && !planted(Bug::kDeliverBeforeSync)) {
    if (auto done = file->sync(); !done) return done;
  }
  if (outcome_.rolled) {
    if (auto done = name_segment(); !done) return done;
  }
  const std::size_t all = outcome_.batches.size();
  if (!outcome_.rolled) in_old = all;
  outcome_.old_segment = index_of(0, in_old, job_.segment_first);
  if (outcome_.rolled) outcome_.new_index = index_of(in_old, all, outcome_.new_segment.first);
  return {};
}

Result<void> SegmentSync::begin_segment(Offset first) {
  auto file = preparer_.take();
  if (!file) return file.error();
  outcome_.rolled = true;
  outcome_.new_file = std::move(file).value();
  outcome_.new_segment = SegmentHeader{job_.log, first, hash_};
  return outcome_.new_file->write_at(0, as_bytes(encode_segment_header(outcome_.new_segment)));
}

Result<void> SegmentSync::write(Gathered& gathered) {
  auto batch = std::make_shared<Batch>();
  batch->bytes = std::move(gathered.bytes);
  batch->header.bytes = static_cast<std::uint32_t>(batch->bytes.size());
  batch->header.count = gathered.count;
  batch->header.first_offset = gathered.first;
  batch->header.time = gathered.time;
  batch->header.synced_through = job_.synced;
  batch->header.prev_hash = hash_;
  seal_batch(batch->bytes, batch->header);
  hash_ = sha256(as_bytes(batch->bytes));
  batch->hash = hash_;
  File& file = outcome_.rolled ? *outcome_.new_file : *job_.active;
  if (auto done = file.write_at(gathered.at, as_bytes(batch->bytes)); !done) return done;
  outcome_.batches.push_back(std::move(batch));
  places_.push_back(gathered.at);
  return {};
}

Result<void> SegmentSync::name_segment() {
  const std::string path = path_in(folder_, segment_name(outcome_.new_segment.first));
  if (auto done = disk_.rename(path_in(folder_, kPreparedName), path); !done) return done;
  return disk_.sync_folder(folder_);
}

SegmentIndex SegmentSync::index_of(std::size_t from, std::size_t to, Offset segment_first) const {
  IndexBuilder builder(from == 0 && to > 0 ? outcome_.batches[0]->first() : segment_first);
  for (std::size_t i = from; i < to; ++i) {
    const Batch& batch = *outcome_.batches[i];
    builder.add(batch.header, batch.hash, as_bytes(batch.bytes), places_[i],
                job_.batches[i].frame_hashes);
  }
  return builder.take();
}

}  // namespace lamplight::log
