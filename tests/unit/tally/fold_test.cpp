#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "support.hpp"

namespace lamplight::tally::test {
namespace {

const ReportSpec& by_category() {
  static const ReportSpec spec = spec_of(R"(
    name = "t"
    [[count]]
    name = "category"
    by = ["category"]
  )");
  return spec;
}

std::int64_t counted(const History& history, const std::string& category, const AsOf& as_of = {}) {
  return std::max<std::int64_t>(
      0, count_of(history.report(by_category(), as_of).counts[0], {category}));
}

TEST(TallyCorrections, TheNewestCorrectionStandsInThePlaceOfItsAlert) {
  History history;
  const Offset first = history.say({.ref = "1", .category = "theft"});
  history.say({.ref = "1-a", .category = "fraud", .corrects = first});
  history.say({.ref = "1-b", .category = "fight", .corrects = first});

  EXPECT_EQ(counted(history, "theft"), 0);
  EXPECT_EQ(counted(history, "fraud"), 0);
  EXPECT_EQ(counted(history, "fight"), 1);
  EXPECT_EQ(history.report(by_category()).alerts, 1U);
}

TEST(TallyCorrections, ACorrectionOfACorrectionCorrectsTheAlertItself) {
  History history;
  const Offset first = history.say({.ref = "1", .category = "theft"});
  const Offset second = history.say({.ref = "1-a", .category = "fraud", .corrects = first});
  history.say({.ref = "1-b", .category = "fight", .corrects = second});

  EXPECT_EQ(counted(history, "fight"), 1);
  EXPECT_EQ(history.report(by_category()).alerts, 1U);
}

TEST(TallyCorrections, WhatWasKnownBeforeACorrectionIsStillToldAsOfThen) {
  History history;
  const Offset first = history.say({.category = "theft"});
  history.say({.ref = "1-a", .category = "fraud", .corrects = first});

  EXPECT_EQ(counted(history, "theft", {.offset = first}), 1);
  EXPECT_EQ(counted(history, "theft", {.time = History::time_of(1)}), 1);
  EXPECT_EQ(counted(history, "theft", {.time = History::time_of(2)}), 0);
}

TEST(TallyCorrections, ACorrectionMayBearTheReferenceOfItsAlert) {
  History history;
  const Offset first = history.say({.ref = "1", .category = "theft"});
  history.say({.ref = "1", .category = "fraud", .corrects = first});

  EXPECT_EQ(counted(history, "fraud"), 1);
}

TEST(TallyCorrections, OfAnotherPartnersAlertTheyHaveNoEffectAndAreShown) {
  History history;
  const Offset first = history.say({.partner = "a", .category = "theft"});
  history.say({.partner = "b", .ref = "x", .category = "fraud", .corrects = first});
  history.say({.partner = "b", .ref = "y", .withdraws = first});

  const Report report = history.report(by_category());
  EXPECT_EQ(count_of(report.counts[0], {"theft"}), 1);
  EXPECT_EQ(report.alerts, 1U);
  EXPECT_EQ(report.accounts.by_kind[static_cast<std::size_t>(RowKind::kUnresolved)], 2U);
}

TEST(TallyCorrections, OfWhatIsNotOnTheLogTheyHaveNoEffectNorDoesWhatNamesThem) {
  History history;
  const Offset lost = history.say({.ref = "x", .corrects = Offset{999}});
  history.say({.ref = "y", .corrects = lost});
  history.say({.ref = "x", .category = "real"});

  const Report report = history.report(by_category());
  EXPECT_EQ(report.alerts, 1U) << "an unresolved correction takes nobody's reference";
  EXPECT_EQ(count_of(report.counts[0], {"real"}), 1);
}

TEST(TallyWithdrawals, AWithdrawnAlertCountsNoMore) {
  History history;
  const Offset first = history.say({.category = "theft"});
  history.say({.ref = "2", .category = "theft"});
  history.say({.ref = "w", .withdraws = first});

  EXPECT_EQ(counted(history, "theft"), 1);
  EXPECT_EQ(counted(history, "theft", {.offset = Offset{2}}), 2);
  EXPECT_EQ(history.report(by_category()).accounts.withdrawn, 1U);
}

TEST(TallyWithdrawals, WithdrawingACorrectionWithdrawsItsAlertForGood) {
  History history;
  const Offset first = history.say({.category = "theft"});
  const Offset corrected = history.say({.ref = "1-a", .category = "fraud", .corrects = first});
  history.say({.ref = "w", .withdraws = corrected});
  history.say({.ref = "1-b", .category = "fight", .corrects = first});

  EXPECT_EQ(history.report(by_category()).alerts, 0U);
}

TEST(TallyRepeats, ASendersReferenceCountsOnceForEver) {
  History history;
  const Offset first = history.say({.partner = "a", .ref = "1", .category = "theft"});
  history.say({.partner = "a", .ref = "1", .category = "fraud"});
  history.say({.partner = "b", .ref = "1", .category = "theft"});
  history.say({.partner = "a", .ref = "w", .withdraws = first});
  history.say({.partner = "a", .ref = "1", .category = "theft"});

  EXPECT_EQ(counted(history, "theft"), 1)
      << "partner b's own, and a's is withdrawn whatever is sent again";
  EXPECT_EQ(counted(history, "fraud"), 0);
  EXPECT_EQ(
      history.report(by_category()).accounts.by_kind[static_cast<std::size_t>(RowKind::kRepeat)],
      2U);
}

TEST(TallyRepeats, AReferenceBelongsToItsPartnerAlone) {
  History history;
  for (const char* partner : {"a", "b", "c"})
    history.say({.partner = partner, .ref = "1", .category = "theft"});
  history.say({.partner = "b", .ref = "1", .category = "theft"});

  EXPECT_EQ(counted(history, "theft"), 3);
}

TEST(TallyRepeats, WhatNamesARepeatMeansTheFirst) {
  History history;
  history.say({.ref = "1", .category = "theft"});
  const Offset again = history.say({.ref = "1", .category = "theft"});
  history.say({.ref = "c", .category = "fraud", .corrects = again});

  EXPECT_EQ(counted(history, "theft"), 0);
  EXPECT_EQ(counted(history, "fraud"), 1);
}

class TallyStatus : public ::testing::TestWithParam<AlertStatus> {};

TEST_P(TallyStatus, OnlyActualIsEverCounted) {
  History history;
  history.say({.ref = "1", .status = GetParam()});

  const Report report = history.report(by_category());
  EXPECT_EQ(report.alerts, 0U);
  EXPECT_EQ(report.accounts.not_actual, 1U);
  EXPECT_EQ(report.accounts.by_status[static_cast<std::size_t>(GetParam())], 1U);
}

TEST_P(TallyStatus, NothingButActualTouchesARealAlert) {
  History history;
  const Offset real = history.say({.ref = "1", .category = "theft"});
  history.say({.ref = "2", .status = GetParam(), .category = "fraud", .corrects = real});
  history.say({.ref = "3", .status = GetParam(), .withdraws = real});

  EXPECT_EQ(counted(history, "theft"), 1);
}

TEST_P(TallyStatus, AnActualCorrectionMakesItCount) {
  History history;
  const Offset drill = history.say({.ref = "1", .status = GetParam(), .category = "theft"});
  history.say({.ref = "2", .category = "fraud", .corrects = drill});

  EXPECT_EQ(counted(history, "fraud"), 1);
}

INSTANTIATE_TEST_SUITE_P(NotActual, TallyStatus,
                         ::testing::Values(AlertStatus::kExercise, AlertStatus::kSystem,
                                           AlertStatus::kTest, AlertStatus::kDraft));

TEST(TallyFold, AnUnreadablePayloadStopsNothingAndIsShown) {
  History history;
  history.say({.ref = "1"});
  const Offset bad = history.say_raw("no MessagePack");
  history.say({.ref = "2", .corrects = bad});
  history.say({.ref = "3"});

  const Report report = history.report(by_category());
  EXPECT_EQ(report.alerts, 2U);
  EXPECT_EQ(report.accounts.by_kind[static_cast<std::size_t>(RowKind::kUnreadable)], 1U);
  EXPECT_EQ(report.accounts.by_kind[static_cast<std::size_t>(RowKind::kUnresolved)], 1U);
}

TEST(TallyFold, OtherSubjectsPassBy) {
  TallyFold fold;
  Event event;
  event.subject = "control.tally.started";
  event.offset = {1};
  fold.evolve(event);
  event.subject = "inner.assessed";
  fold.evolve(event);

  EXPECT_EQ(fold.rows(), 0U);
}

// ---- random histories: what must hold whatever was said -----------------------------------------

Said random_word(std::mt19937_64& random, std::size_t offset) {
  const auto pick = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  Said said;
  said.partner = std::string(1, static_cast<char>('a' + pick(3)));
  said.ref = std::to_string(pick(offset + 2));
  said.status = pick(4) == 0 ? static_cast<AlertStatus>(1 + pick(4)) : AlertStatus::kActual;
  said.class_code = std::string(1, static_cast<char>('A' + pick(15)));
  said.category = said.class_code + std::to_string(pick(3));
  said.area = pick(8) == 0 ? "" : "area" + std::to_string(pick(40));
  if (pick(3) == 0) said.amount_fen = static_cast<std::int64_t>(pick(100'000));
  if (pick(3) == 0)
    said.stages = {{"dispatch", "2022-07-01T12:01:00+08:00"},
                   {"arrive", "2022-07-01T12:09:00+08:00"}};
  if (pick(3) == 0) said.places = {{"zip", std::to_string(pick(9))}};
  if (pick(3) == 0) said.operations = {"op" + std::to_string(pick(3))};
  if (pick(2) == 0) said.occurred = "2022-07-01T11:59:00+08:00";
  const std::size_t act = pick(6);
  if (act == 0) said.corrects = Offset{1 + pick(offset + 1)};
  if (act == 1) said.withdraws = Offset{1 + pick(offset + 1)};
  return said;
}

History random_history(std::uint64_t seed, std::size_t events) {
  std::mt19937_64 random(seed);
  History history;
  for (std::size_t i = 0; i < events; ++i) {
    if (random() % 50 == 0) history.say_raw("bad");
    else history.say(random_word(random, i));
  }
  return history;
}

class AnyHistory : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(AnyHistory, AsOfEveryOffsetGivesTheFiguresOfAFreshFoldOfThatPrefix) {
  const History history = random_history(GetParam(), 150);
  TallyFold whole;
  history.fold_into(whole, 1, history.size());
  const ReportSpec spec = default_spec();

  for (std::size_t n = 0; n <= history.size(); ++n) {
    TallyFold prefix;
    history.fold_into(prefix, 1, n);
    const Report fresh = make_report(prefix.view(), {{n}, {}, {}}, spec, {}).value();
    const Report past =
        make_report(whole.view(), history.cut(), spec, {.offset = Offset{n}}).value();
    ASSERT_EQ(figures_json(past), figures_json(fresh))
        << "as of " << n << " of seed " << GetParam();
  }
}

TEST_P(AnyHistory, ASnapshotAtAnyCutContinuesToTheSameBytesAndFigures) {
  const History history = random_history(GetParam(), 150);
  TallyFold whole;
  history.fold_into(whole, 1, history.size());

  for (std::size_t cut = 0; cut <= history.size(); cut += 37) {
    TallyFold before;
    history.fold_into(before, 1, cut);
    const std::string saved = snapshot_of(before);
    TallyFold after;
    runtime::SnapshotReader in(as_bytes(saved));
    after.load(in);
    ASSERT_TRUE(in.ok() && in.at_end());
    history.fold_into(after, cut + 1, history.size());
    ASSERT_EQ(snapshot_of(after), snapshot_of(whole)) << "cut " << cut << " of seed " << GetParam();
    ASSERT_EQ(after.figures().total.alerts, whole.figures().total.alerts);
  }
}

TEST_P(AnyHistory, TheLiveFiguresAreThoseOfTheReport) {
  const History history = random_history(GetParam(), 300);
  TallyFold fold;
  const ReportSpec spec = spec_of(R"(
    name = "t"
    [[count]]
    name = "cells"
    by = ["class", "area"]
    [[count]]
    name = "amounts"
    by = ["class", "area"]
    measure = "amount_fen"
  )");

  for (std::size_t n = 1; n <= history.size(); ++n) {
    history.fold_into(fold, n, n);
    if (n % 20 != 0) continue;
    const Report report = make_report(fold.view(), {{n}, {}, {}}, spec, {}).value();
    ASSERT_EQ(fold.figures().total.alerts, static_cast<std::int64_t>(report.alerts));
    ASSERT_EQ(fold.figures().total.amount_fen, report.amount_fen);
    for (const auto& [key, cell] : fold.figures().by_class_area) {
      const auto text = [&](TextId id) { return id == 0 ? "-" : std::string(fold.text(id)); };
      const std::vector<std::string> texts{text(static_cast<TextId>(key >> 32)),
                                           text(static_cast<TextId>(key))};
      ASSERT_EQ(cell.alerts, std::max<std::int64_t>(0, count_of(report.counts[0], texts)));
      ASSERT_EQ(cell.amount_fen, std::max<std::int64_t>(0, count_of(report.counts[1], texts)));
    }
  }
}

TEST_P(AnyHistory, AViewShowsItsMomentWhileTheFoldGoesOn) {
  const History history = random_history(GetParam(), 200);
  TallyFold fold;
  history.fold_into(fold, 1, 100);
  const TallyView view = fold.view();
  const std::string then =
      figures_json(make_report(view, {{100}, {}, {}}, default_spec(), {}).value());

  history.fold_into(fold, 101, history.size());

  EXPECT_EQ(figures_json(make_report(view, {{100}, {}, {}}, default_spec(), {}).value()), then);
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyHistory, ::testing::Range<std::uint64_t>(1, 9));

TEST(TallyFold, ADamagedSnapshotIsRefused) {
  const History history = random_history(3, 40);
  TallyFold fold;
  history.fold_into(fold, 1, history.size());
  const std::string saved = snapshot_of(fold);

  for (std::size_t size = 0; size < saved.size(); size += 7) {
    TallyFold other;
    runtime::SnapshotReader in(as_bytes(std::string_view(saved).substr(0, size)));
    other.load(in);
    ASSERT_FALSE(in.ok()) << "cut at byte " << size;
  }
}

}  // namespace
}  // namespace lamplight::tally::test
