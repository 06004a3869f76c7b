#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/production_env.hpp"
#include "conversion.hpp"
#include "model/alert_parser.hpp"

namespace lamplight::importer {
namespace {

std::string page() {
  ProductionEnv production;
  auto text = read_file(production.env().disk, IMPORT_PAGE, 1U << 20);
  EXPECT_TRUE(text.ok()) << text.error().message();
  return text.ok() ? *text : "";
}

/// The block of code behind a marker, or behind any place of the page.
std::string block_behind(const std::string& page, const std::string& marker) {
  auto from = page.find(marker);
  EXPECT_NE(from, std::string::npos) << marker;
  from = page.find('\n', page.find("```", from)) + 1;
  return page.substr(from, page.find("```", from) - from);
}

TEST(ImportPage, ItsExampleMakesTheAlertsThatItShows) {
  const std::string text = page();
  const Conversion made = convert(block_behind(text, "<!-- example: toml -->"),
                                  block_behind(text, "<!-- example: csv -->"));

  std::string alerts;
  for (std::size_t i = 0; i < made.items.size(); ++i) alerts += made.at(i) + "\n";
  EXPECT_EQ(made.error, "");
  EXPECT_EQ(alerts, block_behind(text, "<!-- example: json -->"));
  EXPECT_EQ(made.report.rows, 5U);
  ASSERT_EQ(made.report.skipped.size(), 1U);
  EXPECT_EQ(made.report.skipped[0].count, 1U);
  EXPECT_TRUE(made.report.unused_columns.empty());
}

TEST(ImportPage, ItsExampleKeepsEveryRuleOfIntake) {
  const std::string text = page();
  const Conversion made = convert(block_behind(text, "<!-- example: toml -->"),
                                  block_behind(text, "<!-- example: csv -->"));
  const auto codes = CodeLists::builtin();
  ASSERT_TRUE(codes.ok());
  AlertParser parser(*codes);
  AlertReceived alert;
  std::vector<FieldError> errors;
  std::vector<Warning> warnings;
  for (const ImportItem& item : made.items) {
    EXPECT_TRUE(parser.parse(item.json, alert, errors, warnings))
        << errors.front().pointer << errors.front().rule;
  }
}

TEST(ImportPage, TheSmallestMappingWorks) {
  const Conversion made = convert(block_behind(page(), "needs this:"),
                                  "id,when,kind,district\n17,2022-08-25 20:15:00,theft,wuma\n");

  EXPECT_EQ(field(made.at(0), "reported_at"), "2022-08-25T20:15:00+08:00");
}

TEST(ImportPage, NamesEveryKeyThatAMappingKnows) {
  const std::string text = page();
  for (const char* const key :
       {"delimiter",    "quote",        "encoding",    "header",     "columns",     "skip_lines",
        "trim",         "blank",        "ignore",      "zone",       "format",      "stage_format",
        "base",         "partner_ref",  "status",      "class",      "category",    "area",
        "operations",   "occurred_at",  "reported_at", "amount_fen", "corrects",    "withdraws",
        "column",       "template",     "constant",    "row_number", "take",        "strip_prefix",
        "strip_suffix", "replace",      "split",       "case",       "codes",       "prefixes",
        "otherwise",    "keep_unknown", "default",     "cut",        "each",        "unit",
        "key",          "rows",         "equals",      "differs",    "begins_with", "reason"}) {
    EXPECT_THAT(text, testing::HasSubstr("`" + std::string(key))) << key;
  }
}

}  // namespace
}  // namespace lamplight::importer
