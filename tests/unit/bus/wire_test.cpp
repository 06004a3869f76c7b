// The control parts, and that docs/protocol.md shows the bytes that we really send.

#include "bus/wire.hpp"

#include <fstream>
#include <sstream>

#include "bus_fixture.hpp"

namespace lamplight::bus::test {
namespace {

using wire::BusMessage;
using wire::ClientMessage;

template <typename M>
M again_client(const M& message) {
  const auto read = wire::decode_client(as_bytes(wire::encode(ClientMessage(message))));
  return std::get<M>(read.value());
}
template <typename M>
M again_bus(const M& message) {
  const auto read = wire::decode_bus(as_bytes(wire::encode(BusMessage(message))));
  return std::get<M>(read.value());
}

TEST(Wire, ClientMessagesReadBack) {
  const auto hello = again_client(wire::Hello{1, "intake", 1, key(9), true});
  EXPECT_EQ(hello.name, "intake");
  EXPECT_EQ(hello.role, 1);
  EXPECT_EQ(hello.instance, key(9));
  EXPECT_TRUE(hello.seed);
  EXPECT_EQ(again_client(wire::Publish{1ULL << 63}).tag, 1ULL << 63);
  const auto subscribe = again_client(wire::Subscribe{3, Offset{7}, {"a.*", ">"}, {"intake"}, 99});
  EXPECT_EQ(subscribe.subscription, 3U);
  EXPECT_EQ(subscribe.from, Offset{7});
  EXPECT_THAT(subscribe.subjects, testing::ElementsAre("a.*", ">"));
  EXPECT_THAT(subscribe.producers, testing::ElementsAre("intake"));
  EXPECT_EQ(subscribe.credit, 99U);
  EXPECT_EQ(again_client(wire::Credit{3, 1'000'000}).bytes, 1'000'000U);
  EXPECT_EQ(again_client(wire::Unsubscribe{3}).subscription, 3U);
  EXPECT_EQ(again_client(wire::GoLive{4, key(1)}).id, key(1));
  EXPECT_EQ(again_client(wire::ConfirmClock{4, key(1)}).id, key(1));
  EXPECT_EQ(again_client(wire::HandOver{4, key(1), "inner"}).service, "inner");
  EXPECT_EQ(again_client(wire::Hello{1, "inner", 2, key(9), false, Offset{12}}).started,
            Offset{12});
  (void)again_client(wire::ClientHeartbeat{});
  (void)again_client(wire::Goodbye{});
}

TEST(Wire, BusMessagesReadBack) {
  wire::Refused refused;
  refused.code = "duplicate";
  refused.tag = 5;
  refused.first_seq = Seq{6};
  refused.index = 7;
  refused.known = {{7, Offset{8}, TimeUs{9}}};
  const auto read = again_bus(refused);
  EXPECT_EQ(read.code, "duplicate");
  EXPECT_EQ(read.first_seq, Seq{6});
  EXPECT_FALSE(read.expected);
  EXPECT_EQ(read.index, 7U);
  ASSERT_EQ(read.known.size(), 1U);
  EXPECT_EQ(read.known[0].offset, Offset{8});
  EXPECT_EQ(read.known[0].time, TimeUs{9});
  const auto ack = again_bus(wire::Ack{{{1, Seq{2}, 3, Offset{4}, TimeUs{5}, true}}});
  ASSERT_EQ(ack.entries.size(), 1U);
  EXPECT_EQ(ack.entries[0].first_offset, Offset{4});
  EXPECT_TRUE(ack.entries[0].duplicate);
  const auto beat = again_bus(wire::BusHeartbeat{TimeUs{-5}, Offset{6}, true, false, Offset{7}});
  EXPECT_EQ(beat.bus_time, TimeUs{-5});
  EXPECT_EQ(beat.settle, Offset{7});
  EXPECT_EQ(again_bus(wire::ErrorMessage{"invalid", "why", 4}).subscription, 4U);
  wire::Welcome welcome;
  welcome.last_seq = Seq{77};
  welcome.silence_ms = 15'000;
  EXPECT_EQ(again_bus(welcome).last_seq, Seq{77});
  EXPECT_EQ(again_bus(welcome).silence_ms, 15'000U);
}

TEST(Wire, FieldsOfLaterVersionsAreReadOver) {
  MsgpackWriter out;
  out.array(4);
  out.uint(static_cast<std::uint8_t>(wire::Type::kCredit));
  out.uint(3);
  out.uint(100);
  out.map(1);
  out.str("new");
  out.array(0);

  const auto read = wire::decode_client(out.bytes());

  ASSERT_TRUE(read.ok());
  EXPECT_EQ(std::get<wire::Credit>(*read).bytes, 100U);
}

TEST(Wire, WhatIsCutOrLeftOverOrTooLongIsRefused) {
  const std::string whole =
      wire::encode(ClientMessage(wire::Subscribe{3, Offset{7}, {"a.*"}, {"intake"}, 99}));
  for (std::size_t n = 0; n < whole.size(); ++n)
    EXPECT_FALSE(wire::decode_client(as_bytes(whole.substr(0, n))));
  EXPECT_FALSE(wire::decode_client(as_bytes(whole + "x")));
  wire::Subscribe many;
  many.subjects.assign(wire::kMaxPatterns + 1, "a");
  EXPECT_FALSE(wire::decode_client(as_bytes(wire::encode(ClientMessage(many)))));
  EXPECT_EQ(
      wire::decode_client(as_bytes(std::string(wire::kMaxControlBytes + 1, '\x90'))).error().code(),
      Code::kTooLarge);
  EXPECT_EQ(wire::decode_client(as_bytes(std::string("\x91\x63"))).error().code(),
            Code::kUnsupported);
}

/// The example of docs/protocol.md, made by the code.
class Example : public BusFixture {
 protected:
  static std::string document() {
    std::ifstream in(LAMPLIGHT_PROTOCOL_MD);
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
  }
  /// Eight groups of four bytes a line, as the page shows them.
  static std::string shown(const std::string& bytes) {
    const std::string hex = to_hex(as_bytes(bytes));
    std::string out;
    for (std::size_t i = 0; i < hex.size(); i += 8) {
      out += i == 0 ? "    " : i % 80 == 0 ? "\n    " : " ";
      out += hex.substr(i, 8);
    }
    return out + "\n";
  }
};

TEST_F(Example, OfTheProtocolPageShowsTheRealBytes) {
  const Id16 instance = from_uuid("018f3c6e-2a00-7000-8000-000000000001").value();
  const Id16 id = from_uuid("018f3c6e-2a01-7000-8000-000000000002").value();
  EventContent event;
  event.subject = "alert.received";
  event.id = id;
  event.payload = as_bytes(std::string_view("\x91\x2A"));
  MsgpackWriter events;
  write_event_content(events, event);
  FrameHeader head;
  head.producer = "intake";
  head.first_seq = Seq{1};
  head.count = 1;
  const std::string published = encode_frame(head, events.bytes());
  const ClientMessage hello = wire::Hello{1, "intake", 1, instance, false};
  const ClientMessage subscribe = wire::Subscribe{1, Offset{1}, {"alert.>"}, {}, 8ULL << 20};
  say("A", hello);
  take<wire::Welcome>("A");
  publish("A", 1, published);
  sync();
  const std::string ack = transport_.sent["A"].at(0).control;
  transport_.sent["A"].clear();
  say("A", subscribe);
  pump();
  auto deliver = transport_.sent["A"].at(0);
  // The hash is the log's own matter: the page shows 00 01 02 … instead.
  auto shown_head = std::get<wire::Deliver>(wire::decode_bus(as_bytes(deliver.control)).value());
  for (std::uint8_t i = 0; i < 32; ++i) shown_head.hash.bytes[i] = i;
  deliver.control = wire::encode(BusMessage(shown_head));

  const std::vector<std::pair<std::string, std::string>> parts{
      {"HELLO", wire::encode(hello)},
      {"PUBLISH, control part", wire::encode(ClientMessage(wire::Publish{1}))},
      {"PUBLISH, data part: the frame", published},
      {"ACK", ack},
      {"SUBSCRIBE", wire::encode(subscribe)},
      {"DELIVER, control part", deliver.control},
      {"DELIVER, data part: the body", deliver.body}};
  std::string page = document();
  page.erase(0, page.find("## Worked example"));
  for (const auto& [name, bytes] : parts) {
    const auto at = page.find("\n\n    ", page.find("**" + name + "**"));
    ASSERT_NE(at, std::string::npos) << name;
    EXPECT_EQ(page.substr(at + 2, shown(bytes).size()), shown(bytes))
        << name << " in docs/protocol.md";
  }
}

}  // namespace
}  // namespace lamplight::bus::test
