#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "import/byte_source.hpp"

namespace lamplight::importer {

enum class Encoding : std::uint8_t { kUtf8, kGb18030, kLatin1, kWindows1252 };

/// "utf-8", "gb18030" (also of GBK and GB2312 files, which it contains), "latin1", "windows-1252"; without regard to case.
[[nodiscard]] std::optional<Encoding> encoding_from(std::string_view name);

/// Turns bytes of an encoding into UTF-8, without a byte order mark at the front. Memory: one piece.
///
/// Errors: kInvalid naming file, line and column of bytes that are no text of the encoding (UTF-16, gzip and ZIP are
/// recognised and told apart), and what `bytes` says. Threads: one.
class TextDecoder final : public ByteSource {
 public:
  /// `bytes` must outlive it; `name` is what messages call the file.
  TextDecoder(ByteSource& bytes, Encoding encoding, std::string name);
  ~TextDecoder() override;
  TextDecoder(const TextDecoder&) = delete;
  TextDecoder& operator=(const TextDecoder&) = delete;

  [[nodiscard]] Result<std::size_t> read(std::span<char> out) override;

 private:
  [[nodiscard]] Result<void> refill();
  [[nodiscard]] Result<void> look_at_beginning();
  [[nodiscard]] Result<void> decode();
  [[nodiscard]] Result<void> decode_utf8();
  [[nodiscard]] Result<void> decode_single_bytes();
  [[nodiscard]] Result<void> decode_gb18030();
  void keep(std::size_t used);
  [[nodiscard]] Error bad_text(std::string_view what) const;

  ByteSource& bytes_;
  Encoding encoding_;
  std::string name_;
  void* iconv_ = nullptr;
  std::string raw_;   // read, not yet decoded
  std::string text_;  // decoded, not yet handed out
  std::size_t text_at_ = 0;
  std::uint64_t lines_ = 1;
  std::uint64_t columns_ =
      1;  // characters since the last line end, plus 1: where the next character stands
  bool begun_ = false;
  bool ended_ = false;
};

}  // namespace lamplight::importer
