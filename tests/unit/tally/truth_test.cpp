#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "open_data.hpp"
#include "support.hpp"

/// The engine's proof: two open data sets, whole, against truths that were computed by other code.
namespace lamplight::tally::test {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

class Truth : public ::testing::Test {
 protected:
  /// Folds a set in a shuffled order of nothing: file order, one event a row, through the alert's own bytes.
  void fold(const std::function<void(const TakeAlert&)>& read) {
    MsgpackWriter payload;
    read([&](const AlertReceived& alert) {
      payload.clear();
      encode_alert(alert, payload);
      Event event;
      event.subject = kAlertReceived;
      event.id = id_of(++events_);
      event.offset = {events_};
      event.time = alert.reported_at.at;
      event.payload = payload.bytes();
      fold_.evolve(event);
    });
  }

  /// Runs the comparison that the import tests use too; its output is the failure's message.
  static void expect_truth(const Report& report, const fs::path& folder, const std::string& set) {
    const fs::path file = fs::path(::testing::TempDir()) / ("lamplight-tally-" + set + ".json");
    std::ofstream(file, std::ios::binary) << to_json(report);
    const std::string script = std::string(LAMPLIGHT_SOURCE) + "/tests/data/compare_truth.py";
    const std::string command = "/usr/bin/python3 '" + script + "' '" + file.string() + "' '" +
                                folder.string() + "' " + set + " 2>&1";
    std::FILE* pipe = ::popen(command.c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    std::string said;
    for (int c; (c = std::fgetc(pipe)) != EOF;) said += static_cast<char>(c);
    EXPECT_EQ(::pclose(pipe), 0) << said;
    std::printf("%s", said.c_str());
    fs::remove(file);
  }

  Report report(const std::string& set) {
    const auto spec = spec_from_toml(
        content_of(fs::path(LAMPLIGHT_SOURCE) / "tests/data/specs" / (set + ".toml")));
    LAMPLIGHT_CHECK(spec.ok(), spec.ok() ? "" : spec.error().message().c_str());
    return make_report(fold_.view(), {{events_}, TimeUs{}, std::nullopt}, *spec, {}).value();
  }

  TallyFold fold_;
  std::uint64_t events_ = 0;
};

const fs::path kData = fs::path(LAMPLIGHT_SOURCE) / "../shared/data/incidents";

TEST_F(Truth, EveryFigureOfTheDublinSetIsEqualToItsTruth) {
  const fs::path folder = kData / "dublin-fire-2020-2022";
  if (!fs::exists(folder)) GTEST_SKIP() << "the open data sets are not beside this checkout";
  fold([&](const TakeAlert& take) {
    read_dublin((folder / "fire_incidents.csv.gz").string(), take);
  });
  ASSERT_EQ(events_, 35'163U);

  expect_truth(report("dublin"), folder, "dublin");
}

TEST_F(Truth, EveryFigureOfTheMontgomerySetIsEqualToItsTruth) {
  const fs::path folder = kData / "montgomery-pa-911";
  if (!fs::exists(folder)) GTEST_SKIP() << "the open data sets are not beside this checkout";
  fold([&](const TakeAlert& take) { read_montgomery((folder / "calls.csv.gz").string(), take); });
  ASSERT_EQ(events_, 99'492U);

  expect_truth(report("montgomery"), folder, "montgomery");
}

TEST_F(Truth, ReplayingTheDublinSetIntoAFreshTallyGivesTheSameSnapshotBytes) {
  const fs::path folder = kData / "dublin-fire-2020-2022";
  if (!fs::exists(folder)) GTEST_SKIP() << "the open data sets are not beside this checkout";
  fold([&](const TakeAlert& take) {
    read_dublin((folder / "fire_incidents.csv.gz").string(), take);
  });
  const std::string first = snapshot_of(fold_);

  TallyFold restored;
  runtime::SnapshotReader in(as_bytes(first));
  restored.load(in);

  ASSERT_TRUE(in.ok() && in.at_end());
  EXPECT_EQ(snapshot_of(restored), first);
}

}  // namespace
}  // namespace lamplight::tally::test
