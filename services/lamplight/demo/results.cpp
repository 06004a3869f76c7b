#include "results.hpp"

#include <fmt/core.h>

#include <array>
#include <random>

#include "model/rfc3339.hpp"

namespace lamplight::demo {

namespace {

constexpr std::int64_t kDayUs = 86'400'000'000;
constexpr std::int64_t kZoneUs = 8LL * 3600 * 1'000'000;
constexpr std::int64_t kHourUs = kDayUs / 24;

struct Suspects {
  std::string_view category;
  std::string_view zh, en;  ///< empty: the newspaper printed no figure of it
  int last_year, this_year;
};
/// 702 suspects: seven printed categories that add up to 502, and 200 in others. Last year's are invented, theft so that
/// it rises by the printed 38 %.
constexpr std::array<Suspects, 11> kSuspects{{
    {"telecom_fraud", "电信诈骗", "Telecom fraud", 52, 40},
    {"theft", "盗窃", "Theft", 164, 226},
    {"elder_fraud", "养老诈骗", "Elder fraud", 31, 45},
    {"drugs", "涉毒", "Drugs", 23, 19},
    {"gang", "恶势力犯罪集团成员", "Gang members", 22, 27},
    {"vice_gambling", "黄赌", "Prostitution and gambling", 98, 105},
    {"food_drug_env_ip", "食药环知", "Food, drug, environment and IP crime", 33, 40},
    {"injury", "", "", 55, 62},
    {"brawl", "", "", 48, 51},
    {"fraud", "", "", 35, 39},
    {"damage", "", "", 40, 48},
}};
constexpr std::array<std::string_view, 5> kUnits{"lucheng", "wuma", "qidu", "nanpu", "nanjiao"};

/// A figure over a measure, limited to one code of it.
std::string figure(std::string_view id, std::string_view zh, std::string_view en,
                   std::string_view measure, std::string_view where, std::string_view show) {
  std::string toml = fmt::format(
      "[[figure]]\nid = \"{}\"\nsection = \"all\"\nzh = \"{}\"\nen = \"{}\"\nmeasure = \"{}\"\n",
      id, zh, en, measure);
  if (!where.empty()) toml += fmt::format("where = {{ {} }}\n", where);
  return toml + fmt::format("show = \"{}\"\n", show);
}

constexpr char kMeasures[] = R"(
[[measure]]
name = "alerts"
zh = "刑事治安警情"
en = "Criminal and public-order alerts"
from = "alert.received"
count = "rows"
where = { class = ["criminal", "public_order"] }
dated = "reported_at"
by = [["category"]]
unit = "entries"
compare = true
[[measure]]
name = "suspects"
zh = "打处犯罪嫌疑人"
en = "Suspects dealt with"
from = "person.reported"
count = "distinct"
key = ["person"]
where = { outcomes = ["dealt_with"] }
dated = "happened_at"
by = [["category"], ["unit"]]
unit = "persons"
rank = "unit"
compare = true
[[measure]]
name = "police"
zh = "清查出动警力"
en = "Police deployed in the clearance"
from = "clearance.reported"
count = "sum"
value = "counts"
where = { what = ["police"] }
dated = "happened_at"
by = [["unit"]]
unit = "turns"
[gangs]
[[cohort]]
name = "prosecution"
zh = "起诉流程"
en = "Prosecution"
from = "person.reported"
key = ["person"]
field = "outcomes"
enter = "dealt_with"
stages = ["transferred", "indicted"]
[[section]]
name = "all"
zh = "数字"
en = "Figures"
)";
/// Of so many suspects dealt with one goes on to each stage.
constexpr int kTransferredOf = 2;
constexpr int kIndictedOf = 5;
/// The suspects of gangs are spread over so many cases; the first few of the first case are in the second, too.
constexpr int kInAGangCase = 9;
constexpr int kInTwoGangCases = 3;

class Reports {
 public:
  explicit Reports(std::uint64_t seed) : engine_(seed) {}

