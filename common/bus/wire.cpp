#include "bus/wire.hpp"

#include <limits>

#include "model/msgpack_reader.hpp"
#include "model/msgpack_writer.hpp"

namespace lamplight::bus::wire {

namespace {

constexpr std::uint8_t kDeciderRole = 2;

MsgpackWriter begin(Type type, std::uint32_t fields) {
  MsgpackWriter out;
  out.array(fields + 1);
  out.uint(static_cast<std::uint8_t>(type));
  return out;
}

template <typename T, typename Write>
void write_or_nil(MsgpackWriter& out, const std::optional<T>& value, Write write) {
  if (value) write(*value);
  else out.nil();
}

void write_texts(MsgpackWriter& out, const std::vector<std::string>& texts) {
  out.array(static_cast<std::uint32_t>(texts.size()));
  for (const auto& text : texts) out.str(text);
}

std::string write(const Hello& m) {
  auto out = begin(Type::kHello, m.role == kDeciderRole ? 6 : 5);
  out.uint(m.version);
  out.str(m.name);
  out.uint(m.role);
  out.bin(m.instance.span());
  out.boolean(m.seed);
  if (m.role == kDeciderRole) out.uint(m.started.value);
  return out.take();
}
std::string write(const Publish& m) {
  auto out = begin(Type::kPublish, 1);
  out.uint(m.tag);
  return out.take();
}
std::string write(const Subscribe& m) {
  auto out = begin(Type::kSubscribe, 5);
  out.uint(m.subscription);
  out.uint(m.from.value);
  write_texts(out, m.subjects);
  write_texts(out, m.producers);
  out.uint(m.credit);
  return out.take();
}
std::string write(const Credit& m) {
  auto out = begin(Type::kCredit, 2);
  out.uint(m.subscription);
  out.uint(m.bytes);
  return out.take();
}
std::string write(const Unsubscribe& m) {
  auto out = begin(Type::kUnsubscribe, 1);
  out.uint(m.subscription);
  return out.take();
}
std::string write(const ClientHeartbeat&) { return begin(Type::kHeartbeat, 0).take(); }
std::string write(const GoLive& m) {
  auto out = begin(Type::kGoLive, 2);
  out.uint(m.tag);
  out.bin(m.id.span());
  return out.take();
}
std::string write(const Goodbye&) { return begin(Type::kGoodbye, 0).take(); }
std::string write(const ConfirmClock& m) {
  auto out = begin(Type::kConfirmClock, 2);
  out.uint(m.tag);
  out.bin(m.id.span());
  return out.take();
}

std::string write(const HandOver& m) {
  auto out = begin(Type::kHandOver, 3);
  out.uint(m.tag);
  out.bin(m.id.span());
  out.str(m.service);
  return out.take();
}

std::string write(const Welcome& m) {
  auto out = begin(Type::kWelcome, 16);
  out.uint(m.version);
  out.uint(m.max_event_bytes);
  out.uint(m.max_frame_bytes);
  out.uint(m.max_frame_events);
  out.uint(m.max_deliver_bytes);
  out.uint(m.min_credit_bytes);
  out.bin(m.log_id.span());
  out.boolean(m.seeded);
  out.boolean(m.seeding);
  out.uint(m.head.value);
  out.uint(m.last_seq.value);
  out.uint(m.epoch);
  out.uint(m.last_frame_hash);
  out.sint(m.bus_time.value);
  out.uint(m.heartbeat_ms);
  out.uint(m.silence_ms);
  return out.take();
}
std::string write(const Ack& m) {
  auto out = begin(Type::kAck, 1);
  out.array(static_cast<std::uint32_t>(m.entries.size()));
  for (const AckEntry& e : m.entries) {
    out.array(6);
    out.uint(e.tag);
    out.uint(e.first_seq.value);
    out.uint(e.count);
    out.uint(e.first_offset.value);
    out.sint(e.time.value);
    out.boolean(e.duplicate);
  }
  return out.take();
}
std::string write(const Refused& m) {
  auto out = begin(Type::kRefused, 7);
  out.str(m.code);
  out.uint(m.tag);
  out.uint(m.first_seq.value);
  out.str(m.message);
  write_or_nil(out, m.expected, [&out](Seq v) { out.uint(v.value); });
  write_or_nil(out, m.index, [&out](std::uint32_t v) { out.uint(v); });
  out.array(static_cast<std::uint32_t>(m.known.size()));
  for (const KnownKey& known : m.known) {
    out.array(3);
    out.uint(known.index);
    out.uint(known.offset.value);
    out.sint(known.time.value);
  }
  return out.take();
}
std::string write(const Deliver& m) {
  auto out = begin(Type::kDeliver, m.after ? 8 : 7);
  out.uint(m.subscription);
  out.uint(m.scanned.value);
  out.boolean(m.batch_end);
  out.bin(m.hash.span());
  out.sint(m.time.value);
  out.uint(m.events);
  out.uint(m.crc);
  if (m.after) out.uint(m.after->value);
  return out.take();
}
std::string write(const BusHeartbeat& m) {
  auto out = begin(Type::kHeartbeat, 5);
  out.sint(m.bus_time.value);
  out.uint(m.head.value);
  out.boolean(m.seeding);
  out.boolean(m.clock_held);
  out.uint(m.settle.value);
  return out.take();
}
std::string write(const ErrorMessage& m) {
  auto out = begin(Type::kError, 3);
  out.str(m.code);
  out.str(m.message);
  write_or_nil(out, m.subscription, [&out](std::uint32_t v) { out.uint(v); });
  return out.take();
}

/// Reads the fields of one message and remembers how many are left, so that later versions may append some.
class Fields {
 public:
  explicit Fields(Bytes control) : in_(control), left_(in_.array()) {
    if (left_ == 0) in_.fail();
  }
  std::uint64_t uint() { return next() ? in_.uint() : 0; }
  std::int64_t sint() { return next() ? in_.sint() : 0; }
  bool boolean() { return next() && in_.boolean(); }
  std::string text() { return next() ? std::string(in_.str()) : std::string(); }
  std::uint32_t u32() { return narrow<std::uint32_t>(uint()); }
  std::uint8_t u8() { return narrow<std::uint8_t>(uint()); }
  Id16 id() {
    const Bytes bytes = next() ? in_.bin() : Bytes{};
    if (bytes.size() == 16) return Id16::from(bytes);
    in_.fail();
    return {};
  }
  ChainHash hash() {
    const Bytes bytes = next() ? in_.bin() : Bytes{};
    ChainHash out;
    if (bytes.size() == out.bytes.size()) std::copy(bytes.begin(), bytes.end(), out.bytes.begin());
    else in_.fail();
    return out;
  }
  std::vector<std::string> texts(std::size_t limit) {
    std::vector<std::string> out;
    const std::uint32_t n = next() ? in_.array() : 0;
    if (n > limit) in_.fail();
    for (std::uint32_t i = 0; i < n && in_.ok(); ++i) out.emplace_back(in_.str());
    return out;
  }
  template <typename Read>
  auto optional(Read read) -> std::optional<decltype(read())> {
    if (left_ > 0 && in_.ok() && in_.take_nil()) {
      --left_;
      return std::nullopt;
    }
    return read();
  }
  std::vector<KnownKey> known_keys() {
    std::vector<KnownKey> out;
    const std::uint32_t n = next() ? in_.array() : 0;
    if (n > kMaxKnownKeys) in_.fail();
    for (std::uint32_t i = 0; i < n && in_.ok(); ++i) {
      const std::uint32_t fields = in_.array();
      if (fields < 3) in_.fail();
      KnownKey known;
      known.index = narrow<std::uint32_t>(in_.uint());
      known.offset = Offset{in_.uint()};
      known.time = TimeUs{in_.sint()};
      for (std::uint32_t extra = 3; extra < fields; ++extra) in_.skip();
      out.push_back(known);
    }
    return out;
  }
  std::vector<AckEntry> entries() {
    std::vector<AckEntry> out;
    const std::uint32_t n = next() ? in_.array() : 0;
    if (n > kMaxAckEntries) in_.fail();
    for (std::uint32_t i = 0; i < n && in_.ok(); ++i) {
      const std::uint32_t fields = in_.array();
      if (fields < 6) in_.fail();
      AckEntry e;
      e.tag = in_.uint();
      e.first_seq = Seq{in_.uint()};
      e.count = narrow<std::uint32_t>(in_.uint());
      e.first_offset = Offset{in_.uint()};
      e.time = TimeUs{in_.sint()};
      e.duplicate = in_.boolean();
      for (std::uint32_t extra = 6; extra < fields; ++extra) in_.skip();
      out.push_back(e);
    }
    return out;
  }
  /// Whether a field of a later version is there.
  [[nodiscard]] bool more() const { return left_ > 0; }
  /// Whether all of it read, with nothing behind the array.
  bool done() {
    while (left_ > 0 && in_.ok()) {
      --left_;
      in_.skip();
    }
    return in_.ok() && in_.at_end();
  }

