#include "segment_scan.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "base/sha256.hpp"
#include "index_builder.hpp"
#include "model/limits.hpp"

namespace lamplight::log {

namespace {

constexpr int kLooks = 8;

Error at_byte(const std::string& path, std::uint64_t at, const std::string& what) {
  return {Code::kDamaged, path + " byte " + std::to_string(at) + ": " + what};
}

// Why a whole batch does not follow the ones before it; nothing when it does.
std::optional<std::string> why_not_next(const SegmentScan& scan,
                                        const SegmentCursor::Found& found) {
  const BatchHeader& header = found.header;
  if (header.first_offset != scan.last.next()) {
    return "the batch begins at offset " + std::to_string(header.first_offset.value) +
           ", expected " + std::to_string(scan.last.value + 1);
  }
  if (header.prev_hash != scan.last_hash) return "the batch is not chained to the one before it";
  if (header.time < scan.last_time) return "the batch's time goes back";
  if (auto frames = check_frames(header, found.bytes.subspan(kBatchHeaderBytes)); !frames) {
    return frames.error().message();
  }
  return std::nullopt;
}

// Everything behind the last whole batch: trailing zeros may be the end of an event.
Result<std::string> read_tail(const File& file, const SegmentScan& scan) {
  const auto size = file.size();
  if (!size) return size.error();
  std::string tail(*size - scan.end, '\0');
  const auto got =
      file.read_at(scan.end, {reinterpret_cast<std::uint8_t*>(tail.data()), tail.size()});
  if (!got) return got.error();
  tail.resize(*got);
  return tail;
}

// Calls f(place in tail, header) for each place behind the first where a header of a later batch reads.
void each_later_header(const std::string& tail, const SegmentScan& scan,
                       const std::function<void(std::size_t, const BatchHeader&)>& f) {
  for (std::size_t at = tail.find("LLB1", 1); at != std::string::npos;
       at = tail.find("LLB1", at + 1)) {
    const auto header = read_batch_header(as_bytes(tail).subspan(at));
    if (header && header->first_offset > scan.last) f(at, *header);
  }
}

// The batch at the fault, as far as its header can be believed.
struct FaultyBatch {
  std::optional<BatchHeader> header;
  std::vector<std::pair<std::size_t, std::size_t>> frames;  // whole ones: from, to

  // A batch quoted inside an event is no evidence of what was synced. Only frames that read, one after the other and
  // within the size and the count of the header, hide what they hold: damage to any one of these must not.
  [[nodiscard]] bool quotes(std::size_t at) const {
    return std::any_of(frames.begin(), frames.end(),
                       [&](const auto& frame) { return frame.first < at && at < frame.second; });
  }
};

FaultyBatch inspect_faulty(Bytes tail, const SegmentScan& scan) {
  FaultyBatch faulty;
  const auto header = read_batch_header(tail);
  if (!header || header->first_offset != scan.last.next() || header->prev_hash != scan.last_hash)
    return faulty;
  faulty.header = *header;
  std::uint64_t events = 0;
  for (std::size_t at = kBatchHeaderBytes; events < header->count && at < tail.size();) {
    const auto frame = FrameView::parse_first(tail.subspan(at));
    if (!frame || at + frame->size() > header->bytes) break;
    faulty.frames.emplace_back(at, at + frame->size());
    events += frame->header().count;
    at += frame->size();
  }
  return faulty;
}

// What calls the place behind the last whole batch synced.
Result<std::optional<std::string>> called_synced(const File& file, const SegmentScan& scan) {
  const auto tail = read_tail(file, scan);
  if (!tail) return tail.error();
  const FaultyBatch faulty = inspect_faulty(as_bytes(*tail), scan);
  std::optional<std::string> evidence;
  each_later_header(*tail, scan, [&](std::size_t at, const BatchHeader& header) {
    if (evidence || header.synced_through <= scan.last || faulty.quotes(at)) return;
    // Where the faulty batch's own header says the next one begins, that one's header alone is evidence enough.
    const bool neighbour = faulty.header && at == faulty.header->bytes &&
                           header.first_offset == faulty.header->last().next();
    if (!neighbour && !check_batch(as_bytes(*tail).subspan(at))) return;
    evidence = "the batch at byte " + std::to_string(scan.end + at) +
               " says that everything up to offset " + std::to_string(header.synced_through.value) +
               " was synced";
  });
  return evidence;
}

// Goes over the batches as far as they are whole and follow one another.
class Walk {
 public:
  Walk(const std::shared_ptr<const File>& file, const std::string& path,
       const SegmentHeader& header, TimeUs not_before)
      : path_(path), builder_(header.first), cursor_(file, path, kSegmentHeaderBytes) {
    scan_.last = Offset{header.first.value - 1};
    scan_.last_time = not_before;
    scan_.last_hash = header.prev_hash;
  }

