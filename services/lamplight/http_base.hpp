#pragma once

#include <string>

#include "runtime/service.hpp"

namespace lamplight::cli {

/// "http://127.0.0.1:8080" out of a running service's addresses; empty when it has none.
[[nodiscard]] inline std::string http_base(const runtime::Service* service) {
  if (service == nullptr) return {};
  for (const std::string& line : service->addresses()) {
    const auto from = line.find("http");
    const auto host = line.find("://", from);
    if (from == std::string::npos || host == std::string::npos) continue;
    return line.substr(from, line.find_first_of("/ ", host + 3) - from);
  }
  return {};
}

}  // namespace lamplight::cli
