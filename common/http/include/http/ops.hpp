#pragma once

#include <functional>
#include <string>
#include <utility>

#include "http/server.hpp"

namespace lamplight::http {

/// Whether, and why not: the reason is for people and goes out as it is, so it holds nothing personal.
using Verdict = std::function<std::pair<bool, std::string>()>;

/// Adds what operators ask of every process: GET /metrics (Prometheus text, as `expose_metrics` gives it), GET /healthz
/// and GET /readyz (200 or 503 with {"ok":…,"reason":…}). Call before Server::start.
/// Threads: the functions are called on the server's threads, possibly several at once; they should not block.
void add_ops_routes(Server& server, std::function<std::string()> expose_metrics, Verdict live,
                    Verdict ready);

}  // namespace lamplight::http
