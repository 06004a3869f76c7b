#include "index_window.hpp"

#include <algorithm>

#include "model/limits.hpp"

namespace lamplight::log {

namespace {
Seq last_seq(const FrameRecord& record) { return record.first_seq.plus(record.count - 1); }
}  // namespace

void IndexWindow::note(const SegmentIndex& index) {
  for (const auto& [producer, records] : index.frames) {
    Seq newest;
    for (const FrameRecord& record : records) newest = std::max(newest, last_seq(record));
    newest_.try_emplace(producer, newest);
  }
  keys_ += index.dedupe.size();
  if (index.last < index.first) return;  // empty: its times say nothing
  if (!newest_time_) newest_time_ = index.last_time;
  aged_ = is_old(index.first_time);
}

void IndexWindow::trim(SegmentIndex& index) {
  drop_frames(index);
  if (!newest_time_) newest_time_ = index.last_time;
  drop_keys(index);
  note(index);
}

bool IndexWindow::wants_keys() const { return keys_ < kDedupeKeys && !aged_; }

void IndexWindow::drop_frames(SegmentIndex& index) const {
  for (auto at = index.frames.begin(); at != index.frames.end();) {
    const auto newer = newest_.find(at->first);
    if (newer != newest_.end()) {
      std::erase_if(at->second, [&](const FrameRecord& record) {
        return last_seq(record).value + kFenceNumbers <= newer->second.value;
      });
      at->second.shrink_to_fit();
    }
    at = at->second.empty() ? index.frames.erase(at) : std::next(at);
  }
}

void IndexWindow::drop_keys(SegmentIndex& index) const {
  const std::size_t room = kDedupeKeys - std::min(keys_, std::size_t{kDedupeKeys});
  auto keep = index.dedupe.end() - static_cast<std::ptrdiff_t>(std::min(room, index.dedupe.size()));
  keep = std::find_if(keep, index.dedupe.end(),
                      [this](const DedupeRecord& record) { return !is_old(record.time); });
  index.dedupe.erase(index.dedupe.begin(), keep);
  index.dedupe.shrink_to_fit();
}

bool IndexWindow::is_old(TimeUs time) const { return time.plus_us(kDedupeUs) <= *newest_time_; }

}  // namespace lamplight::log