 private:
  bool next() {
    if (left_ == 0) in_.fail();
    else --left_;
    return in_.ok();
  }
  template <typename T>
  T narrow(std::uint64_t value) {
    if (value > std::numeric_limits<T>::max()) in_.fail();
    return in_.ok() ? static_cast<T>(value) : T{};
  }
  MsgpackReader in_;
  std::uint32_t left_;
};

Hello read_hello(Fields& in) {
  Hello m;
  m.version = in.u32();
  m.name = in.text();
  m.role = in.u8();
  m.instance = in.id();
  m.seed = in.boolean();
  if (in.more()) m.started = Offset{in.uint()};
  return m;
}
Subscribe read_subscribe(Fields& in) {
  Subscribe m;
  m.subscription = in.u32();
  m.from = Offset{in.uint()};
  m.subjects = in.texts(kMaxPatterns);
  m.producers = in.texts(kMaxPatterns);
  m.credit = in.uint();
  return m;
}
Credit read_credit(Fields& in) {
  Credit m;
  m.subscription = in.u32();
  m.bytes = in.uint();
  return m;
}
/// GO_LIVE and CONFIRM_CLOCK.
template <typename Order>
Order read_order(Fields& in) {
  Order m;
  m.tag = in.uint();
  m.id = in.id();
  return m;
}
HandOver read_hand_over(Fields& in) {
  HandOver m;
  m.tag = in.uint();
  m.id = in.id();
  m.service = in.text();
  return m;
}
Welcome read_welcome(Fields& in) {
  Welcome m;
  m.version = in.u32();
  m.max_event_bytes = in.uint();
  m.max_frame_bytes = in.uint();
  m.max_frame_events = in.uint();
  m.max_deliver_bytes = in.uint();
  m.min_credit_bytes = in.uint();
  m.log_id = in.id();
  m.seeded = in.boolean();
  m.seeding = in.boolean();
  m.head = Offset{in.uint()};
  m.last_seq = Seq{in.uint()};
  m.epoch = in.uint();
  m.last_frame_hash = in.uint();
  m.bus_time = TimeUs{in.sint()};
  m.heartbeat_ms = in.uint();
  m.silence_ms = in.uint();
  return m;
}
Refused read_refused(Fields& in) {
  Refused m;
  m.code = in.text();
  m.tag = in.uint();
  m.first_seq = Seq{in.uint()};
  m.message = in.text();
  m.expected = in.optional([&in] { return Seq{in.uint()}; });
  m.index = in.optional([&in] { return in.u32(); });
  m.known = in.known_keys();
  return m;
}
Deliver read_deliver(Fields& in) {
  Deliver m;
  m.subscription = in.u32();
  m.scanned = Offset{in.uint()};
  m.batch_end = in.boolean();
  m.hash = in.hash();
  m.time = TimeUs{in.sint()};
  m.events = in.u32();
  m.crc = in.u32();
  if (in.more()) m.after = Offset{in.uint()};
  return m;
}
BusHeartbeat read_heartbeat(Fields& in) {
  BusHeartbeat m;
  m.bus_time = TimeUs{in.sint()};
  m.head = Offset{in.uint()};
  m.seeding = in.boolean();
  m.clock_held = in.boolean();
  m.settle = Offset{in.uint()};
  return m;
}
ErrorMessage read_error(Fields& in) {
  ErrorMessage m;
  m.code = in.text();
  m.message = in.text();
  m.subscription = in.optional([&in] { return in.u32(); });
  return m;
}

Error unknown(std::uint64_t type) {
  return {Code::kUnsupported, "message type " + std::to_string(type) + " is not known here"};
}

template <typename Variant, typename M>
Result<Variant> finish(Fields& in, M message) {
  if (!in.done()) return Error(Code::kInvalid, "control part does not read; see docs/protocol.md");
  return Variant(std::move(message));
}

Result<void> check_size(Bytes control) {
  if (control.size() <= kMaxControlBytes) return {};
  return Error(Code::kTooLarge, "control part over " + std::to_string(kMaxControlBytes) + " bytes");
}

}  // namespace

std::string encode(const ClientMessage& message) {
  return std::visit([](const auto& m) { return write(m); }, message);
}
std::string encode(const BusMessage& message) {
  return std::visit([](const auto& m) { return write(m); }, message);
}

Result<ClientMessage> decode_client(Bytes control) {
  if (auto fits = check_size(control); !fits) return fits.error();
  Fields in(control);
  const std::uint64_t type = in.uint();
  using M = ClientMessage;
  switch (type) {
    case static_cast<std::uint8_t>(Type::kHello): return finish<M>(in, read_hello(in));
    case static_cast<std::uint8_t>(Type::kPublish): {
      const Publish m{in.uint()};
      return finish<M>(in, m);
    }
    case static_cast<std::uint8_t>(Type::kSubscribe): return finish<M>(in, read_subscribe(in));
    case static_cast<std::uint8_t>(Type::kCredit): return finish<M>(in, read_credit(in));
    case static_cast<std::uint8_t>(Type::kUnsubscribe): {
      const Unsubscribe m{in.u32()};
      return finish<M>(in, m);
    }
    case static_cast<std::uint8_t>(Type::kHeartbeat): return finish<M>(in, ClientHeartbeat{});
    case static_cast<std::uint8_t>(Type::kGoLive): return finish<M>(in, read_order<GoLive>(in));
    case static_cast<std::uint8_t>(Type::kGoodbye): return finish<M>(in, Goodbye{});
    case static_cast<std::uint8_t>(Type::kConfirmClock):
      return finish<M>(in, read_order<ConfirmClock>(in));
    case static_cast<std::uint8_t>(Type::kHandOver): return finish<M>(in, read_hand_over(in));
    default: return unknown(type);
  }
}

Result<BusMessage> decode_bus(Bytes control) {
  if (auto fits = check_size(control); !fits) return fits.error();
  Fields in(control);
  const std::uint64_t type = in.uint();
  using M = BusMessage;
  switch (type) {
    case static_cast<std::uint8_t>(Type::kWelcome): return finish<M>(in, read_welcome(in));
    case static_cast<std::uint8_t>(Type::kAck): {
      Ack m{in.entries()};
      return finish<M>(in, std::move(m));
    }
    case static_cast<std::uint8_t>(Type::kRefused): return finish<M>(in, read_refused(in));
    case static_cast<std::uint8_t>(Type::kDeliver): return finish<M>(in, read_deliver(in));
    case static_cast<std::uint8_t>(Type::kHeartbeat): return finish<M>(in, read_heartbeat(in));
    case static_cast<std::uint8_t>(Type::kGoodbye): return finish<M>(in, Goodbye{});
    case static_cast<std::uint8_t>(Type::kError): return finish<M>(in, read_error(in));
    default: return unknown(type);
  }
}

}  // namespace lamplight::bus::wire
