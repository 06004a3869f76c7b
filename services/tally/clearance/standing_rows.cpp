#include "tally/clearance/standing_rows.hpp"

#include <set>
#include <tuple>

#include "base/check.hpp"

namespace lamplight::tally {

const std::vector<std::uint32_t>& rows_of(const RowsByText& rows, std::string_view text) {
  static const std::vector<std::uint32_t> kNone;
  const auto found = rows.find(text);
  return found == rows.end() ? kNone : found->second;
}

StandingRows::StandingRows(const FactsView& view, FactKind kind, Offset as_of)
    : view_(view), kind_(kind) {
  const auto& changes = view.changes[static_cast<std::size_t>(kind)];
  std::set<std::uint32_t> standing;
  for (std::size_t i = 0; i < changes.size() && changes[i].offset <= as_of.value; ++i) {
    if (changes[i].from != Change::kNoRow) standing.erase(changes[i].from);
    if (changes[i].to != Change::kNoRow) standing.insert(changes[i].to);
  }
  for (const std::uint32_t row : standing) {
    if (view.facts[row].status == AlertStatus::kActual) rows_.push_back(row);
  }
}

Cell StandingRows::cell(std::uint32_t row, std::string_view field) const {
  const auto column = find_column(kind_, field);
  LAMPLIGHT_CHECK(column.has_value(), "a report lacks a field that this view reads");
  return view_.cell(fact(row), *column);
}

std::string_view StandingRows::text(std::uint32_t row, std::string_view field) const {
  const Cell found = cell(row, field);
  return found == kNothing ? std::string_view{} : view_.texts[static_cast<TextId>(found)];
}

std::optional<std::int64_t> StandingRows::number(std::uint32_t row, std::string_view field) const {
  const Cell found = cell(row, field);
  if (found == kNothing) return std::nullopt;
  return static_cast<std::int64_t>(found);
}

std::optional<Stamp> StandingRows::stamp(std::uint32_t row, std::string_view field) const {
  const Cell found = cell(row, field);
  if (found == kNothing) return std::nullopt;
  return stamp_of(found);
}

std::vector<std::string> StandingRows::codes(std::uint32_t row, std::string_view field) const {
  std::vector<std::string> all;
  const Cell found = cell(row, field);
  if (found == kNothing) return all;
  const Run run = run_of(found);
  for (std::uint64_t at = run.at; at < run.at + run.size; ++at) {
    all.emplace_back(view_.texts[view_.codes[at]]);
  }
  return all;
}

std::vector<CountCell> StandingRows::counts(std::uint32_t row) const {
  std::vector<CountCell> all;
  const Cell found = cell(row, "counts");
  if (found == kNothing) return all;
  const Run run = run_of(found);
  for (std::uint64_t at = run.at; at < run.at + run.size; ++at) all.push_back(view_.counts[at]);
  return all;
}

std::vector<StageCell> StandingRows::stages(std::uint32_t row, std::string_view field) const {
  std::vector<StageCell> all;
  const Cell found = cell(row, field);
  if (found == kNothing) return all;
  const Run run = run_of(found);
  for (std::uint64_t at = run.at; at < run.at + run.size; ++at) all.push_back(view_.stages[at]);
  return all;
}

RowsByText StandingRows::by_text(std::string_view field) const {
  RowsByText by;
  for (const std::uint32_t row : rows_) {
    if (const auto said = text(row, field); !said.empty()) by[said].push_back(row);
  }
  return by;
}

std::string_view StandingRows::key_maker(std::uint32_t row) const {
  return text(row, "person_scope") == "district" ? std::string_view{} : partner(row);
}

bool StandingRows::later(std::uint32_t a, std::uint32_t b, std::string_view first) const {
  const auto at_a = stamp(a, first);
  const auto at_b = stamp(b, first);
  const std::int64_t us_a = at_a ? at_a->at.value : 0;
  const std::int64_t us_b = at_b ? at_b->at.value : 0;
  const std::string_view partner_a = partner(a);
  const std::string_view partner_b = partner(b);
  return std::tie(us_a, partner_a, fact(a).partner_ref) >
         std::tie(us_b, partner_b, fact(b).partner_ref);
}

}  // namespace lamplight::tally
