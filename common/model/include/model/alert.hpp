#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "model/msgpack_writer.hpp"

namespace lamplight {

/// An instant of the world and the zone it was told in: civil time is at + offset_minutes. [µs UTC, minutes] on the wire.
struct Stamp {
  TimeUs at;
  std::int16_t offset_minutes = 0;  ///< -14 h .. +14 h
  bool operator==(const Stamp&) const = default;
  /// Microseconds since 1970-01-01 00:00 of the civil clock that the stamp was told in.
  [[nodiscard]] std::int64_t civil_us() const {
    return at.value + std::int64_t{offset_minutes} * 60'000'000;
  }
};

/// Only Actual is ever counted (CAP 1.2 status).
enum class AlertStatus : std::uint8_t {
  kActual = 0,
  kExercise = 1,
  kSystem = 2,
  kTest = 3,
  kDraft = 4
};

/// "Actual", "Exercise", …
[[nodiscard]] std::string_view to_string(AlertStatus status);
[[nodiscard]] std::optional<AlertStatus> status_from(std::string_view name);

struct PlaceCode {
  std::string_view scheme;  ///< code list "place_scheme": address_key, station, zip, grid, …
  std::string_view code;
  bool operator==(const PlaceCode&) const = default;
};

struct StageStamp {
  std::string_view stage;  ///< code list "stage": dispatch, enroute, arrive, available, close, …
  Stamp at;
  bool operator==(const StageStamp&) const = default;
};

/// Payload of `alert.received`, schema 1. Text are views into the bytes it was read from.
/// Corrections: an alert with `corrects` stands in the place of the one it names (and of that one's earlier corrections);
/// `withdraws` takes the named one out. Both name ids of the same partner.
struct AlertReceived {
  std::string_view partner;      ///< set by intake
  std::string_view partner_ref;  ///< the sender's own number, 1..64 bytes
  AlertStatus status = AlertStatus::kActual;
  std::string_view
      class_code;  ///< JSON "class": roll-up of categories (criminal, public_order, fire, …)
  std::string_view category;
  std::string_view area;
  std::vector<std::string_view> operations;
  std::vector<PlaceCode> places;
  std::optional<Stamp> occurred_at;  ///< when it happened or was called in, if known
  Stamp reported_at;                 ///< when it was reported to the partner
  std::vector<StageStamp> stages;
  std::optional<std::int64_t> amount_fen;
  std::optional<Id16> corrects;
  std::optional<Id16> withdraws;
  std::optional<Id16>
      idempotency_key;  ///< set by intake: keyed hash of partner and Idempotency-Key
  Id16 body_digest;     ///< set by intake: keyed hash of what the partner said
  bool operator==(const AlertReceived&) const = default;
};

inline constexpr std::string_view kAlertReceived = "alert.received";

/// Resets `out` (its vectors keep their room) and reads a payload; shorter arrays take defaults, longer ones are read as
/// far as known. False when the bytes are no such payload.
[[nodiscard]] bool decode_alert(Bytes payload, AlertReceived& out);
/// Appends the payload: a MessagePack array in schema order.
void encode_alert(const AlertReceived& alert, MsgpackWriter& out);
/// Appends the JSON object with field names, stamps as RFC 3339 in their own zone, ids as UUIDs. What is not set is left out.
void alert_to_json(const AlertReceived& alert, std::string& out);

}  // namespace lamplight
