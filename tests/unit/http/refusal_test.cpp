#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server_fixture.hpp"

namespace lamplight::http::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

struct Bad {
  const char* what;
  std::string bytes;
  unsigned status;
  const char* reason;
};

/// A route that would hand the request to a handler, were it let through.
class Refusals : public ServerTest {
 protected:
  void SetUp() override {
    options_.limits.body_bytes = 1000;
    start();
  }

  /// Sends a bad request with a good one behind it: the good one must never be looked at, or it was smuggled.
  void expect_refused_and_closed(const Bad& bad) {
    SCOPED_TRACE(bad.what);
    RawClient client(port());
    client.send(bad.bytes + get("/hello"));

    const auto reply = client.read_reply();
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, bad.status);
    EXPECT_EQ(reply->header("Content-Type"), "application/problem+json");
    EXPECT_EQ(reply->header("Connection"), "close");
    EXPECT_NE(reply->header("X-Request-Id"), "");
    EXPECT_THAT(reply->body,
                HasSubstr(std::string("\"type\":\"urn:lamplight:problem:") + bad.reason + "\""));
    EXPECT_TRUE(client.is_closed_by_server());
    EXPECT_THAT(observer_.refusals.now(), Contains(bad.reason));
  }
};

std::string head(std::string_view line, std::string_view fields = "Host: h\r\n") {
  return std::string(line) + "\r\n" + std::string(fields) + "\r\n";
}

