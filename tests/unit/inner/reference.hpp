#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// The inner loop told a second time, from services/inner/README.md, as plainly as it can be said and without a line of
/// the service: what is allowed is written out per request, and days are counted by the standard library.
namespace reference {

using Id = std::uint64_t;
using Time = std::int64_t;  // µs

struct Span {
  char unit = 'm';  // m minutes, d days, w working days
  int count = 1;
};

enum Step { kSettlement, kAssessment, kDispatch, kFeedback, kVerification, kRework, kReview };
inline constexpr int kSteps = 7;

struct Desk {
  std::string station;
  std::vector<std::string> community;
  std::string chief;
};

struct Rules {
  int version = 1;
  Span dispute[4][kSteps];
  Span petition[kSteps];
  Span escalate, mark, repeat;
  int window_days = 90;
  int raise_from = 1;
  int offence_from = 3;
  unsigned gate = 0;  // bits: repeated offence, gang fight, provocation, unwilling party
  std::string centre, review;
  std::map<std::string, Desk> areas;  // "" for the others
};

struct Case {
  Id id = 0;
  bool petition = false;
  std::string state;
  int severity = 0;
  int overdue = 0;
  int version = 0;
  int rules = 0;
  int repeats = 0;
  int risk = -1;  // not said, none, residual
  unsigned grounds = 0;
  std::string owner, assignee, area, number;
  Time due = 0, next = 0, since = 0;
  Time open_since = 0;     // opened, or opened again
  std::size_t opened = 0;  // the how manieth
  std::set<std::string> barred, parties;
};

struct Request {
  Id id = 0;
  std::string actor;
  std::optional<int> expected;
  std::string risk;
  int severity = -1;
  unsigned grounds = 0;
  std::string assignee, outcome, reason;
  std::vector<std::string> parties;
};

class Model {
 public:
  /// What was said on the last input: subject and case, or "refused" and the rule.
  std::vector<std::pair<std::string, Id>> said;
  std::string refused;
  std::map<Id, Case> cases;
  std::set<Id> open;
  std::map<std::string, std::vector<Time>> took;  // step → how long each that ended
  std::map<std::string, int> refusals;            // rule → how many
  std::set<Time> holidays, workdays;              // days since 1970

  void publish(Rules rules) { rules_[rules.version] = std::move(rules); }
  void alert(Time now, Id id, const std::string& place, const std::string& area);
  void withdraw(Time now, Id alert);
  void correct(Id id, Id alert, const std::string& place, const std::string& area);
  void petition(Time now, Id id, const std::string& number, int severity);
  void settle(Time now, const Request& asked);
  void assess(Time now, const Request& asked);
  void dispatch(Time now, const Request& asked);
  void feed_back(Time now, const Request& asked);
  void verify(Time now, const Request& asked);
  void review(Time now, const Request& asked);
  void reopen(Time now, const Request& asked);
  void move_rules(Time now, const Request& asked);
  void tick(Time now, std::size_t most);

  [[nodiscard]] const Case* of_alert(Id alert) const;
  [[nodiscard]] const Rules& newest() const { return rules_.rbegin()->second; }
  [[nodiscard]] Time due(const Span& span, Time from) const;

 private:
  void begin();
  Case* admit(const Request& asked);
  void refuse(const char* rule);
  void say(const char* subject, Case& of);
  Case& make(Time now, Id id, bool petition, const std::string& area);
  void enter(Case& of, const std::string& state, Time now);
  void leave(Case& of, const std::string& state, Time now);
  void end_step(const Case& of, Time now);
  void count_repeats(Case& of, const Rules& by, int more);
  void link(Case& of, Time now, Id alert);
  [[nodiscard]] bool lately(const Case& of, Time now) const;
  [[nodiscard]] const Rules& rules(const Case& of) const { return rules_.at(of.rules); }
  [[nodiscard]] const Desk& desk(const Case& of) const;
  [[nodiscard]] Time step_due(const Case& of, Time from) const;
  [[nodiscard]] bool gated(const Case& of, unsigned grounds) const;

  std::map<int, Rules> rules_;
  std::map<Id, Id> alerts_;                       // alert → case
  std::map<std::string, std::set<Id>> at_place_;  // place → cases
  std::map<std::string, std::set<Id>> of_party_;  // party → cases
  std::map<std::string, Id> numbers_;             // petition → case
};

}  // namespace reference
