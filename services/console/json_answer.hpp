#pragma once

#include <string>
#include <utility>

#include "http/server.hpp"

namespace lamplight::console {

/// An answer in JSON that tells of cases or officers: no cache keeps it.
[[nodiscard]] inline http::Response json_answer(std::string body, unsigned status = 200) {
  http::Response response;
  response.status = status;
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.body = std::move(body);
  return response;
}

}  // namespace lamplight::console
