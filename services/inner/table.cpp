#include "inner/table.hpp"

#include "model/inner.hpp"

namespace lamplight::inner {

namespace {

// What can be asked, and the moves that may answer it.
struct Answer {
  Ask ask;
  Move move;
};
constexpr Answer kAnswers[] = {
    {Ask::kSettlement, Move::kSettle},
    {Ask::kAssessment, Move::kAssess},
    {Ask::kAssessment, Move::kAssessGated},
    {Ask::kDispatch, Move::kDispatch},
    {Ask::kFeedback, Move::kFeedback},
    {Ask::kFeedback, Move::kFeedbackGated},
    {Ask::kVerification, Move::kVerifyPass},
    {Ask::kVerification, Move::kVerifyFail},
    {Ask::kReview, Move::kFile},
    {Ask::kReview, Move::kDecline},
    {Ask::kReopening, Move::kReopen},
    {Ask::kRulesMove, Move::kRulesMove},
    {Ask::kPetition, Move::kPetition},
};

constexpr auto kNo = CaseState::kNone;
constexpr auto kSett = CaseState::kSettlement;
constexpr auto kAsse = CaseState::kAssessment;
constexpr auto kDisp = CaseState::kDispatch;
constexpr auto kFeed = CaseState::kFeedback;
constexpr auto kVeri = CaseState::kVerification;
constexpr auto kRewo = CaseState::kRework;
constexpr auto kRevi = CaseState::kCaseReview;
constexpr auto kDone = CaseState::kSettled;
constexpr auto kFile = CaseState::kFiled;
constexpr auto kGone = CaseState::kWithdrawn;

std::string_view words(Clock clock) {
  switch (clock) {
    case Clock::kByState: return "new with the state";
    case Clock::kTighten: return "new with the state; else never later";
    case Clock::kRestart: return "starts anew";
    case Clock::kRecount: return "counted again by the newest rules";
    case Clock::kLadder: return "stands; next rung";
  }
  return "";
}

}  // namespace

// clang-format off
const Table kTable = {{{
    //                                                                      none   settl. assess dispa. feedb. verif. rework review settled filed with.
    {Move::kAlert,         kCaseOpened,           Clock::kByState, {kSett, kNo,   kNo,   kNo,   kNo,   kNo,   kNo,   kNo,   kNo,   kNo,   kNo}},
    {Move::kPetition,      kCaseOpened,           Clock::kByState, {kAsse, kNo,   kNo,   kNo,   kNo,   kNo,   kNo,   kNo,   kAsse, kNo,   kNo}},
    {Move::kLinkedAlert,   kCaseLinked,           Clock::kTighten, {kNo,   kSett, kAsse, kAsse, kAsse, kAsse, kAsse, kRevi, kSett, kNo,   kNo}},
    {Move::kLinkedParty,   kCaseLinked,           Clock::kByState, {kNo,   kNo,   kNo,   kNo,   kNo,   kNo,   kNo,   kNo,   kAsse, kNo,   kNo}},
    {Move::kCorrection,    kCaseCorrected,        Clock::kByState, {kNo,   kSett, kAsse, kDisp, kFeed, kVeri, kRewo, kRevi, kDone, kFile, kNo}},
    {Move::kWithdrawal,    kCaseWithdrawn,        Clock::kByState, {kNo,   kGone, kAsse, kDisp, kFeed, kVeri, kRewo, kRevi, kDone, kFile, kNo}},
    {Move::kSettle,        kCaseSettledOnSpot,    Clock::kByState, {kNo,   kAsse, kAsse, kAsse, kAsse, kAsse, kAsse, kRevi, kNo,   kNo,   kNo}},
    {Move::kAssess,        kCaseAssessed,         Clock::kByState, {kNo,   kNo,   kDisp, kNo,   kNo,   kNo,   kNo,   kNo,   kNo,   kNo,   kNo}},
    {Move::kAssessGated,   kCaseReferred,         Clock::kByState, {kNo,   kNo,   kRevi, kNo,   kNo,   kNo,   kNo,   kNo,   kNo,   kNo,   kNo}},
    {Move::kDispatch,      kCaseDispatched,       Clock::kRestart, {kNo,   kNo,   kNo,   kFeed, kFeed, kNo,   kFeed, kNo,   kNo,   kNo,   kNo}},
    {Move::kFeedback,      kCaseFeedbackReceived, Clock::kByState, {kNo,   kNo,   kNo,   kNo,   kVeri, kNo,   kVeri, kNo,   kNo,   kNo,   kNo}},
    {Move::kFeedbackGated, kCaseReferred,         Clock::kByState, {kNo,   kNo,   kNo,   kNo,   kRevi, kNo,   kRevi, kNo,   kNo,   kNo,   kNo}},
    {Move::kVerifyPass,    kCaseVerified,         Clock::kByState, {kNo,   kNo,   kNo,   kNo,   kNo,   kDone, kNo,   kNo,   kNo,   kNo,   kNo}},
    {Move::kVerifyFail,    kCaseReturned,         Clock::kByState, {kNo,   kNo,   kNo,   kNo,   kNo,   kRewo, kNo,   kNo,   kNo,   kNo,   kNo}},
    {Move::kFile,          kCaseReviewed,         Clock::kByState, {kNo,   kNo,   kNo,   kNo,   kNo,   kNo,   kNo,   kFile, kNo,   kNo,   kNo}},
    {Move::kDecline,       kCaseReviewed,         Clock::kByState, {kNo,   kNo,   kNo,   kNo,   kNo,   kNo,   kNo,   kAsse, kNo,   kNo,   kNo}},
    {Move::kReopen,        kCaseReopened,         Clock::kByState, {kNo,   kNo,   kNo,   kNo,   kNo,   kNo,   kNo,   kNo,   kAsse, kAsse, kSett}},
    {Move::kRulesMove,     kCaseRulesMoved,       Clock::kRecount, {kNo,   kSett, kAsse, kDisp, kFeed, kVeri, kRewo, kRevi, kNo,   kNo,   kNo}},
    {Move::kRemind,        kCaseReminded,         Clock::kLadder,  {kNo,   kSett, kAsse, kDisp, kFeed, kVeri, kRewo, kRevi, kNo,   kNo,   kNo}},
    {Move::kEscalate,      kCaseEscalated,        Clock::kLadder,  {kNo,   kSett, kAsse, kDisp, kFeed, kVeri, kRewo, kRevi, kNo,   kNo,   kNo}},
    {Move::kMark,          kCaseMarkedOverdue,    Clock::kLadder,  {kNo,   kSett, kAsse, kDisp, kFeed, kVeri, kRewo, kRevi, kNo,   kNo,   kNo}},
    {Move::kRepeat,        kCaseEscalated,        Clock::kLadder,  {kNo,   kSett, kAsse, kDisp, kFeed, kVeri, kRewo, kRevi, kNo,   kNo,   kNo}},
}}};
// clang-format on

std::string_view Table::subject(CaseState state, Move move) const {
  const bool opened_again =
      state != CaseState::kNone && !is_open(state) && is_open(after(state, move));
  return opened_again ? kCaseReopened : row(move).publishes;
}

std::vector<Ask> Table::allowed(CaseState state) const {
  std::vector<Ask> out;
  for (const Answer& answer : kAnswers) {
    const bool there = !out.empty() && out.back() == answer.ask;
    if (!there && allows(state, answer.move)) out.push_back(answer.ask);
  }
  return out;
}

std::string to_markdown(const Table& table) {
  std::string out = "| move | publishes | deadline |";
  std::string rule = "| --- | --- | --- |";
  for (std::size_t s = 0; s < kStates; ++s) {
    out += " " + std::string(to_string(static_cast<CaseState>(s))) + " |";
    rule += " --- |";
  }
  out += "\n" + rule + "\n";
  for (const Row& row : table.rows) {
    out += "| `" + std::string(to_string(row.move)) + "` | `" + std::string(row.publishes) +
           "` | " + std::string(words(row.clock)) + " |";
    for (const CaseState to : row.to)
      out += " " + (to == kNo ? std::string("·") : std::string(to_string(to))) + " |";
    out += "\n";
  }
  return out;
}

}  // namespace lamplight::inner
