#include "tally/population.hpp"

#include <algorithm>

namespace lamplight::tally {

Population::Population(const TallyView& view, const ReportSpec& spec, std::size_t rows)
    : view_(view), spec_(spec), cut_us_(spec.day_cut_hour * 3600 * kUsPerSecond) {
  for (const std::string& code : spec.blank_codes) blank_codes_.push_back(view.find_text(code));
  Standing standing;
  for (std::size_t i = 0; i < rows; ++i) {
    const Row& row = view_.rows[i];
    standing.take(row);
    ++accounts_.by_kind[static_cast<std::size_t>(row.kind)];
    if (row.kind != RowKind::kUnreadable)
      ++accounts_.by_status[static_cast<std::size_t>(row.status)];
  }
  accounts_.events = rows;
  for (std::uint32_t root = 0; root < rows; ++root) {
    if (view_.rows[root].kind == RowKind::kOriginal) take(root, standing.of(root));
  }
  accounts_.standing = alerts_.size();
  if (rows > 0) {
    const Row& last = view_.rows[rows - 1];
    now_us_ = clock_us(last.bus_time_us, last.reported_minutes) - cut_us_;
  }
}

void Population::take(std::uint32_t root, std::uint32_t standing) {
  if (standing == Standing::kWithdrawn) ++accounts_.withdrawn;
  if (standing == Standing::kNobody) ++accounts_.not_actual;
  if (standing >= Standing::kWithdrawn) return;
  const Row& row = view_.rows[standing];
  const bool by_occurred = spec_.day_of == DayOf::kOccurredAt && row.has_occurred;
  if (spec_.day_of == DayOf::kOccurredAt && !row.has_occurred) ++accounts_.dated_by_fallback;
  Alert alert;
  alert.row = standing;
  alert.root = root;
  alert.civil_us = by_occurred ? clock_us(row.occurred_us, row.occurred_minutes)
                               : clock_us(row.reported_us, row.reported_minutes);
  alert.day = {static_cast<std::int32_t>(floor_div(alert.civil_us - cut_us_, kUsPerDay))};
  alerts_.push_back(alert);
  if (!span_) span_ = Period{alert.day, alert.day};
  span_->first = std::min(span_->first, alert.day);
  span_->last = std::max(span_->last, alert.day);
}

}  // namespace lamplight::tally
