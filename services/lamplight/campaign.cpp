#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "base/production_env.hpp"
#include "base/sha256.hpp"
#include "bus_link.hpp"
#include "campaign_apply.hpp"
#include "commands.hpp"
#include "model/result_descriptions.hpp"
#include "tally/campaign/definition.hpp"
#include "tally/facts/facts_store.hpp"

namespace lamplight::cli {

namespace {

constexpr char kAbout[] =
    "Say what a campaign is and counts. docs/campaign.md tells how the file is written.\n\n"
    "  lamplight campaign check spring.toml     every mistake with its line; touches nothing\n"
    "  lamplight campaign apply spring.toml     put it on the log: in force from then on\n"
    "  lamplight campaign list\n"
    "  lamplight campaign show spring --as-of 120000";
constexpr char kName[] = "cli/campaign";

struct Options {
  std::string file;
  std::string code;
  std::uint64_t as_of = 0;  ///< 0: now
};

/// The definitions on a log, read through a bus.
class Definitions {
 public:
  /// Reads what the log holds up to its present end; up to nowhere in particular once the fence is up.
  explicit Definitions(bus::Client& client, const Fence* fence = nullptr) {
    scanned_ = read_events(client, {std::string(kCampaignDefined)}, fence,
                           [this](const Event& event) { facts_.evolve(event); });
    view_ = facts_.view();
  }
  [[nodiscard]] std::vector<tally::DefinitionInForce> at(std::uint64_t as_of) const {
    return tally::definitions_at(view_, as_of == 0 ? scanned_ : Offset{as_of});
  }
  [[nodiscard]] std::optional<tally::DefinitionInForce> find(std::string_view code,
                                                             std::uint64_t as_of = 0) const {
    for (const tally::DefinitionInForce& each : at(as_of)) {
      if (each.campaign == code) return each;
    }
    return std::nullopt;
  }

