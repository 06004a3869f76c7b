#include "base/nearest.hpp"

#include <gtest/gtest.h>

namespace lamplight {
namespace {

TEST(NearestName, IsTheOneWithTheFewestEdits) {
  EXPECT_EQ(nearest_name("segmnt_bytes", {"recent_bytes", "segment_bytes"}), "segment_bytes");
  EXPECT_EQ(nearest_name("Zones", {"format", "zone"}), "zone");
}

TEST(NearestName, IsTheFirstOfEquals) { EXPECT_EQ(nearest_name("cat", {"bat", "hat"}), "bat"); }

TEST(NearestName, IsNoneWhenNothingIsNear) {
  EXPECT_EQ(nearest_name("zone", {"format", "base", "stage_format"}), std::nullopt);
  EXPECT_EQ(nearest_name("zone", {}), std::nullopt);
  EXPECT_EQ(nearest_name(std::string(65, 'a'), {std::string(65, 'a')}), std::nullopt);
}

}  // namespace
}  // namespace lamplight
