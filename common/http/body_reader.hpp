#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "chunked.hpp"
#include "request_head.hpp"

namespace lamplight::http {

/// Finds a request's body in the bytes that follow its head, by length or by chunks.
class BodyReader {
 public:
  void begin(const RequestHead& head) {
    chunked_ = head.chunked;
    remaining_ = chunked_ ? 0 : head.content_length.value_or(0);
    done_ = !chunked_ && remaining_ == 0;
    if (chunked_) chunks_ = {};
  }

  [[nodiscard]] ChunkedDecoder::Step next(std::string_view input) {
    ChunkedDecoder::Step step;
    if (chunked_) {
      step = chunks_.next(input);
    } else {
      const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, input.size()));
      step.piece = input.substr(0, n);
      step.consumed = n;
      remaining_ -= n;
      step.done = remaining_ == 0;
    }
    done_ = step.done;
    return step;
  }

  [[nodiscard]] bool done() const { return done_; }

 private:
  bool chunked_ = false;
  bool done_ = true;
  std::uint64_t remaining_ = 0;
  ChunkedDecoder chunks_;
};

}  // namespace lamplight::http
