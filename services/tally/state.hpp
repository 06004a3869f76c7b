#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash_index.hpp"
#include "model/alert.hpp"
#include "runtime/fold.hpp"
#include "tally/append_only.hpp"
#include "tally/facts/facts_store.hpp"
#include "tally/sums.hpp"
#include "tally/texts.hpp"

namespace lamplight::tally {

/// What an event turned out to be when it came.
enum class RowKind : std::uint8_t {
  kOriginal = 0,    ///< the first word of its incident
  kRepeat = 1,      ///< the sender's reference was there before: counts nothing, ever
  kCorrection = 2,  ///< stands in the place of its root from its offset on
  kWithdrawal = 3,  ///< takes its root out for good
  kUnresolved =
      4,  ///< corrects or withdraws what is not on the log, or is another partner's: no effect, shown
  kUnreadable = 5,  ///< a payload that is no alert: no effect, shown
};
inline constexpr std::size_t kRowKinds = 6;
inline constexpr std::size_t kStatuses = 5;

struct StageEntry {
  TextId stage = 0;
  std::int16_t offset_minutes = 0;
  std::int64_t at_us = 0;
};
struct PlaceEntry {
  TextId scheme = 0;
  TextId code = 0;
};

/// One event, compact; never changed once stored. Texts are numbers into Texts, lists are runs in the side arrays.
struct Row {
  Id16 id;
  std::uint64_t offset = 0;
  std::int64_t bus_time_us = 0;
  std::int64_t occurred_us = 0;
  std::int64_t reported_us = 0;
  std::int64_t amount_fen = 0;
  std::string_view partner_ref;  ///< in the arena
  std::uint32_t root = 0;        ///< row of the incident's first word; itself for an original
  TextId partner = 0;
  TextId class_code = 0;
  TextId category = 0;
  TextId area = 0;
  std::uint32_t stages_at = 0;
  std::uint32_t places_at = 0;
  std::uint32_t operations_at = 0;
  std::uint16_t stages = 0;
  std::uint16_t places = 0;
  std::uint16_t operations = 0;
  std::int16_t occurred_minutes = 0;
  std::int16_t reported_minutes = 0;
  RowKind kind = RowKind::kOriginal;
  AlertStatus status = AlertStatus::kActual;
  bool has_occurred = false;
  bool has_amount = false;
};

/// The log's alerts up to a moment, for reading on any thread. Copies share the data.
struct TallyView {
  AppendOnly<Row>::View rows;
  AppendOnly<StageEntry>::View stages;
  AppendOnly<PlaceEntry>::View places;
  AppendOnly<TextId>::View operations;
  AppendOnly<std::string_view>::View texts;
  std::vector<std::shared_ptr<char[]>> arena;  ///< keeps the texts' bytes
  AppendOnly<Change>::View changes;            ///< which rows stand since when, in log order

  /// Number of rows at or before an offset, or a bus time.
  [[nodiscard]] std::size_t rows_until(Offset offset) const;
  [[nodiscard]] std::size_t rows_until(TimeUs time) const;
  /// The number of a code, or kNoText when no event ever bore it.
  static constexpr TextId kNoText = HashIndex::kNone;
  [[nodiscard]] TextId find_text(std::string_view text) const;
};

/// For each row that is a root: which row stands for it. The rule of corrections and withdrawals, in one place.
/// Only Actual events stand, correct or withdraw; the others are links of a chain and no more.
class Standing {
 public:
  static constexpr std::uint32_t kNobody =
      HashIndex::kNone;  ///< nothing Actual said (yet), or no root
  static constexpr std::uint32_t kWithdrawn = HashIndex::kNone - 1;

  /// Takes the row with number `of_.size()`: rows come in order. Returns the root whose standing may have changed.
  void take(const Row& row);
  /// kNobody, kWithdrawn or the number of the row that stands.
  [[nodiscard]] std::uint32_t of(std::uint32_t root) const { return of_[root]; }
  [[nodiscard]] std::size_t size() const { return of_.size(); }

 private:
  std::vector<std::uint32_t> of_;
};

/// Figures kept up to date event by event, for the gauges.
struct LiveFigures {
  struct Cell {
    std::int64_t alerts = 0;
    WideSum amount_fen = 0;
  };
  std::array<std::uint64_t, kRowKinds> events_by_kind{};
  std::array<std::uint64_t, kStatuses> events_by_status{};  ///< without unreadable ones
  Cell total;
  std::unordered_map<std::uint64_t, Cell>
      by_class_area;  ///< class in the high half, area in the low; sort before use
};

/// The tally: every alert and report ever received, and what stands.
///
/// Takes `alert.received` and the subjects of Facts; others pass by. Figures are a pure function of the log's prefix: one row an event, and
/// what an event means (repeat, correction, withdrawal) is settled when it comes. Threads: one; `view` for the others.
class TallyFold final : public runtime::Fold {
 public:
  TallyFold();
  void evolve(const Event& event) override;
  void foresee(std::span<const Event> events) const override;
  void save(runtime::SnapshotWriter& out) const override;
  void load(runtime::SnapshotReader& in) override;
  [[nodiscard]] std::uint32_t state_version() const override { return kStateVersion; }
  static constexpr std::uint32_t kStateVersion = 2;
  /// What a host subscribes to.
  [[nodiscard]] static std::vector<std::string> subjects();

  /// An alert that is decoded already: what evolve does after decoding.
  void add(const Event& event, const AlertReceived& alert);

  [[nodiscard]] TallyView view() const;
  [[nodiscard]] FactsView facts_view() const { return facts_.view(); }
  [[nodiscard]] const Facts& facts() const { return facts_; }
  [[nodiscard]] const LiveFigures& figures() const { return figures_; }
  [[nodiscard]] std::string_view text(TextId id) const { return texts_[id]; }
  [[nodiscard]] std::size_t rows() const { return rows_.size(); }

 private:
  void fill(Row& row, const AlertReceived& alert);
  void settle(Row& row, const AlertReceived& alert);
  void settle_against(Row& row, const Id16& target, RowKind kind);
  void store(const Row& row);
  void index(const Row& row, std::uint32_t number);
  void count(const Row& row, std::int64_t sign);
  [[nodiscard]] std::uint32_t find_id(const Id16& id);
  [[nodiscard]] std::uint32_t find_ref(TextId partner, std::string_view ref) const;
  [[nodiscard]] static std::uint64_t hash_ref(TextId partner, std::string_view ref);
  void save_row(runtime::SnapshotWriter& out, const Row& row) const;
  [[nodiscard]] bool load_row(runtime::SnapshotReader& in, Row& row);

  Arena arena_;
  Texts texts_{arena_};
  AppendOnly<Row> rows_;
  AppendOnly<StageEntry> stages_;
  AppendOnly<PlaceEntry> places_;
  AppendOnly<TextId> operations_;
  Facts facts_{texts_, arena_};
  // Derived from the rows, rebuilt on load:
  AppendOnly<Change> changes_;
  HashIndex by_id_;  ///< of the first `ids_` rows: made once something refers to an id
  std::uint32_t ids_ = 0;
  HashIndex by_ref_;
  Standing standing_;
  LiveFigures figures_;
  AlertReceived scratch_;
};

}  // namespace lamplight::tally
