// More than console can take: readers that are too slow, requests that are too many.
#include <future>

#include "fake_responder.hpp"
#include "over_http.hpp"

namespace lamplight::console::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Overload : public OverHttp {
 protected:
  Overload() { add_officer(log, kWang, {"auditor"}); }
};

TEST_F(Overload, AFeedsSlowReaderIsHeldBackAndLosesNothing) {
  constexpr std::size_t kUnsent = 2'000;
  constexpr std::size_t kMost =
      2 * kUnsent + 1'000;  // one write on top of what waited, one change over
  options.feeds.unsent_bytes = kUnsent;
  const auto reader = std::make_shared<FakeResponder>();
  const Offset before = log.head();
  for (int i = 1; i <= 200; ++i) append(log, {.number = i});
  start();
  std::string token = token_of(kWang);
  on_core([&] {
    ASSERT_TRUE(core->feeds().open(reader, std::string(kWang), token, before, clock.now_us));
  });
  happens([&] {
    for (int i = 201; i <= 300; ++i) append(log, {.number = i});
  });
  clock.now_us += 20'000'000;
  for (int round = 0; round < 10; ++round) on_core([&] { EXPECT_LT(reader->unread, kMost); });
  on_core([&] {
    EXPECT_GE(reader->unread, kUnsent);
    EXPECT_THAT(reader->text, Not(HasSubstr(": here\n"))) << "nor does a beat go on top";
  });

  const std::string last = "id: " + std::to_string(before.value + 300) + "\n";
  bool there = false;
  for (int reads = 0; reads < 100'000 && !there; ++reads) {
    on_core([&] {
      EXPECT_LT(reader->unread, kMost);
      there = reader->text.find(last) != std::string::npos;
      reader->read();
    });
  }

  ASSERT_TRUE(there);
  stop();
  std::size_t at = 0;
  for (std::uint64_t offset = before.value + 1; offset <= before.value + 300; ++offset) {
    const std::string id = "id: " + std::to_string(offset) + "\n";
    at = reader->text.find(id, at);
    ASSERT_NE(at, std::string::npos) << offset << ", in this order";
    EXPECT_EQ(reader->text.find(id, at + 1), std::string::npos) << offset;
  }
  EXPECT_TRUE(reader->ended);
}

TEST_F(Overload, RequestsBeyondTheMostThatMayWaitAreAnsweredAtOnce) {
  options.max_requests = 2;
  start();
  std::promise<void> busy;
  std::promise<void> free;
  core->post([&] {
    busy.set_value();
    free.get_future().wait();
  });
  busy.get_future().wait();

  http::Request request;
  std::vector<std::shared_ptr<FakeResponder>> asked;
  const auto ask = [&] {
    asked.push_back(std::make_shared<FakeResponder>());
    core->take([](const http::Request&, const http::ResponderPtr& to) { to->answer({}); }, request,
               asked.back());
  };
  for (int i = 0; i < 3; ++i) ask();
  EXPECT_FALSE(asked[0]->answered);
  EXPECT_FALSE(asked[1]->answered);
  ASSERT_TRUE(asked[2]->answered) << "though the core is busy";
  EXPECT_EQ(asked[2]->answered->status, 503U);
  EXPECT_THAT(asked[2]->answered->body, HasSubstr("urn:lamplight:problem:overloaded"));

  free.set_value();
  on_core([] {});
  ask();
  on_core([] {});
  for (const std::size_t i : {0U, 1U, 3U}) {
    ASSERT_TRUE(asked[i]->answered) << i;
    EXPECT_EQ(asked[i]->answered->status, 200U) << i;
  }
}

}  // namespace
}  // namespace lamplight::console::test
