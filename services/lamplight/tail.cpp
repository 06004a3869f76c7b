#include <CLI/CLI.hpp>
#include <cstdio>

#include "bus_link.hpp"
#include "commands.hpp"
#include "event_text.hpp"

namespace lamplight::cli {

namespace {

constexpr char kAbout[] =
    "Print events as they reach the log, one a line, and go on until Ctrl-C.\n\n"
    "  lamplight tail                                  what comes from now on\n"
    "  lamplight tail --from 1 --no-follow --json      the whole log as JSON lines\n"
    "  lamplight tail --subject 'alert.*' --subject control.log.went_live\n\n"
    "In a subject * stands for one token and > for the rest; control events must be named in full.";

struct Options {
  std::uint64_t from = 0;
  std::vector<std::string> subjects;
  bool json = false;
  bool no_follow = false;
};

/// Prints deliveries; a reader that went away (`| head`) ends the command.
class Printer {
 public:
  explicit Printer(bool json) : json_(json) {}

  void print(const bus::Delivery& delivery) {
    scanned_ = delivery.scanned;
    if (delivery.events == nullptr) return;
    for (const Event& event : *delivery.events) {
      if (json_) {
        append_event_json(event, text_);
      } else {
        append_event_line(event, text_);
      }
    }
    std::fwrite(text_.data(), 1, text_.size(), stdout);
    std::fflush(stdout);
    text_.clear();
  }
  [[nodiscard]] Offset scanned() const { return scanned_; }

 private:
  bool json_;
  std::string text_;
  Offset scanned_;
};

int tail(const Program& program, const Options& options) {
  for (const std::string& subject : options.subjects) {
    if (!is_valid_pattern(subject)) {
      return complain(Error(Code::kInvalid,
                            "--subject " + subject + ": no subject or pattern; such as alert.*"),
                      kUsage);
    }
  }
  const auto config = program.load_config();
  if (!config) return complain(config.error(), kUsage);
  auto link = BusLink::open(*config, "cli/tail");
  if (!link) return complain(link.error());
  bus::Client& client = (*link)->client();

  const Offset head = client.state().head;
  if (options.from > head.value + 1) {
    return complain(Error(Code::kInvalid, "--from " + std::to_string(options.from) +
                                              ": the log ends at " + std::to_string(head.value)),
                    kUsage);
  }
  bus::SubscribeOptions wanted;
  wanted.from = options.from == 0 ? head.next() : Offset{options.from};
  if (!options.subjects.empty()) wanted.subjects = options.subjects;
  Printer printer(options.json);
  const std::uint32_t id = client.subscribe(
      std::move(wanted), [&printer](const bus::Delivery& delivery) { printer.print(delivery); });
  const bool nothing_there =
      options.no_follow && (options.from == 0 || head < Offset{options.from});
  while (!nothing_there && !(options.no_follow && printer.scanned() >= head))
    client.poll(1'000'000);
  client.unsubscribe(id);
  return kOk;
}

}  // namespace

void add_tail(CLI::App& app, Program& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("tail", kAbout);
  command->add_option("--from", options->from, "First offset [what comes from now on]");
  command->add_option("--subject", options->subjects, "Only these subjects; may be repeated [>]");
  command->add_flag("--json", options->json, "JSON lines");
  command->add_flag("--no-follow", options->no_follow, "End at the log's present end");
  command->callback([&program, options] {
    program.run = [&program, options] { return tail(program, *options); };
  });
}

}  // namespace lamplight::cli
