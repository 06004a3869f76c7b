#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/env.hpp"
#include "log/log.hpp"

/// Names and head of the files in a log's folder.
namespace lamplight::log {

inline constexpr std::size_t kSegmentHeaderBytes = 4096;  ///< batches begin behind it
inline constexpr std::uint32_t kFormat = 1;

/// The first 4096 bytes of a segment, little-endian:
///   0 magic u32 "LLS1" · 4 format u32 · 8 log id[16] · 24 seeded u8 · 25 zero[7]      these 32: the log's header
///   32 first_offset u64 · 40 prev_hash[32] · 72 zero · 4092 crc32c u32 over the 4092 bytes before it
/// prev_hash links to the last batch of the segment before; in the first segment it is genesis_hash.
struct SegmentHeader {
  Header log;
  Offset first;
  ChainHash prev_hash;
};

/// What the first batch's prev_hash is: the SHA-256 of the log's header.
[[nodiscard]] ChainHash genesis_hash(const Header& header);

[[nodiscard]] std::string encode_segment_header(const SegmentHeader& header);
/// Errors: kDamaged, kUnsupported (a later format); the message names `path`.
[[nodiscard]] Result<SegmentHeader> decode_segment_header(Bytes block, const std::string& path);
[[nodiscard]] Result<SegmentHeader> read_segment_header(const File& file, const std::string& path);

[[nodiscard]] std::string segment_name(Offset first);  ///< 00000000000000000001.seg
[[nodiscard]] std::string sidecar_name(Offset first);  ///< 00000000000000000001.idx
/// The first offset a segment's name gives; nothing for other names.
[[nodiscard]] std::optional<Offset> offset_of_segment(std::string_view name);

inline constexpr std::string_view kPreparedName = "prepared.tmp";  ///< the next segment: zeros only
inline constexpr std::string_view kRecoveringName =
    "recovering.tmp";  ///< copy of the active segment under way
inline constexpr std::string_view kCleanStopName = "clean-stop";
inline constexpr std::string_view kLockName = "lock";

[[nodiscard]] std::string path_in(const std::string& folder, std::string_view name);

/// Names of the folder's segments, oldest first; nothing of them is read. Errors: kIo; kNotFound no such folder.
[[nodiscard]] Result<std::vector<std::string>> segment_names(Disk& disk, const std::string& folder);

/// The folder's segments, oldest first, with their headers read and checked against their names and each other.
/// Errors: kDamaged (file named), kUnsupported, kIo; kNotFound no such folder.
struct ListedSegment {
  SegmentHeader header;
  std::string path;
  std::uint64_t file_bytes = 0;
};
[[nodiscard]] Result<std::vector<ListedSegment>> list_segments(Disk& disk,
                                                               const std::string& folder);

/// Writes zeros from `from` to `to` in pieces, syncing as it goes so that no big flush stands in a commit's way.
[[nodiscard]] Result<void> write_zeros(File& file, std::uint64_t from, std::uint64_t to);

/// Byte behind the last byte at or after `from` that is not zero; `from` when all are.
[[nodiscard]] Result<std::uint64_t> end_of_content(const File& file, std::uint64_t from);

}  // namespace lamplight::log
