#pragma once

#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "base/result.hpp"

namespace lamplight::runtime {

/// Who waits for the frames up to some cut to be acknowledged. What is run may wait again. Threads: one.
class CutWaiters {
 public:
  /// `then` gets the cut, or the reason when that cut is not to be.
  void read_at(Offset cut, std::function<void(const Result<Offset>&)> then) {
    reads_.emplace(cut, std::move(then));
  }
  /// Waits on through any change of instance.
  void wait_for(Offset offset, std::function<void()> then) {
    waiting_.emplace(offset, std::move(then));
  }
  /// The first cut that somebody waits for.
  [[nodiscard]] std::optional<Offset> first() const {
    std::optional<Offset> first;
    if (!reads_.empty()) first = reads_.begin()->first;
    if (!waiting_.empty() && (!first || waiting_.begin()->first < *first))
      first = waiting_.begin()->first;
    return first;
  }
  void acknowledged(Offset cut) {
    while (!reads_.empty() && reads_.begin()->first <= cut) {
      auto read = reads_.extract(reads_.begin());
      read.mapped()(read.key());
    }
    while (!waiting_.empty() && waiting_.begin()->first <= cut) {
      const auto waiter = waiting_.extract(waiting_.begin());
      waiter.mapped()();
    }
  }
  /// The state was dropped: what was read of it never was.
  void fail_reads(const Error& why) {
    for (const auto& [cut, then] : std::exchange(reads_, {})) then(why);
  }

 private:
  std::multimap<Offset, std::function<void(const Result<Offset>&)>> reads_;
  std::multimap<Offset, std::function<void()>> waiting_;
};

}  // namespace lamplight::runtime
