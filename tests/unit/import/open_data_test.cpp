#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>

#include "base/production_env.hpp"
#include "conversion.hpp"
#include "import/import_run.hpp"
#include "model/alert_parser.hpp"

namespace lamplight::importer {
namespace {

struct ClosePipe {
  void operator()(std::FILE* pipe) const { pclose(pipe); }
};

/// A whole open data set; "" where it is absent.
std::string unpacked(const std::string& path) {
  const std::string whole = std::string(OPEN_DATA) + "/" + path;
  if (!std::filesystem::exists(whole)) return {};
  const std::unique_ptr<std::FILE, ClosePipe> pipe(
      popen(("gzip -dc '" + whole + "'").c_str(), "r"));
  std::string out;
  std::vector<char> piece(1U << 16);
  while (const std::size_t got = std::fread(piece.data(), 1, piece.size(), pipe.get()))
    out.append(piece.data(), got);
  return out;
}

class OpenData : public testing::Test {
 public:
  /// Maps every row, and checks each alert by all the rules that intake has.
  void import(const std::string& name, const std::string& path) {
    const std::string csv = unpacked(path);
    if (csv.empty()) GTEST_SKIP() << path << " is not here: the open data were not checked";
    ProductionEnv production;
    const auto toml =
        read_file(production.env().disk, std::string(MAPPINGS) + "/" + name + ".toml", 1U << 20);
    ASSERT_TRUE(toml.ok()) << toml.error().message();
    auto mapping = read_mapping(*toml, name + ".toml");
    ASSERT_TRUE(mapping.ok()) << mapping.error().message();
    const auto codes = CodeLists::builtin();
    ASSERT_TRUE(codes.ok()) << codes.error().message();
    AlertParser parser(*codes);

    TextSource bytes(csv, 1U << 16);
    const auto stream = make_csv_stream(bytes, *mapping, path, "stem");
    ImportItem item;
    AlertReceived alert;
    std::vector<FieldError> errors;
    std::vector<Warning> warnings;
    while (stream->next(item).value()) {
      ASSERT_TRUE(item.problems.empty())
          << path << ":" << item.line << " " << item.problems.front().pointer;
      ASSERT_TRUE(parser.parse(item.json, alert, errors, warnings))
          << path << ":" << item.line << " " << errors.front().pointer << " "
          << errors.front().rule;
      ++alerts;
      if (alert.occurred_at) ++occurred;
      ++by_class[std::string(alert.class_code)];
      ++by_area[std::string(alert.area)];
      for (const StageStamp& stage : alert.stages) {
        ++by_stage[std::string(stage.stage)];
        if (stage.at.civil_us() - alert.reported_at.civil_us() > 12 * 3600 * kUsPerSecond)
          ++late[std::string(stage.stage)];
        ASSERT_GE(stage.at.civil_us(), alert.reported_at.civil_us());
      }
      for (const PlaceCode& place : alert.places) ++by_scheme[std::string(place.scheme)];
    }
    EXPECT_TRUE(stream->report().unused_columns.empty());
  }

  std::size_t alerts = 0;
  std::size_t occurred = 0;
  std::map<std::string, std::size_t> by_class, by_area, by_stage, by_scheme, late;
};

// The figures are those of the truth files.
TEST_F(OpenData, DublinIsImportedWhole) {
  import("dublin", "dublin-fire-2020-2022/fire_incidents.csv.gz");
  if (IsSkipped()) return;

  EXPECT_EQ(alerts, 35'163U);
  EXPECT_EQ(by_class,
            (std::map<std::string, std::size_t>{{"fire", 28'505}, {"special_service", 6'658}}));
  EXPECT_EQ(by_area.at("Rathfarnharm Fire Station"), 1'823U);
  EXPECT_EQ(by_stage.at("arrive"), 35'163U - 7'543U);
  EXPECT_EQ(by_stage.at("enroute"), 35'163U - 1'315U);
  EXPECT_EQ(by_stage.at("available"), 35'163U - 2'313U);
  EXPECT_EQ(by_stage.at("close"), 35'163U);
  EXPECT_EQ(late.at("close"), 33U);
  EXPECT_EQ(late.at("dispatch"), 5U);
}

TEST_F(OpenData, MontgomeryIsImportedWhole) {
  import("montgomery", "montgomery-pa-911/calls.csv.gz");
  if (IsSkipped()) return;

  EXPECT_EQ(alerts, 99'492U);
  EXPECT_EQ(occurred, 99'492U - 3U);
  EXPECT_EQ(by_area.at("(blank)"), 43U);
  EXPECT_EQ(by_scheme.at("zip"), 99'492U - 12'855U);
  EXPECT_EQ(by_scheme.at("address_key"), 99'492U - 519U);
  EXPECT_EQ(by_scheme.at("station"), 99'492U - 35'696U);
}

}  // namespace
}  // namespace lamplight::importer
