#include "json_shape.hpp"

#include <gtest/gtest.h>

namespace lamplight::cli {
namespace {

TEST(JsonShape, OneObjectALineIsLines) {
  EXPECT_TRUE(is_lines("{\"a\":1}\n{\"a\":2}\n"));
  EXPECT_TRUE(is_lines("\n  {\"a\":1}\r\n\r\n{\"a\""));
  EXPECT_TRUE(is_lines("{\"a\":1}{\"a\":2}"))
      << "whatever follows a whole object: intake says what is wrong with it";
}

TEST(JsonShape, ASingleObjectIsNot) {
  EXPECT_FALSE(is_lines("{\"a\":1}"));
  EXPECT_FALSE(is_lines("{\"a\":1}\n\n"));
  EXPECT_FALSE(is_lines("{\n  \"a\": {\n    \"b\": [1, 2]\n  }\n}\n"));
}

TEST(JsonShape, AnArrayIsNot) { EXPECT_FALSE(is_lines("[{\"a\":1},\n{\"a\":2}]\n")); }

TEST(JsonShape, BracesInTextsDoNotCount) {
  EXPECT_FALSE(is_lines("{\"a\":\"}\\\"}{\"}\n"));
  EXPECT_TRUE(is_lines("{\"a\":\"{\"}\n{\"a\":\"}\"}\n"));
}

TEST(JsonShape, NothingAndNonsenseAreNot) {
  EXPECT_FALSE(is_lines(""));
  EXPECT_FALSE(is_lines(" \n"));
  EXPECT_FALSE(is_lines("}{"));
  EXPECT_FALSE(is_lines("{\"a\":1")) << "an object longer than what was looked at";
}

}  // namespace
}  // namespace lamplight::cli
