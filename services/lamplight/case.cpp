#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/production_env.hpp"
#include "case_text.hpp"
#include "commands.hpp"
#include "endpoints.hpp"
#include "http_call.hpp"
#include "password_input.hpp"

namespace lamplight::cli {

namespace {

constexpr char kAbout[] =
    "Work on the cases of the inner loop from the shell, as the console's API does "
    "(schemas/openapi.yaml).\n\n"
    "  lamplight case sign-in wang                 asks for the password, keeps a token\n"
    "  lamplight case list --list overdue --area wuma\n"
    "  lamplight case show ID\n"
    "  lamplight case history ID --at 120000       as it was at that offset of the log\n"
    "  lamplight case assess ID --risk residual --severity high\n"
    "  lamplight case dispatch ID --if-version 7   only if nobody was quicker\n"
    "  lamplight case verify ID --outcome failed --reason risk_remains";

struct Options {
  std::string name;
  std::string id;
  std::string list = "mine";
  std::string area;
  std::uint64_t limit = 100;
  std::uint64_t at = 0;
  std::int64_t if_version = 0;
  bool json = false;
  // What a command says.
  std::string risk;
  std::string severity;
  std::string assignee;
  std::string outcome;
  std::string reason;
  std::string petition;
  std::vector<std::string> grounds;
  std::vector<std::string> parties;
};

/// A shell verb, the API's command and what it may say.
struct Verb {
  const char* name;
  const char* command;
  const char* about;
  const char* fields;
};
constexpr Verb kVerbs[] = {
    {"settle", "settlement", "Settled on the spot", "risk grounds parties"},
    {"assess", "assessment", "Is there residual risk?", "risk severity grounds"},
    {"dispatch", "dispatch", "Hand it to whom it belongs", "assignee"},
    {"feedback", "feedback", "Done", "grounds"},
    {"verify", "verification", "Passed, or failed with a reason", "outcome reason"},
    {"review", "review", "Case review: filed or declined", "outcome"},
    {"reopen", "reopening", "Open a closed one again", "reason"},
    {"move-rules", "rules_move", "From now on by the newest rules", ""},
};

std::string token_path(const runtime::Config& config) {
  return config.text("data.folder") + "/run/officer.token";
}

/// LAMPLIGHT_TOKEN, or what `case sign-in` has kept.
Result<std::string> token_of(Disk& disk, const runtime::Config& config) {
  if (const char* given = std::getenv("LAMPLIGHT_TOKEN")) return std::string(given);
  auto kept = read_file(disk, token_path(config), 4096);
  if (kept) return kept;
  return Error(Code::kForbidden, "not signed in; `lamplight case sign-in NAME` comes first");
}

/// One call; an answer that is no success is an error in the console's own words.
Result<HttpAnswer> call(const Program& program, HttpRequest request, bool signed_in = true) {
  const auto config = program.load_config();
  if (!config) return config.error();
  ProductionEnv production;
  Disk& disk = production.env().disk;
  request.url = find_endpoints(disk, *config).console + request.url;
  if (signed_in) {
    const auto token = token_of(disk, *config);
    if (!token) return token.error();
    request.headers.push_back("Authorization: Bearer " + *token);
  }
  auto answer = http_call(request);
  if (!answer) return answer.error().with("console");
  if (answer->status >= 300) {
    const Code code = answer->status == 401 || answer->status == 403 ? Code::kForbidden
                      : answer->status == 404                        ? Code::kNotFound
                      : answer->status >= 500                        ? Code::kUnavailable
                                                                     : Code::kInvalid;
    return Error(code, describe_problem(*answer));
  }
  return answer;
}

Result<rapidjson::Document> parsed(const HttpAnswer& answer) {
  rapidjson::Document document;
  document.Parse(answer.body.data(), answer.body.size());
  if (document.HasParseError() || !document.IsObject())
    return Error(Code::kInvalid, "the console answered no JSON object");
  return document;
}

void print_fields(const rapidjson::Value& object) {
  for (const auto& member : object.GetObject()) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    member.value.Accept(writer);
    const std::string value = member.value.IsString()
                                  ? std::string(member.value.GetString())
                                  : std::string(buffer.GetString(), buffer.GetSize());
    fmt::print("{:<12} {}\n", member.name.GetString(), value);
  }
}

int print(const Options& options, const Result<HttpAnswer>& answer,
          void (*show)(const rapidjson::Document&)) {
  if (!answer) return complain(answer.error().with("case"));
  if (options.json) {
    fmt::print("{}\n", answer->body);
    return kOk;
  }
  const auto document = parsed(*answer);
  if (!document) return complain(document.error().with("case"));
  show(*document);
  return kOk;
}

int sign_in(const Program& program, const Options& options) {
  const auto config = program.load_config();
  if (!config) return complain(config.error(), kUsage);
  const std::string password = read_password("Password of " + options.name);
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  json.StartObject();
  json.Key("name");
  json.String(options.name.data(), static_cast<rapidjson::SizeType>(options.name.size()));
  json.Key("password");
  json.String(password.data(), static_cast<rapidjson::SizeType>(password.size()));
  json.EndObject();
  HttpRequest request;
  request.method = "POST";
  request.url = "/v1/session";
  request.content_type = "application/json";
  request.body.assign(buffer.GetString(), buffer.GetSize());
  const auto answer = call(program, std::move(request), false);
  if (!answer) return complain(answer.error().with("case sign-in"));
  const auto document = parsed(*answer);
  if (!document) return complain(document.error().with("case sign-in"));
  ProductionEnv production;
  Disk& disk = production.env().disk;
  if (auto made = disk.make_folder(config->text("data.folder") + "/run"); !made)
    return complain(made.error());
  const std::string token = text_of(*document, "token");
  if (auto kept = replace_file(disk, token_path(*config), as_bytes(token)); !kept)
    return complain(kept.error());
  fmt::print("Signed in until {}.\n", text_of(*document, "expires_at"));
  return kOk;
}

int sign_out(const Program& program, const Options&) {
  HttpRequest request;
  request.method = "DELETE";
  request.url = "/v1/session";
  const auto answer = call(program, std::move(request));
  const auto config = program.load_config();
  ProductionEnv production;
  if (config) (void)production.env().disk.remove(token_path(*config));
  return answer ? kOk : complain(answer.error().with("case sign-out"));
}

int list(const Program& program, const Options& options) {
  HttpRequest request;
  request.url =
      fmt::format("/v1/cases?list={}&limit={}", query_escape(options.list), options.limit);
  if (!options.area.empty()) request.url += "&area=" + query_escape(options.area);
  return print(options, call(program, std::move(request)), [](const rapidjson::Document& page) {
    for (const rapidjson::Value& one : page["cases"].GetArray()) fmt::print("{}\n", case_line(one));
    if (page.HasMember("next")) fmt::print("There are more; --limit shows up to 500.\n");
  });
}

std::string at_query(const Options& options) {
  return options.at == 0 ? "" : fmt::format("?at={}", options.at);
}

int show(const Program& program, const Options& options) {
  HttpRequest request;
  request.url = "/v1/cases/" + query_escape(options.id) + at_query(options);
  return print(options, call(program, std::move(request)),
               [](const rapidjson::Document& one) { print_fields(one); });
}

int history(const Program& program, const Options& options) {
  HttpRequest request;
  request.url = "/v1/cases/" + query_escape(options.id) + "/history" + at_query(options);
  return print(options, call(program, std::move(request)), [](const rapidjson::Document& page) {
    for (const rapidjson::Value& entry : page["history"].GetArray())
      fmt::print("{}\n", entry_line(entry));
  });
}

int show_request(const Program& program, const Options& options) {
  HttpRequest look;
  look.url = "/v1/requests/" + query_escape(options.id);
  return print(options, call(program, std::move(look)),
               [](const rapidjson::Document& one) { print_fields(one); });
}

std::string body_of(const Options& options) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  const auto string = [&json](const std::string& value) {
    json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  };
  json.StartObject();
  const std::pair<const char*, const std::string*> texts[] = {
      {"risk", &options.risk},         {"severity", &options.severity},
      {"assignee", &options.assignee}, {"outcome", &options.outcome},
      {"reason", &options.reason},     {"petition", &options.petition},
      {"area", &options.area}};
  for (const auto& [name, value] : texts) {
    if (value->empty()) continue;
    json.Key(name);
    string(*value);
  }
  const std::pair<const char*, const std::vector<std::string>*> lists[] = {
      {"grounds", &options.grounds}, {"parties", &options.parties}};
  for (const auto& [name, values] : lists) {
    if (values->empty()) continue;
    json.Key(name);
    json.StartArray();
    for (const std::string& value : *values) string(value);
    json.EndArray();
  }
  json.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

int ask(const Program& program, const Options& options, const std::string& path) {
  HttpRequest request;
  request.method = "POST";
  request.url = path;
  request.content_type = "application/json";
  request.body = body_of(options);
  if (options.if_version > 0)
    request.headers.push_back(fmt::format("If-Match: \"{}\"", options.if_version));
  const auto answer = call(program, std::move(request));
  if (answer && answer->status == 202) {
    fmt::print(stderr,
               "No answer yet; `lamplight case request` with this id shows it once it has come.\n");
  }
  return print(options, answer, [](const rapidjson::Document& one) { print_fields(one); });
}

void add_field(CLI::App* command, Options& options, std::string_view field) {
  const std::pair<std::string_view, std::string*> texts[] = {{"risk", &options.risk},
                                                             {"severity", &options.severity},
                                                             {"assignee", &options.assignee},
                                                             {"outcome", &options.outcome},
                                                             {"reason", &options.reason}};
  for (const auto& [name, value] : texts) {
    if (name == field) command->add_option(fmt::format("--{}", name), *value);
  }
  if (field == "grounds")
    command->add_option("--ground", options.grounds, "May be repeated")->allow_extra_args(false);
  if (field == "parties")
    command->add_option("--party", options.parties, "Pseudonymous key; may be repeated")
        ->allow_extra_args(false);
}

}  // namespace

