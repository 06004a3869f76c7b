#include "segment_cursor.hpp"

#include <algorithm>
#include <cstring>

#include "model/limits.hpp"

namespace lamplight::log {

namespace {
// A seek reads little; who goes on reading gets ever bigger chunks. Past 2 MiB the processor's cache loses.
constexpr std::size_t kFirstChunk = 128U << 10;
constexpr std::size_t kLargestChunk = 2U << 20;
}  // namespace

SegmentCursor::SegmentCursor(std::shared_ptr<const File> file, std::string path, std::uint64_t at)
    : file_(std::move(file)), path_(std::move(path)), at_(at), chunk_(kFirstChunk) {}

Bytes SegmentCursor::buffered() const { return Bytes(buffer_).subspan(from_, to_ - from_); }

Result<void> SegmentCursor::fill(std::size_t wanted) {
  const std::size_t have = to_ - from_;
  if (have >= wanted) return {};
  const std::size_t room = std::max(wanted, chunk_);
  chunk_ = std::min(chunk_ * 2, kLargestChunk);
  if (have > 0 && from_ > 0) std::memmove(buffer_.data(), buffer_.data() + from_, have);
  from_ = 0;
  to_ = have;
  if (buffer_.size() < room) buffer_.resize(room);
  const auto got = file_->read_at(at_ + have, std::span(buffer_).subspan(have, room - have));
  if (!got) return got.error();
  to_ += *got;
  return {};
}

Result<SegmentCursor::Found> SegmentCursor::peek() {
  if (found_) return *found_;
  if (auto done = fill(kBatchHeaderBytes); !done) return done.error();
  auto header = read_batch_header(buffered());
  if (header) {
    if (auto done = fill(header->bytes); !done) return done.error();
    header = check_batch(buffered());
  }
  if (!header) {
    if (header.error().code() == Code::kNotFound) return header.error();
    return Error(header.error().code(),
                 path_ + " byte " + std::to_string(at_) + ": " + header.error().message());
  }
  found_ = Found{*header, buffered().first(header->bytes), at_};
  return *found_;
}

void SegmentCursor::advance() {
  LAMPLIGHT_CHECK(found_.has_value(), "advance follows a successful peek");
  at_ += found_->header.bytes;
  from_ += found_->header.bytes;
  found_.reset();
}

void SegmentCursor::forget() {
  found_.reset();
  from_ = to_ = 0;
}

}  // namespace lamplight::log
