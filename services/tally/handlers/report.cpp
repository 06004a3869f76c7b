#include "tally/handlers/report.hpp"

#include <charconv>
#include <memory>

#include "http/problem.hpp"
#include "model/rfc3339.hpp"

namespace lamplight::tally {

namespace {

http::Problem to_problem(const Error& error) {
  http::Problem problem;
  const bool later = error.code() == Code::kTimeout || error.code() == Code::kOverloaded ||
                     error.code() == Code::kUnavailable;
  problem.status = later ? 503 : 400;
  problem.type = later ? "not-ready" : "invalid-report";
  problem.title = later ? "The report cannot be made yet" : "The report cannot be made as asked";
  problem.detail = error.message();
  return problem;
}

std::optional<std::uint64_t> to_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct Wish {
  ReportOrder order;
  bool text = false;
  Language language = Language::kEnglish;
};

Result<void> read_spec(const http::Request& request, ReportSpec& out) {
  if (request.body.empty()) {
    out = default_spec();
    return {};
  }
  const std::string_view type = request.header("Content-Type");
  const bool toml = type.starts_with("text/toml") || type.starts_with("application/toml");
  if (!toml && !type.starts_with("application/json")) {
    return Error(Code::kInvalid, "Content-Type: a report spec is text/toml or application/json");
  }
  auto spec = toml ? spec_from_toml(request.body) : spec_from_json(request.body);
  if (!spec) return spec.error();
  out = std::move(*spec);
  return {};
}

Result<void> read_moment(std::string_view text, AsOf& out) {
  if (text.empty()) return {};
  if (const auto offset = to_number(text)) {
    out.offset = Offset{*offset};
    return {};
  }
  Stamp stamp;
  if (const StampFault fault = parse_rfc3339(text, stamp); fault != StampFault::kNone) {
    return Error(Code::kInvalid, "as_of: an offset or a time like 2022-08-25T20:15:00+08:00; " +
                                     std::string(hint(fault)));
  }
  out.time = stamp.at;
  return {};
}

Result<Wish> read(const http::Request& request) {
  static constexpr std::array<std::string_view, 5> kKnown{"as_of", "for", "at_least", "format",
                                                          "lang"};
  for (const auto& [name, value] : request.query) {
    if (std::find(kKnown.begin(), kKnown.end(), name) == kKnown.end()) {
      return Error(Code::kInvalid,
                   "query: unknown parameter; known are as_of, for, at_least, format, lang");
    }
  }
  Wish wish;
  if (auto spec = read_spec(request, wish.order.spec); !spec) return spec.error();
  if (auto moment = read_moment(request.query_value("as_of"), wish.order.as_of); !moment)
    return moment.error();
  if (const auto text = request.query_value("for"); !text.empty()) {
    const auto period = parse_period(text);
    if (!period) return period.error().with("for");
    wish.order.period = *period;
  }
  if (const auto text = request.query_value("at_least"); !text.empty()) {
    const auto offset = to_number(text);
    if (!offset) return Error(Code::kInvalid, "at_least: an offset");
    wish.order.at_least = Offset{*offset};
  }
  const auto format = request.query_value("format");
  if (!format.empty() && format != "json" && format != "text")
    return Error(Code::kInvalid, "format: json or text");
  wish.text = format == "text";
  const auto lang = request.query_value("lang");
  if (!lang.empty() && lang != "zh" && lang != "en") return Error(Code::kInvalid, "lang: zh or en");
  wish.language = lang == "zh" ? Language::kChinese : Language::kEnglish;
  return wish;
}

}  // namespace

void ReportHandler::operator()(const http::Request& request, http::ResponderPtr responder) const {
  auto wish = read(request);
  if (!wish) return responder->answer(http::to_response(to_problem(wish.error()), request.id));
  wish->order.done = [this, responder, text = wish->text, language = wish->language,
                      id = request.id](const Result<Report>& report) {
    if (!report) return responder->answer(http::to_response(to_problem(report.error()), id));
    const std::int64_t from = clock_.monotonic_us();
    http::Response response;
    response.content_type = text ? "text/plain; charset=utf-8" : "application/json";
    response.body = text ? to_text(*report, codes_, language) : to_json(*report);
    metrics_.record_report(static_cast<double>(clock_.monotonic_us() - from) / 1e6);
    responder->answer(std::move(response));
  };
  if (auto taken = desk_.order(std::move(wish->order)); !taken) {
    responder->answer(http::to_response(to_problem(taken.error()), request.id));
  }
}

}  // namespace lamplight::tally
