#include "campaign.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <random>

#include "figures.hpp"
#include "model/rfc3339.hpp"

namespace lamplight::demo {

namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::int16_t kZoneMinutes = 8 * 60;
constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kDayUs = 86'400 * kSecondUs;
constexpr int kExercises = 60;

// Alerts an hour of the day, in shares: quiet before dawn, busy in the evening.
constexpr std::array<int, 24> kHourShares{4, 3, 2, 1, 1, 1, 2, 3, 4, 5, 5, 5,
                                          5, 4, 5, 5, 5, 6, 7, 8, 9, 9, 8, 6};
constexpr std::array<std::string_view, 8> kAreas{"wuma",     "puxieshi", "songtai", "nanhui",
                                                 "binjiang", "shuangyu", "yangyi",  "qidu"};
constexpr std::array<int, 8> kAreaShares{22, 14, 15, 14, 12, 13, 6, 4};

// libstdc++'s distributions may change between versions; these draws may not.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  template <std::size_t N>
  std::size_t weighted(const std::array<int, N>& shares) {
    std::uint64_t sum = 0;
    for (const int share : shares) sum += static_cast<std::uint64_t>(share);
    std::uint64_t at = below(sum);
    for (std::size_t i = 0; i < N; ++i) {
      if (at < static_cast<std::uint64_t>(shares[i])) return i;
      at -= static_cast<std::uint64_t>(shares[i]);
    }
    return N - 1;
  }

 private:
  std::mt19937_64 engine_;
};

std::string stamp(TimeUs at) { return to_rfc3339(Stamp{at, kZoneMinutes}); }

struct Facts {
  std::string ref;
  std::string_view status = "Actual";
  std::string_view class_code;
  std::string_view category;
  TimeUs reported_at;
  std::int64_t amount_fen = -1;  ///< negative: none
  bool answered = true;          ///< has the stamps of a finished response
};

std::string_view operation_of(std::string_view class_code) {
  return class_code == "criminal" ? "tiequan" : "chuangwen";
}

std::string stages_from(TimeUs reported_at, Draw& draw) {
  const TimeUs dispatch =
      reported_at.plus_us(static_cast<std::int64_t>(15 + draw.below(75)) * kSecondUs);
  const auto drive = static_cast<std::int64_t>(40 + draw.below(120) * draw.below(6));
  const TimeUs arrive = dispatch.plus_us(drive * kSecondUs);
  const TimeUs close =
      arrive.plus_us(static_cast<std::int64_t>(300 + draw.below(5400)) * kSecondUs);
  return fmt::format(R"(,"stages":{{"dispatch":"{}","arrive":"{}","close":"{}"}})", stamp(dispatch),
                     stamp(arrive), stamp(close));
}

Alert write(const Facts& facts, Draw& draw) {
  const std::size_t area = draw.weighted(kAreaShares);
  const TimeUs occurred_at =
      facts.reported_at.plus_us(-static_cast<std::int64_t>(draw.below(600)) * kSecondUs);
  const std::string stages = facts.answered ? stages_from(facts.reported_at, draw) : "";
  const std::string amount =
      facts.amount_fen < 0 ? "" : fmt::format(R"(,"amount_fen":{})", facts.amount_fen);
  Alert alert;
  alert.reported_at = facts.reported_at;
  alert.json = fmt::format(
      R"({{"partner_ref":"{}","status":"{}","class":"{}","category":"{}","area":"{}","operations":["{}"],)"
      R"("occurred_at":"{}","reported_at":"{}"{}{}}})",
      facts.ref, facts.status, facts.class_code, facts.category, kAreas.at(area),
      operation_of(facts.class_code), stamp(occurred_at), stamp(facts.reported_at), stages, amount);
  return alert;
}

