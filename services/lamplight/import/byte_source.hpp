#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/env.hpp"

namespace lamplight::importer {

/// Bytes that come piece by piece, front to end, once.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Fills the front of `out`, which is not empty; 0 only at the end. Errors: kIo, and what the kind of source adds.
  [[nodiscard]] virtual Result<std::size_t> read(std::span<char> out) = 0;
};

/// A file from its first byte. The file must outlive it.
class FileSource final : public ByteSource {
 public:
  explicit FileSource(const File& file) : file_(file) {}
  [[nodiscard]] Result<std::size_t> read(std::span<char> out) override;
  /// Bytes handed out so far: what a progress bar counts.
  [[nodiscard]] std::uint64_t position() const { return at_; }

 private:
  const File& file_;
  std::uint64_t at_ = 0;
};

/// A text in memory, handed out in pieces of at most `piece` bytes.
class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string_view text, std::size_t piece = 4096)
      : text_(text), piece_(piece) {}
  [[nodiscard]] Result<std::size_t> read(std::span<char> out) override;

 private:
  std::string_view text_;
  std::size_t piece_;
};

}  // namespace lamplight::importer