 private:
  tally::Arena arena_;
  tally::Texts texts_{arena_};
  tally::Facts facts_{texts_, arena_};
  tally::FactsView view_;
  Offset scanned_;
};

struct ReadFile {
  std::string document;
  tally::CampaignDefinition definition;
};

/// The file's campaign; every mistake is printed.
std::optional<ReadFile> read_campaign(const std::string& file) {
  ProductionEnv production;
  auto text = read_file(production.env().disk, file, kMaxCampaignBytes);
  if (!text) {
    complain(text.error());
    return std::nullopt;
  }
  std::vector<Error> mistakes;
  auto definition = tally::campaign_from_toml(*text, &mistakes);
  for (const Error& mistake : mistakes) complain(mistake.with(file));
  if (!definition) return std::nullopt;
  return ReadFile{std::move(*text), std::move(*definition)};
}

int check(const Options& options) {
  const auto read = read_campaign(options.file);
  if (!read) return kUsage;
  const tally::CampaignDefinition& made = read->definition;
  fmt::print("{}: campaign {}, {}: {} measures, {} figures, {} checks. No mistakes.\n",
             options.file, made.code, to_string(made.period), made.measures.size(),
             made.figures.size(), made.checks.size());
  return kOk;
}

/// One event for each version of a campaign: who loses a race learns of it.
Id16 dedupe_of(const CampaignDefined& defined) {
  const ChainHash hash = sha256(as_bytes(fmt::format("campaign.defined {}", defined.partner_ref)));
  return Id16::from(hash.span().first(16));
}

/// Of two that apply at once the later connection takes the name. What the earlier one sent may be on the log or not.
Error overtaken(const Error& why, const std::string& code) {
  return Error(Code::kFenced,
               fmt::format("{}: another campaign was being applied in this moment; look at what is "
                           "in force (`lamplight campaign show {}`) and apply yours again",
                           why.message(), code));
}

/// What became of a document whose sender was overtaken: the log says so to any reader.
Result<CampaignInForce> look_again(const runtime::Config& config, const ReadFile& read,
                                   const Error& why) {
  auto link = BusLink::open(config, "cli/campaigns");
  if (!link) return why;
  const Definitions definitions((*link)->client());
  const auto now = definitions.find(read.definition.code);
  if (!now || now->document != read.document) return why;
  return CampaignInForce{now->version, now->offset, true};
}

int apply(const Program& program, const Options& options) {
  const auto read = read_campaign(options.file);
  if (!read) return kUsage;
  const auto config = program.load_config();
  if (!config) return complain(config.error(), kUsage);
  auto link = BusLink::open(*config, kName, 5'000, bus::Role::kEdge);
  if (!link && link.error().code() == Code::kFenced)
    return complain(overtaken(link.error(), read->definition.code).with("campaign apply"));
  if (!link) return complain(link.error());
  auto known = put_in_force(**link, read->definition, read->document);
  if (!known && known.error().code() == Code::kFenced)
    known = look_again(*config, *read, known.error());
  if (!known) return complain(known.error().with("campaign apply"));
  if (known->was_so) {
    fmt::print("Campaign {}: version {} is in force already, since offset {}.\n",
               read->definition.code, known->version, known->offset.value);
  } else {
    fmt::print("Campaign {}: version {} is in force from offset {}.\n", read->definition.code,
               known->version, known->offset.value);
  }
  return kOk;
}

int list(const Program& program, const Options& options) {
  const auto config = program.load_config();
  if (!config) return complain(config.error(), kUsage);
  auto link = BusLink::open(*config, "cli/campaigns");
  if (!link) return complain(link.error());
  const Definitions definitions((*link)->client());
  for (const tally::DefinitionInForce& each : definitions.at(options.as_of)) {
    const auto made = tally::campaign_from_toml(each.document);
    fmt::print("{}  version {}  offset {}  {}\n", each.campaign, each.version, each.offset.value,
               made ? fmt::format("{}  {}", to_string(made->period), made->words.en)
                    : made.error().message());
  }
  return kOk;
}

int show(const Program& program, const Options& options) {
  const auto config = program.load_config();
  if (!config) return complain(config.error(), kUsage);
  auto link = BusLink::open(*config, "cli/campaigns");
  if (!link) return complain(link.error());
  const Definitions definitions((*link)->client());
  const auto found = definitions.find(options.code, options.as_of);
  if (!found) {
    return complain(
        Error(Code::kNotFound, fmt::format("no campaign {} is defined{}; see "
                                           "`lamplight campaign list`",
                                           options.code, options.as_of == 0 ? "" : " by then")));
  }
  std::fwrite(found->document.data(), 1, found->document.size(), stdout);
  return kOk;
}

}  // namespace

Result<CampaignInForce> put_in_force(BusLink& link, const tally::CampaignDefinition& definition,
                                     const std::string& document) {
  bus::Client& client = link.client();
  const Fence fence(client);
  const Definitions before(client, &fence);
  if (fence.why()) return overtaken(*fence.why(), definition.code);
  const auto known = before.find(definition.code);
  if (known && known->document == document)
    return CampaignInForce{known->version, known->offset, true};

  const std::int64_t version = known ? known->version + 1 : 1;
  const std::string ref = fmt::format("{}/{}", definition.code, version);
  CampaignDefined defined;
  defined.partner = kName;
  defined.partner_ref = ref;
  defined.campaign = definition.code;
  defined.version = version;
  defined.document = document;
  defined.reported_at = {client.state().seeding ? client.state().bus_time : link.env().clock.wall(),
                         definition.clock_minutes};
  const auto acked = link.publish(defined, dedupe_of(defined));
  if (!acked && acked.error().code() == Code::kFenced)
    return overtaken(acked.error(), definition.code);
  if (!acked) return acked.error();
  if (!acked->duplicate) return CampaignInForce{version, acked->offset, false};

  const Definitions after(client, &fence);
  if (fence.why()) return overtaken(*fence.why(), definition.code);
  const auto now = after.find(definition.code);
  if (now && now->document == document) return CampaignInForce{now->version, now->offset, true};
  return Error(Code::kFenced,
               fmt::format("another definition of {} was applied in this moment as version {}; "
                           "look at it (`lamplight campaign show {}`) and apply yours again",
                           defined.campaign, version, defined.campaign));
}

void add_campaign(CLI::App& app, Program& program) {
  auto options = std::make_shared<Options>();
  CLI::App* campaign = app.add_subcommand("campaign", kAbout);
  campaign->require_subcommand(1);
  const auto add = [&](const char* name, const char* about,
                       int (*run)(const Program&, const Options&)) {
    CLI::App* command = campaign->add_subcommand(name, about);
    command->callback([&program, options, run] {
      program.run = [&program, options, run] { return run(program, *options); };
    });
    return command;
  };
  add("check", "Read a file and tell every mistake",
      [](const Program&, const Options& given) { return check(given); })
      ->add_option("file", options->file, "The campaign (TOML)")
      ->required();
  add("apply", "Put a campaign on the log", apply)
      ->add_option("file", options->file, "The campaign (TOML)")
      ->required();
  CLI::App* lists = add("list", "The campaigns on the log", list);
  CLI::App* shows = add("show", "The document in force", show);
  shows->add_option("code", options->code, "The campaign's code")->required();
  for (CLI::App* command : {lists, shows}) {
    command->add_option("--as-of", options->as_of, "As known at this offset [now]")
        ->check(CLI::PositiveNumber);
  }
}

}  // namespace lamplight::cli
