#pragma once

#include <memory>
#include <string>

#include "bus/client.hpp"
#include "inner/decider.hpp"
#include "runtime/decider_host.hpp"

namespace lamplight::bench {

struct InnerHostOptions {
  std::string snapshot_folder;
  std::size_t window = 4096;
  bool follow_only = false;
  bool snapshots = false;  ///< as a service takes them; else none
};

/// The inner loop in its host, on the thread of whoever makes and turns it.
class InnerHost {
 public:
  /// `client`: role decider, under the service's name. `make_clock`: as runtime::host_decider takes it.
  InnerHost(const Env& env, std::unique_ptr<bus::Client> client, runtime::MakeClock make_clock,
            const InnerHostOptions& options);

  /// One turn of sockets and decisions.
  void turn() {
    client_->poll(50'000);
    host_->tick();
  }
  /// Turns until the condition holds.
  template <typename Condition>
  void turn_until(Condition condition) {
    while (!condition()) turn();
  }
  /// Gives the epoch back.
  void leave() {
    while (!host_->drain()) client_->poll(50'000);
  }
  [[nodiscard]] const runtime::DeciderHost& host() const { return *host_; }
  [[nodiscard]] const inner::InnerDecider& decider() const {
    return runtime::decider_as<inner::InnerDecider>(*host_);
  }

 private:
  runtime::Registry registry_;
  runtime::ServiceMetrics metrics_;
  std::unique_ptr<bus::Client> client_;
  std::unique_ptr<runtime::DeciderHost> host_;
};

[[nodiscard]] bus::ClientOptions inner_client();
[[nodiscard]] bus::ClientOptions inner_clock();

}  // namespace lamplight::bench
