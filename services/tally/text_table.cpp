#include "tally/text_table.hpp"

#include <algorithm>
#include <cstdint>

namespace lamplight::tally {
namespace {

/// The code point that begins at `at`, moving past it; a stray byte stands for itself.
char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at++);
  std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
  char32_t point = more == 0 ? lead : static_cast<char32_t>(lead & (0x3F >> more));
  for (; more > 0 && at < text.size() && (byte(at) & 0xC0) == 0x80; --more) {
    point = (point << 6) | (byte(at++) & 0x3F);
  }
  return point;
}

/// The blocks that terminals show two columns wide (Unicode Standard Annex 11, W and F).
bool is_wide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF && c != 0x303F) ||
         (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
         (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x20000 && c <= 0x3FFFD);
}

}  // namespace

std::size_t display_width(std::string_view utf8) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < utf8.size();) width += is_wide(next_code_point(utf8, at)) ? 2U : 1U;
  return width;
}

std::string TextTable::to_string() const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::string out;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    std::string line = " ";
    for (std::size_t i = 0; i < rows_[r].size(); ++i) {
      const std::string pad(widths[i] - display_width(rows_[r][i]), ' ');
      line += " ";
      line += i >= numbers_from_ ? pad + rows_[r][i] : rows_[r][i] + pad;
      line += " ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
    if (r > 0) continue;
    std::size_t whole = 0;
    for (const std::size_t width : widths) whole += width + 2;
    out += "  " + std::string(whole > 2 ? whole - 2 : 0, '-') + "\n";
  }
  return out;
}

}  // namespace lamplight::tally
