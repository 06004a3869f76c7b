#include "log/inspect.hpp"

#include "read_side.hpp"
#include "recovery.hpp"
#include "segment_file.hpp"
#include "segment_scan.hpp"
#include "sidecar.hpp"

namespace lamplight::log {

namespace {

// Of the newest segments so many may lack a sidecar beside a running bus: the active one, and two that wait for the
// preparer's thread, which writes them in between making segments.
constexpr std::size_t kYoung = 3;

Result<std::vector<ListedSegment>> segments_of(Disk& disk, const std::string& folder) {
  auto listed = list_segments(disk, folder);
  if (!listed) return listed;
  if (listed->empty()) return Error(Code::kNotFound, folder + " holds no log segments");
  return listed;
}

Result<std::shared_ptr<const File>> open_shared(Disk& disk, const std::string& path) {
  auto file = disk.open(path, OpenMode::kRead);
  if (!file) return file.error();
  return std::shared_ptr<const File>(std::move(file).value());
}

// One walk over a log's folder. A running bus goes on meanwhile: a verdict about the end counts once a look that began
// after all that it rests on was read comes to the same.
class Verifier {
 public:
  Verifier(Disk& disk, const std::string& folder, const std::function<void(const Finding&)>& report)
      : disk_(disk), folder_(folder), report_(report) {}

  Result<Verification> run() {
    if (auto done = list(); !done) return done.error();
    if (names_.empty()) return Error(Code::kNotFound, folder_ + " holds no log segments");
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (auto done = segment(i); !done) return done.error();
    }
    return result_;
  }

 private:
  Result<void> list() {
    auto names = segment_names(disk_, folder_);
    if (!names) return names.error();
    names_ = std::move(*names);
    return {};
  }
  [[nodiscard]] bool newest(std::size_t i) const { return i + 1 >= names_.size(); }

  Result<void> segment(std::size_t i) {
    ++result_.segments;
    const std::string path = path_in(folder_, names_[i]);
    const Offset named = *offset_of_segment(names_[i]);
    const auto file = open_shared(disk_, path);
    if (!file) return file.error();
    const auto header = read_segment_header(**file, path);
    if (!header) {
      if (header.error().code() != Code::kDamaged) return header.error();
      damage(path, 0, header.error().message());
      previous_.reset();
      return {};
    }
    check_header(path, named, *header);
    auto scan = scan_segment(*file, path, *header, not_before());
    if (!scan) return scan.error();
    if (newest(i)) {
      if (auto done = settle_end(i, path, *header, *scan); !done) return done;
    }
    count(*scan, *header);
    if (!newest(i)) {
      if (auto done = check_sealed(i, path, *scan); !done) return done;
    }
    previous_ = std::move(*scan);
    return {};
  }

  [[nodiscard]] TimeUs not_before() const { return previous_ ? previous_->last_time : TimeUs{}; }

  // Reports what is wrong with the log's end, or leaves with a list on which segment i is sealed by now.
  Result<void> settle_end(std::size_t i, const std::string& path, const SegmentHeader& header,
                          SegmentScan& scan) {
    for (std::optional<std::uint64_t> seen;;) {
      auto finding = judge_end(path, header, scan);
      if (!finding) return finding.error();
      if (!*finding) return {};
      if (seen == scan.end) {
        tell(std::move(**finding), scan);
        return {};
      }
      seen = scan.end;
      if (auto done = list(); !done) return done;
      // Opened again: a start of the bus puts a copy in the segment's place.
      const auto file = open_shared(disk_, path);
      if (!file) return file.error();
      auto again = scan_segment(*file, path, header, not_before());
      if (!again) return again.error();
      scan = std::move(*again);
      if (!newest(i)) return {};
    }
  }