  void suspect_of_last_year(const Suspects& of, TimeUs first_day, int days) {
    dealt_with(of, some_time(first_day, days), "");
  }
  /// The `i`th of this year is followed through the stages and, of a gang, linked to a case.
  void suspect(const Suspects& of, TimeUs first_day, int days, int i) {
    const TimeUs at = some_time(first_day, days);
    const bool gang = of.category == "gang";
    const std::string person =
        dealt_with(of, at, gang ? gang_case(i / kInAGangCase) : std::string());
    if (gang && i < kInTwoGangCases) outcome(person, of, at, "", gang_case(1));
    if (i % kTransferredOf == 0) outcome(person, of, at.plus_us(kHourUs), "transferred", "");
    if (i % (kTransferredOf * kIndictedOf) == 0)
      outcome(person, of, at.plus_us(2 * kHourUs), "indicted", "");
  }
  /// What was printed of a figure.
  void published(std::string_view figure, std::int64_t n, std::string_view bound, TimeUs day) {
    figures_ += fmt::format(
        R"({{"partner_ref":"demo-pub-{}","status":"Actual","campaign":"{}","figure":"{}","role":"published","n":{},)"
        R"("bound":"{}","as_of":"{}","reported_at":"{}"}})"
        "\n",
        figure, kCampaignCode, figure, n, bound, stamp(day), stamp(day));
  }
  /// Two found in the clearance, one of which is dealt with.
  void hazards(TimeUs evening) {
    const auto say = [&](int number, int hazard, std::string_view state, TimeUs at) {
      hazards_ += fmt::format(
          R"({{"partner_ref":"demo-hz-{}","status":"Actual","hazard":"demo-hazard-{}","state":"{}","kind":"fire",)"
          R"("clearance":"demo-clearance-16","unit":"wuma","due_at":"{}","happened_at":"{}","reported_at":"{}"}})"
          "\n",
          number, hazard, state, stamp(evening.plus_us(3 * kDayUs)), stamp(at), stamp(at));
    };
    say(1, 1, "found", evening);
    say(2, 2, "found", evening.plus_us(kHourUs));
    say(3, 1, "rectified", evening.plus_us(3 * kHourUs));
  }

  /// One evening; the last unit has not reported.
  void clearance(TimeUs evening) {
    orders_ += fmt::format(
        R"({{"partner_ref":"demo-co-1","status":"Actual","clearance":"demo-clearance-16","campaign":"{}","action":"open",)"
        R"("number":16,"units":["lucheng","wuma","qidu","nanpu","nanjiao"],"from":"{}","reported_at":"{}"}})"
        "\n",
        kCampaignCode, stamp(evening), stamp(evening));
    for (std::size_t i = 0; i + 1 < kUnits.size(); ++i) {
      clearance_ += fmt::format(
          R"({{"partner_ref":"demo-cl-{}","status":"Actual","clearance":"demo-clearance-16","unit":"{}",)"
          R"("happened_at":"{}","reported_at":"{}","counts":[{{"what":"police","n":{}}},{{"what":"person","n":{}}},)"
          R"({{"what":"site","kind":"venue","n":{}}}]}})"
          "\n",
          i + 1, kUnits[i], stamp(evening), stamp(evening.plus_us(kHourUs)), 40 + engine_() % 60,
          20 + engine_() % 90, 5 + engine_() % 30);
    }
  }

  [[nodiscard]] std::vector<Posts> all() const {
    return {{"clearance-orders", orders_},
            {"clearance-reports", clearance_},
            {"person-results", persons_},
            {"hazards", hazards_},
            {"declared-figures", figures_}};
  }

