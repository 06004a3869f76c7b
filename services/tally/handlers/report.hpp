#pragma once

#include "base/env.hpp"
#include "http/server.hpp"
#include "model/code_lists.hpp"
#include "tally/metrics.hpp"
#include "tally/report_desk.hpp"

namespace lamplight::tally {

/// GET and POST /v1/report. The spec: the body of a POST, TOML (text/toml, application/toml) or JSON; none: the default.
/// Query: as_of=OFFSET or an RFC 3339 time, for=PERIOD, at_least=OFFSET, format=json|text, lang=zh|en.
class ReportHandler {
 public:
  /// All must outlive the handler.
  ReportHandler(ReportDesk& desk, const CodeLists& codes, Clock& clock, Metrics& metrics)
      : desk_(desk), codes_(codes), clock_(clock), metrics_(metrics) {}
  void operator()(const http::Request& request, http::ResponderPtr responder) const;

 private:
  ReportDesk& desk_;
  const CodeLists& codes_;
  Clock& clock_;
  Metrics& metrics_;
};

}  // namespace lamplight::tally
