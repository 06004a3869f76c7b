#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "model/event.hpp"
#include "model/inner.hpp"

namespace lamplight::inner {

/// One output of the inner loop, read. Texts are views into the payload that it was read from.
struct Output {
  std::string_view subject;
  std::variant<CaseEvent, CaseRefused> said;

  /// Null for a refusal.
  [[nodiscard]] const CaseEvent* event() const { return std::get_if<CaseEvent>(&said); }
  [[nodiscard]] const CaseRefused* refused() const { return std::get_if<CaseRefused>(&said); }
  /// Nothing when a request named no case.
  [[nodiscard]] std::optional<Id16> case_id() const;
};

/// Nothing when the payload is none of the subject's.
[[nodiscard]] std::optional<Output> read_output(const EventContent& content);

/// How what was published and what would be differ.
enum class Differs : std::uint8_t {
  kNotPublished,  ///< was published, and would not be
  kPublished,     ///< would be published, and was not
  kMove,          ///< another move, another state after it, or a refusal in its place
  kSeverity,
  kDeadline,  ///< due, the next reminder, or how far it was missed
  kDesk,      ///< who is to act, or which chief is told
  kContent,   ///< anything else but the version of the rules
};
inline constexpr std::size_t kDiffers = 7;
inline constexpr std::array<std::string_view, kDiffers> kDiffersNames = {
    "not_published", "published", "move", "severity", "deadline", "desk", "content"};

/// Bits by Differs.
using Differences = std::uint8_t;
[[nodiscard]] constexpr Differences bit(Differs kind) {
  return static_cast<Differences>(1U << static_cast<unsigned>(kind));
}

/// 0 when both say the same. Versions of rules are no difference, nor is the deadline that a step leaves behind: that one
/// differed when it was set.
[[nodiscard]] Differences differences(const Output& was, const Output& would_be);

}  // namespace lamplight::inner
