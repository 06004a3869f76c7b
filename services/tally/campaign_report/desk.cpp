#include "tally/campaign_report/desk.hpp"

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

#include "tally/campaign_report/amount_source.hpp"
#include "tally/campaign_report/views_json.hpp"
#include "tally/campaign_report/views_text.hpp"
#include "tally/gang/history_text.hpp"

namespace lamplight::tally {

struct CampaignDesk::Kept {
  explicit Kept(CampaignDefinition read)
      : definition(std::make_shared<const CampaignDefinition>(std::move(read))),
        engine(*definition) {}
  std::shared_ptr<const CampaignDefinition> definition;
  Engine engine;
  FollowedGangs gangs;
  std::uint64_t asked_at = 0;
};

namespace {

Offset offset_at(const CampaignView& view, TimeUs time) {
  std::uint64_t offset = 0;
  if (const std::size_t rows = view.alerts.rows_until(time); rows > 0)
    offset = view.alerts.rows[rows - 1].offset;
  std::size_t from = 0;
  for (std::size_t size = view.facts.facts.size(); size > 0;) {  // the first fact after `time`
    const std::size_t half = size / 2;
    if (view.facts.facts[from + half].bus_time_us <= time.value) {
      from += half + 1;
      size -= half + 1;
    } else {
      size = half;
    }
  }
  if (from > 0) offset = std::max(offset, view.facts.facts[from - 1].offset);
  return Offset{offset};
}

const char* content_type(CampaignForm form) {
  switch (form) {
    case CampaignForm::kJson: return "application/json";
    case CampaignForm::kText: return "text/plain; charset=utf-8";
    case CampaignForm::kCsv: return "text/csv; charset=utf-8";
    case CampaignForm::kMarkdown: return "text/markdown; charset=utf-8";
    case CampaignForm::kHtml: return "text/html; charset=utf-8";
  }
  return "application/json";
}

std::string rendered(const CampaignReport& report, const CodeLists& lists,
                     const CampaignQuestion& question) {
  switch (question.form) {
    case CampaignForm::kJson: return to_json(report);
    case CampaignForm::kText: return to_text(report, lists, question.language);
    case CampaignForm::kCsv: return to_csv(report, lists, question.language);
    case CampaignForm::kMarkdown: return to_markdown(report, lists, question.language);
    case CampaignForm::kHtml: return to_html(report, lists, question.language);
  }
  return {};
}

FigureNumber number_of(const Amount& amount) {
  if (!amount.n) return {};
  return {amount.n, amount.bound, Origin::kCounted};
}

/// The count behind a figure: the one whose events can be shown.
FigureNumber count_of(const CampaignFigure& figure) {
  if (figure.spec->measure.empty() || figure.spec->show == Show::kRank) return figure.value;
  return number_of(figure.amount);
}

MeasureQuestion question_of(const CampaignDefinition& definition, const FigureSpec& figure,
                            const Period& period) {
  MeasureQuestion question;
  question.measure = definition.measure(figure.measure);
  question.where = figure.where;
  question.period = period;
  if (figure.until && *figure.until < period.last) question.period->last = *figure.until;
  return question;
}

Contribution stated_by(const DeclaredFigure& figure) {
  return {figure.offset,  figure.id,          std::string(kFigureDeclared),
          figure.partner, figure.partner_ref, figure.n};
}

/// "defined are a, b": what could have been meant.
std::string known_codes(const char* about, std::vector<std::string> codes) {
  constexpr std::size_t kMost = 20;
  if (codes.empty()) return "there are none";
  const std::size_t more = codes.size() > kMost ? codes.size() - kMost : 0;
  codes.resize(codes.size() - more);
  return fmt::format("{} {}{}", about, fmt::join(codes, ", "),
                     more > 0 ? fmt::format(" and {} more", more) : std::string());
}

ViewPlace place_of(const CampaignView& view, const Cut& cut, Offset as_of) {
  return {as_of, last_event_time(view, as_of), as_of == cut.offset ? cut.hash : std::nullopt};
}

/// Whether there is such an operation, and not one of another campaign.
Result<void> is_there(const ClearanceBook& book, const CampaignQuestion& question, Offset as_of) {
  const auto fits = [&](const std::string& code) {
    const std::string of = book.campaign_of(code);
    return question.campaign.empty() || of.empty() || of == question.campaign;
  };
  if (book.knows(question.clearance) && fits(question.clearance)) return {};
  std::vector<std::string> of_campaign;
  for (const std::string& code : book.codes()) {
    if (fits(code)) of_campaign.push_back(code);
  }
  return Error(
      Code::kNotFound,
      fmt::format("no clearance operation {}{}{} is on the log as of offset {}; {}",
                  question.clearance.substr(0, 64),
                  question.campaign.empty() ? "" : " of campaign ", question.campaign.substr(0, 64),
                  as_of.value, known_codes("known are", std::move(of_campaign))));
}

const DeclaredFigure* find_value(const std::vector<DeclaredFigure>& declared,
                                 const std::string& id) {
  for (const DeclaredFigure& figure : declared) {
    if (figure.figure == id && figure.role == "value") return &figure;
  }
  return nullptr;
}

}  // namespace

CampaignDesk::CampaignDesk(const CodeLists& lists) : lists_(lists) {}
CampaignDesk::~CampaignDesk() = default;

std::optional<TimeUs> last_event_time(const CampaignView& view, Offset as_of) {
  std::optional<TimeUs> last;
  const auto take = [&last](std::int64_t us) {
    if (!last || last->value < us) last = TimeUs{us};
  };
  if (const std::size_t rows = view.alerts.rows_until(as_of); rows > 0)
    take(view.alerts.rows[rows - 1].bus_time_us);
  if (const std::size_t facts = view.facts.facts_until(as_of); facts > 0)
    take(view.facts.facts[facts - 1].bus_time_us);
  return last;
}

Result<Offset> resolve(const CampaignView& view, const Cut& cut, const AsOf& as_of) {
  if (as_of.time) return std::min(offset_at(view, *as_of.time), cut.offset);
  const Offset offset = as_of.offset.value_or(cut.offset);
  if (cut.offset < offset) {
    return Error(Code::kInvalid, fmt::format("as of offset {}: the log is known up to {}",
                                             offset.value, cut.offset.value));
  }
  return offset;
}

Result<CampaignDesk::Kept*> CampaignDesk::keep(const DefinitionInForce& in_force) {
  const std::pair<std::string, std::int64_t> key{in_force.campaign, in_force.version};
  const auto found = kept_.find(key);
  if (found != kept_.end()) {
    found->second->asked_at = ++clock_;
    return found->second.get();
  }
  auto read = campaign_from_toml(in_force.document);
  if (!read) return read.error().with("the definition on the log");
  if (kept_.size() >= kMaxEngines) {
    kept_.erase(std::min_element(kept_.begin(), kept_.end(), [](const auto& a, const auto& b) {
      return a.second->asked_at < b.second->asked_at;
    }));
  }
  auto made = std::make_unique<Kept>(std::move(*read));
  made->asked_at = ++clock_;
  return kept_.emplace(key, std::move(made)).first->second.get();
}

Result<CampaignDesk::Asked> CampaignDesk::look_up(const CampaignView& view, const Cut& cut,
                                                  const std::string& campaign, const AsOf& as_of) {
  const auto offset = resolve(view, cut, as_of);
  if (!offset) return offset.error();
  std::vector<std::string> codes;
  for (const DefinitionInForce& known : definitions_at(view.facts, *offset)) {
    codes.emplace_back(known.campaign);
    if (known.campaign != campaign) continue;
    const auto kept = keep(known);
    if (!kept) return kept.error();
    return Asked{*kept, *offset, known};
  }
  return Error(Code::kNotFound,
               fmt::format("no campaign {} is defined as of offset {}; {}", campaign.substr(0, 64),
                           offset->value, known_codes("defined are", std::move(codes))));
}

Result<CampaignReport> CampaignDesk::report(const CampaignView& view, const Cut& cut,
                                            const std::string& campaign, const AsOf& as_of,
                                            std::optional<Period> period) {
  const auto asked = look_up(view, cut, campaign, as_of);
  if (!asked) return asked.error();
  const auto& definition = asked->kept->definition;
  EngineAmounts amounts(asked->kept->engine, view, asked->as_of);
  std::vector<CohortTable> cohorts;
  for (const CohortSpec& spec : definition->cohorts) {
    cohorts.push_back(cohort_at(view.facts, asked->as_of, spec, period.value_or(definition->period),
                                definition->clock_minutes, definition->day_cut_hour));
  }
  ReportPlace place{asked->in_force.version, asked->in_force.offset, asked->as_of,
                    last_event_time(view, asked->as_of), cut};
  return assemble_report(definition, lists_, amounts,
                         declared_at(view.facts, asked->as_of, campaign), std::move(cohorts), place,
                         period);
}

Result<std::string> CampaignDesk::list(const CampaignView& view, const Cut& cut,
                                       const CampaignQuestion& question) {
  const bool one = question.what == CampaignQuestion::What::kDefinition;
  if (one) {
    const auto asked = look_up(view, cut, question.campaign, question.as_of);
    if (!asked) return asked.error();
  }
  const auto offset = resolve(view, cut, question.as_of);
  if (!offset) return offset.error();
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  const auto field = [&json](const char* name, std::string_view value) {
    json.Key(name);
    json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  };
  if (!one) {
    json.StartObject();
    json.Key("campaigns");
    json.StartArray();
  }
  for (const DefinitionInForce& known : definitions_at(view.facts, *offset)) {
    if (one && known.campaign != question.campaign) continue;
    json.StartObject();
    field("campaign", known.campaign);
    json.Key("version");
    json.Int64(known.version);
    json.Key("offset");
    json.Uint64(known.offset.value);
    if (one) field("document", known.document);
    json.EndObject();
  }
  if (!one) {
    json.EndArray();
    json.EndObject();
  }
  return std::string(buffer.GetString(), buffer.GetSize());
}

Result<CampaignAnswer> CampaignDesk::explain(const CampaignView& view, const Cut& cut,
                                             const CampaignQuestion& question) {
  const auto asked = look_up(view, cut, question.campaign, question.as_of);
  if (!asked) return asked.error();
  const CampaignDefinition& definition = *asked->kept->definition;
  const Period period = question.period.value_or(definition.period);
  Explanation explanation;
  explanation.figure = question.figure;
  const FigureSpec* figure = definition.figure(question.figure);
  if (figure != nullptr && (figure->measure.empty() || figure->show == Show::kRank)) {
    const auto declared = declared_at(view.facts, asked->as_of, question.campaign);
    if (const DeclaredFigure* value = find_value(declared, figure->id)) {
      explanation.value = {value->n, value->bound, Origin::kDeclared};
      explanation.events.push_back(stated_by(*value));
    }
  } else {
    Result<MeasureQuestion> of =
        figure != nullptr ? Result<MeasureQuestion>(question_of(definition, *figure, period))
                          : parse_target(definition, question.figure);
    if (!of) return of.error();
    if (!of->period) of->period = period;
    explanation.period = of->period;
    explanation.of_change = figure != nullptr && figure->show == Show::kChange;
    explanation.value = number_of(asked->kept->engine.total(view, asked->as_of, *of));
    explanation.events = asked->kept->engine.explain(view, asked->as_of, *of);
  }
  const bool json = question.form == CampaignForm::kJson;
  return CampaignAnswer{content_type(json ? CampaignForm::kJson : CampaignForm::kText),
                        json ? to_json(explanation) : to_text(explanation, question.language)};
}

Result<CampaignAnswer> CampaignDesk::diff(const CampaignView& view, const Cut& cut,
                                          const CampaignQuestion& question) {
  const auto later = look_up(view, cut, question.campaign, question.as_of);
  if (!later) return later.error();
  const auto before = look_up(view, cut, question.campaign, question.earlier);
  if (!before) return before.error();
  if (later->as_of < before->as_of)
    return Error(Code::kInvalid, "diff: the first moment must lie before the second");
  const auto old_report =
      report(view, cut, question.campaign, {before->as_of, {}}, question.period);
  if (!old_report) return old_report.error();
  const auto new_report = report(view, cut, question.campaign, {later->as_of, {}}, question.period);
  if (!new_report) return new_report.error();

  ReportDiff diff{question.campaign,   before->as_of,       later->as_of,
                  old_report->version, new_report->version, {}};
  const CampaignDefinition& definition = *later->kept->definition;
  const auto declared = declared_at(view.facts, later->as_of, question.campaign);
  for (const CampaignFigure& figure : new_report->figures) {
    FigureDiff changed{figure.spec->id, figure.spec->words, {}, count_of(figure), {}};
    if (const CampaignFigure* was = old_report->figure(figure.spec->id))
      changed.before = count_of(*was);
    if (changed.before == changed.after) continue;
    if (figure.spec->measure.empty() || figure.spec->show == Show::kRank) {
      if (const DeclaredFigure* value = find_value(declared, figure.spec->id))
        changed.events.push_back({stated_by(*value), changed.before.n.value_or(0), value->n});
    } else {
      changed.events = later->kept->engine.changes(
          view, before->as_of, later->as_of,
          question_of(definition, *figure.spec, question.period.value_or(definition.period)));
    }
    diff.figures.push_back(std::move(changed));
  }
  const bool json = question.form == CampaignForm::kJson;
  return CampaignAnswer{content_type(json ? CampaignForm::kJson : CampaignForm::kText),
                        json ? to_json(diff) : to_text(diff, question.language)};
}

Result<CampaignAnswer> CampaignDesk::whole_report(const CampaignView& view, const Cut& cut,
                                                  const CampaignQuestion& question) {
  const auto asked = look_up(view, cut, question.campaign, question.as_of);
  if (!asked) return asked.error();
  auto made = report(view, cut, question.campaign, {asked->as_of, {}}, question.period);
  if (!made) return made.error();
  const CampaignDefinition& definition = *made->definition;
  CampaignAnnex& annex = made->annex.emplace();
  if (definition.gangs)
    annex.gangs =
        gangs_under_review(view.facts, asked->as_of, *definition.gangs, asked->kept->gangs);
  annex.counts_clearances = std::any_of(
      definition.measures.begin(), definition.measures.end(), [](const MeasureSpec& measure) {
        return measure.from == subject_of(FactKind::kClearanceReported) ||
               measure.from == subject_of(FactKind::kClearanceOrdered);
      });
  ClearanceBook book(view.facts, asked->as_of);
  annex.clearances =
      clearance_operations(book, definition.code, made->as_of_time.value_or(TimeUs{}));
  annex.accounts = record_accounts(view, asked->as_of, definition);
  return CampaignAnswer{content_type(question.form), rendered(*made, lists_, question)};
}

Result<CampaignAnswer> CampaignDesk::gangs(const CampaignView& view, const Cut& cut,
                                           const CampaignQuestion& question) {
  const auto asked = look_up(view, cut, question.campaign, question.as_of);
  if (!asked) return asked.error();
  const auto& rule = asked->kept->definition->gangs;
  if (!rule) {
    return Error(Code::kNotFound,
                 fmt::format("the campaign {} has no [gangs] as of offset {}: its definition "
                             "proposes no groups",
                             question.campaign.substr(0, 64), asked->as_of.value));
  }
  const GangsUnderReview review =
      gangs_under_review(view.facts, asked->as_of, *rule, asked->kept->gangs);
  if (question.form == CampaignForm::kJson) {
    return CampaignAnswer{
        content_type(question.form),
        gangs_json(review, *rule, question.campaign, place_of(view, cut, asked->as_of))};
  }
  return CampaignAnswer{content_type(question.form),
                        gangs_text(review.groups, question.language) +
                            gang_history_text(review.history, question.language)};
}

Result<CampaignAnswer> CampaignDesk::clearances(const CampaignView& view, const Cut& cut,
                                                const CampaignQuestion& question) {
  const std::string& campaign = question.campaign;
  if (!campaign.empty()) {
    if (const auto asked = look_up(view, cut, campaign, question.as_of); !asked)
      return asked.error();
  }
  const auto as_of = resolve(view, cut, question.as_of);
  if (!as_of) return as_of.error();
  ClearanceBook book(view.facts, *as_of);
  const ViewPlace place = place_of(view, cut, *as_of);
  const TimeUs now = place.time.value_or(TimeUs{});
  const bool json = question.form == CampaignForm::kJson;
  if (question.what == CampaignQuestion::What::kClearances) {
    const ClearanceOperations found = clearance_operations(book, campaign, now);
    return CampaignAnswer{content_type(question.form),
                          json ? clearances_json(found, campaign, place)
                               : clearances_text(found, lists_, question.language)};
  }
  if (auto there = is_there(book, question, *as_of); !there) return there.error();
  const ClearanceView one = book.operation(question.clearance, now);
  return CampaignAnswer{
      content_type(question.form),
      json ? clearance_json(one, place) : clearance_text(one, lists_, question.language)};
}

Result<CampaignAnswer> CampaignDesk::answer(const CampaignView& view, const Cut& cut,
                                            const CampaignQuestion& question) {
  switch (question.what) {
    case CampaignQuestion::What::kList:
    case CampaignQuestion::What::kDefinition: {
      auto listed = list(view, cut, question);
      if (!listed) return listed.error();
      return CampaignAnswer{"application/json", std::move(*listed)};
    }
    case CampaignQuestion::What::kExplain: return explain(view, cut, question);
    case CampaignQuestion::What::kDiff: return diff(view, cut, question);
    case CampaignQuestion::What::kGangs: return gangs(view, cut, question);
    case CampaignQuestion::What::kClearances:
    case CampaignQuestion::What::kClearance: return clearances(view, cut, question);
    case CampaignQuestion::What::kReport: break;
  }
  return whole_report(view, cut, question);
}

}  // namespace lamplight::tally
