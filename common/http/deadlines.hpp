#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <list>
#include <optional>

namespace lamplight::http {

class Connection;

/// What a connection may wait for, each with its own limit.
enum class Wait { kIdle, kHeader, kBody, kAnswer, kWrite, kLinger };
inline constexpr std::size_t kWaits = 6;

/// Deadlines of all connections of a worker. As every wait has one fixed limit, a list a kind is in order by itself:
/// setting, moving and clearing a deadline cost a few pointers, and one timer serves them all.
class Deadlines {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  struct Entry {
    Connection* connection = nullptr;
    TimePoint at;
  };
  /// One deadline of a connection. Clear it before the connection goes.
  struct Slot {
    std::list<Entry> held{1};  ///< the entry while it is in no list
    std::list<Entry>::iterator entry = held.begin();
    std::optional<Wait> wait;
  };

  explicit Deadlines(std::array<std::chrono::milliseconds, kWaits> limits) : limits_(limits) {}

  void set(Slot& slot, Wait wait, Connection& connection, TimePoint now);
  void clear(Slot& slot);
  [[nodiscard]] std::optional<TimePoint> earliest() const;

  struct Expired {
    Connection* connection = nullptr;
    Wait wait = Wait::kIdle;
  };
  /// One deadline at or before `now`, if any. It stays until its slot is set or cleared.
  [[nodiscard]] std::optional<Expired> expired(TimePoint now) const;
  /// Those that have waited for it, longest first.
  [[nodiscard]] const std::list<Entry>& waiting(Wait wait) const {
    return lists_[static_cast<std::size_t>(wait)];
  }

 private:
  std::array<std::chrono::milliseconds, kWaits> limits_;
  std::array<std::list<Entry>, kWaits> lists_;
};

}  // namespace lamplight::http
