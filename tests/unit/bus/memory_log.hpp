#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/sha256.hpp"
#include "bus/fence_table.hpp"
#include "log/log.hpp"

namespace lamplight::bus::test {

/// A log without files: the test says when a sync returns and how, and what is lost with the power.
class MemoryLog final : public log::Log {
 public:
  explicit MemoryLog(bool seeded = false) {
    header_.id.bytes[0] = 0x4C;
    header_.seeded = seeded;
  }

  // What a test sets.
  std::size_t gather_limit = 64U << 20;  ///< appends beyond are kOverloaded until the next sync
  bool disk_full = false;                ///< appends are kOverloaded whatever is gathered
  std::optional<Offset> damaged_at;      ///< reading the batch that holds it fails

  /// Everything not synced is gone, as after a power loss; the log can be served again.
  void lose_power() {
    gathered_.clear();
    in_flight_.clear();
    syncing_ = false;
    failed_ = false;
    head_ = synced_;
    last_time_ = batches_.empty() ? TimeUs{} : batches_.back()->header.time;
  }
  [[nodiscard]] std::size_t batches() const { return batches_.size(); }

  const log::Header& header() const override { return header_; }
  const log::Recovery& recovery() const override { return recovery_; }
  Offset head() const override { return head_; }
  Offset synced() const override { return synced_; }
  TimeUs last_time() const override { return last_time_; }
  ChainHash synced_hash() const override {
    return batches_.empty() ? ChainHash{} : batches_.back()->hash;
  }

  Result<Offset> append(const FrameView& frame, TimeUs time) override {
    if (failed_) return Error(Code::kFenced, "an earlier sync failed");
    if (disk_full) return Error(Code::kOverloaded, "the disk is full");
    if (!gathered_.empty() && bytes_gathered() + frame.size() > gather_limit) {
      return Error(Code::kOverloaded, "gathered enough");
    }
    LAMPLIGHT_CHECK(time >= last_time_, "bus time never goes back");
    if (gathered_.empty() || gathered_.back().header.time != time) {
      log::Batch batch;
      batch.header.first_offset = head_.next();
      batch.header.time = time;
      batch.bytes.assign(log::kBatchHeaderBytes, '\0');
      gathered_.push_back(std::move(batch));
    }
    log::Batch& batch = gathered_.back();
    const Offset first = head_.next();
    batch.bytes.append(as_text(frame.bytes()));
    batch.header.count += frame.header().count;
    head_ = head_.plus(frame.header().count);
    last_time_ = time;
    return first;
  }
  bool has_gathered() const override { return !gathered_.empty(); }

  std::unique_ptr<log::PendingSync> begin_sync() override {
    LAMPLIGHT_CHECK(!syncing_, "one sync at a time");
    syncing_ = true;
    in_flight_ = std::exchange(gathered_, {});
    return std::make_unique<NoSync>();
  }
  Result<void> finish_sync(std::unique_ptr<log::PendingSync>, Result<void> outcome) override {
    syncing_ = false;
    if (!outcome) {
      failed_ = true;
      return outcome;
    }
    for (log::Batch& batch : in_flight_) {
      batch.header.bytes = static_cast<std::uint32_t>(batch.bytes.size());
      batch.header.synced_through = synced_;
      batch.header.prev_hash = synced_hash();
      log::seal_batch(batch.bytes, batch.header);
      batch.hash = sha256(as_bytes(batch.bytes));
      synced_ = batch.last();
      batches_.push_back(std::make_shared<const log::Batch>(std::move(batch)));
    }
    in_flight_.clear();
    return {};
  }
  bool failed() const override { return failed_; }

  Result<std::unique_ptr<log::Reader>> read(Offset from) override {
    if (from.value == 0 || from.value > head_.value + 1)
      return Error(Code::kInvalid, "beyond the head");
    return std::unique_ptr<log::Reader>(std::make_unique<MemoryReader>(*this, from));
  }

  /// Two segments: the newest batch, and those before it.
  Result<void> visit_indexes(const std::function<bool(const log::SegmentIndex&)>& wanted,
                             const std::function<void(const log::SegmentIndex&)>& visit) override {
    const std::size_t cut = batches_.empty() ? 0 : batches_.size() - 1;
    const log::SegmentIndex older = index_of(0, cut);
    const log::SegmentIndex newest = index_of(cut, batches_.size());
    if (wanted(newest) && wanted(older)) visit(older);
    visit(newest);
    return {};
  }

  std::uint64_t total_bytes() const override { return 0; }
  std::uint64_t segment_count() const override { return 2; }
  Result<std::uint64_t> free_bytes() const override { return std::uint64_t{1} << 40; }
  Result<void> close() override { return {}; }

 private:
  class NoSync final : public log::PendingSync {
   public:
    Result<void> run() override { return {}; }
  };

  class MemoryReader final : public log::Reader {
   public:
    MemoryReader(const MemoryLog& log, Offset next) : log_(log), next_(next) {}
    Result<std::shared_ptr<const log::Batch>> next() override {
      const auto& all = log_.batches_;
      const auto found = std::find_if(all.begin(), all.end(),
                                      [this](const auto& b) { return b->last() >= next_; });
      if (found == all.end()) return std::shared_ptr<const log::Batch>();
      if (log_.damaged_at && (*found)->first() <= *log_.damaged_at &&
          *log_.damaged_at <= (*found)->last()) {
        return Error(Code::kDamaged, "segment 1, byte 96: the CRC differs");
      }
      next_ = (*found)->last().next();
      return *found;
    }

   private:
    const MemoryLog& log_;
    Offset next_;
  };

  [[nodiscard]] std::size_t bytes_gathered() const {
    std::size_t bytes = 0;
    for (const auto& batch : gathered_) bytes += batch.bytes.size();
    return bytes;
  }

  [[nodiscard]] log::SegmentIndex index_of(std::size_t from, std::size_t to) const {
    log::SegmentIndex index;
    for (std::size_t i = from; i < to; ++i) {
      Offset at = batches_[i]->first();
      for (Bytes rest = batches_[i]->frames(); !rest.empty();) {
        const FrameView frame = FrameView::trusted(rest);
        const FrameHeader& head = frame.header();
        index.frames[std::string(head.producer)].push_back(
            {head.first_seq, head.count, at, frame.hash(), head.epoch, head.through});
        frame.for_each([&](std::uint32_t nth, const EventContent& event, Bytes) {
          if (event.dedupe)
            index.dedupe.push_back({*event.dedupe, at.plus(nth), batches_[i]->header.time});
          log::SubjectSpan& span = index.subjects[std::string(event.subject)];
          if (span.count++ == 0) span.first = at.plus(nth);
          span.last = at.plus(nth);
        });
        at = at.plus(head.count);
        rest = rest.subspan(frame.size());
      }
    }
    return index;
  }

  log::Header header_;
  log::Recovery recovery_;
  std::vector<std::shared_ptr<const log::Batch>> batches_;
  std::vector<log::Batch> gathered_;
  std::vector<log::Batch> in_flight_;
  bool syncing_ = false;
  bool failed_ = false;
  Offset head_;
  Offset synced_;
  TimeUs last_time_;
};

}  // namespace lamplight::bus::test
