#include "recovery.hpp"

#include <algorithm>
#include <limits>

#include "base/planted_bug.hpp"
#include "index_builder.hpp"
#include "segment_copy.hpp"
#include "segment_scan.hpp"
#include "sidecar.hpp"

namespace lamplight::log {

namespace {

constexpr std::uint64_t kMaxCleanStopBytes = 4096;

Result<void> remove_if_there(Disk& disk, const std::string& path) {
  auto done = disk.remove(path);
  if (!done && done.error().code() != Code::kNotFound) return done;
  return {};
}

Result<Recovered> create(const Env& env, const Options& options) {
  Recovered log;
  env.random.fill(log.header.id.bytes);
  log.header.format = kFormat;
  log.header.seeded = options.create_seeded;
  log.last_hash = genesis_hash(log.header);
  log.active_index = empty_index(Offset{1});
  auto file =
      new_segment(env.disk, options.folder, SegmentHeader{log.header, Offset{1}, log.last_hash},
                  options.segment_bytes);
  if (!file) return file.error();
  log.active = std::move(file).value();
  log.segments.push_back(SegmentInfo{Offset{1}, log.last_hash, options.segment_bytes, {}});
  log.report.clean_stop = true;
  return log;
}

// Keeps what is cut off under a name of its own; a file of an earlier cut at the same offset is not overwritten.
Result<std::string> keep_torn(Disk& disk, const std::string& folder, const File& file,
                              const SegmentScan& scan) {
  std::string torn(scan.content_end - scan.end, '\0');
  const auto got =
      file.read_at(scan.end, {reinterpret_cast<std::uint8_t*>(torn.data()), torn.size()});
  if (!got) return got.error();
  const std::string stem = "torn-" + std::to_string(scan.last.value + 1);
  std::string path = path_in(folder, stem + ".bin");
  for (int n = 2; disk.exists(path); ++n) {
    const auto kept = read_file(disk, path, torn.size());
    if (kept && *kept == torn) return path;
    path = path_in(folder, stem + "-" + std::to_string(n) + ".bin");
  }
  if (auto done = replace_file(disk, path, as_bytes(torn)); !done) return done.error();
  return path;
}

Error tail_damaged(const SegmentScan& scan, const std::string& evidence) {
  return scan.fault->with("damaged, not torn: " + evidence + "; see `lamplight log verify`");
}

struct ActiveSegment {
  ListedSegment listed;
  std::shared_ptr<const File> file;
  SegmentScan scan;
};

Result<ActiveSegment> scan_active(Disk& disk, const ListedSegment& listed, TimeUs not_before) {
  auto file = disk.open(listed.path, OpenMode::kRead);
  if (!file) return file.error();
  ActiveSegment active{listed, std::shared_ptr<const File>(std::move(file).value()), {}};
  auto scan = scan_segment(active.file, listed.path, listed.header, not_before);
  if (!scan) return scan.error();
  active.scan = std::move(*scan);
  return active;
}

// Whether the clean-stop sidecar vouches for the tail as it is. Errors: kDamaged it calls more synced than is there.
Result<bool> stopped_cleanly(const std::optional<CleanStop>& stop, const ActiveSegment& active) {
  if (!stop) return false;
  const SegmentScan& scan = active.scan;
  const bool same =
      stop->last == scan.last && stop->end == scan.end && stop->hash == scan.last_hash;
  if (same && !scan.fault) return true;
  if (stop->segment > active.listed.header.first || stop->last > scan.last) {
    const std::string lost = "the clean-stop sidecar says that everything up to offset " +
                             std::to_string(stop->last.value) + " was synced";
    if (scan.fault) return tail_damaged(scan, lost);
    return Error(Code::kDamaged, active.listed.path + " byte " + std::to_string(scan.end) +
                                     ": the log ends at offset " + std::to_string(scan.last.value) +
                                     ", but " + lost + "; see `lamplight log verify`");
  }
  return false;  // left over from before what was appended since: says nothing about the tail
}

Result<void> cut_torn_tail(Disk& disk, const std::string& folder, const ActiveSegment& active,
                           Recovery& report) {
  const SegmentScan& scan = active.scan;
  if (scan.synced_by) return tail_damaged(scan, *scan.synced_by);
  const auto batches = count_torn_batches(*active.file, scan);
  if (!batches) return batches.error();
  auto kept = keep_torn(disk, folder, *active.file, scan);
  if (!kept) return kept.error();
  report.torn_bytes = scan.content_end - scan.end;
  report.torn_batches = *batches;
  report.torn_kept_in = std::move(*kept);
  return {};
}

// The time of the last batch before the active segment: what its first batch may not go behind.
Result<TimeUs> rebuild_sidecars(Disk& disk, const std::string& folder,
                                const std::vector<SegmentInfo>& segments, Recovery& report) {
  TimeUs last_time;
  for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
    const bool newest_sealed = i + 2 == segments.size();
    if (!newest_sealed && disk.exists(path_in(folder, sidecar_name(segments[i].first)))) continue;
    bool rebuilt = false;
    const auto index = index_of_sealed(disk, folder, segments[i], segments[i + 1], rebuilt,
                                       SidecarParts::kAllButKeys);
    if (!index) return index.error();
    if (rebuilt) ++report.sidecars_rebuilt;
    last_time = index->last_time;
  }
  return last_time;
}

Result<void> remove_left_overs(Disk& disk, const Options& options, bool clean) {
  const auto names = disk.list(options.folder);
  if (!names) return names.error();
  for (const std::string& name : *names) {
    const bool ours = name == kRecoveringName || name.ends_with(".idx.tmp") ||
                      name == std::string(kCleanStopName) + ".tmp" ||
                      (name == kPreparedName && !clean);
    if (!ours) continue;
    if (auto done = remove_if_there(disk, path_in(options.folder, name)); !done) return done;
  }
  return {};
}

Result<Recovered> reopen(const Env& env, const Options& options,
                         const std::vector<ListedSegment>& listed) {
  Disk& disk = env.disk;
  Recovered log;
  log.header = listed.back().header.log;
  for (const ListedSegment& segment : listed) {
    log.segments.push_back(
        SegmentInfo{segment.header.first, segment.header.prev_hash, segment.file_bytes, {}});
  }
  const auto not_before = rebuild_sidecars(disk, options.folder, log.segments, log.report);
  if (!not_before) return not_before.error();
  auto active = scan_active(disk, listed.back(), *not_before);
  if (!active) return active.error();
  const auto stop = find_clean_stop(disk, options.folder, log.header);
  if (!stop) return stop.error();
  const auto clean = stopped_cleanly(*stop, *active);
  if (!clean) return clean.error();

  const SegmentScan& scan = active->scan;
  const std::uint64_t end = planted(Bug::kTornTailKept) ? scan.content_end : scan.end;
  if (const auto missing = following_is_missing(disk, options.folder, scan)) {
    return Error(Code::kDamaged, active->listed.path + " byte " + std::to_string(scan.end) + ": " +
                                     *missing + "; see `lamplight log verify`");
  }

  if (auto done = remove_left_overs(disk, options, *clean); !done) return done.error();
  if (scan.fault) {
    if (auto done = cut_torn_tail(disk, options.folder, *active, log.report); !done)
      return done.error();
  }
  // Once more, when it was not: what the page cache holds after a failed sync proves nothing about the disk.
  auto file = *clean ? disk.open(active->listed.path, OpenMode::kReadWrite)
                     : copy_segment(disk, options.folder, *active->file, active->listed.header, end,
                                    options.segment_bytes);
  if (!file) return file.error();
  log.active = std::move(file).value();
  // From here on the tail moves: a left-over clean stop would call the wrong one synced.
  if (auto done = remove_if_there(disk, path_in(options.folder, kCleanStopName)); !done)
    return done.error();
  if (auto done = disk.sync_folder(options.folder); !done) return done.error();

  const auto size = log.active->size();
  if (!size) return size.error();
  log.segments.back().file_bytes = *size;
  log.report.clean_stop = *clean;
  log.active_index = scan.index;
  log.end = end;
  log.last = scan.last;
  log.last_time = scan.last_time;
  log.last_hash = scan.last_hash;
  return log;
}

}  // namespace

