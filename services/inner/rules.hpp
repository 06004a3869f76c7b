#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inner/calendar.hpp"
#include "model/inner_codes.hpp"

/// What a district decides about its inner loop: a document (docs/inner-rules.md), checked as a whole, a version on the log.
namespace lamplight::inner {

inline constexpr std::size_t kSteps = 7;  ///< open states, settlement first
inline constexpr std::size_t kSeverities = kCount<Severity>;
using StepSpans = std::array<Span, kSteps>;

[[nodiscard]] constexpr std::size_t step_of(CaseState open) {
  return static_cast<std::size_t>(open) - static_cast<std::size_t>(CaseState::kSettlement);
}

/// Bits by Ground.
using Grounds = std::uint8_t;
[[nodiscard]] constexpr Grounds bit(Ground ground) {
  return static_cast<Grounds>(1U << static_cast<unsigned>(ground));
}

/// Who acts in an area: opaque keys of units or officers.
struct AreaDesks {
  std::string station;                 ///< settles on the spot
  std::vector<std::string> community;  ///< handle residual risk; the first by default
  std::string chief;                   ///< duty chief (值班长)
  bool operator==(const AreaDesks&) const = default;
};

struct Rules {
  std::int64_t version = 0;          ///< of the event that published it; 0: built in
  std::int16_t clock_minutes = 480;  ///< the civil clock that days are counted on
  // Alerts that open a case: of these classes, or of these categories. Sorted.
  std::vector<std::string> classes;
  std::vector<std::string> categories;
  Severity severity_default = Severity::kMedium;
  std::map<std::string, Severity, std::less<>> severity_of;  ///< by category

  std::array<StepSpans, kSeverities> dispute{};
  StepSpans petition{};
  Span escalate_after;  ///< a missed deadline
  Span mark_after;      ///< a missed deadline
  Span repeat_every;    ///< once marked

  std::int64_t window_us = 0;              ///< after a settlement, in which a link opens it again
  std::vector<std::string> place_schemes;  ///< sorted
  std::int64_t raise_from = 1;             ///< from so many repeats on each one raises the severity
  std::int64_t offence_from = 3;           ///< from so many repeats on they are repeated offences

  Grounds gate = 0;  ///< grounds that lead to case review instead of mediation

  std::string centre;  ///< operations centre: assesses, dispatches, verifies
  std::string review;  ///< decides whether a case is filed
  AreaDesks elsewhere;
  std::map<std::string, AreaDesks, std::less<>> areas;

  bool operator==(const Rules&) const = default;
  [[nodiscard]] bool opens(std::string_view class_code, std::string_view category) const;
  [[nodiscard]] Severity severity(std::string_view category) const;
  [[nodiscard]] const AreaDesks& desks(std::string_view area) const;
  [[nodiscard]] const Span& span(CaseKind kind, Severity severity, CaseState open) const;
  /// Who is to act in that step; empty for feedback, whose owner is whom it was dispatched to.
  [[nodiscard]] std::string_view owner(CaseState open, std::string_view area) const;
  /// Every key of a desk, unit or officer that they name; sorted, none twice.
  [[nodiscard]] std::vector<std::string> named() const;
};

/// Every mistake goes into `mistakes` with its line; nothing when there is one.
[[nodiscard]] std::optional<Rules> rules_from_toml(std::string_view document,
                                                   std::vector<Error>* mistakes = nullptr);

/// The document that holds before one is published.
[[nodiscard]] std::string_view default_rules();

}  // namespace lamplight::inner
