#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/uuid.hpp"
#include "bus/client.hpp"
#include "console/command_body.hpp"
#include "console/metrics.hpp"
#include "console/state.hpp"
#include "http/server.hpp"
#include "runtime/request_desk.hpp"

namespace lamplight::console {

/// Puts commands on the log as requests, awaits their answers and says over HTTP what came of them.
///
/// A command that has no answer in time is answered 202 with where to look: it may still be decided, once. What a repeat
/// by the same Idempotency-Key gets is what the first one got. Every answer names its request (Lamplight-Request).
/// Threads: the core's.
class CommandDesk {
 public:
  struct Options {
    std::int64_t answer_timeout_us = 5'000'000;
    std::size_t max_under_way = 1024;
  };
  struct Command {
    inner::Ask ask = inner::Ask::kSettlement;
    CommandHead head;
    CommandBody body;
    std::optional<Id16> key;  ///< of `key_of`
  };

  CommandDesk(Clock& clock, bus::Client& client, UuidSource& ids, Metrics& metrics,
              Options options);

  /// What makes one command of several requests: all of it the same, to the byte.
  [[nodiscard]] static Id16 key_of(std::string_view actor, std::string_view idempotency_key,
                                   const http::Request& request);

  void submit(const Command& command, http::ResponderPtr responder, std::string request_id);
  /// Answers as `first` is or will be answered; nothing is asked.
  void repeat(const Request& first, inner::Ask ask, http::ResponderPtr responder,
              std::string request_id);
  /// Once a round: hands out answers, and 202 to those that waited long enough. `now`: bus time.
  void advance(const ConsoleState& state, TimeUs now);
  [[nodiscard]] std::size_t under_way() const { return desk_.waiting(); }

 private:
  struct Waiting {
    Id16 id;
    inner::Ask ask = inner::Ask::kSettlement;
    http::ResponderPtr responder;
    std::string request_id;
  };
  struct Told {
    Waiting waiting;
    Result<Offset> answered;
    std::optional<Offset> at;
  };
  [[nodiscard]] runtime::RequestDesk::Done when_told(Waiting waiting);
  void answer(const Told& told, const ConsoleState& state, TimeUs now);
  void refuse(const Waiting& waiting, const Error& error);
  void record(inner::Ask ask, Metrics::Outcome outcome);

  UuidSource& ids_;
  Metrics& metrics_;
  runtime::RequestDesk desk_;
  std::vector<Told> told_;
};

}  // namespace lamplight::console
