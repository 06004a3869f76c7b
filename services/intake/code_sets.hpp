#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "model/code_lists.hpp"

namespace lamplight::intake {

/// Which codes there are, by list, in the order in which they came. Threads: one.
class CodeSets {
 public:
  void add(CodeList list, std::string_view code) {
    Set& set = sets_[static_cast<std::size_t>(list)];
    if (set.codes.find(code) != set.codes.end()) return;
    set.in_order.push_back(&*set.codes.emplace(code).first);  // nodes stay where they are
    ++size_;
  }
  [[nodiscard]] bool has(CodeList list, std::string_view code) const {
    const Set& set = sets_[static_cast<std::size_t>(list)];
    return set.codes.find(code) != set.codes.end();
  }
  [[nodiscard]] const std::vector<const std::string*>& of(CodeList list) const {
    return sets_[static_cast<std::size_t>(list)].in_order;
  }
  /// Of all lists together.
  [[nodiscard]] std::size_t size() const { return size_; }
  void clear() {
    if (size_ == 0) return;
    sets_ = {};
    size_ = 0;
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  struct Set {
    std::unordered_set<std::string, Hash, std::equal_to<>> codes;
    std::vector<const std::string*> in_order;
  };
  std::array<Set, kCodeListCount> sets_;
  std::size_t size_ = 0;
};

}  // namespace lamplight::intake
