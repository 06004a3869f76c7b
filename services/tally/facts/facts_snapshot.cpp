// Saving and loading of the reports: rows in log order, cells by the shape of their column. Places of lists in the side
// arrays, indexes and changes are derived again on load.
#include "tally/facts/facts_store.hpp"

namespace lamplight::tally {
namespace {

constexpr std::uint32_t kFactFields = 10;

bool names_another(FactRole role) {
  return role == FactRole::kCorrection || role == FactRole::kWithdrawal;
}

}  // namespace

void Facts::save(runtime::SnapshotWriter& out) const {
  out.array(static_cast<std::uint32_t>(facts_.size()));
  std::size_t link = 0;
  for (std::size_t row = 0; row < facts_.size(); ++row) {
    const Fact& fact = facts_[row];
    const bool links = link < links_.size() && links_[link].row == row;
    out.array(kFactFields);
    out.bin(fact.id.span());
    out.uint(fact.offset);
    out.sint(fact.bus_time_us);
    out.uint(static_cast<std::uint64_t>(fact.kind));
    out.uint(static_cast<std::uint64_t>(fact.role));
    out.uint(static_cast<std::uint64_t>(fact.status));
    out.uint(fact.partner);
    out.str(fact.partner_ref);
    out.str(links ? links_[link++].named : std::string_view{});
    const auto columns = columns_of(fact.kind);
    out.array(static_cast<std::uint32_t>(columns.size()));
    for (std::size_t i = 0; i < columns.size(); ++i) {
      save_cell(out, columns[i].shape, cells_[fact.cells_at + i]);
    }
  }
}

void Facts::save_cell(runtime::SnapshotWriter& out, Shape shape, Cell cell) const {
  if (cell == kNothing) return out.nil();
  const Run run = run_of(cell);
  switch (shape) {
    case Shape::kCodes:
      out.array(run.size);
      for (std::size_t i = 0; i < run.size; ++i) out.uint(codes_[run.at + i]);
      return;
    case Shape::kCounts:
      out.array(run.size * 5U);
      for (std::size_t i = 0; i < run.size; ++i) {
        const CountCell& count = counts_[run.at + i];
        out.uint(count.what);
        out.uint(count.kind);
        out.uint(count.result);
        out.uint(static_cast<std::uint64_t>(count.bound));
        out.sint(count.n);
      }
      return;
    case Shape::kStages:
      out.array(run.size * 3U);
      for (std::size_t i = 0; i < run.size; ++i) {
        const StageCell& stage = stages_[run.at + i];
        out.uint(stage.stage);
        out.sint(stage.at_us);
        out.sint(stage.offset_minutes);
      }
      return;
    default: out.uint(cell);
  }
}

void Facts::load(runtime::SnapshotReader& in) {
  const std::uint32_t rows = in.array();
  for (std::uint32_t row = 0; row < rows && in.ok(); ++row) {
    if (!load_fact(in)) in.fail();
  }
}

bool Facts::load_fact(runtime::SnapshotReader& in) {
  if (in.array() != kFactFields) return false;
  Fact fact;
  const Bytes id = in.bin();
  if (id.size() != 16) return false;
  fact.id = Id16::from(id);
  fact.offset = in.uint();
  fact.bus_time_us = in.sint();
  const std::uint64_t kind = in.uint();
  const std::uint64_t role = in.uint();
  const std::uint64_t status = in.uint();
  if (kind >= kFactKinds || role >= kFactRoles || status > 4) return false;
  fact.kind = static_cast<FactKind>(kind);
  fact.role = static_cast<FactRole>(role);
  fact.status = static_cast<AlertStatus>(status);
  fact.partner = load_text(in);
  fact.partner_ref = arena_.keep(in.str());
  const std::string_view named = arena_.keep(in.str());
  if (named.empty() == names_another(fact.role)) return false;
  const auto columns = columns_of(fact.kind);
  if (in.array() != columns.size()) return false;
  fact.cells_at = cells_.size();
  for (const FieldInfo& column : columns) {
    const bool nothing = in.take_nil();
    const bool may = fact.role == FactRole::kUnreadable || column.shape == Shape::kInteger ||
                     column.shape == Shape::kStamp || column.name == "partner_ref";
    if (nothing && !may) return false;
    cells_.push_back(nothing ? kNothing : load_cell(in, column.shape));
  }
  if (!in.ok()) return false;
  const bool counts = fact.role != FactRole::kUnreadable && fact.role != FactRole::kRepeat;
  if (counts && find_ref({fact.kind, fact.partner, fact.partner_ref}) != HashIndex::kNone) {
    return false;
  }
  store(fact, named);
  return true;
}

TextId Facts::load_text(runtime::SnapshotReader& in) const {
  const std::uint64_t id = in.uint();
  if (id >= texts_.size()) in.fail();
  return in.ok() ? static_cast<TextId>(id) : 0;
}

Cell Facts::load_cell(runtime::SnapshotReader& in, Shape shape) {
  const auto run_of_each = [&](std::size_t at, std::uint32_t each, auto&& read) {
    const std::uint32_t values = in.array();
    if (values % each != 0 || values / each > UINT16_MAX) in.fail();
    const std::uint32_t size = in.ok() ? values / each : 0;
    for (std::uint32_t i = 0; i < size && in.ok(); ++i) read();
    return pack_run(at, static_cast<std::uint16_t>(size));
  };
  const auto small = [&](std::uint64_t most) {
    const std::uint64_t value = in.uint();
    if (value > most) in.fail();
    return value;
  };
  switch (shape) {
    case Shape::kText: return load_text(in);
    case Shape::kStatus: return small(4);
    case Shape::kBound: return small(2);
    case Shape::kCodes:
      return run_of_each(codes_.size(), 1, [&] { codes_.push_back(load_text(in)); });
    case Shape::kCounts:
      return run_of_each(counts_.size(), 5, [&] {
        CountCell count;
        count.what = load_text(in);
        count.kind = load_text(in);
        count.result = load_text(in);
        count.bound = static_cast<Bound>(small(2));
        count.n = in.sint();
        counts_.push_back(count);
      });
    case Shape::kStages:
      return run_of_each(stages_.size(), 3, [&] {
        StageCell stage;
        stage.stage = load_text(in);
        stage.at_us = in.sint();
        const std::int64_t minutes = in.sint();
        if (minutes < INT16_MIN || minutes > INT16_MAX) in.fail();
        stage.offset_minutes = static_cast<std::int16_t>(minutes);
        stages_.push_back(stage);
      });
    default: return in.uint();
  }
}

}  // namespace lamplight::tally
