#include "model/frame.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>

#include "alerts.hpp"
#include "base/sha256.hpp"
#include "model/limits.hpp"

namespace lamplight {
namespace {

using ::testing::HasSubstr;

EventContent event(std::string_view subject, std::string_view payload) {
  EventContent out;
  out.subject = subject;
  out.id = test::id(7);
  out.payload = as_bytes(payload);
  return out;
}

FrameHeader header(std::uint32_t count) {
  FrameHeader out;
  out.producer = "intake";
  out.first_seq = Seq{41};
  out.count = count;
  return out;
}

std::string frame_of(const FrameHeader& head, const std::vector<EventContent>& events) {
  MsgpackWriter out;
  for (const EventContent& one : events) write_event_content(out, one);
  return encode_frame(head, out.bytes());
}

TEST(Frame, AFencesHashIsTheBeginningOfTheSha256OfItsBytesWhereverTheFrameLies) {
  const std::string bytes = frame_of(header(1), {event("alert.received", "p")});
  const ChainHash whole = sha256(as_bytes(bytes));
  std::uint64_t first_eight = 0;
  std::memcpy(&first_eight, whole.bytes.data(), sizeof first_eight);

  const FrameView alone = FrameView::parse(as_bytes(bytes)).value();
  const std::string twice = bytes + bytes;
  const FrameView followed = FrameView::parse_first(as_bytes(twice)).value();

  EXPECT_EQ(alone.hash(), first_eight);
  EXPECT_EQ(alone.hash(), first_eight) << "asked again";
  EXPECT_EQ(followed.hash(), first_eight);
}

TEST(Frame, WhatIsEncodedIsReadBackInOrder) {
  FrameHeader head = header(2);
  head.epoch = 3;
  head.prev = Offset{100};
  head.through = Offset{99};
  head.time = TimeUs{1'661'429'700'000'000};
  EventContent first = event("alert.received", "one");
  first.dedupe = test::id(9);
  first.schema = 2;
  const EventContent second = event("lead.proposed", "");
  const std::string bytes = frame_of(head, {first, second});

  const auto frame = FrameView::parse(as_bytes(bytes));
  ASSERT_TRUE(frame.ok()) << frame.error().message();
  EXPECT_EQ(frame->header().producer, "intake");
  EXPECT_EQ(frame->header().epoch, 3U);
  EXPECT_EQ(frame->header().prev, Offset{100});
  EXPECT_EQ(frame->header().through, Offset{99});
  EXPECT_EQ(frame->header().first_seq, Seq{41});
  EXPECT_EQ(frame->header().time, head.time);
  std::vector<std::string> seen;
  std::string raw;
  frame->for_each([&](std::uint32_t index, const EventContent& content, Bytes raw_event) {
    seen.push_back(std::to_string(index) + std::string(content.subject) +
                   std::string(as_text(content.payload)));
    EXPECT_EQ(content.dedupe, index == 0 ? std::optional(test::id(9)) : std::nullopt);
    raw += as_text(raw_event);
  });
  EXPECT_THAT(seen, ::testing::ElementsAre("0alert.receivedone", "1lead.proposed"));
  MsgpackWriter expected;
  write_event_content(expected, first);
  write_event_content(expected, second);
  EXPECT_EQ(raw, expected.buffer()) << "raw events are the bytes as they came";
}

TEST(Frame, TheFirstOfSeveralEndsWhereTheNextBegins) {
  const std::string one = frame_of(header(1), {event("a.b", "1")});
  const std::string two = frame_of(header(1), {event("a.c", "22")});
  const std::string both = one + two;

  const auto first = FrameView::parse_first(as_bytes(both));
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->size(), one.size());
  const auto second = FrameView::parse_first(as_bytes(both).subspan(first->size()));
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->size(), two.size());
  EXPECT_FALSE(FrameView::parse(as_bytes(both)).ok()) << "whole means no byte left over";
}

TEST(Frame, EveryCutIsRefused) {
  const std::string bytes = frame_of(header(2), {event("a.b", "payload"), event("a.c", "x")});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(FrameView::parse(as_bytes(bytes).first(size)).ok()) << size;
  }
}

TEST(Frame, BrokenPromisesAreNamed) {
  const auto refusal = [](const std::string& bytes) {
    const auto frame = FrameView::parse(as_bytes(bytes));
    return frame.ok() ? std::string("accepted") : frame.error().message();
  };
  const std::vector<EventContent> one = {event("a.b", "x")};

  FrameHeader head = header(1);
  head.producer = "In Take";
  EXPECT_THAT(refusal(frame_of(head, one)), HasSubstr("producer"));
  head = header(1);
  head.first_seq = Seq{0};
  EXPECT_THAT(refusal(frame_of(head, one)), HasSubstr("first_seq"));
  EXPECT_THAT(refusal(frame_of(header(0), {})), HasSubstr("1 to 4096"));
  EXPECT_THAT(refusal(frame_of(header(1), {event("alert.*", "x")})), HasSubstr("event 0"));
  EXPECT_THAT(refusal(frame_of(header(2), {event("a.b", "x"), event("A.b", "x")})),
              HasSubstr("event 1"));
  EXPECT_THAT(refusal(frame_of(header(1), one) + "\xC0"), HasSubstr("left over"));
  EXPECT_THAT(refusal("\x96"), HasSubstr("seven"));
  EXPECT_EQ(refusal(frame_of(header(1), one)), "accepted");
}

TEST(Frame, LimitsHoldToTheByte) {
  MsgpackWriter head;
  write_event_content(head, event("a.b", std::string(kMaxEventBytes - 100, 'x')));
  const std::size_t around = head.buffer().size() - (kMaxEventBytes - 100);

  const std::string fits(kMaxEventBytes - around, 'x');
  EXPECT_TRUE(FrameView::parse(as_bytes(frame_of(header(1), {event("a.b", fits)}))).ok());
  const auto over = FrameView::parse(as_bytes(frame_of(header(1), {event("a.b", fits + "x")})));
  ASSERT_FALSE(over.ok());
  EXPECT_THAT(over.error().message(), HasSubstr("event limit"));

  const std::vector<EventContent> most(kMaxFrameEvents, event("a.b", ""));
  EXPECT_TRUE(FrameView::parse(as_bytes(frame_of(header(kMaxFrameEvents), most))).ok());
  const std::vector<EventContent> more(kMaxFrameEvents + 1, event("a.b", ""));
  EXPECT_FALSE(FrameView::parse(as_bytes(frame_of(header(kMaxFrameEvents + 1), more))).ok());

  const std::string too_large(kMaxFrameBytes + 1, '\x97');
  EXPECT_EQ(FrameView::parse(as_bytes(too_large)).error().code(), Code::kTooLarge);
}

TEST(FrameDeathTest, TrustedBytesThatDoNotReadEndTheProcess) {
  EXPECT_DEATH((void)FrameView::trusted(as_bytes("\x01")), "a frame from the log reads");
}

}  // namespace
}  // namespace lamplight
