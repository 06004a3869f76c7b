#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "tally/dimension.hpp"
#include "tally/report.hpp"

namespace lamplight::tally {

/// Unused places hold 0.
using GroupKey = std::array<std::int64_t, kMaxDimensions>;

struct GroupKeyHash {
  std::size_t operator()(const GroupKey& key) const noexcept {
    std::uint64_t hash = 0;
    for (const std::int64_t part : key) {
      hash = (hash ^ static_cast<std::uint64_t>(part)) * 0x9E3779B97F4A7C15ULL;
      hash ^= hash >> 32;
    }
    return static_cast<std::size_t>(hash);
  }
};

/// The dimensions of one table, evaluated together.
class Grouping {
 public:
  Grouping(const Population& population, const Dimensions& names);

  /// Calls f(key) for each key of the alert: one, or one for each operation where that is a dimension.
  template <typename F>
  void for_each_key(const Alert& alert, F&& f) const {
    GroupKey key{};
    for (std::size_t i = 0; i < dimensions_.size(); ++i) key[i] = dimensions_[i].value(alert);
    if (several_ == kNone) return f(key);
    const Dimension& dimension = dimensions_[several_];
    for (std::size_t i = 0; i < dimension.values(alert); ++i) {
      key[several_] = dimension.value_at(alert, i);
      bool said_before = false;  // the same operation twice counts once
      for (std::size_t j = 0; j < i; ++j)
        said_before |= dimension.value_at(alert, j) == key[several_];
      if (!said_before) f(key);
    }
  }
  [[nodiscard]] bool several() const { return several_ != kNone; }
  [[nodiscard]] KeyTexts texts(const GroupKey& key) const;
  [[nodiscard]] bool less(const GroupKey& a, const GroupKey& b) const;

  /// The entries of a map by key, in order of the key's texts, blank first.
  template <typename Map>
  [[nodiscard]] std::vector<typename Map::pointer> sorted(Map& map) const {
    std::vector<typename Map::pointer> entries;
    entries.reserve(map.size());
    for (auto& entry : map) entries.push_back(&entry);
    std::sort(entries.begin(), entries.end(),
              [&](auto a, auto b) { return less(a->first, b->first); });
    return entries;
  }

 private:
  static constexpr std::size_t kNone = ~std::size_t{0};
  std::vector<Dimension> dimensions_;
  std::size_t several_ = kNone;
};

template <typename T>
using GroupMap = std::unordered_map<GroupKey, T, GroupKeyHash>;

}  // namespace lamplight::tally
