#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/results.hpp"
#include "runtime/fold.hpp"
#include "tally/facts/facts.hpp"
#include "tally/facts/incidents.hpp"

namespace lamplight::tally {

/// The part of the tally's fold that holds reports: one immutable row an event, its fields as cells, and what stands.
/// Texts and arena are shared with the alerts, so that one numbering serves both. Threads: one; `view` for the others.
class Facts {
 public:
  /// Both must outlive this.
  Facts(Texts& texts, Arena& arena) : texts_(texts), arena_(arena) {}
  Facts(const Facts&) = delete;
  Facts& operator=(const Facts&) = delete;

  /// The subjects that are taken: what a host subscribes to.
  [[nodiscard]] static std::vector<std::string_view> subjects();
  /// Takes an event of one of them; false and nothing done for others.
  bool evolve(const Event& event);
  /// Asks for the memory in which evolve will look for a report of this name. Changes nothing.
  void prefetch(const FactName& name) const { by_ref_.prefetch(hash_of(name)); }
  /// One array of rows in log order. Equal logs give equal bytes.
  void save(runtime::SnapshotWriter& out) const;
  /// Into fresh facts, after the texts.
  void load(runtime::SnapshotReader& in);

  [[nodiscard]] FactsView view() const;
  [[nodiscard]] std::size_t rows() const { return facts_.size(); }
  /// Events by what they turned out to be, for the gauges.
  [[nodiscard]] const std::array<std::uint64_t, kFactRoles>& by_role() const { return by_role_; }

 private:
  static constexpr std::size_t kMostColumns = 32;

  template <typename T>
  void take(FactKind kind, const Event& event, T& said);
  template <typename T>
  void put_cells(const T& said);
  [[nodiscard]] Cell pack(std::string_view text);
  [[nodiscard]] Cell pack(const std::vector<std::string_view>& codes);
  [[nodiscard]] Cell pack(const std::vector<Count>& counts);
  [[nodiscard]] Cell pack(const std::vector<StageStamp>& stages);
  void put_nothing(FactKind kind);
  void store(const Fact& fact, std::string_view named);
  void index(const Fact& fact, std::uint32_t row, std::string_view named);
  [[nodiscard]] Word word_of(std::uint32_t row) const;
  [[nodiscard]] std::uint32_t find_ref(const FactName& name) const;
  [[nodiscard]] TextId intern(std::string_view text);
  void save_cell(runtime::SnapshotWriter& out, Shape shape, Cell cell) const;
  [[nodiscard]] Cell load_cell(runtime::SnapshotReader& in, Shape shape);
  [[nodiscard]] TextId load_text(runtime::SnapshotReader& in) const;
  [[nodiscard]] bool load_fact(runtime::SnapshotReader& in);

  Texts& texts_;
  Arena& arena_;
  AppendOnly<Fact> facts_;
  Cells cells_;
  AppendOnly<TextId> codes_;
  AppendOnly<CountCell> counts_;
  AppendOnly<StageCell> stages_;
  AppendOnly<Link> links_;
  // Derived from the rows, rebuilt on load:
  std::array<AppendOnly<Change>, kFactKinds> changes_;
  HashIndex by_ref_;
  Incidents incidents_;
  std::array<std::uint64_t, kFactRoles> by_role_{};
  // Room that is used again and again:
  std::vector<Change> touched_;
  std::array<TextId, kMostColumns>
      last_{};  ///< of a column: what it said last is likely to be said again
  std::size_t column_ = 0;
  ClearanceOrdered ordered_;
  ClearanceReported clearance_;
  CaseReported case_;
  PersonReported person_;
  HazardReported hazard_;
  FigureDeclared figure_;
  CampaignDefined campaign_;
};

}  // namespace lamplight::tally