  void check_header(const std::string& path, Offset named, const SegmentHeader& header) {
    if (header.first != named)
      damage(path, 32, "the header names another first offset than the file");
    if (!log_) {
      log_ = header.log;
      result_.header = header.log;
      result_.first = header.first;
      if (header.first.value != 1) {
        damage(path, 32,
               "the log begins at offset " + std::to_string(header.first.value) +
                   ": the segments before are missing");
      } else if (header.prev_hash != genesis_hash(header.log)) {
        damage(path, 40, "the chain does not begin at the log's header");
      }
    } else if (header.log.id != log_->id || header.log.seeded != log_->seeded) {
      damage(path, 8, "the segment belongs to another log");
    }
    if (!previous_ || previous_->fault) return;
    if (header.first != previous_->last.next()) {
      damage(path, 32,
             "the segment begins at offset " + std::to_string(header.first.value) + ", expected " +
                 std::to_string(previous_->last.value + 1));
    } else if (header.prev_hash != previous_->last_hash) {
      damage(path, 40, "the segment is not chained to the one before it");
    }
  }

  void count(const SegmentScan& scan, const SegmentHeader& header) {
    result_.batches += scan.batches;
    result_.events += scan.last.value + 1 - header.first.value;
    result_.bytes += scan.end - kSegmentHeaderBytes;
    if (scan.batches > 0 && result_.batches == scan.batches)
      result_.first_time = scan.index.first_time;
    result_.last = scan.last;
    result_.last_time = scan.last_time;
    result_.last_hash = scan.last_hash;
  }

  Result<void> check_sealed(std::size_t i, const std::string& path, const SegmentScan& scan) {
    if (scan.fault) {
      damage(path, scan.end, scan.fault->message());
      return {};
    }
    const std::string sidecar = path_in(folder_, sidecar_name(scan.index.first));
    auto index = read_sidecar(disk_, sidecar);
    if (!index && index.error().code() == Code::kNotFound && i + kYoung >= names_.size()) {
      const auto stop = find_clean_stop(disk_, folder_, *log_);
      if (!stop) return stop.error();
      if (!*stop) return {};  // a running bus may have it in hand; a clean stop waits for it
      index = read_sidecar(disk_, sidecar);
    }
    if (index && *index == scan.index) return {};
    if (!index && index.error().code() == Code::kIo) return index.error();
    ++result_.sidecar_findings;
    report_({Finding::Kind::kSidecar, sidecar, 0,
             index ? "differs from what its segment gives" : index.error().message()});
    return {};
  }

  // What is wrong with the log's end as this scan found it.
  Result<std::optional<Finding>> judge_end(const std::string& path, const SegmentHeader& header,
                                           const SegmentScan& scan) {
    const auto found = [&](Finding::Kind kind, std::string what) {
      return std::optional(Finding{kind, path, scan.end, std::move(what)});
    };
    const auto stop = find_clean_stop(disk_, folder_, header.log);
    if (!stop) return stop.error();
    const bool stopped = stop->has_value();
    result_.clean_stop =
        stopped && !scan.fault && (*stop)->last == scan.last && (*stop)->hash == scan.last_hash;
    if (stopped && (*stop)->last > scan.last) {
      const std::string what =
          "the clean-stop sidecar says that offset " + std::to_string((*stop)->last.value) +
          " was synced, the segment ends at " + std::to_string(scan.last.value);
      return found(Finding::Kind::kDamage, scan.fault ? scan.fault->message() + "; " + what : what);
    }
    if (const auto missing = following_is_missing(disk_, folder_, scan))
      return found(Finding::Kind::kDamage, *missing);
    if (!scan.fault) return std::optional<Finding>();
    if (scan.synced_by)
      return found(Finding::Kind::kDamage, scan.fault->message() + "; " + *scan.synced_by);
    return found(Finding::Kind::kTornTail,
                 std::to_string(scan.content_end - scan.end) +
                     " bytes that were never synced; the next start cuts them, unless a running "
                     "bus is just writing them");
  }

