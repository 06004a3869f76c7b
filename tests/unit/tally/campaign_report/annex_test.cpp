#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <random>

#include "../report_log.hpp"
#include "tally/campaign_report/desk.hpp"
#include "tally/campaign_report/record_accounts.hpp"

namespace lamplight::tally::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using What = CampaignQuestion::What;

constexpr std::string_view kCounted = R"(
[campaign]
code = "summer"
zh = "夏季行动"
en = "Summer"
from = 2022-06-25
until = 2022-08-29
clock = "+08:00"
[[unit]]
code = "wuma"
zh = "五马所"
en = "Wuma station"
[[measure]]
name = "suspects"
zh = "人"
en = "Suspects"
from = "person.reported"
count = "distinct"
key = ["person"]
)";
constexpr std::string_view kGangs = "[gangs]\nrule = \"recurring\"\n";
constexpr std::string_view kCountsClearances =
    "[[measure]]\nname = \"turns\"\nzh = \"警力\"\nen = \"Turns\"\nfrom = \"clearance.reported\"\n"
    "count = \"sum\"\nvalue = \"counts\"\nwhere = { what = [\"police\"] }\n";

class Annex : public ::testing::Test {
 protected:
  void define(const std::string& document, std::string_view campaign = "summer") {
    CampaignDefined said;
    const std::string ref = std::string(campaign) + "/1";
    said.partner = "hq";
    said.partner_ref = ref;
    said.campaign = campaign;
    said.document = document;
    said.reported_at = at("2022-06-20T12:00:00+08:00");
    log.say(said);
  }
  void define_all() {
    define(std::string(kCounted) + std::string(kCountsClearances) + std::string(kGangs));
  }
  Offset person(std::string_view ref, std::string_view key, std::string_view of_case,
                std::string_view corrects = {}, std::string_view withdraws = {}) {
    PersonReported said;
    said.partner = "wuma";
    said.partner_ref = ref;
    said.person = key;
    said.person_scope = "district";
    said.case_key = of_case;
    said.unit = "wuma";
    said.category = "theft";
    said.happened_at = at("2022-07-01T12:00:00+08:00");
    said.reported_at = said.happened_at;
    said.corrects = corrects;
    said.withdraws = withdraws;
    return log.say(said);
  }
  /// Three persons in case a, two of them in case b.
  void group() {
    person("1", "token-1a", "case-a");
    person("2", "token-2b", "case-a");
    person("3", "token-3c", "case-a");
    person("4", "token-1a", "case-b");
    person("5", "token-2b", "case-b");
  }
  void order(std::string_view clearance, std::string_view campaign) {
    ClearanceOrdered said;
    const std::string ref = "order-" + std::string(clearance);
    said.partner = "hq";
    said.partner_ref = ref;
    said.clearance = clearance;
    said.campaign = campaign;
    said.action = "open";
    said.number = 16;
    said.units = {"wuma", "qidu"};
    said.reported_at = at("2022-08-25T20:00:00+08:00");
    log.say(said);
  }
  void swept(std::string_view clearance, std::string_view unit, std::int64_t police,
             std::string_view shift = {}, Bound bound = Bound::kAtLeast) {
    ClearanceReported said;
    const std::string ref = fmt::format("{}-{}-{}", clearance, unit, shift);
    said.partner = unit;
    said.partner_ref = ref;
    said.clearance = clearance;
    said.unit = unit;
    said.shift = shift;
    said.happened_at = at("2022-08-25T22:10:00+08:00");
    said.reported_at = at("2022-08-25T23:00:00+08:00");
    said.counts = {{"police", "", "", police, bound}};
    log.say(said);
  }
  [[nodiscard]] Cut cut() const {
    return {log.last(), History::time_of(log.last().value), std::nullopt};
  }
  Result<CampaignAnswer> ask(What what, CampaignForm form = CampaignForm::kJson,
                             const std::string& campaign = "summer",
                             const std::string& clearance = "",
                             Language language = Language::kEnglish, const AsOf& as_of = {}) {
    CampaignQuestion question;
    question.what = what;
    question.form = form;
    question.campaign = campaign;
    question.clearance = clearance;
    question.language = language;
    question.as_of = as_of;
    return desk.answer(log.campaign_view(), cut(), question);
  }
  rapidjson::Document json(What what, const std::string& campaign = "summer",
                           const std::string& clearance = "", const AsOf& as_of = {}) {
    const auto answer =
        ask(what, CampaignForm::kJson, campaign, clearance, Language::kEnglish, as_of);
    EXPECT_TRUE(answer.ok()) << (answer.ok() ? "" : answer.error().message());
    rapidjson::Document document;
    document.Parse(answer.ok() ? answer->body.c_str() : "{}");
    return document;
  }

