#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace lamplight::log {

/// Numbers as they lie on disk: little-endian, whatever the machine. Compilers turn both into one move.
template <typename T>
void put_le(std::uint8_t* at, T value) {
  static_assert(std::is_integral_v<T>);
  const auto bits = static_cast<std::uint64_t>(value);
  for (std::size_t i = 0; i < sizeof(T); ++i) at[i] = static_cast<std::uint8_t>(bits >> (8 * i));
}

template <typename T>
[[nodiscard]] T get_le(const std::uint8_t* at) {
  static_assert(std::is_integral_v<T>);
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) bits |= std::uint64_t{at[i]} << (8 * i);
  return static_cast<T>(bits);
}

}  // namespace lamplight::log
