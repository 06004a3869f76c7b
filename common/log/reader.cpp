#include <algorithm>

#include "base/sha256.hpp"
#include "read_side.hpp"
#include "segment_file.hpp"
#include "sidecar.hpp"

namespace lamplight::log {

void ReadSide::remember(std::shared_ptr<const Batch> batch) {
  recent_bytes += batch->bytes.capacity();
  recent.push_back(std::move(batch));
  while (recent_bytes > recent_limit && !recent.empty()) {
    recent_bytes -= recent.front()->bytes.capacity();
    recent.pop_front();
  }
}

SegmentInfo* ReadSide::segment_of(Offset offset) {
  const auto after =
      std::upper_bound(segments.begin(), segments.end(), offset,
                       [](Offset o, const SegmentInfo& segment) { return o < segment.first; });
  return after == segments.begin() ? nullptr : &*std::prev(after);
}

namespace {

class SegmentReader final : public Reader {
 public:
  SegmentReader(std::shared_ptr<ReadSide> side, Offset from)
      : side_(std::move(side)), next_(from) {}

  Result<std::shared_ptr<const Batch>> next() override {
    if (side_->failed)
      return Error(Code::kFenced,
                   side_->folder + ": the log is fenced after a failed write or sync");
    if (next_ > side_->synced) return std::shared_ptr<const Batch>();
    if (auto batch = from_memory()) {
      cursor_.reset();
      return given(std::move(batch));
    }
    auto batch = from_disk();
    if (!batch) return batch.error();
    return given(std::move(*batch));
  }

 private:
  std::shared_ptr<const Batch> given(std::shared_ptr<const Batch> batch) {
    next_ = batch->last().next();
    return batch;
  }

  [[nodiscard]] std::shared_ptr<const Batch> from_memory() const {
    const auto& recent = side_->recent;
    if (recent.empty() || next_ < recent.front()->first()) return nullptr;
    const auto after =
        std::upper_bound(recent.begin(), recent.end(), next_,
                         [](Offset o, const auto& batch) { return o < batch->first(); });
    return *std::prev(after);
  }

  Result<std::shared_ptr<const Batch>> from_disk() {
    for (;;) {
      if (!cursor_) {
        if (auto done = open_segment(); !done) return done.error();
      }
      const auto found = peek_synced();
      if (!found) return found.error();
      if (!*found) {  // the end of a sealed segment
        cursor_.reset();
        continue;
      }
      const BatchHeader& header = (*found)->header;
      if (header.last() < next_) {  // on the way from the nearest known place
        cursor_->advance();
        continue;
      }
      if (header.first_offset > next_) {
        return damaged("the batch begins at offset " + std::to_string(header.first_offset.value) +
                       ", expected " + std::to_string(next_.value));
      }
      auto batch = std::make_shared<Batch>();
      batch->header = header;
      batch->bytes.assign(as_text((*found)->bytes));
      cursor_->advance();
      batch->hash = hash_of(*batch);
      return std::shared_ptr<const Batch>(std::move(batch));
    }
  }

  // The batch at the cursor, or nothing at the end of a sealed segment. What was read ahead of the synced end may be
  // older than what the file holds now, so a failure counts only on bytes read afresh.
  Result<std::optional<SegmentCursor::Found>> peek_synced() {
    auto found = cursor_->peek();
    if (!found) {
      cursor_->forget();
      found = cursor_->peek();
    }
    if (found) return std::optional(*found);
    if (found.error().code() != Code::kNotFound) return found.error();
    const SegmentInfo* following = side_->segment_of(next_);
    if (following != nullptr && following->first == next_ && segment_ < next_) {
      return std::optional<SegmentCursor::Found>();
    }
    return damaged("the segment ends before offset " + std::to_string(next_.value));
  }

  Result<void> open_segment() {
    SegmentInfo* segment = side_->segment_of(next_);
    LAMPLIGHT_CHECK(segment != nullptr, "a reader begins within the log");
    const std::string path = path_in(side_->folder, segment_name(segment->first));
    auto file = side_->disk.open(path, OpenMode::kRead);
    if (!file) return file.error();
    const std::uint64_t at = next_ == segment->first ? kSegmentHeaderBytes : place_before(*segment);
    segment_ = segment->first;
    cursor_ = std::make_unique<SegmentCursor>(std::shared_ptr<const File>(std::move(file).value()),
                                              path, at);
    return {};
  }

  // Without a sidecar a seek reads the segment from its beginning: slower, never wrong.
  [[nodiscard]] std::uint64_t place_before(SegmentInfo& segment) const {
    if (!segment.places) {
      auto index = read_sidecar(side_->disk, path_in(side_->folder, sidecar_name(segment.first)));
      segment.places = index ? std::move(index->places) : std::vector<SegmentIndex::Place>();
    }
    std::uint64_t at = kSegmentHeaderBytes;
    for (const auto& place : *segment.places) {
      if (place.offset > next_) break;
      at = place.at;
    }
    return at;
  }

  // The next batch's header holds it; hashing again would halve the speed of replay.
  [[nodiscard]] ChainHash hash_of(const Batch& batch) {
    const Offset last = batch.last();
    if (last == side_->synced) return side_->synced_hash;
    if (const auto ahead = cursor_->peek(); ahead && ahead->header.first_offset == last.next()) {
      return ahead->header.prev_hash;
    }
    if (const SegmentInfo* following = side_->segment_of(last.next());
        following->first == last.next()) {
      return following->prev_hash;
    }
    return sha256(as_bytes(batch.bytes));
  }

  [[nodiscard]] Error damaged(const std::string& what) const {
    return {Code::kDamaged,
            cursor_->path() + " byte " + std::to_string(cursor_->at()) + ": " + what};
  }

  std::shared_ptr<ReadSide> side_;
  Offset next_;
  Offset segment_;  // first offset of the segment under the cursor
  std::unique_ptr<SegmentCursor> cursor_;
};

}  // namespace

Result<std::unique_ptr<Reader>> make_reader(std::shared_ptr<ReadSide> side, Offset from,
                                            Offset head) {
  if (from.value == 0) from = Offset{1};
  if (from > head.next()) {
    return Error(Code::kInvalid, "read from offset " + std::to_string(from.value) +
                                     ": the log ends at " + std::to_string(head.value));
  }
  if (side->segment_of(from) == nullptr) {
    return Error(
        Code::kNotFound,
        "read from offset " + std::to_string(from.value) + ": the oldest kept is " +
            std::to_string(side->segments.empty() ? 0 : side->segments.front().first.value));
  }
  return std::unique_ptr<Reader>(std::make_unique<SegmentReader>(std::move(side), from));
}

}  // namespace lamplight::log
