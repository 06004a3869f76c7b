#pragma once

#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

#include "http/server.hpp"

namespace lamplight::http {

/// Bytes read and not yet consumed, in one piece of memory of a fixed size, kBodyPadding readable bytes behind it.
class ReadBuffer {
 public:
  explicit ReadBuffer(std::size_t capacity)
      : data_(new char[capacity + kBodyPadding]), capacity_(capacity) {
    std::memset(data_.get() + capacity, 0, kBodyPadding);
  }

  [[nodiscard]] std::string_view view() const { return {data_.get() + begin_, end_ - begin_}; }
  [[nodiscard]] std::size_t size() const { return end_ - begin_; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  [[nodiscard]] bool full() const { return size() == capacity_; }
  void consume(std::size_t bytes) { begin_ += bytes; }
  void clear() { begin_ = end_ = 0; }

  /// The free part, after moving what is held to the front: views into the buffer die.
  [[nodiscard]] boost::asio::mutable_buffer prepare() {
    std::memmove(data_.get(), data_.get() + begin_, size());
    end_ -= begin_;
    begin_ = 0;
    return {data_.get() + end_, capacity_ - end_};
  }
  void commit(std::size_t bytes) { end_ += bytes; }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t capacity_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace lamplight::http
