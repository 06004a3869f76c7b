#include "deadlines.hpp"

namespace lamplight::http {

void Deadlines::set(Slot& slot, Wait wait, Connection& connection, TimePoint now) {
  const auto to = static_cast<std::size_t>(wait);
  auto& from = slot.wait ? lists_[static_cast<std::size_t>(*slot.wait)] : slot.held;
  slot.entry->connection = &connection;
  slot.entry->at = now + limits_[to];
  lists_[to].splice(lists_[to].end(), from, slot.entry);
  slot.wait = wait;
}

void Deadlines::clear(Slot& slot) {
  if (!slot.wait) return;
  slot.held.splice(slot.held.end(), lists_[static_cast<std::size_t>(*slot.wait)], slot.entry);
  slot.wait.reset();
}

std::optional<Deadlines::TimePoint> Deadlines::earliest() const {
  std::optional<TimePoint> first;
  for (const auto& list : lists_) {
    if (!list.empty() && (!first || list.front().at < *first)) first = list.front().at;
  }
  return first;
}

std::optional<Deadlines::Expired> Deadlines::expired(TimePoint now) const {
  for (std::size_t i = 0; i < kWaits; ++i) {
    if (!lists_[i].empty() && lists_[i].front().at <= now) {
      return Expired{lists_[i].front().connection, static_cast<Wait>(i)};
    }
  }
  return std::nullopt;
}

}  // namespace lamplight::http
