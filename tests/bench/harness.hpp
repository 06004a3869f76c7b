#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/production_env.hpp"
#include "bus/broker.hpp"
#include "bus/client.hpp"
#include "log/log.hpp"
#include "support/silent_observer.hpp"

namespace lamplight::bench {

/// A real broker on a real log in `folder`, on its own thread, reached over ipc.
class RealBroker {
 public:
  explicit RealBroker(const std::string& folder) : endpoint_("ipc://" + folder + "/bus.sock") {
    log::Options options;
    options.folder = folder + "/log";
    auto log = log::open(env_.env(), options);
    LAMPLIGHT_CHECK(log.ok(), "the log opens");
    bus::BrokerOptions broker;
    broker.endpoints = {endpoint_};
    auto made = bus::make_broker(context_, env_.env(), std::move(log).value(), broker, observer_);
    LAMPLIGHT_CHECK(made.ok(), "the broker starts");
    broker_ = std::move(made).value();
    thread_ = std::thread([this] { LAMPLIGHT_CHECK(broker_->run().ok(), "the broker ends well"); });
  }
  ~RealBroker() {
    broker_->stop();
    thread_.join();
  }
  RealBroker(const RealBroker&) = delete;
  RealBroker& operator=(const RealBroker&) = delete;

  [[nodiscard]] Env env() { return env_.env(); }
  [[nodiscard]] std::unique_ptr<bus::Client> client(bus::ClientOptions options) {
    auto made = bus::connect(context_, env_.env(), endpoint_, std::move(options));
    LAMPLIGHT_CHECK(made.ok(), "the client connects");
    auto client = std::move(made).value();
    while (!client->state().connected) client->poll(10'000);
    return client;
  }

 private:
  ProductionEnv env_;
  bus::Context context_;
  std::string endpoint_;
  test::SilentObserver observer_;
  std::unique_ptr<bus::Broker> broker_;
  std::thread thread_;
};

struct Published {
  double per_second = 0;
  std::vector<double> ack_us;  ///< of window 1
};
/// Keeps `window` single events under way until `total` are acknowledged.
[[nodiscard]] Published publish(RealBroker& broker, std::uint32_t window, std::uint64_t total);

}  // namespace lamplight::bench
