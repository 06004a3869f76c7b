#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.hpp"
#include "figures.hpp"
#include "http_call.hpp"
#include "server.hpp"

namespace lamplight::bench {

namespace {

constexpr std::string_view kPassword = "a long password of the bench";
constexpr int kRounds = 20;
constexpr int kCasesARound = 20;
constexpr int kSamples = 200;

// Broker, inner and console, a process each, on a fresh log.
class Office {
 public:
  Office(const Run& run, const std::string& folder)
      : run_(run), folder_(folder), port_(free_port()) {
    std::filesystem::create_directories(folder);
    for (const char* service : {"broker", "inner", "console"}) {
      servers_.push_back(
          Server::start({run.lamplight, "run", service, "--data", folder + "/data",
                         "--metrics.port=0", fmt::format("--console.port={}", port_)},
                        fmt::format("{}/{}.log", folder, service), "health"));
      LAMPLIGHT_CHECK(servers_.back(), "the service starts");
      servers_.back()->wait_until_ready();
    }
  }
  void add_officer(const std::string& name, const std::string& rights) const {
    const std::string file = folder_ + "/password";
    std::ofstream(file) << kPassword << '\n';
    const std::string command =
        fmt::format("'{}' officer add {} {} --password-stdin --data '{}' <'{}' >'{}/officer.log'",
                    run_.lamplight, name, rights, folder_ + "/data", file, folder_);
    LAMPLIGHT_CHECK(std::system(command.c_str()) == 0, "the officer is added");
  }
  [[nodiscard]] int port() const { return port_; }

 private:
  const Run& run_;
  std::string folder_;
  int port_;
  std::vector<std::unique_ptr<Server>> servers_;
};

std::string between(std::string_view text, std::string_view before, std::string_view after) {
  const auto at = text.find(before);
  LAMPLIGHT_CHECK(at != std::string_view::npos, "the reply says what it should");
  text.remove_prefix(at + before.size());
  return std::string(text.substr(0, text.find(after)));
}

/// An officer at a desk: one connection, one command after the other.
class Officer {
 public:
  Officer(int port, const std::string& name) : fd_(connect_to(port)) {
    LAMPLIGHT_CHECK(fd_ >= 0, "console listens");
    const std::string reply =
        post("/v1/session", fmt::format(R"({{"name":"{}","password":"{}"}})", name, kPassword));
    LAMPLIGHT_CHECK(reply.starts_with("HTTP/1.1 201"), "the officer signs in");
    token_ = between(reply, R"("token":")", "\"");
  }
  ~Officer() { ::close(fd_); }
  Officer(const Officer&) = delete;
  Officer& operator=(const Officer&) = delete;

  /// Microseconds from the command's first byte to its durable answer go into `took`; returns the reply.
  std::string command(const std::string& path, const std::string& body, std::vector<double>& took) {
    const double from = seconds_now();
    std::string reply = post(path, body);
    took.push_back((seconds_now() - from) * 1e6);
    LAMPLIGHT_CHECK(reply.starts_with("HTTP/1.1 200"), "the command is decided");
    return reply;
  }

 private:
  std::string post(const std::string& path, const std::string& body) const {
    const std::string right =
        token_.empty() ? std::string() : "Authorization: Bearer " + token_ + "\r\n";
    send_all(fd_, fmt::format("POST {} HTTP/1.1\r\nHost: bench\r\n{}Content-Type: "
                              "application/json\r\nContent-Length: {}\r\n\r\n{}",
                              path, right, body.size(), body));
    return receive_reply(fd_);
  }

  int fd_;
  std::string token_;
};

// Petitions, from registration to verification: five commands each.
void go_round(Officer& desk, Officer& reviewer, int number, std::vector<double>& took) {
  const std::string made = desk.command(
      "/v1/petitions", fmt::format(R"({{"petition":"bench-{}","area":"a1"}})", number), took);
  const std::string path = between(made, "Location: ", "\r\n");
  (void)desk.command(path + "/assessment", R"({"risk":"none"})", took);
  (void)desk.command(path + "/dispatch", R"({"assignee":"bench_desk"})", took);
  (void)desk.command(path + "/feedback", "{}", took);
  (void)reviewer.command(path + "/verification", R"({"outcome":"passed"})", took);
}

}  // namespace

void run_console_command(const Run& run) {
  if (!run.wanted("console.command.p50")) return;
  const std::string folder = run.folder + "/console";
  std::vector<double> took;
  std::vector<double> syncs;
  std::vector<double> trips;
  const auto add = [](std::vector<double>& to, const std::vector<double>& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  {
    const Office office(run, folder);
    office.add_officer("desk", "--role duty_chief --role community_officer --unit bench_desk");
    office.add_officer("review", "--role reviewer");
    Officer desk(office.port(), "desk");
    Officer reviewer(office.port(), "review");
    std::vector<double> warm;
    int number = 0;
    for (int i = 0; i < kCasesARound; ++i) go_round(desk, reviewer, number++, warm);
    // In turn, so that all three meet the same disk.
    for (int round = 0; round < kRounds; ++round) {
      add(syncs, fdatasync_samples(run.folder, kSamples));
      for (int i = 0; i < kCasesARound; ++i) go_round(desk, reviewer, number++, took);
      add(trips, rtt_samples(run.folder, kSamples));
    }
  }
  const double sync = percentile(syncs, 50);
  const double trip = percentile(trips, 50);
  const double p99 = percentile(took, 99);
  const double middle = percentile(took, 50);
  run.print({"console.command.p50", middle, "us", middle / (sync + trip),
             "machine.fdatasync + machine.zmq_rtt",
             fmt::format("{} commands, one at a time, petitions from registration to verification, "
                         "console, inner and broker a process each; p99 {:.0f} us; taken in turn "
                         "with fdatasync, p50 {:.0f} us, and round trips, p50 {:.0f} us",
                         took.size(), p99, sync, trip)});
  std::filesystem::remove_all(folder);
}

}  // namespace lamplight::bench
