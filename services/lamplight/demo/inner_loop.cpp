#include "inner_loop.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "base/check.hpp"
#include "bus_link.hpp"
#include "case_text.hpp"
#include "inner/rules.hpp"
#include "rules_apply.hpp"

namespace lamplight::cli {

namespace {

using demo::Scene;

constexpr std::int64_t kLookAgainMs = 10;
constexpr int kLooks = 3'000;  // half a minute, for what takes a second
constexpr std::size_t kAtWork = 8;
constexpr int kListed = 10;

Error stopped() { return {Code::kUnavailable, "the demonstration was stopped"}; }

class Play {
 public:
  Play(Everything& all, Crew& crew, std::chrono::sys_days day)
      : all_(all), crew_(crew), day_(day) {}

  Result<void> scene(const Scene& scene, std::size_t number) {
    if (all_.process().wait(0)) return stopped();
    switch (scene.kind) {
      case Scene::Kind::kReported: return reported(scene);
      case Scene::Kind::kAsked:
        return crew_.ask(*scene.officer,
                         fmt::format("/v1/cases/{}/{}", case_of(scene.of), scene.ask), scene.body,
                         fmt::format("scene-{}", number));
      case Scene::Kind::kMissed: break;
    }
    return await(scene.of, "overdue", scene.body);
  }
  [[nodiscard]] const std::string& case_of(std::string_view dispute) const {
    const auto found = cases_.find(dispute);
    LAMPLIGHT_CHECK(found != cases_.end(), "a dispute is reported before anything happens to it");
    return found->second;
  }

 private:
  /// Until the case has heard of it: what follows is about that.
  Result<void> reported(const Scene& scene) {
    const auto id = post_alert(all_.endpoints().intake, demo::report_of(scene, day_));
    if (!id) return id.error();
    if (scene.of == scene.ref) cases_.emplace(scene.ref, *id);
    return await(scene.of, "alert", *id);
  }

  /// Until the history of the case has an entry that says so.
  Result<void> await(std::string_view dispute, const char* member, std::string_view value) {
    const std::string path = "/v1/cases/" + case_of(dispute) + "/history";
    for (int i = 0; i < kLooks; ++i) {
      const auto page = crew_.get(demo::kChief, path);
      if (!page && page.error().code() != Code::kNotFound) return page.error();
      if (page) {
        for (const rapidjson::Value& entry : (*page)["history"].GetArray())
          if (text_of(entry, member) == value) return {};
      }
      if (all_.process().wait(kLookAgainMs)) return stopped();
    }
    return Error(Code::kTimeout,
                 fmt::format("{}: the inner loop does not come to {} {}", dispute, member, value));
  }

