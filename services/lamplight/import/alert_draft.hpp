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

/// What the rows of one alert have said so far. Empty texts and absent stamps are "not said".
struct AlertDraft {
  std::uint64_t line = 0;  ///< of its first row
  std::uint64_t row = 0;   ///< 1-based among the file's data rows
  std::array<std::string, kTextFields> texts;
  std::vector<std::string> operations;  ///< none twice
  std::vector<std::string> places;      ///< one a place of the mapping
  std::optional<Stamp> occurred_at;
  std::optional<Stamp> reported_at;
  std::vector<std::optional<Stamp>> stages;  ///< one a stage of the mapping
  std::vector<std::uint64_t> stage_rows;     ///< the row that each of them is from
  std::vector<DatelessStage> dateless;       ///< stages to be settled when all rows are known
  std::optional<std::int64_t> amount_fen;

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

/// What keeps the draft from being an alert, beyond what its rows told. Empty: nothing.
[[nodiscard]] std::vector<FieldError> missing_fields(const AlertDraft& draft);

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
