#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/check.hpp"
#include "figures.hpp"
#include "http_call.hpp"
#include "http_load.hpp"
#include "peers.hpp"

namespace lamplight::bench {

namespace {

constexpr unsigned kConnections = 64;
constexpr int kSeconds = 5;
constexpr unsigned kSenders = 4;   // of batches
constexpr unsigned kBatches = 60;  // a sender
constexpr unsigned kBatchAlerts = 1000;

// Also what wrk sends, with its own reference; 403 bytes.
std::string alert(std::string_view reference) {
  return fmt::format(
      R"({{"partner_ref":"{}","status":"Actual","class":"criminal","category":"theft","area":"wuma",)"
      R"("reported_at":"2022-08-25T20:15:00+08:00","occurred_at":"2022-08-25T20:10:00+08:00",)"
      R"("operations":["qinghuan","tiequan"],"places":{{"station":"wuma-suo","grid":"G-017"}},)"
      R"("stages":{{"dispatch":"2022-08-25T20:16:00+08:00","arrive":"2022-08-25T12:20:00Z"}},"amount_fen":120050}})",
      reference);
}

bool answers(int port, std::string_view path) {
  const int fd = connect_to(port);
  if (fd < 0) return false;
  send_all(fd, fmt::format("GET {} HTTP/1.1\r\nHost: bench\r\n\r\n", path));
  const std::string reply = receive_reply(fd);
  ::close(fd);
  return reply.starts_with("HTTP/1.1 2");
}

// Broker and intake, a process each, on a fresh log.
class Road {
 public:
  Road(const Run& run, const std::string& folder) : port_(free_port()) {
    std::filesystem::create_directories(folder);
    const auto start = [&](const std::string& service) {
      auto process = Server::start({run.lamplight, "run", service, "--data", folder + "/data",
                                    "--metrics.port=0", fmt::format("--intake.port={}", port_)},
                                   folder + "/" + service + ".log", "health");
      LAMPLIGHT_CHECK(process != nullptr, "the service starts");
      return process;
    };
    broker_ = start("broker");
    intake_ = start("intake");
    LAMPLIGHT_CHECK(soon([this] { return answers(port_, "/v1/status"); }), "intake is ready");
  }
  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] double cpu_seconds() const {
    return broker_->cpu_seconds() + intake_->cpu_seconds();
  }

