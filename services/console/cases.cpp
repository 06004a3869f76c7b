#include "console/cases.hpp"

#include <algorithm>
#include <limits>

namespace lamplight::console {

namespace {

std::int64_t due_of(const CaseView& view) {
  return view.due ? view.due->at.value : std::numeric_limits<std::int64_t>::max();
}

/// What an event does not say is as it was known.
void add(std::string& known, std::string_view said) {
  if (!said.empty()) known = said;
}

}  // namespace

void CaseView::apply(const CaseEvent& event, Offset at, TimeUs time) {
  if (version == 0) opened_at = time;
  id = event.case_id;
  version = event.version;
  kind = event.kind;
  state = event.state;
  severity = event.severity;
  overdue = event.overdue;
  owner = event.owner;
  due = event.due;
  next_at = event.next_at;
  rules = event.rules;
  risk = event.risk;
  grounds.assign(event.grounds.begin(), event.grounds.end());
  repeats = event.repeats;
  add(category, event.category);
  add(area, event.area);
  add(petition, event.petition);
  changed_at = time;
  offset = at;
}

std::optional<CaseView> Case::at(Offset offset) const {
  if (history.empty() || offset < history.front().offset) return std::nullopt;
  CaseView view;
  CaseEvent event;
  for (const HistoryEntry& entry : history) {
    if (offset < entry.offset) break;
    if (decode(as_bytes(entry.payload), event)) view.apply(event, entry.offset, entry.time);
  }
  return view;
}

void Cases::evolve(const Event& event) {
  if (event.producer != kInnerLoop) return;
  if (std::find(kCaseSubjects.begin(), kCaseSubjects.end(), event.subject) == kCaseSubjects.end())
    return;
  CaseEvent said;
  if (!decode(event.payload, said)) {
    ++unreadable_;
    return;
  }
  take(said,
       {event.offset, event.time, std::string(event.subject), std::string(as_text(event.payload))});
}

void Cases::take(const CaseEvent& event, HistoryEntry entry) {
  const auto [found, is_new] = by_id_.try_emplace(event.case_id, static_cast<Index>(cases_.size()));
  const Index index = found->second;
  if (is_new) cases_.emplace_back();
  Case& one = cases_[index];
  if (one.now.open()) open_.erase({due_of(one.now), index});
  one.now.apply(event, entry.offset, entry.time);
  if (one.now.open()) open_.emplace(due_of(one.now), index);
  if (!event.owner.empty()) one.involved.emplace(event.owner);
  if (!event.actor.empty()) one.involved.emplace(event.actor);
  changes_.push_back({entry.offset, index, static_cast<std::uint32_t>(one.history.size())});
  one.history.push_back(std::move(entry));
}

/// The events in log order are all there is: everything else follows from them.
void Cases::save(MsgpackWriter& out) const {
  out.uint(unreadable_);
  out.array(static_cast<std::uint32_t>(changes_.size()));
  for (const Change& change : changes_) {
    const HistoryEntry& entry = cases_[change.index].history[change.number];
    out.array(4);
    out.uint(entry.offset.value);
    out.sint(entry.time.value);
    out.str(entry.subject);
    out.bin(as_bytes(entry.payload));
  }
}

void Cases::load(MsgpackReader& in) {
  unreadable_ = in.uint();
  const std::uint32_t count = in.array();
  CaseEvent event;
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
    if (in.array() != 4) return in.fail();
    HistoryEntry entry;
    entry.offset.value = in.uint();
    entry.time.value = in.sint();
    entry.subject = in.str();
    entry.payload = as_text(in.bin());
    if (!decode(as_bytes(entry.payload), event)) return in.fail();
    // `event` views the entry, which must not move under it.
    HistoryEntry kept = entry;
    take(event, std::move(kept));
  }
}

const Case* Cases::find(const Id16& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &cases_[found->second];
}

std::size_t Cases::changes_after(Offset offset) const {
  const auto at =
      std::upper_bound(changes_.begin(), changes_.end(), offset,
                       [](Offset wanted, const Change& change) { return wanted < change.offset; });
  return static_cast<std::size_t>(at - changes_.begin());
}

}  // namespace lamplight::console
