#include "import/summary.hpp"

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <iterator>

namespace lamplight::importer {

namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

std::string lines_of(const std::vector<std::uint64_t>& lines, std::uint64_t count) {
  std::string out = count == 1 ? "line " : "lines ";
  for (std::size_t i = 0; i < lines.size(); ++i)
    out += fmt::format("{}{}", i == 0 ? "" : ", ", lines[i]);
  if (count > lines.size()) out += ", …";
  return out;
}

void put(Writer& json, const char* key, std::string_view text) {
  json.Key(key);
  json.String(text.data() == nullptr ? "" : text.data(),
              static_cast<rapidjson::SizeType>(text.size()));
}
void put(Writer& json, const char* key, std::uint64_t number) {
  json.Key(key);
  json.Uint64(number);
}
void put(Writer& json, const char* key, const std::vector<std::uint64_t>& numbers) {
  json.Key(key);
  json.StartArray();
  for (const std::uint64_t number : numbers) json.Uint64(number);
  json.EndArray();
}
void put(Writer& json, const char* key, const std::vector<std::string>& texts) {
  json.Key(key);
  json.StartArray();
  for (const std::string& text : texts)
    json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  json.EndArray();
}

}  // namespace

void Summary::count_refusal(const std::vector<FieldError>& problems, std::uint64_t line) {
  ++refused;
  for (const FieldError& problem : problems) {
    Refusals& refusal = refusals[{problem.pointer, problem.rule}];
    if (refusal.count++ == 0) refusal.hint = problem.hint;
    if (refusal.first_lines.size() < kExamples) refusal.first_lines.push_back(line);
  }
}

void Summary::add(const StreamReport& report) {
  rows += report.rows;
  for (const Skipped& skip : report.skipped) {
    if (skip.count > 0) skipped.push_back(skip);
  }
  for (const std::string& column : report.unused_columns) {
    if (std::find(unused_columns.begin(), unused_columns.end(), column) == unused_columns.end()) {
      unused_columns.push_back(column);
    }
  }
}

std::uint64_t Summary::skipped_rows() const {
  std::uint64_t sum = 0;
  for (const Skipped& skip : skipped) sum += skip.count;
  return sum;
}

std::string to_text(const Summary& summary) {
  std::string out;
  const auto line = [&out](std::string_view name, std::uint64_t count, std::string_view what) {
    fmt::format_to(std::back_inserter(out), "{:<12}{:>12}  {}\n", name, count, what);
  };
  line(
      "rows", summary.rows,
      fmt::format("read in {:.1f} s, {:.0f} a second", summary.seconds, summary.rows_per_second()));
  for (const Skipped& skip : summary.skipped) {
    line("skipped", skip.count,
         fmt::format("{} ({})", skip.reason, lines_of(skip.first_lines, skip.count)));
  }
  const std::string_view items = summary.record == "alert" ? "alerts" : "reports";
  line(items, summary.alerts, "made of the rest");
  if (summary.remembered > 0)
    line("remembered", summary.remembered, "answered in an earlier run that was interrupted");
  line("accepted", summary.accepted,
       summary.dry_run ? "keep every rule; nothing was sent (dry run)" : "are on the log");
  if (!summary.dry_run)
    line("duplicates", summary.duplicates, "were on the log before, from another import");
  line("refused", summary.refused, summary.refused == 0 ? "" : "by:");
  for (const auto& [by, refusal] : summary.refusals) {
    const std::string& pointer = by.first;
    line("", refusal.count,
         fmt::format("{}{}{}: {} ({})", pointer, pointer.empty() ? "" : " ", by.second,
                     refusal.hint, lines_of(refusal.first_lines, refusal.count)));
  }
  for (const std::string& file : summary.rejects)
    out += fmt::format("What was refused is in {}\n", file);
  if (!summary.shown.empty())
    out += fmt::format("The first {}; are midnight, zone and codes as they should be?\n", items);
  for (const std::string& alert : summary.shown) out += alert + '\n';
  if (!summary.unused_columns.empty()) {
    out += "Columns that the mapping does not use:";
    for (const std::string& column : summary.unused_columns) out += fmt::format(" \"{}\"", column);
    out += '\n';
  }
  return out;
}

std::string to_json(const Summary& summary) {
  rapidjson::StringBuffer buffer;
  Writer json(buffer);
  json.StartObject();
  put(json, "files", summary.files);
  put(json, "record", std::string_view(summary.record));
  json.Key("dry_run");
  json.Bool(summary.dry_run);
  put(json, "rows", summary.rows);
  json.Key("seconds");
  json.Double(summary.seconds);
  json.Key("rows_per_s");
  json.Double(summary.rows_per_second());
  put(json, "skipped", summary.skipped_rows());
  put(json, "alerts", summary.alerts);
  put(json, "remembered", summary.remembered);
  put(json, "accepted", summary.accepted);
  put(json, "duplicates", summary.duplicates);
  put(json, "refused", summary.refused);
  json.Key("refusals");
  json.StartArray();
  for (const auto& [by, refusal] : summary.refusals) {
    json.StartObject();
    put(json, "pointer", by.first);
    put(json, "rule", by.second);
    put(json, "hint", refusal.hint);
    put(json, "count", refusal.count);
    put(json, "lines", refusal.first_lines);
    json.EndObject();
  }
  json.EndArray();
  json.Key("skips");
  json.StartArray();
  for (const Skipped& skip : summary.skipped) {
    json.StartObject();
    put(json, "reason", skip.reason);
    put(json, "count", skip.count);
    put(json, "lines", skip.first_lines);
    json.EndObject();
  }
  json.EndArray();
  put(json, "unused_columns", summary.unused_columns);
  put(json, "rejects", summary.rejects);
  if (summary.dry_run) {
    json.Key("shown");
    json.StartArray();
    for (const std::string& alert : summary.shown)
      json.RawValue(alert.data(), alert.size(), rapidjson::kObjectType);
    json.EndArray();
  }
  json.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace lamplight::importer
