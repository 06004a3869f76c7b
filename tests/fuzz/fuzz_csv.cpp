// CSV of any encoding: the rows do not depend on where the pieces of the file end.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "import/csv_reader.hpp"
#include "import/text_decoder.hpp"

namespace {

using namespace lamplight;
using namespace lamplight::importer;

std::vector<std::string> read_all(std::string_view text, std::size_t piece, Encoding encoding) {
  TextSource source(text, piece);
  TextDecoder decoder(source, encoding, "f");
  CsvReader reader(decoder, {}, "f");
  std::vector<std::string> out;
  CsvRow row;
  while (true) {
    const auto there = reader.next(row);
    // What is wrong further on in a piece shows before its good rows are read: compare whole files only.
    if (!there) return {"error"};
    if (!*there) return out;
    for (const std::string_view field : row.fields) out.emplace_back(field);
    out.emplace_back("\n");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto encoding = static_cast<Encoding>(data[0] % 3);
  const std::size_t piece = 1 + data[1] % 16;
  const std::string_view text(reinterpret_cast<const char*>(data + 2), size - 2);
  LAMPLIGHT_CHECK(read_all(text, piece, encoding) == read_all(text, 1U << 16, encoding),
                  "pieces do not matter");
  return 0;
}
