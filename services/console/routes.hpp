#pragma once

#include "console/core.hpp"
#include "http/server.hpp"

namespace lamplight::console {

/// Every path of README.md's table. The core must outlive the server.
void add_routes(http::Server& server, Core& core);

}  // namespace lamplight::console
