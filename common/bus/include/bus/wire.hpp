#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "model/limits.hpp"

/// The control parts of the bus protocol (docs/protocol.md) as structs, and their MessagePack.
///
/// A message is one control part, and for PUBLISH and DELIVER a second part with bytes that stay as they are.
/// Every control part is an array [type, fields in the order of the struct]; readers ignore what comes behind.
namespace lamplight::bus::wire {

inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::size_t kTargetBodyBytes = 1U << 20;  ///< a DELIVER body is ended near this
inline constexpr std::size_t kMaxDeliverBytes =
    kMaxEventBytes + 4096;  ///< and never longer than this
inline constexpr std::uint64_t kDeliverCost =
    256;  ///< a DELIVER costs its body and this much of the credit
inline constexpr std::uint64_t kMinCreditBytes = 2 * (kMaxDeliverBytes + kDeliverCost);
inline constexpr std::size_t kMaxControlBytes = 64U << 10;
inline constexpr std::size_t kMaxPatterns = 64;  ///< subjects, and producers, of one subscription
inline constexpr std::size_t kMaxSubscriptions = 64;  ///< of one session
inline constexpr std::size_t kMaxKnownKeys = 1000;    ///< in one REFUSED; the rest with the next
inline constexpr std::size_t kMaxAckEntries = 1000;   ///< in one ACK

enum class Type : std::uint8_t {
  kHello = 1,
  kWelcome = 2,
  kPublish = 3,
  kAck = 4,
  kRefused = 5,
  kSubscribe = 6,
  kDeliver = 7,
  kCredit = 8,
  kUnsubscribe = 9,
  kHeartbeat = 10,
  kGoLive = 11,
  kGoodbye = 12,
  kError = 13,
  kConfirmClock = 14,
  kHandOver = 15,
};

/// Codes of REFUSED and ERROR beyond the names of lamplight::Code.
inline constexpr std::string_view kLogFailed = "log_failed";
inline constexpr std::string_view kNoSession = "no_session";
/// A decider may not start: the holder of the epoch is there.
inline constexpr std::string_view kHeld = "held";

// From clients.

struct Hello {
  std::uint32_t version = kVersion;  ///< the highest the client speaks
  std::string name;
  std::uint8_t role = 0;  ///< 0 follower, 1 edge, 2 decider
  Id16 instance;          ///< UUIDv7 made at the process's start: the greater is the newer
  bool seed = false;
  /// A decider: the offset of the `started` by which it holds its epoch; 0: it holds none.
  Offset started{};
};
struct Publish {
  std::uint64_t tag = 0;  ///< comes back in the answer
};
struct Subscribe {
  std::uint32_t subscription = 0;
  Offset from;
  std::vector<std::string> subjects;
  std::vector<std::string> producers;
  std::uint64_t credit = 0;
};
struct Credit {
  std::uint32_t subscription = 0;
  std::uint64_t bytes = 0;
};
struct Unsubscribe {
  std::uint32_t subscription = 0;
};
struct ClientHeartbeat {};
struct GoLive {
  std::uint64_t tag = 0;
  Id16 id;  ///< of the event control.log.went_live
};
struct Goodbye {};
/// An operator says that the wall clock is right after a step.
struct ConfirmClock {
  std::uint64_t tag = 0;
  Id16 id;  ///< of the event control.clock.confirmed
};
/// An operator lets the next instance of a service take its epoch at once.
struct HandOver {
  std::uint64_t tag = 0;
  Id16 id;  ///< of the event control.<service>.handed_over
  std::string service;
};

// From the bus.

struct Welcome {
  std::uint32_t version = kVersion;
  std::uint64_t max_event_bytes = kMaxEventBytes;
  std::uint64_t max_frame_bytes = kMaxFrameBytes;
  std::uint64_t max_frame_events = kMaxFrameEvents;
  std::uint64_t max_deliver_bytes = kMaxDeliverBytes;
  std::uint64_t min_credit_bytes = kMinCreditBytes;
  Id16 log_id;
  bool seeded = false;
  bool seeding = false;
  Offset head;              ///< last synced
  Seq last_seq;             ///< of the name, synced or not; 0: none yet
  std::uint64_t epoch = 0;  ///< of the name
  std::uint64_t last_frame_hash =
      0;  ///< first 8 bytes (little-endian) of the SHA-256 of its last frame
  TimeUs bus_time;
  std::uint64_t heartbeat_ms = 0;
  std::uint64_t silence_ms = 0;  ///< a client silent for so long is forgotten
};
struct AckEntry {
  std::uint64_t tag = 0;
  Seq first_seq;
  std::uint32_t count = 0;
  Offset first_offset;
  TimeUs time;
  bool duplicate = false;  ///< the same frame was on the log already
};
struct Ack {
  std::vector<AckEntry> entries;
};
/// An event of a refused frame whose dedupe key is on the log already.
struct KnownKey {
  std::uint32_t index = 0;
  Offset offset;  ///< where the key's event lies
  TimeUs time;    ///< its bus time
};
struct Refused {
  std::string code;
  std::uint64_t tag = 0;
  Seq first_seq;
  std::string message;
  std::optional<Seq> expected;         ///< out_of_order: the number the bus expects
  std::optional<std::uint32_t> index;  ///< the (first) event at fault
  std::vector<KnownKey> known;         ///< duplicate: all events at fault, by index
};
struct Deliver {
  std::uint32_t subscription = 0;
  Offset scanned;
  bool batch_end = false;
  ChainHash hash;
  TimeUs time;
  std::uint32_t events = 0;
  std::uint32_t crc = 0;  ///< CRC-32C of the body
  /// `scanned` of the delivery before, or what SUBSCRIBE began behind: whether one is missing. A bus of before says nothing.
  std::optional<Offset> after{};
};
struct BusHeartbeat {
  TimeUs bus_time;
  Offset head;
  bool seeding = false;
  bool clock_held = false;
  Offset settle;  ///< 0: nothing is asked for
};
struct ErrorMessage {
  std::string code;
  std::string message;
  std::optional<std::uint32_t> subscription;  ///< set: only that subscription has ended
};

using ClientMessage = std::variant<Hello, Publish, Subscribe, Credit, Unsubscribe, ClientHeartbeat,
                                   GoLive, Goodbye, ConfirmClock, HandOver>;
using BusMessage =
    std::variant<Welcome, Ack, Refused, Deliver, BusHeartbeat, Goodbye, ErrorMessage>;

[[nodiscard]] std::string encode(const ClientMessage& message);
[[nodiscard]] std::string encode(const BusMessage& message);

/// Errors: kInvalid (what does not read), kTooLarge over kMaxControlBytes, kUnsupported an unknown type.
[[nodiscard]] Result<ClientMessage> decode_client(Bytes control);
[[nodiscard]] Result<BusMessage> decode_bus(Bytes control);

}  // namespace lamplight::bus::wire