 private:
  static std::string stamp(TimeUs at) { return to_rfc3339(Stamp{at, 480}); }
  static std::string gang_case(int number) { return fmt::format("demo-gang-case-{}", number); }
  TimeUs some_time(TimeUs first_day, int days) {
    return first_day.plus_us(
        static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(days)) * kDayUs +
        static_cast<std::int64_t>(engine_() % 24) * kHourUs);
  }
  /// Returns the person's token.
  std::string dealt_with(const Suspects& of, TimeUs at, const std::string& in_case) {
    std::string person = token();
    outcome(person, of, at, "dealt_with", in_case);
    return person;
  }
  void outcome(const std::string& person, const Suspects& of, TimeUs at, std::string_view what,
               const std::string& in_case) {
    const std::string_view unit = kUnits[engine_() % kUnits.size()];
    persons_ += fmt::format(
        R"({{"partner_ref":"demo-pr-{}","status":"Actual","person":"{}","person_scope":"district","category":"{}",)"
        R"("unit":"{}","outcomes":[{}],{}"happened_at":"{}","reported_at":"{}"}})"
        "\n",
        ++number_, person, of.category, unit, what.empty() ? "" : fmt::format("\"{}\"", what),
        in_case.empty() ? "" : fmt::format("\"case\":\"{}\",", in_case), stamp(at),
        stamp(at.plus_us(kHourUs / 4)));
  }
  /// Letters with a digit between: what no rule takes for a number of a person.
  std::string token() {
    std::string text = "demo7";
    for (int i = 0; i < 20; ++i) text += static_cast<char>('a' + engine_() % 26);
    return text;
  }

  std::mt19937_64 engine_;
  int number_ = 0;
  std::string persons_, orders_, clearance_, hazards_, figures_;
};

TimeUs midnight(std::chrono::sys_days day) {
  return TimeUs{static_cast<std::int64_t>(day.time_since_epoch().count()) * kDayUs - kZoneUs};
}

std::string date(std::chrono::sys_days day) {
  const std::chrono::year_month_day of{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(of.year()),
                     static_cast<unsigned>(of.month()), static_cast<unsigned>(of.day()));
}

}  // namespace

std::string campaign_document(const Span& days) {
  const Span before = year_before(days);
  std::string toml = fmt::format(
      "[campaign]\ncode = \"{}\"\nzh = \"演示:百日行动\"\nen = \"Demonstration: hundred days\"\n"
      "from = {}\nuntil = {}\nclock = \"+08:00\"\nprevious = {{ from = {}, until = {} }}\n",
      kCampaignCode, date(days.first), date(days.last), date(before.first), date(before.last));
  toml += kMeasures;
  toml += figure("alerts", "刑事治安警情同比", "Alerts, against the year before", "alerts", "",
                 "change");
  toml += figure("alerts.theft", "盗窃警情同比", "Theft alerts, against the year before", "alerts",
                 R"(category = ["theft"])", "change");
  toml += figure("suspects", "打处犯罪嫌疑人", "Suspects dealt with", "suspects", "", "value");
  std::string parts;
  for (const Suspects& of : kSuspects) {
    if (of.en.empty()) continue;
    const std::string id = fmt::format("suspects.{}", of.category);
    toml += figure(id, of.zh, of.en, "suspects", fmt::format("category = [\"{}\"]", of.category),
                   "value");
    parts += fmt::format("{}\"{}\"", parts.empty() ? "" : ", ", id);
  }
  toml +=
      figure("police", "清查出动警力", "Police deployed in the clearance", "police", "", "value");
  return toml + fmt::format(
                    "[[check]]\nname = \"parts\"\nzh = \"分类合计与总数\"\nen = \"Categories "
                    "against the total\"\nkind = \"parts\"\ntotal = \"suspects\"\nparts = [{}]\n",
                    parts);
}

std::vector<Posts> make_results(const Span& days, std::uint64_t seed) {
  Reports reports(seed);
  const Span before = year_before(days);
  const auto length = [](const Span& of) {
    return static_cast<int>((of.last - of.first).count()) + 1;
  };
  for (const Suspects& of : kSuspects) {
    for (int i = 0; i < of.last_year; ++i)
      reports.suspect_of_last_year(of, midnight(before.first), length(before));
    for (int i = 0; i < of.this_year; ++i)
      reports.suspect(of, midnight(days.first), length(days), i);
    if (!of.en.empty())
      reports.published(fmt::format("suspects.{}", of.category), of.this_year, "exact",
                        midnight(days.last));
  }
  reports.published("suspects", 700, "at_least", midnight(days.last));
  const TimeUs evening = midnight(days.last).plus_us(19 * kHourUs);
  reports.clearance(evening);
  reports.hazards(evening);
  return reports.all();
}

}  // namespace lamplight::demo
