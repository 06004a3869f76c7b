#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "base/hash_index.hpp"
#include "inner/backlog_age.hpp"
#include "inner/case_links.hpp"
#include "inner/figures.hpp"
#include "inner/keys.hpp"
#include "inner/rules.hpp"
#include "inner/step_times.hpp"
#include "model/inner.hpp"
#include "runtime/fold.hpp"

namespace lamplight::inner {

/// One event of a case, as `case history` tells it.
struct HistoryEntry {
  Offset cause;  ///< offset of the alert, request or time that led to it
  TimeUs time;   ///< of the cause
  TimeUs due;    ///< 0: none
  Key actor = 0;
  Key owner = 0;
  Move move = Move::kAlert;
  CaseState state = CaseState::kNone;
  Severity severity = Severity::kLow;
  Overdue overdue = Overdue::kNone;
  std::optional<Reason> reason;
};

/// How a case stands.
struct Case {
  Id16 id;
  CaseKind kind = CaseKind::kDispute;
  CaseState state = CaseState::kNone;
  Severity severity = Severity::kLow;
  Overdue overdue = Overdue::kNone;
  std::optional<Risk> risk;
  Grounds grounds = 0;
  std::int64_t version = 0;
  std::int64_t rules = 0;
  std::int64_t repeats = 0;
  std::int64_t settlements = 0;  ///< times that it was verified as settled
  std::int64_t relapses = 0;     ///< times that it was opened again after that
  Key owner = 0;
  Key assignee = 0;  ///< whom it was dispatched to last
  Key area = 0;
  Key category = 0;
  Key petition = 0;
  TimeUs opened;   ///< the first time
  TimeUs since;    ///< the present step began, or the case was closed
  TimeUs due;      ///< of the present step; 0 once closed
  TimeUs next_at;  ///< of the next reminder or escalation; 0 once closed
  // Each sorted, none twice.
  std::vector<Key> barred;  ///< settled or fed back: may not verify
  std::vector<Key> places;  ///< "scheme code"
  std::vector<Key> parties;
  std::vector<Id16> alerts;  ///< beside the one that gave the case its id: linked, or corrections
  std::vector<HistoryEntry> history;
};

struct Timer {
  TimeUs at;
  Id16 id;
  CaseIndex index = 0;
  auto operator<=>(const Timer&) const = default;
};

/// All cases there ever were, with what finds them: by id, by alert, by place and party, by deadline.
/// Only `apply` and `load` change it. An open case always stands in the timers.
class CaseBook {
 public:
  /// What happened to a case. An event that names codes this program does not know is passed over.
  void apply(const CaseEvent& event, Offset cause, TimeUs time);

  [[nodiscard]] const Case* find(const Id16& id) const;
  /// The case that an alert belongs to.
  [[nodiscard]] const Case* of_alert(const Id16& alert) const;
  [[nodiscard]] const Case* of_petition(std::string_view number) const;
  /// Cases with that place or party, in the order in which they were opened.
  [[nodiscard]] std::vector<const Case*> at_place(const PlaceCode& place) const;
  [[nodiscard]] std::vector<const Case*> with_party(std::string_view token) const;

  [[nodiscard]] const std::vector<Case>& cases() const { return cases_; }
  /// By (time, id), the earliest first.
  [[nodiscard]] const std::set<Timer>& timers() const { return timers_; }
  [[nodiscard]] const Figures& figures() const { return figures_; }
  [[nodiscard]] const StepTimes& step_times() const { return step_times_; }
  [[nodiscard]] const BacklogAge& backlog_age() const { return backlog_age_; }
  [[nodiscard]] const Case& at(CaseIndex index) const { return cases_.at(index); }
  [[nodiscard]] std::string_view text(Key key) const { return keys_.text(key); }
  /// 0 when no case ever had it.
  [[nodiscard]] Key key(std::string_view text) const { return keys_.find(text); }

  void save(runtime::SnapshotWriter& out) const;
  void load(runtime::SnapshotReader& in);

 private:
  [[nodiscard]] Case* take(const CaseEvent& event, TimeUs time);
  void set(Case& of, const CaseEvent& event, TimeUs time);
  void link(Case& of, const CaseEvent& event);
  void count(const Case& of, std::int64_t by);
  void index(CaseIndex number);
  void wait(const Case& of, CaseIndex index, TimeUs at);
  /// Number of the case that an id belongs to: its own, or an alert's; kNone when there is none.
  [[nodiscard]] CaseIndex number_of(const Id16& id) const;
  [[nodiscard]] std::vector<const Case*> of(const CaseLinks& links, Key key) const;
  [[nodiscard]] CaseIndex index_of(const Case& of) const {
    return static_cast<CaseIndex>(&of - cases_.data());
  }

  Keys keys_;
  std::vector<Case> cases_;
  std::set<Timer> timers_;
  Figures figures_;
  StepTimes step_times_;
  BacklogAge backlog_age_;  // rebuilt on load
  // For looking up alone, never iterated: rebuilt on load.
  HashIndex by_id_;  ///< cases by their ids and those of their alerts
  std::unordered_map<Key, CaseIndex> by_petition_;
  CaseLinks by_place_;
  CaseLinks by_party_;
};

/// When an open case was opened, or opened again: by its history.
[[nodiscard]] TimeUs open_since(const Case& of);

/// Bits of the codes that are known.
[[nodiscard]] Grounds grounds_of(const std::vector<std::string_view>& codes);
[[nodiscard]] std::vector<std::string_view> codes_of(Grounds grounds);

}  // namespace lamplight::inner
