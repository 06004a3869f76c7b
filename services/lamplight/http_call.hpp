#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace lamplight::cli {

struct HttpAnswer {
  long status = 0;
  std::string content_type;
  std::string body;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;  ///< http:// or https://
  std::string content_type = {};
  std::string body = {};
  std::vector<std::string> headers = {};  ///< "Name: value"
  std::int64_t connect_timeout_ms = 5'000;
  std::int64_t timeout_ms = 120'000;  ///< of the whole call
  std::size_t answer_limit = 256U << 20;
  /// Instead of `body`: fills up to `room` bytes at `into`, 0 at the end; sent in chunks as it comes, with no total time-out.
  std::function<std::size_t(char* into, std::size_t room)> source = {};
  /// Gets the answer piece by piece as it comes; only its first 64 KiB are kept in HttpAnswer::body then.
  std::function<void(std::string_view piece)> on_answer = {};
};

/// One HTTP call over libcurl; no redirects are followed. An answer of any status is a value.
/// Errors: kUnavailable (nobody there: says where), kTimeout, kTooLarge (the answer), kIo.
[[nodiscard]] Result<HttpAnswer> http_call(const HttpRequest& request);

/// "status 422: title: detail (pointer: hint)" out of a problem+json answer, for people.
[[nodiscard]] std::string describe_problem(const HttpAnswer& answer);

/// Percent-encodes a value of a query.
[[nodiscard]] std::string query_escape(std::string_view text);

}  // namespace lamplight::cli
