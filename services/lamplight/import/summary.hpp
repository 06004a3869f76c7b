#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "import/alert_stream.hpp"

namespace lamplight::importer {

/// What became of a run, as told to people and to programs.
struct Summary {
  struct Refusals {
    std::uint64_t count = 0;
    std::string hint;
    std::vector<std::uint64_t> first_lines;  ///< at most kExamples
  };
  std::vector<std::string> files;
  bool dry_run = false;
  std::string record = "alert";  ///< what the files hold
  double seconds = 0;
  std::uint64_t rows = 0;    ///< read
  std::uint64_t alerts = 0;  ///< made of them; a row that is refused counts as one
  std::uint64_t accepted =
      0;  ///< on the log, a repeat of the same import included (a dry run: keep the rules)
  std::uint64_t duplicates = 0;  ///< were on the log already, sent under another key
  std::uint64_t refused = 0;
  std::uint64_t remembered = 0;      ///< passed over: an earlier, interrupted run had them answered
  std::uint64_t refused_before = 0;  ///< of the remembered ones
  std::map<std::pair<std::string, std::string>, Refusals> refusals;  ///< by pointer and rule
  std::vector<Skipped> skipped;
  std::vector<std::string> unused_columns;
  std::vector<std::string> shown;    ///< a dry run: its first alerts, as JSON
  std::vector<std::string> rejects;  ///< files with what was refused

  void count_refusal(const std::vector<FieldError>& problems, std::uint64_t line);
  void add(const StreamReport& report);
  [[nodiscard]] std::uint64_t skipped_rows() const;
  [[nodiscard]] double rows_per_second() const {
    return seconds > 0 ? static_cast<double>(rows) / seconds : 0;
  }
};

/// Several lines for people.
[[nodiscard]] std::string to_text(const Summary& summary);
/// One line of JSON.
[[nodiscard]] std::string to_json(const Summary& summary);

}  // namespace lamplight::importer
