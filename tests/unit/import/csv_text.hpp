#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "import/csv_reader.hpp"
#include "import/text_decoder.hpp"

namespace lamplight::importer {

using Table = std::vector<std::vector<std::string>>;

/// Reads a whole text as CSV, handed over in pieces so small that every state of the reader meets a border.
inline Result<Table> read_table(std::string_view text, CsvOptions options = {},
                                std::size_t piece = 1, Encoding encoding = Encoding::kUtf8) {
  TextSource source(text, piece);
  TextDecoder decoder(source, encoding, "calls.csv");
  CsvReader reader(decoder, options, "calls.csv");
  Table table;
  CsvRow row;
  while (true) {
    auto there = reader.next(row);
    if (!there) return there.error();
    if (!*there) return table;
    table.emplace_back(row.fields.begin(), row.fields.end());
  }
}

}  // namespace lamplight::importer
