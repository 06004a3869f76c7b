#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "import/mapping.hpp"
#include "model/alert.hpp"
#include "model/field_error.hpp"

namespace lamplight::importer {

/// A stage that a row gave as a time of day alone, when the row itself did not say what it counts from.
struct DatelessStage {
  std::size_t stage = 0;
  std::uint64_t row = 0;
  std::int64_t of_day_us = 0;
  std::optional<std::int16_t> offset_minutes;
  std::optional<Stamp> reported;  ///< the row's own reported_at
};

/// One number of a report's counts.
struct DraftCount {
  std::size_t spec = 0;  ///< in ReportSpec::counts
  std::string what;
  std::string kind;
  std::string result;
  std::string bound;
  std::int64_t n = 0;
};

/// What the rows of one report have said so far, beyond what an alert says: one place a field of the mapping's ReportSpec.
struct ReportDraft {
  std::vector<std::string> texts;
  std::vector<std::vector<std::string>> lists;  ///< none twice
  std::vector<std::optional<Stamp>> times;
  std::vector<std::optional<std::int64_t>> numbers;
  std::vector<DraftCount> counts;
};

/// What the rows of one alert have said so far. Empty texts and absent stamps are "not said".
struct AlertDraft {
  std::uint64_t line = 0;  ///< of its first row
  std::uint64_t row = 0;   ///< 1-based among the file's data rows
  std::array<std::string, kTextFields> texts;
  std::vector<std::string> operations;  ///< none twice
  std::vector<std::string> places;      ///< one a place of the mapping
  std::optional<Stamp> occurred_at;     ///< of a report: happened_at
  std::optional<Stamp> reported_at;
  std::vector<std::optional<Stamp>> stages;  ///< one a stage of the mapping
  std::vector<std::uint64_t> stage_rows;     ///< the row that each of them is from
  std::vector<DatelessStage> dateless;       ///< stages to be settled when all rows are known
  std::optional<std::int64_t> amount_fen;
  ReportDraft report;  ///< where the mapping makes reports

  [[nodiscard]] std::string& text(TextField field) {
    return texts[static_cast<std::size_t>(field)];
  }
  [[nodiscard]] const std::string& text(TextField field) const {
    return texts[static_cast<std::size_t>(field)];
  }
};

/// Takes a further row of the same incident in, field by field as the mapping's `take` says.
void merge(const Mapping& mapping, AlertDraft& into, const AlertDraft& row);

/// Takes a stage of a row in, as `take` says; rows may come in any order.
void merge_stage(Take take, AlertDraft& into, std::size_t stage, const Stamp& at,
                 std::uint64_t row);

/// The part of `merge` that is of reports alone. Counts of one kind and result become one by the `take` of their n.
void merge_report(const ReportSpec& spec, ReportDraft& into, const ReportDraft& row);

// How single values are merged; what is blank or absent changes nothing.
void merge_text(Take take, std::string& into, const std::string& row);
void merge_stamp(Take take, std::optional<Stamp>& into, const std::optional<Stamp>& row);
void merge_number(Take take, std::optional<std::int64_t>& into,
                  const std::optional<std::int64_t>& row);
void merge_codes(std::vector<std::string>& into, const std::vector<std::string>& row);

/// What keeps the draft from being an alert (or the report that the mapping makes), beyond what its rows told. Empty:
/// nothing.
[[nodiscard]] std::vector<FieldError> missing_fields(const Mapping& mapping,
                                                     const AlertDraft& draft);
/// The same of a report.
[[nodiscard]] std::vector<FieldError> missing_report_fields(const Mapping& mapping,
                                                            const AlertDraft& draft);
/// Writes a draft as the report that the mapping makes: one line of JSON, in the schema's order. `out` is replaced.
void write_report(const Mapping& mapping, const AlertDraft& draft, std::string& out);
/// Codes and counts in an order that is not that of the rows.
void sort_codes(AlertDraft& draft);

/// Writes drafts as the JSON that intake takes, one line each. Threads: one.
class AlertWriter {
 public:
  explicit AlertWriter(const Mapping& mapping) : mapping_(mapping) {}
  /// `out` is replaced. Errors: kInvalid when a code that must be an id or a status is none; names the field.
  [[nodiscard]] std::optional<FieldError> write(const AlertDraft& draft, std::string& out);

 private:
  const Mapping& mapping_;
  AlertReceived alert_;  // keeps the room of its vectors
};

}  // namespace lamplight::importer
