#include <array>
#include <filesystem>
#include <string>

#include "base/check.hpp"
#include "base/uuid.hpp"
#include "figures.hpp"
#include "harness.hpp"
#include "model/alert.hpp"
#include "model/alert_description.hpp"
#include "runtime/fold_host.hpp"
#include "tally/state.hpp"

namespace lamplight::bench {

namespace {

constexpr std::uint64_t kAlerts = 1'000'000;
constexpr std::int64_t kDayUs = 86'400'000'000;

// Alert number `i` of a synthetic year: 12 areas, 20 categories, a reference and a few stamps each.
std::string make_payload(std::uint64_t i, MsgpackWriter& out) {
  static constexpr std::array<std::string_view, 12> kAreas{
      "a01", "a02", "a03", "a04", "a05", "a06", "a07", "a08", "a09", "a10", "a11", "a12"};
  static constexpr std::array<std::string_view, 4> kClasses{"criminal", "public_order", "fire",
                                                            "traffic"};
  const std::string ref = "bench-" + std::to_string(i);
  const std::string category = "category_" + std::to_string(i % 20);
  AlertReceived alert;
  alert.partner = "local";
  alert.partner_ref = ref;
  alert.class_code = kClasses.at(i % kClasses.size());
  alert.category = category;
  alert.area = kAreas.at(i * 7 % kAreas.size());
  const TimeUs at{1'640'995'200'000'000 + static_cast<std::int64_t>(i) *
                                              (365 * kDayUs / static_cast<std::int64_t>(kAlerts))};
  alert.occurred_at = Stamp{at, 480};
  alert.reported_at = Stamp{at.plus_us(30'000'000), 480};
  alert.stages = {{"dispatch", {at.plus_us(60'000'000), 480}},
                  {"arrive", {at.plus_us(400'000'000), 480}}};
  out.clear();
  encode_alert(alert, out);
  return out.take();
}

void fill(RealBroker& broker) {
  bus::ClientOptions options;
  options.name = "bench_edge";
  options.role = bus::Role::kEdge;
  options.window_events = 16'384;
  options.window_bytes = 32U << 20;
  const auto client = broker.client(options);
  const Env env = broker.env();
  UuidSource ids(env.clock, env.random);
  MsgpackWriter out;
  std::uint64_t acked = 0;
  std::uint64_t sent = 0;
  while (acked < kAlerts) {
    while (sent < kAlerts && sent - acked < options.window_events) {
      const std::string payload = make_payload(sent, out);
      const bus::NewEvent event{kAlertReceived, ids.next(), {}, {}, 1, as_bytes(payload)};
      const auto queued = client->publish(event, {}, [&acked](const Result<bus::Acked>& result) {
        LAMPLIGHT_CHECK(result.ok(), "the alert is acknowledged");
        ++acked;
      });
      LAMPLIGHT_CHECK(queued.ok(), "the window has room");
      ++sent;
    }
    client->poll(-1);
  }
}

double replay(RealBroker& broker, const std::string& folder) {
  bus::ClientOptions reader;
  reader.name = "tally";
  const auto client = broker.client(reader);
  runtime::Registry registry;
  runtime::ServiceMetrics metrics(registry, "tally");
  runtime::FoldHostOptions options;
  options.service = "tally";
  options.subjects = {std::string(kAlertReceived)};
  options.snapshot_folder = folder + "/snapshots";
  options.snapshot_every_events = 1ULL << 40;  // replay alone is measured
  options.snapshot_every_us = std::int64_t{1} << 50;
  const double from = seconds_now();
  const auto host = runtime::host_fold(
      broker.env(), *client, [] { return std::make_unique<tally::TallyFold>(); }, options, metrics);
  while (!host->live()) {
    client->poll(100'000);
    host->tick();
  }
  const double took = seconds_now() - from;
  LAMPLIGHT_CHECK(runtime::fold_as<tally::TallyFold>(*host).rows() == kAlerts,
                  "every alert was folded");
  return static_cast<double>(kAlerts) / took;
}

}  // namespace

void run_tally(const Run& run) {
  if (!run.wanted("tally.replay")) return;
  const std::string folder = run.folder + "/tally";
  std::filesystem::create_directories(folder);
  {
    RealBroker broker(folder);
    fill(broker);
    const double rate = replay(broker, folder);
    run.print({"tally.replay", rate, "events/s", rate / machine(run).zmq_push_per_s,
               "machine.zmq_push",
               "1000000 alerts from the log over ipc into a fresh tally, page cache"});
  }
  std::filesystem::remove_all(folder);
}

}  // namespace lamplight::bench
