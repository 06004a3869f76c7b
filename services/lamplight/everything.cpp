#include "everything.hpp"

#include "broker/service.hpp"
#include "console/service.hpp"
#include "http_base.hpp"
#include "inner/service.hpp"
#include "intake/service.hpp"
#include "rule_desks.hpp"
#include "tally/service.hpp"

namespace lamplight::cli {

namespace {
// Until everything is ready: replays take as long as they take; a signal ends the wait.
constexpr std::int64_t kNoLimit = -1;
constexpr char kInside[] = "inproc://lamplight-bus";
}  // namespace

Result<std::unique_ptr<Everything>> Everything::start(const runtime::Config& config) {
  std::unique_ptr<Everything> all(new Everything(config));
  runtime::Process& process = all->process_;
  if (auto done = process.listen(); !done) return done.error();

  // The broker listens inside the process and, for commands, where the configuration says.
  auto started = process.start("broker", broker::make_broker(process.root("broker", kInside)));
  if (started.ok())
    started = process.start("tally", tally::make_tally(process.root("tally", kInside)));
  if (started.ok()) {
    started = process.start("intake", intake::make_intake(process.root("intake", kInside)));
  }
  if (started.ok())
    started = process.start("inner", inner::make_inner(process.root("inner", kInside)));
  if (started.ok()) {
    started = process.start(
        "console", console::make_console(process.root("console", kInside), read_rule_desks));
  }
  if (started.ok()) started = process.wait_ready(kNoLimit);
  if (!started) return started.error();

  all->endpoints_.bus = runtime::bus_endpoint(config);
  all->endpoints_.ops = process.ops_url();
  all->endpoints_.tally = http_base(process.service("tally"));
  all->endpoints_.intake = http_base(process.service("intake"));
  all->endpoints_.console = http_base(process.service("console"));
  const std::string& data = config.text("data.folder");
  if (auto done = write_endpoints(process.env().disk, data, all->endpoints_); !done) {
    return done.error().with("addresses for other commands");
  }
  return all;
}

std::vector<std::string> Everything::addresses() const {
  std::vector<std::string> lines;
  for (const char* name : {"intake", "tally", "console", "broker"}) {
    const runtime::Service* service = process_.service(name);
    if (service == nullptr) continue;
    for (std::string& line : service->addresses()) lines.push_back(std::move(line));
  }
  lines.push_back("metrics " + endpoints_.ops + "/metrics");
  lines.push_back("health  " + endpoints_.ops + "/healthz");
  return lines;
}

int Everything::finish() {
  const int code = process_.finish();
  forget_endpoints(process_.env().disk, process_.config().text("data.folder"));
  return code;
}

}  // namespace lamplight::cli
