#include "model/rfc3339.hpp"
#include "tally/campaign_report/campaign_report.hpp"
#include "tally/campaign_report/views_json.hpp"
#include "tally/dimension.hpp"
#include "tally/json_fields.hpp"

namespace lamplight::tally {
namespace {

/// Writes a report's parts; every order is the report's own.
class Writer : private JsonFields {
 public:
  Writer(Json& json, const CampaignReport& report) : JsonFields(json), report_(report) {}

  void document() {
    json_.StartObject();
    field("schema", "lamplight-campaign-report/1");
    json_.Key("header");
    header();
    json_.Key("figures");
    figures();
    if (report_.annex) annex(*report_.annex);
    json_.EndObject();
  }

  void figures() {
    json_.StartObject();
    array("figures", report_.figures, [&](const CampaignFigure& figure) { write(figure); });
    array("measures", report_.measures, [&](const MeasureSummary& of) { write(of); });
    array("tables", report_.tables, [&](const CampaignTable& table) { write(table); });
    array("rankings", report_.rankings, [&](const Ranking& ranking) { write(ranking); });
    array("cohorts", report_.cohorts, [&](const CohortTable& table) { write(table); });
    array("cross_checks", report_.checks, [&](const CheckResult& check) { write(check); });
    json_.EndObject();
  }

 private:
  /// After the figures: these go by the order of arrival.
  void annex(const CampaignAnnex& annex) {
    ViewsJson views(json_);
    key("gangs");
    if (annex.gangs) {
      json_.StartObject();
      key("rule");
      views.rule(*report_.definition->gangs);
      key("groups");
      views.groups(annex.gangs->groups);
      flag("whole_history", annex.gangs->whole_history);
      json_.EndObject();
    } else {
      json_.Null();
    }
    key("clearances");
    json_.StartObject();
    array("operations", annex.clearances.operations,
          [&](const ClearanceView& view) { views.clearance(view); });
    views.unlisted(annex.clearances);
    json_.EndObject();
    key("accounts");
    views.accounts(annex.accounts);
  }
  void words(std::string_view name, const Words& value) {
    key(name);
    json_.StartObject();
    field("zh", value.zh);
    field("en", value.en);
    json_.EndObject();
  }
  void figure_number(std::string_view name, const FigureNumber& value) {
    key(name);
    if (!value.n) return static_cast<void>(json_.Null());
    json_.StartObject();
    number("n", *value.n);
    field("bound", to_string(value.bound));
    field("origin", to_string(value.origin));
    json_.EndObject();
  }

  void header() {
    const CampaignDefinition& definition = *report_.definition;
    const ComparedPeriods& periods = report_.periods;
    const auto hash = [](const std::optional<ChainHash>& of) {
      return of ? std::optional(to_hex(of->span())) : std::nullopt;
    };
    const auto civil = [](const std::optional<std::int64_t>& us) {
      return us ? std::optional(civil_text(*us)) : std::nullopt;
    };
    json_.StartObject();
    field("campaign", definition.code);
    words("words", definition.words);
    number("definition_version", report_.version);
    number("definition_offset", static_cast<std::int64_t>(report_.defined_at.value));
    as_of(report_.as_of, report_.as_of_time, report_.as_of_hash);
    json_.Key("fold");
    json_.StartObject();
    number("cut", static_cast<std::int64_t>(report_.cut.offset.value));
    maybe("chain_hash", hash(report_.cut.hash));
    json_.EndObject();
    field("period", to_string(periods.current));
    field("previous_period", to_string(periods.previous));
    flag("leap_day_left_out", periods.same_days_a_year_before);
    maybe("current_until", civil(periods.current_before_us));
    maybe("previous_until", civil(periods.previous_before_us));
    number("clock_offset_minutes", definition.clock_minutes);
    number("day_cut_hour", definition.day_cut_hour);
    json_.EndObject();
  }

  void amount(const Amount& amount) {
    number("entries", static_cast<std::int64_t>(amount.entries));
    number("without_key", static_cast<std::int64_t>(amount.without_key));
    number("conflicts", static_cast<std::int64_t>(amount.conflicts));
    flag("distinct_per_sender", amount.distinct_per_sender);
  }
  void value_of(const Amount& amount) {
    maybe("n", amount.n);
    field("bound", to_string(amount.bound));
  }

