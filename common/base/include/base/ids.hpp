#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lamplight {

using Bytes = std::span<const std::uint8_t>;

[[nodiscard]] inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
[[nodiscard]] inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Place of an event in the log's one order: dense from 1. Zero means "before the first".
struct Offset {
  std::uint64_t value = 0;
  auto operator<=>(const Offset&) const = default;
  [[nodiscard]] Offset next() const { return {value + 1}; }
  [[nodiscard]] Offset plus(std::uint64_t n) const { return {value + n}; }
};

/// Number of an event within its producer's own sequence: dense from 1.
struct Seq {
  std::uint64_t value = 0;
  auto operator<=>(const Seq&) const = default;
  [[nodiscard]] Seq plus(std::uint64_t n) const { return {value + n}; }
};

/// Microseconds since 1970-01-01 UTC: bus time, and the instant of a world stamp.
struct TimeUs {
  std::int64_t value = 0;
  auto operator<=>(const TimeUs&) const = default;
  [[nodiscard]] TimeUs plus_us(std::int64_t us) const { return {value + us}; }
};

/// Sixteen opaque bytes: event ids (UUIDv7), dedupe keys, digests.
struct Id16 {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const Id16&) const = default;
  [[nodiscard]] Bytes span() const { return {bytes.data(), bytes.size()}; }
  /// From exactly 16 bytes; a wrong length ends the process.
  [[nodiscard]] static Id16 from(Bytes sixteen);
};

/// SHA-256 of a batch: a link of the log's chain.
struct ChainHash {
  std::array<std::uint8_t, 32> bytes{};
  auto operator<=>(const ChainHash&) const = default;
  [[nodiscard]] Bytes span() const { return {bytes.data(), bytes.size()}; }
};

[[nodiscard]] std::string to_hex(Bytes bytes);
/// Lower or upper case, even length; nothing for anything else.
[[nodiscard]] std::optional<std::string> from_hex(std::string_view hex);

/// 8-4-4-4-12 form of an id.
[[nodiscard]] std::string to_uuid(const Id16& id);
/// Nothing unless exactly the 8-4-4-4-12 form.
[[nodiscard]] std::optional<Id16> from_uuid(std::string_view text);

}  // namespace lamplight

template <>
struct std::hash<lamplight::Id16> {
  std::size_t operator()(const lamplight::Id16& id) const noexcept {
    // Ids are random in their last eight bytes (UUIDv7) or throughout (digests).
    std::size_t h = 0;
    for (int i = 8; i < 16; ++i) h = (h << 8) | id.bytes[static_cast<std::size_t>(i)];
    return h * 0x9E3779B97F4A7C15ULL;
  }
};
template <>
struct std::hash<lamplight::Offset> {
  std::size_t operator()(const lamplight::Offset& o) const noexcept {
    return o.value * 0x9E3779B97F4A7C15ULL;
  }
};
