#include "sidecar.hpp"

#include <algorithm>

#include "base/crc32c.hpp"
#include "little_endian.hpp"
#include "model/msgpack_reader.hpp"
#include "model/msgpack_writer.hpp"

namespace lamplight::log {

namespace {
constexpr std::uint32_t kIndexMagic = 0x31584C4C;  // "LLX1" on disk
constexpr std::uint32_t kStopMagic = 0x31434C4C;   // "LLC1"
constexpr std::size_t kEnvelopeBytes = 16;
constexpr std::uint64_t kVersion = 1;
constexpr std::uint64_t kMaxSidecarBytes = 4ULL << 30;

std::string enclose(std::uint32_t magic, const std::string& body) {
  std::string file(kEnvelopeBytes, '\0');
  auto* at = reinterpret_cast<std::uint8_t*>(file.data());
  put_le(at, magic);
  put_le(at + 4, crc32c(as_bytes(body)));
  put_le(at + 8, std::uint64_t{body.size()});
  return file + body;
}

Result<Bytes> body_of(std::uint32_t magic, Bytes file) {
  if (file.size() < kEnvelopeBytes || get_le<std::uint32_t>(file.data()) != magic) {
    return Error(Code::kDamaged, "not a file of this kind");
  }
  const Bytes body = file.subspan(kEnvelopeBytes);
  if (get_le<std::uint64_t>(file.data() + 8) != body.size())
    return Error(Code::kDamaged, "cut short");
  if (get_le<std::uint32_t>(file.data() + 4) != crc32c(body))
    return Error(Code::kDamaged, "its CRC is wrong");
  return body;
}

// A bin of fixed little-endian records: a million dedupe keys are packed and read as fast as memory goes.
class Records {
 public:
  explicit Records(std::size_t count, std::size_t record_bytes) {
    out_.reserve(count * record_bytes);
  }
  void id(const Id16& id) { out_.append(as_text(id.span())); }
  template <typename T>
  void number(T value) {
    std::array<std::uint8_t, sizeof(T)> raw{};
    put_le(raw.data(), value);
    out_.append(as_text(raw));
  }
  [[nodiscard]] Bytes bytes() const { return as_bytes(out_); }

