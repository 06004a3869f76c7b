#include "index_builder.hpp"

#include <algorithm>

#include "base/sha256.hpp"
#include "little_endian.hpp"
#include "model/limits.hpp"

namespace lamplight::log {

namespace {
constexpr std::uint64_t kWindow = 256U << 10;

Seq last_seq(const FrameRecord& record) { return record.first_seq.plus(record.count - 1); }

void widen(SubjectSpan& span, Offset first, Offset last, std::uint64_t count) {
  if (span.count == 0) span.first = first;
  span.last = last;
  span.count += count;
}

// The first batch that begins in a window of 256 KiB is one of the segment's places.
void add_place(std::vector<SegmentIndex::Place>& places, SegmentIndex::Place place) {
  if (places.empty() || places.back().at / kWindow != place.at / kWindow) places.push_back(place);
}

void trim(std::vector<FrameRecord>& records) {
  Seq newest;
  for (const FrameRecord& record : records) newest = std::max(newest, last_seq(record));
  std::erase_if(records, [&](const FrameRecord& record) {
    return last_seq(record).value + kFenceNumbers <= newest.value;
  });
}

template <typename Map>
typename Map::value_type& entry(Map& map, std::string_view name) {
  const auto found = map.find(name);
  return found != map.end() ? *found : *map.try_emplace(std::string(name)).first;
}
}  // namespace

SegmentIndex empty_index(Offset first) {
  SegmentIndex index;
  index.first = first;
  index.last = Offset{first.value - 1};
  return index;
}

IndexBuilder::IndexBuilder(Offset first) : index_(empty_index(first)) {}

void IndexBuilder::add(const BatchHeader& header, const ChainHash& hash, Bytes batch,
                       std::uint64_t at, std::span<const std::uint64_t> frame_hashes) {
  if (index_.last < index_.first) index_.first_time = header.time;
  index_.last_time = header.time;
  index_.last_hash = hash;
  add_place(index_.places, {header.first_offset, at});
  Offset first = header.first_offset;
  std::size_t frame = 0;
  for (Bytes left = batch.subspan(kBatchHeaderBytes); !left.empty(); ++frame) {
    LAMPLIGHT_CHECK(frame_hashes.empty() || frame < frame_hashes.size(), "a hash for every frame");
    const std::uint64_t* known = frame_hashes.empty() ? nullptr : &frame_hashes[frame];
    const std::size_t size = add_frame(left, first, header.time, known);
    left = left.subspan(size);
    first = index_.last.next();
  }
}

// Reads header and events in one pass: FrameView would walk the events twice.
std::size_t IndexBuilder::add_frame(Bytes bytes, Offset first, TimeUs time,
                                    const std::uint64_t* known_hash) {
  MsgpackReader reader(bytes);
  FrameRecord record;
  record.first_offset = first;
  (void)reader.array();
  const std::string_view producer = reader.str();
  record.epoch = reader.uint();
  (void)reader.uint();
  record.through = Offset{reader.uint()};
  record.first_seq = Seq{reader.uint()};
  if (!reader.take_nil()) (void)reader.sint();
  record.count = reader.array();
  for (std::uint32_t i = 0; i < record.count; ++i)
    add_event(read_event_content(reader), first.plus(i), time);
  LAMPLIGHT_CHECK(reader.ok() && record.count > 0, "a frame that was accepted still reads");

  const std::size_t size = reader.position();
  record.hash = known_hash != nullptr
                    ? *known_hash
                    : get_le<std::uint64_t>(sha256(bytes.first(size)).bytes.data());
  index_.last = first.plus(record.count - 1);
  entry(index_.frames, producer).second.push_back(record);
  widen(entry(index_.producers, producer).second, first, index_.last, record.count);
  return size;
}

void IndexBuilder::add_event(const EventContent& event, Offset offset, TimeUs time) {
  if (last_subject_ == nullptr || last_subject_->first != event.subject) {
    last_subject_ = &entry(index_.subjects, event.subject);
  }
  widen(last_subject_->second, offset, offset, 1);
  if (event.dedupe) index_.dedupe.push_back({*event.dedupe, offset, time});
}

SegmentIndex IndexBuilder::take() {
  trim_frames(index_);
  last_subject_ = nullptr;
  return std::move(index_);
}

void merge(SegmentIndex& into, SegmentIndex&& later) {
  if (later.last < later.first) return;
  if (into.last < into.first) into.first_time = later.first_time;
  into.last = later.last;
  into.last_time = later.last_time;
  into.last_hash = later.last_hash;
  for (auto& [producer, records] : later.frames) {
    auto& all = entry(into.frames, producer).second;
    all.insert(all.end(), records.begin(), records.end());
    // Amortised: the oldest are dropped once they may be half of the list.
    if (all.size() > 2 * kFenceNumbers) trim(all);
  }
  into.dedupe.insert(into.dedupe.end(), later.dedupe.begin(), later.dedupe.end());
  for (const auto& [subject, span] : later.subjects) {
    widen(entry(into.subjects, subject).second, span.first, span.last, span.count);
  }
  for (const auto& [producer, span] : later.producers) {
    widen(entry(into.producers, producer).second, span.first, span.last, span.count);
  }
  for (const auto& place : later.places) add_place(into.places, place);
}

void trim_frames(SegmentIndex& index) {
  for (auto& [producer, records] : index.frames) trim(records);
}

}  // namespace lamplight::log
