#pragma once

#include <functional>

#include "base/env.hpp"
#include "http/server.hpp"
#include "tally/metrics.hpp"
#include "tally/question.hpp"

namespace lamplight::tally {

/// An error as problem+json: kInvalid 400, kNotFound 404, kTooLarge 413, kUnsupported 415, kUnavailable and kOverloaded 503 with
/// Retry-After.
[[nodiscard]] http::Response refusal(const Error& error, const std::string& request_id);

/// A question on its way to the fold.
struct AskedReport {
  Question question;
  http::ResponderPtr responder;
  std::string request_id;
  std::int64_t asked_at_us = 0;  ///< monotonic
};

/// GET and POST /v1/report: reads the question, refuses what cannot be meant, hands the rest on.
/// Threads: the server's.
class ReportHandler {
 public:
  /// `ask` takes the question to the thread that owns the fold; any thread may call it.
  ReportHandler(Clock& clock, Metrics& metrics, std::function<void(AskedReport)> ask)
      : clock_(clock), metrics_(metrics), ask_(std::move(ask)) {}
  void handle(const http::Request& request, http::ResponderPtr responder) const;

 private:
  Clock& clock_;
  Metrics& metrics_;
  std::function<void(AskedReport)> ask_;
};

}  // namespace lamplight::tally
