#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "model/describe.hpp"
#include "model/event.hpp"
#include "tally/append_only.hpp"
#include "tally/texts.hpp"

/// The reports of a campaign as the log holds them: one immutable row a report, its fields as cells, and what stood when.
namespace lamplight::tally {

/// The described types that facts are made of. The numbers stand in snapshots.
enum class FactKind : std::uint8_t {
  kClearanceOrdered = 0,
  kClearanceReported = 1,
  kCaseReported = 2,
  kPersonReported = 3,
  kHazardReported = 4,
  kFigureDeclared = 5,
  kCampaignDefined = 6,
};
inline constexpr std::size_t kFactKinds = 7;

[[nodiscard]] std::string_view subject_of(FactKind kind);
[[nodiscard]] std::optional<FactKind> fact_kind_of(std::string_view subject);
/// The columns of a kind: the fields of its description in wire order, without those at its end that no figure goes by
/// (corrects, withdraws: see FactsView::links; idempotency_key, body_digest).
[[nodiscard]] std::span<const FieldInfo> columns_of(FactKind kind);
/// Place of a column by its JSON name.
[[nodiscard]] std::optional<std::uint32_t> find_column(FactKind kind, std::string_view name);

enum class FactRole : std::uint8_t {
  kReport = 0,      ///< stands unless it is corrected or withdrawn
  kRepeat = 1,      ///< the sender's reference was there before: counts nothing, ever
  kCorrection = 2,  ///< takes the place of what it names
  kWithdrawal = 3,  ///< takes out what it names, for good
  kUnreadable = 4,  ///< a payload that is no such report: no effect, shown
};
inline constexpr std::size_t kFactRoles = 5;

struct CountCell {
  TextId what = 0, kind = 0, result = 0;
  Bound bound = Bound::kExact;
  std::int64_t n = 0;
};
struct StageCell {
  TextId stage = 0;
  std::int16_t offset_minutes = 0;
  std::int64_t at_us = 0;
};

/// One report; never changed once stored. Its fields are cells [cells_at, cells_at + columns_of(kind).size()).
struct Fact {
  Id16 id;
  std::uint64_t offset = 0;
  std::int64_t bus_time_us = 0;
  std::uint64_t cells_at = 0;
  std::string_view partner_ref;  ///< in the arena
  TextId partner = 0;
  FactKind kind = FactKind::kClearanceOrdered;
  FactRole role = FactRole::kReport;
  AlertStatus status = AlertStatus::kActual;
};

/// At `offset` the report in row `from` ceased to stand and the one in row `to` began to; kNoRow for none. Rows that stand
/// as of N are what all changes up to N come to. In log order; an event makes as many changes as it touches incidents.
struct Change {
  static constexpr std::uint32_t kNoRow = 0xFFFF'FFFF;
  std::uint64_t offset = 0;
  std::uint32_t from = kNoRow;
  std::uint32_t to = kNoRow;
  bool operator==(const Change&) const = default;
};

/// The partner_ref that a correction or withdrawal names.
struct Link {
  std::uint32_t row = 0;
  std::string_view named;  ///< in the arena
};

/// A cell by shape: text, code: TextId · integer, bound, status: the number · stamp: pack_stamp · lists: pack_run into the
/// side array of their shape. kNothing: an optional that was not said (an integer that must be said may be -1, which is
/// the same bits); partner_ref, which stands in the Fact; every cell of an unreadable event.
using Cell = std::uint64_t;
inline constexpr Cell kNothing = ~Cell{0};
[[nodiscard]] constexpr Cell pack_run(std::uint64_t at, std::uint16_t size) {
  return at << 16 | size;
}
struct Run {
  std::uint64_t at = 0;
  std::uint16_t size = 0;
};
[[nodiscard]] constexpr Run run_of(Cell cell) {
  return {cell >> 16, static_cast<std::uint16_t>(cell & 0xFFFF)};
}
inline constexpr std::int64_t kLastStampUs = (std::int64_t{1} << 53) - 2;  ///< in the year 2255
/// µs UTC and the offset of the zone in minutes (±17 h). What lies before 1970 or after kLastStampUs is cut to those.
[[nodiscard]] constexpr Cell pack_stamp(const Stamp& stamp) {
  const std::int64_t at_us = std::clamp<std::int64_t>(stamp.at.value, 0, kLastStampUs);
  const int minutes = std::clamp<int>(stamp.offset_minutes, -1024, 1023);
  return static_cast<Cell>(at_us) << 11 | static_cast<Cell>(minutes + 1024);
}
[[nodiscard]] constexpr Stamp stamp_of(Cell cell) {
  return {TimeUs{static_cast<std::int64_t>(cell >> 11)},
          static_cast<std::int16_t>(static_cast<int>(cell & 0x7FF) - 1024)};
}

/// Many elements a row: greater chunks, so that a view of millions is still taken at once.
using Cells = AppendOnly<Cell, 14>;

/// The reports up to a moment, for reading on any thread. Copies share the data.
struct FactsView {
  AppendOnly<Fact>::View facts;
  Cells::View cells;
  AppendOnly<TextId>::View codes;
  AppendOnly<CountCell>::View counts;
  AppendOnly<StageCell>::View stages;
  AppendOnly<Link>::View links;                              ///< by row
  std::array<AppendOnly<Change>::View, kFactKinds> changes;  ///< by FactKind
  AppendOnly<std::string_view>::View texts;  ///< shared with the alerts' TallyView: one numbering
  std::vector<std::shared_ptr<char[]>> arena;

  [[nodiscard]] Cell cell(const Fact& fact, std::uint32_t column) const {
    return cells[fact.cells_at + column];
  }
  /// Number of facts at or before an offset.
  [[nodiscard]] std::size_t facts_until(Offset offset) const;
  /// What a correction or withdrawal names; empty for other rows.
  [[nodiscard]] std::string_view named_by(std::uint32_t row) const;
};

}  // namespace lamplight::tally
