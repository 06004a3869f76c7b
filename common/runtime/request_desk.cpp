#include "runtime/request_desk.hpp"

#include <string>
#include <utility>

namespace lamplight::runtime {

RequestDesk::RequestDesk(Clock& clock, bus::Client& client, RequestDeskOptions options)
    : clock_(clock), client_(client), options_(options), life_(std::make_shared<bool>(true)) {}

Result<void> RequestDesk::admit() const {
  if (waiting_.size() < options_.most) return {};
  return Error(Code::kOverloaded,
               std::to_string(waiting_.size()) + " requests wait for an answer; try again later");
}

std::uint64_t RequestDesk::add(Done done, std::optional<Offset> at) {
  const std::uint64_t number = next_++;
  waiting_.emplace(number,
                   Waiting{std::move(done), clock_.monotonic_us() + options_.timeout_us, at, {}});
  return number;
}

Result<void> RequestDesk::ask(const bus::NewEvent& request, Done done) {
  if (auto free = admit(); !free) return free;
  auto queued = client_.publish(
      request, std::nullopt,
      [this, number = next_, life = std::weak_ptr(life_)](const Result<bus::Acked>& acked) {
        if (!life.expired()) acknowledged(number, acked);
      });
  if (queued) add(std::move(done), std::nullopt);
  return queued;
}

Result<void> RequestDesk::await(Offset request, Done done) {
  if (auto free = admit(); !free) return free;
  add(std::move(done), request);
  return {};
}

void RequestDesk::acknowledged(std::uint64_t number, const Result<bus::Acked>& acked) {
  const auto found = waiting_.find(number);
  if (found == waiting_.end()) return;  // timed out before
  if (acked) found->second.at = acked->offset;
  else found->second.refused = acked.error();
}

std::optional<Result<Offset>> RequestDesk::outcome(const Waiting& waiting, const Answered& answered,
                                                   std::int64_t now_us) const {
  if (waiting.refused) return *waiting.refused;
  if (waiting.at && answered(*waiting.at)) return *waiting.at;
  if (now_us < waiting.until_us) return std::nullopt;
  return Error(Code::kTimeout, waiting.at
                                   ? "the request at offset " + std::to_string(waiting.at->value) +
                                         " has no answer yet; it may still come"
                                   : "the bus has not acknowledged the request yet; it may "
                                     "still get there");
}

void RequestDesk::advance(const Answered& answered) {
  const std::int64_t now_us = clock_.monotonic_us();
  for (auto each = waiting_.begin(); each != waiting_.end();) {
    const auto came = outcome(each->second, answered, now_us);
    if (!came) {
      ++each;
      continue;
    }
    const Waiting told = std::move(each->second);
    each = waiting_.erase(each);
    told.done(*came, told.at);
  }
}

}  // namespace lamplight::runtime
