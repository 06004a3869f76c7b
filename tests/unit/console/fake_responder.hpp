#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "http/server.hpp"

namespace lamplight::console::test {

/// One who waits for an answer and reads a chunked one only when told. Threads: one at a time.
class FakeResponder final : public http::Responder {
 public:
  void answer(http::Response response) override { answered = std::move(response); }
  void begin(http::Response) override {}
  std::size_t write(std::string piece) override {
    text += piece;
    return unread += piece.size();
  }
  void end() override { ended = true; }
  void when_below(std::size_t, std::function<void()> drained) override {
    drained_ = std::move(drained);
  }
  /// Reads all that waits.
  void read() {
    unread = 0;
    if (auto drained = std::exchange(drained_, nullptr)) drained();
  }

  std::optional<http::Response> answered;
  std::string text;        ///< all that was written
  std::size_t unread = 0;  ///< of it, in bytes
  bool ended = false;

 private:
  std::function<void()> drained_;
};

}  // namespace lamplight::console::test
