#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/production_env.hpp"
#include "bus_link.hpp"
#include "commands.hpp"
#include "inner/rules.hpp"
#include "model/inner_descriptions.hpp"
#include "rules_apply.hpp"
#include "rules_file.hpp"

namespace lamplight::cli {

namespace {

constexpr char kAbout[] =
    "Say by which rules the inner loop goes, and which days are worked. docs/inner-rules.md tells "
    "how the files are written.\n\n"
    "  lamplight rules check inner.toml      every mistake with its line; touches nothing\n"
    "  lamplight rules publish inner.toml    the next version; cases that begin from then on go by "
    "it\n"
    "  lamplight rules publish calendar-2026.toml\n"
    "  lamplight rules list\n"
    "  lamplight rules show inner --as-of 120000\n"
    "  lamplight rules show --built-in > inner.toml";

struct Options {
  std::string file;
  std::string name = "inner";
  std::uint64_t as_of = 0;  ///< 0: now
  bool built_in = false;
  bool anyway = false;
};

int check(const Program&, const Options& options) {
  const auto checked = read_rules_file(options.file);
  if (!checked) return kUsage;
  fmt::print("{}: {}. No mistakes{}.\n", options.file, checked->name,
             checked->doubtful ? ", but see the warnings" : "");
  return kOk;
}

int publish(const Program& program, const Options& options) {
  const auto checked = read_rules_file(options.file);
  if (!checked) return kUsage;
  if (checked->doubtful && !options.anyway) {
    return complain(
        Error(Code::kInvalid,
              options.file + " was not published; --anyway publishes it with these codes"),
        kUsage);
  }
  const auto config = program.load_config();
  if (!config) return complain(config.error(), kUsage);
  auto link = BusLink::open(*config, kRulesEdge, 5'000, bus::Role::kEdge);
  if (!link) return complain(link.error());
  const auto known = put_rules_in_force(**link, checked->name, checked->text);
  if (!known) return complain(known.error().with("rules publish"));
  fmt::print("{}: version {} is in force {} offset {}.\n", checked->name, known->version,
             known->was_so ? "already, since" : "from", known->offset.value);
  return kOk;
}

Result<std::map<std::string, PublishedRules>> known_documents(const Program& program,
                                                              const Options& options) {
  const auto config = program.load_config();
  if (!config) return config.error();
  auto link = BusLink::open(*config, "cli/rules-read");
  if (!link) return link.error();
  return read_rules((*link)->client(), options.as_of);
}

int list(const Program& program, const Options& options) {
  const auto known = known_documents(program, options);
  if (!known) return complain(known.error());
  for (const auto& [name, published] : *known)
    fmt::print("{}  version {}  offset {}\n", name, published.version, published.offset.value);
  if (!known->contains("inner")) fmt::print("inner  version 0  built in\n");
  return kOk;
}

int show(const Program& program, const Options& options) {
  std::string document(inner::default_rules());
  if (!options.built_in) {
    const auto known = known_documents(program, options);
    if (!known) return complain(known.error());
    const auto found = known->find(options.name);
    if (found != known->end()) {
      document = found->second.document;
    } else if (options.name != "inner") {
      return complain(
          Error(Code::kNotFound, fmt::format("no {} was published{}; see `lamplight rules list`",
                                             options.name, options.as_of == 0 ? "" : " by then")));
    }
  }
  std::fwrite(document.data(), 1, document.size(), stdout);
  return kOk;
}

}  // namespace

void add_rules(CLI::App& app, Program& program) {
  auto options = std::make_shared<Options>();
  CLI::App* rules = app.add_subcommand("rules", kAbout);
  rules->require_subcommand(1);
  const auto add = [&](const char* name, const char* about,
                       int (*run)(const Program&, const Options&)) {
    CLI::App* command = rules->add_subcommand(name, about);
    command->callback([&program, options, run] {
      program.run = [&program, options, run] { return run(program, *options); };
    });
    return command;
  };
  add("check", "Read a file and tell every mistake", check)
      ->add_option("file", options->file, "Rules or a year's calendar (TOML)")
      ->required();
  CLI::App* publishes = add("publish", "Put the next version on the log", publish);
  publishes->add_option("file", options->file, "Rules or a year's calendar (TOML)")->required();
  publishes->add_flag("--anyway", options->anyway, "Also with codes that no list holds");
  CLI::App* lists = add("list", "What is in force", list);
  CLI::App* shows = add("show", "The document in force", show);
  shows->add_option("name", options->name, "inner, or calendar-<year> [inner]");
  shows->add_flag("--built-in", options->built_in, "The rules that hold before any are published");
  for (CLI::App* command : {lists, shows}) {
    command->add_option("--as-of", options->as_of, "As known at this offset [now]")
        ->check(CLI::PositiveNumber);
  }
}

}  // namespace lamplight::cli