  void tell(Finding finding, const SegmentScan& scan) {
    if (finding.kind == Finding::Kind::kDamage)
      return damage(finding.file, finding.at, finding.what);
    result_.torn_bytes = scan.content_end - scan.end;
    report_(finding);
  }

  void damage(const std::string& path, std::uint64_t at, std::string what) {
    const Finding finding{Finding::Kind::kDamage, path, at, std::move(what)};
    ++result_.damages;
    if (!result_.first_damage) result_.first_damage = finding;
    report_(finding);
  }

  Disk& disk_;
  const std::string& folder_;
  const std::function<void(const Finding&)>& report_;
  std::vector<std::string> names_;  // of the segments
  std::optional<Header> log_;
  std::optional<SegmentScan> previous_;  // of the segment before, unless its header was damaged
  Verification result_;
};

}  // namespace

std::string_view to_string(Finding::Kind kind) {
  switch (kind) {
    case Finding::Kind::kDamage: return "damage";
    case Finding::Kind::kSidecar: return "sidecar";
    case Finding::Kind::kTornTail: return "torn_tail";
  }
  return "unknown";
}

Result<Verification> verify(Disk& disk, const std::string& folder,
                            const std::function<void(const Finding&)>& report) {
  return Verifier(disk, folder, report).run();
}

namespace {

// The newest segment of a folder, up to its last whole batch.
struct Newest {
  std::vector<ListedSegment> listed;
  SegmentScan scan;
};

Result<Newest> find_newest(Disk& disk, const std::string& folder) {
  Newest seen;
  for (bool again = false;; again = true) {
    auto listed = segments_of(disk, folder);
    if (!listed) return listed.error();
    const ListedSegment& active = listed->back();
    const auto file = open_shared(disk, active.path);
    if (!file) return file.error();
    auto scan = scan_segment(*file, active.path, active.header, TimeUs{});
    if (!scan) return scan.error();
    std::optional<Error> wrong;
    if (scan->fault && scan->synced_by) {
      wrong = scan->fault->with(*scan->synced_by);
    } else if (const auto missing = following_is_missing(disk, folder, *scan)) {
      wrong = Error(Code::kDamaged,
                    active.path + " byte " + std::to_string(scan->end) + ": " + *missing);
    }
    // A running bus goes on meanwhile: it counts what a second look finds at the same byte.
    const bool same = again && seen.listed.size() == listed->size() && seen.scan.end == scan->end;
    seen = Newest{std::move(*listed), std::move(*scan)};
    if (!wrong) return seen;
    if (same) return *wrong;
  }
}

}  // namespace

Result<std::unique_ptr<Reader>> read_folder(Disk& disk, const std::string& folder, Offset from) {
  auto newest = find_newest(disk, folder);
  if (!newest) return newest.error();
  SegmentScan& scan = newest->scan;
  auto side = std::make_shared<ReadSide>(
      ReadSide{disk, folder, {}, scan.last, scan.last_hash, 0, 0, {}, false});
  for (const ListedSegment& segment : newest->listed) {
    side->segments.push_back(
        SegmentInfo{segment.header.first, segment.header.prev_hash, segment.file_bytes, {}});
  }
  side->segments.back().places = std::move(scan.index.places);
  return make_reader(std::move(side), from, scan.last);
}

Result<void> dump(Disk& disk, const std::string& folder, Offset from, Offset to,
                  const std::function<void(const BatchHeader&, const ChainHash&,
                                           const std::vector<Event>&)>& each) {
  auto reader = read_folder(disk, folder, from);
  if (!reader) return reader.error();
  std::vector<Event> events;
  for (;;) {
    const auto next = (*reader)->next();
    if (!next) return next.error();
    const std::shared_ptr<const Batch>& batch = *next;
    if (!batch || batch->first() > to) return {};
    events.clear();
    for_each_event(*batch, [&](const Event& event) {
      if (event.offset >= from && event.offset <= to) events.push_back(event);
    });
    each(batch->header, batch->hash, events);
  }
}

}  // namespace lamplight::log