TEST_F(Refusals, WhatTwoServersCouldReadDifferentlyIsRefusedAndTheConnectionClosed) {
  const std::string chunked = "Host: h\r\nTransfer-Encoding: chunked\r\n";
  const std::vector<Bad> smuggling{
      {"length and chunked",
       head("POST /echo HTTP/1.1", chunked + "Content-Length: 5\r\n") + "0\r\n\r\n", 400,
       "bad_framing"},
      {"chunked and length",
       head("POST /echo HTTP/1.1",
            "Host: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n") +
           "0\r\n\r\n",
       400, "bad_framing"},
      {"two equal lengths",
       head("POST /echo HTTP/1.1", "Host: h\r\nContent-Length: 2\r\nContent-Length: 2\r\n") + "ab",
       400, "bad_framing"},
      {"two unequal lengths",
       head("POST /echo HTTP/1.1", "Host: h\r\nContent-Length: 2\r\nContent-Length: 3\r\n") + "ab",
       400, "bad_framing"},
      {"a list of lengths",
       head("POST /echo HTTP/1.1", "Host: h\r\nContent-Length: 2, 2\r\n") + "ab", 400,
       "bad_framing"},
      {"a signed length", head("POST /echo HTTP/1.1", "Host: h\r\nContent-Length: +2\r\n") + "ab",
       400, "bad_framing"},
      {"a length beyond numbers",
       head("POST /echo HTTP/1.1", "Host: h\r\nContent-Length: 99999999999999999999\r\n"), 400,
       "bad_framing"},
      {"chunked twice",
       head("POST /echo HTTP/1.1", chunked + "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n", 400,
       "bad_framing"},
      {"another coding",
       head("POST /echo HTTP/1.1", "Host: h\r\nTransfer-Encoding: gzip, chunked\r\n") + "0\r\n\r\n",
       501, "unknown_transfer_encoding"},
      {"a coding with a tail",
       head("POST /echo HTTP/1.1", "Host: h\r\nTransfer-Encoding: xchunked\r\n") + "0\r\n\r\n", 501,
       "unknown_transfer_encoding"},
      {"chunked in HTTP/1.0", head("POST /echo HTTP/1.0", chunked) + "0\r\n\r\n", 400,
       "bad_framing"},
      {"a folded field", head("GET /hello HTTP/1.1", "Host: h\r\nX-A: 1\r\n Content-Length: 5\r\n"),
       400, "bad_header"},
      {"blank before the colon", head("GET /hello HTTP/1.1", "Host: h\r\nContent-Length : 5\r\n"),
       400, "bad_header"},
      {"a field without a colon", head("GET /hello HTTP/1.1", "Host: h\r\nnonsense\r\n"), 400,
       "bad_header"},
      {"a control character",
       head("GET /hello HTTP/1.1",
            "Host: h\r\nX: a\x01"
            "b\r\n"),
       400, "bad_header"},
      {"a lone CR", head("GET /hello HTTP/1.1", "Host: h\r\nX: a\rb\r\n"), 400, "bad_header"},
      {"lines that end with LF", "GET /hello HTTP/1.1\nHost: h\n\n", 400, "bad_request_line"},
      {"no Host", head("GET /hello HTTP/1.1", ""), 400, "bad_host"},
      {"two Hosts", head("GET /hello HTTP/1.1", "Host: a\r\nHost: a\r\n"), 400, "bad_host"},
      {"an unknown expectation",
       head("POST /echo HTTP/1.1", "Host: h\r\nContent-Length: 2\r\nExpect: tea\r\n"), 417,
       "unknown_expectation"},
  };
  for (const Bad& bad : smuggling) expect_refused_and_closed(bad);
  EXPECT_THAT(observer_.requests.now(), testing::IsEmpty()) << "no handler has seen any of them";
}

TEST_F(Refusals, BadChunksAreRefusedAndTheConnectionClosed) {
  const std::string start =
      head("POST /echo HTTP/1.1", "Host: h\r\nTransfer-Encoding: chunked\r\n");
  for (const char* chunks :
       {"x\r\n", "-1\r\n", " 2\r\nab\r\n", "0x2\r\nab\r\n", "2 \r\nab\r\n", "2\nab\r\n", "\r\n",
        "2\r\nabc\r\n", "2\r\nab\n", "fffffffffffffffff\r\n", "2;a\nb\r\nab\r\n",
        "0\r\n folded: x\r\n\r\n", "0\r\nX: 1\n\r\n", ";a=b\r\n"}) {
    expect_refused_and_closed({chunks, start + chunks, 400, "bad_chunk"});
  }
  expect_refused_and_closed(
      {"endless size line", start + "1;" + std::string(2000, 'x'), 400, "bad_chunk"});
  expect_refused_and_closed(
      {"endless trailers", start + "0\r\n" + std::string(9000, 'x'), 400, "bad_chunk"});
}

TEST_F(Refusals, MalformedTargetsAreRefused) {
  for (const char* target :
       {"http://h/hello", "h:443",     "*",         "hello",      "/%",       "/%2",
        "/%zz",           "/%00",      "/a%0d%0ab", "/%7f",       "/a%2fb",   "/a%2Fb",
        "/a%5cb",         "/a\\b",     "/..",       "/a/../b",    "/a/..",    "/./a",
        "/%2e%2e/etc",    "/a/%2E./b", "/a/.%2e",   "/a#b",       "/a\"b",    "/a<b",
        "/a|b",           "/%ff",      "/%c0%af",   "/%ed%a0%80", "/a?x=%00", "/a?x=%",
        "/a?%ff=1",       "/a?x=^"}) {
    expect_refused_and_closed(
        {target, head("GET " + std::string(target) + " HTTP/1.1"), 400, "bad_target"});
  }
}

TEST_F(Refusals, DotsThatAreNoSegmentsAndDoubleEncodingStayText) {
  EXPECT_EQ(exchange(get("/.well-known/a..b/...")).status, 404U);
  EXPECT_EQ(exchange(get("/%252e%252e/x")).status, 404U);
}

TEST_F(Refusals, BrokenRequestLinesAreRefused) {
  expect_refused_and_closed({"no version", head("GET /hello"), 400, "bad_request_line"});
  expect_refused_and_closed({"two blanks", head("GET  /hello HTTP/1.1"), 400, "bad_request_line"});
  expect_refused_and_closed({"HTTP/2.0", head("GET /hello HTTP/2.0"), 505, "bad_version"});
  expect_refused_and_closed({"HTTP/0.9", head("GET /hello HTTP/0.9"), 505, "bad_version"});
  expect_refused_and_closed({"no method", head(" /hello HTTP/1.1"), 400, "bad_request_line"});
  expect_refused_and_closed(
      {"8-bit target", head("GET /\xE5\x8C\x97 HTTP/1.1"), 400, "bad_target"});
  expect_refused_and_closed(
      {"a TLS hello", std::string("\x16\x03\x01\x02\x00", 5), 400, "bad_request_line"});
}

TEST_F(Refusals, SizesOverTheLimitsAreRefused) {
  expect_refused_and_closed(
      {"long target", "GET /" + std::string(9000, 'a'), 414, "target_too_long"});
  expect_refused_and_closed({"long fields",
                             head("GET /hello HTTP/1.1", "X: " + std::string(9000, 'a') + "\r\n"),
                             431, "header_too_large"});
  std::string many = "Host: h\r\n";
  for (int i = 0; i < 100; ++i) many += "A: b\r\n";
  expect_refused_and_closed(
      {"many fields", head("GET /hello HTTP/1.1", many), 431, "header_too_large"});
  expect_refused_and_closed({"long body",
                             head("POST /echo HTTP/1.1", "Host: h\r\nContent-Length: 1001\r\n"),
                             413, "body_too_large"});
  expect_refused_and_closed(
      {"long chunked body",
       head("POST /echo HTTP/1.1", "Host: h\r\nTransfer-Encoding: chunked\r\n") + "3e8\r\n" +
           std::string(1000, 'x') + "\r\n1\r\ny\r\n0\r\n\r\n",
       413, "body_too_large"});
  EXPECT_EQ(exchange(post("/echo", std::string(1000, 'x'))).status, 200U);
}

TEST_F(Refusals, ALargeUploadThatIsRefusedStillReadsItsAnswer) {
  RawClient client(port());
  client.send(head("POST /echo HTTP/1.1", "Host: h\r\nContent-Length: 1000000\r\n"));
  EXPECT_TRUE(client.send(std::string(1'000'000, 'x')))
      << "the server must not reset while we are sending";
  EXPECT_EQ(client.read_reply().value_or(Reply{}).status, 413U);
}

TEST_F(Refusals, UnknownPathsAndMethodsLeaveTheConnectionUsable) {
  RawClient client(port());
  client.send(get("/nowhere") + post("/nowhere", "with a body") + post("/hello", "x") +
              get("/hello"));

  const Reply first = client.read_reply().value();
  EXPECT_EQ(first.status, 404U);
  EXPECT_THAT(first.body, HasSubstr("urn:lamplight:problem:not_found"));
  EXPECT_THAT(first.body, HasSubstr("\"instance\":\"" + first.header("X-Request-Id") + "\""));
  EXPECT_EQ(client.read_reply().value().status, 404U);
  const Reply third = client.read_reply().value();
  EXPECT_EQ(third.status, 405U);
  EXPECT_EQ(third.header("Allow"), "GET, HEAD");
  EXPECT_EQ(client.read_reply().value().body, "hello");
}

TEST_F(Refusals, ABodyWithoutALengthIsRefused) {
  EXPECT_EQ(exchange(head("POST /echo HTTP/1.1")).status, 411U);
}

TEST_F(Refusals, ARequestThatEndsInTheMiddleIsToldSo) {
  for (const std::string& part :
       {std::string("GET /hel"), std::string("GET /hello HTTP/1.1\r\nHost"),
        head("POST /echo HTTP/1.1", "Host: h\r\nContent-Length: 10\r\n") + "abc"}) {
    RawClient client(port());
    client.send(part);
    client.close_sending();
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply.has_value()) << part;
    EXPECT_EQ(reply->status, 400U);
    EXPECT_THAT(reply->body, HasSubstr("truncated"));
    EXPECT_TRUE(client.is_closed_by_server());
  }
}

