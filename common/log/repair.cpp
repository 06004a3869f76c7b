#include "log/repair.hpp"

#include <algorithm>

#include "recovery.hpp"
#include "segment_copy.hpp"
#include "segment_file.hpp"
#include "segment_scan.hpp"
#include "sidecar.hpp"

namespace lamplight::log {

namespace {

struct Segment {
  std::string path;
  Offset named;
  std::shared_ptr<const File> file;
  std::uint64_t bytes = 0;
  std::optional<SegmentHeader> header;  // nothing when it does not read
  SegmentScan scan;                     // when the header reads
};

Result<Segment> look_at(Disk& disk, const std::string& path, Offset named, TimeUs not_before) {
  auto file = disk.open(path, OpenMode::kRead);
  if (!file) return file.error();
  Segment segment{path, named, std::shared_ptr<const File>(std::move(file).value()), 0, {}, {}};
  const auto size = segment.file->size();
  if (!size) return size.error();
  segment.bytes = *size;
  const auto header = read_segment_header(*segment.file, path);
  if (!header) {
    if (header.error().code() != Code::kDamaged) return header.error();
    return segment;
  }
  segment.header = *header;
  auto scan = scan_segment(segment.file, path, *header, not_before);
  if (!scan) return scan.error();
  segment.scan = std::move(*scan);
  return segment;
}

// Why a segment cannot stand where it stands, before its batches are looked at.
std::optional<Finding> misplaced(const Segment& segment, const Segment* before) {
  const auto found = [&](std::uint64_t at, std::string what) {
    return Finding{Finding::Kind::kDamage, segment.path, at, std::move(what)};
  };
  if (!segment.header) return found(0, "the segment header does not read");
  const SegmentHeader& header = *segment.header;
  if (header.first != segment.named)
    return found(32, "the header names another first offset than the file");
  if (before == nullptr) {
    if (header.first.value != 1) return found(32, "the segments before it are missing");
    if (header.prev_hash != genesis_hash(header.log))
      return found(40, "the chain does not begin at the log's header");
    return std::nullopt;
  }
  const Header& log = before->header->log;
  if (header.log.id != log.id || header.log.seeded != log.seeded)
    return found(8, "the segment belongs to another log");
  if (header.first != before->scan.last.next()) {
    return found(32, "the segment begins at offset " + std::to_string(header.first.value) +
                         ", expected " + std::to_string(before->scan.last.value + 1) +
                         ": what lay between is missing");
  }
  if (header.prev_hash != before->scan.last_hash)
    return found(40, "the segment is not chained to the one before it");
  return std::nullopt;
}

class FolderRepair final : public Repair {
 public:
  FolderRepair(Disk& disk, std::string folder, std::unique_ptr<File> lock)
      : disk_(disk), folder_(std::move(folder)), lock_(std::move(lock)) {}

  const RepairPlan& plan() const override { return plan_; }

  Result<void> look() {
    const auto segments = segment_names(disk_, folder_);
    if (!segments) return segments.error();
    if (segments->empty()) return Error(Code::kNotFound, folder_ + " holds no log segments");
    for (std::size_t i = 0; i < segments->size(); ++i) {
      const std::string& name = (*segments)[i];
      const std::string path = path_in(folder_, name);
      auto segment =
          look_at(disk_, path, *offset_of_segment(name), last_ ? last_->scan.last_time : TimeUs{});
      if (!segment) return segment.error();
      if (plan_.needed()) {
        if (auto done = cut_whole(*segment); !done) return done;
      } else if (auto done = look_for_damage(std::move(*segment), i + 1 == segments->size());
                 !done) {
        return done;
      }
    }
    plan_.last = std::max(plan_.last, plan_.kept);
    if (plan_.needed()) plan_.aside = free_name();
    return {};
  }

  Result<void> apply() override {
    LAMPLIGHT_CHECK(plan_.needed() && last_, "there is a damage to cut");
    if (auto done = disk_.make_folder(plan_.aside); !done) return done;
    if (last_->scan.content_end > last_->scan.end) {
      if (auto done = keep_cut_part(); !done) return done;
    }
    // A cache of what was: gone first, so that no start believes it while the segments change.
    if (auto done = remove_if_there(sidecar_of(last_->named)); !done) return done;
    auto renewed =
        copy_segment(disk_, folder_, *last_->file, *last_->header, last_->scan.end, last_->bytes);
    if (!renewed) return renewed.error();
    for (auto cut = plan_.cuts.rbegin(); cut != plan_.cuts.rend(); ++cut) {
      if (!cut->whole_file) continue;
      const std::string name = cut->file.substr(folder_.size() + 1);
      if (auto done = remove_if_there(sidecar_of(*offset_of_segment(name))); !done) return done;
      if (auto done = disk_.rename(cut->file, path_in(plan_.aside, name)); !done) return done;
    }
    // Last: as long as it is here it says that the log has to be longer.
    const std::string stop = path_in(folder_, kCleanStopName);
    if (disk_.exists(stop)) {
      if (auto done = disk_.rename(stop, path_in(plan_.aside, kCleanStopName)); !done) return done;
    }
    if (auto done = disk_.sync_folder(plan_.aside); !done) return done;
    return disk_.sync_folder(folder_);
  }

