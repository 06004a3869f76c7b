#include "inner_host.hpp"

#include <utility>

#include "bus/control.hpp"

namespace lamplight::bench {

namespace {

runtime::DeciderHostOptions host_options(const InnerHostOptions& given) {
  runtime::DeciderHostOptions options;
  options.service = inner::kService;
  options.subjects = inner::InnerDecider::inputs();
  options.publishes = inner::InnerDecider::outputs();
  options.snapshot_folder = given.snapshot_folder;
  options.window = given.window;
  options.follow_only = given.follow_only;
  if (!given.snapshots) {
    options.snapshot_every_events = 1ULL << 40;
    options.snapshot_every_us = std::int64_t{1} << 50;
  }
  return options;
}

}  // namespace

InnerHost::InnerHost(const Env& env, std::unique_ptr<bus::Client> client,
                     runtime::MakeClock make_clock, const InnerHostOptions& options)
    : metrics_(registry_, std::string(inner::kService)),
      client_(std::move(client)),
      host_(runtime::host_decider(
                env, *client_, std::move(make_clock),
                [] { return std::make_unique<inner::InnerDecider>(); }, host_options(options),
                metrics_)
                .value()) {}

bus::ClientOptions inner_client() {
  bus::ClientOptions options;
  options.name = inner::kService;
  options.role = bus::Role::kDecider;
  return options;
}

bus::ClientOptions inner_clock() {
  bus::ClientOptions options;
  options.name = bus::clock_name(inner::kService);
  options.role = bus::Role::kEdge;
  return options;
}

}  // namespace lamplight::bench