TimeUs instant_within(const Span& span, Draw& draw) {
  const auto count = static_cast<std::uint64_t>((span.last - span.first).count() + 1);
  const auto day =
      span.first.time_since_epoch().count() + static_cast<std::int64_t>(draw.below(count));
  const auto hour = static_cast<std::int64_t>(draw.weighted(kHourShares));
  const auto second = static_cast<std::int64_t>(draw.below(3600));
  // The civil day at +08:00 begins eight hours before UTC's.
  return TimeUs{day * kDayUs + (hour * 3600 + second) * kSecondUs -
                std::int64_t{kZoneMinutes} * 60 * kSecondUs};
}

// `total` in `count` parts of different size that add up exactly.
std::vector<std::int64_t> split(std::int64_t total, std::int64_t count, Draw& draw) {
  std::vector<std::int64_t> cuts{0, total};
  for (std::int64_t i = 1; i < count; ++i) {
    cuts.push_back(static_cast<std::int64_t>(draw.below(static_cast<std::uint64_t>(total))));
  }
  std::sort(cuts.begin(), cuts.end());
  std::vector<std::int64_t> parts;
  for (std::size_t i = 1; i < cuts.size(); ++i) parts.push_back(cuts[i] - cuts[i - 1]);
  return parts;
}

struct Period {
  Span span;
  std::string_view prefix;
  bool current;
};

void add_period(const Period& period, Draw& draw, std::vector<Alert>& out) {
  std::uint64_t number = 0;
  for (const Figure& figure : kFigures) {
    const std::int64_t count = period.current ? figure.current : figure.previous;
    const bool fraud = figure.category == "telecom_fraud";
    const auto amounts =
        fraud
            ? split(period.current ? kFraudAmountCurrentFen : kFraudAmountPreviousFen, count, draw)
            : std::vector<std::int64_t>{};
    for (std::int64_t i = 0; i < count; ++i) {
      Facts facts;
      facts.ref = fmt::format("{}-{:06}", period.prefix, ++number);
      facts.class_code = figure.class_code;
      facts.category = figure.category;
      facts.reported_at = instant_within(period.span, draw);
      if (fraud) facts.amount_fen = amounts[static_cast<std::size_t>(i)];
      out.push_back(write(facts, draw));
    }
  }
}

}  // namespace

Span campaign_days(sys_days last_day) { return {last_day - days(kCampaignDays - 1), last_day}; }

Span year_before(const Span& span) {
  const auto back = [](sys_days day) {
    const std::chrono::year_month_day date{day};
    const std::chrono::year_month_day before{date.year() - std::chrono::years(1), date.month(),
                                             date.day()};
    return before.ok() ? sys_days{before}
                       : sys_days{before.year() / before.month() / std::chrono::last};
  };
  return {back(span.first), back(span.last)};
}

std::vector<Alert> make_campaign(const Span& span, std::uint64_t seed) {
  Draw draw(seed);
  std::vector<Alert> alerts;
  add_period({year_before(span), "before", false}, draw, alerts);
  add_period({span, "during", true}, draw, alerts);
  for (int i = 0; i < kExercises; ++i) {
    Facts facts;
    facts.ref = fmt::format("exercise-{:03}", i + 1);
    facts.status = "Exercise";
    facts.class_code = "criminal";
    facts.category = "theft";
    facts.reported_at = instant_within(span, draw);
    alerts.push_back(write(facts, draw));
  }
  std::stable_sort(alerts.begin(), alerts.end(),
                   [](const Alert& a, const Alert& b) { return a.reported_at < b.reported_at; });
  return alerts;
}

Alert make_live_alert(TimeUs now, std::uint64_t number, std::uint64_t seed) {
  Draw draw(seed ^ (number * 0x9E3779B97F4A7C15ULL));
  const Figure& figure = kFigures.at(draw.below(kFigures.size()));
  Facts facts;
  facts.ref = fmt::format("live-{}-{}", now.value / kSecondUs, number);
  facts.class_code = figure.class_code;
  facts.category = figure.category;
  facts.reported_at = TimeUs{now.value / kSecondUs * kSecondUs};
  facts.answered = false;
  if (figure.category == "telecom_fraud")
    facts.amount_fen = static_cast<std::int64_t>(draw.below(5'000'000));
  return write(facts, draw);
}

}  // namespace lamplight::demo
