#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "tally/spec.hpp"
#include "tally/state.hpp"

namespace lamplight::tally {

/// One incident that counts, as it stood at the cut.
struct Alert {
  std::uint32_t row = 0;      ///< the row that stands: the original or its newest correction
  std::uint32_t root = 0;     ///< the incident's first word: its partner_ref names it
  std::int64_t civil_us = 0;  ///< clock time of the stamp that the report dates by
  Day day;                    ///< of that, with the day cut applied
};

/// How the events up to the cut divide; their sum is `events`, whatever the report's period.
struct Accounts {
  std::uint64_t events = 0;
  std::array<std::uint64_t, kRowKinds> by_kind{};
  std::array<std::uint64_t, kStatuses> by_status{};  ///< unreadable ones left out
  std::uint64_t standing = 0;                        ///< incidents that count
  std::uint64_t withdrawn = 0;                       ///< incidents taken out
  std::uint64_t not_actual = 0;         ///< incidents of which nothing Actual was ever said
  std::uint64_t dated_by_fallback = 0;  ///< day_of = occurred_at, but only reported_at is known
};

/// The incidents that count at a cut, oldest first. Keeps references to the view and the spec.
class Population {
 public:
  /// Takes the first `rows` rows of the view.
  Population(const TallyView& view, const ReportSpec& spec, std::size_t rows);

  [[nodiscard]] const std::vector<Alert>& alerts() const { return alerts_; }
  [[nodiscard]] const Accounts& accounts() const { return accounts_; }
  [[nodiscard]] const TallyView& view() const { return view_; }
  [[nodiscard]] const ReportSpec& spec() const { return spec_; }
  [[nodiscard]] const Row& row(const Alert& alert) const { return view_.rows[alert.row]; }
  [[nodiscard]] std::string_view partner_ref(const Alert& alert) const {
    return view_.rows[alert.root].partner_ref;
  }
  /// Clock time as the spec says: the stamp's own zone, or one for all.
  [[nodiscard]] std::int64_t clock_us(std::int64_t at_us, std::int16_t minutes) const {
    return at_us + std::int64_t{spec_.clock_minutes.value_or(minutes)} * kUsPerMinute;
  }
  /// The empty code, and those that the spec calls blank.
  [[nodiscard]] bool is_blank(TextId code) const {
    return code == 0 ||
           std::find(blank_codes_.begin(), blank_codes_.end(), code) != blank_codes_.end();
  }
  /// The last event's bus time on the clock of the report, with the day cut applied; nothing when there is no event.
  [[nodiscard]] std::optional<std::int64_t> now_us() const { return now_us_; }
  /// From the first to the last day on which an incident lies; nothing when there is none.
  [[nodiscard]] std::optional<Period> span() const { return span_; }
  /// Day-cut time of an alert: what periods are compared in.
  [[nodiscard]] std::int64_t world_us(const Alert& alert) const { return alert.civil_us - cut_us_; }

 private:
  void take(std::uint32_t root, std::uint32_t standing);

  const TallyView& view_;
  const ReportSpec& spec_;
  std::int64_t cut_us_;
  std::vector<TextId> blank_codes_;
  std::vector<Alert> alerts_;
  Accounts accounts_;
  std::optional<std::int64_t> now_us_;
  std::optional<Period> span_;
};

}  // namespace lamplight::tally
