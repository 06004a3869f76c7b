#include "kinds.hpp"

#include <algorithm>

#include "record_types.hpp"

namespace lamplight::intake {

namespace {
template <typename T>
constexpr KindInfo info(std::string_view noun) {
  using D = Description<T>;
  return {kind_of<T>(), D::kName, noun, D::kSubject, D::kPath, D::kVersion};
}

constexpr std::array<KindInfo, kKinds> kInfos = {
    info<AlertReceived>("alert"),
    info<ClearanceOrdered>("clearance order"),
    info<ClearanceReported>("clearance report"),
    info<CaseReported>("case result"),
    info<PersonReported>("person result"),
    info<HazardReported>("hazard report"),
    info<FigureDeclared>("declared figure"),
};

template <typename Member>
std::optional<Kind> find_kind(std::string_view value, Member KindInfo::*member) {
  const auto* const found = std::find_if(kInfos.begin(), kInfos.end(),
                                         [&](const KindInfo& one) { return one.*member == value; });
  return found == kInfos.end() ? std::nullopt : std::optional(found->kind);
}

/// Whether the field holds codes of the list.
constexpr bool holds(const FieldInfo& field, CodeList list) {
  if (field.shape == Shape::kCounts)
    return list == CodeList::kCount || list == CodeList::kCountKind ||
           list == CodeList::kCountResult;
  return field.rule.list == list;
}
}  // namespace

const std::array<KindInfo, kKinds>& kinds() { return kInfos; }

std::optional<Kind> kind_of_subject(std::string_view subject) {
  return find_kind(subject, &KindInfo::subject);
}

std::optional<Kind> kind_of_name(std::string_view name) { return find_kind(name, &KindInfo::name); }

std::string url_of(Kind kind) { return "/v1/" + std::string(info_of(kind).path); }

std::string pointer_of(Kind kind, CodeList list) {
  return with_type(kind, [list](auto tag) {
    for (const FieldInfo& field : field_infos<typename decltype(tag)::Type>()) {
      if (holds(field, list)) return "/" + std::string(field.name);
    }
    return "/" + std::string(to_string(list));
  });
}

}  // namespace lamplight::intake