  ReportLog log;
  CodeLists lists = CodeLists::builtin().value();
  CampaignDesk desk{lists};
};

TEST_F(Annex, ShowsGroupsWithTheLinksThatMadeThem) {
  define_all();
  group();

  const auto gangs = json(What::kGangs);
  const auto report = json(What::kReport);

  ASSERT_EQ(gangs["groups"].Size(), 1U);
  EXPECT_EQ(gangs["groups"][0]["links"].Size(), 5U);
  EXPECT_STREQ(gangs["groups"][0]["links"][0]["person"].GetString(), "token-1a");
  EXPECT_EQ(gangs["groups"][0]["proposed_at"].GetInt(), 6);
  EXPECT_STREQ(gangs["history"][0]["step"].GetString(), "proposed");
  EXPECT_STREQ(gangs["rule"]["rule"].GetString(), "recurring");
  EXPECT_EQ(report["gangs"]["groups"], gangs["groups"]) << "the report and the route say the same";
  for (const CampaignForm form :
       {CampaignForm::kText, CampaignForm::kMarkdown, CampaignForm::kHtml}) {
    const auto zh = ask(What::kReport, form, "summer", "", Language::kChinese);
    EXPECT_THAT(zh->body, HasSubstr("待审团伙（仅提请审查，不是认定）"));
    EXPECT_THAT(ask(What::kReport, form)->body, HasSubstr("Groups under review"));
  }
  EXPECT_THAT(ask(What::kGangs, CampaignForm::kText)->body, HasSubstr("token-3c"));
}

TEST_F(Annex, PrintsOfGroupsOnlyNumbers) {
  define_all();
  group();

  const std::string text = ask(What::kReport, CampaignForm::kText)->body;
  const std::string csv = ask(What::kReport, CampaignForm::kCsv)->body;

  EXPECT_THAT(text, HasSubstr("Recurring persons"));
  EXPECT_THAT(text, HasSubstr("#1"));
  EXPECT_THAT(csv, HasSubstr("gang,1,persons,,persons,3,"));
  EXPECT_THAT(csv, HasSubstr("gang,1,recurring_persons,,persons,2,"));
  for (const CampaignForm form :
       {CampaignForm::kText, CampaignForm::kMarkdown, CampaignForm::kHtml, CampaignForm::kCsv}) {
    const std::string printed = ask(What::kReport, form)->body;
    EXPECT_THAT(printed, Not(HasSubstr("token-"))) << "paper names no person";
    EXPECT_THAT(printed, Not(HasSubstr("case-a"))) << "and no case";
  }
}

TEST_F(Annex, TellsGroupsOfAnEarlierMomentAfterALaterOne) {
  define_all();
  group();
  person("6", "", "", "", "5");  // a link goes, and the group with it
  const auto now = json(What::kGangs);
  const auto then = json(What::kGangs, "summer", "", {.offset = Offset{6}});

  EXPECT_EQ(now["groups"].Size(), 0U);
  EXPECT_STREQ(now["history"][1]["step"].GetString(), "ended");
  EXPECT_EQ(then["groups"].Size(), 1U);
  EXPECT_EQ(then["history"].Size(), 1U);
}

TEST_F(Annex, FindsGroupsInOnePassWhereFollowingThemCostsTooMuch) {
  define_all();
  group();
  const Offset small = log.last();
  for (int i = 0; i < 400; ++i) {  // one component, longer by a case with every two links
    const std::string ref = "chain-" + std::to_string(i);
    person(ref, "token-link-" + std::to_string(i / 2), "chain-" + std::to_string((i + 1) / 2));
  }
  const auto whole = [&](Offset as_of) {
    return json(What::kGangs, "summer", "", {.offset = as_of})["whole_history"].GetBool();
  };

  EXPECT_TRUE(whole(log.last()));
  for (int i = 400; i < 1600; ++i) {
    const std::string ref = "chain-" + std::to_string(i);
    person(ref, "token-link-" + std::to_string(i / 2), "chain-" + std::to_string((i + 1) / 2));
  }
  const auto now = json(What::kGangs);

  EXPECT_FALSE(now["whole_history"].GetBool());
  EXPECT_EQ(now["groups"].Size(), 1U) << "the same groups: in the chain nobody recurs";
  EXPECT_TRUE(whole(small)) << "an earlier moment is followed as before";
  EXPECT_FALSE(whole(log.last()));
}

