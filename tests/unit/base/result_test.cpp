#include <gtest/gtest.h>

#include <memory>

#include "base/result.hpp"

namespace lamplight {
namespace {

TEST(ResultOfAValue, HoldsTheValueOrTheError) {
  const Result<int> good = 7;
  const Result<int> bad = Error(Code::kNotFound, "offset 9");
  ASSERT_TRUE(good);
  EXPECT_EQ(*good, 7);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code(), Code::kNotFound);
}

TEST(ResultOfAValue, GivesAwayWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 7);
}

TEST(ResultOfNothing, IsSuccessUntilAnErrorIsGiven) {
  EXPECT_TRUE(Result<void>());
  EXPECT_FALSE(Result<void>(Error(Code::kIo, "pwrite x")));
}

TEST(ResultMisuse, EndsTheProcess) {
  const Result<int> bad = Error(Code::kIo, "pwrite x: no");
  const Result<int> good = 1;
  EXPECT_DEATH((void)bad.value(), "pwrite x: no");
  EXPECT_DEATH((void)good.error(), "broken invariant");
  EXPECT_DEATH((void)Result<void>().error(), "broken invariant");
}

TEST(Errors, GainContextOnTheWayUp) {
  const Error error = Error(Code::kDamaged, "byte 17").with("file a").with("log");
  EXPECT_EQ(error.message(), "log: file a: byte 17");
  EXPECT_EQ(error.code(), Code::kDamaged);
}

TEST(Codes, HaveNamesThatReadBack) {
  for (int i = 0; i <= static_cast<int>(Code::kUnsupported); ++i) {
    const auto code = static_cast<Code>(i);
    EXPECT_NE(to_string(code), "unknown") << i;
    EXPECT_EQ(code_from(to_string(code)), code);
  }
  EXPECT_FALSE(code_from("no_such_code"));
}

}  // namespace
}  // namespace lamplight