Result<std::optional<CleanStop>> find_clean_stop(Disk& disk, const std::string& folder,
                                                 const Header& header) {
  const auto file = read_file(disk, path_in(folder, kCleanStopName), kMaxCleanStopBytes);
  if (!file) {
    if (file.error().code() == Code::kIo) return file.error();
    return std::optional<CleanStop>();
  }
  const auto stop = decode_clean_stop(as_bytes(*file));
  if (!stop || stop->log_id != header.id) return std::optional<CleanStop>();
  return std::optional(*stop);
}

std::optional<std::string> following_is_missing(Disk& disk, const std::string& folder,
                                                const SegmentScan& last) {
  const Offset first = last.index.first;
  const auto index = read_sidecar(disk, path_in(folder, sidecar_name(first)));
  if (!index || index->first != first) return std::nullopt;
  const bool reaches =
      index->last > last.last || (index->last == last.last && index->last_hash == last.last_hash);
  if (!reaches) return std::nullopt;
  return "the log ends at offset " + std::to_string(last.last.value) +
         ", but the segment's sidecar says that it was sealed at " +
         std::to_string(index->last.value) + ": the segments behind it are missing";
}

Result<SegmentIndex> index_of_sealed(Disk& disk, const std::string& folder,
                                     const SegmentInfo& segment, const SegmentInfo& following,
                                     bool& rebuilt, SidecarParts parts) {
  const std::string sidecar = path_in(folder, sidecar_name(segment.first));
  if (auto index = read_sidecar(disk, sidecar, parts); index && index->first == segment.first &&
                                                       index->last.next() == following.first &&
                                                       index->last_hash == following.prev_hash) {
    return index;
  }
  const std::string path = path_in(folder, segment_name(segment.first));
  auto file = disk.open(path, OpenMode::kRead);
  if (!file) return file.error();
  const std::shared_ptr<const File> shared = std::move(file).value();
  const auto header = read_segment_header(*shared, path);
  if (!header) return header.error();
  auto scan = scan_segment(shared, path, *header, TimeUs{std::numeric_limits<std::int64_t>::min()});
  if (!scan) return scan.error();
  if (scan->fault) return *scan->fault;
  if (scan->last.next() != following.first || scan->last_hash != following.prev_hash) {
    return Error(Code::kDamaged,
                 path + " byte " + std::to_string(scan->end) + ": the segment ends at offset " +
                     std::to_string(scan->last.value) + ", the next one begins at " +
                     std::to_string(following.first.value) + " or is chained to another batch");
  }
  rebuilt = true;
  (void)write_sidecar(disk, sidecar,
                      scan->index);  // a cache: a full disk is no reason not to start
  return std::move(scan->index);
}

Result<Recovered> recover(const Env& env, const Options& options) {
  const auto listed = list_segments(env.disk, options.folder);
  if (!listed) return listed.error();
  auto log = listed->empty() ? create(env, options) : reopen(env, options, *listed);
  if (!log) return log.error().with("log " + options.folder);
  log->report.segments = log->segments.size();
  return log;
}

}  // namespace lamplight::log
