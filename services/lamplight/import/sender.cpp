#include "import/sender.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace lamplight::importer {

namespace {

constexpr std::int64_t kFirstBackoffMs = 100;
constexpr std::int64_t kMostBackoffMs = 5'000;
constexpr std::int64_t kIdleWaitMs = 1'000;

bool means_later(long status) {
  return status == 408 || status == 429 || status == 502 || status == 503 || status == 504;
}

}  // namespace

Sender::Sender(Transport& transport, Clock& clock, SenderOptions options, OnAnswers on_answers)
    : transport_(transport),
      clock_(clock),
      options_(options),
      on_answers_(std::move(on_answers)),
      last_answer_us_(clock.monotonic_us()) {}

Result<void> Sender::send(OutBatch batch) {
  while (flights_.size() >= std::max<std::size_t>(options_.in_flight, 1)) {
    if (auto stepped = step(); !stepped) return stepped;
  }
  if (flights_.empty())
    last_answer_us_ = clock_.monotonic_us();  // nobody owed us an answer until now
  const std::uint64_t id = batch.first;
  Flight& flight = flights_[id];
  flight.batch = std::move(batch);
  post(flight);
  // Keeps bytes moving while the caller makes the next batch.
  for (const Reply& reply : transport_.wait(0)) {
    if (auto taken = take(reply); !taken) return taken;
  }
  return {};
}

Result<void> Sender::finish() {
  while (!flights_.empty()) {
    if (auto stepped = step(); !stepped) return stepped;
  }
  return {};
}

// Sends again what is due, and takes the answers that have come.
Result<void> Sender::step() {
  const std::int64_t now = clock_.monotonic_us();
  std::int64_t wait_ms = kIdleWaitMs;
  for (auto& [id, flight] : flights_) {
    if (!flight.waits) continue;
    if (flight.retry_at_us <= now) post(flight);
    else wait_ms = std::min(wait_ms, (flight.retry_at_us - now) / 1000 + 1);
  }
  for (const Reply& reply : transport_.wait(wait_ms)) {
    if (auto taken = take(reply); !taken) return taken;
  }
  if (clock_.monotonic_us() - last_answer_us_ > options_.give_up_ms * 1000) {
    return Error(Code::kUnavailable,
                 fmt::format("no answer for {} s: {}", options_.give_up_ms / 1000,
                             last_fault_.empty() ? "nothing came back" : last_fault_));
  }
  return {};
}

Result<void> Sender::take(const Reply& reply) {
  const auto found = flights_.find(reply.id);
  LAMPLIGHT_CHECK(found != flights_.end(), "a reply belongs to a batch under way");
  Flight& flight = found->second;
  if (reply.status >= 400 && !means_later(reply.status)) {
    return Error(Code::kInvalid, fmt::format("intake refuses the request (status {}): {}",
                                             reply.status, reader_.read_problem(reply.body)));
  }
  std::vector<ItemAnswer> answers;
  if (std::string fault = unanswered(reply, flight, answers); !fault.empty()) {
    last_fault_ = std::move(fault);
    put_off(flight, reply.retry_after_ms);
    return {};
  }
  last_answer_us_ = clock_.monotonic_us();
  const OutBatch batch = std::move(flight.batch);
  flights_.erase(found);
  on_answers_(batch, answers);
  return {};
}

// Why the batch has to go out again; empty when every item has its final answer.
std::string Sender::unanswered(const Reply& reply, const Flight& flight,
                               std::vector<ItemAnswer>& answers) {
  if (reply.status == 0) return reply.fault.empty() ? "the connection broke" : reply.fault;
  if (means_later(reply.status))
    return fmt::format("status {}: {}", reply.status, reader_.read_problem(reply.body));
  auto read = reader_.read_batch(reply.body, flight.batch.items.size());
  if (!read) return fmt::format("status {} with an answer that is not whole", reply.status);
  for (const ItemAnswer& answer : *read) {
    if (!means_later(answer.status)) continue;
    return fmt::format("an alert was answered {}: {}", answer.status,
                       answer.problems.empty() ? "later" : answer.problems.front().hint);
  }
  answers = std::move(*read);
  return {};
}

void Sender::post(Flight& flight) {
  flight.waits = false;
  ++flight.attempts;
  transport_.post(flight.batch.first, flight.batch.body, flight.batch.key);
}

void Sender::put_off(Flight& flight, std::int64_t asked_ms) {
  const std::int64_t doubled = kFirstBackoffMs << std::min<std::uint64_t>(flight.attempts - 1, 10);
  const std::int64_t pause_ms = std::max(std::min(doubled, kMostBackoffMs), asked_ms);
  flight.waits = true;
  flight.retry_at_us = clock_.monotonic_us() + pause_ms * 1000;
}

}  // namespace lamplight::importer
