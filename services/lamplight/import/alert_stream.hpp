#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "import/byte_source.hpp"
#include "import/mapping.hpp"
#include "model/field_error.hpp"

namespace lamplight::importer {

/// An alert of the input as one line of JSON, or what kept it from becoming one.
struct ImportItem {
  std::string json;                   ///< without line end; empty when there are problems
  std::uint64_t line = 0;             ///< of the input, where it begins
  std::uint64_t row = 0;              ///< 1-based: data rows of a CSV file, alerts of a JSON file
  std::optional<TimeUs> reported_at;  ///< known where it came from a mapping
  std::vector<FieldError> problems;
};

/// Rows left out on purpose, by reason.
struct Skipped {
  std::string reason;
  std::uint64_t count = 0;
  std::vector<std::uint64_t> first_lines;  ///< at most kExamples
};
inline constexpr std::size_t kExamples = 5;

struct StreamReport {
  std::uint64_t rows = 0;  ///< data rows (alerts of a JSON file) read
  std::vector<Skipped> skipped;
  std::vector<std::string> unused_columns;
};

/// The alerts of one input, front to back, once. Threads: one.
class AlertStream {
 public:
  virtual ~AlertStream() = default;
  /// False at the end. Errors end the stream: kInvalid and kTooLarge naming file, line and column; kIo.
  [[nodiscard]] virtual Result<bool> next(ImportItem& item) = 0;
  [[nodiscard]] virtual const StreamReport& report() const = 0;
};

/// Rows of a CSV file by a mapping. Memory: one row; with `[incident] rows = "anywhere"` all alerts of the file, about
/// 1 kB each, with "adjacent" eight bytes an incident. `reference_stem` goes before row numbers where the mapping has no
/// partner_ref. `bytes` and `mapping` must outlive it. Further errors of next(): what RowMapper::bind finds.
[[nodiscard]] std::unique_ptr<AlertStream> make_csv_stream(ByteSource& bytes,
                                                           const Mapping& mapping, std::string name,
                                                           std::string reference_stem);

/// Alerts as they are: a JSON array, or objects one behind the other (NDJSON). Looks no further than where an object
/// ends; its fields are intake's to check. Memory: one alert, at most 64 KiB. `bytes` must outlive it.
[[nodiscard]] std::unique_ptr<AlertStream> make_json_stream(ByteSource& bytes, std::string name);

}  // namespace lamplight::importer
