#include "import/sender.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_intake.hpp"

namespace lamplight::importer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class SenderTest : public testing::Test {
 public:
  Sender make(std::size_t in_flight = 4, std::int64_t give_up_ms = 60'000) {
    return Sender(intake, clock, {in_flight, give_up_ms},
                  [this](const OutBatch& batch, const std::vector<ItemAnswer>& answers) {
                    answered.push_back(batch.first);
                    for (const ItemAnswer& answer : answers) last = answer;
                  });
  }
  static OutBatch batch(std::uint64_t first, std::size_t items = 2) {
    OutBatch out;
    out.first = first;
    out.key = "key-" + std::to_string(first);
    for (std::size_t i = 0; i < items; ++i) {
      out.body += "{}\n";
      out.items.push_back({0, first + i, first + i});
    }
    return out;
  }

  ManualClock clock;
  FakeIntake intake{clock};
  std::vector<std::uint64_t> answered;
  ItemAnswer last;
};

TEST_F(SenderTest, NeverHasMoreBatchesUnderWayThanAllowed) {
  Sender sender = make(3);
  for (std::uint64_t i = 1; i <= 20; ++i) ASSERT_TRUE(sender.send(batch(i)).ok());
  ASSERT_TRUE(sender.finish().ok());

  EXPECT_EQ(intake.most_under_way, 3U);
  EXPECT_EQ(answered.size(), 20U);
}

TEST_F(SenderTest, OneInFlightKeepsTheOrder) {
  Sender sender = make(1);
  for (std::uint64_t i = 1; i <= 4; ++i) ASSERT_TRUE(sender.send(batch(i)).ok());
  ASSERT_TRUE(sender.finish().ok());

  EXPECT_THAT(answered, ElementsAre(1, 2, 3, 4));
}

TEST_F(SenderTest, ABrokenConnectionIsTriedAgainWithTheSameBytesUnderTheSameKey) {
  int broken = 2;
  intake.answer = [&](const FakeIntake::Post& post) {
    Reply reply;
    reply.fault = "connection reset";
    return broken-- > 0 ? reply : FakeIntake::all(post, 202);
  };
  Sender sender = make();

  ASSERT_TRUE(sender.send(batch(7)).ok());
  ASSERT_TRUE(sender.finish().ok());

  ASSERT_EQ(intake.posts.size(), 3U);
  for (const auto& post : intake.posts) {
    EXPECT_EQ(post.key, "key-7");
    EXPECT_EQ(post.body, "{}\n{}\n");
  }
  const auto pause = [this](std::size_t i) {
    return intake.posts[i].at_us - intake.posts[i - 1].at_us;
  };
  EXPECT_THAT(pause(1), testing::AllOf(testing::Ge(100'000), testing::Lt(110'000)));
  EXPECT_THAT(pause(2), testing::AllOf(testing::Ge(200'000), testing::Lt(210'000))) << "it doubles";
  EXPECT_THAT(answered, ElementsAre(7));
}

TEST_F(SenderTest, WaitsAsLongAsTheServerAsks) {
  bool busy = true;
  intake.answer = [&](const FakeIntake::Post& post) {
    return std::exchange(busy, false) ? FakeIntake::later(503, 3'000) : FakeIntake::all(post, 202);
  };
  Sender sender = make();

  ASSERT_TRUE(sender.send(batch(1)).ok());
  ASSERT_TRUE(sender.finish().ok());

  ASSERT_EQ(intake.posts.size(), 2U);
  EXPECT_GE(intake.posts[1].at_us - intake.posts[0].at_us, 3'000'000);
}

TEST_F(SenderTest, OneItemThatIsPutOffSendsTheWholeBatchAgain) {
  bool busy = true;
  intake.answer = [&](const FakeIntake::Post& post) {
    Reply reply = FakeIntake::all(post, 202);
    if (std::exchange(busy, false)) {
      reply.body =
          "{\"index\":0,\"status\":202,\"id\":\"a\"}\n{\"index\":1,\"status\":503,\"problem\":{"
          "\"title\":\"Later\"}}\n";
    }
    return reply;
  };
  Sender sender = make();

  ASSERT_TRUE(sender.send(batch(1)).ok());
  ASSERT_TRUE(sender.finish().ok());

  EXPECT_EQ(intake.posts.size(), 2U);
  EXPECT_THAT(answered, ElementsAre(1)) << "told once, when every item has its final answer";
}

TEST_F(SenderTest, AnAnswerThatWasCutOffIsNoAnswer) {
  int calls = 0;
  intake.answer = [&](const FakeIntake::Post& post) {
    Reply reply = FakeIntake::all(post, 202);
    if (calls == 0) reply.body.resize(reply.body.size() - 4);      // in the middle of a line
    if (calls == 1) reply.body.resize(reply.body.find('\n') + 1);  // a line is missing
    ++calls;
    return reply;
  };
  Sender sender = make();

  ASSERT_TRUE(sender.send(batch(1)).ok());
  ASSERT_TRUE(sender.finish().ok());

  EXPECT_EQ(calls, 3);
  EXPECT_THAT(answered, ElementsAre(1));
}

TEST_F(SenderTest, RefusalsOfItemsAreFinalAndNameTheirRules) {
  intake.answer = [](const FakeIntake::Post& post) {
    return FakeIntake::all(
        post, 422,
        R"(,"problem":{"type":"urn:lamplight:problem:broken_rules","errors":[{"pointer":"/area","rule":"required","hint":"h"}]})");
  };
  Sender sender = make();

  ASSERT_TRUE(sender.send(batch(1)).ok());
  ASSERT_TRUE(sender.finish().ok());

  EXPECT_EQ(intake.posts.size(), 1U);
  EXPECT_THAT(last.problems, ElementsAre(FieldError{"/area", "required", "h"}));
}

TEST_F(SenderTest, ARefusalWithoutFieldIsNamedByItsType) {
  intake.answer = [](const FakeIntake::Post& post) {
    return FakeIntake::all(
        post, 422,
        R"(,"problem":{"type":"urn:lamplight:problem:key_reused","title":"t","detail":"d"})");
  };
  Sender sender = make();

  ASSERT_TRUE(sender.send(batch(1)).ok());
  ASSERT_TRUE(sender.finish().ok());

  EXPECT_THAT(last.problems, ElementsAre(FieldError{"", "key_reused", "d"}));
}

TEST_F(SenderTest, GivesUpAfterTheStatedTimeWithoutAnAnswer) {
  intake.answer = [](const FakeIntake::Post&) { return FakeIntake::later(503); };
  Sender sender = make(4, 10'000);

  ASSERT_TRUE(sender.send(batch(1)).ok());
  const auto finished = sender.finish();

  ASSERT_FALSE(finished.ok());
  EXPECT_EQ(finished.error().code(), Code::kUnavailable);
  EXPECT_THAT(finished.error().message(),
              HasSubstr("no answer for 10 s: status 503: Too much is under way"));
}

TEST_F(SenderTest, ARefusedRequestEndsTheRunAtOnce) {
  intake.answer = [](const FakeIntake::Post&) { return FakeIntake::later(415); };
  Sender sender = make();

  ASSERT_TRUE(sender.send(batch(1)).ok());
  const auto finished = sender.finish();

  ASSERT_FALSE(finished.ok());
  EXPECT_EQ(finished.error().code(), Code::kInvalid);
  EXPECT_EQ(intake.posts.size(), 1U);
}

}  // namespace
}  // namespace lamplight::importer
