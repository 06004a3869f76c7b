#include <algorithm>

#include "inner/case_book.hpp"

namespace lamplight::inner {

namespace {

constexpr std::uint32_t kCaseFields = 26;
constexpr std::uint32_t kEntryFields = 10;

template <typename E>
void save_code(runtime::SnapshotWriter& out, E value) {
  out.uint(static_cast<std::uint64_t>(value));
}
template <typename E>
void save_code(runtime::SnapshotWriter& out, const std::optional<E>& value) {
  if (value) save_code(out, *value);
  else out.nil();
}
template <typename E>
void load_code(runtime::SnapshotReader& in, E& value) {
  const std::uint64_t number = in.uint();
  if (number >= kCount<E>) return in.fail();
  value = static_cast<E>(number);
}
template <typename E>
void load_code(runtime::SnapshotReader& in, std::optional<E>& value) {
  if (in.take_nil()) value.reset();
  else load_code(in, value.emplace());
}

void load_id(runtime::SnapshotReader& in, Id16& id) {
  const Bytes bytes = in.bin();
  if (bytes.size() != id.bytes.size()) return in.fail();
  std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
}

/// Numbers of keys: none is beyond those that were loaded.
struct KeyReader {
  runtime::SnapshotReader& in;
  std::size_t known;
  void operator()(Key& key) const {
    const std::uint64_t number = in.uint();
    if (number >= known) return in.fail();
    key = static_cast<Key>(number);
  }
  void operator()(std::vector<Key>& keys) const {
    const std::uint32_t count = in.array();
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) (*this)(keys.emplace_back());
  }
};

void save_keys(runtime::SnapshotWriter& out, const std::vector<Key>& keys) {
  out.array(static_cast<std::uint32_t>(keys.size()));
  for (const Key key : keys) out.uint(key);
}

void save_entry(runtime::SnapshotWriter& out, const HistoryEntry& entry) {
  out.array(kEntryFields);
  out.uint(entry.cause.value);
  out.sint(entry.time.value);
  out.sint(entry.due.value);
  out.uint(entry.actor);
  out.uint(entry.owner);
  save_code(out, entry.move);
  save_code(out, entry.state);
  save_code(out, entry.severity);
  save_code(out, entry.overdue);
  save_code(out, entry.reason);
}

void load_entry(runtime::SnapshotReader& in, const KeyReader& keys, HistoryEntry& entry) {
  if (in.array() != kEntryFields) return in.fail();
  entry.cause.value = in.uint();
  entry.time.value = in.sint();
  entry.due.value = in.sint();
  keys(entry.actor);
  keys(entry.owner);
  load_code(in, entry.move);
  load_code(in, entry.state);
  load_code(in, entry.severity);
  load_code(in, entry.overdue);
  load_code(in, entry.reason);
}

void save_case(runtime::SnapshotWriter& out, const Case& of) {
  out.array(kCaseFields);
  out.bin(of.id.span());
  save_code(out, of.kind);
  save_code(out, of.state);
  save_code(out, of.severity);
  save_code(out, of.overdue);
  save_code(out, of.risk);
  out.uint(of.grounds);
  out.sint(of.version);
  out.sint(of.rules);
  out.sint(of.repeats);
  out.sint(of.settlements);
  out.sint(of.relapses);
  for (const Key key : {of.owner, of.assignee, of.area, of.category, of.petition}) out.uint(key);
  for (const TimeUs time : {of.opened, of.since, of.due, of.next_at}) out.sint(time.value);
  save_keys(out, of.barred);
  save_keys(out, of.places);
  save_keys(out, of.parties);
  out.array(static_cast<std::uint32_t>(of.alerts.size()));
  for (const Id16& alert : of.alerts) out.bin(alert.span());
  out.array(static_cast<std::uint32_t>(of.history.size()));
  for (const HistoryEntry& entry : of.history) save_entry(out, entry);
}

void load_case(runtime::SnapshotReader& in, const KeyReader& keys, Case& of) {
  if (in.array() != kCaseFields) return in.fail();
  load_id(in, of.id);
  load_code(in, of.kind);
  load_code(in, of.state);
  load_code(in, of.severity);
  load_code(in, of.overdue);
  load_code(in, of.risk);
  of.grounds = static_cast<Grounds>(in.uint());
  of.version = in.sint();
  of.rules = in.sint();
  of.repeats = in.sint();
  of.settlements = in.sint();
  of.relapses = in.sint();
  for (Key* key : {&of.owner, &of.assignee, &of.area, &of.category, &of.petition}) keys(*key);
  for (TimeUs* time : {&of.opened, &of.since, &of.due, &of.next_at}) time->value = in.sint();
  keys(of.barred);
  keys(of.places);
  keys(of.parties);
  const std::uint32_t alerts = in.array();
  for (std::uint32_t i = 0; i < alerts && in.ok(); ++i) load_id(in, of.alerts.emplace_back());
  const std::uint32_t entries = in.array();
  for (std::uint32_t i = 0; i < entries && in.ok(); ++i)
    load_entry(in, keys, of.history.emplace_back());
}

}  // namespace

void CaseBook::save(runtime::SnapshotWriter& out) const {
  out.array(static_cast<std::uint32_t>(keys_.size()));
  for (std::size_t key = 0; key < keys_.size(); ++key) out.str(keys_.text(static_cast<Key>(key)));
  out.array(static_cast<std::uint32_t>(cases_.size()));
  for (const Case& each : cases_) save_case(out, each);
  step_times_.save(out);
}

void CaseBook::load(runtime::SnapshotReader& in) {
  const std::uint32_t known = in.array();
  for (std::uint32_t i = 0; i < known && in.ok(); ++i) {
    if (keys_.add(in.str()) != i) in.fail();
  }
  const KeyReader keys{in, keys_.size()};
  const std::uint32_t count = in.array();
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
    load_case(in, keys, cases_.emplace_back());
    if (in.ok()) index(i);
  }
  if (in.ok()) step_times_.load(in);
}

void CaseBook::index(CaseIndex number) {
  const Case& of = cases_[number];
  const std::hash<Id16> hash;
  by_id_.insert(hash(of.id), number);
  for (const Id16& alert : of.alerts) by_id_.insert(hash(alert), number);
  if (of.petition != 0) by_petition_[of.petition] = number;
  for (const Key place : of.places) by_place_.add(place, number);
  for (const Key party : of.parties) by_party_.add(party, number);
  if (of.next_at != TimeUs{}) timers_.insert({of.next_at, of.id, number});
  if (is_open(of.state)) backlog_age_.add(open_since(of));
  count(of, 1);
}

}  // namespace lamplight::inner
