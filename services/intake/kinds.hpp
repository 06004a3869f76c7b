#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/code_lists.hpp"

namespace lamplight::intake {

/// What intake takes: alerts, and the reports of a campaign. One road for all; what differs between them is said here and
/// in record_types.hpp. Numbers are those of the snapshot: append only.
enum class Kind : std::uint8_t {
  kAlert = 0,
  kClearanceOrder = 1,
  kClearanceReport = 2,
  kCaseResult = 3,
  kPersonResult = 4,
  kHazard = 5,
  kDeclaredFigure = 6,
};
inline constexpr std::size_t kKinds = 7;

struct KindInfo {
  Kind kind = Kind::kAlert;
  std::string_view name;     ///< label of a metric, option of a command: "case-result"
  std::string_view noun;     ///< in a sentence: "case result"
  std::string_view subject;  ///< of its events
  std::string_view path;     ///< behind /v1/
  std::uint32_t schema = 1;
};

/// Of all kinds, in the order of their numbers.
[[nodiscard]] const std::array<KindInfo, kKinds>& kinds();
[[nodiscard]] inline const KindInfo& info_of(Kind kind) {
  return kinds()[static_cast<std::size_t>(kind)];
}
[[nodiscard]] std::optional<Kind> kind_of_subject(std::string_view subject);
[[nodiscard]] std::optional<Kind> kind_of_name(std::string_view name);
/// "/v1/case-results"
[[nodiscard]] std::string url_of(Kind kind);
/// JSON pointer to the field of the kind that holds codes of the list: "/counts".
[[nodiscard]] std::string pointer_of(Kind kind, CodeList list);

}  // namespace lamplight::intake
