#include "base/utf8.hpp"

#include <gtest/gtest.h>

namespace lamplight {
namespace {

TEST(Utf8, IsWhatEveryReaderReadsAlike) {
  for (const char* text : {"", "wang", "王", "\xF0\x9F\x8F\xAE", "\xC2\x80", "\xF4\x8F\xBF\xBF"})
    EXPECT_TRUE(is_utf8(text)) << text;
  for (const char* text : {
           "\xCD\xF5",          // 王 in GB18030
           "\x80",              // a continuation of nothing
           "\xE7\x8E",          // cut short
           "\xC0\xAF",          // overlong, of two bytes
           "\xE0\x80\xAF",      // ... of three
           "\xF0\x80\x80\xAF",  // ... of four
           "\xED\xA0\x80",      // a surrogate
           "\xF4\x90\x80\x80",  // past U+10FFFF
       })
    EXPECT_FALSE(is_utf8(text)) << text;
}

TEST(Utf8, WhatIsNotIsReplacedByteByByteAndTheRestStays) {
  EXPECT_EQ(to_utf8("王 \xCD\xF5 li"), "王 \xEF\xBF\xBD\xEF\xBF\xBD li");
  EXPECT_EQ(to_utf8("\xE7\x8E"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(to_utf8("plain"), "plain");
}

}  // namespace
}  // namespace lamplight
