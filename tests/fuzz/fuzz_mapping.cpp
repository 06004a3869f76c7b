// Mappings that users write, and the rows that they are applied to: any text gives a mapping or an error, and a mapping
// gives alerts or problems.
#include <cstdint>
#include <string_view>

#include "import/alert_stream.hpp"
#include "import/mapping.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lamplight;
  using namespace lamplight::importer;
  // A NUL parts the mapping from the file.
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto border = input.find('\0');
  const auto mapping = read_mapping(input.substr(0, border), "map.toml");
  if (!mapping) return 0;
  const std::string_view csv = border == std::string_view::npos ? "a,b,c\n1,2022-08-25 20:15:00,3\n"
                                                                : input.substr(border + 1);
  TextSource bytes(csv, 64);
  const auto stream = make_csv_stream(bytes, *mapping, "calls.csv", "stem");
  ImportItem item;
  while (true) {
    const auto there = stream->next(item);
    if (!there || !*there) return 0;
    LAMPLIGHT_CHECK(item.json.empty() != item.problems.empty(),
                    "an item is an alert or has problems");
  }
}
