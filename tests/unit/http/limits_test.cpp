#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>

#include "server_fixture.hpp"

namespace lamplight::http::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TimeLimits : public ServerTest {
 protected:
  static constexpr std::int64_t kShortMs = 50;

  void expect_timed_out(RawClient& client, unsigned status, const char* reason) {
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, status);
    EXPECT_THAT(reply->body, HasSubstr(reason));
    EXPECT_TRUE(client.is_closed_by_server());
    EXPECT_THAT(observer_.refusals.now(), Contains(reason));
  }
};

TEST_F(TimeLimits, AHeadThatDoesNotEndInTimeIsToldSo) {
  options_.limits.header_timeout_ms = kShortMs;
  start();
  RawClient client(port());
  client.send("GET /hello HTTP/1.1\r\nHost: h\r\n");
  expect_timed_out(client, 408, "header_timeout");
}

TEST_F(TimeLimits, AByteNowAndThenDoesNotStretchTheTimeForTheHead) {
  options_.limits.header_timeout_ms = kShortMs;
  start();
  RawClient client(port());
  client.send("GET /hello HTTP/1.1\r\nX: ");

  // A byte a millisecond, until the server has had enough.
  int bytes = 0;
  while (!client.wait_readable(1) && ++bytes < 4000) client.send("x");
  EXPECT_LT(bytes, 4000) << "every byte bought more time";
  expect_timed_out(client, 408, "header_timeout");
}

TEST_F(TimeLimits, ABodyThatStopsArrivingIsToldSo) {
  options_.limits.body_timeout_ms = kShortMs;
  start();
  RawClient client(port());
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  expect_timed_out(client, 408, "body_timeout");
}

TEST_F(TimeLimits, AByteNowAndThenDoesNotStretchTheTimeForABody) {
  options_.limits.body_timeout_ms =
      8 * kShortMs;  // far more than a machine's hiccup between two bytes
  start();
  RawClient client(port());
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");

  int bytes = 0;
  while (!client.wait_readable(1) && ++bytes < 4000) client.send("x");
  EXPECT_LT(bytes, 4000) << "every byte bought more time";
  expect_timed_out(client, 408, "body_too_slow");
}

TEST_F(TimeLimits, ABodyThatComesFastEnoughMayTakeLongerThanTheTimeWithoutAByte) {
  options_.limits.body_timeout_ms = 2 * kShortMs;
  options_.limits.body_bytes_per_s = 5'000;
  start();
  RawClient client(port());
  const std::string body(3000, 'x');  // 600 ms at that rate
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3000\r\n\r\n");
  for (std::size_t at = 0; at < body.size(); at += 100) {
    EXPECT_FALSE(client.wait_readable(5)) << "after " << at << " bytes";
    client.send(body.substr(at, 100));
  }
  EXPECT_EQ(client.read_reply().value_or(Reply{}).body, body);
}

TEST_F(TimeLimits, AnIdleConnectionIsClosedWithoutAWord) {
  options_.limits.idle_timeout_ms = kShortMs;
  start();
  RawClient fresh(port());
  EXPECT_TRUE(fresh.is_closed_by_server());
  RawClient used(port());
  used.send(get("/hello"));
  EXPECT_EQ(used.read_reply().value().body, "hello");
  EXPECT_TRUE(used.is_closed_by_server());
}

TEST_F(TimeLimits, ASilentHandlerGivesA503AndItsLateAnswerGoesNowhere) {
  options_.limits.answer_timeout_ms = kShortMs;
  Reports<ResponderPtr> kept;
  start([&](Server& server) {
    server.route("POST", "/silent",
                 [&](const Request&, ResponderPtr responder) { kept.add(std::move(responder)); });
  });
  RawClient client(port());
  client.send(post("/silent", "x"));
  expect_timed_out(client, 503, "answer_timeout");

  const ResponderPtr late = kept.wait_for(1).at(0);
  EXPECT_TRUE(late->gone());
  late->answer(text(200, "late"));
  EXPECT_EQ(exchange(get("/hello")).body, "hello");
  EXPECT_THAT(observer_.requests.wait_for(1).at(0).status, 503U);
}

TEST_F(TimeLimits, AClientThatTakesNothingOfItsAnswerIsCut) {
  options_.limits.write_timeout_ms = kShortMs;
  start([](Server& server) {
    server.route("GET", "/large", [](const Request&, const ResponderPtr& responder) {
      responder->answer(text(200, std::string(32U << 20, 'x')));
    });
  });
  RawClient client(port(), 4096);
  client.send(get("/large"));
  EXPECT_THAT(observer_.refusals.wait_for(1), Contains("write_timeout"));
  const auto reply = client.read_reply();
  EXPECT_TRUE(!reply || reply->cut);
}

