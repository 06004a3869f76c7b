#include <random>

#include "bench.hpp"
#include "tally/state.hpp"

/// Intake tells a sender what became of an alert, tally counts it: they must never say different things of one log.
namespace lamplight::intake::test {
namespace {

constexpr const char* kStatusNames[] = {"Actual", "Actual", "Exercise", "Test", "Draft"};

/// Looks at both folds of one log, record for record. Rows and records have the same numbers: every event is an alert.
void expect_agreement(const IntakeState& intake, const tally::TallyFold& tally,
                      const std::string& history) {
  const tally::TallyView view = tally.view();
  ASSERT_EQ(intake.size(), view.rows.size());
  tally::Standing standing;
  for (std::size_t i = 0; i < view.rows.size(); ++i) standing.take(view.rows[i]);
  for (std::uint32_t i = 0; i < intake.size(); ++i) {
    const Record& record = intake.at(i);
    const tally::Row& row = view.rows[i];
    ASSERT_EQ(record.unresolved, row.kind == tally::RowKind::kUnresolved) << i << "\n" << history;
    ASSERT_EQ(record.root, row.root) << i << "\n" << history;
    if (row.kind != tally::RowKind::kOriginal) continue;
    std::uint32_t told = record.actual ? i : tally::Standing::kNobody;
    if (record.latest != kNoRecord) told = record.latest;
    if (intake.withdrawn_by(record) != nullptr) told = tally::Standing::kWithdrawn;
    ASSERT_EQ(told, standing.of(i)) << "alert " << i << " of\n" << history;
  }
}

class Agreement : public PublisherBench, public testing::WithParamInterface<unsigned> {
 protected:
  void expect_agreement_now(const std::string& history) {
    tally::TallyFold tally;
    for (const Stored& stored : log.events) tally.evolve(log.view(stored));
    expect_agreement(*state, tally, history);
  }
};

INSTANTIATE_TEST_SUITE_P(Seeds, Agreement, testing::Range(0U, 40U));

TEST_P(Agreement, OnWhatSendersSaidAndIntakeTook) {
  std::mt19937 dice(GetParam());
  std::vector<Id16> known;
  std::string history;
  for (int i = 0; i < 60; ++i) {
    Said said;
    said.ref = "r-" + std::to_string(i);
    said.status = kStatusNames[dice() % 5];
    const std::uint_fast32_t what = dice() % 3;
    if (what != 0 && !known.empty()) {
      said.extra = std::string(what == 1 ? R"(,"corrects":")" : R"(,"withdraws":")") +
                   to_uuid(known[dice() % known.size()]) + '"';
    }
    const BatchPtr batch = send(said);
    if (dice() % 2 == 0) acknowledge();
    if (dice() % 3 == 0) fold();
    const Item item = done(batch);
    history += said.json() + " -> " + std::to_string(static_cast<int>(item.outcome)) + '\n';
    if (item.outcome == Outcome::kAccepted) known.push_back(item.id);
    ASSERT_NO_FATAL_FAILURE(expect_agreement_now(history)) << "seed " << GetParam();
  }
}

TEST_P(Agreement, OnLogsThatHoldWhatIntakeWouldRefuseToday) {
  std::mt19937 dice(GetParam() + 1000);
  std::string history;
  const auto id_of = [](std::uint64_t number) {
    Id16 id;
    for (std::size_t i = 0; i < 8; ++i)
      id.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
    return id;
  };
  for (std::uint64_t i = 1; i <= 60; ++i) {
    AlertReceived alert;
    std::uint64_t ref = i;
    alert.partner = dice() % 8 == 0 ? "south" : "north";
    alert.status = static_cast<AlertStatus>(dice() % 2 == 0 ? 0 : dice() % 5);
    alert.class_code = "criminal";
    alert.category = "theft";
    alert.area = "wuma";
    const std::uint_fast32_t what = dice() % 4;
    const std::uint64_t named = 1 + dice() % 62;  // also itself, the future and the unknown
    if (what == 0 && named < i && !state->at(static_cast<std::uint32_t>(named - 1)).unresolved)
      ref = named;  // a repeat, perhaps under the reference of a correction
    if (what == 1 || what == 2) alert.corrects = id_of(named);
    if (what == 3) alert.withdraws = id_of(named);
    const std::string text = "r-" + std::to_string(ref);
    alert.partner_ref = text;
    MsgpackWriter payload;
    encode_alert(alert, payload);
    Stored stored;
    stored.subject = kAlertReceived;
    stored.id = id_of(i);
    stored.dedupe = secret().reference(alert.partner, text);
    stored.payload = payload.take();
    stored.offset = {i};
    log.events.push_back(stored);
    history += std::to_string(i - 1) + ": " + std::string(alert.partner) + ' ' + text + ' ' +
               std::string(to_string(alert.status)) + (what == 3 ? " withdraws " : " corrects ") +
               (what == 0 ? "nothing" : std::to_string(named - 1)) + '\n';
    fold();
    ASSERT_NO_FATAL_FAILURE(expect_agreement_now(history)) << "seed " << GetParam();
  }
}

class OnlyActual : public PublisherBench {
 protected:
  static Said about(const Item& item, const std::string& ref, const std::string& verb,
                    const std::string& status) {
    return {ref, "theft", status, ",\"" + verb + "\":\"" + to_uuid(item.id) + '"'};
  }
};

TEST_F(OnlyActual, AnExerciseCannotTouchAnActualAlert) {
  const Item alert = post({"a-1"});

  const Item withdrawal = post(about(alert, "x-1", "withdraws", "Exercise"));
  const Item correction = post(about(alert, "x-2", "corrects", "Exercise"));

  EXPECT_EQ(withdrawal.outcome, Outcome::kOnlyActual);
  EXPECT_EQ(correction.outcome, Outcome::kOnlyActual);
  EXPECT_THAT(log.events, testing::SizeIs(1));
  EXPECT_EQ(state->withdrawn_by(*state->by_id(alert.id)), nullptr);
  EXPECT_EQ(post(about(alert, "c-1", "corrects", "Actual")).outcome, Outcome::kAccepted);
}

TEST_F(OnlyActual, NotEvenOneThatTheFoldHasNotSeenYet) {
  const BatchPtr alert = send({"a-1"});
  acknowledge();

  const Item withdrawal = send(about(alert->items[0], "x-1", "withdraws", "Test"))->items[0];

  EXPECT_EQ(withdrawal.outcome, Outcome::kOnlyActual);
}

TEST_F(OnlyActual, AmongExercisesARelationIsTakenAndCountsNothing) {
  const Item drill = post({"x-1", "theft", "Exercise"});

  EXPECT_EQ(post(about(drill, "x-2", "withdraws", "Exercise")).outcome, Outcome::kAccepted);
  EXPECT_EQ(state->withdrawn_by(*state->by_id(drill.id)), nullptr);
  EXPECT_EQ(post(about(drill, "c-1", "corrects", "Actual")).outcome, Outcome::kAccepted)
      << "it was real after all";
  EXPECT_EQ(post(about(drill, "x-3", "corrects", "Exercise")).outcome, Outcome::kOnlyActual);
}

}  // namespace
}  // namespace lamplight::intake::test
