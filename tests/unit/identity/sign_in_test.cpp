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
  SignInLimits limits{random_,
                      {.name_in_network_burst = 5,
                       .name_in_network_every_us = 60 * kSecond,
                       .name_burst = 40,
                       .name_every_us = 30 * kSecond,
                       .address_burst = 20,
                       .address_every_us = 10 * kSecond}};
};

TEST_F(Limits, ANameMayTryFiveTimesFromANetworkAndThenOnceAMinute) {
  EXPECT_EQ(taken("wang", "10.0.0.1", 100, kStart), 5);
  EXPECT_EQ(taken("wang", "10.0.0.2", 100, kStart + 59 * kSecond), 0) << "from any address of it";
  EXPECT_EQ(taken("wang", "10.0.0.1", 100, kStart + 60 * kSecond), 1);
  EXPECT_EQ(taken("wang", "10.0.0.1", 100, kStart + 3600 * kSecond), 5) << "no more are saved up";
}

TEST_F(Limits, WhoGuessesInOneNetworkHoldsUpNobodyInAnother) {
  EXPECT_EQ(taken("wang", "10.0.0.1", 100, kStart), 5);
  EXPECT_EQ(limits.attempt("wang", "10.0.1.1", kStart), 0);
  EXPECT_EQ(limits.attempt("wang", "2001:db8::1", kStart), 0);
}

TEST_F(Limits, ANameMayTryFortyTimesFromAllNetworksTogether) {
  int count = 0;
  for (int i = 0; i < 20; ++i)
    count += taken("wang", "10.0." + std::to_string(i) + ".1", 5, kStart);
  EXPECT_EQ(count, 40);
  EXPECT_EQ(limits.attempt("wang", "10.1.0.1", kStart), 30 * kSecond);
  EXPECT_EQ(limits.attempt("li", "10.1.0.1", kStart), 0) << "another name is another";
  count = 0;
  for (int i = 0; i < 20; ++i)
    count += taken("wang", "10.2." + std::to_string(i) + ".1", 5, kStart + 300 * kSecond);
  EXPECT_EQ(count, 10) << "one every half a minute";
}

TEST_F(Limits, AnAddressMayTryTwentyNames) {
  int count = 0;
  for (int i = 0; i < 100; ++i) count += taken("name" + std::to_string(i), "10.0.0.1", 1, kStart);
  EXPECT_EQ(count, 20);
  EXPECT_EQ(taken("another", "10.0.0.2", 1, kStart), 1);
}

TEST_F(Limits, ANetworkOfVersion6IsOneAddress) {
  for (auto* const of : {sender_of, network_of}) {
    EXPECT_EQ(of("2001:db8:1:2:aaaa::1"), of("2001:db8:1:2::ffff"));
    EXPECT_NE(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    EXPECT_EQ(of("::ffff:10.0.0.1"), of("10.0.0.1")) << "as a listener for both versions has it";
    EXPECT_EQ(of("no address"), "no address");
  }
  EXPECT_EQ(sender_of("::ffff:10.0.0.1"), "10.0.0.1");
  EXPECT_NE(sender_of("10.0.0.1"), sender_of("10.0.0.2"));
  EXPECT_EQ(network_of("10.0.0.1"), network_of("10.0.0.254"));
  EXPECT_NE(network_of("10.0.0.1"), network_of("10.0.1.1"));
  int count = 0;
  for (int i = 0; i < 100; ++i)
    count += taken("name" + std::to_string(i), "2001:db8::" + std::to_string(i + 1), 1, kStart);
  EXPECT_EQ(count, 20) << "whoever holds a whole network is no more than one";
}

TEST_F(Limits, SaysHowLongToWait) {
  EXPECT_EQ(taken("wang", "10.0.0.1", 5, kStart), 5);
  EXPECT_EQ(limits.attempt("wang", "10.0.0.1", kStart + kSecond), 59 * kSecond);
}

TEST_F(Limits, WhoSignsInIsNotHeldUp) {
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(limits.attempt("wang", "10.0.0.1", kStart), 0);
    limits.give_back("wang", "10.0.0.1");
  }
}

class SessionsTest : public ::testing::Test {
 protected:
  sim::SeededRandom random_{2};
  std::string open(const std::string& officer) {
    return sessions.open({officer, Offset{7}}, kStart);
  }
  /// Whom the token stands for; empty when it is not good.
  std::string who(std::string_view token, std::int64_t now_us = kStart) {
    const auto known = sessions.find(token, now_us);
    return known ? known->officer : "";
  }
  Sessions sessions{random_, {100 * kSecond, 2, 3}};
};

TEST_F(SessionsTest, ATokenIsGoodForItsTime) {
  const std::string token = open("wang");
  EXPECT_EQ(token.size(), 64U);
  EXPECT_EQ(who(token, kStart + 99 * kSecond), "wang");
  EXPECT_EQ(who(token, kStart + 100 * kSecond), "");
  sessions.sweep(kStart + 100 * kSecond);
  EXPECT_EQ(sessions.size(), 0U);
}

TEST_F(SessionsTest, KnowsAsOfWhatTheOfficerSignedIn) {
  EXPECT_EQ(sessions.find(open("wang"), kStart), (Sessions::Known{"wang", Offset{7}}));
}

TEST_F(SessionsTest, NoOtherTokenIsGood) {
  std::string token = open("wang");
  token.back() = token.back() == '0' ? '1' : '0';
  EXPECT_EQ(who(token, kStart), "");
  EXPECT_EQ(who("", kStart), "");
  EXPECT_EQ(who(std::string(10'000, 'a'), kStart), "");
}

TEST_F(SessionsTest, WhoSignsOutIsOut) {
  const std::string token = open("wang");
  sessions.close(token);
  sessions.close("unknown");
  EXPECT_EQ(who(token, kStart), "");
}

TEST_F(SessionsTest, TheOldestMakesRoom) {
  const std::string first = open("wang");
  const std::string second = open("wang");
  const std::string third = open("wang");
  EXPECT_EQ(who(first, kStart), "") << "two an officer";
  EXPECT_EQ(who(third, kStart), "wang");
  const std::string other = open("li");
  const std::string another = open("chen");
  EXPECT_EQ(who(second, kStart), "") << "three in all";
  EXPECT_EQ(who(other, kStart), "li");
  EXPECT_EQ(who(another, kStart), "chen");
  EXPECT_EQ(sessions.size(), 3U);
}

}  // namespace
}  // namespace lamplight::identity
