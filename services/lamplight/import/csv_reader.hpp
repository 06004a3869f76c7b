#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "import/byte_source.hpp"

namespace lamplight::importer {

inline constexpr std::size_t kMaxCsvRowBytes = 1U << 20;
inline constexpr std::size_t kMaxCsvColumns = 4096;

struct CsvOptions {
  char delimiter = ',';
  char quote = '"';  ///< 0: the file quotes nothing
};

/// One row. Views live until the next row is read.
struct CsvRow {
  std::vector<std::string_view> fields;
  std::uint64_t line = 0;  ///< where the row begins, 1-based
  std::uint64_t number =
      0;  ///< 1-based among the rows of the file, a header included; blank lines do not count
};

/// Reads RFC 4180: quoted values with delimiters, doubled quotes and line ends in them; CRLF, LF or CR ends a row.
/// Blank lines are passed over. Memory: one row and one piece of the source.
///
/// Errors: kInvalid and kTooLarge naming file, line and column (in characters), and what the source says. After an error
/// there is no next row. Threads: one.
class CsvReader {
 public:
  /// `text` yields UTF-8 and must outlive the reader; `name` is what messages call the file.
  CsvReader(ByteSource& text, CsvOptions options, std::string name);

  /// False at the end.
  [[nodiscard]] Result<bool> next(CsvRow& row);
  /// Passes over lines without looking at quotes: what some exports put above the header.
  [[nodiscard]] Result<void> skip_lines(std::uint64_t count);

 private:
  [[nodiscard]] bool ordinary(char c) const { return !special_[static_cast<unsigned char>(c)]; }
  [[nodiscard]] Result<bool> more();
  [[nodiscard]] Result<bool> read_field(bool& row_ended);
  [[nodiscard]] Result<bool> read_quoted();
  [[nodiscard]] Result<void> after_quoted(bool& row_ended);
  [[nodiscard]] Result<void> end_of_line();
  [[nodiscard]] Result<void> add(std::string_view piece);
  void step_over(std::string_view piece);
  [[nodiscard]] Error error(Code code, std::string_view what) const;

  ByteSource& text_;
  CsvOptions options_;
  std::string name_;
  bool special_[256] = {};
  std::vector<char> window_;
  std::size_t at_ = 0;
  std::size_t size_ = 0;
  bool ended_ = false;
  std::string values_;             // the row's values, one behind the other
  std::vector<std::size_t> ends_;  // where each ends in it
  std::uint64_t line_ = 1;
  std::uint64_t column_ = 1;
  std::uint64_t rows_ = 0;
};

}  // namespace lamplight::importer