TEST_F(Annex, HasNoPageThatNothingAsksFor) {
  define(std::string(kCounted));
  group();

  const std::string text = ask(What::kReport, CampaignForm::kText)->body;

  EXPECT_THAT(text, Not(HasSubstr("Groups under review")));
  EXPECT_THAT(text, Not(HasSubstr("Clearance")));
  EXPECT_TRUE(json(What::kReport)["gangs"].IsNull());
  const auto gangs = ask(What::kGangs);
  ASSERT_FALSE(gangs.ok());
  EXPECT_EQ(gangs.error().code(), Code::kNotFound);
  EXPECT_THAT(gangs.error().message(), HasSubstr("has no [gangs]"));
}

TEST_F(Annex, SaysThatThereIsNothingWhereTheDefinitionAsks) {
  define_all();

  const std::string text = ask(What::kReport, CampaignForm::kText)->body;

  EXPECT_THAT(text, HasSubstr("No group keeps the rule."));
  EXPECT_THAT(text, HasSubstr("No clearance operation of this campaign is on the log."));
}

TEST_F(Annex, ShowsOperationsOfTheCampaignAndWhoHasNotReported) {
  define_all();
  order("qc-16", "summer");
  order("qc-17", "");
  order("qc-18", "other");
  swept("qc-16", "wuma", 20);

  const std::string text = ask(What::kReport, CampaignForm::kText)->body;
  const auto one = json(What::kClearance, "summer", "qc-16");
  const auto report = json(What::kReport);

  EXPECT_THAT(text, HasSubstr("qc-16 · not reported: "));
  EXPECT_THAT(text, HasSubstr("Wuma station")) << "units by the definition's own words";
  EXPECT_THAT(text, HasSubstr("≥ 20"));
  EXPECT_THAT(text, Not(HasSubstr("qc-18")));
  EXPECT_THAT(text, HasSubstr("name no campaign, not in the table: qc-17"));
  EXPECT_EQ(one["clearance"], report["clearances"]["operations"][0]);
  EXPECT_EQ(one["clearance"]["hours"][0]["hour"].GetInt(), 22);
  EXPECT_STREQ(one["clearance"]["missing"][0]["unit"].GetString(), "qidu");
  const std::string csv = ask(What::kReport, CampaignForm::kCsv)->body;
  EXPECT_THAT(csv, HasSubstr("clearance,qc-16,unit=wuma;shift=;what=police;kind=;result=,"));
  EXPECT_THAT(csv, HasSubstr("clearance_missing,qc-16,unit=qidu;shift=,"));
}

TEST_F(Annex, PrintsUnitsThatNoOrderNamesAsOneColumn) {
  define_all();
  order("qc-16", "summer");
  swept("qc-16", "wuma", 20);
  for (int i = 0; i < 40; ++i) swept("qc-16", "made-up-" + std::to_string(i), 2);

  const std::string text = ask(What::kReport, CampaignForm::kText)->body;

  EXPECT_THAT(text, HasSubstr("Other units"));
  EXPECT_THAT(text, HasSubstr("≥ 80")) << "of all of them";
  EXPECT_THAT(text, Not(HasSubstr("made-up-")));
  EXPECT_THAT(text, Not(HasSubstr("(cont.)"))) << "senders cannot make pages";
  EXPECT_EQ(json(What::kClearance, "summer", "qc-16")["clearance"]["lines"].Size(), 42U);
}

TEST_F(Annex, PrintsAUnitsSumThatWentTooFarAsALowerBound) {
  define_all();
  order("qc-16", "summer");
  swept("qc-16", "wuma", std::int64_t{1} << 61, "evening", Bound::kExact);
  swept("qc-16", "wuma", std::int64_t{1} << 61, "night", Bound::kExact);

  const std::string csv = ask(What::kReport, CampaignForm::kCsv)->body;
  const std::string markdown = ask(What::kReport, CampaignForm::kMarkdown)->body;

  EXPECT_THAT(csv, HasSubstr(",,2305843009213693952,exact")) << "each shift's";
  EXPECT_THAT(markdown, HasSubstr("| ≥ 4611686018427387904 | ≥ 4611686018427387904 |"))
      << "total and unit";
}

TEST_F(Annex, ListsNoMoreCodesOfOperationsThanItSays) {
  define_all();
  for (int i = 0; i < 270; ++i) order(fmt::format("qc-{:03}", i), "summer");
  for (int i = 0; i < 205; ++i) order(fmt::format("zz-{:03}", i), "");

  const auto list = json(What::kClearances);
  const auto report = json(What::kReport);

  EXPECT_EQ(list["clearances"].Size(), 60U);
  EXPECT_STREQ(list["clearances"][0]["clearance"].GetString(), "qc-210");
  EXPECT_EQ(list["left_out"].Size(), 200U);
  EXPECT_STREQ(list["left_out"][0].GetString(), "qc-010") << "the nearest to those shown";
  EXPECT_EQ(list["left_out_more"].GetInt(), 10);
  EXPECT_EQ(list["of_no_campaign"].Size(), 200U);
  EXPECT_EQ(list["of_no_campaign_more"].GetInt(), 5);
  for (const char* key : {"left_out", "left_out_more", "of_no_campaign", "of_no_campaign_more"})
    EXPECT_EQ(report["clearances"][key], list[key]) << key;
  EXPECT_THAT(ask(What::kClearances, CampaignForm::kText)->body,
              HasSubstr("earlier, not shown: … (190) qc-190, "));
}

