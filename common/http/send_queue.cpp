#include "send_queue.hpp"

#include <algorithm>
#include <utility>

namespace lamplight::http {

std::string& SendQueue::tail() {
  if (parts_.size() > in_flight_ && parts_.back().size() < kGatherBytes) return parts_.back();
  parts_.push_back(std::exchange(spare_, {}));
  return parts_.back();
}

void SendQueue::append(std::string&& bytes) {
  if (bytes.size() < kGatherBytes / 4) return append(std::string_view(bytes));
  bytes_ += bytes.size();
  parts_.push_back(std::move(bytes));
}

SendQueue::Write SendQueue::begin_write() {
  Write write;
  std::size_t skip = front_sent_;
  for (const std::string& part : parts_) {
    if (write.count == kMaxBuffers) break;
    write.buffers[write.count++] = boost::asio::buffer(part.data() + skip, part.size() - skip);
    skip = 0;
  }
  in_flight_ = write.count;
  return write;
}

void SendQueue::sent(std::size_t bytes) {
  bytes_ -= bytes;
  in_flight_ = 0;
  front_sent_ += bytes;
  while (!parts_.empty() && front_sent_ >= parts_.front().size()) {
    front_sent_ -= parts_.front().size();
    if (parts_.front().capacity() <= kSpareBytes) {
      spare_ = std::move(parts_.front());
      spare_.clear();
    }
    parts_.pop_front();
  }
}

void SendQueue::clear() {
  parts_.clear();
  front_sent_ = in_flight_ = bytes_ = 0;
}

}  // namespace lamplight::http
