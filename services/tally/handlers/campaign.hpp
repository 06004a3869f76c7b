#pragma once

#include <functional>

#include "base/env.hpp"
#include "http/server.hpp"
#include "tally/campaign_report/question.hpp"
#include "tally/handlers/report.hpp"

namespace lamplight::tally {

/// GET /v1/campaigns, /v1/campaigns/{}, …/report, …/explain, …/diff: reads the question and hands it on.
/// Threads: the server's.
class CampaignHandler {
 public:
  CampaignHandler(Clock& clock, Metrics& metrics, std::function<void(AskedReport)> ask)
      : clock_(clock), metrics_(metrics), ask_(std::move(ask)) {}
  void handle(CampaignQuestion::What what, const http::Request& request,
              http::ResponderPtr responder) const;

 private:
  Clock& clock_;
  Metrics& metrics_;
  std::function<void(AskedReport)> ask_;
};

}  // namespace lamplight::tally
