#pragma once

#include <string>

#include "../core.hpp"
#include "http/server.hpp"

namespace lamplight::intake {

/// GET /v1/alerts/{id}: the alert as it was sent, and what became of it. 404 for ids that are not the partner's.
/// The answer comes once the fold has passed what the asker has just published.
class GetAlert {
 public:
  GetAlert(Core& core, std::string partner) : core_(core), partner_(std::move(partner)) {}
  void operator()(const http::Request& request, http::ResponderPtr responder) const;

 private:
  Core& core_;
  std::string partner_;
};

}  // namespace lamplight::intake
