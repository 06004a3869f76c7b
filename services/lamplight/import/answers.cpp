#include "import/answers.hpp"

#include <fmt/core.h>
#include <simdjson.h>

#include "model/rfc3339.hpp"

namespace lamplight::importer {

namespace {

std::string text_of(simdjson::dom::element element, std::string_view key) {
  std::string_view text;
  return element[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::vector<FieldError> problems_of(simdjson::dom::element problem) {
  std::vector<FieldError> out;
  simdjson::dom::array errors;
  if (problem["errors"].get(errors) == simdjson::SUCCESS) {
    for (const simdjson::dom::element error : errors) {
      out.push_back({text_of(error, "pointer"), text_of(error, "rule"), text_of(error, "hint")});
    }
  }
  if (!out.empty()) return out;
  // What breaks no single field is told by the problem's type: urn:lamplight:problem:key_reused.
  const std::string type = text_of(problem, "type");
  const std::string detail = text_of(problem, "detail");
  out.push_back(
      {"", type.substr(type.rfind(':') + 1), detail.empty() ? text_of(problem, "title") : detail});
  return out;
}

}  // namespace

struct AnswerReader::Parts {
  simdjson::dom::parser parser;
  // A document of the parser; it lives until the next one. Null when the text is no JSON.
  std::optional<simdjson::dom::element> parse(std::string_view text) {
    simdjson::dom::element element;
    if (parser.parse(text.data(), text.size()).get(element) != simdjson::SUCCESS)
      return std::nullopt;
    return element;
  }
};

AnswerReader::AnswerReader() : parts_(std::make_unique<Parts>()) {}
AnswerReader::~AnswerReader() = default;

std::optional<std::vector<ItemAnswer>> AnswerReader::read_batch(std::string_view body,
                                                                std::size_t count) {
  std::vector<ItemAnswer> answers;
  answers.reserve(count);
  while (!body.empty()) {
    const auto end = body.find('\n');
    const std::string_view line = body.substr(0, end);
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
    if (line.empty()) continue;
    const auto item = parts_->parse(line);
    std::uint64_t index = 0;
    std::uint64_t status = 0;
    if (!item || (*item)["index"].get(index) != simdjson::SUCCESS ||
        (*item)["status"].get(status) != simdjson::SUCCESS || index != answers.size() ||
        status > 999) {
      return std::nullopt;
    }
    ItemAnswer answer{static_cast<unsigned>(status), text_of(*item, "id"), {}};
    simdjson::dom::element problem;
    if ((*item)["problem"].get(problem) == simdjson::SUCCESS)
      answer.problems = problems_of(problem);
    answers.push_back(std::move(answer));
  }
  if (answers.size() != count) return std::nullopt;
  return answers;
}

std::string AnswerReader::read_problem(std::string_view body) {
  constexpr std::size_t kShown = 200;
  const auto problem = parts_->parse(body);
  const std::string title = problem ? text_of(*problem, "title") : "";
  if (title.empty()) return std::string(body.substr(0, kShown));
  return fmt::format("{}: {}", title, text_of(*problem, "detail"));
}

std::optional<bool> AnswerReader::flag(std::string_view object, std::string_view key) {
  const auto element = parts_->parse(object);
  bool value = false;
  if (!element || (*element)[key].get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

std::optional<TimeUs> AnswerReader::reported_at(std::string_view alert) {
  const auto element = parts_->parse(alert);
  std::string_view text;
  if (!element || (*element)["reported_at"].get(text) != simdjson::SUCCESS) return std::nullopt;
  Stamp stamp;
  if (parse_rfc3339(text, stamp) != StampFault::kNone) return std::nullopt;
  return stamp.at;
}

}  // namespace lamplight::importer
