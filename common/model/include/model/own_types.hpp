#pragma once

#include "model/item_types.hpp"
#include "model/officers.hpp"

/// The message types that services and commands of ours publish and no sender posts, for code that treats all of them alike.
namespace lamplight {

/// Calls f(Item<T>{}) for each of them, in a fixed order.
template <typename F>
constexpr void for_each_own_type(F&& f) {
  f(Item<CampaignDefined>{});
  f(Item<OfficerAdded>{});
  f(Item<OfficerChanged>{});
  f(Item<OfficerRevoked>{});
}

}  // namespace lamplight
