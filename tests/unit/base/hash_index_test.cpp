#include "base/hash_index.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <unordered_map>
#include <vector>

namespace lamplight {
namespace {

TEST(HashIndex, FindsNothingInAnEmptyOne) {
  const HashIndex index;
  EXPECT_EQ(index.find(7, [](std::uint32_t) { return true; }), HashIndex::kNone);
}

TEST(HashIndex, ThatOfOneHashAreToldApartByTheCaller) {
  HashIndex index;
  for (std::uint32_t number = 0; number < 100; ++number) index.insert(42, number);

  for (std::uint32_t number = 0; number < 100; ++number)
    EXPECT_EQ(index.find(42, [&](std::uint32_t n) { return n == number; }), number);
  EXPECT_EQ(index.find(42, [](std::uint32_t) { return false; }), HashIndex::kNone);
  EXPECT_EQ(index.find(43, [](std::uint32_t) { return true; }), HashIndex::kNone);
}

TEST(HashIndex, TellsWhatFindWillCompareFirst) {
  HashIndex index;
  index.prefetch(42);  // of an empty one too
  EXPECT_EQ(index.likely(42), HashIndex::kNone);

  index.insert(42, 7);
  index.insert(42, 8);
  index.prefetch(42);

  std::uint32_t first = HashIndex::kNone;
  static_cast<void>(index.find(42, [&](std::uint32_t number) {
    first = number;
    return true;
  }));
  EXPECT_EQ(index.likely(42), 7U);
  EXPECT_EQ(index.likely(42), first);
  EXPECT_EQ(index.likely(43), HashIndex::kNone);
}

TEST(HashIndex, AgreesWithAMapThroughItsGrowth) {
  std::mt19937_64 dice(1);
  HashIndex index;
  std::unordered_map<std::uint64_t, std::uint32_t> map;
  std::vector<std::uint64_t> hashes;
  for (std::uint32_t number = 0; number < 20'000; ++number) {
    const std::uint64_t hash = dice() % 40'000 << 20;  // some come twice; low bits alike
    if (!map.try_emplace(hash, number).second) continue;
    hashes.resize(number + 1);
    hashes[number] = hash;
    index.insert(hash, number);
  }
  for (std::uint64_t at = 0; at < 40'000; ++at) {
    const std::uint64_t hash = at << 20;
    const auto known = map.find(hash);
    ASSERT_EQ(index.find(hash, [&](std::uint32_t n) { return hashes[n] == hash; }),
              known == map.end() ? HashIndex::kNone : known->second);
  }
}

}  // namespace
}  // namespace lamplight