  void compared(const std::optional<Compared>& of) {
    key("comparison");
    if (!of) return static_cast<void>(json_.Null());
    json_.StartObject();
    figure_number("current", of->current);
    figure_number("previous", of->previous);
    maybe("pct_int", of->pct_int);
    maybe("pct_1dp", of->pct_1dp);
    flag("baseline_incomplete", of->baseline_incomplete);
    flag("small_baseline", of->small_baseline);
    json_.EndObject();
  }

  void write(const CampaignFigure& figure) {
    const FigureSpec& spec = *figure.spec;
    json_.StartObject();
    field("id", spec.id);
    field("section", spec.section);
    words("words", spec.words);
    said("measure", spec.measure);
    field("show", spec.show == Show::kValue    ? "value"
                  : spec.show == Show::kChange ? "change"
                                               : "rank");
    field("unit", spec.unit);
    number("scale", spec.scale);
    figure_number("value", figure.value);
    figure_number("published", figure.published);
    field("as_of_day", to_string(figure.as_of_day));
    flag("as_of_stated", figure.as_of_stated);
    compared(figure.compared);
    amount(figure.amount);
    json_.EndObject();
  }

  void write(const MeasureSummary& of) {
    const MeasureSpec& measure = *of.measure;
    json_.StartObject();
    field("measure", measure.name);
    words("words", measure.words);
    field("unit", measure.unit);
    value_of(of.amount);
    amount(of.amount);
    compared(of.compared);
    maybe("target", measure.target);
    maybe("over_target", measure.target && of.amount.n
                             ? std::optional(*of.amount.n - *measure.target)
                             : std::nullopt);
    json_.EndObject();
  }

  void write(const CampaignTable& table) {
    json_.StartObject();
    field("measure", table.measure->name);
    texts("by", table.by);
    array("rows", table.rows, [&](const CampaignTable::RowOf& row) {
      json_.StartObject();
      key("key");
      json_.StartArray();
      for (const auto& text : row.key) {
        if (text) string(*text);
        else json_.Null();
      }
      json_.EndArray();
      value_of(row.amount);
      amount(row.amount);
      compared(row.compared);
      json_.EndObject();
    });
    json_.EndObject();
  }

  void write(const Ranking& ranking) {
    json_.StartObject();
    field("measure", ranking.measure->name);
    field("by", ranking.measure->rank);
    array("rows", ranking.rows, [&](const Ranking::RowOf& row) {
      json_.StartObject();
      field("code", row.code);
      number("place", row.place);
      number("n", row.n);
      maybe("population", row.population);
      maybe("per_10000", row.per_10000);
      json_.EndObject();
    });
    texts("missing", ranking.missing);
    json_.EndObject();
  }

  void write(const CohortTable& table) {
    const auto stage = [&](const CohortStage& of) {
      json_.StartObject();
      field("stage", of.stage);
      number("reached", of.reached);
      json_.EndObject();
    };
    json_.StartObject();
    field("cohort", table.name);
    number("entered", table.entered);
    number("without_key", static_cast<std::int64_t>(table.without_key));
    flag("distinct_per_sender", table.distinct_per_sender);
    array("stages", table.stages, stage);
    array("exits", table.exits, stage);
    json_.EndObject();
  }

  void write(const CheckResult& check) {
    json_.StartObject();
    field("check", check.name);
    field("kind", check.kind);
    words("words", check.words);
    field("on", to_string(check.on));
    maybe("expected", check.expected);
    maybe("actual", check.actual);
    maybe("difference", check.difference());
    field("verdict", to_string(check.verdict));
    words("sentence", check.sentence);
    json_.EndObject();
  }

  const CampaignReport& report_;
};

}  // namespace

std::string to_json(const CampaignReport& report) {
  rapidjson::StringBuffer buffer;
  Json json(buffer);
  Writer(json, report).document();
  return {buffer.GetString(), buffer.GetSize()};
}

std::string figures_json(const CampaignReport& report) {
  rapidjson::StringBuffer buffer;
  Json json(buffer);
  Writer(json, report).figures();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace lamplight::tally
