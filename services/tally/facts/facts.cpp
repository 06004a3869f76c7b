#include "tally/facts/facts.hpp"

#include "model/result_descriptions.hpp"

namespace lamplight::tally {
namespace {

/// The number of fields before those that are no columns.
template <typename T>
constexpr std::size_t kept_columns() {
  constexpr auto kInfos = field_infos<T>();
  std::size_t n = 0;
  while (n < kInfos.size() && kInfos[n].name != "corrects") ++n;
  return n;
}

template <typename T>
constexpr auto kAllFields = field_infos<T>();

template <typename T>
constexpr std::span<const FieldInfo> columns() {
  return std::span<const FieldInfo>(kAllFields<T>).first(kept_columns<T>());
}

constexpr std::array<std::span<const FieldInfo>, kFactKinds> kColumns = {
    columns<ClearanceOrdered>(), columns<ClearanceReported>(), columns<CaseReported>(),
    columns<PersonReported>(),   columns<HazardReported>(),    columns<FigureDeclared>(),
    columns<CampaignDefined>(),
};
constexpr std::array<std::string_view, kFactKinds> kSubjects = {
    kClearanceOrdered, kClearanceReported, kCaseReported,    kPersonReported,
    kHazardReported,   kFigureDeclared,    kCampaignDefined,
};

}  // namespace

std::string_view subject_of(FactKind kind) { return kSubjects[static_cast<std::size_t>(kind)]; }

std::optional<FactKind> fact_kind_of(std::string_view subject) {
  for (std::size_t i = 0; i < kFactKinds; ++i) {
    if (kSubjects[i] == subject) return static_cast<FactKind>(i);
  }
  return std::nullopt;
}

std::span<const FieldInfo> columns_of(FactKind kind) {
  return kColumns[static_cast<std::size_t>(kind)];
}

std::optional<std::uint32_t> find_column(FactKind kind, std::string_view name) {
  const auto columns = columns_of(kind);
  for (std::uint32_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == name) return i;
  }
  return std::nullopt;
}

std::size_t FactsView::facts_until(Offset offset) const {
  return first_after(facts.size(), [&](std::size_t i) { return facts[i].offset <= offset.value; });
}

std::string_view FactsView::named_by(std::uint32_t row) const {
  const std::size_t at =
      first_after(links.size(), [&](std::size_t i) { return links[i].row < row; });
  return at < links.size() && links[at].row == row ? links[at].named : std::string_view{};
}

}  // namespace lamplight::tally
