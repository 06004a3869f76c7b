#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "bench.hpp"
#include "reference.hpp"

namespace lamplight::inner::test {

/// A long random life of the inner loop, lived by the service and by the reference side by side.
class Walk {
 public:
  Walk(std::uint64_t seed, const Table& table);

  /// One input for both; what was said and how each case that was spoken of stands since must be equal.
  /// False, with `difference`, when they are not.
  [[nodiscard]] bool step();
  /// Another version of the rules, for both.
  void publish_rules();
  /// Every case, and that each open one has its owner and its timer.
  [[nodiscard]] bool all_equal();

  /// Of the service's side: watch it, look at its state.
  [[nodiscard]] Bench& bench() { return bench_; }
  [[nodiscard]] const std::string& difference() const { return difference_; }
  [[nodiscard]] std::uint64_t outputs() const { return outputs_; }
  [[nodiscard]] std::size_t cases() const { return model_.cases.size(); }
  /// How often each transition was taken: [state before][move].
  [[nodiscard]] const std::array<std::array<std::uint64_t, kMoves>, kStates>& taken() const {
    return taken_;
  }

 private:
  using Id = reference::Id;

  [[nodiscard]] std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  [[nodiscard]] bool chance(std::uint64_t percent) { return below(100) < percent; }
  [[nodiscard]] std::string one(const std::vector<std::string>& of) { return of[below(of.size())]; }
  [[nodiscard]] reference::Span span();
  void publish_calendar();
  void pass_time();
  void alert();
  void change_alert();
  void petition();
  void ask();
  void ask_fitting(const reference::Case& of);
  void ask_anything();
  [[nodiscard]] reference::Request request();
  [[nodiscard]] Id some_case();
  void settle(reference::Request asked);
  void assess(reference::Request asked);
  void dispatch(reference::Request asked);
  void feed_back(const reference::Request& asked);
  void verify(reference::Request asked);
  void review(reference::Request asked);
  void reopen(reference::Request asked);
  void move_rules(const reference::Request& asked);
  template <typename T>
  void fill(T& out, const reference::Request& asked);

  [[nodiscard]] bool said_equal();
  [[nodiscard]] bool case_equal(Id id);
  void compare_figures();
  void count_times(std::map<std::string, std::int64_t>& out);
  void differ(const std::string& what, const std::string& service, const std::string& model);

  std::mt19937_64 random_;
  Bench bench_;
  reference::Model model_;
  std::vector<Id> recent_;  ///< cases spoken of lately
  std::vector<Id> alerts_;  ///< that were taken lately
  int version_ = 0;
  std::int64_t calendar_ = 0;
  std::uint64_t outputs_ = 0;
  std::string difference_;
  std::array<std::array<std::uint64_t, kMoves>, kStates> taken_{};
  std::unordered_map<Id16, CaseState> before_;
};

}  // namespace lamplight::inner::test
