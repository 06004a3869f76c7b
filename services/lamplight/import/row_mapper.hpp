#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "import/alert_draft.hpp"
#include "import/csv_reader.hpp"
#include "import/mapping.hpp"
#include "model/field_error.hpp"

namespace lamplight::importer {

/// Turns rows into drafts as a mapping says, once the columns of the file are known. Threads: one.
class RowMapper {
 public:
  /// `header`: the names in the file's first row, or none where the mapping names the columns or uses numbers alone.
  /// `width`: columns of the file's first row. `reference_stem` goes before row numbers where alerts are numbered by
  /// row. `mapping` must outlive it.
  /// Errors: kInvalid naming the mapping's line and the column that is not there, or there twice.
  [[nodiscard]] static Result<RowMapper> bind(const Mapping& mapping,
                                              const std::vector<std::string>& header,
                                              std::size_t width, std::string reference_stem);

  /// The skip rule that takes the row out; its index in Mapping::skip, -1 for none.
  [[nodiscard]] int skipped_by(const CsvRow& row) const;
  /// The incident's key, with the parts' borders in it. Empty when one of its columns is blank.
  void key_of(const CsvRow& row, std::string& out) const;
  /// Fills `out`; what is wrong is appended to `problems`. `number` counts the data rows from 1. Stages without a date
  /// wait in AlertDraft::dateless where the row itself does not say what they count from.
  void map(const CsvRow& row, std::uint64_t number, AlertDraft& out,
           std::vector<FieldError>& problems);
  /// Once all rows of the alert are in: the stages that waited count from what the rows together say.
  void settle(AlertDraft& draft, std::vector<FieldError>& problems) const;

  [[nodiscard]] std::size_t width() const { return width_; }
  /// Names of the file's columns that the mapping neither uses nor ignores.
  [[nodiscard]] const std::vector<std::string>& unused_columns() const { return unused_; }

 private:
  explicit RowMapper(const Mapping& mapping) : mapping_(&mapping) {}

  [[nodiscard]] Result<void> resolve(const ColumnName& name,
                                     const std::vector<std::string>& header);
  void note_unused(const std::vector<std::string>& header);
  [[nodiscard]] std::string_view value(const CsvRow& row, std::size_t column) const;
  [[nodiscard]] std::string_view source_text(const Source& source, const CsvRow& row);
  void map_text(const TextSpec& spec, std::string_view field, const CsvRow& row, std::string& out,
                std::vector<FieldError>& problems);
  void map_codes(const std::vector<TextSpec>& specs, std::string_view field, const CsvRow& row,
                 std::vector<std::string>& out, std::vector<FieldError>& problems);
  void map_report(const CsvRow& row, ReportDraft& out, std::vector<FieldError>& problems);
  void map_count(std::size_t spec, const CsvRow& row, ReportDraft& out,
                 std::vector<FieldError>& problems);
  void map_number(const NumberSpec& spec, std::string_view field, const CsvRow& row,
                  std::optional<std::int64_t>& out, std::vector<FieldError>& problems);
  void map_time(const TimeSpec& spec, std::string_view field, const CsvRow& row,
                std::optional<Stamp>& out, std::vector<FieldError>& problems);
  void map_stage(std::size_t stage, const CsvRow& row, AlertDraft& out,
                 std::vector<FieldError>& problems);
  [[nodiscard]] std::optional<CivilParts> parse_time(const TimeSpec& spec, std::string_view field,
                                                     const CsvRow& row,
                                                     std::vector<FieldError>& problems);
  void map_amount(const AmountSpec& spec, const CsvRow& row, AlertDraft& out,
                  std::vector<FieldError>& problems);
  void map_reference(const CsvRow& row, std::uint64_t number, AlertDraft& out,
                     std::vector<FieldError>& problems);

  const Mapping* mapping_;
  std::vector<std::size_t> places_;  // of Mapping::columns in the row
  std::size_t width_ = 0;
  std::string reference_stem_;
  std::vector<std::string> unused_;
  std::vector<std::string> place_names_;  // for messages: places/zip
  std::vector<std::string> stage_names_;
  std::string joined_;  // room for templates
  std::string scratch_;
};

/// The code steps of a spec, from the value in the file to the code; problems go to `problem`. Empty when blank.
void apply_steps(const TextSpec& spec, std::string_view value, std::string& out,
                 const char*& problem);

/// A whole number: "1,234", "-5". Nothing for anything else.
[[nodiscard]] std::optional<std::int64_t> whole_number_from(std::string_view text);

/// A decimal amount with at most the digits that whole fen allow: "1,234.50", "¥88". Nothing for anything else.
[[nodiscard]] std::optional<std::int64_t> amount_from(std::string_view text,
                                                      std::int64_t fen_per_unit);

}  // namespace lamplight::importer
