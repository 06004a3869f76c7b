#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "tally/measure/measure.hpp"

namespace lamplight::tally {

using StandingChange = std::remove_cvref_t<decltype(FactsView{}.changes[0][0])>;

/// A field of a record, by its place.
struct RecordField {
  std::uint32_t column = 0;
  Shape shape = Shape::kText;
  [[nodiscard]] bool is_list() const { return shape == Shape::kCodes || shape == Shape::kStages; }
};

/// The records of one kind, alerts and reports alike: what stood when, and the fields of each row. Refers to a view.
class Records {
 public:
  /// `from`: alert.received or the subject of a fact.
  Records(const CampaignView& view, std::string_view from);

  /// Nothing where records of this kind have no such field.
  [[nodiscard]] static std::optional<RecordField> find(std::string_view from,
                                                       std::string_view name);

  [[nodiscard]] std::size_t changes() const { return changes_->size(); }
  [[nodiscard]] StandingChange change(std::size_t i) const { return (*changes_)[i]; }
  /// Number of changes at or before an offset.
  [[nodiscard]] std::size_t changes_until(Offset offset) const;

  [[nodiscard]] Cell cell(std::uint32_t row, const RecordField& field) const;
  /// Element of a list of codes or stages: `at` counts from run_of(cell).at.
  [[nodiscard]] TextId element(const RecordField& field, std::uint64_t at) const {
    if (alerts_) return alerts_->operations[at];
    return field.shape == Shape::kStages ? facts_->stages[at].stage : facts_->codes[at];
  }
  [[nodiscard]] const CountCell& count(std::uint64_t at) const { return facts_->counts[at]; }
  [[nodiscard]] TextId partner(std::uint32_t row) const {
    return alerts_ ? alerts_->rows[row].partner : facts_->facts[row].partner;
  }
  [[nodiscard]] std::string_view partner_ref(std::uint32_t row) const {
    return alerts_ ? alerts_->rows[row].partner_ref : facts_->facts[row].partner_ref;
  }
  [[nodiscard]] std::uint64_t offset(std::uint32_t row) const {
    return alerts_ ? alerts_->rows[row].offset : facts_->facts[row].offset;
  }
  [[nodiscard]] std::string_view text(TextId id) const {
    return alerts_ ? alerts_->texts[id] : facts_->texts[id];
  }
  [[nodiscard]] std::size_t texts() const {
    return alerts_ ? alerts_->texts.size() : facts_->texts.size();
  }
  /// The event in a row, told to people.
  [[nodiscard]] Contribution contribution(std::uint32_t row) const;
  /// The row of the event at an offset. It must be there.
  [[nodiscard]] std::uint32_t row_at(std::uint64_t offset) const;

 private:
  const TallyView* alerts_ = nullptr;  ///< of alerts
  const FactsView* facts_ = nullptr;   ///< of reports
  const AppendOnly<StandingChange>::View* changes_ = nullptr;
  std::string_view subject_;
};

}  // namespace lamplight::tally
