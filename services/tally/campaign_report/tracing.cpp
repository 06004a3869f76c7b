#include "tally/campaign_report/tracing.hpp"

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

#include "tally/campaign/definition_checks.hpp"
#include "tally/campaign/fields.hpp"
#include "tally/campaign_report/sheets.hpp"
#include "tally/hint.hpp"
#include "tally/measure/records.hpp"
#include "tally/text_table.hpp"

namespace lamplight::tally {
namespace {

using Json = rapidjson::Writer<rapidjson::StringBuffer>;

void field(Json& json, const char* name, std::string_view value) {
  json.Key(name);
  json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}
void field(Json& json, const char* name, std::int64_t value) {
  json.Key(name);
  json.Int64(value);
}
void field(Json& json, const char* name, Offset value) {
  json.Key(name);
  json.Uint64(value.value);
}
void field(Json& json, const char* name, const FigureNumber& value) {
  json.Key(name);
  if (!value.n) return static_cast<void>(json.Null());
  json.StartObject();
  field(json, "n", *value.n);
  field(json, "bound", to_string(value.bound));
  field(json, "origin", to_string(value.origin));
  json.EndObject();
}

void event(Json& json, const Contribution& of) {
  field(json, "offset", of.offset);
  field(json, "id", to_hex(of.id.bytes));
  field(json, "subject", of.subject);
  field(json, "partner", of.partner);
  field(json, "partner_ref", of.partner_ref);
}

std::string text_of(rapidjson::StringBuffer& buffer) {
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace

Result<MeasureQuestion> parse_target(const CampaignDefinition& definition,
                                     const std::string& target) {
  const std::size_t open = target.find('[');
  const std::string name = target.substr(0, open);
  MeasureQuestion question;
  question.measure = definition.measure(name);
  if (question.measure == nullptr) {
    return Error(Code::kNotFound,
                 fmt::format("no figure and no measure of the campaign {} is called {}",
                             definition.code, name.substr(0, 64)));
  }
  if (open == std::string::npos) return question;
  const Error form(
      Code::kInvalid,
      "explain: write a figure's id, a measure, or measure[dimension=code,dimension=code]");
  if (target.back() != ']') return form;
  const std::vector<std::string> known = dimensions_of(definition, *question.measure);
  const std::string inside = target.substr(open + 1, target.size() - open - 2);
  if (inside.empty()) {
    return Error(Code::kInvalid,
                 fmt::format("explain: {}[] names no dimension; write {} alone, or {}[{}=CODE]",
                             name, name, name, known.front()));
  }
  for (std::size_t at = 0; at <= inside.size();) {
    const std::size_t comma = std::min(inside.find(',', at), inside.size());
    const std::string part = inside.substr(at, comma - at);
    at = comma + 1;
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos || equals == 0) return form;
    const std::string dimension = part.substr(0, equals);
    if (std::find(known.begin(), known.end(), dimension) == known.end()) {
      return Error(Code::kInvalid, fmt::format("explain: {} has no dimension {}{}", name,
                                               dimension.substr(0, 64), hint(dimension, known)));
    }
    if (equals + 1 == part.size()) {
      return Error(Code::kInvalid, fmt::format("explain: {}[{}=] names no code of the dimension {}",
                                               name, dimension, dimension));
    }
    const auto& times = time_dimensions();
    if (std::find(times.begin(), times.end(), dimension) != times.end() &&
        !Records::find(question.measure->from, question.measure->dated)) {
      return Error(Code::kInvalid,
                   fmt::format("explain: {} is not dated, so it has no {}", name, dimension));
    }
    question.where[dimension].push_back(part.substr(equals + 1));
  }
  return question;
}

std::string to_json(const Explanation& explanation) {
  rapidjson::StringBuffer buffer;
  Json json(buffer);
  json.StartObject();
  field(json, "schema", "lamplight-explanation/1");
  field(json, "figure", explanation.figure);
  field(json, "value", explanation.value);
  if (explanation.period) field(json, "period", to_string(*explanation.period));
  json.Key("of_change");
  json.Bool(explanation.of_change);
  json.Key("events");
  json.StartArray();
  for (const Contribution& of : explanation.events) {
    json.StartObject();
    event(json, of);
    field(json, "n", of.n);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return text_of(buffer);
}

std::string to_text(const Explanation& explanation, Language language) {
  const bool zh = language == Language::kChinese;
  std::string out =
      fmt::format("{}: {}\n", explanation.figure, number_text(explanation.value, 1, language));
  if (explanation.of_change && explanation.period) {
    const std::string period = to_string(*explanation.period);
    out += zh ? fmt::format(
                    "该数字是与上期相比的变化：此处只列 {} 的事件及其计数；上期的事件用 "
                    "--for 上期 查看。\n",
                    period)
              : fmt::format(
                    "The figure tells a change against the period before. Here are the count "
                    "and the events of {} alone; --for PERIOD lists those of the other.\n",
                    period);
  }
  TextTable table({zh ? "类型" : "subject", zh ? "单位" : "partner", zh ? "编号" : "reference",
                   zh ? "偏移" : "offset", zh ? "计数" : "adds"},
                  3);
  for (const Contribution& of : explanation.events) {
    table.add({of.subject, of.partner, of.partner_ref, fmt::format("{}", of.offset.value),
               fmt::format("{}", of.n)});
  }
  return out + table.to_string();
}

std::string to_json(const ReportDiff& diff) {
  rapidjson::StringBuffer buffer;
  Json json(buffer);
  json.StartObject();
  field(json, "schema", "lamplight-report-diff/1");
  field(json, "campaign", diff.campaign);
  field(json, "earlier", diff.earlier);
  field(json, "later", diff.later);
  field(json, "version_before", diff.version_before);
  field(json, "version_after", diff.version_after);
  json.Key("figures");
  json.StartArray();
  for (const FigureDiff& figure : diff.figures) {
    json.StartObject();
    field(json, "id", figure.figure);
    field(json, "before", figure.before);
    field(json, "after", figure.after);
    json.Key("events");
    json.StartArray();
    for (const ChangeOfAmount& change : figure.events) {
      json.StartObject();
      event(json, change.event);
      field(json, "took", change.before);
      field(json, "brought", change.after);
      json.EndObject();
    }
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return text_of(buffer);
}

std::string to_text(const ReportDiff& diff, Language language) {
  const bool zh = language == Language::kChinese;
  std::string out =
      fmt::format("{} {} → {}\n", diff.campaign, diff.earlier.value, diff.later.value);
  if (diff.version_before != diff.version_after)
    out += fmt::format("{} {} → {}\n", zh ? "定义版本" : "definition version", diff.version_before,
                       diff.version_after);
  for (const FigureDiff& figure : diff.figures) {
    out += fmt::format("\n{} ({}): {} → {}\n", figure.words.in(language), figure.figure,
                       number_text(figure.before, 1, language),
                       number_text(figure.after, 1, language));
    TextTable table({zh ? "类型" : "subject", zh ? "单位" : "partner", zh ? "编号" : "reference",
                     zh ? "偏移" : "offset", zh ? "减去" : "took", zh ? "带来" : "brought"},
                    3);
    for (const ChangeOfAmount& change : figure.events) {
      table.add({change.event.subject, change.event.partner, change.event.partner_ref,
                 fmt::format("{}", change.event.offset.value), fmt::format("{}", change.before),
                 fmt::format("{}", change.after)});
    }
    if (!figure.events.empty()) out += table.to_string();
  }
  if (diff.figures.empty()) out += zh ? "没有变化。\n" : "Nothing changed.\n";
  return out;
}

}  // namespace lamplight::tally
