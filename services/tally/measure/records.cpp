#include "tally/measure/records.hpp"

#include <array>

#include "base/check.hpp"
#include "model/alert.hpp"

namespace lamplight::tally {
namespace {

enum AlertColumn : std::uint32_t {
  kPartner,
  kClass,
  kCategory,
  kArea,
  kOperations,
  kOccurredAt,
  kReportedAt,
  kAmountFen
};

struct AlertField {
  std::string_view name;
  Shape shape;
};
constexpr std::array<AlertField, 8> kAlertFields = {{{"partner", Shape::kText},
                                                     {"class", Shape::kText},
                                                     {"category", Shape::kText},
                                                     {"area", Shape::kText},
                                                     {"operations", Shape::kCodes},
                                                     {"occurred_at", Shape::kStamp},
                                                     {"reported_at", Shape::kStamp},
                                                     {"amount_fen", Shape::kInteger}}};

Cell alert_cell(const Row& row, std::uint32_t column) {
  switch (column) {
    case kPartner: return row.partner;
    case kClass: return row.class_code;
    case kCategory: return row.category;
    case kArea: return row.area;
    case kOperations: return pack_run(row.operations_at, row.operations);
    case kOccurredAt:
      return row.has_occurred ? pack_stamp({TimeUs{row.occurred_us}, row.occurred_minutes})
                              : kNothing;
    case kReportedAt: return pack_stamp({TimeUs{row.reported_us}, row.reported_minutes});
    default: return row.has_amount ? static_cast<Cell>(row.amount_fen) : kNothing;
  }
}

}  // namespace

Records::Records(const CampaignView& view, std::string_view from) : subject_(from) {
  if (from == kAlertReceived) {
    alerts_ = &view.alerts;
    changes_ = &view.alerts.changes;
    return;
  }
  const auto kind = fact_kind_of(from);
  LAMPLIGHT_CHECK(kind.has_value(), "a measure counts records of a known kind");
  facts_ = &view.facts;
  changes_ = &view.facts.changes[static_cast<std::size_t>(*kind)];
}

std::optional<RecordField> Records::find(std::string_view from, std::string_view name) {
  if (from == kAlertReceived) {
    for (std::uint32_t i = 0; i < kAlertFields.size(); ++i) {
      if (kAlertFields[i].name == name) return RecordField{i, kAlertFields[i].shape};
    }
    return std::nullopt;
  }
  const auto kind = fact_kind_of(from);
  const auto column = kind ? find_column(*kind, name) : std::nullopt;
  if (!column) return std::nullopt;
  return RecordField{*column, columns_of(*kind)[*column].shape};
}

std::size_t Records::changes_until(Offset offset) const {
  return first_after(changes(), [&](std::size_t i) { return change(i).offset <= offset.value; });
}

Cell Records::cell(std::uint32_t row, const RecordField& field) const {
  if (alerts_) return alert_cell(alerts_->rows[row], field.column);
  return facts_->cell(facts_->facts[row], field.column);
}

Contribution Records::contribution(std::uint32_t row) const {
  return {.offset = {offset(row)},
          .id = alerts_ ? alerts_->rows[row].id : facts_->facts[row].id,
          .subject = std::string(subject_),
          .partner = std::string(text(partner(row))),
          .partner_ref = std::string(partner_ref(row))};
}

std::uint32_t Records::row_at(std::uint64_t at) const {
  const std::size_t rows = alerts_ ? alerts_->rows.size() : facts_->facts.size();
  const std::size_t row =
      first_after(rows, [&](std::size_t i) { return offset(static_cast<std::uint32_t>(i)) < at; });
  LAMPLIGHT_CHECK(row < rows, "a change has its event");
  return static_cast<std::uint32_t>(row);
}

}  // namespace lamplight::tally
