#include "console/requests.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "case_events.hpp"
#include "model/limits.hpp"

namespace lamplight::console {
namespace {

class RequestsFold : public ::testing::Test {
 protected:
  static Id16 id(std::uint64_t number) {
    Id16 out;
    out.bytes[0] = 1;
    std::memcpy(&out.bytes[8], &number, sizeof number);
    return out;
  }
  /// The next request on the log, with the key.
  Offset asked(TimeUs time, const Id16& key) {
    test::Stored stored = test::stored(kFeedbackSubmitted, FeedbackSubmitted{});
    stored.id = id(++offset_.value);
    Event event;
    event.offset = offset_;
    event.time = time;
    event.subject = stored.subject;
    event.id = stored.id;
    event.dedupe = key;
    event.payload = as_bytes(stored.payload);
    requests.evolve(event);
    return offset_;
  }
  Requests requests;

 private:
  Offset offset_;
};

TEST_F(RequestsFold, AKeyIsKnownAsLongAsTheBusRefusesItTwice) {
  const Offset at = asked(test::kStart, id(1'000'000));
  const TimeUs last = test::kStart.plus_us(kDedupeUs);
  ASSERT_NE(requests.by_key(id(1'000'000), last), nullptr);
  EXPECT_EQ(requests.by_key(id(1'000'000), last)->offset, at);
  EXPECT_EQ(requests.by_key(id(1'000'000), last.plus_us(1)), nullptr);
  EXPECT_NE(requests.by_id(id(at.value)), nullptr) << "by its id it is known for longer";
}

TEST_F(RequestsFold, TheOldestMakesRoomAndLeavesNothing) {
  const Offset first = asked(test::kStart, id(1'000'000));
  for (std::size_t i = 1; i < Requests::kKept; ++i) asked(test::kStart, id(2'000'000 + i));
  EXPECT_NE(requests.by_id(id(first.value)), nullptr) << "as many as are kept";

  const Offset newest = asked(test::kStart, id(3'000'000));

  EXPECT_EQ(requests.by_id(id(first.value)), nullptr);
  EXPECT_EQ(requests.by_offset(first), nullptr);
  EXPECT_EQ(requests.by_key(id(1'000'000), test::kStart), nullptr);
  EXPECT_NE(requests.by_id(id(newest.value)), nullptr);
  EXPECT_NE(requests.by_id(id(first.value + 1)), nullptr) << "the one behind it stays";
}

}  // namespace
}  // namespace lamplight::console
