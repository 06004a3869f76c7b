#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "model/event.hpp"
#include "model/inner_descriptions.hpp"
#include "model/msgpack_reader.hpp"
#include "model/msgpack_writer.hpp"

namespace lamplight::console {

/// Whose events these are: what anybody else publishes under such a subject says nothing of a case.
inline constexpr std::string_view kInnerLoop = "inner";

/// How a case stands: what the inner loop's events say of it, one after another.
struct CaseView {
  Id16 id;
  std::int64_t version = 0;
  std::string kind;
  std::string state;
  std::string severity;
  std::string overdue;
  std::string owner;  ///< who is to act: an officer, a unit or a desk; empty once it is closed
  std::optional<Stamp> due;
  std::optional<Stamp> next_at;
  std::int64_t rules = 0;
  std::string risk;
  std::string category;
  std::string area;
  std::string petition;
  std::vector<std::string> grounds;
  std::int64_t repeats = 0;
  TimeUs opened_at;
  TimeUs changed_at;
  Offset offset;  ///< of the last event

  void apply(const CaseEvent& event, Offset at, TimeUs time);
  [[nodiscard]] bool open() const { return !owner.empty(); }
};

/// One event of a case as it lies on the log.
struct HistoryEntry {
  Offset offset;
  TimeUs time;
  std::string subject;
  std::string payload;
};

struct Case {
  CaseView now;
  std::vector<HistoryEntry> history;            ///< in log order
  std::set<std::string, std::less<>> involved;  ///< who owned it or acted on it, ever

  /// As it stood at that offset; nothing when it was not there yet.
  [[nodiscard]] std::optional<CaseView> at(Offset offset) const;
};

/// The cases of the inner loop, of every one its whole history. Deterministic; part of a fold.
///
/// About 1 KiB a case and 250 bytes an event of it, for ever: a case may live ten years, and closed ones are asked for, too.
class Cases {
 public:
  using Index = std::uint32_t;
  struct Change {
    Offset offset;
    Index index = 0;           ///< of the case
    std::uint32_t number = 0;  ///< of the entry in its history
  };

  /// Takes the subjects of kCaseSubjects and passes over the rest.
  void evolve(const Event& event);
  void save(MsgpackWriter& out) const;
  void load(MsgpackReader& in);

  [[nodiscard]] const Case* find(const Id16& id) const;
  [[nodiscard]] const Case& at(Index index) const { return cases_[index]; }
  [[nodiscard]] std::size_t size() const { return cases_.size(); }
  /// Open cases by (due, index): the most urgent first, those without a deadline last.
  using Queue = std::set<std::pair<std::int64_t, Index>>;
  [[nodiscard]] const Queue& open() const { return open_; }
  /// Every event of a case, in log order.
  [[nodiscard]] const std::vector<Change>& changes() const { return changes_; }
  /// Number of the first change behind the offset.
  [[nodiscard]] std::size_t changes_after(Offset offset) const;
  [[nodiscard]] std::uint64_t unreadable() const { return unreadable_; }

 private:
  void take(const CaseEvent& event, HistoryEntry entry);

  std::vector<Case> cases_;  ///< in order of opening
  std::unordered_map<Id16, Index> by_id_;
  Queue open_;
  std::vector<Change> changes_;
  std::uint64_t unreadable_ = 0;
};

}  // namespace lamplight::console
