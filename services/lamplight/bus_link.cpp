#include "bus_link.hpp"

#include <utility>

#include "base/uuid.hpp"
#include "runtime/process.hpp"

namespace lamplight::cli {

Result<std::unique_ptr<BusLink>> BusLink::open(const runtime::Config& config, std::string name,
                                               std::int64_t timeout_ms, bus::Role role) {
  const std::string endpoint = runtime::bus_endpoint(config);
  std::optional<Error> fenced;  // outlives the link, which tells it
  std::unique_ptr<BusLink> link(new BusLink());
  bus::ClientOptions options;
  options.name = std::move(name);
  options.role = role;
  auto client = bus::connect(link->context_, link->env(), endpoint, options);
  if (!client) return client.error();
  link->client_ = std::move(client).value();

  link->client_->on_change(
      [&fenced](const bus::BusState&, const std::optional<Error>& why) { fenced = why; });
  Clock& clock = link->production_.env().clock;
  const std::int64_t until = clock.monotonic_us() + timeout_ms * 1000;
  while (!link->client_->state().connected) {
    if (fenced) return *fenced;  // final: a newer process has the name
    const std::int64_t left = until - clock.monotonic_us();
    if (left <= 0) {
      return Error(Code::kUnavailable,
                   "no answer from the bus at " + endpoint +
                       "; is it running (`lamplight up`), on this data folder (--data)?");
    }
    link->client_->poll(left);
  }
  link->client_->on_change({});
  return link;
}

Result<bus::Acked> BusLink::publish(std::string_view subject, Bytes payload,
                                    std::optional<Id16> dedupe) {
  const Env env = production_.env();
  UuidSource ids(env.clock, env.random);
  bus::NewEvent event;
  event.subject = subject;
  event.id = ids.next();
  event.dedupe = dedupe;
  event.payload = payload;
  return order(*client_, [&](bus::AckCallback done) {
    // What is not queued is never answered.
    if (auto queued = client_->publish(event, std::nullopt, done); !queued) done(queued.error());
  });
}

Fence::Fence(bus::Client& client) : client_(client) {
  client_.on_change([this](const bus::BusState&, const std::optional<Error>& fenced) {
    if (fenced) why_ = *fenced;
  });
}

Offset read_events(bus::Client& client, std::vector<std::string> subjects, const Fence* fence,
                   const std::function<void(const Event&)>& take) {
  const Offset head = client.state().head;
  Offset scanned;
  bus::SubscribeOptions wanted;
  wanted.subjects = std::move(subjects);
  const std::uint32_t id = client.subscribe(wanted, [&](const bus::Delivery& delivery) {
    scanned = delivery.scanned;
    if (delivery.events == nullptr) return;
    for (const Event& event : *delivery.events) take(event);
  });
  while (scanned < head && !(fence != nullptr && fence->why())) client.poll(1'000'000);
  client.unsubscribe(id);
  return scanned;
}

Result<bus::Acked> order(bus::Client& client, const std::function<void(bus::AckCallback)>& give) {
  std::optional<Result<bus::Acked>> answer;
  give([&answer](const Result<bus::Acked>& acked) { answer = acked; });
  while (!answer) client.poll(1'000'000);
  return *answer;
}

}  // namespace lamplight::cli
