#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "base/ids.hpp"
#include "base/uuid.hpp"

namespace lamplight {
namespace {

class SetClock final : public Clock {
 public:
  TimeUs wall() const override { return now; }
  std::int64_t monotonic_us() const override { return now.value; }
  TimeUs now{1'700'000'000'000'000};
};

class CountingRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& b : out) b = next_++;
  }

 private:
  std::uint8_t next_ = 0;
};

TEST(Hex, GoesThereAndBack) {
  EXPECT_EQ(to_hex(as_bytes(std::string_view("\x00\x7F\xFF", 3))), "007fff");
  EXPECT_EQ(from_hex("007fFF"), std::string("\x00\x7F\xFF", 3));
  EXPECT_EQ(from_hex(""), "");
}

TEST(Hex, RefusesOddLengthsAndOtherLetters) {
  for (const char* bad : {"0", "0g", "0x00", " 00", "é"}) EXPECT_FALSE(from_hex(bad)) << bad;
}

TEST(Uuid, ReadsExactlyTheCanonicalForm) {
  const std::string text = "018bcfe5-6800-7000-8001-020304050607";
  const auto id = from_uuid(text);
  ASSERT_TRUE(id);
  EXPECT_EQ(to_uuid(*id), text);
  for (const char* bad :
       {"", "018bcfe5680070008001020304050607", "018bcfe5-6800-7000-8001-02030405060",
        "018bcfe5-6800-7000-8001-0203040506070", "018bcfe56-800-7000-8001-020304050607",
        "018bcfe5-6800-7000-8001-02030405060g", "{18bcfe5-6800-7000-8001-02030405060}"}) {
    EXPECT_FALSE(from_uuid(bad)) << bad;
  }
}

TEST(Uuid, CarriesTimeVersionAndVariant) {
  SetClock clock;
  CountingRandom random;
  const std::string text = to_uuid(UuidSource(clock, random).next());
  EXPECT_EQ(text.substr(0, 13), "018bcfe5-6800") << "the milliseconds since 1970";
  EXPECT_EQ(text[14], '7');
  EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos);
}

TEST(Uuid, IdsSortByCreationWithinAMillisecondAcrossItsEndAndWhenTheClockGoesBack) {
  SetClock clock;
  CountingRandom random;
  UuidSource source(clock, random);
  std::vector<Id16> made;
  made.reserve(5101);
  for (int i = 0; i < 5000; ++i)
    made.push_back(source.next());  // more than one millisecond can number
  clock.now = clock.now.plus_us(-3'600'000'000);
  for (int i = 0; i < 100; ++i) made.push_back(source.next());
  clock.now = clock.now.plus_us(2 * 3'600'000'000LL);
  made.push_back(source.next());

  for (std::size_t i = 1; i < made.size(); ++i) ASSERT_LT(made[i - 1], made[i]) << "id " << i;
}

TEST(Id16, IsMadeOfExactlySixteenBytes) {
  EXPECT_DEATH((void)Id16::from(as_bytes("fifteen bytes..")), "16 bytes");
}

TEST(Offsets, CountUp) {
  EXPECT_EQ(Offset{}.next(), Offset{1});
  EXPECT_EQ(Offset{5}.plus(3), Offset{8});
  EXPECT_LT(Offset{5}, Offset{6});
}

}  // namespace
}  // namespace lamplight
