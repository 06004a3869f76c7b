#include "segment_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/crc32c.hpp"
#include "base/sha256.hpp"
#include "little_endian.hpp"

namespace lamplight::log {

namespace {
constexpr std::uint32_t kSegmentMagic = 0x31534C4C;  // "LLS1" on disk
constexpr std::size_t kLogHeaderBytes = 32;
constexpr std::size_t kCrcAt = kSegmentHeaderBytes - 4;
constexpr std::size_t kPiece = 1U << 20;

void put_log_header(std::uint8_t* at, const Header& header) {
  put_le(at, kSegmentMagic);
  put_le(at + 4, header.format);
  std::copy(header.id.bytes.begin(), header.id.bytes.end(), at + 8);
  at[24] = header.seeded ? 1 : 0;
}

Error damaged(const std::string& path, std::string_view what) {
  return {Code::kDamaged, path + " byte 0: " + std::string(what) + "; see `lamplight log verify`"};
}
}  // namespace

ChainHash genesis_hash(const Header& header) {
  std::array<std::uint8_t, kLogHeaderBytes> raw{};
  put_log_header(raw.data(), header);
  return sha256(raw);
}

std::string encode_segment_header(const SegmentHeader& header) {
  std::string block(kSegmentHeaderBytes, '\0');
  auto* at = reinterpret_cast<std::uint8_t*>(block.data());
  put_log_header(at, header.log);
  put_le(at + 32, header.first.value);
  std::copy(header.prev_hash.bytes.begin(), header.prev_hash.bytes.end(), at + 40);
  put_le(at + kCrcAt, crc32c(as_bytes(block).first(kCrcAt)));
  return block;
}

Result<SegmentHeader> decode_segment_header(Bytes block, const std::string& path) {
  if (block.size() < kSegmentHeaderBytes) return damaged(path, "the segment header is cut short");
  const std::uint8_t* at = block.data();
  if (get_le<std::uint32_t>(at) != kSegmentMagic) return damaged(path, "this is no log segment");
  SegmentHeader header;
  header.log.format = get_le<std::uint32_t>(at + 4);
  if (header.log.format != kFormat) {
    return Error(Code::kUnsupported, path + " byte 4: log format " +
                                         std::to_string(header.log.format) +
                                         ", this program reads " + std::to_string(kFormat) +
                                         "; use the version that wrote it or a later one");
  }
  if (get_le<std::uint32_t>(at + kCrcAt) != crc32c(block.first(kCrcAt))) {
    return damaged(path, "the CRC of the segment header is wrong");
  }
  header.log.id = Id16::from(block.subspan(8, 16));
  header.log.seeded = at[24] != 0;
  header.first = Offset{get_le<std::uint64_t>(at + 32)};
  std::copy(at + 40, at + 72, header.prev_hash.bytes.begin());
  return header;
}

Result<SegmentHeader> read_segment_header(const File& file, const std::string& path) {
  std::array<std::uint8_t, kSegmentHeaderBytes> block{};
  const auto got = file.read_at(0, block);
  if (!got) return got.error();
  return decode_segment_header(Bytes(block).first(*got), path);
}

std::string segment_name(Offset first) { return fmt::format("{:020}.seg", first.value); }
std::string sidecar_name(Offset first) { return fmt::format("{:020}.idx", first.value); }

std::optional<Offset> offset_of_segment(std::string_view name) {
  if (name.size() != 24 || !name.ends_with(".seg")) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(name.data(), name.data() + 20, value);
  if (failure != std::errc{} || end != name.data() + 20 || value == 0) return std::nullopt;
  return Offset{value};
}

std::string path_in(const std::string& folder, std::string_view name) {
  return folder + "/" + std::string(name);
}

Result<std::vector<std::string>> segment_names(Disk& disk, const std::string& folder) {
  auto names = disk.list(folder);
  if (!names) return names.error();
  std::erase_if(*names, [](const std::string& name) { return !offset_of_segment(name); });
  return names;
}

Result<std::vector<ListedSegment>> list_segments(Disk& disk, const std::string& folder) {
  const auto names = segment_names(disk, folder);
  if (!names) return names.error();
  std::vector<ListedSegment> segments;
  for (const std::string& name : *names) {
    const auto first = offset_of_segment(name);
    const std::string path = path_in(folder, name);
    const auto file = disk.open(path, OpenMode::kRead);
    if (!file) return file.error();
    const auto size = (*file)->size();
    if (!size) return size.error();
    const auto header = read_segment_header(**file, path);
    if (!header) return header.error();
    if (header->first != *first)
      return damaged(path, "the segment header names another first offset than the file");
    if (!segments.empty()) {
      const Header& log = segments.front().header.log;
      if (header->log.id != log.id || header->log.seeded != log.seeded) {
        return damaged(path, "the segment belongs to another log than the one before it");
      }
    } else if (first->value != 1) {
      return damaged(path, "the log begins at offset " + std::to_string(first->value) +
                               ": the segments before are missing");
    } else if (header->prev_hash != genesis_hash(header->log)) {
      return damaged(path, "the chain does not begin at the log's header");
    }
    segments.push_back(ListedSegment{*header, path, *size});
  }
  return segments;
}

Result<void> write_zeros(File& file, std::uint64_t from, std::uint64_t to) {
  constexpr std::uint64_t kSyncEvery = 8 * kPiece;
  static const std::vector<std::uint8_t> kZeros(kPiece, 0);
  std::uint64_t unsynced = 0;
  while (from < to) {
    const std::uint64_t n = std::min<std::uint64_t>(kPiece, to - from);
    if (auto done = file.write_at(from, Bytes(kZeros).first(n)); !done) return done;
    from += n;
    unsynced += n;
    if (unsynced < kSyncEvery) continue;
    if (auto done = file.sync(); !done) return done;
    unsynced = 0;
  }
  return file.sync();
}

Result<std::uint64_t> end_of_content(const File& file, std::uint64_t from) {
  std::vector<std::uint8_t> piece(kPiece);
  std::uint64_t end = from;
  for (std::uint64_t at = from;;) {
    const auto got = file.read_at(at, piece);
    if (!got) return got.error();
    if (*got == 0) return end;
    const auto have = Bytes(piece).first(*got);
    const auto last =
        std::find_if(have.rbegin(), have.rend(), [](std::uint8_t b) { return b != 0; });
    if (last != have.rend()) end = at + static_cast<std::uint64_t>(have.rend() - last);
    at += *got;
  }
}

}  // namespace lamplight::log
