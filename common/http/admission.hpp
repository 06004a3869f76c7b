#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace lamplight::http {

/// Counts open connections, all and by peer address. Threads: any; the mutex guards both counts, no lock is taken inside.
class Admission {
 public:
  Admission(std::uint32_t most, std::uint32_t most_per_address)
      : most_(most), most_per_address_(most_per_address) {}

  static constexpr const char* kTooMany = "too_many_connections";

  /// Takes a place for `address`; the reason (a closed set, for metrics) when there is none.
  [[nodiscard]] const char* enter(const std::string& address) {
    const std::lock_guard lock(mutex_);
    // Whoever has its share already shall not make room for itself at others' cost.
    const auto known = by_address_.find(address);
    if ((known == by_address_.end() ? 0 : known->second) >= most_per_address_)
      return "too_many_connections_from_address";
    if (open_ >= most_) return kTooMany;
    auto& here = by_address_[address];
    ++here;
    ++open_;
    return nullptr;
  }

  void leave(const std::string& address) {
    const std::lock_guard lock(mutex_);
    --open_;
    const auto here = by_address_.find(address);
    if (--here->second == 0) by_address_.erase(here);
  }

 private:
  const std::uint32_t most_;
  const std::uint32_t most_per_address_;
  std::mutex mutex_;
  std::uint32_t open_ = 0;
  std::unordered_map<std::string, std::uint32_t> by_address_;
};

}  // namespace lamplight::http
