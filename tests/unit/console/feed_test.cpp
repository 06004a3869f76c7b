#include "over_http.hpp"

namespace lamplight::console::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Reads server-sent events as they come.
class FeedReader {
 public:
  FeedReader(std::uint16_t port, const std::string& token, const std::string& extra = {})
      : connection_(port) {
    connection_.send("GET /v1/feed HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer " + token +
                     "\r\n" + extra + "\r\n");
  }
  /// Everything that has come once `wanted` is among it, or the connection has ended.
  const std::string& until(std::string_view wanted) {
    while (text_.find(wanted) == std::string::npos && connection_.receive_some(text_)) {
    }
    return text_;
  }

 private:
  HttpConnection connection_;
  std::string text_;
};

class Feed : public OverHttp {
 protected:
  Feed() {
    add_officer(log, kWang, {"auditor"});
    add_officer(log, kLi, {"community_officer"});
  }
};

TEST_F(Feed, ChangesComeInLogOrderWithTheirOffsets) {
  append(log, {.number = 1});
  start();
  FeedReader reader(server->port(), token_of(kWang));
  reader.until("retry:");

  happens([&] {
    append(log, {.number = 2});
    append(log, {.number = 1, .version = 2, .state = "dispatch"}, kCaseAssessed);
  });

  const std::string text = reader.until("id: 5\n");
  EXPECT_THAT(text, HasSubstr("Content-Type: text/event-stream"));
  EXPECT_THAT(text, HasSubstr("id: 4\nevent: inner.opened\ndata: {\"offset\":4,"));
  EXPECT_THAT(text, Not(HasSubstr("id: 3\n"))) << "what was before is not news";
  EXPECT_LT(text.find("id: 4\n"), text.find("id: 5\n"));
  EXPECT_EQ(metric("lamplight_console_feeds"), 1);
}

TEST_F(Feed, WhoComesBackMissesNothingAndSeesNothingTwice) {
  for (int i = 1; i <= 20; ++i) append(log, {.number = i});
  start();
  FeedReader reader(server->port(), token_of(kWang), "Last-Event-ID: 12\r\n");

  const std::string text = reader.until("id: 22\n");

  EXPECT_THAT(text, Not(HasSubstr("id: 12\n")));
  for (int offset = 13; offset <= 22; ++offset) {
    const std::string id = "id: " + std::to_string(offset) + "\n";
    const std::size_t at = text.find(id);
    ASSERT_NE(at, std::string::npos) << offset;
    EXPECT_EQ(text.find(id, at + 1), std::string::npos) << offset;
  }
}

TEST_F(Feed, ShowsWhatTheOfficerMaySee) {
  start();
  FeedReader reader(server->port(), token_of(kLi), "Last-Event-ID: 1\r\n");
  happens([&] {
    append(log, {.number = 1, .owner = kWang});
    append(log, {.number = 2, .owner = kLi});
  });
  const std::string text = reader.until("id: 4\n");
  EXPECT_THAT(text, Not(HasSubstr(to_uuid(case_id(1)))));
  EXPECT_THAT(text, HasSubstr(to_uuid(case_id(2))));
}

TEST_F(Feed, EndsWithTheSession) {
  start();
  const std::string token = token_of(kWang);
  FeedReader reader(server->port(), token);
  reader.until("retry:");
  EXPECT_EQ(send("DELETE", "/v1/session", token).status, 204U);
  EXPECT_THAT(reader.until("\r\n0\r\n"), HasSubstr("\r\n0\r\n"));
}

TEST_F(Feed, BeatsWhenNothingHappens) {
  start();
  FeedReader reader(server->port(), token_of(kWang));
  reader.until("retry:");
  clock.now_us += 15'000'000;
  EXPECT_THAT(reader.until(": here\n"), HasSubstr(": here\n"));
}

TEST_F(Feed, WhoComesBackFromAfarGetsAllOfItRoundByRound) {
  options.feeds.changes_a_round = 7;
  for (int i = 0; i < 500; ++i) append(log, {.number = 1 + i % 250, .version = 1 + i / 250});
  start();
  const std::string token = token_of(kWang);
  FeedReader one(server->port(), token, "Last-Event-ID: 0\r\n");
  FeedReader other(server->port(), token, "Last-Event-ID: 250\r\n");
  for (FeedReader* reader : {&one, &other}) {
    const std::string text = reader->until("id: 502\n");
    std::size_t at = 0;
    for (int offset = reader == &one ? 3 : 251; offset <= 502; ++offset) {
      at = text.find("id: " + std::to_string(offset) + "\n", at);
      ASSERT_NE(at, std::string::npos) << offset << ", in this order";
    }
  }
}

TEST_F(Feed, OneOfficerLeavesPlacesForOthers) {
  options.feeds.per_officer = 2;
  start();
  std::vector<std::unique_ptr<FeedReader>> readers;
  for (int i = 0; i < 2; ++i) {
    readers.push_back(std::make_unique<FeedReader>(server->port(), token_of(kWang)));
    readers.back()->until("retry:");
  }
  EXPECT_EQ(get("/v1/feed", token_of(kWang)).status, 503U) << "whatever session it is";
  FeedReader other(server->port(), token_of(kLi));
  EXPECT_THAT(other.until("retry:"), HasSubstr("200 OK"));
}

TEST_F(Feed, OnesTooManyAndIdsThatAreNoneAreRefused) {
  options.feeds.most = 1;
  start();
  const std::string token = token_of(kWang);
  FeedReader first(server->port(), token);
  first.until("retry:");
  EXPECT_EQ(get("/v1/feed", token).status, 503U);
  EXPECT_EQ(get("/v1/feed", token, "Last-Event-ID: x\r\n").status, 422U);
  EXPECT_EQ(get("/v1/feed", token, "Last-Event-ID: 1000\r\n").status, 422U);
}

}  // namespace
}  // namespace lamplight::console::test
