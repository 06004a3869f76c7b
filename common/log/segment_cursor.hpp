#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/env.hpp"
#include "log/batch.hpp"

namespace lamplight::log {

/// Walks the batches of one segment file from a given byte on, in big reads. Checks each batch's CRC and nothing about
/// how batches follow one another. Threads: one.
class SegmentCursor {
 public:
  struct Found {
    BatchHeader header;
    Bytes bytes;           ///< the whole batch; valid until the next call
    std::uint64_t at = 0;  ///< where it begins in the file
  };

  SegmentCursor(std::shared_ptr<const File> file, std::string path, std::uint64_t at);

  /// The batch at the cursor's place, without moving.
  /// Errors: kNotFound only zeros or the end of the file where a header would stand; kDamaged (file and byte named); kIo.
  [[nodiscard]] Result<Found> peek();
  /// Past the batch that peek gave.
  void advance();
  /// Drops what was read ahead: the file may have been written since.
  void forget();

  [[nodiscard]] std::uint64_t at() const { return at_; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  [[nodiscard]] Result<void> fill(std::size_t wanted);
  [[nodiscard]] Bytes buffered() const;

  std::shared_ptr<const File> file_;
  std::string path_;
  std::uint64_t at_;
  std::optional<Found> found_;
  std::vector<std::uint8_t> buffer_;
  std::size_t from_ = 0;  // buffer_[from_, to_) is the file from at_ on
  std::size_t to_ = 0;
  std::size_t chunk_;
};

}  // namespace lamplight::log
