#pragma once

#include "model/alert_description.hpp"
#include "model/result_descriptions.hpp"

/// The message types that senders post over HTTP, for code that treats all of them alike.
namespace lamplight {

/// Names a type without a value of it.
template <typename T>
struct Item {
  using Type = T;
};

/// Calls f(Item<T>{}) for each of them, in a fixed order.
template <typename F>
constexpr void for_each_item_type(F&& f) {
  f(Item<AlertReceived>{});
  f(Item<ClearanceOrdered>{});
  f(Item<ClearanceReported>{});
  f(Item<CaseReported>{});
  f(Item<PersonReported>{});
  f(Item<HazardReported>{});
  f(Item<FigureDeclared>{});
}

}  // namespace lamplight
