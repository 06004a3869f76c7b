#include "tally/question.hpp"

#include <algorithm>
#include <charconv>

#include "model/rfc3339.hpp"
#include "tally/hint.hpp"

namespace lamplight::tally {
namespace {

Result<ReportSpec> read_spec(std::string_view content_type, std::string_view body) {
  if (body.empty()) return default_spec();
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  if (type == "application/json") return spec_from_json(body);
  if (type == "text/toml" || type == "application/toml") return spec_from_toml(body);
  return Error(Code::kUnsupported, "the spec's content type must be text/toml or application/json");
}

Result<void> read_parameter(Question& question, const std::string& name, const std::string& value) {
  const auto invalid = [&](const char* choices) {
    return Error(Code::kInvalid, "query parameter " + name + " must be one of " + choices);
  };
  if (name == "as_of") {
    const auto as_of = parse_as_of(value);
    if (!as_of) return as_of.error();
    question.as_of = *as_of;
  } else if (name == "at_least") {
    const auto offset = parse_as_of(value);
    if (!offset || !offset->offset)
      return Error(Code::kInvalid, "at_least: give an offset such as 1234");
    question.at_least = *offset->offset;
  } else if (name == "for") {
    const auto period = parse_period(value);
    if (!period) return period.error();
    question.period = *period;
  } else if (name == "format") {
    if (value != "json" && value != "text") return invalid("json, text");
    question.format = value == "json" ? ReportFormat::kJson : ReportFormat::kText;
  } else if (name == "lang") {
    if (value != "zh" && value != "en") return invalid("zh, en");
    question.language = value == "zh" ? Language::kChinese : Language::kEnglish;
  } else {
    const std::string known =
        hint(std::string_view(name).substr(0, 64), {"as_of", "at_least", "for", "format", "lang"});
    return Error(Code::kInvalid, "no query parameter of that name" + known);
  }
  return {};
}

}  // namespace

Result<AsOf> parse_as_of(std::string_view text) {
  std::uint64_t offset = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), offset);
  if (error == std::errc{} && end == text.data() + text.size())
    return AsOf{.offset = Offset{offset}};
  Stamp stamp;
  if (parse_rfc3339(text, stamp) == StampFault::kNone) return AsOf{.time = stamp.at};
  return Error(Code::kInvalid,
               "as of: give an offset such as 1234, or a time with its zone such as "
               "2022-08-25T20:00:00+08:00");
}

Result<Question> parse_question(const std::vector<std::pair<std::string, std::string>>& query,
                                std::string_view content_type, std::string_view body) {
  Question question;
  for (const auto& [name, value] : query) {
    if (auto read = read_parameter(question, name, value); !read) return read.error();
  }
  auto spec = read_spec(content_type, body);
  if (!spec) return spec.error();
  question.spec = std::move(*spec);
  return question;
}

}  // namespace lamplight::tally
