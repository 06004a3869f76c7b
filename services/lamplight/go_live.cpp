#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <utility>

#include "bus_link.hpp"
#include "commands.hpp"
#include "go_live.hpp"
#include "model/rfc3339.hpp"

namespace lamplight::cli {

namespace {

constexpr char kAbout[] =
    "Take a seeded log live: from then on bus time is the clock's, not the data's. There is no way "
    "back.\n\n"
    "  lamplight go-live";

int run_go_live(const Program& program) {
  const auto config = program.load_config();
  if (!config) return complain(config.error(), kUsage);
  auto link = BusLink::open(*config, "cli/go-live");
  if (!link) return complain(link.error());
  const TimeUs last_time = (*link)->client().state().bus_time;
  const auto offset = go_live((*link)->client());
  if (!offset) return complain(offset.error().with("go-live"));
  fmt::print("The log is live from offset {}. Its last time was {}.\n", offset->value,
             to_rfc3339(last_time));
  return kOk;
}

}  // namespace

Result<Offset> go_live(bus::Client& client) {
  if (!client.state().seeding)
    return Error(Code::kInvalid, "the log is live already; nothing to do");
  const auto done =
      order(client, [&client](bus::AckCallback told) { client.go_live(std::move(told)); });
  if (!done) return done.error();
  return done->offset;
}

void add_go_live(CLI::App& app, Program& program) {
  app.add_subcommand("go-live", kAbout)->callback([&program] {
    program.run = [&program] { return run_go_live(program); };
  });
}

}  // namespace lamplight::cli
