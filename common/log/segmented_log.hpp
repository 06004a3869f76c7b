#pragma once

#include <memory>
#include <vector>

#include "log/log.hpp"
#include "preparer.hpp"
#include "read_side.hpp"
#include "recovery.hpp"
#include "segment_sync.hpp"

namespace lamplight::log {

/// The log in local segment files. Plans where each batch goes as frames are appended; the write itself is SegmentSync.
class SegmentedLog final : public Log {
 public:
  SegmentedLog(const Env& env, const Options& options, std::unique_ptr<File> lock,
               Recovered recovered);
  ~SegmentedLog() override = default;

  const Header& header() const override { return header_; }
  const Recovery& recovery() const override { return recovery_; }
  Offset head() const override { return head_; }
  Offset synced() const override { return side_->synced; }
  TimeUs last_time() const override { return last_time_; }
  ChainHash synced_hash() const override { return side_->synced_hash; }

  Result<Offset> append(const FrameView& frame, TimeUs time) override;
  bool has_gathered() const override { return !gathered_.empty(); }
  std::unique_ptr<PendingSync> begin_sync() override;
  Result<void> finish_sync(std::unique_ptr<PendingSync> sync, Result<void> outcome) override;
  bool failed() const override { return side_->failed; }

  Result<std::unique_ptr<Reader>> read(Offset from) override;
  Result<void> visit_indexes(const std::function<bool(const SegmentIndex&)>& wanted,
                             const std::function<void(const SegmentIndex&)>& visit) override;

  std::uint64_t total_bytes() const override;
  std::uint64_t segment_count() const override { return side_->segments.size(); }
  Result<std::uint64_t> free_bytes() const override { return disk_.free_bytes(options_.folder); }
  Result<void> close() override;

 private:
  [[nodiscard]] Result<void> admit(std::size_t frame_bytes);
  [[nodiscard]] bool fits_current(std::size_t frame_bytes, TimeUs time) const;
  [[nodiscard]] Result<void> begin_batch(std::size_t frame_bytes, TimeUs time);
  void seal_active(SegmentSync::Outcome& outcome);
  void look_at_free_space();
  [[nodiscard]] Error fenced() const;

  Clock& clock_;
  Disk& disk_;
  const Options options_;
  std::unique_ptr<File> lock_;
  const Header header_;
  Recovery recovery_;
  const std::size_t batch_limit_;

  std::shared_ptr<ReadSide> side_;
  std::shared_ptr<File> active_;
  SegmentIndex active_index_;  // of what is synced; its places are kept in side_->segments.back()

  Offset head_;
  TimeUs last_time_;
  std::vector<Gathered> gathered_;
  std::size_t gathered_bytes_ = 0;
  std::size_t size_guess_ = 0;  // of the next batch
  bool gathered_rolls_ = false;
  std::uint64_t
      next_at_;  // byte behind everything planned so far, in the segment it was planned for

  const PendingSync* in_flight_ = nullptr;
  bool in_flight_rolls_ = false;
  std::optional<Error> disk_short_;
  std::int64_t looked_at_us_;
  bool closed_ = false;

  Preparer preparer_;  // last: its thread ends first
};

}  // namespace lamplight::log
