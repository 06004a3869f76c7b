#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "broker/service.hpp"
#include "commands.hpp"
#include "console/service.hpp"
#include "endpoints.hpp"
#include "http_base.hpp"
#include "inner/service.hpp"
#include "intake/service.hpp"
#include "rule_desks.hpp"
#include "runtime/process.hpp"
#include "tally/service.hpp"

namespace lamplight::cli {

namespace {

constexpr char kAbout[] =
    "Run one service as a process of its own, until SIGTERM or Ctrl-C. The services of one data "
    "folder meet\n"
    "at bus.endpoint, by default the socket run/bus.sock of the data folder.\n\n"
    "  lamplight run broker --data /srv/lamplight\n"
    "  lamplight run intake --data /srv/lamplight --http.address=0.0.0.0\n"
    "  lamplight run tally --bus.endpoint=tcp://10.0.0.5:7400";

struct Kind {
  const char* name;
  std::uint16_t ops_offset;  // of metrics.port, so that all fit on one machine
  std::unique_ptr<runtime::Service> (*make)(const runtime::Root&);
};

constexpr std::array<Kind, 5> kServices{{
    {"broker", 0, [](const runtime::Root& root) { return broker::make_broker(root); }},
    {"intake", 1, [](const runtime::Root& root) { return intake::make_intake(root); }},
    {"tally", 2, [](const runtime::Root& root) { return tally::make_tally(root); }},
    {"console", 3,
     [](const runtime::Root& root) { return console::make_console(root, read_rule_desks); }},
    {"inner", 4, [](const runtime::Root& root) { return inner::make_inner(root); }},
}};

Result<void> start(runtime::Process& process, const Kind& kind, const runtime::Config& config) {
  if (auto done = process.listen(kind.ops_offset); !done) return done;
  const std::string endpoint = runtime::bus_endpoint(config);
  return process.start(kind.name, kind.make(process.root(kind.name, endpoint)));
}

Result<void> tell_others(runtime::Process& process, const Kind& kind,
                         const runtime::Config& config) {
  Endpoints mine;
  const std::string base = http_base(process.service(kind.name));
  if (std::string_view(kind.name) == "intake") mine.intake = base;
  if (std::string_view(kind.name) == "tally") mine.tally = base;
  if (std::string_view(kind.name) == "console") mine.console = base;
  if (std::string_view(kind.name) == "broker") mine.ops = process.ops_url();
  return write_endpoints(process.env().disk, config.text("data.folder"), mine);
}

int run_service(Program& program, const Kind& kind, bool seeded) {
  if (seeded) program.settings.emplace_back("log.seeded", "true");
  const auto config = program.load_config();
  if (!config) return complain(config.error(), kUsage);

  runtime::Process process(*config);
  auto started = start(process, kind, *config);
  if (started.ok()) started = tell_others(process, kind, *config);
  // Not ready is no failure here: the others wait for the bus, however long it takes.
  if (!started) {
    complain(started.error());
    (void)process.finish();
    return kFailure;
  }
  for (const std::string& line : process.service(kind.name)->addresses()) fmt::print("{}\n", line);
  fmt::print("metrics {}/metrics\nhealth  {}/healthz\n", process.ops_url(), process.ops_url());
  std::fflush(stdout);

  (void)process.wait(-1);
  return process.finish();
}

}  // namespace

void add_run(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand("run", kAbout);
  command->require_subcommand(1);
  for (const Kind& kind : kServices) {
    auto seeded = std::make_shared<bool>(false);
    CLI::App* one = command->add_subcommand(kind.name, fmt::format("Run {} alone", kind.name));
    if (std::string_view(kind.name) == "broker") {
      one->add_flag("--seeded", *seeded, "Make a new log that takes its time from the data");
    }
    one->callback([&program, &kind, seeded] {
      program.run = [&program, &kind, seeded] { return run_service(program, kind, *seeded); };
    });
  }
}

}  // namespace lamplight::cli
