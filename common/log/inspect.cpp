#include "log/inspect.hpp"

#include <algorithm>

#include "read_side.hpp"
#include "recovery.hpp"
#include "segment_file.hpp"
#include "segment_scan.hpp"
#include "sidecar.hpp"

namespace lamplight::log {

namespace {

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

// One walk over a log's folder.
class Verifier {
 public:
  Verifier(Disk& disk, const std::string& folder, const std::function<void(const Finding&)>& report)
      : disk_(disk), folder_(folder), report_(report) {}

  Result<Verification> run() {
    const auto names = disk_.list(folder_);
    if (!names) return names.error();
    std::vector<std::string> segments;
    std::copy_if(names->begin(), names->end(), std::back_inserter(segments),
                 [](const std::string& name) { return offset_of_segment(name).has_value(); });
    if (segments.empty()) return Error(Code::kNotFound, folder_ + " holds no log segments");
    for (const std::string& name : segments) {
      if (auto done =
              segment(path_in(folder_, name), *offset_of_segment(name), name == segments.back());
          !done) {
        return done.error();
      }
    }
    return result_;
  }

 private:
  Result<void> segment(const std::string& path, Offset named, bool active) {
    ++result_.segments;
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
    auto scan = scan_segment(*file, path, *header, previous_ ? previous_->last_time : TimeUs{});
    if (!scan) return scan.error();
    count(*scan, *header);
    if (auto done = active ? check_end(**file, path, *header, *scan) : check_sealed(path, *scan);
        !done)
      return done;
    previous_ = std::move(*scan);
    return {};
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

  Result<void> check_sealed(const std::string& path, const SegmentScan& scan) {
    if (scan.fault) {
      damage(path, scan.end, scan.fault->message());
      return {};
    }
    const std::string sidecar = path_in(folder_, sidecar_name(scan.index.first));
    const auto index = read_sidecar(disk_, sidecar);
    if (index && *index == scan.index) return {};
    if (!index && index.error().code() == Code::kIo) return index.error();
    ++result_.sidecar_findings;
    report_({Finding::Kind::kSidecar, sidecar, 0,
             index ? "differs from what its segment gives" : index.error().message()});
    return {};
  }

  Result<void> check_end(const File& file, const std::string& path, const SegmentHeader& header,
                         const SegmentScan& scan) {
    const auto stop = find_clean_stop(disk_, folder_, header.log);
    if (!stop) return stop.error();
    const bool stopped = stop->has_value();
    result_.clean_stop =
        stopped && !scan.fault && (*stop)->last == scan.last && (*stop)->hash == scan.last_hash;
    if (stopped && (*stop)->last > scan.last) {
      const std::string what =
          "the clean-stop sidecar says that offset " + std::to_string((*stop)->last.value) +
          " was synced, the segment ends at " + std::to_string(scan.last.value);
      damage(path, scan.end, scan.fault ? scan.fault->message() + "; " + what : what);
      return {};
    }
    if (const auto missing = following_is_missing(disk_, folder_, scan)) {
      damage(path, scan.end, *missing);
      return {};
    }
    if (!scan.fault) return {};
    const auto evidence = called_synced(file, scan);
    if (!evidence) return evidence.error();
    if (*evidence) {
      damage(path, scan.end, scan.fault->message() + "; " + **evidence);
      return {};
    }
    result_.torn_bytes = scan.content_end - scan.end;
    report_({Finding::Kind::kTornTail, path, scan.end,
             std::to_string(result_.torn_bytes) +
                 " bytes that were never synced; the next start cuts them"});
    return {};
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

Result<std::unique_ptr<Reader>> read_folder(Disk& disk, const std::string& folder, Offset from) {
  const auto listed = segments_of(disk, folder);
  if (!listed) return listed.error();
  const ListedSegment& active = listed->back();
  const auto file = open_shared(disk, active.path);
  if (!file) return file.error();
  auto scan = scan_segment(*file, active.path, active.header, TimeUs{});
  if (!scan) return scan.error();
  if (scan->fault) {
    const auto evidence = called_synced(**file, *scan);
    if (!evidence) return evidence.error();
    if (*evidence) return scan->fault->with(**evidence);
  }
  if (const auto missing = following_is_missing(disk, folder, *scan)) {
    return Error(Code::kDamaged,
                 active.path + " byte " + std::to_string(scan->end) + ": " + *missing);
  }
  auto side = std::make_shared<ReadSide>(
      ReadSide{disk, folder, {}, scan->last, scan->last_hash, 0, 0, {}, false});
  for (const ListedSegment& segment : *listed) {
    side->segments.push_back(
        SegmentInfo{segment.header.first, segment.header.prev_hash, segment.file_bytes, {}});
  }
  side->segments.back().places = std::move(scan->index.places);
  return make_reader(std::move(side), from, scan->last);
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
