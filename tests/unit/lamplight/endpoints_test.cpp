#include "endpoints.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/production_env.hpp"
#include "program.hpp"

namespace lamplight::cli {
namespace {

class EndpointsTest : public ::testing::Test {
 protected:
  EndpointsTest() {
    std::string name =
        (std::filesystem::temp_directory_path() / "lamplight-endpoints-XXXXXX").string();
    folder = ::mkdtemp(name.data());
    program.data_folder = folder;
  }
  ~EndpointsTest() override { std::filesystem::remove_all(folder); }
  [[nodiscard]] Endpoints found() { return find_endpoints(disk, program.load_config().value()); }

  ProductionEnv production;
  Disk& disk = production.env().disk;
  std::string folder;
  Program program;
};

TEST_F(EndpointsTest, AreThoseOfTheConfigurationWhenNothingWasWritten) {
  program.settings = {{"intake.port", "8090"}};

  const Endpoints out = found();

  EXPECT_EQ(out.bus, "ipc://" + folder + "/run/bus.sock");
  EXPECT_EQ(out.intake, "http://127.0.0.1:8090");
  EXPECT_EQ(out.tally, "http://127.0.0.1:8082");
  EXPECT_EQ(out.ops, "http://127.0.0.1:9400");
}

TEST_F(EndpointsTest, EachProcessAddsItsOwn) {
  ASSERT_TRUE(write_endpoints(
      disk, folder, {.bus = "", .intake = "http://127.0.0.1:1111", .tally = "", .ops = ""}));
  ASSERT_TRUE(write_endpoints(
      disk, folder, {.bus = "", .intake = "", .tally = "http://127.0.0.1:2222", .ops = ""}));

  EXPECT_EQ(found().intake, "http://127.0.0.1:1111");
  EXPECT_EQ(found().tally, "http://127.0.0.1:2222");
  EXPECT_EQ(found().ops, "http://127.0.0.1:9400");
}

TEST_F(EndpointsTest, AreForgottenAtTheEnd) {
  ASSERT_TRUE(write_endpoints(
      disk, folder, {.bus = "", .intake = "http://127.0.0.1:1111", .tally = "", .ops = ""}));

  forget_endpoints(disk, folder);

  EXPECT_EQ(found().intake, "http://127.0.0.1:8080");
}

TEST_F(EndpointsTest, ADamagedFileIsAsGoodAsNone) {
  ASSERT_TRUE(disk.make_folder(folder + "/run"));
  ASSERT_TRUE(
      replace_file(disk, folder + "/run/endpoints.json", as_bytes("{\"intake\": 7, \"tal")));

  EXPECT_EQ(found().intake, "http://127.0.0.1:8080");
}

}  // namespace
}  // namespace lamplight::cli
