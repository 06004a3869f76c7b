#include "chunked.hpp"

#include <algorithm>

namespace lamplight::http {

namespace {

constexpr unsigned kMaxSizeDigits = 15;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7F;
}

}  // namespace

ChunkedDecoder::Step ChunkedDecoder::next(std::string_view input) {
  Step step;
  while (!done_ && step.consumed < input.size()) {
    if (state_ == State::kData) {
      const std::size_t n = static_cast<std::size_t>(
          std::min<std::uint64_t>(remaining_, input.size() - step.consumed));
      step.piece = input.substr(step.consumed, n);
      step.consumed += n;
      remaining_ -= n;
      if (remaining_ == 0) state_ = State::kDataCr;
      return step;
    }
    step.error = take(input[step.consumed]);
    if (step.error != nullptr) return step;
    ++step.consumed;
  }
  step.done = done_;
  return step;
}

const char* ChunkedDecoder::take(char c) {
  switch (state_) {
    case State::kSize:
    case State::kExtension: return take_size(c);
    case State::kSizeLf:
      if (c != '\n') return "a chunk size must end with CRLF";
      size_line_done();
      return nullptr;
    case State::kDataCr:
      if (c != '\r') return "a chunk must end with CRLF";
      state_ = State::kDataLf;
      return nullptr;
    case State::kDataLf:
      if (c != '\n') return "a chunk must end with CRLF";
      state_ = State::kSize;
      return nullptr;
    case State::kTrailerStart:
    case State::kTrailer:
    case State::kTrailerLf:
    case State::kEndLf: return take_trailer(c);
    case State::kData: break;
  }
  return "chunk out of place";
}

const char* ChunkedDecoder::take_size(char c) {
  if (++line_bytes_ > kMaxLineBytes) return "a chunk's size line is too long";
  if (c == '\r') {
    if (digits_ == 0) return "a chunk size needs at least one hexadecimal digit";
    state_ = State::kSizeLf;
    return nullptr;
  }
  if (state_ == State::kExtension)
    return is_control(c) ? "a chunk extension holds a control character" : nullptr;
  if (c == ';') {
    if (digits_ == 0) return "a chunk size needs at least one hexadecimal digit";
    state_ = State::kExtension;
    return nullptr;
  }
  const int value = hex_value(c);
  if (value < 0) return "a chunk size must be hexadecimal";
  if (++digits_ > kMaxSizeDigits) return "a chunk size is too large";
  remaining_ = remaining_ * 16 + static_cast<std::uint64_t>(value);
  return nullptr;
}

void ChunkedDecoder::size_line_done() {
  state_ = remaining_ == 0 ? State::kTrailerStart : State::kData;
  digits_ = 0;
  line_bytes_ = 0;
}

const char* ChunkedDecoder::take_trailer(char c) {
  if (++trailer_bytes_ > kMaxTrailerBytes) return "the trailer fields are too long";
  switch (state_) {
    case State::kTrailerStart:
      if (c == '\r') {
        state_ = State::kEndLf;
        return nullptr;
      }
      if (c == ' ' || c == '\t') return "a trailer field must not be folded";
      state_ = State::kTrailer;
      [[fallthrough]];
    case State::kTrailer:
      if (c == '\r') {
        state_ = State::kTrailerLf;
        return nullptr;
      }
      return is_control(c) ? "a trailer field holds a control character" : nullptr;
    case State::kTrailerLf:
      if (c != '\n') return "a trailer field must end with CRLF";
      state_ = State::kTrailerStart;
      return nullptr;
    default:
      if (c != '\n') return "the body must end with CRLF";
      done_ = true;
      return nullptr;
  }
}

}  // namespace lamplight::http
