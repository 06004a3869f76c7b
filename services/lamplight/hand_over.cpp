#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>

#include "bus_link.hpp"
#include "commands.hpp"
#include "model/rfc3339.hpp"

namespace lamplight::cli {

namespace {

constexpr char kAbout[] =
    "Let another instance of a deciding service take over at once. One that follows takes the "
    "epoch, though\n"
    "the one that has it is alive; and one of older code than the last may decide, which without "
    "this order\n"
    "it never does. The order is an event, `control.<service>.handed_over`. Until somebody takes "
    "over, who\n"
    "decides goes on deciding; nothing decided is lost or made again.\n\n"
    "  lamplight hand-over inner";

int hand_over(const Program& program, const std::string& service) {
  const auto config = program.load_config();
  if (!config) return complain(config.error(), kUsage);
  auto link = BusLink::open(*config, "cli/hand-over");
  if (!link) return complain(link.error());
  bus::Client& client = (*link)->client();
  const auto done =
      order(client, [&](bus::AckCallback told) { client.hand_over(service, std::move(told)); });
  if (!done) return complain(done.error().with("hand-over"));
  fmt::print("{}: the next instance may take over, by the order at offset {}, at {}.\n", service,
             done->offset.value, to_rfc3339(done->time));
  return kOk;
}

}  // namespace

void add_hand_over(CLI::App& app, Program& program) {
  auto service = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("hand-over", kAbout);
  command->add_option("service", *service, "A service that decides: inner")->required();
  command->callback([&program, service] {
    program.run = [&program, service] { return hand_over(program, *service); };
  });
}

}  // namespace lamplight::cli
