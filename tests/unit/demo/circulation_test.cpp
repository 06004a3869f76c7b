#include "circulation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "../inner/bench.hpp"
#include "console/command_body.hpp"
#include "identity/permissions.hpp"
#include "model/alert_parser.hpp"

namespace lamplight::demo {
namespace {

using inner::CaseState;
using std::chrono::sys_days;
using ::testing::ElementsAre;

constexpr std::int64_t kDayUs = 86'400'000'000;
constexpr std::string_view kCommunityKey = "0123456789abcdef0123456789abcdef";

std::string key_of(const ScriptedOfficer& officer) {
  return &officer == &kCommunity ? std::string(kCommunityKey) : std::string(officer.name);
}

/// The day against the inner loop itself, with the officers' rights and the console's reading of what they say.
class DayOfDisputes : public inner::test::Bench, public ::testing::TestWithParam<int> {
 protected:
  void play(sys_days day) {
    const std::string rules = rules_with(inner::default_rules(), kCommunityKey);
    std::vector<Error> mistakes;
    ASSERT_TRUE(inner::rules_from_toml(rules, &mistakes)) << mistakes.front().message();
    set_now(TimeUs{day.time_since_epoch().count() * kDayUs - 8 * 3'600'000'000});
    publish("inner", 1, rules);
    for (const Scene& scene : day_of_disputes()) {
      SCOPED_TRACE(std::string(scene.of) + " " + std::string(scene.ref) + std::string(scene.ask));
      play(scene, day);
      if (HasFatalFailure()) return;
    }
  }
  [[nodiscard]] const inner::Case& case_of(std::string_view dispute) { return at(id_of(dispute)); }
  /// Of open cases that have missed a deadline, what they wait for.
  std::set<std::string> overdue() {
    std::set<std::string> out;
    for (const auto& [dispute, id] : cases_) {
      const inner::Case& of = at(id);
      if (is_open(of.state) && of.due <= now())
        out.insert(std::string(dispute) + " " + std::string(to_string(of.state)));
    }
    return out;
  }
  [[nodiscard]] std::ptrdiff_t count(std::string_view subject) const {
    return std::count_if(all().begin(), all().end(),
                         [&](const inner::test::Said& said) { return said.subject == subject; });
  }

 private:
  [[nodiscard]] const Id16& id_of(std::string_view dispute) const {
    return cases_.at(std::string(dispute));
  }
  void play(const Scene& scene, sys_days day) {
    switch (scene.kind) {
      case Scene::Kind::kReported: return report(scene, day);
      case Scene::Kind::kAsked: return ask_for(scene);
      case Scene::Kind::kMissed: EXPECT_EQ(to_string(case_of(scene.of).overdue), scene.body);
    }
  }
  void report(const Scene& scene, sys_days day) {
    const Alert made = report_of(scene, day);
    AlertReceived alert;
    std::vector<FieldError> errors;
    std::vector<Warning> warnings;
    ASSERT_TRUE(parser_.parse(made.json, alert, errors, warnings)) << made.json;
    EXPECT_THAT(warnings, ::testing::IsEmpty()) << made.json;
    EXPECT_EQ(alert.reported_at.at, made.reported_at);
    EXPECT_GT(made.reported_at, now()) << "reports move time on";
    alert.partner = "local";  // as intake says who sent it
    pass_until(made.reported_at);
    const Id16 id = take(alert);
    if (scene.of == scene.ref) cases_.emplace(scene.ref, id);
    ASSERT_EQ(said().size(), 1U);
    EXPECT_EQ(said().front().event().case_id, id_of(scene.of));
    EXPECT_EQ(last(), scene.of == scene.ref ? kCaseOpened : kCaseReopened);
  }
  void ask_for(const Scene& scene) {
    const auto ask = inner::from_code<inner::Ask>(scene.ask);
    ASSERT_TRUE(ask);
    const auto role = identity::role_from(scene.officer->role);
    ASSERT_TRUE(role);
    identity::RoleSet roles;
    roles.add(*role);
    const auto reach = identity::reach(roles, *identity::command_from(scene.ask));
    const std::string_view owner = text(case_of(scene.of).owner);
    EXPECT_TRUE(reach == identity::Reach::kAny ||
                (reach == identity::Reach::kOwn &&
                 (owner == scene.officer->unit || owner == key_of(*scene.officer))))
        << "waits for " << owner;
    const console::ReadCommand read = console::read_command(*ask, scene.body, codes_);
    ASSERT_TRUE(read.body) << scene.body;
    const std::string actor = key_of(*scene.officer);
    MsgpackWriter payload;
    const std::string_view subject =
        console::encode_command(*ask, {actor, id_of(scene.of), std::nullopt}, *read.body, payload);
    put(subject, "console", payload.take(), inner::test::id_of(1'000'000 + ++asked_));
    ASSERT_EQ(said().size(), 1U);
    EXPECT_NE(last(), kCaseRefused) << said().front().refused().rule;
  }

  CodeLists codes_ = CodeLists::builtin().value();
  AlertParser parser_{codes_};
  std::map<std::string, Id16, std::less<>> cases_;
  std::uint64_t asked_ = 0;
};

// Working days are counted: the day may fall on any day of the week.
INSTANTIATE_TEST_SUITE_P(OnEveryDayOfTheWeek, DayOfDisputes, ::testing::Range(0, 7));

TEST_P(DayOfDisputes, IsAcceptedSceneBySceneAndLeavesEveryKindOfDelayBehind) {
  const sys_days day{std::chrono::days(20'514 + GetParam())};  // 2026-03-02, a Monday

  play(day);
  pass_until(now().plus_us(30 * 60'000'000));  // the day after begins

  EXPECT_THAT(overdue(), ElementsAre("dispute-02 feedback", "dispute-05 settlement",
                                     "dispute-06 assessment", "dispute-11 dispatch"));
  const std::pair<std::string_view, CaseState> left[] = {
      {"dispute-01", CaseState::kSettled},      {"dispute-03", CaseState::kCaseReview},
      {"dispute-04", CaseState::kFiled},        {"dispute-07", CaseState::kFeedback},
      {"dispute-08", CaseState::kVerification}, {"dispute-10", CaseState::kFeedback},
      {"dispute-12", CaseState::kSettled},      {"dispute-13", CaseState::kRework},
      {"dispute-15", CaseState::kAssessment}};
  for (const auto& [dispute, state] : left) EXPECT_EQ(case_of(dispute).state, state) << dispute;
  EXPECT_EQ(text(case_of("dispute-07").owner), kCommunityKey);
  EXPECT_EQ(case_of(kLongestCase).version, 14);
  for (const std::string_view subject :
       {kCaseOpened, kCaseReopened, kCaseSettledOnSpot, kCaseAssessed, kCaseReferred,
        kCaseDispatched, kCaseFeedbackReceived, kCaseVerified, kCaseReturned, kCaseReviewed,
        kCaseReminded, kCaseEscalated})
    EXPECT_GT(count(subject), 0) << subject;
}

TEST(LiveDisputes, AreReadByIntakeAndHaveReferencesOfTheirOwn) {
  const CodeLists codes = CodeLists::builtin().value();
  AlertParser parser(codes);
  AlertReceived alert;
  std::vector<FieldError> errors;
  std::vector<Warning> warnings;
  std::set<std::string> references;
  for (std::uint64_t i = 0; i < 20; ++i) {
    const Alert made = make_live_dispute(TimeUs{1'788'000'000'000'000}, i);
    ASSERT_TRUE(parser.parse(made.json, alert, errors, warnings)) << made.json;
    EXPECT_THAT(warnings, ::testing::IsEmpty());
    references.emplace(alert.partner_ref);
  }
  EXPECT_EQ(references.size(), 20U);
}

}  // namespace
}  // namespace lamplight::demo
