#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/production_env.hpp"
#include "bus_link.hpp"
#include "campaign.hpp"
#include "campaign_apply.hpp"
#include "campaign_report.hpp"
#include "commands.hpp"
#include "crew.hpp"
#include "everything.hpp"
#include "go_live.hpp"
#include "http_call.hpp"
#include "import/import_run.hpp"
#include "import/intake_questions.hpp"
#include "import/transport.hpp"
#include "inner_loop.hpp"
#include "results.hpp"

namespace lamplight::cli {

namespace {

constexpr char kAbout[] =
    "Start everything with a demonstration: a new log is given a synthetic hundred-day campaign "
    "that ended "
    "the day before yesterday,\nthe report is printed; scripted officers take yesterday's disputes "
    "round the inner loop, and worklists are printed;\nthen the log is live, an alert trickles in "
    "every second or so, and the officers go on. Started again, it goes on\nwith what is there.\n\n"
    "  lamplight demo\n"
    "  lamplight demo --data /srv/try --intake.port=8090";

constexpr std::int64_t kDayUs = 86'400'000'000;
constexpr std::int64_t kZoneUs = 8LL * 3600 * 1'000'000;  // the campaign's civil clock: +08:00
constexpr std::uint64_t kSeed = 2022;
constexpr std::uint64_t kOneInSoManyIsADispute = 6;  ///< and takes the officers as many turns

struct Options {
  bool no_trickle = false;
  std::int64_t trickle_ms = 1'200;
};

// What a demonstration leaves in its data folder, so that it can go on after an interruption.
struct Files {
  std::string folder;
  [[nodiscard]] std::string alerts() const { return folder + "/campaign.ndjson"; }
  [[nodiscard]] std::string period() const { return folder + "/period"; }
  [[nodiscard]] std::string officers() const { return folder + "/officers"; }
  /// The id of the case whose history is shown.
  [[nodiscard]] std::string shown_case() const { return folder + "/case"; }
};

// Yesterday, which is over whatever the hour, belongs to the inner loop.
demo::Span campaign_until_the_day_before_yesterday(Clock& clock) {
  const std::int64_t today = (clock.wall().value + kZoneUs) / kDayUs;
  return demo::campaign_days(std::chrono::sys_days(std::chrono::days(today - 2)));
}

std::string to_text(std::chrono::sys_days day) {
  const std::chrono::year_month_day date{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

// Writes the campaign once; a later start finds it and sends the same bytes again.
Result<void> prepare(const Env& env, const Files& files) {
  if (env.disk.exists(files.period())) return {};
  if (auto made = env.disk.make_folder(files.folder); !made) return made;
  const demo::Span span = campaign_until_the_day_before_yesterday(env.clock);
  std::string lines;
  for (const demo::Alert& alert : demo::make_campaign(span, kSeed)) lines += alert.json + '\n';
  if (auto written = replace_file(env.disk, files.alerts(), as_bytes(lines)); !written)
    return written;
  return replace_file(env.disk, files.period(),
                      as_bytes(to_text(span.first) + ".." + to_text(span.last)));
}

Result<void> seed(const Env& env, const Files& files, const std::string& intake) {
  importer::InputFile input;
  input.name = files.alerts();
  input.csv = false;
  input.reject_paths = {files.alerts() + ".rejects"};
  auto file = env.disk.open(files.alerts(), OpenMode::kRead);
  if (!file) return file.error();
  input.file = std::move(*file);
  if (auto measured = importer::measure(input); !measured) return measured;

  importer::ImportOptions options;
  options.seed = true;
  options.url = intake;
  options.terminal = isatty(STDERR_FILENO) == 1;
  const auto transport = importer::make_curl_transport(intake);
  importer::ImportRun run(env, nullptr, transport.get(), importer::ask_intake(intake), options);
  std::vector<importer::InputFile> inputs;
  inputs.push_back(std::move(input));
  const importer::ImportRun::Outcome outcome = run.run(std::move(inputs));
  if (outcome.error) return outcome.error->with("seeding the campaign");
  if (outcome.summary.refused > 0) {
    return Error(Code::kInvalid,
                 fmt::format("seeding the campaign: intake refused {} alerts; {} says why",
                             outcome.summary.refused, files.alerts() + ".rejects"));
  }
  fmt::print("{} synthetic alerts are on the log ({} were there before).\n",
             outcome.summary.accepted + outcome.summary.duplicates, outcome.summary.duplicates);
  return {};
}

Result<void> take_live(const runtime::Config& config) {
  auto link = BusLink::open(config, "cli/demo");
  if (!link) return link.error();
  const auto offset = go_live((*link)->client());
  if (!offset) return offset.error();
  fmt::print("The log went live at offset {}.\n", offset->value);
  return {};
}

Result<void> print_report(const Env& env, const Files& files, const std::string& tally) {
  const auto period = read_file(env.disk, files.period(), 100);
  if (!period) return period.error();
  HttpRequest request;
  request.url = fmt::format("{}/v1/report?format=text&for={}", tally, query_escape(*period));
  const auto answer = http_call(request);
  if (!answer) return answer.error();
  if (answer->status != 200)
    return Error(Code::kUnavailable, "report: " + describe_problem(*answer));
  fmt::print("\n{}\n", answer->body);
  return {};
}

// The days that the alerts were made for, whatever day it is now.
Result<demo::Span> days_of(const Env& env, const Files& files) {
  const auto text = read_file(env.disk, files.period(), 100);
  if (!text) return text.error();
  const auto period = tally::parse_period(*text);
  if (!period) return period.error().with(files.period());
  const auto day = [](Day of) { return std::chrono::sys_days(std::chrono::days(of.value)); };
  return demo::Span{day(period->first), day(period->last)};
}

Result<void> send_results(const demo::Span& days, const std::string& intake) {
  for (const demo::Posts& posts : demo::make_results(days, kSeed)) {
    HttpRequest request;
    request.method = "POST";
    request.url = fmt::format("{}/v1/{}", intake, posts.route);
    request.content_type = "application/x-ndjson";
    request.body = posts.ndjson;
    const auto answer = http_call(request);
    if (!answer) return answer.error().with("reports of the campaign");
    if (answer->status >= 300)
      return Error(Code::kInvalid, "reports of the campaign: " + describe_problem(*answer));
  }
  return {};
}

// The definition goes on the log like anybody's, then what units report. Done again it changes nothing, so that a start
// that was interrupted is made good by the next.
Result<void> add_campaign(const runtime::Config& config, const Env& env, const Files& files,
                          const std::string& intake) {
  const auto days = days_of(env, files);
  if (!days) return days.error();
  const std::string document = demo::campaign_document(*days);
  const auto definition = tally::campaign_from_toml(document);
  if (!definition) return definition.error().with("the demonstration's campaign");
  auto link = BusLink::open(config, "cli/campaign", 5'000, bus::Role::kEdge);
  if (!link) return link.error();
  if (const auto known = put_in_force(**link, *definition, document); !known) return known.error();
  return send_results(*days, intake);
}

Result<void> print_campaign(const runtime::Config& config, const std::string& tally) {
  const auto head = head_now(config);
  HttpRequest request;
  request.url = fmt::format("{}/v1/campaigns/{}/report?format=text&at_least={}", tally,
                            demo::kCampaignCode, head ? head->value : 1);
  const auto answer = http_call(request);
  if (!answer) return answer.error();
  if (answer->status != 200)
    return Error(Code::kUnavailable, "campaign report: " + describe_problem(*answer));
  fmt::print("{}\n", answer->body);
  return {};
}

// Sends one alert after another until the process is to stop, and lets officers work. Intake or console being busy is no
// reason to end.
void trickle(Everything& all, Crew& crew, Clock& clock, std::int64_t every_ms) {
  Rounds rounds(crew);
  const auto tell = [](const char* what, const Error& error) {
    fmt::print(stderr, "lamplight: {}: {}\n", what, error.message());
  };
  for (std::uint64_t number = 1; !all.process().wait(every_ms); ++number) {
    const bool dispute = number % kOneInSoManyIsADispute == 0;
    const demo::Alert alert = dispute ? demo::make_live_dispute(clock.wall(), number)
                                      : demo::make_live_alert(clock.wall(), number, kSeed);
    auto id = post_alert(all.endpoints().intake, alert);
    if (!id) tell("trickle", id.error());
    else if (dispute) rounds.reported(std::move(*id));
    if (auto done = rounds.turn(); !done) tell("officers", done.error());
  }
}

Result<void> seed_inner_loop(Everything& all, const Env& env, const Files& files, Crew& crew) {
  const auto days = days_of(env, files);
  if (!days) return days.error();
  const auto shown = play_day(all, crew, days->last + std::chrono::days(1));
  if (!shown) return shown.error();
  return replace_file(env.disk, files.shown_case(), as_bytes(*shown));
}

Result<void> print_inner_loop(const Env& env, const Files& files, Crew& crew,
                              const std::string& console) {
  std::string shown;
  if (env.disk.exists(files.shown_case())) {
    auto id = read_file(env.disk, files.shown_case(), 100);
    if (!id) return id.error();
    shown = std::move(*id);
  }
  if (auto printed = print_worklists(crew, shown); !printed) return printed;
  fmt::print(
      "The same in a browser, for demo-chief (the passwords are in {}, for you alone):\n"
      "  {}/lists/overdue?lang=en\n  {}/lists/unassigned?lang=en\n\n",
      files.officers(), console, console);
  return {};
}

/// The officers, once everything is up.
Result<Crew> bring_up(Everything& all, const Files& files) {
  const Env env = all.process().env();
  const auto seeding = importer::ask_intake(all.endpoints().intake).seeding();
  if (!seeding) return seeding.error();
  if (!*seeding && !env.disk.exists(files.period())) {
    return Error(Code::kExists,
                 all.process().config().text("data.folder") +
                     " holds a log that is no demonstration's; give another folder by --data");
  }
  if (*seeding) {
    if (auto prepared = prepare(env, files); !prepared) return prepared.error();
    if (auto seeded = seed(env, files, all.endpoints().intake); !seeded) return seeded.error();
  }
  if (auto printed = print_report(env, files, all.endpoints().tally); !printed)
    return printed.error();
  const runtime::Config& config = all.process().config();
  auto crew = Crew::muster(config, env, files.officers(), all.endpoints().console);
  if (!crew) return crew.error().with("officers");
  if (*seeding) {
    if (auto played = seed_inner_loop(all, env, files, *crew); !played) return played.error();
    if (auto live = take_live(config); !live) return live.error();
  }
  if (auto added = add_campaign(config, env, files, all.endpoints().intake); !added)
    return added.error();
  if (auto printed = print_campaign(config, all.endpoints().tally); !printed)
    return printed.error();
  if (auto printed = print_inner_loop(env, files, *crew, all.endpoints().console); !printed)
    return printed.error();
  return crew;
}

int run_demo(Program& program, const Options& options) {
  program.settings.emplace_back("log.seeded", "true");
  const auto config = program.load_config();
  if (!config) return complain(config.error(), kUsage);
  auto all = Everything::start(*config);
  if (!all) return complain(all.error());

  const Files files{config->text("data.folder") + "/demo"};
  auto crew = bring_up(**all, files);
  if (!crew) {
    complain(crew.error());
    (void)(*all)->finish();
    return kFailure;
  }
  for (const std::string& line : (*all)->addresses()) fmt::print("{}\n", line);
  fmt::print("Ready. Data in {}. Stop with Ctrl-C.\n", config->text("data.folder"));
  std::fflush(stdout);
  if (options.no_trickle) {
    (void)(*all)->process().wait(-1);
  } else {
    trickle(**all, *crew, (*all)->process().env().clock, options.trickle_ms);
  }
  return (*all)->finish();
}

}  // namespace

void add_demo(CLI::App& app, Program& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("demo", kAbout);
  command->add_flag("--no-trickle", options->no_trickle, "Send nothing after the campaign");
  command
      ->add_option("--trickle-ms", options->trickle_ms,
                   "After it an alert comes every so many milliseconds [1200]")
      ->check(CLI::Range(1, 3'600'000));
  command->callback([&program, options] {
    program.run = [&program, options] { return run_demo(program, *options); };
  });
}

}  // namespace lamplight::cli
