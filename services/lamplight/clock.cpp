#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <utility>

#include "bus_link.hpp"
#include "commands.hpp"
#include "model/rfc3339.hpp"

namespace lamplight::cli {

namespace {

constexpr char kAbout[] = "The clock that bus time follows.";
constexpr char kConfirmAbout[] =
    "Say that the wall clock of the broker's machine is right after it stepped by more than 5 s. "
    "Until then\n"
    "bus time goes on without it. After a step back bus time stands still until the clock has "
    "caught up; it\n"
    "never goes back. Look at the clock first (`date -u`, `timedatectl`): every deadline follows "
    "it.\n\n"
    "  lamplight clock confirm";

int confirm(const Program& program) {
  const auto config = program.load_config();
  if (!config) return complain(config.error(), kUsage);
  auto link = BusLink::open(*config, "cli/clock");
  if (!link) return complain(link.error());
  bus::Client& client = (*link)->client();
  const auto done =
      order(client, [&client](bus::AckCallback told) { client.confirm_clock(std::move(told)); });
  if (!done) return complain(done.error().with("clock confirm"));
  fmt::print(
      "Bus time follows the wall clock again. The last event before the step is offset {}, at "
      "{}.\n",
      done->offset.value, to_rfc3339(done->time));
  return kOk;
}

}  // namespace

void add_clock(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand("clock", kAbout);
  command->require_subcommand(1);
  command->add_subcommand("confirm", kConfirmAbout)->callback([&program] {
    program.run = [&program] { return confirm(program); };
  });
}

}  // namespace lamplight::cli
