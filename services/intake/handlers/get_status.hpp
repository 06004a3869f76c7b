#pragma once

#include "../core.hpp"
#include "http/server.hpp"

namespace lamplight::intake {

/// GET /v1/status: {"seeding","head"}: whether the log takes its time from the data, and the last offset it told of.
/// For who loads data, before they do. 503 while the log cannot be reached.
class GetStatus {
 public:
  explicit GetStatus(const Core& core) : core_(core) {}
  void operator()(const http::Request& request, http::ResponderPtr responder) const;

 private:
  const Core& core_;
};

}  // namespace lamplight::intake
