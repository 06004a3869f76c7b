#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "model/alert_parser.hpp"
#include "model/schema_export.hpp"

namespace lamplight {
namespace {

namespace fs = std::filesystem;

const fs::path kSchemas = fs::path(LAMPLIGHT_SOURCE_DIR) / "schemas";

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<fs::path> files_in(const fs::path& folder, const std::string& ending) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().string().ends_with(ending)) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  EXPECT_FALSE(out.empty()) << folder << " holds fixtures";
  return out;
}

TEST(SchemaFiles, AreWhatTheDescriptionGenerates) {
  const auto files = generated_schema_files();
  EXPECT_EQ(files.size(), 3U);
  for (const auto& [name, generated] : files) {
    EXPECT_TRUE(text_of(kSchemas / name) == generated)
        << "schemas/" << name << " is stale: run `lamplight schema --write`";
  }
}

TEST(GoldenFixtures, EveryReleasedPayloadDecodesForEver) {
  for (const fs::path& path :
       files_in(kSchemas / "fixtures" / "alert-received-v1", ".msgpack.hex")) {
    std::string hex = text_of(path);
    hex.erase(std::remove(hex.begin(), hex.end(), '\n'), hex.end());
    const auto payload = from_hex(hex);
    ASSERT_TRUE(payload) << path;

    AlertReceived alert;
    ASSERT_TRUE(decode_alert(as_bytes(*payload), alert)) << path;
    std::string json;
    alert_to_json(alert, json);
    const std::string stem = path.filename().string().substr(0, path.filename().string().find('.'));
    EXPECT_EQ(json + "\n", text_of(path.parent_path() / (stem + ".json"))) << path;
  }
}

class PartnerFixtures : public ::testing::Test {
 protected:
  bool parse(const fs::path& path) {
    return parser_.parse(text_of(path), alert_, errors_, warnings_);
  }

  CodeLists codes_ = CodeLists::builtin().value();
  AlertParser parser_{codes_};
  AlertReceived alert_;
  std::vector<FieldError> errors_;
  std::vector<Warning> warnings_;
};

TEST_F(PartnerFixtures, TheAcceptedOnesAreAccepted) {
  for (const fs::path& path : files_in(kSchemas / "fixtures" / "alert-v1" / "accepted", ".json")) {
    EXPECT_TRUE(parse(path)) << path << ": "
                             << (errors_.empty() ? "" : errors_[0].pointer + " " + errors_[0].rule);
  }
}

TEST_F(PartnerFixtures, TheRefusedOnesBreakTheRuleThatTheirNameBeginsWith) {
  for (const fs::path& path : files_in(kSchemas / "fixtures" / "alert-v1" / "refused", ".json")) {
    EXPECT_FALSE(parse(path)) << path;
    const std::string rule = path.filename().string().substr(0, path.filename().string().find('.'));
    EXPECT_THAT(errors_, ::testing::ElementsAre(::testing::Field(&FieldError::rule, rule))) << path;
  }
}

}  // namespace
}  // namespace lamplight
