#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/civil.hpp"

namespace lamplight::importer {

/// What a text says of a time: as much as its format names.
struct CivilParts {
  std::optional<Day> day;                      ///< absent: a time of day alone
  std::int64_t of_day_us = 0;                  ///< since midnight
  std::optional<std::int16_t> offset_minutes;  ///< %z
  std::optional<TimeUs> instant;               ///< %s: nothing else is set then
};

/// A format of dates and times, strptime's letters: docs/import.md lists them. Independent of the locale.
class TimeFormat {
 public:
  /// Errors: kInvalid naming the letter or the missing part.
  [[nodiscard]] static Result<TimeFormat> compile(std::string_view format);

  /// The whole text must match. Nothing for a text of another shape, a day the calendar does not have, or second 60.
  [[nodiscard]] std::optional<CivilParts> parse(std::string_view text) const;

  [[nodiscard]] bool has_date() const { return has_date_; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  struct Step {
    char letter = 0;  ///< 0: the literal; ' ': any white space, also none
    std::string literal;
  };
  struct Reading;

  [[nodiscard]] Result<void> add_letter(char letter);
  [[nodiscard]] Result<void> check() const;
  [[nodiscard]] bool uses(std::string_view letters) const;

  std::string text_;
  std::vector<Step> steps_;
  bool has_date_ = false;
};

}  // namespace lamplight::importer
