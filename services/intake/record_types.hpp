#pragma once

#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "base/check.hpp"
#include "kinds.hpp"
#include "model/alert_description.hpp"
#include "model/result_descriptions.hpp"

/// What intake must know of each kind's type, derived from its description.
namespace lamplight::intake {

template <typename T>
struct TypeTag {
  using Type = T;
};

/// All types, at the places of their kinds' numbers.
using RecordTypes = std::tuple<AlertReceived, ClearanceOrdered, ClearanceReported, CaseReported,
                               PersonReported, HazardReported, FigureDeclared>;
static_assert(std::tuple_size_v<RecordTypes> == kKinds);

template <typename T, std::size_t N = 0>
constexpr Kind kind_of() {
  if constexpr (std::is_same_v<T, std::tuple_element_t<N, RecordTypes>>)
    return static_cast<Kind>(N);
  else return kind_of<T, N + 1>();
}

template <typename T>
inline constexpr bool kIsAlert = std::is_same_v<T, AlertReceived>;

/// Calls `f(TypeTag<T>{})` with the kind's type.
template <typename F>
decltype(auto) with_type(Kind kind, F&& f) {
  switch (kind) {
    case Kind::kAlert: return f(TypeTag<AlertReceived>{});
    case Kind::kClearanceOrder: return f(TypeTag<ClearanceOrdered>{});
    case Kind::kClearanceReport: return f(TypeTag<ClearanceReported>{});
    case Kind::kCaseResult: return f(TypeTag<CaseReported>{});
    case Kind::kPersonResult: return f(TypeTag<PersonReported>{});
    case Kind::kHazard: return f(TypeTag<HazardReported>{});
    case Kind::kDeclaredFigure: break;
  }
  LAMPLIGHT_CHECK(kind == Kind::kDeclaredFigure, "a kind that intake knows");
  return f(TypeTag<FigureDeclared>{});
}

/// Fields by place: those the sender says (with the partner they are said by) come first, then intake's two.
template <typename T>
inline constexpr std::uint32_t kSaidFields = kFieldCount<T> - 2;

namespace detail {
template <typename T>
constexpr bool ends_with_intakes_fields() {
  constexpr auto kInfos = field_infos<T>();
  return kInfos[kSaidFields<T>].name == "idempotency_key" &&
         kInfos[kSaidFields<T> + 1].name == "body_digest";
}

/// A code of a list; the status is none, as its list is closed by the wire format.
template <typename Each>
void each_code(CodeList list, std::string_view code, Each& each) {
  if (!code.empty()) each(list, code);
}
template <typename Member, typename Each>
void each_code_of(const Rule& rule, const Member& value, Each& each) {
  if constexpr (std::is_same_v<Member, std::string_view>) {
    if (rule.list) each_code(*rule.list, value, each);
  } else if constexpr (std::is_same_v<Member, std::vector<std::string_view>>) {
    for (const std::string_view code : value) each_code(*rule.list, code, each);
  } else if constexpr (std::is_same_v<Member, std::vector<PlaceCode>>) {
    for (const PlaceCode& place : value) each_code(*rule.list, place.scheme, each);
  } else if constexpr (std::is_same_v<Member, std::vector<StageStamp>>) {
    for (const StageStamp& stage : value) each_code(*rule.list, stage.stage, each);
  } else if constexpr (std::is_same_v<Member, std::vector<Count>>) {
    for (const Count& count : value) {
      each_code(CodeList::kCount, count.what, each);
      each_code(CodeList::kCountKind, count.kind, each);
      each_code(CodeList::kCountResult, count.result, each);
    }
  }
}
}  // namespace detail

static_assert(detail::ends_with_intakes_fields<AlertReceived>() &&
              detail::ends_with_intakes_fields<ClearanceOrdered>() &&
              detail::ends_with_intakes_fields<ClearanceReported>() &&
              detail::ends_with_intakes_fields<CaseReported>() &&
              detail::ends_with_intakes_fields<PersonReported>() &&
              detail::ends_with_intakes_fields<HazardReported>() &&
              detail::ends_with_intakes_fields<FigureDeclared>());

/// Calls `each(list, code)` with every code of a record that a list may hold; those left out are not there.
template <typename T, typename Each>
void for_each_code(const T& record, Each&& each) {
  std::apply(
      [&](const auto&... f) { (detail::each_code_of(f.info.rule, record.*(f.member), each), ...); },
      Description<T>::kFields);
}

}  // namespace lamplight::intake
