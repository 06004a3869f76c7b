#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "import/record_info.hpp"

namespace lamplight::importer {

/// How a post ended.
struct Reply {
  std::uint64_t id = 0;
  long status = 0;  ///< 0: no answer; `fault` says why
  std::string body;
  std::int64_t retry_after_ms = -1;  ///< as the server asked; -1: it did not
  std::string fault;
};

/// Posts bodies to intake, several at once. Threads: one.
class Transport {
 public:
  virtual ~Transport() = default;
  /// Begins; `body` must stay where it is until the reply. `id` is the caller's own and none that is under way.
  virtual void post(std::uint64_t id, std::string_view body,
                    const std::string& idempotency_key) = 0;
  /// What ended meanwhile; waits for the first up to `timeout_ms` when nothing has. With nothing under way it waits the
  /// whole time.
  [[nodiscard]] virtual std::vector<Reply> wait(std::int64_t timeout_ms) = 0;
};

/// Over libcurl, with connections kept open. `url` is intake's: http://127.0.0.1:8080.
[[nodiscard]] std::unique_ptr<Transport> make_curl_transport(
    const std::string& url, const RecordInfo& record = record_infos().front());

}  // namespace lamplight::importer
