#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "bus/client.hpp"
#include "model/event.hpp"

namespace lamplight::runtime {

/// Where a delivery ends: how far the bus had scanned, and the chain hash of the batch that holds it.
struct Place {
  Offset offset;
  TimeUs time;
  ChainHash hash;
  bool batch_end = false;
};

/// Deliveries that wait their turn: their events copied, a delivery's in one piece. Threads: one.
class EventQueue {
 public:
  /// Keeps those of the delivery's events that `keep` takes; they are the front's next when all before are popped.
  template <typename Keep>
  void push(const std::vector<Event>& events, const Place& place, Keep keep) {
    Chunk chunk;
    chunk.place = place;
    std::size_t bytes = 0;
    std::size_t kept = 0;
    for (const Event& event : events) {
      if (!keep(event)) continue;
      bytes += bytes_of(event);
      ++kept;
    }
    chunk.bytes.reserve(bytes);  // views into it stay where they are
    chunk.events.reserve(kept);
    for (const Event& event : events) {
      if (keep(event)) chunk.events.push_back(copy(event, chunk.bytes));
    }
    chunk.cost = sizeof(Chunk) + bytes + chunk.events.size() * sizeof(Event);
    // A place behind which nothing came is passed over for the next.
    if (chunk.events.empty() && !chunks_.empty() && chunks_.back().events.empty()) {
      chunks_.back().place = chunk.place;
      return;
    }
    bytes_ += chunk.cost;
    chunks_.push_back(std::move(chunk));
  }

  [[nodiscard]] bool empty() const { return chunks_.empty(); }
  /// Whether an event is left, not only places.
  [[nodiscard]] bool events_wait() const {
    return std::any_of(chunks_.begin(), chunks_.end(),
                       [](const Chunk& chunk) { return chunk.next < chunk.events.size(); });
  }
  /// What is held, about.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  /// Of the front delivery: its next event; null when all are popped.
  [[nodiscard]] const Event* front() const {
    const Chunk& chunk = chunks_.front();
    return chunk.next < chunk.events.size() ? &chunk.events[chunk.next] : nullptr;
  }
  void pop() { ++chunks_.front().next; }
  /// Of the front delivery: its last event; null when it has none left.
  [[nodiscard]] const Event* back() const {
    return front() ? &chunks_.front().events.back() : nullptr;
  }
  [[nodiscard]] const Place& place() const { return chunks_.front().place; }
  void pop_delivery();
  void clear();

 private:
  struct Chunk {
    std::string bytes;
    std::vector<Event> events;
    std::size_t cost = 0;  // of memory, about
    std::size_t next = 0;
    Place place;
  };
  [[nodiscard]] static std::size_t bytes_of(const Event& event) {
    return event.subject.size() + event.producer.size() + event.payload.size();
  }
  [[nodiscard]] static Event copy(const Event& event, std::string& bytes);

  std::deque<Chunk> chunks_;
  std::size_t bytes_ = 0;
};

}  // namespace lamplight::runtime
