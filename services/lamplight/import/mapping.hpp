#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "import/csv_reader.hpp"
#include "import/record_info.hpp"
#include "import/text_decoder.hpp"
#include "import/time_format.hpp"
#include "import/zone.hpp"

/// What a mapping file says, ready to be used: how rows of a CSV file become alerts, or reports of one kind. docs/import.md is its reference.
namespace lamplight::importer {

/// A column as the mapping names it: by its name in the header, or by its 1-based number.
struct ColumnName {
  std::string name;          ///< empty when by number
  std::uint32_t number = 0;  ///< 0 when by name
  std::uint32_t line = 0;    ///< of the mapping file, where it is first named
  bool operator==(const ColumnName& other) const {
    return name == other.name && number == other.number;
  }
};

/// A part of a value: a literal, or the value of Mapping::columns[column].
struct Piece {
  std::string literal;
  std::optional<std::size_t> column;
  bool may_be_blank = false;  ///< "{Name?}": blank does not make the whole value blank
};

/// Which row of an incident a value is taken from.
enum class Take : std::uint8_t { kFirst, kLast, kMin, kMax, kSum };

/// Where a value comes from.
struct Source {
  std::vector<Piece> pieces;  ///< empty: the row's number in the file
  Take take = Take::kFirst;
};

struct Split {
  std::string at;
  std::size_t part = 0;  ///< 1-based
  bool last = false;     ///< the last part instead
  bool rest = false;     ///< all behind the first separator instead
};

enum class LetterCase : std::uint8_t { kKeep, kUpper, kLower };

/// How a code is made; steps are taken in the order of the members.
struct TextSpec {
  Source source;
  std::vector<std::string> strip_prefix;
  std::vector<std::string> strip_suffix;
  std::vector<std::pair<std::string, std::string>> replace;
  std::optional<Split> split;
  LetterCase letter_case = LetterCase::kKeep;
  std::vector<std::pair<std::string, std::string>> prefixes;  ///< longest first
  std::map<std::string, std::string, std::less<>> codes;
  std::optional<std::string> otherwise;  ///< for what neither prefixes nor codes know
  bool keep_unknown = false;             ///< what they do not know stays as it is
  std::optional<std::string> when_blank;
  bool cut = false;  ///< to kMaxCodeBytes, at a character
  std::string each;  ///< operations: separator of several codes in one value
};

enum class Base : std::uint8_t { kOccurred, kReported };

struct TimeSpec {
  Source source;
  std::vector<TimeFormat> formats;  ///< tried in order
  Zone zone;
  Base base = Base::kReported;  ///< stages: what a time without a date is counted from
};

struct AmountSpec {
  Source source;
  std::int64_t fen_per_unit = 100;
};

/// A whole number; with a unit an amount of money in fen.
struct NumberSpec {
  Source source;
  std::optional<std::int64_t> fen_per_unit;
};

/// One number of a report's counts. Where `n` is blank there is none: nothing was said of it.
struct CountSpec {
  TextSpec what;
  std::optional<TextSpec> kind;
  std::optional<TextSpec> result;
  std::optional<TextSpec> bound;
  NumberSpec n;
};

/// What only reports have, by field, in the schema's order.
struct ReportSpec {
  std::vector<std::pair<std::string, TextSpec>> texts;
  std::vector<std::pair<std::string, std::vector<TextSpec>>> lists;
  std::vector<std::pair<std::string, TimeSpec>> times;
  std::vector<std::pair<std::string, NumberSpec>> numbers;
  std::vector<CountSpec> counts;
};

/// The codes of an alert that are one text each; reports have some of them, too.
enum class TextField : std::uint8_t {
  kPartnerRef,
  kStatus,
  kClass,
  kCategory,
  kArea,
  kCorrects,
  kWithdraws
};
inline constexpr std::size_t kTextFields = 7;
/// The field's name in JSON and in the mapping.
[[nodiscard]] std::string_view to_string(TextField field);

struct SkipRule {
  std::size_t column = 0;
  std::vector<std::string> values;
  enum class Test : std::uint8_t { kEquals, kDiffers, kBeginsWith, kBlank } test = Test::kEquals;
  std::string reason;
};

struct FileFormat {
  CsvOptions csv;
  Encoding encoding = Encoding::kUtf8;
  bool header = true;
  std::vector<std::string> columns;  ///< names instead of the header's, or where there is none
  std::uint64_t skip_lines = 0;
  bool trim = true;
  std::vector<std::string> blank;   ///< values that mean "nothing", besides the empty one
  std::vector<std::string> ignore;  ///< columns known and not wanted
};

struct Incident {
  std::vector<std::size_t> key;  ///< columns; empty: each row is an alert
  bool adjacent = false;         ///< rows of an incident lie together
};

struct Mapping {
  std::string file;    ///< for messages
  std::string digest;  ///< of its text, hex
  FileFormat format;
  std::vector<ColumnName> columns;  ///< all that are named, each once
  std::array<std::optional<TextSpec>, kTextFields> texts;
  std::vector<TextSpec> operations;
  std::vector<std::pair<std::string, TextSpec>> places;
  std::optional<TimeSpec> occurred_at;  ///< of a report: happened_at
  std::optional<TimeSpec> reported_at;
  std::vector<std::pair<std::string, TimeSpec>> stages;
  std::optional<AmountSpec> amount;
  const RecordInfo* record = &record_infos().front();  ///< what the rows become
  ReportSpec report;
  Incident incident;
  std::vector<SkipRule> skip;

  [[nodiscard]] const std::optional<TextSpec>& text(TextField field) const {
    return texts[static_cast<std::size_t>(field)];
  }
};

/// Reads a mapping. `file` is what messages call it.
/// Errors: kInvalid naming file, line, key and what to write instead.
[[nodiscard]] Result<Mapping> read_mapping(std::string_view toml, const std::string& file);

}  // namespace lamplight::importer