  // From where the walk stopped, with bytes read afresh.
  Result<void> go_on() {
    cursor_.forget();
    scan_.fault.reset();
    for (;;) {
      const auto found = cursor_.peek();
      if (!found) {
        if (found.error().code() == Code::kIo) return found.error();
        if (found.error().code() != Code::kNotFound) scan_.fault = found.error();
        return {};
      }
      if (const auto why = why_not_next(scan_, *found)) {
        scan_.fault = at_byte(path_, found->at, *why);
        scan_.fault_is_whole = true;
        scan_.synced_by.emplace("the batch there is whole");
        return {};
      }
      take(*found);
      cursor_.advance();
    }
  }

  [[nodiscard]] SegmentScan& scan() { return scan_; }
  [[nodiscard]] SegmentScan finish() {
    scan_.index = builder_.take();
    return std::move(scan_);
  }

 private:
  void take(const SegmentCursor::Found& found) {
    scan_.last_hash = sha256(found.bytes);
    scan_.last = found.header.last();
    scan_.last_time = found.header.time;
    scan_.end = found.at + found.header.bytes;
    ++scan_.batches;
    builder_.add(found.header, scan_.last_hash, found.bytes, found.at);
  }

  const std::string& path_;
  SegmentScan scan_;
  IndexBuilder builder_;
  SegmentCursor cursor_;
};

// What stands behind the place where a walk stopped. Errors: kIo.
Result<void> look_behind(const File& file, SegmentScan& scan) {
  const auto content_end = end_of_content(file, scan.end);
  if (!content_end) return content_end.error();
  scan.content_end = *content_end;
  if (scan.fault_is_whole || scan.content_end == scan.end) return {};
  auto evidence = called_synced(file, scan);
  if (!evidence) return evidence.error();
  scan.synced_by = std::move(*evidence);
  return {};
}

}  // namespace

Result<SegmentScan> scan_segment(const std::shared_ptr<const File>& file, const std::string& path,
                                 const SegmentHeader& header, TimeUs not_before) {
  Walk walk(file, path, header, not_before);
  SegmentScan& scan = walk.scan();
  if (auto done = walk.go_on(); !done) return done.error();
  // The bus may be writing on meanwhile. It writes batch after batch: whatever was seen behind a place was written after
  // the batch at that place. So a place is faulty only when it still is on a look that came after the one behind it.
  for (int looks = 0; looks < kLooks;) {
    const std::uint64_t stopped_at = scan.end;
    const std::uint64_t content_before = scan.content_end;
    if (auto done = look_behind(*file, scan); !done) return done.error();
    if (scan.fault_is_whole || scan.content_end == scan.end) break;
    if (auto done = walk.go_on(); !done) return done.error();
    if (scan.end != stopped_at) {
      looks = 0;
      continue;
    }
    // A write that is under way is given a few looks to come to its end.
    ++looks;
    if (looks > 1 && scan.content_end == content_before) break;
  }
  if (!scan.fault && scan.content_end > scan.end) {
    scan.fault =
        at_byte(path, scan.end, "zeros where a batch should begin, and more bytes behind them");
  }
  return walk.finish();
}

Result<std::uint64_t> count_torn_batches(const File& file, const SegmentScan& scan) {
  const auto tail = read_tail(file, scan);
  if (!tail) return tail.error();
  std::uint64_t batches = 1;  // the one at the cut, however little is left of it
  each_later_header(*tail, scan, [&](std::size_t, const BatchHeader&) { ++batches; });
  return batches;
}

Result<void> each_whole_batch(const File& file, std::uint64_t from, std::uint64_t to,
                              const std::function<void(const BatchHeader&)>& f) {
  std::string part(to - std::min(from, to), '\0');
  const auto got = file.read_at(from, {reinterpret_cast<std::uint8_t*>(part.data()), part.size()});
  if (!got) return got.error();
  part.resize(*got);
  for (std::size_t at = part.find("LLB1"); at != std::string::npos;) {
    const auto header = check_batch(as_bytes(part).subspan(at));
    if (header) f(*header);
    at = part.find("LLB1", at + (header ? header->bytes : 1));
  }
  return {};
}

}  // namespace lamplight::log
