#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "server_fixture.hpp"

namespace lamplight::http::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

class Requests : public ServerTest {};

TEST_F(Requests, AHandlerSeesTheRequestDecoded) {
  start([](Server& server) {
    server.route("GET", "/v1/alerts/{}", [](const Request& request, const ResponderPtr& responder) {
      EXPECT_EQ(request.method, "GET");
      EXPECT_EQ(request.target, "/v1/alerts/a%20b?area=%E5%8C%97&n=1+2&flag");
      EXPECT_EQ(request.path, "/v1/alerts/a b");
      EXPECT_THAT(request.captures, ElementsAre("a b"));
      EXPECT_THAT(request.query,
                  ElementsAre(Pair("area", "北"), Pair("n", "1 2"), Pair("flag", "")));
      EXPECT_EQ(request.query_value("n"), "1 2");
      EXPECT_EQ(request.header("X-COLOUR"), "blue");
      EXPECT_EQ(request.header("absent"), "");
      EXPECT_EQ(request.peer, "127.0.0.1");
      responder->answer(text(200, "seen"));
    });
  });

  const Reply reply =
      exchange(get("/v1/alerts/a%20b?area=%E5%8C%97&n=1+2&flag", "x-colour: blue\r\n"));

  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.body, "seen");
  EXPECT_EQ(reply.header("content-length"), "4");
}

TEST_F(Requests, BodiesArriveWholeHoweverTheyAreSent) {
  start();
  const std::string large(300'000, 'x');
  EXPECT_EQ(exchange(post("/echo", "small")).body, "small");
  EXPECT_EQ(exchange(post("/echo", "")).body, "");
  EXPECT_EQ(exchange(post("/echo", large)).body, large);
  EXPECT_EQ(exchange("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                     "5;ext=1\r\nhello\r\n1\r\n \r\n00005\r\nworld\r\n0\r\nTrailer: t\r\n\r\n")
                .body,
            "hello world");
}

TEST_F(Requests, ARequestMayComeByteByByte) {
  start();
  RawClient client(port());
  const std::string request = "\r\n" + post("/echo", "slow") +
                              "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                              "2\r\nab\r\n0\r\n\r\n";

  for (const char c : request) ASSERT_TRUE(client.send({&c, 1}));

  EXPECT_EQ(client.read_reply().value().body, "slow");
  EXPECT_EQ(client.read_reply().value().body, "ab");
}

TEST_F(Requests, PipelinedRequestsAreAnsweredInOrder) {
  start();
  RawClient client(port());
  std::string requests;
  for (int i = 0; i < 500; ++i) requests += post("/echo", "item " + std::to_string(i));

  std::thread sender([&] { client.send(requests); });

  for (int i = 0; i < 500; ++i) {
    ASSERT_EQ(client.read_reply().value_or(Reply{}).body, "item " + std::to_string(i));
  }
  sender.join();
}

TEST_F(Requests, AnswersMayComeFromAnotherThread) {
  std::vector<std::thread> threads;
  std::mutex mutex;
  start([&](Server& server) {
    server.route("POST", "/later", [&](const Request& request, ResponderPtr responder) {
      const std::lock_guard lock(mutex);
      threads.emplace_back([&request, responder = std::move(responder)] {
        responder->answer(text(202, std::string(request.body)));
      });
    });
  });
  RawClient client(port());

  for (int i = 0; i < 20; ++i) {
    client.send(post("/later", std::to_string(i)) + post("/later", "next"));
    EXPECT_EQ(client.read_reply().value_or(Reply{}).body, std::to_string(i));
    EXPECT_EQ(client.read_reply().value_or(Reply{}).body, "next");
  }

  for (auto& thread : threads) thread.join();
}

TEST_F(Requests, OnePostReleasesAnswersOfManyConnections) {
  Reports<ResponderPtr> waiting;
  start([&](Server& server) {
    server.route("POST", "/commit", [&](const Request&, ResponderPtr responder) {
      waiting.add(std::move(responder));
    });
  });
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(std::make_unique<RawClient>(port()));
    clients.back()->send(post("/commit", "x"));
  }

  for (const auto& responder : waiting.wait_for(100)) responder->answer(text(202, "durable"));

  for (auto& client : clients) EXPECT_EQ(client->read_reply().value_or(Reply{}).body, "durable");
}

TEST_F(Requests, HeadIsAnsweredLikeGetWithoutABody) {
  start();
  RawClient client(port());
  client.send("HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n" + get("/hello"));

  const Reply head = client.read_reply(true).value();
  EXPECT_EQ(head.status, 200U);
  EXPECT_EQ(head.header("Content-Length"), "5");
  EXPECT_EQ(client.read_reply().value().body, "hello");
}

TEST_F(Requests, ConnectionsAreKeptOrClosedAsTheClientAsks) {
  start();
  RawClient closing(port());
  closing.send(get("/hello", "Connection: close\r\n"));
  EXPECT_EQ(closing.read_reply().value().header("Connection"), "close");
  EXPECT_TRUE(closing.is_closed_by_server());

  RawClient old(port());
  old.send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.read_reply().value().body, "hello");
  EXPECT_TRUE(old.is_closed_by_server());

  RawClient old_kept(port());
  old_kept.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(old_kept.read_reply().value().header("Connection"), "keep-alive");
  old_kept.send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old_kept.read_reply().value().body, "hello");
}

