#include "identity/first_start.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/production_env.hpp"
#include "support/temporary_folder.hpp"

namespace lamplight::identity {
namespace {

TEST(FirstStart, NothingButLoopbackIsBoundWhileThereIsNoKey) {
  ProductionEnv real;
  Disk& disk = real.env().disk;
  const test::TemporaryFolder folder;
  const std::string secrets = folder.path() + "/secrets";

  for (const char* near : {"127.0.0.1", "127.1.2.3", "::1", "localhost"})
    EXPECT_TRUE(may_listen(disk, folder.path(), near).ok()) << near;
  for (const char* far : {"0.0.0.0", "::", "10.0.0.5", "centre.example", ""}) {
    const auto refused = may_listen(disk, folder.path(), far);
    ASSERT_FALSE(refused.ok()) << far;
    EXPECT_EQ(refused.error().code(), Code::kForbidden);
    EXPECT_THAT(refused.error().message(), ::testing::HasSubstr("lamplight init"));
  }

  ASSERT_TRUE(disk.make_folder(secrets).ok());
  ASSERT_TRUE(replace_file(disk, secrets + "/officers.json", as_bytes("{}")).ok());
  EXPECT_FALSE(may_listen(disk, folder.path(), "0.0.0.0").ok()) << "names are no key";
  ASSERT_TRUE(replace_file(disk, secrets + "/intake.key", as_bytes("00")).ok());
  EXPECT_TRUE(may_listen(disk, folder.path(), "0.0.0.0").ok());
}

}  // namespace
}  // namespace lamplight::identity
