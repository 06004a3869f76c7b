#include "tally/campaign_report/chart_svg.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tally/text_table.hpp"

namespace lamplight::tally {
namespace {

constexpr int kLabelWidth = 210;
constexpr int kBarWidth = 380;
constexpr int kWidth = kLabelWidth + kBarWidth + 110;
constexpr int kBarHeight = 11;
constexpr int kTop = 24;

/// Cut to what the column holds; the table beside it has the whole.
std::string shortened(const std::string& label) {
  constexpr std::size_t kColumns = 30;
  if (display_width(label) <= kColumns) return label;
  std::string out;
  for (std::size_t at = 0; at < label.size();) {
    std::size_t next = at + 1;
    while (next < label.size() && (static_cast<unsigned char>(label[next]) & 0xC0) == 0x80) ++next;
    if (display_width(out) + display_width(std::string_view(label).substr(at, next - at)) + 1 >
        kColumns)
      break;
    out += label.substr(at, next - at);
    at = next;
  }
  return out + "…";
}

std::string bar(std::int64_t n, std::int64_t greatest, int y, const char* style,
                const std::string& text) {
  const double width = greatest > 0 ? static_cast<double>(std::max<std::int64_t>(n, 0)) *
                                          kBarWidth / static_cast<double>(greatest)
                                    : 0;
  return fmt::format(
      "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\"/>"
      "<text class=\"n\" x=\"{:.1f}\" y=\"{}\">{}</text>\n",
      style, kLabelWidth, y, width, kBarHeight, kLabelWidth + width + 5, y + kBarHeight - 2,
      html_escaped(text));
}

}  // namespace

std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string bars_svg(const std::vector<Bar>& bars, const std::string& now,
                     const std::string& before) {
  std::int64_t greatest = 0;
  bool both = false;
  for (const Bar& of : bars) {
    greatest = std::max({greatest, of.now.value_or(0), of.before.value_or(0)});
    both = both || of.before;
  }
  const int step = both ? 2 * kBarHeight + 9 : kBarHeight + 9;
  const int height = (both ? kTop : 4) + static_cast<int>(bars.size()) * step + 4;
  std::string out = fmt::format(
      "<svg class=\"bars\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\">\n",
      kWidth, height);
  if (both) {
    out += fmt::format(
        "<rect class=\"now\" x=\"{0}\" y=\"5\" width=\"11\" height=\"11\"/><text x=\"{1}\" "
        "y=\"15\">{2}</text>"
        "<rect class=\"before\" x=\"{3}\" y=\"5\" width=\"11\" height=\"11\"/><text x=\"{4}\" "
        "y=\"15\">{5}</text>\n",
        kLabelWidth, kLabelWidth + 16, html_escaped(now), kLabelWidth + 90, kLabelWidth + 106,
        html_escaped(before));
  }
  int y = both ? kTop : 4;
  for (const Bar& of : bars) {
    out += fmt::format("<text class=\"label\" x=\"{}\" y=\"{}\">{}</text>\n", kLabelWidth - 8,
                       y + (both ? kBarHeight + 4 : kBarHeight - 2),
                       html_escaped(shortened(of.label)));
    if (of.now) out += bar(*of.now, greatest, y, "now", of.now_text);
    if (of.before) out += bar(*of.before, greatest, y + kBarHeight, "before", of.before_text);
    y += step;
  }
  return out + "</svg>\n";
}

}  // namespace lamplight::tally
