#include <fmt/core.h>

#include <utility>

#include "import/row_mapper.hpp"

/// The part of RowMapper that is of reports alone.
namespace lamplight::importer {

void RowMapper::map_report(const CsvRow& row, ReportDraft& out, std::vector<FieldError>& problems) {
  const ReportSpec& spec = mapping_->report;
  out.texts.resize(spec.texts.size());
  for (std::size_t i = 0; i < spec.texts.size(); ++i)
    map_text(spec.texts[i].second, spec.texts[i].first, row, out.texts[i], problems);
  out.lists.resize(spec.lists.size());
  for (std::size_t i = 0; i < spec.lists.size(); ++i)
    map_codes(spec.lists[i].second, spec.lists[i].first, row, out.lists[i], problems);
  out.times.resize(spec.times.size());
  for (std::size_t i = 0; i < spec.times.size(); ++i)
    map_time(spec.times[i].second, spec.times[i].first, row, out.times[i], problems);
  out.numbers.resize(spec.numbers.size());
  for (std::size_t i = 0; i < spec.numbers.size(); ++i)
    map_number(spec.numbers[i].second, spec.numbers[i].first, row, out.numbers[i], problems);
  out.counts.clear();
  for (std::size_t i = 0; i < spec.counts.size(); ++i) map_count(i, row, out, problems);
}

// A blank number says nothing, which is not 0: there is no such count then.
void RowMapper::map_count(std::size_t number, const CsvRow& row, ReportDraft& out,
                          std::vector<FieldError>& problems) {
  const CountSpec& spec = mapping_->report.counts[number];
  const std::string field = fmt::format("counts/{}", number);
  std::optional<std::int64_t> n;
  map_number(spec.n, field + "/n", row, n, problems);
  if (!n) return;
  DraftCount count;
  count.spec = number;
  count.n = *n;
  map_text(spec.what, field + "/what", row, count.what, problems);
  if (spec.kind) map_text(*spec.kind, field + "/kind", row, count.kind, problems);
  if (spec.result) map_text(*spec.result, field + "/result", row, count.result, problems);
  if (spec.bound) map_text(*spec.bound, field + "/bound", row, count.bound, problems);
  if (count.what.empty()) {
    problems.push_back({"/" + field + "/what", "required", "is blank where there is a number"});
    return;
  }
  out.counts.push_back(std::move(count));
}

void RowMapper::map_number(const NumberSpec& spec, std::string_view field, const CsvRow& row,
                           std::optional<std::int64_t>& out, std::vector<FieldError>& problems) {
  out.reset();
  const std::string_view text = source_text(spec.source, row);
  if (text.empty()) return;
  out = spec.fen_per_unit ? amount_from(text, *spec.fen_per_unit) : whole_number_from(text);
  if (out) return;
  problems.push_back(
      {"/" + std::string(field), spec.fen_per_unit ? "amount" : "integer",
       spec.fen_per_unit
           ? "must be a decimal number that is not negative and no finer than a fen: 1234.50"
           : "must be a whole number: 1234 or 1,234; leave the cell blank where nothing was said"});
}

}  // namespace lamplight::importer
