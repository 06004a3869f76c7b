#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "import/alert_stream.hpp"
#include "import/mapping.hpp"

namespace lamplight::importer {

struct Conversion {
  std::vector<ImportItem> items;
  StreamReport report;
  std::string error;  ///< that ended the stream; empty: none

  /// The alert at `i`, or what keeps it from being one.
  [[nodiscard]] std::string at(std::size_t i) const {
    if (i >= items.size()) return "no item " + std::to_string(i);
    if (items[i].problems.empty()) return items[i].json;
    return items[i].problems.front().pointer + " " + items[i].problems.front().rule;
  }
};

/// What a mapping makes of a CSV text. A mapping that is wrong fails the test.
inline Conversion convert(std::string_view toml, std::string_view csv) {
  Conversion out;
  const auto mapping = read_mapping(toml, "map.toml");
  EXPECT_TRUE(mapping.ok()) << mapping.error().message();
  if (!mapping) return out;
  TextSource bytes(csv, 7);
  const auto stream = make_csv_stream(bytes, *mapping, "calls.csv", "d16e57");
  ImportItem item;
  while (true) {
    auto there = stream->next(item);
    if (!there) {
      out.error = there.error().message();
      break;
    }
    if (!*there) break;
    out.items.push_back(item);
  }
  out.report = stream->report();
  return out;
}

/// The value of a field in a line of JSON, as it stands there; "" when absent.
inline std::string field(const std::string& json, const std::string& name) {
  const std::string key = "\"" + name + "\":";
  const auto from = json.find(key);
  if (from == std::string::npos) return "";
  auto at = from + key.size();
  if (json[at] == '"') return json.substr(at + 1, json.find('"', at + 1) - at - 1);
  const char close = json[at] == '{' ? '}' : json[at] == '[' ? ']' : ',';
  const auto to = close == ',' ? json.find_first_of(",}", at) : json.find(close, at) + 1;
  return json.substr(at, to - at);
}

/// A mapping that says what every alert needs, and what `more` adds; columns A (area) and T (time) are there.
inline std::string mapping_with(const std::string& more,
                                const std::string& zone = "Europe/Dublin") {
  return "[time]\nzone = \"" + zone + "\"\n" + more;
}
inline const std::string kAlert =
    "[alert]\nclass = { constant = \"fire\" }\ncategory = { constant = \"alarm\" }\narea = "
    "\"A\"\nreported_at = \"T\"\n";

}  // namespace lamplight::importer
