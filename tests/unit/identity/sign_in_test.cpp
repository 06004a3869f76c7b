#include <gtest/gtest.h>

#include "identity/sessions.hpp"
#include "identity/sign_in_limits.hpp"
#include "sim/seeded_random.hpp"

namespace lamplight::identity {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kStart = 5 * kSecond;  // a machine that has just been switched on

class Limits : public ::testing::Test {
 protected:
  /// Attempts that are taken, of so many at once.
  int taken(const std::string& name, const std::string& address, int attempts,
            std::int64_t now_us) {
    int count = 0;
    for (int i = 0; i < attempts; ++i) count += limits.attempt(name, address, now_us) == 0 ? 1 : 0;
    return count;
  }
  sim::SeededRandom random_{1};
  SignInLimits limits{random_, {5, 60 * kSecond, 20, 10 * kSecond}};
};

TEST_F(Limits, ANameMayTryFiveTimesAndThenOnceAMinute) {
  EXPECT_EQ(taken("wang", "10.0.0.1", 100, kStart), 5);
  EXPECT_EQ(taken("wang", "10.0.0.2", 100, kStart + 59 * kSecond), 0) << "from any address";
  EXPECT_EQ(taken("wang", "10.0.0.1", 100, kStart + 60 * kSecond), 1);
  EXPECT_EQ(taken("wang", "10.0.0.1", 100, kStart + 3600 * kSecond), 5) << "no more are saved up";
}

TEST_F(Limits, AnAddressMayTryTwentyNames) {
  int count = 0;
  for (int i = 0; i < 100; ++i) count += taken("name" + std::to_string(i), "10.0.0.1", 1, kStart);
  EXPECT_EQ(count, 20);
  EXPECT_EQ(taken("another", "10.0.0.2", 1, kStart), 1);
}

TEST_F(Limits, SaysHowLongToWait) {
  EXPECT_EQ(taken("wang", "10.0.0.1", 5, kStart), 5);
  EXPECT_EQ(limits.attempt("wang", "10.0.0.1", kStart + kSecond), 59 * kSecond);
}

TEST_F(Limits, WhoSignsInIsNotHeldUp) {
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(limits.attempt("wang", "10.0.0.1", kStart), 0);
    limits.succeeded("wang", "10.0.0.1");
  }
}

class SessionsTest : public ::testing::Test {
 protected:
  sim::SeededRandom random_{2};
  Sessions sessions{random_, {100 * kSecond, 2, 3}};
};

TEST_F(SessionsTest, ATokenIsGoodForItsTime) {
  const std::string token = sessions.open("wang", kStart);
  EXPECT_EQ(token.size(), 64U);
  EXPECT_EQ(sessions.find(token, kStart + 99 * kSecond), "wang");
  EXPECT_EQ(sessions.find(token, kStart + 100 * kSecond), std::nullopt);
  sessions.sweep(kStart + 100 * kSecond);
  EXPECT_EQ(sessions.size(), 0U);
}

TEST_F(SessionsTest, NoOtherTokenIsGood) {
  std::string token = sessions.open("wang", kStart);
  token.back() = token.back() == '0' ? '1' : '0';
  EXPECT_EQ(sessions.find(token, kStart), std::nullopt);
  EXPECT_EQ(sessions.find("", kStart), std::nullopt);
  EXPECT_EQ(sessions.find(std::string(10'000, 'a'), kStart), std::nullopt);
}

TEST_F(SessionsTest, WhoSignsOutIsOut) {
  const std::string token = sessions.open("wang", kStart);
  sessions.close(token);
  sessions.close("unknown");
  EXPECT_EQ(sessions.find(token, kStart), std::nullopt);
}

TEST_F(SessionsTest, TheOldestMakesRoom) {
  const std::string first = sessions.open("wang", kStart);
  const std::string second = sessions.open("wang", kStart);
  const std::string third = sessions.open("wang", kStart);
  EXPECT_EQ(sessions.find(first, kStart), std::nullopt) << "two an officer";
  EXPECT_EQ(sessions.find(third, kStart), "wang");
  const std::string other = sessions.open("li", kStart);
  const std::string another = sessions.open("chen", kStart);
  EXPECT_EQ(sessions.find(second, kStart), std::nullopt) << "three in all";
  EXPECT_EQ(sessions.find(other, kStart), "li");
  EXPECT_EQ(sessions.find(another, kStart), "chen");
  EXPECT_EQ(sessions.size(), 3U);
}

}  // namespace
}  // namespace lamplight::identity
