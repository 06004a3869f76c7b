#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "model/item_json.hpp"
#include "model/item_parser.hpp"
#include "model/own_types.hpp"
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
  EXPECT_EQ(files.size(), 53U);  // three a type that is posted, two of each of our own
  for (const auto& [name, generated] : files) {
    EXPECT_TRUE(text_of(kSchemas / name) == generated)
        << "schemas/" << name << " is stale: run `lamplight schema --write`";
  }
}

template <typename T>
class GoldenFixtures : public ::testing::Test {};
using Events =
    ::testing::Types<AlertReceived, ClearanceOrdered, ClearanceReported, CaseReported,
                     PersonReported, HazardReported, FigureDeclared, CampaignDefined, OfficerAdded,
                     OfficerChanged, OfficerRevoked, SettlementSubmitted, AssessmentSubmitted,
                     DispatchSubmitted, FeedbackSubmitted, VerificationSubmitted, ReviewSubmitted,
                     ReopeningSubmitted, RulesMoveSubmitted, PetitionSubmitted, CaseEvent,
                     CaseRefused, RulesPublished>;
TYPED_TEST_SUITE(GoldenFixtures, Events);

TYPED_TEST(GoldenFixtures, EveryReleasedPayloadDecodesForEver) {
  const std::string id = event_file_name<TypeParam>();
  for (const fs::path& path : files_in(kSchemas / "fixtures" / (id + "-v1"), ".msgpack.hex")) {
    std::string hex = text_of(path);
    hex.erase(std::remove(hex.begin(), hex.end(), '\n'), hex.end());
    const auto payload = from_hex(hex);
    ASSERT_TRUE(payload) << path;

    TypeParam item;
    ASSERT_TRUE(decode(as_bytes(*payload), item)) << path;
    std::string json;
    to_json(item, json);
    const std::string stem = path.filename().string().substr(0, path.filename().string().find('.'));
    EXPECT_EQ(json + "\n", text_of(path.parent_path() / (stem + ".json"))) << path;
  }
}

template <typename T>
class PartnerFixtures : public ::testing::Test {
 protected:
  bool parse(const fs::path& path) {
    return parser_.parse(text_of(path), item_, errors_, warnings_);
  }
  static std::vector<fs::path> fixtures(const char* which) {
    const std::string folder = std::string(Description<T>::kName) + "-v1";
    return files_in(kSchemas / "fixtures" / folder / which, ".json");
  }

  CodeLists codes_ = CodeLists::builtin().value();
  ItemParser<T> parser_{codes_};
  T item_;
  std::vector<FieldError> errors_;
  std::vector<Warning> warnings_;
};
using Posted = ::testing::Types<AlertReceived, ClearanceOrdered, ClearanceReported, CaseReported,
                                PersonReported, HazardReported, FigureDeclared>;
TYPED_TEST_SUITE(PartnerFixtures, Posted);

TYPED_TEST(PartnerFixtures, TheAcceptedOnesAreAccepted) {
  for (const fs::path& path : this->fixtures("accepted")) {
    EXPECT_TRUE(this->parse(path))
        << path << ": "
        << (this->errors_.empty() ? "" : this->errors_[0].pointer + " " + this->errors_[0].rule);
  }
}

TYPED_TEST(PartnerFixtures, TheRefusedOnesBreakTheRuleThatTheirNameBeginsWith) {
  for (const fs::path& path : this->fixtures("refused")) {
    EXPECT_FALSE(this->parse(path)) << path;
    const std::string rule = path.filename().string().substr(0, path.filename().string().find('.'));
    EXPECT_THAT(this->errors_, ::testing::ElementsAre(::testing::Field(&FieldError::rule, rule)))
        << path;
  }
}

}  // namespace
}  // namespace lamplight
