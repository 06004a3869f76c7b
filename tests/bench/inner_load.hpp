#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"

/// What the inner loop is measured with: a district's alerts and what its officers ask, in the order of a log, the same in
/// every run. docs/bench.md tells the shares.
namespace lamplight::bench {

struct Said {
  std::string_view subject;
  Id16 id;
  std::string payload;
};

/// A round brings two alerts that are nobody's dispute, one of a dispute, and the next request of each of the cases that
/// were opened 100, 200, … rounds before: about eight inputs, of which two lead to nothing.
class DistrictDay {
 public:
  [[nodiscard]] Said next();

 private:
  void tell_round();

  std::uint64_t round_ = 0;
  std::uint64_t told_ = 0;
  std::deque<Said> waiting_;
};

/// Alert `number` of a dispute at a place of its own: it opens a case, whose id is the alert's.
[[nodiscard]] Said dispute_alert(std::uint64_t number);
/// The responding officer settles that case on the spot and names a party whom no other case has.
[[nodiscard]] Said settlement_of(std::uint64_t number);

}  // namespace lamplight::bench
