#include "inner_load.hpp"

#include "model/alert_description.hpp"
#include "model/inner_descriptions.hpp"

namespace lamplight::bench {

namespace {

constexpr std::uint64_t kLag = 100;  // rounds between one step of a case and the next
constexpr TimeUs kToday{1'772'413'200'000'000};
constexpr std::uint64_t kOfCases = 1;  // the first half of an id: whose numbers these are
constexpr std::uint64_t kOfInputs = 2;

std::uint64_t mixed(std::uint64_t number) {
  number = (number ^ number >> 30) * 0xBF58476D1CE4E5B9ULL;
  number = (number ^ number >> 27) * 0x94D049BB133111EBULL;
  return number ^ number >> 31;
}

// As random in its last half as a UUIDv7 is.
Id16 id_of(std::uint64_t kind, std::uint64_t number) {
  Id16 id;
  const std::uint64_t bits = mixed(number + 1);
  for (std::size_t i = 0; i < 8; ++i) {
    id.bytes[i] = static_cast<std::uint8_t>((kind << 48 | number) >> (8 * (7 - i)));
    id.bytes[8 + i] = static_cast<std::uint8_t>(bits >> (8 * i));
  }
  return id;
}
Id16 case_of(std::uint64_t round) { return id_of(kOfCases, round); }

template <typename T>
std::string encoded(const T& said) {
  MsgpackWriter out;
  encode(said, out);
  return out.take();
}

// How the dispute of a round goes on.
bool is_linked(std::uint64_t round) { return round % 20 == 19; }  // belongs to the case before it
bool is_gated(std::uint64_t round) { return round % 20 == 7; }    // goes to case review
bool fails_once(std::uint64_t round) { return round % 10 == 3; }  // verification sends it back
bool meets_again(std::uint64_t round) { return round % 20 == 11; }

std::string alert(std::uint64_t number, std::string_view class_code, std::string_view category,
                  std::string_view place) {
  const std::string ref = "bench-" + std::to_string(number);
  const std::string area = "a" + std::to_string(number * 7 % 12);
  AlertReceived said;
  said.partner = "local";
  said.partner_ref = ref;
  said.class_code = class_code;
  said.category = category;
  said.area = area;
  if (!place.empty()) said.places = {{"address_key", place}};
  said.occurred_at = Stamp{kToday, 480};
  said.reported_at = Stamp{kToday.plus_us(30'000'000), 480};
  return encoded(said);
}
std::string place_of(std::uint64_t round) { return "place-of-bench-" + std::to_string(round); }
std::string party_of(std::uint64_t round) { return "party-of-bench-" + std::to_string(round); }
std::string officer(std::uint64_t round) { return "officer-" + std::to_string(round % 300); }

std::string settlement(std::uint64_t round) {
  const std::string actor = officer(round);
  const std::string party = party_of(round);
  const bool again = meets_again(round) && round >= 10 * kLag;
  // A party of a case that was settled a while ago: that one opens again.
  const std::string other = again ? party_of(round - 10 * kLag) : std::string();
  SettlementSubmitted said;
  said.actor = actor;
  said.case_id = case_of(round);
  said.parties = {party};
  if (again) said.parties.push_back(other);
  return encoded(said);
}

std::string assessment(std::uint64_t round) {
  AssessmentSubmitted said;
  said.actor = "operator-1";
  said.case_id = case_of(round);
  said.risk = round % 4 == 0 ? "residual" : "none";
  if (is_gated(round)) said.grounds = {"gang_fight"};
  return encoded(said);
}

std::string dispatch(std::uint64_t round) {
  DispatchSubmitted said;
  said.actor = "operator-1";
  said.case_id = case_of(round);
  return encoded(said);
}

std::string review(std::uint64_t round) {
  ReviewSubmitted said;
  said.actor = "reviewer-2";
  said.case_id = case_of(round);
  said.outcome = "filed";
  return encoded(said);
}

std::string feedback(std::uint64_t round) {
  const std::string actor = officer(round);
  FeedbackSubmitted said;
  said.actor = actor;
  said.case_id = case_of(round);
  return encoded(said);
}

std::string verification(std::uint64_t round, bool passed) {
  VerificationSubmitted said;
  said.actor = "reviewer-1";
  said.case_id = case_of(round);
  said.outcome = passed ? "passed" : "failed";
  if (!passed) said.reason = "not_done";
  return encoded(said);
}

}  // namespace

Said DistrictDay::next() {
  while (waiting_.empty()) tell_round();
  Said said = std::move(waiting_.front());
  waiting_.pop_front();
  return said;
}

void DistrictDay::tell_round() {
  const std::uint64_t now = round_++;
  const auto tell = [this](std::string_view subject, std::string payload) {
    waiting_.push_back({subject, id_of(kOfInputs, told_++), std::move(payload)});
  };
  // `step` steps after it was opened, the case of an earlier round is told of; linked ones are none.
  const auto after = [&](std::uint64_t step, auto tell_of) {
    if (now < step * kLag) return;
    const std::uint64_t round = now - step * kLag;
    if (!is_linked(round)) tell_of(round);
  };
  tell(kAlertReceived, alert(3 * now, "traffic", "collision", {}));
  tell(kAlertReceived, alert(3 * now + 1, "public_order", "noise", place_of(now)));
  const std::string place = place_of(is_linked(now) ? now - 10 : now);
  waiting_.push_back(
      {kAlertReceived, case_of(now), alert(3 * now + 2, "dispute", "dispute", place)});
  after(1, [&](std::uint64_t r) { tell(kSettlementSubmitted, settlement(r)); });
  after(2, [&](std::uint64_t r) { tell(kAssessmentSubmitted, assessment(r)); });
  after(3, [&](std::uint64_t r) {
    if (is_gated(r)) tell(kReviewSubmitted, review(r));
    else tell(kDispatchSubmitted, dispatch(r));
  });
  after(4, [&](std::uint64_t r) {
    if (!is_gated(r)) tell(kFeedbackSubmitted, feedback(r));
  });
  after(5, [&](std::uint64_t r) {
    if (!is_gated(r)) tell(kVerificationSubmitted, verification(r, !fails_once(r)));
  });
  after(6, [&](std::uint64_t r) {
    if (fails_once(r)) tell(kFeedbackSubmitted, feedback(r));
  });
  after(7, [&](std::uint64_t r) {
    if (fails_once(r)) tell(kVerificationSubmitted, verification(r, true));
  });
  // Somebody asks what is no longer to be asked.
  after(8, [&](std::uint64_t r) {
    if (r % 50 == 0) tell(kAssessmentSubmitted, assessment(r));
  });
}

Said dispute_alert(std::uint64_t number) {
  return {kAlertReceived, case_of(number), alert(number, "dispute", "dispute", place_of(number))};
}

Said settlement_of(std::uint64_t number) {
  const std::string actor = officer(number);
  const std::string party = party_of(number);
  SettlementSubmitted said;
  said.actor = actor;
  said.case_id = case_of(number);
  said.parties = {party};
  return {kSettlementSubmitted, id_of(kOfInputs, number), encoded(said)};
}

}  // namespace lamplight::bench
