// Saving and loading of the tally's state: texts in the order of their numbers, then the rows in log order. Both orders
// come from the log alone, so equal logs give equal bytes; indexes and figures are derived again on load.
#include "tally/state.hpp"

namespace lamplight::tally {
namespace {

constexpr std::uint32_t kRowFields = 17;

void save_stamp(runtime::SnapshotWriter& out, std::int64_t at_us, std::int16_t minutes) {
  out.sint(at_us);
  out.sint(minutes);
}

std::int16_t load_minutes(runtime::SnapshotReader& in) {
  const std::int64_t minutes = in.sint();
  if (minutes < INT16_MIN || minutes > INT16_MAX) in.fail();
  return static_cast<std::int16_t>(minutes);
}

}  // namespace

void TallyFold::save(runtime::SnapshotWriter& out) const {
  out.array(3);
  out.array(static_cast<std::uint32_t>(texts_.size()));
  for (std::size_t i = 0; i < texts_.size(); ++i) out.str(texts_[static_cast<TextId>(i)]);
  out.array(static_cast<std::uint32_t>(rows_.size()));
  for (std::size_t i = 0; i < rows_.size(); ++i) save_row(out, rows_[i]);
  facts_.save(out);
}

void TallyFold::save_row(runtime::SnapshotWriter& out, const Row& row) const {
  out.array(kRowFields);
  out.bin(row.id.span());
  out.uint(row.offset);
  out.sint(row.bus_time_us);
  out.uint(static_cast<std::uint64_t>(row.kind));
  out.uint(static_cast<std::uint64_t>(row.status));
  out.uint(row.root);
  out.uint(row.partner);
  out.str(row.partner_ref);
  out.uint(row.class_code);
  out.uint(row.category);
  out.uint(row.area);
  out.array(2);
  save_stamp(out, row.reported_us, row.reported_minutes);
  out.array(row.has_occurred ? 2 : 0);
  if (row.has_occurred) save_stamp(out, row.occurred_us, row.occurred_minutes);
  if (row.has_amount) out.sint(row.amount_fen);
  else out.nil();
  out.array(row.stages * 3U);
  for (std::size_t i = 0; i < row.stages; ++i) {
    const StageEntry& stage = stages_[row.stages_at + i];
    out.uint(stage.stage);
    save_stamp(out, stage.at_us, stage.offset_minutes);
  }
  out.array(row.places * 2U);
  for (std::size_t i = 0; i < row.places; ++i) {
    out.uint(places_[row.places_at + i].scheme);
    out.uint(places_[row.places_at + i].code);
  }
  out.array(row.operations);
  for (std::size_t i = 0; i < row.operations; ++i) out.uint(operations_[row.operations_at + i]);
}

void TallyFold::load(runtime::SnapshotReader& in) {
  if (in.array() != 3) return in.fail();
  const std::uint32_t texts = in.array();
  for (std::uint32_t i = 0; i < texts && in.ok(); ++i) {
    if (texts_.intern(in.str()) != i) in.fail();
  }
  const std::uint32_t rows = in.array();
  for (std::uint32_t i = 0; i < rows && in.ok(); ++i) {
    Row row;
    if (!load_row(in, row)) return in.fail();
    store(row);
  }
  if (in.ok()) facts_.load(in);
}

bool TallyFold::load_row(runtime::SnapshotReader& in, Row& row) {
  const auto text = [&] {
    const std::uint64_t id = in.uint();
    if (id >= texts_.size()) in.fail();
    return static_cast<TextId>(id);
  };
  if (in.array() != kRowFields) return false;
  const Bytes id = in.bin();
  if (id.size() != 16) return false;
  row.id = Id16::from(id);
  row.offset = in.uint();
  row.bus_time_us = in.sint();
  const std::uint64_t kind = in.uint();
  const std::uint64_t status = in.uint();
  const std::uint64_t root = in.uint();
  if (kind >= kRowKinds || status >= kStatuses || root > rows_.size()) return false;
  row.kind = static_cast<RowKind>(kind);
  row.status = static_cast<AlertStatus>(status);
  row.root = static_cast<std::uint32_t>(root);
  row.partner = text();
  row.partner_ref = arena_.keep(in.str());
  row.class_code = text();
  row.category = text();
  row.area = text();
  if (in.array() != 2) return false;
  row.reported_us = in.sint();
  row.reported_minutes = load_minutes(in);
  const std::uint32_t occurred = in.array();
  if (occurred != 0 && occurred != 2) return false;
  row.has_occurred = occurred == 2;
  if (row.has_occurred) {
    row.occurred_us = in.sint();
    row.occurred_minutes = load_minutes(in);
  }
  row.has_amount = !in.take_nil();
  if (row.has_amount) row.amount_fen = in.sint();

  const auto count = [&](std::uint32_t each) {
    const std::uint32_t values = in.array();
    if (values % each != 0 || values / each > UINT16_MAX) in.fail();
    return static_cast<std::uint16_t>(in.ok() ? values / each : 0);
  };
  row.stages_at = static_cast<std::uint32_t>(stages_.size());
  row.stages = count(3);
  for (std::size_t i = 0; i < row.stages && in.ok(); ++i) {
    const TextId stage = text();
    const std::int64_t at_us = in.sint();
    stages_.push_back({stage, load_minutes(in), at_us});
  }
  row.places_at = static_cast<std::uint32_t>(places_.size());
  row.places = count(2);
  for (std::size_t i = 0; i < row.places && in.ok(); ++i) {
    const TextId scheme = text();
    places_.push_back({scheme, text()});
  }
  row.operations_at = static_cast<std::uint32_t>(operations_.size());
  row.operations = count(1);
  for (std::size_t i = 0; i < row.operations && in.ok(); ++i) operations_.push_back(text());
  return in.ok();
}

}  // namespace lamplight::tally
