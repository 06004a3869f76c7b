#include "tally/campaign_report/comparison.hpp"

#include <algorithm>
#include <string>

namespace lamplight::tally {
namespace {

bool holds_leap_day(const Period& period) {
  for (std::int32_t year = date_of(period.first).year; year <= date_of(period.last).year; ++year) {
    if (!is_leap_year(year)) continue;
    const Day day = day_of(CivilDate{year, 2, 29});
    if (period.first <= day && day <= period.last) return true;
  }
  return false;
}

std::int64_t start_us(Day day, const CampaignDefinition& definition) {
  return day.value * kUsPerDay + definition.day_cut_hour * 60 * kUsPerMinute;
}

void cut_running(ComparedPeriods& periods, const CampaignDefinition& definition, TimeUs now) {
  const std::int64_t civil = now.value + definition.clock_minutes * kUsPerMinute;
  const std::int64_t minute_end = (floor_div(civil, kUsPerMinute) + 1) * kUsPerMinute;
  const std::int64_t from = start_us(periods.current.first, definition);
  if (minute_end >= start_us(periods.current.last.plus(1), definition) || minute_end <= from)
    return;
  periods.current_before_us = minute_end;
  const std::int64_t previous_from = start_us(periods.previous.first, definition);
  std::int64_t same = previous_from + (minute_end - from);
  if (periods.same_days_a_year_before) {
    const std::int64_t cut_us = definition.day_cut_hour * 60 * kUsPerMinute;
    const Day day{static_cast<std::int32_t>(floor_div(minute_end - cut_us, kUsPerDay))};
    same = start_us(year_before(day, true), definition) +
           (is_leap_day(day) ? 0 : minute_end - start_us(day, definition));
  }
  periods.previous_before_us =
      std::clamp(same, previous_from, start_us(periods.previous.last.plus(1), definition));
}

}  // namespace

ComparedPeriods compared_periods(const CampaignDefinition& definition, std::optional<Period> period,
                                 std::optional<TimeUs> now) {
  ComparedPeriods periods;
  periods.current = period.value_or(definition.period);
  const bool own = periods.current == definition.period;
  if (own && definition.previous) {
    periods.previous = *definition.previous;
    periods.same_days_a_year_before = false;
  } else {
    periods.previous = {year_before(periods.current.first, true),
                        year_before(periods.current.last, false)};
  }
  if (now) cut_running(periods, definition, *now);
  return periods;
}

MeasureQuestion current_question(const ComparedPeriods& periods, const MeasureQuestion& asked) {
  MeasureQuestion question = asked;
  question.before_civil_us = periods.current_before_us;
  question.without_leap_day =
      periods.same_days_a_year_before && question.period && holds_leap_day(*question.period);
  return question;
}

MeasureQuestion previous_question(const ComparedPeriods& periods, const MeasureQuestion& asked) {
  MeasureQuestion question = asked;
  Period previous = periods.previous;
  if (asked.period && asked.period->last < periods.current.last) {  // a figure of an earlier day
    previous.last = periods.same_days_a_year_before
                        ? year_before(asked.period->last, false)
                        : std::min(previous.last, previous.first.plus(asked.period->days() - 1));
  }
  question.period = previous;
  question.before_civil_us = periods.previous_before_us;
  question.without_leap_day = periods.same_days_a_year_before && holds_leap_day(previous);
  return question;
}

bool narrows_current(const ComparedPeriods& periods) {
  return periods.current_before_us ||
         (periods.same_days_a_year_before && holds_leap_day(periods.current));
}

Compared compare(const FigureNumber& current, const FigureNumber& previous,
                 bool baseline_incomplete, std::int64_t small_number) {
  Compared compared{current, previous, {}, {}, baseline_incomplete, false};
  if (!current.n || !previous.n) return compared;
  const PercentChange change = tally::change(*current.n, *previous.n);
  compared.pct_int = change.pct_int;
  compared.pct_1dp = change.pct_1dp;
  compared.small_baseline = *previous.n > 0 && *previous.n < small_number;
  return compared;
}

}  // namespace lamplight::tally