TEST_F(Requests, AHalfClosedClientStillGetsItsAnswers) {
  start();
  RawClient client(port());
  client.send(post("/echo", "one") + post("/echo", "two"));
  client.close_sending();

  EXPECT_EQ(client.read_reply().value().body, "one");
  EXPECT_EQ(client.read_reply().value().body, "two");
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST_F(Requests, ContinueIsSaidOnlyWhenTheBodyIsWanted) {
  options_.limits.body_bytes = 100;
  start();
  RawClient client(port());
  client.send(
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_head().value().status, 100U);
  client.send("body");
  EXPECT_EQ(client.read_reply().value().body, "body");

  client.send(
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_reply().value().status, 413U);
}

TEST_F(Requests, RequestIdsAreGivenAndSaneOnesEchoed) {
  options_.id_seed = 0xABCDEF;
  start();
  const std::string given = exchange(get("/hello")).header("X-Request-Id");
  EXPECT_THAT(given, HasSubstr("0000000000abcdef-"));
  EXPECT_NE(exchange(get("/hello")).header("X-Request-Id"), given);
  EXPECT_EQ(exchange(get("/hello", "X-Request-Id: my.id_7-Z\r\n")).header("X-Request-Id"),
            "my.id_7-Z");
  EXPECT_THAT(exchange(get("/hello", "X-Request-Id: a\"b\r\n")).header("X-Request-Id"),
              HasSubstr("abcdef"));
  EXPECT_THAT(exchange(get("/hello", "X-Request-Id: " + std::string(65, 'a') + "\r\n"))
                  .header("X-Request-Id"),
              HasSubstr("abcdef"));
}

TEST_F(Requests, TheMoreLiteralRouteWins) {
  start([](Server& server) {
    const auto says = [](const char* word) {
      return [word](const Request&, const ResponderPtr& responder) {
        responder->answer(text(200, word));
      };
    };
    server.route("GET", "/a/{}/c", says("any"));
    server.route("GET", "/a/b/c", says("literal"));
    server.route("DELETE", "/a/{}", says("gone"));
  });
  EXPECT_EQ(exchange(get("/a/b/c")).body, "literal");
  EXPECT_EQ(exchange(get("/a/x/c")).body, "any");
  EXPECT_EQ(exchange(get("/a//c")).status, 404U);
  EXPECT_EQ(exchange(get("/a/x/c/")).status, 404U);
  const Reply wrong = exchange(get("/a/x"));
  EXPECT_EQ(wrong.status, 405U);
  EXPECT_EQ(wrong.header("Allow"), "DELETE");
}

TEST_F(Requests, ObserversHearOfEveryRequestByItsRoute) {
  start();
  exchange(post("/echo", "x"));
  exchange("BREW /echo HTTP/1.1\r\nHost: h\r\n\r\n");

  const auto seen = observer_.requests.wait_for(2);

  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].route, "/echo");
  EXPECT_EQ(seen[0].status, 200U);
  EXPECT_EQ(seen[1].route, "unmatched");
  EXPECT_EQ(seen[1].method, "other");
  EXPECT_EQ(seen[1].status, 405U);
  EXPECT_THAT(observer_.flights.wait_for(4), ElementsAre(1, -1, 1, -1));
}

TEST_F(Requests, SeveralThreadsShareThePort) {
  options_.threads = 3;
  start();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(exchange(get("/hello")).body, "hello");
}

TEST_F(Requests, ATakenPortIsNamed) {
  start();
  for (const unsigned threads : {1U, 2U}) {
    ServerOptions second;
    second.port = port();
    second.threads = threads;
    const auto started = make_server(second)->start();
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(started.error().code(), Code::kIo);
    EXPECT_THAT(started.error().message(), HasSubstr("127.0.0.1 port " + std::to_string(port())));
  }
}

class FixedClock final : public Clock {
 public:
  [[nodiscard]] TimeUs wall() const override { return {784'111'777'900'000}; }
  [[nodiscard]] std::int64_t monotonic_us() const override { return 0; }
};

TEST_F(Requests, AnAnswerIsDatedWhereTheServerHasAClock) {
  FixedClock clock;
  options_.clock = &clock;
  start();
  EXPECT_EQ(exchange(get("/hello")).header("Date"), "Sun, 06 Nov 1994 08:49:37 GMT");
  TearDown();
}

TEST_F(Requests, AnAnswerIsNotDatedWithoutAClock) {
  start();
  EXPECT_EQ(exchange(get("/hello")).header("Date"), "");
}

}  // namespace
}  // namespace lamplight::http::test
