#include "tally/state.hpp"

#include <algorithm>
#include <limits>

namespace lamplight::tally {
namespace {

constexpr std::size_t kMaxRows = std::numeric_limits<std::uint32_t>::max() - 2;

/// Lists longer than a row can tell are cut: intake's limits lie far below.
std::uint16_t clamp_count(std::size_t n) {
  return static_cast<std::uint16_t>(
      std::min<std::size_t>(n, std::numeric_limits<std::uint16_t>::max()));
}

}  // namespace

std::size_t TallyView::rows_until(Offset offset) const {
  return first_after(rows.size(), [&](std::size_t i) { return rows[i].offset <= offset.value; });
}

std::size_t TallyView::rows_until(TimeUs time) const {
  return first_after(rows.size(), [&](std::size_t i) { return rows[i].bus_time_us <= time.value; });
}

TextId TallyView::find_text(std::string_view text) const {
  for (std::size_t id = 0; id < texts.size(); ++id) {
    if (texts[id] == text) return static_cast<TextId>(id);
  }
  return kNoText;
}

void Standing::take(const Row& row) {
  const auto number = static_cast<std::uint32_t>(of_.size());
  of_.push_back(kNobody);
  if (row.status != AlertStatus::kActual) return;
  if (row.kind == RowKind::kOriginal) of_[number] = number;
  if (row.kind == RowKind::kCorrection && of_[row.root] != kWithdrawn) of_[row.root] = number;
  if (row.kind == RowKind::kWithdrawal) of_[row.root] = kWithdrawn;
}

TallyFold::TallyFold() = default;

std::vector<std::string> TallyFold::subjects() {
  std::vector<std::string> out{std::string(kAlertReceived)};
  for (const std::string_view subject : Facts::subjects()) out.emplace_back(subject);
  return out;
}

void TallyFold::evolve(const Event& event) {
  if (event.subject != kAlertReceived) {
    facts_.evolve(event);
    return;
  }
  if (decode_alert(event.payload, scratch_)) return add(event, scratch_);
  Row row;
  row.id = event.id;
  row.offset = event.offset.value;
  row.bus_time_us = event.time.value;
  row.kind = RowKind::kUnreadable;
  row.root = static_cast<std::uint32_t>(rows_.size());
  store(row);
}

void TallyFold::add(const Event& event, const AlertReceived& alert) {
  Row row;
  row.id = event.id;
  row.offset = event.offset.value;
  row.bus_time_us = event.time.value;
  fill(row, alert);
  settle(row, alert);
  row.partner_ref = arena_.keep(alert.partner_ref);
  store(row);
}

void TallyFold::fill(Row& row, const AlertReceived& alert) {
  row.status = alert.status;
  row.partner = texts_.intern(alert.partner);
  row.class_code = texts_.intern(alert.class_code);
  row.category = texts_.intern(alert.category);
  row.area = texts_.intern(alert.area);
  row.reported_us = alert.reported_at.at.value;
  row.reported_minutes = alert.reported_at.offset_minutes;
  if (alert.occurred_at) {
    row.has_occurred = true;
    row.occurred_us = alert.occurred_at->at.value;
    row.occurred_minutes = alert.occurred_at->offset_minutes;
  }
  if (alert.amount_fen) {
    row.has_amount = true;
    row.amount_fen = *alert.amount_fen;
  }
  row.stages = clamp_count(alert.stages.size());
  row.places = clamp_count(alert.places.size());
  row.operations = clamp_count(alert.operations.size());
  row.stages_at = static_cast<std::uint32_t>(stages_.size());
  row.places_at = static_cast<std::uint32_t>(places_.size());
  row.operations_at = static_cast<std::uint32_t>(operations_.size());
  for (std::size_t i = 0; i < row.stages; ++i) {
    const StageStamp& stage = alert.stages[i];
    stages_.push_back({texts_.intern(stage.stage), stage.at.offset_minutes, stage.at.at.value});
  }
  for (std::size_t i = 0; i < row.places; ++i) {
    places_.push_back({texts_.intern(alert.places[i].scheme), texts_.intern(alert.places[i].code)});
  }
  for (std::size_t i = 0; i < row.operations; ++i) {
    operations_.push_back(texts_.intern(alert.operations[i]));
  }
  LAMPLIGHT_CHECK(std::max({stages_.size(), places_.size(), operations_.size()}) <= kMaxRows,
                  "a tally holds at most 2^32 stages, places or operations");
}

/// Decides what the event is: a word on an incident that is known, a sender's repeat, or a new incident.
void TallyFold::settle(Row& row, const AlertReceived& alert) {
  row.root = static_cast<std::uint32_t>(rows_.size());
  if (alert.withdraws) return settle_against(row, *alert.withdraws, RowKind::kWithdrawal);
  if (alert.corrects) return settle_against(row, *alert.corrects, RowKind::kCorrection);
  const std::uint32_t first = find_ref(row.partner, alert.partner_ref);
  if (first == HashIndex::kNone) return;
  row.kind = RowKind::kRepeat;
  row.root = rows_[first].root;
}

void TallyFold::settle_against(Row& row, const Id16& target, RowKind kind) {
  const std::uint32_t named = find_id(target);
  const bool known = named != HashIndex::kNone && rows_[named].partner == row.partner &&
                     rows_[named].kind != RowKind::kUnresolved &&
                     rows_[named].kind != RowKind::kUnreadable;
  row.kind = known ? kind : RowKind::kUnresolved;
  if (known) row.root = rows_[named].root;
}

void TallyFold::store(const Row& row) {
  LAMPLIGHT_CHECK(rows_.size() < kMaxRows, "a tally holds at most 2^32 events");
  const auto number = static_cast<std::uint32_t>(rows_.size());
  rows_.push_back(row);
  index(row, number);
}

/// Everything derived from the rows, for one row more: in evolve and in load alike.
void TallyFold::index(const Row& row, std::uint32_t number) {
  const bool bears_reference = row.kind == RowKind::kOriginal || row.kind == RowKind::kCorrection ||
                               row.kind == RowKind::kWithdrawal;
  if (bears_reference && (row.kind == RowKind::kOriginal ||
                          find_ref(row.partner, row.partner_ref) == HashIndex::kNone)) {
    by_ref_.insert(hash_ref(row.partner, row.partner_ref), number);
  }

  const std::uint32_t before =
      row.root < standing_.size() ? standing_.of(row.root) : Standing::kNobody;
  standing_.take(row);
  const std::uint32_t after = standing_.of(row.root);
  ++figures_.events_by_kind[static_cast<std::size_t>(row.kind)];
  if (row.kind != RowKind::kUnreadable)
    ++figures_.events_by_status[static_cast<std::size_t>(row.status)];
  if (before == after) return;
  const auto shown = [](std::uint32_t row_or) {
    return row_or < Standing::kWithdrawn ? row_or : Change::kNoRow;
  };
  if (shown(before) != shown(after)) {
    changes_.push_back({row.offset, shown(before), shown(after)});
  }
  if (before < Standing::kWithdrawn) count(rows_[before], -1);
  if (after < Standing::kWithdrawn) count(rows_[after], 1);
}

void TallyFold::count(const Row& row, std::int64_t sign) {
  const std::uint64_t key = std::uint64_t{row.class_code} << 32 | row.area;
  for (LiveFigures::Cell* cell : {&figures_.by_class_area[key], &figures_.total}) {
    cell->alerts += sign;
    if (row.has_amount) cell->amount_fen += WideSum{sign} * row.amount_fen;
  }
}

/// Most logs hold few events that name another by its id: rows are indexed by id when the first one asks.
std::uint32_t TallyFold::find_id(const Id16& id) {
  const auto find = [this](const Id16& wanted) {
    return by_id_.find(std::hash<Id16>{}(wanted),
                       [&](std::uint32_t n) { return rows_[n].id == wanted; });
  };
  for (; ids_ < rows_.size(); ++ids_) {
    const Id16& next = rows_[ids_].id;
    if (find(next) == HashIndex::kNone) by_id_.insert(std::hash<Id16>{}(next), ids_);
  }
  return find(id);
}

std::uint64_t TallyFold::hash_ref(TextId partner, std::string_view ref) {
  return hash_text(ref) ^ (std::uint64_t{partner} * 0xC2B2AE3D27D4EB4FULL);
}

std::uint32_t TallyFold::find_ref(TextId partner, std::string_view ref) const {
  return by_ref_.find(hash_ref(partner, ref), [&](std::uint32_t n) {
    return rows_[n].partner == partner && rows_[n].partner_ref == ref;
  });
}

TallyView TallyFold::view() const {
  return {rows_.view(),  stages_.view(),  places_.view(), operations_.view(),
          texts_.view(), arena_.blocks(), changes_.view()};
}

}  // namespace lamplight::tally
