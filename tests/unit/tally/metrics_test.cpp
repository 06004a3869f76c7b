#include "tally/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "base/production_env.hpp"
#include "support.hpp"
#include "support/temporary_folder.hpp"

namespace lamplight::tally::test {
namespace {

using ::testing::AllOf;
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
    return figure_families(fold, history.cut().offset, labels, "summer");
  }
  FigureLabels labels{CodeLists::builtin().value()};
  History history;
};

TEST_F(FigureGaugesTest, AreTheReportsFiguresAtTheOffsetTheyName) {
  history.say({.ref = "1", .class_code = "criminal", .area = "wuma", .amount_fen = 900});
  history.say({.ref = "2", .class_code = "criminal", .area = "nanhui", .amount_fen = 100});
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
  EXPECT_EQ(value_of(shown, "lamplight_tally_alerts", "class=criminal area=nanhui "), 1);
  EXPECT_EQ(value_of(shown, "lamplight_tally_events", "kind=withdrawal "), 1);
  EXPECT_EQ(value_of(shown, "lamplight_tally_events_by_status", "status=Exercise "), 1);
  EXPECT_EQ(value_of(shown, "lamplight_tally_figures_offset", ""), 5);
}

TEST_F(FigureGaugesTest, NameNothingThatTheListsDoNotHold) {
  history.say({.ref = "1", .class_code = "Zhang San", .area = "Zhang San"});
  history.say({.ref = "2", .class_code = "criminal", .area = "Li Wei"});
  history.say({.ref = "3", .class_code = "other", .area = "other"});
  history.say({.ref = "4", .class_code = "criminal", .area = ""});

  const Families shown = families();

  EXPECT_EQ(value_of(shown, "lamplight_tally_alerts", "class=other area=other "), 2);
  EXPECT_EQ(value_of(shown, "lamplight_tally_alerts", "class=criminal area=other "), 1);
  EXPECT_EQ(value_of(shown, "lamplight_tally_alerts", "class=criminal area=(blank) "), 1);
  EXPECT_EQ(value_of(shown, "lamplight_campaign_figure",
                     "campaign=summer measure=alerts_valid category=other "),
            2);
  for (const auto& family : shown) {
    for (const auto& metric : family.metric)
      EXPECT_THAT(labels_of(metric), AllOf(Not(HasSubstr("Zhang")), Not(HasSubstr("Li Wei"))));
  }
}

TEST_F(FigureGaugesTest, StayWithinTheSeriesBudgetAndAddUpWhateverTheListsHold) {
  lamplight::test::TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() + "/codes");
  const auto list = [&](const std::string& name, const std::string& letter, int codes) {
    std::ofstream out(folder.path() + "/codes/" + name + ".toml");
    out << "open = true\n[codes]\n";
    for (int i = 0; i < codes; ++i)
      out << letter << i << " = { zh = \"" << letter << i << "\", en = \"" << letter << i
          << "\" }\n";
  };
  list("class", "c", 30);
  list("category", "k", 1);
  list("area", "a", 50);
  ProductionEnv production;
  labels = FigureLabels(CodeLists::load(production.env().disk, folder.path()).value());
  for (int c = 0; c < 40; ++c) {
    for (int a = 0; a < 60; ++a) {
      history.say({.ref = std::to_string(c * 60 + a),
                   .class_code = c == 35 ? "other" : "c" + std::to_string(c),
                   .area = a == 55 ? "" : "a" + std::to_string(a)});
    }
  }

  const Families shown = families();
  std::size_t series = 0;
  double alerts = 0;
  double valid = 0;
  for (const auto& family : shown) {
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
  EXPECT_GT(series, 400U) << "the most there can be";
  EXPECT_EQ(alerts, 2400);
  EXPECT_EQ(valid, 2400);
  EXPECT_EQ(value_of(shown, "lamplight_tally_alerts", "class=c11 area=a29 "), 1)
      << "the last ones with a label of their own";
}

TEST_F(FigureGaugesTest, KeepTheMeaningOfALabelWhateverComesFirst) {
  for (int i = 0; i < 400; ++i)
    history.say({.ref = std::to_string(i), .class_code = "c" + std::to_string(i % 20)});
  history.say({.ref = "last", .class_code = "inquiry"});

  EXPECT_EQ(value_of(families(), "lamplight_campaign_figure",
                     "campaign=summer measure=alerts_valid category=inquiry "),
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
    metrics.show_figures(fold, {1}, FigureLabels(CodeLists::builtin().value()), "summer");
    EXPECT_THAT(registry.expose(),
                HasSubstr("lamplight_campaign_figure{campaign=\"summer\",measure=\"alerts_valid\","
                          "category=\"criminal\"} 1"));
    EXPECT_THAT(registry.expose(), HasSubstr("lamplight_tally_figures_offset 1"));
  }
  EXPECT_THAT(registry.expose(), Not(HasSubstr("lamplight_campaign_figure")));
}

}  // namespace
}  // namespace lamplight::tally::test
