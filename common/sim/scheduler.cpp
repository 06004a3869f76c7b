#include "sim/scheduler.hpp"

#include <algorithm>

namespace lamplight::sim {

void Scheduler::at(std::int64_t when_us, std::function<void()> work) {
  queue_.emplace(std::pair(std::max(when_us, now_us_), next_number_++), std::move(work));
}

bool Scheduler::step(std::int64_t until_us) {
  if (queue_.empty() || queue_.begin()->first.first > until_us) {
    now_us_ = std::max(now_us_, until_us);
    return false;
  }
  auto due = queue_.extract(queue_.begin());
  now_us_ = due.key().first;
  due.mapped()();
  return true;
}

}  // namespace lamplight::sim
