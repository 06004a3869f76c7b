#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/env.hpp"
#include "http/server.hpp"
#include "tally/campaign_report/question.hpp"
#include "tally/handlers/report.hpp"

namespace lamplight::tally {

/// GET /v1/campaigns, /v1/campaigns/{}, …/report, …/explain, …/diff, …/gangs, …/clearance, …/clearance/{}, and
/// /v1/clearance, /v1/clearance/{}, where no campaign is named: reads the question and hands it on.
/// Threads: the server's.
class CampaignHandler {
 public:
  /// A route, and what its captures are of a question, in their order.
  struct Route {
    const char* pattern;
    CampaignQuestion::What what;
    std::vector<std::string CampaignQuestion::*> captures;
  };
  [[nodiscard]] static const std::vector<Route>& routes();

  CampaignHandler(Clock& clock, Metrics& metrics, std::function<void(AskedReport)> ask)
      : clock_(clock), metrics_(metrics), ask_(std::move(ask)) {}
  void handle(const Route& route, const http::Request& request, http::ResponderPtr responder) const;

 private:
  Clock& clock_;
  Metrics& metrics_;
  std::function<void(AskedReport)> ask_;
};

}  // namespace lamplight::tally
