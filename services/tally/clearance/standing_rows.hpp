#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tally/facts/facts.hpp"

/// The reports of one kind that stand at an offset, read field by field.
namespace lamplight::tally {

/// Rows by the text that a field of them says, each list in log order. Refers to the view.
using RowsByText = std::map<std::string_view, std::vector<std::uint32_t>>;
/// Of a text that no row says there are none.
[[nodiscard]] const std::vector<std::uint32_t>& rows_of(const RowsByText& rows,
                                                        std::string_view text);

class StandingRows {
 public:
  StandingRows(const FactsView& view, FactKind kind, Offset as_of);

  [[nodiscard]] const std::vector<std::uint32_t>& rows() const { return rows_; }  ///< in log order
  [[nodiscard]] const Fact& fact(std::uint32_t row) const { return view_.facts[row]; }
  [[nodiscard]] std::string_view text(std::uint32_t row, std::string_view field) const;
  [[nodiscard]] std::string_view partner(std::uint32_t row) const {
    return view_.texts[fact(row).partner];
  }
  [[nodiscard]] std::optional<std::int64_t> number(std::uint32_t row, std::string_view field) const;
  [[nodiscard]] std::optional<Stamp> stamp(std::uint32_t row, std::string_view field) const;
  [[nodiscard]] std::vector<std::string> codes(std::uint32_t row, std::string_view field) const;
  [[nodiscard]] std::vector<CountCell> counts(std::uint32_t row) const;
  [[nodiscard]] std::vector<StageCell> stages(std::uint32_t row, std::string_view field) const;
  /// Without the rows that do not say the field.
  [[nodiscard]] RowsByText by_text(std::string_view field) const;
  [[nodiscard]] std::string_view word(TextId id) const { return view_.texts[id]; }
  /// Who made the key of a person in this row; empty: it was made with the district's key.
  [[nodiscard]] std::string_view key_maker(std::uint32_t row) const;
  /// Whether row `a` is the later word: `first` (a stamp), then the greater partner, then partner_ref.
  [[nodiscard]] bool later(std::uint32_t a, std::uint32_t b, std::string_view first) const;

 private:
  [[nodiscard]] Cell cell(std::uint32_t row, std::string_view field) const;

  const FactsView& view_;
  FactKind kind_;
  std::vector<std::uint32_t> rows_;
};

}  // namespace lamplight::tally
