#pragma once

#include <memory>
#include <string>

#include "base/env.hpp"
#include "segment_file.hpp"

namespace lamplight::log {

/// Copies bytes from..end of one file to `at` of the other. Errors: kIo, kOverloaded disk full.
[[nodiscard]] Result<void> copy_bytes(const File& from, std::uint64_t begin, std::uint64_t end,
                                      File& to, std::uint64_t at);

/// Writes the segment `header` names anew: its batches up to byte `end` of `from`, zeros up to `bytes`. Under a
/// temporary name until it is whole and synced, so a power cut leaves the old file or the new one; on failure nothing
/// of it stays. The file is given open for writing. Errors: kIo, kOverloaded disk full.
[[nodiscard]] Result<std::unique_ptr<File>> copy_segment(Disk& disk, const std::string& folder,
                                                         const File& from,
                                                         const SegmentHeader& header,
                                                         std::uint64_t end, std::uint64_t bytes);

/// A new segment without batches, as copy_segment.
[[nodiscard]] Result<std::unique_ptr<File>> new_segment(Disk& disk, const std::string& folder,
                                                        const SegmentHeader& header,
                                                        std::uint64_t bytes);

}  // namespace lamplight::log
