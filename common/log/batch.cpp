#include "log/batch.hpp"

#include <algorithm>

#include "base/crc32c.hpp"
#include "little_endian.hpp"
#include "model/limits.hpp"

namespace lamplight::log {

namespace {
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kReservedAt = 72;
constexpr std::size_t kCrcAt = 92;

Error damaged(std::string what) { return {Code::kDamaged, std::move(what)}; }

// Everything but the CRC's own four bytes.
std::uint32_t crc_of(Bytes batch) {
  return crc32c(batch.subspan(kBatchHeaderBytes), crc32c(batch.first(kCrcAt)));
}

bool all_zero(Bytes bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0; });
}
}  // namespace

void seal_batch(std::string& batch, const BatchHeader& header) {
  LAMPLIGHT_CHECK(batch.size() > kBatchHeaderBytes, "a batch leaves room for its header");
  auto* at = reinterpret_cast<std::uint8_t*>(batch.data());
  std::fill(at, at + kBatchHeaderBytes, std::uint8_t{0});
  put_le(at, kBatchMagic);
  put_le(at + 4, kVersion);
  put_le(at + 8, static_cast<std::uint32_t>(batch.size()));
  put_le(at + 12, header.count);
  put_le(at + 16, header.first_offset.value);
  put_le(at + 24, header.time.value);
  put_le(at + 32, header.synced_through.value);
  std::copy(header.prev_hash.bytes.begin(), header.prev_hash.bytes.end(), at + 40);
  put_le(at + kCrcAt, crc_of(as_bytes(batch)));
}

Result<BatchHeader> read_batch_header(Bytes bytes) {
  const Bytes head = bytes.first(std::min(bytes.size(), kBatchHeaderBytes));
  if (all_zero(head)) return Error(Code::kNotFound, "no batch here");
  if (head.size() < kBatchHeaderBytes) return damaged("a batch header is cut short");
  const std::uint8_t* at = head.data();
  if (get_le<std::uint32_t>(at) != kBatchMagic) return damaged("no batch begins here");
  // A new batch version comes with a new segment format, which is looked at first: here it can only be damage.
  if (const auto version = get_le<std::uint16_t>(at + 4); version != kVersion) {
    return damaged("a batch header gives version " + std::to_string(version));
  }
  BatchHeader header;
  header.bytes = get_le<std::uint32_t>(at + 8);
  header.count = get_le<std::uint32_t>(at + 12);
  header.first_offset = Offset{get_le<std::uint64_t>(at + 16)};
  header.time = TimeUs{get_le<std::int64_t>(at + 24)};
  header.synced_through = Offset{get_le<std::uint64_t>(at + 32)};
  std::copy(at + 40, at + kReservedAt, header.prev_hash.bytes.begin());
  if (get_le<std::uint16_t>(at + 6) != 0 ||
      !all_zero(head.subspan(kReservedAt, kCrcAt - kReservedAt))) {
    return damaged("reserved bytes of a batch header are not zero");
  }
  if (header.bytes <= kBatchHeaderBytes || header.bytes > kMaxBatchBytes) {
    return damaged("a batch header gives " + std::to_string(header.bytes) + " bytes");
  }
  if (header.count == 0 || header.count > header.bytes) {
    return damaged("a batch header counts " + std::to_string(header.count) + " events");
  }
  if (header.first_offset.value == 0 || header.synced_through >= header.first_offset) {
    return damaged("offsets of a batch header make no sense");
  }
  return header;
}

Result<BatchHeader> check_batch(Bytes bytes) {
  auto header = read_batch_header(bytes);
  if (!header) return header;
  if (header->bytes > bytes.size()) return damaged("a batch is cut short");
  const Bytes batch = bytes.first(header->bytes);
  if (get_le<std::uint32_t>(batch.data() + kCrcAt) != crc_of(batch))
    return damaged("the CRC of a batch is wrong");
  return header;
}

Result<void> check_frames(const BatchHeader& header, Bytes frames) {
  std::uint64_t events = 0;
  for (Bytes left = frames; !left.empty();) {
    const auto frame = FrameView::parse_first(left);
    if (!frame) {
      return damaged("the frame " +
                     std::to_string(frames.size() - left.size() + kBatchHeaderBytes) +
                     " bytes into the batch does not read: " + frame.error().message());
    }
    events += frame->header().count;
    left = left.subspan(frame->size());
  }
  if (events != header.count) {
    return damaged("frames hold " + std::to_string(events) + " events, the batch header counts " +
                   std::to_string(header.count));
  }
  return {};
}

}  // namespace lamplight::log
