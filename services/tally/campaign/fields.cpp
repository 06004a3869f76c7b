#include "tally/campaign/fields.hpp"

#include <algorithm>

#include "model/describe.hpp"
#include "tally/facts/facts.hpp"

namespace lamplight::tally {
namespace {

/// Of the kinds that measures may count from.
std::optional<FactKind> countable(std::string_view from) {
  const auto kind = fact_kind_of(from);
  if (!kind || *kind == FactKind::kFigureDeclared || *kind == FactKind::kCampaignDefined)
    return std::nullopt;
  return kind;
}

template <typename Takes>
std::vector<std::string> names_of(FactKind kind, Takes&& takes) {
  std::vector<std::string> out;
  for (const FieldInfo& column : columns_of(kind)) {
    if (takes(column)) out.emplace_back(column.name);
  }
  return out;
}

}  // namespace

const std::vector<std::string>& record_names() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> out{std::string(kAlertReceived)};
    for (std::size_t i = 0; i < kFactKinds; ++i) {
      const std::string_view subject = subject_of(static_cast<FactKind>(i));
      if (countable(subject)) out.emplace_back(subject);
    }
    return out;
  }();
  return kNames;
}

std::vector<std::string> fields_of_record(std::string_view from) {
  if (from == kAlertReceived) return {"partner", "class", "category", "area", "operations"};
  const auto kind = countable(from);
  if (!kind) return {};
  return names_of(*kind, [](const FieldInfo& column) {
    const bool texts = column.shape == Shape::kText || column.shape == Shape::kCodes ||
                       column.shape == Shape::kStages;
    return texts && column.name != "partner_ref";
  });
}

std::vector<std::string> stamps_of_record(std::string_view from) {
  if (from == kAlertReceived) return {"reported_at", "occurred_at"};
  const auto kind = countable(from);
  if (!kind) return {};
  return names_of(*kind, [](const FieldInfo& column) { return column.shape == Shape::kStamp; });
}

bool has_counts(std::string_view from) {
  const auto kind = countable(from);
  return kind && find_column(*kind, "counts").has_value();
}

const std::vector<std::string>& count_parts() {
  static const std::vector<std::string> kParts{"what", "kind", "result"};
  return kParts;
}

const std::vector<std::string>& time_dimensions() {
  static const std::vector<std::string> kNames{"day", "month", "year", "weekday", "hour"};
  return kNames;
}

std::vector<CodeList> lists_of_field(std::string_view field) {
  if (field == "unit" || field == "units" || field == "with_units") return {CodeList::kUnit};
  if (field == "operation" || field == "operations") return {CodeList::kOperation};
  if (field == "class") return {CodeList::kClass};
  if (field == "category") return {CodeList::kCategory};
  if (field == "area") return {CodeList::kArea};
  if (field == "shift" || field == "shifts") return {CodeList::kShift};
  if (field == "focus") return {CodeList::kFocus, CodeList::kCountKind};
  if (field == "action") return {CodeList::kClearanceAction};
  if (field == "what") return {CodeList::kCount};
  if (field == "kind") return {CodeList::kCountKind, CodeList::kHazardKind};
  if (field == "result") return {CodeList::kCountResult};
  if (field == "flags") return {CodeList::kPersonFlag, CodeList::kCaseFlag};
  if (field == "stages") return {CodeList::kCaseStage, CodeList::kStage};
  if (field == "outcomes") return {CodeList::kOutcome};
  if (field == "state") return {CodeList::kHazardState};
  if (field == "person_scope") return {CodeList::kPersonScope};
  return {};
}

}  // namespace lamplight::tally