  Everything& all_;
  Crew& crew_;
  std::chrono::sys_days day_;
  std::map<std::string, std::string, std::less<>> cases_;  ///< by dispute
};

Result<void> print_list(Crew& crew, const demo::ScriptedOfficer& officer, const char* list,
                        const char* heading) {
  const auto page = crew.get(officer, fmt::format("/v1/cases?list={}&limit={}", list, kListed));
  if (!page) return page.error().with("worklist");
  fmt::print("{}\n", heading);
  for (const rapidjson::Value& one : (*page)["cases"].GetArray())
    fmt::print("  {}\n", crew.with_names(case_line(one)));
  if (page->HasMember("next")) fmt::print("  and more\n");
  fmt::print("\n");
  return {};
}

}  // namespace

Result<std::string> post_alert(const std::string& intake, const demo::Alert& alert) {
  HttpRequest request;
  request.method = "POST";
  request.url = intake + "/v1/alerts";
  request.content_type = "application/json";
  request.timeout_ms = 5'000;
  request.body = alert.json;
  const auto answer = http_call(request);
  if (!answer) return answer.error();
  if (answer->status >= 300) return Error(Code::kInvalid, describe_problem(*answer));
  rapidjson::Document receipt;
  receipt.Parse(answer->body.data(), answer->body.size());
  if (receipt.HasParseError() || !receipt.IsObject())
    return Error(Code::kInvalid, "intake answered no JSON object");
  return text_of(receipt, "id");
}

Result<std::string> play_day(Everything& all, Crew& crew, std::chrono::sys_days day) {
  auto link = BusLink::open(all.process().config(), kRulesEdge, 5'000, bus::Role::kEdge);
  if (!link) return link.error();
  const auto rules = put_rules_in_force(
      **link, "inner", demo::rules_with(inner::default_rules(), crew.key_of(demo::kCommunity)));
  if (!rules) return rules.error().with("rules of the inner loop");

  Play play(all, crew, day);
  std::size_t reports = 0;
  const auto scenes = demo::day_of_disputes();
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    if (auto played = play.scene(scenes[i], i); !played)
      return played.error().with(fmt::format("scene {} of the inner loop", i));
    if (scenes[i].kind == Scene::Kind::kReported) ++reports;
  }
  fmt::print("{} disputes of the day after the campaign went round the inner loop: {} scenes.\n",
             reports, scenes.size());
  return play.case_of(demo::kLongestCase);
}

Result<void> print_worklists(Crew& crew, const std::string& case_id) {
  fmt::print(
      "The inner loop: id, version, what it waits for, severity, deadline (! missed), whom "
      "it waits for, area\n\n");
  if (auto done = print_list(crew, demo::kChief, "overdue", "Overdue, the most urgent first:");
      !done)
    return done;
  if (auto done = print_list(crew, demo::kChief, "unassigned",
                             "Unassigned, waiting for a desk and for nobody in person:");
      !done)
    return done;
  if (auto done = print_list(crew, demo::kCommunity, "mine", "Mine, of demo-community:"); !done)
    return done;
  if (case_id.empty()) return {};
  const auto page = crew.get(demo::kChief, "/v1/cases/" + case_id + "/history");
  if (!page) return page.error().with("history");
  fmt::print("What happened to {}:\n", case_id);
  for (const rapidjson::Value& entry : (*page)["history"].GetArray())
    fmt::print("  {}\n", crew.with_names(entry_line(entry)));
  fmt::print("\n");
  return {};
}

void Rounds::reported(std::string case_id) { under_way_.push_back({std::move(case_id), count_++}); }

Result<void> Rounds::turn() {
  if (under_way_.size() < kAtWork) return {};
  Work work = std::move(under_way_.front());
  under_way_.pop_front();
  const auto goes_on = step(work);
  if (!goes_on) return goes_on.error();
  if (*goes_on) under_way_.push_back(std::move(work));
  return {};
}

/// False: nothing is left to do.
Result<bool> Rounds::step(Work& work) {
  const std::string path = "/v1/cases/" + work.id;
  const auto now = crew_.get(demo::kChief, path);
  if (!now) return now.error();
  const bool residual = work.number % 3 == 0;
  const auto ask = [&](const demo::ScriptedOfficer& officer, const char* what,
                       std::string_view body) -> Result<bool> {
    auto done = crew_.ask(officer, fmt::format("{}/{}", path, what), body,
                          fmt::format("{}-{}", work.id, work.steps++));
    if (!done) return done.error();
    return true;
  };
  const std::string state = text_of(*now, "state");
  const std::string_view risk = residual ? R"({"risk":"residual"})" : R"({"risk":"none"})";
  if (state == "settlement") return ask(demo::kStation, "settlement", risk);
  if (state == "assessment") {
    // Once declined there is nothing left that hinders mediation.
    const bool gang = work.number % 7 == 3 && work.steps < 2;
    return ask(demo::kOperator, "assessment",
               gang ? R"({"risk":"none","grounds":["gang_fight"]})" : risk);
  }
  if (state == "dispatch") return ask(demo::kOperator, "dispatch", "{}");
  if (state == "feedback" || state == "rework")
    return ask(residual ? demo::kCommunity : demo::kStation, "feedback", "{}");
  if (state == "verification") {
    const bool fails = work.number % 5 == 1 && work.steps < 5;
    return ask(demo::kReviewer, "verification",
               fails ? R"({"outcome":"failed","reason":"incomplete"})" : R"({"outcome":"passed"})");
  }
  if (state == "case_review") {
    return ask(demo::kReviewer, "review",
               work.number % 2 == 0 ? R"({"outcome":"filed"})" : R"({"outcome":"declined"})");
  }
  return false;
}

}  // namespace lamplight::cli
