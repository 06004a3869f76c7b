#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/uuid.hpp"
#include "bus/client_core.hpp"
#include "checker.hpp"
#include "sim/disk.hpp"
#include "sim/network.hpp"

namespace lamplight::simtest {

/// The client core on the simulated network: what bus/zmq_client.cpp is on ZeroMQ, round by round the same. `poll` does
/// one round and never waits; the owner comes back at `next_us` or when `wake` calls. Threads: one.
class SimClient final : public bus::Client, private bus::ClientLink {
 public:
  SimClient(sim::Network& network, const Env& env, std::shared_ptr<sim::Life> life,
            Checker& checker, bus::ClientOptions options, std::function<void()> wake,
            const std::string& link = {});  ///< its cable; where empty, named as it is
  ~SimClient() override;
  SimClient(const SimClient&) = delete;
  SimClient& operator=(const SimClient&) = delete;

  Result<void> publish(const bus::NewEvent& event, std::optional<TimeUs> seed_time,
                       bus::AckCallback done) override {
    return core_.publish(event, seed_time, std::move(done));
  }
  void flush() override { core_.flush(); }
  std::size_t unacknowledged() const override { return core_.unacknowledged(); }
  Result<void> publish_frame(const bus::DecidedFrame& frame, bus::FrameCallback done) override {
    return core_.publish_frame(frame, std::move(done));
  }
  void pause(std::uint32_t id, bool paused) override { core_.pause(id, paused); }
  std::uint32_t subscribe(bus::SubscribeOptions options,
                          std::function<void(const bus::Delivery&)> on_delivery) override {
    return core_.subscribe(std::move(options), std::move(on_delivery));
  }
  void unsubscribe(std::uint32_t id) override { core_.unsubscribe(id); }
  void go_live(bus::AckCallback done) override { core_.go_live(ids_.next(), std::move(done)); }
  void hand_over(const std::string& service, bus::AckCallback done) override {
    core_.hand_over(ids_.next(), service, std::move(done));
  }
  const bus::BusState& state() const override { return core_.state(); }
  void on_change(
      std::function<void(const bus::BusState&, const std::optional<Error>&)> callback) override {
    core_.on_change(std::move(callback));
  }
  void poll(std::int64_t timeout_us) override;
  void post(std::function<void()> work) override;

  /// When the next round is due; now when there is more to do.
  [[nodiscard]] std::int64_t next_us() const;

 private:
  bool send(Bytes control, Bytes body, bool has_body) override;
  void open();

  sim::Network& network_;
  Clock& clock_;
  std::shared_ptr<sim::Life> life_;
  Checker& checker_;
  std::string link_;
  std::function<void()> wake_;
  UuidSource ids_;
  std::optional<sim::Network::ConnectionId> connection_;
  std::vector<std::function<void()>> posted_;
  bool more_ = false;
  bus::ClientCore core_;
};

}  // namespace lamplight::simtest