 private:
  std::string out_;
};

constexpr std::size_t kPlaceBytes = 16;
constexpr std::size_t kFrameBytes = 44;
constexpr std::size_t kDedupeBytes = 32;

void write_spans(MsgpackWriter& out, const std::map<std::string, SubjectSpan, std::less<>>& spans) {
  out.array(static_cast<std::uint32_t>(spans.size()));
  for (const auto& [name, span] : spans) {
    out.array(4);
    out.str(name);
    out.uint(span.first.value);
    out.uint(span.last.value);
    out.uint(span.count);
  }
}

void read_spans(MsgpackReader& in, std::map<std::string, SubjectSpan, std::less<>>& spans) {
  for (std::uint32_t n = in.array(); n > 0 && in.ok(); --n) {
    if (in.array() != 4) in.fail();
    std::string name(in.str());
    SubjectSpan span;
    span.first = Offset{in.uint()};
    span.last = Offset{in.uint()};
    span.count = in.uint();
    spans.emplace_hint(spans.end(), std::move(name), span);
  }
}

void write_places(MsgpackWriter& out, const std::vector<SegmentIndex::Place>& places) {
  Records records(places.size(), kPlaceBytes);
  for (const auto& place : places) {
    records.number(place.offset.value);
    records.number(place.at);
  }
  out.bin(records.bytes());
}

void write_frames(MsgpackWriter& out, const SegmentIndex& index) {
  out.array(static_cast<std::uint32_t>(index.frames.size()));
  for (const auto& [producer, frames] : index.frames) {
    Records records(frames.size(), kFrameBytes);
    for (const FrameRecord& frame : frames) {
      records.number(frame.first_seq.value);
      records.number(frame.count);
      records.number(frame.first_offset.value);
      records.number(frame.hash);
      records.number(frame.epoch);
      records.number(frame.through.value);
    }
    out.array(2);
    out.str(producer);
    out.bin(records.bytes());
  }
}

void write_dedupe(MsgpackWriter& out, const std::vector<DedupeRecord>& dedupe) {
  Records records(dedupe.size(), kDedupeBytes);
  for (const DedupeRecord& record : dedupe) {
    records.id(record.key);
    records.number(record.offset.value);
    records.number(record.time.value);
  }
  out.bin(records.bytes());
}

// Calls f(record's first byte) for each record of a bin.
template <typename F>
void each_record(MsgpackReader& in, std::size_t record_bytes, F&& f) {
  const Bytes bin = in.bin();
  if (bin.size() % record_bytes != 0) in.fail();
  if (!in.ok()) return;
  for (std::size_t at = 0; at < bin.size(); at += record_bytes) f(bin.data() + at);
}

void read_frames(MsgpackReader& in, SegmentIndex& index) {
  for (std::uint32_t n = in.array(); n > 0 && in.ok(); --n) {
    if (in.array() != 2) in.fail();
    auto& frames = index.frames[std::string(in.str())];
    each_record(in, kFrameBytes, [&](const std::uint8_t* at) {
      FrameRecord frame;
      frame.first_seq = Seq{get_le<std::uint64_t>(at)};
      frame.count = get_le<std::uint32_t>(at + 8);
      frame.first_offset = Offset{get_le<std::uint64_t>(at + 12)};
      frame.hash = get_le<std::uint64_t>(at + 20);
      frame.epoch = get_le<std::uint64_t>(at + 28);
      frame.through = Offset{get_le<std::uint64_t>(at + 36)};
      frames.push_back(frame);
    });
  }
}

ChainHash read_hash(MsgpackReader& in) {
  ChainHash hash;
  const Bytes raw = in.bin();
  if (raw.size() == hash.bytes.size()) std::copy(raw.begin(), raw.end(), hash.bytes.begin());
  else in.fail();
  return hash;
}
}  // namespace

std::string encode_sidecar(const SegmentIndex& index) {
  MsgpackWriter out;
  out.array(11);
  out.uint(kVersion);
  out.uint(index.first.value);
  out.uint(index.last.value);
  out.sint(index.first_time.value);
  out.sint(index.last_time.value);
  out.bin(index.last_hash.span());
  write_places(out, index.places);
  write_spans(out, index.subjects);
  write_spans(out, index.producers);
  write_frames(out, index);
  write_dedupe(out, index.dedupe);
  return enclose(kIndexMagic, out.buffer());
}

Result<SegmentIndex> decode_sidecar(Bytes file, SidecarParts parts) {
  const auto body = body_of(kIndexMagic, file);
  if (!body) return body.error();
  MsgpackReader in(*body);
  SegmentIndex index;
  if (in.array() != 11 || in.uint() != kVersion) in.fail();
  index.first = Offset{in.uint()};
  index.last = Offset{in.uint()};
  index.first_time = TimeUs{in.sint()};
  index.last_time = TimeUs{in.sint()};
  index.last_hash = read_hash(in);
  each_record(in, kPlaceBytes, [&](const std::uint8_t* at) {
    index.places.push_back({Offset{get_le<std::uint64_t>(at)}, get_le<std::uint64_t>(at + 8)});
  });
  read_spans(in, index.subjects);
  read_spans(in, index.producers);
  read_frames(in, index);
  each_record(in, kDedupeBytes, [&](const std::uint8_t* at) {
    if (parts == SidecarParts::kAllButKeys) return;
    index.dedupe.push_back({Id16::from(Bytes(at, 16)), Offset{get_le<std::uint64_t>(at + 16)},
                            TimeUs{get_le<std::int64_t>(at + 24)}});
  });
  if (!in.ok() || !in.at_end()) return Error(Code::kDamaged, "its content does not read");
  return index;
}

Result<SegmentIndex> read_sidecar(Disk& disk, const std::string& path, SidecarParts parts) {
  const auto file = read_file(disk, path, kMaxSidecarBytes);
  if (!file) return file.error();
  auto index = decode_sidecar(as_bytes(*file), parts);
  if (!index) return index.error().with(path);
  return index;
}

Result<void> write_sidecar(Disk& disk, const std::string& path, const SegmentIndex& index) {
  const std::string temporary = path + ".tmp";
  {
    const auto file = disk.open(temporary, OpenMode::kCreateOrTruncate);
    if (!file) return file.error();
    if (auto done = (*file)->write_at(0, as_bytes(encode_sidecar(index))); !done) return done;
  }
  return disk.rename(temporary, path);
}

std::string encode_clean_stop(const CleanStop& stop) {
  MsgpackWriter out;
  out.array(6);
  out.uint(kVersion);
  out.bin(stop.log_id.span());
  out.uint(stop.segment.value);
  out.uint(stop.last.value);
  out.uint(stop.end);
  out.bin(stop.hash.span());
  return enclose(kStopMagic, out.buffer());
}

Result<CleanStop> decode_clean_stop(Bytes file) {
  const auto body = body_of(kStopMagic, file);
  if (!body) return body.error();
  MsgpackReader in(*body);
  CleanStop stop;
  if (in.array() != 6 || in.uint() != kVersion) in.fail();
  const Bytes id = in.bin();
  if (id.size() == 16) stop.log_id = Id16::from(id);
  else in.fail();
  stop.segment = Offset{in.uint()};
  stop.last = Offset{in.uint()};
  stop.end = in.uint();
  stop.hash = read_hash(in);
  if (!in.ok() || !in.at_end()) return Error(Code::kDamaged, "its content does not read");
  return stop;
}

}  // namespace lamplight::log
