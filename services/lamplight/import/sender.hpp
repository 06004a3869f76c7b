#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/env.hpp"
#include "base/result.hpp"
#include "import/answers.hpp"
#include "import/transport.hpp"

namespace lamplight::importer {

/// Where an alert of a batch comes from.
struct Origin {
  std::size_t file = 0;  ///< index among the files of the run
  std::uint64_t line = 0;
  std::uint64_t row = 0;
};

/// Alerts that go out in one request.
struct OutBatch {
  std::uint64_t first = 0;  ///< ordinal of its first alert in the run; no two batches share one
  std::string key;          ///< Idempotency-Key: the same for the same alerts, in every run
  std::string body;         ///< NDJSON
  std::vector<Origin> items;
};

struct SenderOptions {
  std::size_t in_flight = 8;         ///< batches sent and not yet answered; 1 keeps their order
  std::int64_t give_up_ms = 60'000;  ///< without an answer to any batch
};

/// Sends batches until each is answered, whatever fails in between: no answer, half an answer, "later" (408, 429, 502,
/// 503, 504, of the request or of an item) are sent again, byte for byte under the same key, after what the server asked
/// for or 100 ms, doubling to 5 s. Threads: one.
class Sender {
 public:
  /// Called once a batch, with one answer an item, each final.
  using OnAnswers = std::function<void(const OutBatch&, const std::vector<ItemAnswer>&)>;

  Sender(Transport& transport, Clock& clock, SenderOptions options, OnAnswers on_answers);

  /// Takes the batch; waits until fewer than `in_flight` are under way before that.
  /// Errors: kUnavailable after `give_up_ms` without an answer; kInvalid when intake refuses the request itself. Then
  /// nothing more can be sent; what was answered has been told.
  [[nodiscard]] Result<void> send(OutBatch batch);
  /// Waits until every batch is answered. Errors: as `send`.
  [[nodiscard]] Result<void> finish();

 private:
  struct Flight {
    OutBatch batch;
    std::uint64_t attempts = 0;
    bool waits = false;  ///< for its next attempt
    std::int64_t retry_at_us = 0;
  };

  [[nodiscard]] Result<void> step();
  [[nodiscard]] Result<void> take(const Reply& reply);
  [[nodiscard]] std::string unanswered(const Reply& reply, const Flight& flight,
                                       std::vector<ItemAnswer>& answers);
  void post(Flight& flight);
  void put_off(Flight& flight, std::int64_t asked_ms);

  Transport& transport_;
  Clock& clock_;
  SenderOptions options_;
  OnAnswers on_answers_;
  AnswerReader reader_;
  std::map<std::uint64_t, Flight> flights_;  // by first ordinal
  std::int64_t last_answer_us_ = 0;
  std::string last_fault_;
};

}  // namespace lamplight::importer
