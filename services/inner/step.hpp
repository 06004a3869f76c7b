#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "inner/case_book.hpp"
#include "inner/rulebook.hpp"
#include "inner/table.hpp"
#include "inner/well_formed.hpp"
#include "model/inner_descriptions.hpp"
#include "runtime/outbox.hpp"

namespace lamplight::inner {

/// What a handler brings to a move beside what the table and the rules say. Empty and absent: as it was.
struct Change {
  std::string_view actor;
  std::string_view assignee;
  std::string_view reason;
  std::string_view petition;
  std::string_view category;
  std::string_view area;
  std::string_view chief;
  std::optional<Severity> severity;
  std::optional<Risk> risk;
  std::optional<Grounds> grounds;
  std::optional<Id16> alert;
  std::optional<Id16> other;
  std::vector<PlaceCode> places;
  std::vector<std::string_view> parties;
  std::int64_t more_repeats = 0;
};

/// One step of deciding: the state as the input left it, the input's time, and where outputs go. Every move of a case is
/// published here, by the table: owner, deadline, severity and rule version follow from it.
class Step {
 public:
  Step(const CaseBook& book, const Rulebook& rules, const Table& table, TimeUs now,
       runtime::Outbox& out)
      : book_(book), rules_(rules), table_(table), now_(now), out_(out) {}

  [[nodiscard]] const CaseBook& book() const { return book_; }
  [[nodiscard]] const Rules& newest_rules() const { return rules_.newest(); }
  [[nodiscard]] const Rules& rules_of(const Case& of) const { return rules_.at(of.rules); }
  [[nodiscard]] TimeUs now() const { return now_; }
  [[nodiscard]] bool allows(const Case& of, Move move) const {
    return table_.allows(of.state, move);
  }
  /// Whether there is room for one more event of a case.
  [[nodiscard]] bool has_room() const { return out_.fits(kCaseReferred, kMaxCaseEventBytes); }

  /// The move must be allowed. `before` may be a case that does not exist yet: state kNone.
  void publish(const Case& before, Move move, const Change& change);

  /// Reads a request, finds its case and compares the version; refuses and returns null when one of them fails.
  template <typename Request>
  [[nodiscard]] const Case* admit(Ask ask, const Event& input, Request& request);
  void refuse(Ask ask, const Case& of, Refusal rule, std::string_view actor);
  /// A request that names no case which there is.
  void refuse(Ask ask, std::optional<Id16> case_id, Refusal rule, std::string_view actor);

 private:
  static constexpr std::size_t kMaxCaseEventBytes = 8U << 10;

  void set_clock(const Case& before, Move move, const Rules& rules, CaseEvent& event) const;
  void start_clock(const Rules& rules, CaseState state, TimeUs from, CaseEvent& event) const;
  void next_rung(const Case& before, Move move, const Rules& rules, CaseEvent& event) const;
  [[nodiscard]] Stamp stamp(const Rules& rules, TimeUs at) const {
    return {at, rules.clock_minutes};
  }

  const CaseBook& book_;
  const Rulebook& rules_;
  const Table& table_;
  TimeUs now_;
  runtime::Outbox& out_;
};

/// From `raise_from` repeats on, each more raises the severity by one.
[[nodiscard]] Severity raised(const Rules& rules, const Case& of, std::int64_t more_repeats);
/// Its grounds, and that offences are repeated once there are enough.
[[nodiscard]] Grounds grounds_after(const Rules& rules, const Case& of, std::int64_t more_repeats);
/// Whether grounds of a dispute lead to case review.
[[nodiscard]] inline bool gated(const Rules& rules, const Case& of, Grounds grounds) {
  return of.kind == CaseKind::kDispute && (grounds & rules.gate) != 0;
}

template <typename Request>
const Case* Step::admit(Ask ask, const Event& input, Request& request) {
  if (!read_well_formed(input.payload, request)) {
    refuse(ask, std::nullopt, Refusal::kUnreadable, {});
    return nullptr;
  }
  const Case* of = book_.find(request.case_id);
  if (of == nullptr) {
    refuse(ask, request.case_id, Refusal::kNoCase, request.actor);
    return nullptr;
  }
  if (request.expected_version && *request.expected_version != of->version) {
    refuse(ask, *of, Refusal::kVersion, request.actor);
    return nullptr;
  }
  return of;
}

}  // namespace lamplight::inner
