#pragma once

#include <string>

#include "../core.hpp"
#include "http/server.hpp"

namespace lamplight::intake {

/// GET /v1/<path>/{id}: the record as it was sent and, of an alert, what became of it. 404 for ids that are not the partner's.
/// The answer comes once the fold has passed what the asker has just published.
class GetRecord {
 public:
  GetRecord(Core& core, Kind kind, std::string partner)
      : core_(core), kind_(kind), partner_(std::move(partner)) {}
  void operator()(const http::Request& request, http::ResponderPtr responder) const;

 private:
  Core& core_;
  Kind kind_;
  std::string partner_;
};

}  // namespace lamplight::intake
