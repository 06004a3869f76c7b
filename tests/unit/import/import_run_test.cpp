#include "import/import_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/production_env.hpp"
#include "conversion.hpp"
#include "fake_intake.hpp"

namespace lamplight::importer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

const std::string kHeader = "A,T\n";
std::string row(int minute, const std::string& area = "wuma") {
  return area + ",2020-01-01 12:" + (minute < 10 ? "0" : "") + std::to_string(minute) + ":00\n";
}

class ImportRunTest : public testing::Test {
 public:
  ImportRunTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "import-test-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    options.batch_alerts = 2;
    options.sender = {2, 5'000};
    options.url = "http://intake";
    options.state_folder = folder + "/state";
    options.quiet = true;
    auto read = read_mapping(mapping_with(kAlert), "map.toml");
    mapping = *read;
  }
  ~ImportRunTest() override { std::filesystem::remove_all(folder); }

  std::vector<InputFile> input(const std::string& csv, bool is_csv = true) {
    std::ofstream(folder + "/calls.csv") << csv;
    InputFile file;
    file.name = "calls.csv";
    file.file =
        std::move(production.env().disk.open(folder + "/calls.csv", OpenMode::kRead)).value();
    file.csv = is_csv;
    file.reject_paths = {folder + "/nowhere/calls.csv.rejects.ndjson",
                         folder + "/calls.csv.rejects.ndjson"};
    EXPECT_TRUE(measure(file).ok());
    std::vector<InputFile> files;
    files.push_back(std::move(file));
    return files;
  }
  ImportRun::Outcome run(const std::string& csv, bool is_csv = true) {
    Env env{clock, production.env().disk, production.env().random};
    IntakeQuestions questions;
    questions.seeding = [this]() -> Result<bool> { return seeding; };
    questions.has_alert = [this](const std::string& id) {
      return on_the_log == "all" || id == on_the_log;
    };
    return ImportRun(env, &mapping, &intake, questions, options).run(input(csv, is_csv));
  }
  [[nodiscard]] std::vector<std::string> sent_areas() const {
    std::vector<std::string> areas;
    for (const auto& post : intake.posts) {
      std::size_t from = 0;
      for (auto end = post.body.find('\n'); end != std::string::npos;
           from = end + 1, end = post.body.find('\n', from)) {
        areas.push_back(field(post.body.substr(from, end - from), "area"));
      }
    }
    return areas;
  }
  std::string content(const std::string& name) {
    std::ifstream in(folder + "/" + name);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::string folder;
  ProductionEnv production;
  ManualClock clock;
  FakeIntake intake{clock};
  Mapping mapping;
  ImportOptions options;
  bool seeding = false;
  std::string on_the_log = "all";
};

TEST_F(ImportRunTest, SendsEverythingAndCountsTheAnswers) {
  int posts = 0;
  intake.answer = [&](const FakeIntake::Post& post) {
    return FakeIntake::all(post, ++posts == 1 ? 200 : 202);
  };

  const auto outcome = run(kHeader + row(1) + row(2) + row(3) + row(4) + row(5));

  EXPECT_FALSE(outcome.error);
  EXPECT_EQ(outcome.summary.rows, 5U);
  EXPECT_EQ(outcome.summary.alerts, 5U);
  EXPECT_EQ(outcome.summary.accepted, 3U);
  EXPECT_EQ(outcome.summary.duplicates, 2U);
  EXPECT_EQ(outcome.summary.refused, 0U);
  EXPECT_THAT(intake.posts, SizeIs(3));
  EXPECT_THAT(outcome.summary.rejects, testing::IsEmpty());
}

TEST_F(ImportRunTest, TheSameFileIsSentUnderTheSameKeysAgainAndAnotherIsNot) {
  const auto keys = [this] {
    std::vector<std::string> out;
    for (const auto& post : intake.posts) out.push_back(post.key);
    intake.posts.clear();
    std::sort(out.begin(), out.end());
    return out;
  };
  ASSERT_FALSE(run(kHeader + row(1) + row(2) + row(3)).error);
  const auto first = keys();
  ASSERT_FALSE(run(kHeader + row(1) + row(2) + row(3)).error);
  EXPECT_EQ(keys(), first);
  ASSERT_FALSE(run(kHeader + row(1) + row(2) + row(4)).error);
  for (const std::string& key : keys()) EXPECT_THAT(first, testing::Not(testing::Contains(key)));
}

TEST_F(ImportRunTest, WhatIsRefusedIsWrittenDownWithLineAndRuleAndWithoutValues) {
  intake.answer = [](const FakeIntake::Post& post) {
    Reply reply = FakeIntake::all(post, 202);
    if (post.id == 1) {
      reply.body =
          "{\"index\":0,\"status\":202,\"id\":\"a\"}\n{\"index\":1,\"status\":409,\"problem\":{"
          "\"errors\":[{\"pointer\":\"/partner_ref\","
          "\"rule\":\"reference_conflict\",\"hint\":\"h\"}]}}\n";
    }
    return reply;
  };

  const auto outcome = run(kHeader + row(1) + "secret,noon\n" + row(2) + row(3));

  EXPECT_FALSE(outcome.error);
  EXPECT_EQ(outcome.summary.accepted, 2U);
  EXPECT_EQ(outcome.summary.refused, 2U);
  EXPECT_THAT(outcome.summary.rejects, ElementsAre(folder + "/calls.csv.rejects.ndjson"))
      << "the first place cannot be written";
  const std::string rejects = content("calls.csv.rejects.ndjson");
  EXPECT_THAT(
      rejects,
      HasSubstr(R"({"line":3,"row":2,"problems":[{"pointer":"/reported_at","rule":"timestamp",)"));
  EXPECT_THAT(
      rejects,
      HasSubstr(
          R"({"line":4,"row":3,"problems":[{"pointer":"/partner_ref","rule":"reference_conflict","hint":"h"}]})"));
  EXPECT_THAT(rejects, testing::Not(HasSubstr("noon")));
  const auto& refusals = outcome.summary.refusals;
  EXPECT_THAT(refusals.at({"/reported_at", "timestamp"}).first_lines, ElementsAre(3));
}

TEST_F(ImportRunTest, ARunThatRefusesNothingTakesAnOldRejectsFileAway) {
  std::ofstream(folder + "/calls.csv.rejects.ndjson") << "old\n";

  ASSERT_FALSE(run(kHeader + row(1)).error);

  EXPECT_FALSE(std::filesystem::exists(folder + "/calls.csv.rejects.ndjson"));
}

TEST_F(ImportRunTest, AnInterruptedRunGoesOnWhereItStopped) {
  int good = 2;
  intake.answer = [&](const FakeIntake::Post& post) {
    return good-- > 0 ? FakeIntake::all(post, 202) : FakeIntake::later(503);
  };
  options.sender.in_flight = 1;
  const std::string csv =
      kHeader + row(1, "a") + row(2, "b") + row(3, "c") + row(4, "d") + row(5, "e");
  const auto first = run(csv);
  ASSERT_TRUE(first.error);
  EXPECT_EQ(first.error->code(), Code::kUnavailable);
  EXPECT_EQ(first.summary.accepted, 4U);

  intake.posts.clear();
  good = 100;
  const auto second = run(csv);

  EXPECT_FALSE(second.error);
  EXPECT_THAT(sent_areas(), ElementsAre("e"));
  EXPECT_EQ(second.summary.remembered, 4U);
  EXPECT_EQ(second.summary.accepted, 1U);
  EXPECT_TRUE(std::filesystem::is_empty(folder + "/state"))
      << "a run that came to its end is forgotten";
}

TEST_F(ImportRunTest, AnswersOutOfOrderAreRememberedOnlyUpToTheFirstGap) {
  // With two in flight the fake answers the later batch first; the earlier one never.
  intake.answer = [](const FakeIntake::Post& post) {
    return post.id == 1 ? FakeIntake::later(503) : FakeIntake::all(post, 202);
  };
  const std::string csv = kHeader + row(1, "a") + row(2, "b") + row(3, "c") + row(4, "d");
  ASSERT_TRUE(run(csv).error);
  intake.posts.clear();
  intake.answer = [](const FakeIntake::Post& post) { return FakeIntake::all(post, 202); };

  ASSERT_FALSE(run(csv).error);

  EXPECT_THAT(sent_areas(), ElementsAre("a", "b", "c", "d"));
}

TEST_F(ImportRunTest, WhatIsRememberedOfAnotherLogDoesNotCount) {
  int good = 1;
  intake.answer = [&](const FakeIntake::Post& post) {
    return good-- > 0 ? FakeIntake::all(post, 202) : FakeIntake::later(503);
  };
  options.sender.in_flight = 1;
  const std::string csv = kHeader + row(1, "a") + row(2, "b") + row(3, "c");
  ASSERT_TRUE(run(csv).error);
  intake.posts.clear();
  good = 100;
  on_the_log = "something else";

  const auto outcome = run(csv);

  EXPECT_EQ(outcome.summary.remembered, 0U);
  EXPECT_THAT(sent_areas(), ElementsAre("a", "b", "c"));
}

TEST_F(ImportRunTest, RestartBeginsAtTheFront) {
  int good = 1;
  intake.answer = [&](const FakeIntake::Post& post) {
    return good-- > 0 ? FakeIntake::all(post, 202) : FakeIntake::later(503);
  };
  options.sender.in_flight = 1;
  const std::string csv = kHeader + row(1, "a") + row(2, "b") + row(3, "c");
  ASSERT_TRUE(run(csv).error);
  intake.posts.clear();
  good = 100;
  options.restart = true;

  ASSERT_FALSE(run(csv).error);

  EXPECT_THAT(sent_areas(), ElementsAre("a", "b", "c"));
}

TEST_F(ImportRunTest, AFileThatBreaksOffSendsWhatCameBeforeAndNamesThePlace) {
  const auto outcome = run(kHeader + row(1, "a") + row(2, "b") + row(3, "c") + "d,\"open\n");

  ASSERT_TRUE(outcome.error);
  EXPECT_THAT(outcome.error->message(),
              HasSubstr("calls.csv:5:3: a quote that opens here is never closed"));
  EXPECT_THAT(sent_areas(), testing::UnorderedElementsAre("a", "b", "c"));
  EXPECT_EQ(outcome.summary.accepted, 3U);
}

TEST_F(ImportRunTest, ADryRunSendsNothingAndChecksEveryRuleOfIntake) {
  options.dry_run = true;

  const auto outcome = run(kHeader + row(1) + row(2, std::string(65, 'x')) + row(3, "13800138000"));

  EXPECT_TRUE(intake.posts.empty());
  EXPECT_EQ(outcome.summary.accepted, 1U);
  EXPECT_EQ(outcome.summary.refused, 2U);
  EXPECT_FALSE(std::filesystem::exists(folder + "/calls.csv.rejects.ndjson"));
}

TEST_F(ImportRunTest, ADryRunShowsTheFirstAlertsThatKeepTheRules) {
  options.dry_run = true;
  options.show = 2;

  const auto outcome =
      run(kHeader + row(1, "13800138000") + row(2, "a") + row(3, "b") + row(4, "c"));

  ASSERT_THAT(outcome.summary.shown, SizeIs(2));
  EXPECT_EQ(field(outcome.summary.shown[0], "area"), "a");
  EXPECT_EQ(field(outcome.summary.shown[0], "reported_at"), "2020-01-01T12:02:00Z");
  EXPECT_THAT(to_text(outcome.summary), HasSubstr(outcome.summary.shown[1]));
  EXPECT_THAT(to_json(outcome.summary), HasSubstr("\"shown\":[" + outcome.summary.shown[0] + ","));
}

TEST_F(ImportRunTest, ADryRunRefusesASlipInTheYear) {
  options.dry_run = true;

  const auto outcome = run(kHeader + row(1) + "wuma,2098-01-01 12:00:00\n");

  EXPECT_EQ(outcome.summary.accepted, 1U);
  const auto refused = outcome.summary.refusals.find({"/reported_at", "in_future"});
  ASSERT_NE(refused, outcome.summary.refusals.end());
  EXPECT_THAT(refused->second.first_lines, ElementsAre(3));
}

TEST_F(ImportRunTest, SeedingSendsInTheOrderOfTheDatasOwnTimeOneBatchAfterAnother) {
  options.seed = true;
  options.sender.in_flight = 8;
  seeding = true;

  const auto outcome = run(kHeader + row(3, "c") + row(1, "a") + row(5, "e") + row(2, "b") +
                           row(4, "d") + row(1, "a2"));

  EXPECT_FALSE(outcome.error);
  EXPECT_THAT(sent_areas(), ElementsAre("a", "a2", "b", "c", "d", "e"));
  EXPECT_EQ(intake.most_under_way, 1U);
  EXPECT_EQ(outcome.summary.accepted, 6U);
}

TEST_F(ImportRunTest, SeedingTellsTheRowOfASlipInTheYearAndTakesTheRest) {
  options.seed = true;
  seeding = true;
  intake.answer = [](const FakeIntake::Post& post) {
    Reply reply = FakeIntake::all(post, 202);
    if (post.body.find("2098") == std::string::npos) return reply;
    reply.body =
        "{\"index\":0,\"status\":422,\"problem\":{\"errors\":[{\"pointer\":\"/reported_at\","
        "\"rule\":\"in_future\",\"hint\":\"h\"}]}}\n";
    return reply;
  };

  const auto outcome = run(kHeader + row(1) + "wuma,2098-01-01 12:00:00\n" + row(2));

  EXPECT_EQ(outcome.summary.accepted, 2U);
  EXPECT_EQ(outcome.summary.refused, 1U);
  EXPECT_THAT(
      content("calls.csv.rejects.ndjson"),
      testing::AllOf(HasSubstr("\"line\":3"), HasSubstr("\"row\":2"), HasSubstr("in_future")));
}

TEST_F(ImportRunTest, SeedingALogThatIsNotSeededIsRefusedBeforeAnythingIsSent) {
  options.seed = true;

  const auto outcome = run(kHeader + row(1));

  ASSERT_TRUE(outcome.error);
  EXPECT_THAT(outcome.error->message(), HasSubstr("the log is not being seeded"));
  EXPECT_TRUE(intake.posts.empty());
}

TEST_F(ImportRunTest, AlertsAsJsonAreSeededByTheirOwnTime) {
  options.seed = true;
  seeding = true;

  const auto outcome = run(
      R"([{"area":"b","reported_at":"2020-01-01T12:00:00+08:00"},{"area":"a","reported_at":"2020-01-01T03:00:00Z"}])",
      false);

  EXPECT_FALSE(outcome.error);
  EXPECT_THAT(sent_areas(), ElementsAre("a", "b"));
}

TEST_F(ImportRunTest, TheSummaryIsOneLineOfJsonAndATextWithFirstLines) {
  const auto outcome = run(kHeader + row(1) + "wuma,noon\n" + row(2));

  const std::string json = to_json(outcome.summary);
  EXPECT_EQ(json.find('\n'), std::string::npos);
  EXPECT_THAT(json, HasSubstr(R"("rows":3)"));
  EXPECT_THAT(json, HasSubstr(R"("accepted":2,"duplicates":0,"refused":1)"));
  EXPECT_THAT(json, HasSubstr(R"("pointer":"/reported_at","rule":"timestamp")"));
  EXPECT_THAT(to_text(outcome.summary), HasSubstr("(line 3)"));
}

TEST(ProgressFile, WhatWasSavedIsLoadedOnlyForTheSameImport) {
  ProductionEnv production;
  std::string pattern = (std::filesystem::temp_directory_path() / "import-test-XXXXXX").string();
  const std::string folder = ::mkdtemp(pattern.data());
  Disk& disk = production.env().disk;
  ProgressFile file(disk, folder, "f1", "m1", "u1");
  ASSERT_TRUE(file.save({7, 2, "id-7"}).ok());

  const auto back = ProgressFile(disk, folder, "f1", "m1", "u1").load();
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->answered, 7U);
  EXPECT_EQ(back->refused, 2U);
  EXPECT_EQ(back->last_id, "id-7");
  EXPECT_FALSE(ProgressFile(disk, folder, "f2", "m1", "u1").load());
  EXPECT_FALSE(ProgressFile(disk, folder, "f1", "m2", "u1").load());
  EXPECT_FALSE(ProgressFile(disk, folder, "f1", "m1", "u2").load());

  for (const auto& entry : std::filesystem::directory_iterator(folder))
    std::ofstream(entry.path()) << "lamplight import 1\n";
  EXPECT_FALSE(ProgressFile(disk, folder, "f1", "m1", "u1").load()) << "half a file is none";
  file.forget();
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  std::filesystem::remove_all(folder);
}

TEST(ProgressBar, TellsTimesAsAClockDoes) {
  EXPECT_EQ(clock_text(5), "0:05");
  EXPECT_EQ(clock_text(245), "4:05");
  EXPECT_EQ(clock_text(3723), "1:02:03");
}

}  // namespace
}  // namespace lamplight::importer
