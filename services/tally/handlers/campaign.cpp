#include "tally/handlers/campaign.hpp"

#include <utility>

namespace lamplight::tally {

void CampaignHandler::handle(CampaignQuestion::What what, const http::Request& request,
                             http::ResponderPtr responder) const {
  CampaignQuestion asked;
  asked.what = what;
  if (!request.captures.empty()) asked.campaign = request.captures[0];
  const auto at_least = read_campaign_query(asked, request.query);
  if (!at_least) {
    metrics_.record_refused("invalid");
    return responder->answer(refusal(at_least.error(), request.id));
  }
  Question question;
  question.at_least = *at_least;
  question.as_of = asked.as_of;
  question.campaign = std::move(asked);
  ask_({std::move(question), std::move(responder), request.id, clock_.monotonic_us()});
}

}  // namespace lamplight::tally