 private:
  Result<void> look_for_damage(Segment segment, bool newest) {
    const bool first = !last_;
    if (auto wrong = misplaced(segment, first ? nullptr : &*last_)) {
      if (first) {
        return Error(Code::kDamaged, segment.path + " byte " + std::to_string(wrong->at) + ": " +
                                         wrong->what +
                                         "; nothing before it could be kept: restore a backup");
      }
      plan_.damage = std::move(wrong);
      // The segment before becomes the active one: it ends where it did.
      return cut_whole(segment);
    }
    plan_.header = segment.header->log;
    std::optional<std::string> damage;
    if (newest) {
      auto evidence = evidence_against(segment);
      if (!evidence) return evidence.error();
      damage = std::move(*evidence);
    } else if (segment.scan.fault) {
      damage = segment.scan.fault->message();
    }
    plan_.kept = segment.scan.last;
    if (segment.scan.batches > 0) plan_.kept_time = segment.scan.last_time;
    if (damage) {
      plan_.damage =
          Finding{Finding::Kind::kDamage, segment.path, segment.scan.end, std::move(*damage)};
      if (auto done = cut_tail(segment); !done) return done;
    }
    last_ = std::move(segment);
    return {};
  }

  // What makes the end of the newest segment damage; a torn tail and a clean end are none.
  Result<std::optional<std::string>> evidence_against(const Segment& segment) {
    const auto stop = find_clean_stop(disk_, folder_, segment.header->log);
    if (!stop) return stop.error();
    if (*stop && (*stop)->last > segment.scan.last) {
      plan_.last = (*stop)->last;
      return std::optional("the clean-stop sidecar says that offset " +
                           std::to_string((*stop)->last.value) + " was synced, the log ends at " +
                           std::to_string(segment.scan.last.value));
    }
    if (auto missing = following_is_missing(disk_, folder_, segment.scan)) return missing;
    if (!segment.scan.fault || !segment.scan.synced_by) return std::optional<std::string>();
    return std::optional(segment.scan.fault->message() + "; " + *segment.scan.synced_by);
  }

  Result<void> cut_tail(const Segment& segment) {
    RepairPlan::Cut cut;
    cut.file = segment.path;
    cut.from = segment.scan.end;
    cut.to = segment.scan.content_end;
    auto done = each_whole_batch(*segment.file, cut.from, cut.to,
                                 [&](const BatchHeader& header) { count(cut, header); });
    plan_.cuts.push_back(std::move(cut));
    return done;
  }

  Result<void> cut_whole(const Segment& segment) {
    RepairPlan::Cut cut;
    cut.file = segment.path;
    cut.to = segment.bytes;
    cut.whole_file = true;
    auto done = each_whole_batch(*segment.file, kSegmentHeaderBytes, cut.to,
                                 [&](const BatchHeader& header) { count(cut, header); });
    plan_.cuts.push_back(std::move(cut));
    return done;
  }

  void count(RepairPlan::Cut& cut, const BatchHeader& header) {
    if (plan_.events == 0) plan_.first_time = plan_.last_time = header.time;
    plan_.first_time = std::min(plan_.first_time, header.time);
    plan_.last_time = std::max(plan_.last_time, header.time);
    plan_.last = std::max(plan_.last, header.last());
    plan_.events += header.count;
    if (cut.batches == 0) cut.first = header.first_offset;
    cut.last = header.last();
    cut.events += header.count;
    ++cut.batches;
  }

  Result<void> keep_cut_part() {
    const SegmentScan& scan = last_->scan;
    const std::string path =
        path_in(plan_.aside, segment_name(last_->named) + ".from-" + std::to_string(scan.end));
    auto kept = disk_.open(path, OpenMode::kCreateOrTruncate);
    if (!kept) return kept.error();
    if (auto done = copy_bytes(*last_->file, scan.end, scan.content_end, **kept, 0); !done)
      return done;
    if (auto done = (*kept)->sync(); !done) return done;
    return disk_.sync_folder(plan_.aside);
  }

  [[nodiscard]] std::string free_name() const {
    const std::string stem = path_in(folder_, "cut-" + std::to_string(plan_.kept.value + 1));
    std::string name = stem;
    for (int n = 2; disk_.exists(name); ++n) name = stem + "-" + std::to_string(n);
    return name;
  }
  [[nodiscard]] std::string sidecar_of(Offset segment) const {
    return path_in(folder_, sidecar_name(segment));
  }
  [[nodiscard]] Result<void> remove_if_there(const std::string& path) {
    auto done = disk_.remove(path);
    if (!done && done.error().code() != Code::kNotFound) return done;
    return {};
  }

  Disk& disk_;
  const std::string folder_;
  std::unique_ptr<File> lock_;
  RepairPlan plan_;
  std::optional<Segment> last_;  // that stays, the newest looked at
};

}  // namespace

Result<std::unique_ptr<Repair>> begin_repair(Disk& disk, const std::string& folder) {
  // Before the lock: it would be made in a folder that is none of a log.
  const auto segments = segment_names(disk, folder);
  if (!segments) return segments.error();
  if (segments->empty()) return Error(Code::kNotFound, folder + " holds no log segments");
  auto lock = disk.lock(path_in(folder, kLockName));
  if (!lock) return lock.error();
  auto repair = std::make_unique<FolderRepair>(disk, folder, std::move(lock).value());
  if (auto looked = repair->look(); !looked) return looked.error();
  return std::unique_ptr<Repair>(std::move(repair));
}

}  // namespace lamplight::log
