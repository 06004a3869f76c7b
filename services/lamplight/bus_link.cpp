#include "bus_link.hpp"

#include <optional>

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

}  // namespace lamplight::cli
