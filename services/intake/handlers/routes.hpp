#pragma once

#include <memory>
#include <string>

#include "../core.hpp"
#include "http/server.hpp"
#include "post_records.hpp"

namespace lamplight::intake {

/// POST /v1/<path> and GET /v1/<path>/{id} of every kind. The core must outlive the server.
void add_routes(http::Server& server, Core& core, std::shared_ptr<PostRecords> post,
                const std::string& partner);

}  // namespace lamplight::intake
