#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "base/env.hpp"
#include "bus/client.hpp"

namespace lamplight::runtime {

struct RequestDeskOptions {
  std::size_t most = 1'024;  ///< requests that may wait at once
  std::int64_t timeout_us = 5'000'000;
};

/// Asks a decider through the log: publishes a request and waits until its owner's projection holds the answer, the event
/// whose cause is the request's offset. Whoever asks the projection afterwards sees what was answered.
///
/// Lives on the owner thread of `client`, an edge: call `advance` once a round, behind the projection. A request is on the
/// log once its publish is acknowledged, whatever becomes of the answer: who times out is told the offset, and what lies
/// there can be looked up. One whose dedupe key the bus knows is not on the log again: it waits for the first one's answer.
/// Destroy the desk before the client.
class RequestDesk {
 public:
  /// Told exactly once, unless the desk goes before: the offset of the request, whose answer is there.
  /// Errors: kTimeout, no answer yet: `at` is the request's offset (nothing when not even its publish was acknowledged: it
  ///   may still get there); else why the bus refused the request.
  using Done = std::function<void(const Result<Offset>& answered, std::optional<Offset> at)>;
  /// Whether the projection holds the answer of the request that lies there.
  using Answered = std::function<bool(Offset request)>;

  RequestDesk(Clock& clock, bus::Client& client, RequestDeskOptions options);

  /// Publishes `request`. Errors: kOverloaded, too many wait; those of bus::Client::publish.
  [[nodiscard]] Result<void> ask(const bus::NewEvent& request, Done done);
  /// Waits for the answer of a request that is on the log already. Errors: kOverloaded, too many wait.
  [[nodiscard]] Result<void> await(Offset request, Done done);
  /// Tells those that are answered, and those whose time is over. Neither `answered` nor a Done may ask for more.
  void advance(const Answered& answered);
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

 private:
  struct Waiting {
    Done done;
    std::int64_t until_us = 0;
    std::optional<Offset> at;  // once acknowledged
    std::optional<Error> refused;
  };
  [[nodiscard]] Result<void> admit() const;
  std::uint64_t add(Done done, std::optional<Offset> at);
  void acknowledged(std::uint64_t number, const Result<bus::Acked>& acked);
  [[nodiscard]] std::optional<Result<Offset>> outcome(const Waiting& waiting,
                                                      const Answered& answered,
                                                      std::int64_t now_us) const;

  Clock& clock_;
  bus::Client& client_;
  const RequestDeskOptions options_;
  std::shared_ptr<bool> life_;  // acknowledgements may come when the desk has gone
  std::uint64_t next_ = 1;
  std::map<std::uint64_t, Waiting> waiting_;  // in the order of asking
};

}  // namespace lamplight::runtime