void add_case(CLI::App& app, Program& program) {
  auto options = std::make_shared<Options>();
  CLI::App* cases = app.add_subcommand("case", kAbout);
  cases->require_subcommand(1);
  const auto make = [&](const std::string& name, const std::string& about, auto act) {
    CLI::App* command = cases->add_subcommand(name, about);
    command->add_flag("--json", options->json, "The API's answer as it is");
    command->callback([&program, options, act] {
      program.run = [&program, options, act] { return act(program, *options); };
    });
    return command;
  };
  make("sign-in", "Take the password from standard input, keep a token", sign_in)
      ->add_option("name", options->name, "Officer's name")
      ->required();
  make("sign-out", "End the session", sign_out);
  CLI::App* lists = make("list", "A worklist, the most urgent first", list);
  lists->add_option("--list", options->list, "mine, overdue, unassigned, open [mine]");
  lists->add_option("--area", options->area, "Of one area");
  lists->add_option("--limit", options->limit, "At most so many [100]");
  for (CLI::App* command :
       {make("show", "One case", show), make("history", "What happened to it", history)}) {
    command->add_option("id", options->id, "The case's id")->required();
    command->add_option("--at", options->at, "As it was at this offset [now]");
  }
  make("request", "What became of a command that had no answer in time", show_request)
      ->add_option("id", options->id, "The id that it was answered with")
      ->required();
  for (const Verb& verb : kVerbs) {
    CLI::App* command = make(
        verb.name, verb.about, [name = verb.command](const Program& one, const Options& given) {
          return ask(one, given, fmt::format("/v1/cases/{}/{}", query_escape(given.id), name));
        });
    command->add_option("id", options->id, "The case's id")->required();
    command->add_option("--if-version", options->if_version, "Only if this is still its version");
    std::string_view left = verb.fields;
    while (!left.empty()) {
      const std::string_view field = left.substr(0, left.find(' '));
      left.remove_prefix(std::min(left.size(), field.size() + 1));
      add_field(command, *options, field);
    }
  }
  CLI::App* petition = make(
      "petition", "Register a petition",
      [](const Program& one, const Options& given) { return ask(one, given, "/v1/petitions"); });
  petition->add_option("number", options->petition, "Number of the petition office")->required();
  petition->add_option("--area", options->area, "Area");
  add_field(petition, *options, "severity");
  add_field(petition, *options, "parties");
}

}  // namespace lamplight::cli
