#include "tally/handlers/campaign.hpp"

#include <utility>

namespace lamplight::tally {

const std::vector<CampaignHandler::Route>& CampaignHandler::routes() {
  using What = CampaignQuestion::What;
  constexpr auto kCampaign = &CampaignQuestion::campaign;
  constexpr auto kClearance = &CampaignQuestion::clearance;
  static const std::vector<Route> routes{
      {"/v1/campaigns", What::kList, {}},
      {"/v1/campaigns/{}", What::kDefinition, {kCampaign}},
      {"/v1/campaigns/{}/report", What::kReport, {kCampaign}},
      {"/v1/campaigns/{}/explain", What::kExplain, {kCampaign}},
      {"/v1/campaigns/{}/diff", What::kDiff, {kCampaign}},
      {"/v1/campaigns/{}/gangs", What::kGangs, {kCampaign}},
      {"/v1/campaigns/{}/clearance", What::kClearances, {kCampaign}},
      {"/v1/campaigns/{}/clearance/{}", What::kClearance, {kCampaign, kClearance}},
      {"/v1/clearance", What::kClearances, {}},
      {"/v1/clearance/{}", What::kClearance, {kClearance}}};
  return routes;
}

void CampaignHandler::handle(const Route& route, const http::Request& request,
                             http::ResponderPtr responder) const {
  CampaignQuestion asked;
  asked.what = route.what;
  for (std::size_t i = 0; i < route.captures.size() && i < request.captures.size(); ++i)
    asked.*route.captures[i] = request.captures[i];
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
