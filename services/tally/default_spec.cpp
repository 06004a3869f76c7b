#include "tally/spec.hpp"

namespace lamplight::tally {
namespace {

IntervalSpec interval(std::string name, std::string from, std::string to) {
  IntervalSpec spec;
  spec.name = std::move(name);
  spec.from = std::move(from);
  spec.to = std::move(to);
  spec.civil = false;  // real time: what people waited
  spec.max_length_s = 7 * 86'400;
  spec.by = {{}, {"area"}};
  return spec;
}

}  // namespace

ReportSpec default_spec() {
  ReportSpec spec;
  spec.name = "default";
  const auto count = [&](std::string name, Dimensions by) {
    spec.counts.push_back({.name = std::move(name), .by = std::move(by)});
  };
  count("by_class", {"class"});
  count("by_category", {"class", "category"});
  count("by_area", {"area"});
  count("by_operation", {"operation"});
  count("by_month", {"month"});
  count("by_day", {"day"});
  count("by_hour", {"hour"});
  spec.counts.push_back(
      {.name = "amount_by_class", .by = {"class"}, .measure = Measure::kAmountFen});

  ComparisonSpec year;
  year.name = "year_over_year";
  year.kind = ComparisonKind::kPreviousYear;
  year.by = {{}, {"class"}, {"category"}, {"area"}};
  spec.comparisons.push_back(year);
  year.name = "year_over_year_amount";
  year.measure = Measure::kAmountFen;
  year.by = {{}, {"category"}};
  spec.comparisons.push_back(year);
  ComparisonSpec week;
  week.name = "last_week";
  week.kind = ComparisonKind::kAdjacent;
  week.days = 7;
  week.by = {{}, {"class"}, {"area"}};
  spec.comparisons.push_back(week);

  spec.intervals.push_back(interval("occurred_to_reported", "occurred_at", "reported_at"));
  spec.intervals.push_back(interval("reported_to_dispatch", "reported_at", "stage:dispatch"));
  spec.intervals.push_back(interval("reported_to_arrive", "reported_at", "stage:arrive"));
  spec.intervals.back().within_s = {60, 180, 300};
  spec.intervals.push_back(interval("reported_to_close", "reported_at", "stage:close"));
  spec.blanks = {"area", "occurred_at"};
  return spec;
}

}  // namespace lamplight::tally
