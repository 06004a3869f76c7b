#include "model_walk.hpp"

#include <fmt/format.h>

#include <numeric>

namespace lamplight::inner::test {

namespace {

const std::vector<std::string> kOfficers = {"officer-1", "officer-2", "officer-3",
                                            "officer-4", "officer-5", "officer-6"};
const std::vector<std::string> kReasons = {"not_done", "party_disagrees", "complaint", "relapse"};
const std::vector<std::string> kAreas = {"wuma", "qidu", "nanhui"};
constexpr std::string_view kSeverityNames[] = {"low", "medium", "high", "critical"};
constexpr std::string_view kGroundNames[] = {"repeated_offence", "gang_fight", "provocation",
                                             "unwilling_party"};
constexpr std::string_view kStepNames[] = {"settlement",   "assessment", "dispatch",   "feedback",
                                           "verification", "rework",     "case_review"};
constexpr std::size_t kMostOpen = 120;
constexpr std::size_t kRecent = 300;
constexpr std::int64_t kHourUs = 60 * kUsPerMinute;

reference::Id number_of(const Id16& id) {
  reference::Id out = 0;
  for (std::size_t i = 8; i < 16; ++i) out = out << 8 | id.bytes[i];
  return out;
}

std::vector<std::string_view> views(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

std::vector<std::string_view> ground_codes(unsigned bits) {
  std::vector<std::string_view> out;
  for (unsigned i = 0; i < 4; ++i) {
    if ((bits >> i & 1U) != 0) out.push_back(kGroundNames[i]);
  }
  return out;
}

std::string text_of(const reference::Span& span) {
  const char* unit = span.unit == 'm' ? "minute" : span.unit == 'd' ? "day" : "working day";
  return fmt::format("\"{} {}{}\"", span.count, unit, span.count == 1 ? "" : "s");
}

void append_steps(std::string& out, const reference::Span (&spans)[reference::kSteps]) {
  for (int i = 0; i < reference::kSteps; ++i)
    out += fmt::format("{} = {}\n", kStepNames[i], text_of(spans[i]));
}

void append_desk(std::string& out, const reference::Desk& desk) {
  out += fmt::format("station = \"{}\"\nchief = \"{}\"\ncommunity = [", desk.station, desk.chief);
  for (const std::string& each : desk.community) out += fmt::format("\"{}\", ", each);
  out += "]\n";
}

/// The document that says what the reference holds.
std::string document_of(const reference::Rules& rules) {
  std::string out =
      "clock = \"+08:00\"\n[opens]\nclasses = [\"dispute\"]\n"
      "[severity]\ndefault = \"medium\"\n";
  for (int i = 0; i < 4; ++i) {
    out += fmt::format("[dispute.{}]\n", kSeverityNames[i]);
    append_steps(out, rules.dispute[i]);
  }
  out += "[petition]\n";
  append_steps(out, rules.petition);
  out += fmt::format("[overdue]\nescalate_after = {}\nmark_after = {}\nrepeat_every = {}\n",
                     text_of(rules.escalate), text_of(rules.mark), text_of(rules.repeat));
  out += fmt::format(
      "[reopening]\nwithin_days = {}\nplace_schemes = [\"address_key\"]\n"
      "raise_severity_from = {}\n[mediation]\nrepeated_offence_from = {}\nrefused_on = [",
      rules.window_days, rules.raise_from, rules.offence_from);
  for (const std::string_view ground : ground_codes(rules.gate))
    out += fmt::format("\"{}\", ", ground);
  out += fmt::format("]\n[desks]\ncentre = \"{}\"\nreview = \"{}\"\n", rules.centre, rules.review);
  append_desk(out, rules.areas.at(""));
  for (const auto& [area, desk] : rules.areas) {
    if (area.empty()) continue;
    out += fmt::format("[[area]]\ncode = \"{}\"\n", area);
    append_desk(out, desk);
  }
  return out;
}

}  // namespace

Walk::Walk(std::uint64_t seed, const Table& table) : random_(seed), bench_(table) {
  bench_.forget_all();
  publish_rules();
}

reference::Span Walk::span() {
  switch (below(4)) {
    case 0: return {'d', static_cast<int>(1 + below(5))};
    case 1: return {'w', static_cast<int>(1 + below(4))};
    default: return {'m', static_cast<int>(1 + below(2'000))};
  }
}

void Walk::publish_rules() {
  reference::Rules rules;
  rules.version = ++version_;
  for (auto& severity : rules.dispute) {
    for (reference::Span& each : severity) each = span();
  }
  for (reference::Span& each : rules.petition) each = span();
  rules.escalate = {'m', static_cast<int>(1 + below(600))};
  rules.mark = {'m', 600 + static_cast<int>(below(3'000))};
  rules.repeat = span();
  rules.window_days = static_cast<int>(10 + below(90));
  rules.raise_from = static_cast<int>(1 + below(3));
  rules.offence_from = static_cast<int>(2 + below(3));
  rules.gate = static_cast<unsigned>(below(16));
  rules.centre = fmt::format("centre-{}", version_);
  rules.review = fmt::format("review-{}", version_);
  for (const char* area : {"", "wuma", "qidu"}) {
    rules.areas[area] = {fmt::format("station-{}-{}", area, version_),
                         {fmt::format("community-{}", area), kOfficers[0]},
                         fmt::format("chief-{}", area)};
  }
  bench_.publish("inner", version_, document_of(rules));
  model_.publish(std::move(rules));
}

/// A year's holidays, some of them; another version each time.
void Walk::publish_calendar() {
  const std::int64_t today = bench_.now().value / kUsPerDay;
  const std::int32_t year = date_of(Day{static_cast<std::int32_t>(today)}).year;
  const Day first = day_of(CivilDate{year, 1, 1});
  std::erase_if(model_.holidays, [&](std::int64_t day) { return day >= first.value; });
  std::erase_if(model_.workdays, [&](std::int64_t day) { return day >= first.value; });
  std::string holidays;
  std::string workdays;
  for (int i = 0; i < 12; ++i) {
    const Day day = first.plus(static_cast<std::int32_t>(below(365)));
    const bool weekend = weekday(day) >= 6;
    auto& of = weekend ? model_.workdays : model_.holidays;
    if (!of.insert(day.value).second) continue;
    (weekend ? workdays : holidays) += to_string(day) + ", ";
  }
  bench_.publish(
      fmt::format("calendar-{}", year), ++calendar_,
      fmt::format("year = {}\nholidays = [{}]\nworkdays = [{}]\n", year, holidays, workdays));
}

bool Walk::step() {
  const std::uint64_t kind = below(1'000);
  bench_.forget_said();
  model_.said.clear();
  model_.refused.clear();
  if (kind < 1 && chance(4)) publish_rules();
  else if (kind < 1 && chance(4)) publish_calendar();
  else if (kind < 60) pass_time();
  else if (kind < 180) alert();
  else if (kind < 200) change_alert();
  else if (kind < 215) petition();
  else ask();
  return said_equal();
}

void Walk::pass_time() {
  const std::int64_t minutes =
      chance(1) ? static_cast<std::int64_t>(below(20'000)) : static_cast<std::int64_t>(below(300));
  const TimeUs until = bench_.now().plus_us(minutes * kUsPerMinute);
  bench_.set_now(until);
  bench_.tick();
  model_.tick(until.value, 4'096);
}

void Walk::alert() {
  if (model_.open.size() >= kMostOpen) return pass_time();
  const std::string place = chance(30) ? "" : fmt::format("{:08x}", below(400));
  const std::string area = one(kAreas);
  AlertReceived alert = bench_.dispute(place);
  alert.area = area;
  const Id id = number_of(bench_.take(alert));
  model_.alert(bench_.now().value, id, place, area);
  alerts_.push_back(id);
  if (alerts_.size() > kRecent) alerts_.erase(alerts_.begin());
}

void Walk::change_alert() {
  if (alerts_.empty()) return;
  const Id of = alerts_[below(alerts_.size())];
  const std::string place = chance(50) ? "" : fmt::format("{:08x}", below(400));
  const std::string area = one(kAreas);
  AlertReceived alert = bench_.dispute(place);
  alert.area = area;
  if (chance(40)) {
    alert.withdraws = id_of(of);
    bench_.take(alert);
    return model_.withdraw(bench_.now().value, of);
  }
  alert.corrects = id_of(of);
  const Id id = number_of(bench_.take(alert));
  model_.correct(id, of, place, area);
  if (model_.of_alert(id) != nullptr) alerts_.push_back(id);
}

void Walk::petition() {
  const std::string number = fmt::format("XF-{}", below(model_.cases.size() / 40 + 5));
  const int severity = static_cast<int>(below(5)) - 1;
  PetitionSubmitted asked;
  asked.actor = kOfficers[0];
  asked.petition = number;
  if (severity >= 0) asked.severity = kSeverityNames[severity];
  const Id id = number_of(bench_.ask(asked));
  model_.petition(bench_.now().value, id, number, severity);
}

Walk::Id Walk::some_case() {
  if (recent_.empty() || chance(1)) return 1'000'000'000;
  if (!model_.open.empty() && chance(60)) {
    auto at = model_.open.lower_bound(below(*model_.open.rbegin() + 1));
    return at == model_.open.end() ? *model_.open.begin() : *at;
  }
  return recent_[below(recent_.size())];
}

reference::Request Walk::request() {
  reference::Request asked;
  asked.id = some_case();
  asked.actor = one(kOfficers);
  const auto of = model_.cases.find(asked.id);
  if (of != model_.cases.end() && chance(30))
    asked.expected = of->second.version - (chance(15) ? 1 : 0);
  if (asked.expected == 0) asked.expected.reset();
  if (chance(15)) asked.grounds = static_cast<unsigned>(below(16));
  if (chance(20)) asked.severity = static_cast<int>(below(4));
  asked.risk = chance(40) ? "residual" : chance(95) ? "none" : chance(50) ? "" : "some";
  return asked;
}

void Walk::ask() {
  const reference::Request asked = request();
  const auto of = model_.cases.find(asked.id);
  if (of == model_.cases.end() || chance(20)) return ask_anything();
  ask_fitting(of->second);
}

/// What an officer would do with a case in that state.
void Walk::ask_fitting(const reference::Case& of) {
  reference::Request asked = request();
  asked.id = of.id;
  if (asked.expected) asked.expected = of.version;
  if (of.rules != model_.newest().version && chance(10)) return move_rules(asked);
  if (of.state == "settlement") settle(asked);
  else if (of.state == "assessment") assess(asked);
  else if (of.state == "dispatch") dispatch(asked);
  else if (of.state == "feedback" || of.state == "rework") feed_back(asked);
  else if (of.state == "verification") verify(asked);
  else if (of.state == "case_review") review(asked);
  else if (chance(of.state == "withdrawn" ? 60 : 2)) reopen(asked);
}

void Walk::ask_anything() {
  const reference::Request asked = request();
  switch (below(8)) {
    case 0: return settle(asked);
    case 1: return assess(asked);
    case 2: return dispatch(asked);
    case 3: return feed_back(asked);
    case 4: return verify(asked);
    case 5: return review(asked);
    case 6: return reopen(asked);
    default: return move_rules(asked);
  }
}

template <typename T>
void Walk::fill(T& out, const reference::Request& asked) {
  out.actor = asked.actor;
  out.case_id = id_of(asked.id);
  if (asked.expected) out.expected_version = *asked.expected;
}

void Walk::settle(reference::Request asked) {
  if (asked.risk == "some") asked.risk = "";
  for (std::uint64_t i = below(3); i > 0; --i)
    asked.parties.push_back(fmt::format("party-{:08}-abcdef", below(3'000)));
  SettlementSubmitted out;
  fill(out, asked);
  out.risk = asked.risk;
  out.grounds = ground_codes(asked.grounds);
  out.parties = views(asked.parties);
  bench_.ask(out);
  model_.settle(bench_.now().value, asked);
}

void Walk::assess(reference::Request asked) {
  AssessmentSubmitted out;
  fill(out, asked);
  out.risk = asked.risk;
  out.grounds = ground_codes(asked.grounds);
  if (asked.severity >= 0) out.severity = kSeverityNames[asked.severity];
  bench_.ask(out);
  model_.assess(bench_.now().value, asked);
}

void Walk::dispatch(reference::Request asked) {
  if (chance(40)) asked.assignee = one(kOfficers);
  DispatchSubmitted out;
  fill(out, asked);
  out.assignee = asked.assignee;
  bench_.ask(out);
  model_.dispatch(bench_.now().value, asked);
}

void Walk::feed_back(const reference::Request& asked) {
  FeedbackSubmitted out;
  fill(out, asked);
  out.grounds = ground_codes(asked.grounds);
  bench_.ask(out);
  model_.feed_back(bench_.now().value, asked);
}

void Walk::verify(reference::Request asked) {
  asked.outcome = chance(60) ? "passed" : chance(95) ? "failed" : "filed";
  if (chance(90)) asked.reason = one(kReasons);
  VerificationSubmitted out;
  fill(out, asked);
  out.outcome = asked.outcome;
  out.reason = asked.reason;
  bench_.ask(out);
  model_.verify(bench_.now().value, asked);
}

void Walk::review(reference::Request asked) {
  asked.outcome = chance(50) ? "filed" : chance(95) ? "declined" : "passed";
  ReviewSubmitted out;
  fill(out, asked);
  out.outcome = asked.outcome;
  bench_.ask(out);
  model_.review(bench_.now().value, asked);
}

void Walk::reopen(reference::Request asked) {
  if (chance(90)) asked.reason = one(kReasons);
  ReopeningSubmitted out;
  fill(out, asked);
  out.reason = asked.reason;
  bench_.ask(out);
  model_.reopen(bench_.now().value, asked);
}

void Walk::move_rules(const reference::Request& asked) {
  RulesMoveSubmitted out;
  fill(out, asked);
  bench_.ask(out);
  model_.move_rules(bench_.now().value, asked);
}

bool Walk::said_equal() {
  const auto& said = bench_.said();
  std::string service;
  std::string model = model_.refused.empty() ? "" : "refused " + model_.refused;
  for (const auto& [subject, id] : model_.said) model += fmt::format("{} {}, ", subject, id);
  for (const Said& each : said) {
    ++outputs_;
    if (each.subject == kCaseRefused) {
      service += "refused " + std::string(each.refused().rule);
      continue;
    }
    const CaseEvent event = each.event();
    const Id id = number_of(event.case_id);
    service += fmt::format("{} {}, ", each.subject, id);
    CaseState& state = before_[event.case_id];
    const auto move = from_code<Move>(event.move);
    ++taken_[static_cast<std::size_t>(state)][static_cast<std::size_t>(*move)];
    state = *from_code<CaseState>(event.state);
    recent_.push_back(id);
  }
  if (recent_.size() > 2 * kRecent) recent_.erase(recent_.begin(), recent_.end() - kRecent);
  if (service != model) differ("what was said", service, model);
  for (const auto& [subject, id] : model_.said) {
    if (!case_equal(id)) break;
  }
  if (bench_.decider().book().timers().size() != model_.open.size())
    differ("timers", std::to_string(bench_.decider().book().timers().size()),
           std::to_string(model_.open.size()));
  return difference_.empty();
}

bool Walk::case_equal(Id id) {
  const Case* of = bench_.decider().book().find(id_of(id));
  const reference::Case& model = model_.cases.at(id);
  if (of == nullptr) {
    differ(fmt::format("case {}", id), "none", model.state);
    return false;
  }
  const CaseBook& book = bench_.decider().book();
  const auto show = [](std::string_view state, int severity, int overdue, std::int64_t version,
                       std::int64_t rules, std::int64_t repeats, int risk, unsigned grounds,
                       std::string_view owner, std::string_view area, std::int64_t due,
                       std::int64_t next, std::int64_t since) {
    return fmt::format(
        "{} severity {} overdue {} version {} rules {} repeats {} risk {} grounds "
        "{} owner '{}' area '{}' due {} next {} since {}",
        state, severity, overdue, version, rules, repeats, risk, grounds, owner, area, due, next,
        since);
  };
  const std::string service = show(
      to_string(of->state), static_cast<int>(of->severity), static_cast<int>(of->overdue),
      of->version, of->rules, of->repeats, of->risk ? static_cast<int>(*of->risk) : -1, of->grounds,
      book.text(of->owner), book.text(of->area), of->due.value, of->next_at.value, of->since.value);
  const std::string expected =
      show(model.state, model.severity, model.overdue, model.version, model.rules, model.repeats,
           model.risk, model.grounds, model.owner, model.area, model.due, model.next, model.since);
  if (service != expected) differ(fmt::format("case {}", id), service, expected);
  const bool has_both = of->due != TimeUs{} && of->next_at != TimeUs{} && of->owner != 0;
  if (is_open(of->state) && !has_both)
    differ(fmt::format("case {}", id), "open without owner or timer", "with both");
  return difference_.empty();
}

bool Walk::all_equal() {
  if (bench_.decider().book().cases().size() != model_.cases.size())
    differ("number of cases", std::to_string(bench_.decider().book().cases().size()),
           std::to_string(model_.cases.size()));
  for (const auto& [id, of] : model_.cases) {
    if (!case_equal(id)) return false;
  }
  compare_figures();
  return difference_.empty();
}

/// What the gauges show, counted again case by case.
void Walk::compare_figures() {
  std::map<std::string, std::int64_t> service;
  std::map<std::string, std::int64_t> model;
  for (const auto& [area, figures] : bench_.decider().book().figures()) {
    const std::string name(bench_.text(area));
    for (std::size_t state = 0; state < kStates; ++state) {
      for (std::size_t s = 0; s < kSeverities; ++s) {
        if (const std::int64_t n = figures.cases[state][s]; n != 0)
          service[fmt::format("{} {} {}", name, to_string(static_cast<CaseState>(state)), s)] = n;
      }
    }
    for (std::size_t step = 0; step < kSteps; ++step) {
      if (figures.overdue[step] != 0)
        service[fmt::format("{} {} overdue", name, kStepNames[step])] = figures.overdue[step];
    }
  }
  count_times(service);
  for (const auto& [id, of] : model_.cases) {
    ++model[fmt::format("{} {} {}", of.area, of.state, of.severity)];
    if (of.overdue > 0) ++model[fmt::format("{} {} overdue", of.area, of.state)];
    if (!model_.open.contains(id)) continue;
    const std::int64_t hours = bench_.now().value / kHourUs - of.open_since / kHourUs;
    ++model[hours < 7 * 24 ? "open under a week" : "open longer"];
  }
  for (const auto& [step, took] : model_.took) {
    model[step + " ended"] = static_cast<std::int64_t>(took.size());
    model[step + " took"] = std::accumulate(took.begin(), took.end(), std::int64_t{0});
  }
  for (const auto& [rule, times] : model_.refusals) model[rule + " refused"] = times;
  const auto show = [](const std::map<std::string, std::int64_t>& counts) {
    std::string out;
    for (const auto& [name, n] : counts) out += fmt::format("{}: {}, ", name, n);
    return out;
  };
  if (service != model) differ("figures", show(service), show(model));
}

void Walk::count_times(std::map<std::string, std::int64_t>& out) {
  const InnerDecider& decider = bench_.decider();
  for (std::size_t step = 0; step < kSteps; ++step) {
    const StepTimes::Times& times = decider.book().step_times().of(step);
    const std::int64_t ended =
        std::accumulate(times.counts.begin(), times.counts.end(), std::int64_t{0});
    if (ended == 0) continue;
    out[fmt::format("{} ended", kStepNames[step])] = ended;
    out[fmt::format("{} took", kStepNames[step])] = times.sum_us;
  }
  const auto classes = decider.book().backlog_age().classes(bench_.now());
  const std::int64_t week = classes[0] + classes[1];
  const std::int64_t all = std::accumulate(classes.begin(), classes.end(), std::int64_t{0});
  if (week != 0) out["open under a week"] = week;
  if (all != week) out["open longer"] = all - week;
  for (std::size_t rule = 0; rule < decider.refusals().size(); ++rule) {
    if (const std::int64_t n = decider.refusals().at(rule); n != 0)
      out[fmt::format("{} refused", to_string(static_cast<Refusal>(rule)))] = n;
  }
}

void Walk::differ(const std::string& what, const std::string& service, const std::string& model) {
  if (!difference_.empty()) return;
  difference_ = fmt::format("{}\n  service:   {}\n  reference: {}", what, service, model);
}

}  // namespace lamplight::inner::test
