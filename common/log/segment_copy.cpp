#include "segment_copy.hpp"

#include <algorithm>
#include <functional>
#include <vector>

namespace lamplight::log {

namespace {

constexpr std::size_t kCopyPiece = 1U << 20;

Result<void> write_segment(Disk& disk, const std::string& folder, File& file,
                           const SegmentHeader& header, std::uint64_t end, std::uint64_t bytes) {
  if (auto done = file.write_at(0, as_bytes(encode_segment_header(header))); !done) return done;
  if (auto done = write_zeros(file, end, std::max(end, bytes)); !done) return done;
  if (auto done = disk.rename(path_in(folder, kRecoveringName),
                              path_in(folder, segment_name(header.first)));
      !done) {
    return done;
  }
  return disk.sync_folder(folder);
}

Result<std::unique_ptr<File>> make_segment(Disk& disk, const std::string& folder,
                                           const SegmentHeader& header, std::uint64_t end,
                                           std::uint64_t bytes,
                                           const std::function<Result<void>(File&)>& fill) {
  const std::string temporary = path_in(folder, kRecoveringName);
  auto file = disk.open(temporary, OpenMode::kCreateOrTruncate);
  if (!file) return file;
  auto done = fill(**file);
  if (done) done = write_segment(disk, folder, **file, header, end, bytes);
  if (done) return file;
  file.value().reset();
  (void)disk.remove(temporary);  // on a full disk half a copy is only in the way
  return done.error();
}

}  // namespace

Result<void> copy_bytes(const File& from, std::uint64_t begin, std::uint64_t end, File& to,
                        std::uint64_t at) {
  std::vector<std::uint8_t> piece(kCopyPiece);
  while (begin < end) {
    const std::size_t n =
        static_cast<std::size_t>(std::min<std::uint64_t>(kCopyPiece, end - begin));
    const auto got = from.read_at(begin, std::span(piece).first(n));
    if (!got) return got.error();
    if (*got != n) return Error(Code::kIo, "a segment became shorter while it was copied");
    if (auto done = to.write_at(at, Bytes(piece).first(n)); !done) return done;
    begin += n;
    at += n;
  }
  return {};
}

Result<std::unique_ptr<File>> copy_segment(Disk& disk, const std::string& folder, const File& from,
                                           const SegmentHeader& header, std::uint64_t end,
                                           std::uint64_t bytes) {
  return make_segment(disk, folder, header, end, bytes, [&](File& to) {
    return copy_bytes(from, kSegmentHeaderBytes, end, to, kSegmentHeaderBytes);
  });
}

Result<std::unique_ptr<File>> new_segment(Disk& disk, const std::string& folder,
                                          const SegmentHeader& header, std::uint64_t bytes) {
  return make_segment(disk, folder, header, kSegmentHeaderBytes, bytes,
                      [](File&) { return Result<void>(); });
}

}  // namespace lamplight::log