TEST_F(Refusals, NoAnswerQuotesTheRequest) {
  const Reply reply = exchange(get("/secret-path?name=secret-value", "X-Secret: secret-field\r\n"));
  EXPECT_THAT(reply.body, Not(HasSubstr("secret")));
}

class HandlerFailures : public ServerTest {};

TEST_F(HandlerFailures, AHandlerThatThrowsGivesA500WithoutItsWords) {
  start([](Server& server) {
    server.route("GET", "/throw",
                 [](const Request&, const ResponderPtr&) { throw std::runtime_error("secret"); });
  });
  const Reply reply = exchange(get("/throw"));
  EXPECT_EQ(reply.status, 500U);
  EXPECT_THAT(reply.body, Not(HasSubstr("secret")));
  EXPECT_EQ(exchange(get("/hello")).body, "hello");
}

TEST_F(HandlerFailures, ADroppedResponderGivesA500) {
  start([](Server& server) {
    server.route("GET", "/forget", [](const Request&, const ResponderPtr&) {});
  });
  const Reply reply = exchange(get("/forget"));
  EXPECT_EQ(reply.status, 500U);
  EXPECT_THAT(reply.body, HasSubstr("no_answer"));
}

TEST_F(HandlerFailures, OnlyTheFirstAnswerCounts) {
  start([](Server& server) {
    server.route("GET", "/twice", [](const Request&, const ResponderPtr& responder) {
      responder->answer(text(200, "first"));
      responder->answer(text(500, "second"));
      responder->begin(text(500, ""));
      EXPECT_EQ(responder->write("third"), 0U);
      responder->end();
    });
  });
  RawClient client(port());
  client.send(get("/twice") + get("/hello"));
  EXPECT_EQ(client.read_reply().value().body, "first");
  EXPECT_EQ(client.read_reply().value().body, "hello");
}

TEST_F(HandlerFailures, AHeaderCannotBreakOutOfItsLine) {
  start([](Server& server) {
    server.route("GET", "/split", [](const Request&, const ResponderPtr& responder) {
      Response response = text(200, "whole");
      response.headers = {{"X-Good", "yes"}, {"X-Bad", "a\r\nSet-Cookie: b"}, {"X Bad", "c"}};
      responder->answer(std::move(response));
    });
  });
  const Reply reply = exchange(get("/split"));
  EXPECT_EQ(reply.header("X-Good"), "yes");
  EXPECT_EQ(reply.header("X-Bad"), "");
  EXPECT_EQ(reply.header("Set-Cookie"), "");
  EXPECT_EQ(reply.body, "whole");
}

}  // namespace
}  // namespace lamplight::http::test
