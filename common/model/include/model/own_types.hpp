#pragma once

#include "model/inner_descriptions.hpp"
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
  f(Item<SettlementSubmitted>{});
  f(Item<AssessmentSubmitted>{});
  f(Item<DispatchSubmitted>{});
  f(Item<FeedbackSubmitted>{});
  f(Item<VerificationSubmitted>{});
  f(Item<ReviewSubmitted>{});
  f(Item<ReopeningSubmitted>{});
  f(Item<RulesMoveSubmitted>{});
  f(Item<PetitionSubmitted>{});
  f(Item<CaseEvent>{});
  f(Item<CaseRefused>{});
  f(Item<RulesPublished>{});
}

}  // namespace lamplight
