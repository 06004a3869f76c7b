#include "event_queue.hpp"

namespace lamplight::runtime {

Event EventQueue::copy(const Event& event, std::string& bytes) {
  const auto keep = [&bytes](std::string_view text) {
    const std::size_t at = bytes.size();
    bytes += text;
    return std::string_view(bytes).substr(at, text.size());
  };
  Event copied = event;
  copied.subject = keep(event.subject);
  copied.producer = keep(event.producer);
  copied.payload = as_bytes(keep(as_text(event.payload)));
  return copied;
}

void EventQueue::pop_delivery() {
  bytes_ -= chunks_.front().cost;
  chunks_.pop_front();
}

void EventQueue::clear() {
  chunks_.clear();
  bytes_ = 0;
}

}  // namespace lamplight::runtime