 private:
  int port_;
  std::unique_ptr<Server> broker_;
  std::unique_ptr<Server> intake_;
};

void run_ndjson(const Run& run, const std::string& folder) {
  const Road road(run, folder);
  // Made beforehand: the sender shall not be what is measured.
  std::vector<std::vector<std::string>> bodies(kSenders);
  for (unsigned sender = 0; sender < kSenders; ++sender) {
    for (unsigned batch = 0; batch < kBatches; ++batch) {
      std::string body;
      for (unsigned i = 0; i < kBatchAlerts; ++i) {
        body += alert(fmt::format("n{}-{}-{}", sender, batch, i)) + '\n';
      }
      bodies[sender].push_back(
          fmt::format("POST /v1/alerts HTTP/1.1\r\nHost: bench\r\n"
                      "Content-Type: application/x-ndjson\r\nContent-Length: {}\r\n\r\n",
                      body.size()) +
          body);
    }
  }
  const double cpu = road.cpu_seconds();
  const double begin = seconds_now();
  std::vector<std::thread> senders;
  for (unsigned sender = 0; sender < kSenders; ++sender) {
    senders.emplace_back([&road, &mine = bodies[sender]] {
      const int fd = connect_to(road.port());
      for (const std::string& request : mine) {
        send_all(fd, request);
        const std::string reply = receive_reply(fd);
        std::size_t taken = 0;
        for (auto at = reply.find("\"status\":202"); at != std::string::npos;
             at = reply.find("\"status\":202", at + 1))
          ++taken;
        LAMPLIGHT_CHECK(taken == kBatchAlerts, "every alert of a batch is durable");
      }
      ::close(fd);
    });
  }
  for (std::thread& sender : senders) sender.join();
  const double alerts = kSenders * kBatches * kBatchAlerts;
  const double took = seconds_now() - begin;
  run.print(
      {"http.ndjson",
       alerts / took,
       "alerts/s",
       {},
       "",
       fmt::format("{} alerts of 400 bytes, durable, batches of {} from {} connections; broker "
                   "and intake a process each, CPU an alert {:.2f} us",
                   alerts, kBatchAlerts, kSenders, (road.cpu_seconds() - cpu) * 1e6 / alerts)});
}

struct Wrk {
  double requests = 0;
  double per_second = 0;
};

// wrk's own pace: each connection as fast as it is answered. Nothing when it is not installed.
std::optional<Wrk> run_wrk(const std::string& folder, int port, std::string_view name) {
  const std::string script = folder + "/post.lua";
  const std::string body = alert("@");
  const std::size_t at = body.find('@');
  const std::string lua = '\'' + body.substr(0, at) + "' .. n .. '" + body.substr(at + 1) + '\'';
  std::ofstream(script) << "local count = 0\n"
                           "wrk.method = 'POST'\n"
                           "wrk.headers['Content-Type'] = 'application/json'\n"
                           "request = function()\n"
                           "  count = count + 1\n"
                           "  local n = '"
                        << name << "-' .. count\n  return wrk.format(nil, nil, nil, " << lua
                        << ")\nend\n";
  const std::string command =
      fmt::format("wrk -t1 -c{} -d{}s -s '{}' http://127.0.0.1:{}/v1/alerts 2>&1", kConnections,
                  kSeconds, script, port);
  std::FILE* pipe = ::popen(command.c_str(), "r");
  LAMPLIGHT_CHECK(pipe != nullptr, "popen");
  std::string said;
  std::array<char, 4096> piece{};
  while (const std::size_t n = std::fread(piece.data(), 1, piece.size(), pipe))
    said.append(piece.data(), n);
  if (::pclose(pipe) != 0) return std::nullopt;
  LAMPLIGHT_CHECK(said.find("Non-2xx") == std::string::npos, "every request is answered 2xx");
  const std::size_t in = said.find(" requests in ");
  const std::size_t rate = said.find("Requests/sec:");
  LAMPLIGHT_CHECK(in != std::string::npos && rate != std::string::npos, "wrk tells its figures");
  return Wrk{std::strtod(said.c_str() + said.rfind('\n', in) + 1, nullptr),
             std::strtod(said.c_str() + rate + 13, nullptr)};
}

// CPU a request of nginx that only says 202, microseconds; nothing when it is not there.
std::optional<double> nginx_cpu_us(const std::string& folder) {
  const int port = free_port();
  const std::string config = folder + "/nginx.conf";
  std::ofstream(config)
      << "daemon off; master_process off; worker_processes 1;\npid " << folder
      << "/nginx.pid; error_log " << folder
      << "/nginx.log;\nevents { worker_connections 1024; }\nhttp { access_log off; "
         "keepalive_requests 1000000000; client_body_temp_path "
      << folder << "/body; server { listen 127.0.0.1:" << port
      << "; location / { return 202; } } }\n";
  const auto nginx = Server::start({"nginx", "-p", folder, "-c", config}, folder + "/nginx.out");
  if (nginx == nullptr || !soon([port] { return answers(port, "/"); })) return std::nullopt;
  const double cpu = nginx->cpu_seconds();
  const auto wrk = run_wrk(folder, port, "x");
  if (!wrk) return std::nullopt;
  return (nginx->cpu_seconds() - cpu) * 1e6 / wrk->requests;
}

// Alerts a second; 0 when wrk is missing.
double run_alerts(const Run& run, const std::string& folder) {
  const Road road(run, folder);
  static_cast<void>(run_load({.port = static_cast<std::uint16_t>(road.port()), .seconds = 1}));
  const double cpu = road.cpu_seconds();
  const auto ours = run_wrk(folder, road.port(), "w");
  if (!ours) {
    std::fprintf(stderr, "bench: http.alerts.c64 left out: wrk is not installed\n");
    return 0;
  }
  const double cpu_us = (road.cpu_seconds() - cpu) * 1e6 / ours->requests;
  const auto nginx = nginx_cpu_us(folder);
  if (!nginx)
    std::fprintf(stderr, "bench: http.alerts.c64 without ratio: nginx is not installed\n");
  if (run.wanted("http.alerts.c64")) {
    Figure figure{
        "http.alerts.c64",
        ours->per_second,
        "alerts/s",
        {},
        "",
        fmt::format(
            "wrk, {} keep-alive connections, {} s, one alert of 400 bytes a request, durable; "
            "CPU a request, broker and intake: {:.1f} us",
            kConnections, kSeconds, cpu_us)};
    if (nginx) {
      figure.ratio = cpu_us / *nginx;
      figure.ratio_to = "nginx return 202, CPU a request";
      figure.settings += fmt::format(", nginx {:.1f} us", *nginx);
    }
    run.print(figure);
  }
  return ours->per_second;
}

void run_half(const Run& run, const std::string& folder, double peak) {
  const Road road(run, folder);
  LoadOptions options{.port = static_cast<std::uint16_t>(road.port()), .seconds = 1};
  options.name = "warm";
  const LoadResult closed = run_load(options);
  if (peak == 0) peak = static_cast<double>(closed.taken_us.size()) / closed.seconds;
  options.name = "half";
  options.seconds = kSeconds;
  options.rate = peak / 2;
  LoadResult half = run_load(options);
  LAMPLIGHT_CHECK(half.taken_us.size() == half.sent, "every alert is taken");
  run.print({"http.p99.half",
             percentile(half.taken_us, 99) / 1000,
             "ms",
             {},
             "",
             fmt::format(
                 "{:.0f} alerts/s, half of the peak, paced over {} connections for {} s, from the "
                 "moment each was due to its durable answer; p50 {:.2f} ms",
                 options.rate, kConnections, kSeconds, percentile(half.taken_us, 50) / 1000)});
}

}  // namespace

void run_http(const Run& run) {
  const std::string folder = run.folder + "/http";
  if (run.wanted("http.ndjson")) run_ndjson(run, folder + "/ndjson");
  double peak = 0;
  if (run.wanted("http.alerts.c64") || run.wanted("http.p99.half"))
    peak = run_alerts(run, folder + "/alerts");
  if (run.wanted("http.p99.half")) run_half(run, folder + "/half", peak);
  std::filesystem::remove_all(folder);
}

}  // namespace lamplight::bench
