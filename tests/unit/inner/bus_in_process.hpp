#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/production_env.hpp"
#include "broker/service.hpp"
#include "bus/client.hpp"
#include "inner/service.hpp"
#include "runtime/process.hpp"

namespace lamplight::inner::test {

/// The real broker in this process, over the log of a data folder; whoever connects is polled by its owner.
class BusInProcess {
 public:
  using Settings = std::vector<std::pair<std::string, std::string>>;

  explicit BusInProcess(const std::string& data_folder, const Settings& more = {}) {
    runtime::ConfigSchema schema;
    runtime::declare_process_config(schema);
    broker::declare_config(schema);
    declare_config(schema);
    runtime::ConfigSchema::Sources sources;
    sources.flags = {{"data.folder", data_folder}, {"log.segment_mib", "1"}};
    sources.flags.insert(sources.flags.end(), more.begin(), more.end());
    config_ = std::make_unique<runtime::Config>(schema.load(sources).value());
    root_ = std::make_unique<runtime::Root>(runtime::Root{
        production_.env(), context_, *config_, registry_, health_, kEndpoint, [](const Error&) {}});
    broker_ = broker::make_broker(*root_);
    LAMPLIGHT_CHECK(broker_->start().ok(), "the broker starts");
  }
  ~BusInProcess() { LAMPLIGHT_CHECK(broker_->drain().ok(), "the broker drains"); }
  BusInProcess(const BusInProcess&) = delete;
  BusInProcess& operator=(const BusInProcess&) = delete;

  [[nodiscard]] std::unique_ptr<bus::Client> connect(const std::string& name, bus::Role role,
                                                     bool seed = false) {
    bus::ClientOptions options;
    options.name = name;
    options.role = role;
    options.seed = seed;
    return bus::connect(context_, production_.env(), kEndpoint, options).value();
  }
  [[nodiscard]] const runtime::Root& root() const { return *root_; }
  [[nodiscard]] runtime::Registry& registry() { return registry_; }
  [[nodiscard]] Env env() { return production_.env(); }

  /// Turns round and round until it holds; ends the process when it does not within a minute.
  static void wait_for(const std::function<void()>& turn, const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition()) {
      LAMPLIGHT_CHECK(std::chrono::steady_clock::now() < deadline, "it comes to that within 60 s");
      turn();
    }
  }

 private:
  static constexpr char kEndpoint[] = "inproc://lamplight-bus";
  ProductionEnv production_;
  bus::Context context_;
  runtime::Registry registry_;
  runtime::Health health_;
  std::unique_ptr<runtime::Config> config_;
  std::unique_ptr<runtime::Root> root_;
  std::unique_ptr<runtime::Service> broker_;
};

}  // namespace lamplight::inner::test
