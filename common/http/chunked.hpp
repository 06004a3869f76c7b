#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lamplight::http {

/// Takes a body apart that came with Transfer-Encoding: chunked. Strict: CRLF only, no blanks before a size, sizes of
/// at most 15 digits; extensions and trailer fields are skipped, within the bounds below.
class ChunkedDecoder {
 public:
  static constexpr std::size_t kMaxLineBytes =
      1024;  ///< a size with its extensions, or one trailer field
  static constexpr std::size_t kMaxTrailerBytes = 8192;  ///< all trailer fields

  struct Step {
    std::size_t consumed = 0;     ///< bytes of the input that are done with
    std::string_view piece;       ///< body bytes, a part of the input; may be empty
    bool done = false;            ///< the last chunk and the trailers have passed
    const char* error = nullptr;  ///< broken; the connection can't be used any more
  };
  /// Goes on from where the last step ended: until a piece, the end, an error, or the end of the input.
  [[nodiscard]] Step next(std::string_view input);

 private:
  enum class State {
    kSize,
    kExtension,
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailerStart,
    kTrailer,
    kTrailerLf,
    kEndLf
  };
  /// Everything between pieces, one byte at a time. Returns an error or nothing.
  const char* take(char c);
  const char* take_size(char c);
  const char* take_trailer(char c);
  void size_line_done();

  State state_ = State::kSize;
  std::uint64_t remaining_ = 0;
  unsigned digits_ = 0;
  std::size_t line_bytes_ = 0;
  std::size_t trailer_bytes_ = 0;
  bool done_ = false;
};

}  // namespace lamplight::http