TEST_F(Annex, RefusesAnOperationThatIsNotThereAndNamesThoseThatAre) {
  define_all();
  order("qc-16", "summer");
  order("qc-18", "other");

  const std::vector<std::pair<std::string, std::string>> not_there{
      {"summer", "nosuch"}, {"", "nosuch"}, {"summer", "qc-18"}};
  for (const auto& [campaign, clearance] : not_there) {
    const auto refused = ask(What::kClearance, CampaignForm::kJson, campaign, clearance);
    ASSERT_FALSE(refused.ok()) << campaign << "/" << clearance;
    EXPECT_EQ(refused.error().code(), Code::kNotFound);
    EXPECT_THAT(refused.error().message(), HasSubstr("known are qc-16"));
  }
  EXPECT_TRUE(ask(What::kClearance, CampaignForm::kJson, "", "qc-18").ok());
  EXPECT_EQ(json(What::kClearances, "summer")["clearances"].Size(), 1U);
  EXPECT_EQ(json(What::kClearances, "")["clearances"].Size(), 2U);
  const auto campaign = ask(What::kGangs, CampaignForm::kJson, "winter");
  ASSERT_FALSE(campaign.ok());
  EXPECT_THAT(campaign.error().message(), HasSubstr("defined are summer"));
}

TEST_F(Annex, AccountsForEveryRecord) {
  define_all();
  person("1", "token-1a", "");
  person("1", "token-9z", "");           // a repeat
  person("2", "token-2b", "", "1");      // corrects the first
  person("3", "token-3c", "");           //
  person("4", "", "", "", "3");          // withdraws it
  person("5", "token-5e", "", "later");  // corrects what is not here yet

  const auto report = json(What::kReport);

  const auto& persons = report["accounts"][2];  // after clearance.reported and case.reported
  ASSERT_STREQ(persons["from"].GetString(), "person.reported");
  const std::vector<std::pair<const char*, int>> expected{
      {"events", 6},     {"reports", 2},  {"repeats", 1},   {"corrections", 2}, {"withdrawals", 1},
      {"unresolved", 1}, {"standing", 2}, {"corrected", 1}, {"withdrawn", 1},   {"not_actual", 0}};
  for (const auto& [name, n] : expected) EXPECT_EQ(persons[name].GetInt(), n) << name;
  EXPECT_THAT(ask(What::kReport, CampaignForm::kText)->body,
              HasSubstr("What became of the records"));
}

TEST_F(Annex, AccountsAddUpWhateverCorrectsOrWithdrawsWhat) {
  define_all();
  const CampaignDefinition definition = campaign_from_toml(std::string(kCounted)).value();
  std::mt19937 random(7);
  for (int i = 0; i < 400; ++i) {
    const std::string ref = "r" + std::to_string(random() % 150);
    const std::string named = "r" + std::to_string(random() % 150);
    const auto kind = random() % 10;
    person(ref, "token-" + std::to_string(i), "", kind < 3 ? named : "", kind == 3 ? named : "");

    const auto all = record_accounts(log.campaign_view(), log.last(), definition);

    ASSERT_EQ(all.size(), 1U);
    const RecordAccount& of = all[0];
    ASSERT_EQ(of.events, of.reports + of.repeats + of.corrections + of.withdrawals + of.unreadable);
    ASSERT_EQ(of.reports + of.corrections,
              of.standing + of.corrected + of.withdrawn + of.not_actual);
    ASSERT_LE(of.corrected, of.events) << "no count has gone below 0";
    const StandingRows rows(log.view(), FactKind::kPersonReported, log.last());
    ASSERT_EQ(of.standing, rows.rows().size());
  }
}

TEST_F(Annex, TakesNoByteOfTheFigures) {
  define_all();
  order("qc-16", "summer");
  group();
  const auto bare = desk.report(log.campaign_view(), cut(), "summer", {});
  ASSERT_TRUE(bare.ok());

  const std::string whole = ask(What::kReport)->body;

  EXPECT_THAT(whole, HasSubstr("\"figures\":" + figures_json(*bare) + ",\"gangs\":"));
}

}  // namespace
}  // namespace lamplight::tally::test
