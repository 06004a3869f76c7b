#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "console/cases.hpp"
#include "identity/officers.hpp"

namespace lamplight::console {

enum class ListKind : std::uint8_t {
  /// That wait for the officer; for a unit of theirs, when they may do the step; or for a unit none of whose officers may, when
  /// they may do it on any case.
  kMine,
  kOverdue,     ///< past their deadline
  kUnassigned,  ///< that wait for nobody in person: for a unit or a desk, or for an officer who is none, or no longer
  kOpen,        ///< all
};
/// Keys of officers are 32 hexadecimal digits; units and desks have names.
[[nodiscard]] bool is_officer_key(std::string_view owner);
[[nodiscard]] std::string_view to_string(ListKind kind);
[[nodiscard]] std::optional<ListKind> list_from(std::string_view name);

/// A place in the queue of open cases.
using ListPlace = Cases::Queue::value_type;
[[nodiscard]] std::string to_string(const ListPlace& place);
[[nodiscard]] std::optional<ListPlace> place_from(std::string_view text);

struct Worklist {
  ListKind kind = ListKind::kOpen;
  std::string area;  ///< empty: all
  std::size_t most = 100;
  std::optional<ListPlace> after;
};

struct WorklistPage {
  std::vector<const Case*> cases;  ///< the most urgent first
  std::optional<ListPlace> next;   ///< of the last one, when there are more
};

/// Open cases that the officer may see, by deadline. Of `kOverdue`: those whose deadline is at or before `now`.
[[nodiscard]] WorklistPage pick(const Cases& cases, const identity::Officers& officers,
                                const identity::Officer& officer, const Worklist& wanted,
                                TimeUs now);

}  // namespace lamplight::console
