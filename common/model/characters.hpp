#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// Single characters of UTF-8 text, for the rules of texts.
namespace lamplight::characters {

struct Character {
  std::uint32_t code;
  std::size_t size;  ///< bytes
};

/// The character at `at` of valid UTF-8; a broken sequence reads as one byte.
inline Character at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at + i]));
  };
  const std::uint32_t lead = byte(0);
  const std::size_t size = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (size == 1 || at + size > text.size()) return {lead, 1};
  std::uint32_t code = lead & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) code = (code << 6) | (byte(i) & 0x3F);
  return {code, size};
}

inline bool is_space(std::uint32_t c) {
  return c == 0x20 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F ||
         c == 0x205F || c == 0x3000;
}

/// Full-width ones too.
inline bool is_digit(std::uint32_t c) {
  return (c >= '0' && c <= '9') || (c >= 0xFF10 && c <= 0xFF19);
}

}  // namespace lamplight::characters
