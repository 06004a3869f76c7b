#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lamplight::tally {

/// Columns a terminal needs for UTF-8 text: East Asian wide characters take two.
[[nodiscard]] std::size_t display_width(std::string_view utf8);

/// A table of text for a terminal: cells padded by display width, numbers to the right.
class TextTable {
 public:
  /// `numbers_from`: columns from here on are numbers.
  TextTable(std::vector<std::string> head, std::size_t numbers_from) : numbers_from_(numbers_from) {
    rows_.push_back(std::move(head));
  }
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] std::string to_string() const;

 private:
  std::size_t numbers_from_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace lamplight::tally
