#include "http_call.hpp"

#include <gmock/gmock.h>

#include "http/server.hpp"

namespace lamplight::cli {
namespace {

using ::testing::HasSubstr;

/// Answers with what it was told, and what it was sent.
class HttpCall : public ::testing::Test {
 protected:
  HttpCall() {
    server->route("POST", "/echo", [](const http::Request& request, http::ResponderPtr responder) {
      http::Response response;
      response.content_type = "text/plain";
      response.body = std::string(request.header("Content-Type")) + "|" + std::string(request.body);
      responder->answer(response);
    });
    server->route("GET", "/long", [](const http::Request&, http::ResponderPtr responder) {
      http::Response response;
      response.body.assign(200'000, 'x');
      responder->answer(response);
    });
    EXPECT_TRUE(server->start());
  }
  ~HttpCall() override { server->stop(1000); }
  [[nodiscard]] std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(server->port()) + path;
  }

  std::unique_ptr<http::Server> server = http::make_server({});
};

TEST_F(HttpCall, SendsABodyWhole) {
  const auto answer = http_call(
      {.method = "POST", .url = url("/echo"), .content_type = "text/toml", .body = "a = 1"});

  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->content_type, "text/plain");
  EXPECT_EQ(answer->body, "text/toml|a = 1");
}

TEST_F(HttpCall, SendsWhatASourceGivesInChunks) {
  HttpRequest request{.method = "POST", .url = url("/echo"), .content_type = "text/plain"};
  int left = 3;
  request.source = [&left](char* into, std::size_t) -> std::size_t {
    if (left-- <= 0) return 0;
    into[0] = 'x';
    into[1] = 'y';
    return 2;
  };

  EXPECT_EQ(http_call(request)->body, "text/plain|xyxyxy");
}

TEST_F(HttpCall, AnAnswerOfAnyStatusIsAValue) {
  const auto answer = http_call({.url = url("/nowhere")});

  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 404);
}

TEST_F(HttpCall, AnAnswerOverTheLimitIsRefused) {
  const auto answer = http_call({.url = url("/long"), .answer_limit = 100'000});

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), Code::kTooLarge);
}

TEST_F(HttpCall, HandsAnAnswerOnAsItComesAndKeepsItsBeginning) {
  HttpRequest request{.url = url("/long")};
  std::size_t seen = 0;
  request.on_answer = [&seen](std::string_view piece) { seen += piece.size(); };

  const auto answer = http_call(request);

  EXPECT_EQ(seen, 200'000U);
  EXPECT_EQ(answer->body.size(), 65'536U);
}

TEST_F(HttpCall, NobodyThereSaysWhereAndWhatToDo) {
  server->stop(1000);

  const auto answer = http_call({.url = url("/echo")});

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), Code::kUnavailable);
  EXPECT_THAT(answer.error().message(), HasSubstr("http://127.0.0.1:"));
  EXPECT_THAT(answer.error().message(), HasSubstr("lamplight up"));
}

TEST(Problem, IsToldWithItsFields) {
  HttpAnswer answer;
  answer.status = 422;
  answer.body = R"({"title":"Not an alert","detail":"1 rule broken","errors":[
      {"pointer":"/area","rule":"required","hint":"say where"}]})";

  EXPECT_EQ(describe_problem(answer),
            "status 422: Not an alert: 1 rule broken\n  /area breaks required: say where");
}

TEST(Problem, AnythingElseIsShownAsItCame) {
  HttpAnswer answer;
  answer.status = 502;
  answer.body = "Bad Gateway";

  EXPECT_EQ(describe_problem(answer), "status 502: Bad Gateway");
}

TEST(QueryEscape, LeavesOnlyPlainCharacters) {
  EXPECT_EQ(query_escape("2022-06-25..2022-08-25"), "2022-06-25..2022-08-25");
  EXPECT_EQ(query_escape("a b+c&d"), "a%20b%2Bc%26d");
}

}  // namespace
}  // namespace lamplight::cli
