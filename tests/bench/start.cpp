#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

#include "base/check.hpp"
#include "base/production_env.hpp"
#include "bus/client.hpp"
#include "bus/context.hpp"
#include "cold_pages.hpp"
#include "figures.hpp"
#include "log/log.hpp"
#include "model/alert.hpp"
#include "model/alert_description.hpp"
#include "server.hpp"

namespace lamplight::bench {

namespace {

constexpr std::uint64_t kEvents = 10'000'000;
constexpr std::uint64_t kAtSnapshot = 9'900'000;
constexpr std::uint64_t kFrameEvents = 100;
constexpr std::uint64_t kAlertEvery = 20;
constexpr std::int64_t kEventUs = 8'000;  // 10 M events are a little less than a day
constexpr unsigned kConsumers = 8;

std::string alert_payload(std::uint64_t i, MsgpackWriter& out) {
  const std::string ref = "bench-" + std::to_string(i);
  const std::string category = "category_" + std::to_string(i / kAlertEvery % 20);
  const std::string area = "a" + std::to_string(i / kAlertEvery % 12);
  AlertReceived alert;
  alert.partner = "local";
  alert.partner_ref = ref;
  alert.class_code = "public_order";
  alert.category = category;
  alert.area = area;
  const TimeUs at{1'640'995'200'000'000 + static_cast<std::int64_t>(i) * kEventUs};
  alert.occurred_at = Stamp{at, 480};
  alert.reported_at = Stamp{at.plus_us(30'000'000), 480};
  out.clear();
  encode_alert(alert, out);
  return out.take();
}

// Event number i carries a dedupe key, as everything that came in at an edge; every twentieth is an alert.
void write_event(std::uint64_t i, const std::string& filler, MsgpackWriter& payloads,
                 MsgpackWriter& events) {
  const bool alert = i % kAlertEvery == 0;
  const std::string payload = alert ? alert_payload(i, payloads) : filler;
  EventContent event;
  event.subject = alert ? std::string_view(kAlertReceived) : std::string_view("bench.published");
  for (std::size_t b = 0; b < 8; ++b) {
    event.id.bytes[b] = static_cast<std::uint8_t>(i >> (8 * b));
    event.id.bytes[15 - b] = static_cast<std::uint8_t>(i * 0x9E3779B97F4A7C15ULL >> (8 * b));
  }
  event.dedupe = event.id;
  event.schema = 1;
  event.payload = as_bytes(payload);
  write_event_content(events, event);
}

// Appends events from..to as 100 publishers would have, straight to the log's files.
void fill(const Env& env, const std::string& folder, std::uint64_t from, std::uint64_t to) {
  log::Options options;
  options.folder = folder;
  options.recent_bytes = 0;
  const auto log = log::open(env, options).value();
  const std::string filler = '\xC4' + std::string(1, '\xFE') + std::string(kPayloadBytes - 2, 'x');
  MsgpackWriter payloads;
  MsgpackWriter events;
  const auto sync = [&log] {
    auto pending = log->begin_sync();
    auto outcome = pending->run();
    LAMPLIGHT_CHECK(log->finish_sync(std::move(pending), std::move(outcome)).ok(), "the log syncs");
  };
  for (std::uint64_t i = from; i < to; i += kFrameEvents) {
    events.clear();
    for (std::uint64_t k = 0; k < kFrameEvents; ++k) write_event(i + k, filler, payloads, events);
    const std::uint64_t frame = i / kFrameEvents;
    const std::string producer = "bench/edge_" + std::to_string(frame % 100);
    FrameHeader head;
    head.producer = producer;
    head.first_seq = Seq{frame / 100 * kFrameEvents + 1};
    head.count = static_cast<std::uint32_t>(kFrameEvents);
    const std::string bytes = encode_frame(head, events.bytes());
    const FrameView view = FrameView::parse(as_bytes(bytes)).value();
    const TimeUs time{1'640'995'200'000'000 +
                      static_cast<std::int64_t>(i / 1'000) * 1'000 * kEventUs};
    while (!log->append(view, time)) {
      if (log->has_gathered()) sync();  // a roll waits for the segment before
    }
    if (i / kFrameEvents % 100 == 99) sync();
  }
  if (log->has_gathered()) sync();
  LAMPLIGHT_CHECK(log->head() == Offset{to}, "every event is there");
  LAMPLIGHT_CHECK(log->close().ok(), "the log closes");
}

std::unique_ptr<Server> service(const Run& run, const std::string& name, const std::string& data) {
  std::vector<std::string> argv{run.lamplight, "run", name, "--data", data, "--metrics.port=0"};
  if (name == "tally") argv.emplace_back("--tally.port=0");
  auto server = Server::start(argv, data + "/../" + name + ".out", "health");
  LAMPLIGHT_CHECK(server, "the service starts; what it says is in the bench folder");
  return server;
}

double stop_and_start(const Run& run, const std::string& data, double& broker_s) {
  forget_pages(data);
  const double from = seconds_now();
  const auto broker = service(run, "broker", data);
  const auto tally = service(run, "tally", data);
  broker->wait_until_ready();
  broker_s = seconds_now() - from;
  tally->wait_until_ready();
  const double all = seconds_now() - from;
  tally->stop();
  broker->stop();
  return all;
}

// One consumer of everything; returns events a second. `stop` ends it early.
double consume(const Env& env, const std::string& endpoint, const std::string& name,
               const std::atomic<bool>& stop) {
  bus::Context context;
  bus::ClientOptions options;
  options.name = name;
  const auto client = bus::connect(context, env, endpoint, options).value();
  while (!client->state().connected) client->poll(10'000);
  std::uint64_t seen = 0;
  const double from = seconds_now();
  (void)client->subscribe({}, [&seen](const bus::Delivery& delivery) {
    if (delivery.events != nullptr) seen += delivery.events->size();
  });
  while (seen < kEvents && !stop) client->poll(100'000);
  return static_cast<double>(seen) / (seconds_now() - from);
}

void measure_running(const Run& run, const Env& env, const std::string& data) {
  const std::string endpoint = "ipc://" + data + "/run/bus.sock";
  const auto broker = service(run, "broker", data);
  broker->wait_until_ready();
  std::atomic<bool> stop{false};
  if (run.wanted("bus.catchup")) {
    forget_pages(data + "/log");
    const double rate = consume(env, endpoint, "bench_catchup", stop);
    run.print({"bus.catchup", rate, "events/s", rate / machine(run).zmq_push_per_s,
               "machine.zmq_push",
               "10 M events of 256 bytes, page cache emptied before, one consumer over ipc"});
  }
  if (!run.wanted("broker.rss")) return;
  std::vector<std::thread> consumers;
  for (unsigned i = 0; i < kConsumers; ++i) {
    consumers.emplace_back(
        [&, i] { (void)consume(env, endpoint, "bench_reader_" + std::to_string(i), stop); });
  }
  double most = 0;
  const double until = seconds_now() + 15;
  while (seconds_now() < until) {
    most = std::max(most, broker->rss_anon_mib());
    ::usleep(20'000);
  }
  stop = true;
  for (std::thread& consumer : consumers) consumer.join();
  broker->stop();
  run.print(
      {"broker.rss",
       most,
       "MiB",
       {},
       "",
       "highest RssAnon in 15 s of 8 consumers reading a log of 10 M events from its beginning"});
}

}  // namespace

void run_start(const Run& run) {
  const bool start = run.wanted("start.10m");
  if (!start && !run.wanted("broker.rss") && !run.wanted("bus.catchup")) return;
  const std::string data = run.folder + "/start";
  std::filesystem::create_directories(data + "/log");
  ProductionEnv production;
  const Env env = production.env();
  fill(env, data + "/log", 0, start ? kAtSnapshot : kEvents);
  if (start) {
    double broker_s = 0;
    (void)stop_and_start(run, data, broker_s);  // leaves tally's snapshot at 9.9 M
    fill(env, data + "/log", kAtSnapshot, kEvents);
    const double all = stop_and_start(run, data, broker_s);
    const std::string settings =
        "10 M events, each with a dedupe key, 500000 alerts; snapshot at 9.9 M; page cache emptied";
    run.print({"start.10m", all, "s", {}, "", "broker and tally ready; " + settings});
    run.print({"start.10m.broker", broker_s, "s", {}, "", "the broker alone; " + settings});
  }
  measure_running(run, env, data);
  std::filesystem::remove_all(data);
}

}  // namespace lamplight::bench