class ConnectionLimits : public ServerTest {};

TEST_F(ConnectionLimits, OneTooManyIsToldSoWhileAllAreBusyAndAPlaceFreedIsUsedAgain) {
  options_.limits.connections = 2;
  Reports<ResponderPtr> kept;
  start([&](Server& server) {
    server.route("GET", "/later",
                 [&](const Request&, ResponderPtr responder) { kept.add(std::move(responder)); });
  });
  auto first = std::make_unique<RawClient>(port());
  RawClient second(port());
  first->send(get("/later"));
  second.send(get("/later"));
  const std::vector<ResponderPtr> busy = kept.wait_for(2);

  RawClient third(port());
  const Reply refused = third.read_reply().value();
  EXPECT_EQ(refused.status, 503U);
  EXPECT_EQ(refused.header("Retry-After"), "1");
  EXPECT_THAT(refused.body, HasSubstr("too_many_connections"));
  EXPECT_THAT(observer_.refusals.now(), ElementsAre("too_many_connections"));

  for (const ResponderPtr& responder : busy) responder->answer(text(200, "now"));
  first->read_reply();
  first->send(get("/hello", "Connection: close\r\n"));
  first->read_reply();
  EXPECT_TRUE(first->is_closed_by_server());
  // The server frees the place before it closes the socket, so the next one finds it.
  EXPECT_EQ(exchange(get("/hello")).body, "hello");
}

TEST_F(ConnectionLimits, ANewcomerTakesThePlaceOfTheOneThatHasBeenIdleForLongest) {
  options_.limits.connections = 2;
  start();
  RawClient oldest(port());
  oldest.send(get("/hello"));
  oldest.read_reply();
  RawClient newer(port());
  newer.send(get("/hello"));
  newer.read_reply();

  EXPECT_EQ(exchange(get("/hello", "Connection: close\r\n")).body, "hello");

  EXPECT_TRUE(oldest.is_closed_by_server());
  EXPECT_THAT(observer_.refusals.now(), ElementsAre("displaced"));
  newer.send(get("/hello"));
  EXPECT_EQ(newer.read_reply().value_or(Reply{}).body, "hello");
}

TEST_F(ConnectionLimits, ANewcomerTakesThePlaceOfAHeadThatDoesNotEnd) {
  options_.limits.connections = 1;
  start();
  RawClient slow(port());
  slow.send("GET /hello HTTP/1.1\r\nHo");

  EXPECT_EQ(exchange(get("/hello")).body, "hello");
  EXPECT_TRUE(slow.is_closed_by_server());
}

TEST_F(ConnectionLimits, AreCountedByAddress) {
  options_.limits.connections_per_address = 1;
  start();
  RawClient first(port());
  first.send(get("/hello"));
  first.read_reply();
  EXPECT_THAT(exchange(get("/hello")).body, HasSubstr("too_many_connections_from_address"));
}

TEST_F(ConnectionLimits, ThousandsOfIdleAndHalfSentOnesDoNotHoldUpAGoodOne) {
  constexpr std::size_t kCrowd = 2000;
  rlimit files{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &files), 0);
  files.rlim_cur = files.rlim_max;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &files), 0);
  if (files.rlim_cur < 2 * kCrowd + 100)
    GTEST_SKIP() << "needs " << 2 * kCrowd + 100 << " open files";
  start();
  std::vector<std::unique_ptr<RawClient>> crowd;
  for (std::size_t i = 0; i < kCrowd; ++i) {
    crowd.push_back(std::make_unique<RawClient>(port()));
    if (i % 2 == 0) crowd.back()->send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Le");
  }

  RawClient good(port());
  for (int i = 0; i < 100; ++i) {
    good.send(post("/echo", std::to_string(i)));
    ASSERT_EQ(good.read_reply().value_or(Reply{}).body, std::to_string(i));
  }

  // None was dropped for it: each can still finish what it began.
  for (std::size_t i = 0; i < kCrowd; i += 400) {
    crowd[i]->send("ngth: 2\r\n\r\nok");
    EXPECT_EQ(crowd[i]->read_reply().value_or(Reply{}).body, "ok");
  }
}

}  // namespace
}  // namespace lamplight::http::test
