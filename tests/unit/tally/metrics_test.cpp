#include "tally/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "support.hpp"

namespace lamplight::tally::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Families = std::vector<prometheus::MetricFamily>;

std::string labels_of(const prometheus::ClientMetric& metric) {
  std::string text;
  for (const auto& label : metric.label) text += label.name + "=" + label.value + " ";
  return text;
}

double value_of(const Families& families, const std::string& name, const std::string& labels) {
  for (const auto& family : families) {
    for (const auto& metric : family.metric) {
      if (family.name == name && labels_of(metric) == labels) return metric.gauge.value;
    }
  }
  return -1;
}

class FigureGaugesTest : public ::testing::Test {
 protected:
  Families families() {
    TallyFold fold;
    history.fold_into(fold, 1, history.size());
    return figure_families(fold, history.cut().offset, "summer");
  }
  History history;
};

TEST_F(FigureGaugesTest, AreTheReportsFiguresAtTheOffsetTheyName) {
  history.say({.ref = "1", .class_code = "criminal", .area = "wuma", .amount_fen = 900});
  history.say({.ref = "2", .class_code = "criminal", .area = "nanpu", .amount_fen = 100});
  const Offset gone = history.say({.ref = "3", .class_code = "public_order", .area = "wuma"});
  history.say({.ref = "4", .withdraws = gone});
  history.say({.ref = "5", .status = AlertStatus::kExercise});

  const Families shown = families();

  EXPECT_EQ(value_of(shown, "lamplight_campaign_figure",
                     "campaign=summer measure=alerts_valid category=criminal "),
            2);
  EXPECT_EQ(value_of(shown, "lamplight_campaign_figure",
                     "campaign=summer measure=amount_fen category=criminal "),
            1000);
  EXPECT_EQ(value_of(shown, "lamplight_campaign_figure",
                     "campaign=summer measure=alerts_valid category=public_order "),
            0);
  EXPECT_EQ(value_of(shown, "lamplight_tally_alerts", "class=criminal area=nanpu "), 1);
  EXPECT_EQ(value_of(shown, "lamplight_tally_events", "kind=withdrawal "), 1);
  EXPECT_EQ(value_of(shown, "lamplight_tally_events_by_status", "status=Exercise "), 1);
  EXPECT_EQ(value_of(shown, "lamplight_tally_figures_offset", ""), 5);
}

TEST_F(FigureGaugesTest, StayWithinTheSeriesBudgetAndAddUpWhateverCodesAreSent) {
  for (int c = 0; c < 40; ++c) {
    for (int a = 0; a < 60; ++a) {
      history.say({.ref = std::to_string(c * 60 + a),
                   .class_code = c == 5 ? "other" : "c" + std::to_string(c),
                   .area = a == 0   ? ""
                           : a == 1 ? "(blank)"
                                    : "a" + std::to_string(a)});
    }
  }

  std::size_t series = 0;
  double alerts = 0;
  double valid = 0;
  for (const auto& family : families()) {
    std::set<std::string> seen;
    for (const auto& metric : family.metric) {
      EXPECT_TRUE(seen.insert(labels_of(metric)).second)
          << family.name << " says twice " << labels_of(metric);
      if (family.name == "lamplight_tally_alerts") alerts += metric.gauge.value;
      if (labels_of(metric).find("measure=alerts_valid") != std::string::npos)
        valid += metric.gauge.value;
    }
    series += family.metric.size();
  }

  EXPECT_LE(series, kSeriesBudget);
  EXPECT_EQ(alerts, 2400);
  EXPECT_EQ(valid, 2400);
}

TEST_F(FigureGaugesTest, KeepTheMeaningOfALabelWhenOthersGrowPastIt) {
  history.say({.ref = "first", .class_code = "rare"});
  for (int i = 0; i < 400; ++i)
    history.say({.ref = std::to_string(i), .class_code = "c" + std::to_string(i % 20)});

  EXPECT_EQ(value_of(families(), "lamplight_campaign_figure",
                     "campaign=summer measure=alerts_valid category=rare "),
            1);
}

TEST(TallyMetrics, AreExposedWithTheRestAndGoWithTheService) {
  runtime::Registry registry;
  TallyFold fold;
  History history;
  history.say({.ref = "1", .class_code = "criminal"});
  history.fold_into(fold, 1, 1);
  {
    Metrics metrics(registry);
    EXPECT_THAT(registry.expose(), Not(HasSubstr("lamplight_campaign_figure")))
        << "nothing is known before the fold";
    metrics.show_figures(fold, {1}, "summer");
    EXPECT_THAT(registry.expose(),
                HasSubstr("lamplight_campaign_figure{campaign=\"summer\",measure=\"alerts_valid\","
                          "category=\"criminal\"} 1"));
    EXPECT_THAT(registry.expose(), HasSubstr("lamplight_tally_figures_offset 1"));
  }
  EXPECT_THAT(registry.expose(), Not(HasSubstr("lamplight_campaign_figure")));
}

}  // namespace
}  // namespace lamplight::tally::test
