#include <gtest/gtest.h>

#include <string>

#include "model/event.hpp"

namespace lamplight {
namespace {

TEST(Subjects, AreDottedLowerCaseTokens) {
  for (const char* good :
       {"a", "alert.received", "outer.feedback_received", "control.tally.time_reached", "x1.2"}) {
    EXPECT_TRUE(is_valid_subject(good)) << good;
  }
  for (const char* bad : {"", ".", "a.", ".a", "a..b", "Alert.received", "alert received", "a-b",
                          "alert.*", "alert.>", "警情", "a/b"}) {
    EXPECT_FALSE(is_valid_subject(bad)) << bad;
  }
  EXPECT_TRUE(is_valid_subject(std::string(128, 'a')));
  EXPECT_FALSE(is_valid_subject(std::string(129, 'a')));
}

TEST(Names, MayHoldOneSlashInside) {
  for (const char* good : {"intake", "outer/clock", "import-1", "a/b", "x_y"})
    EXPECT_TRUE(is_valid_name(good)) << good;
  for (const char* bad : {"", "/", "a/", "/a", "a/b/c", "A", "a.b", "a b"})
    EXPECT_FALSE(is_valid_name(bad)) << bad;
  EXPECT_TRUE(is_valid_name(std::string(64, 'a')));
  EXPECT_FALSE(is_valid_name(std::string(65, 'a')));
}

TEST(Patterns, TakeWildcardsAsWholeTokens) {
  for (const char* good :
       {">", "*", "alert.>", "alert.*", "*.received", "*.*", "*.>", "alert.received"}) {
    EXPECT_TRUE(is_valid_pattern(good)) << good;
  }
  for (const char* bad :
       {"", "alert.>.x", ">.x", "al*", "*x", "alert.x>", "alert..*", "**", ">>", "alert."}) {
    EXPECT_FALSE(is_valid_pattern(bad)) << bad;
  }
}

TEST(Patterns, AStarIsOneTokenAndAnArrowOneOrMore) {
  EXPECT_TRUE(matches("alert.received", "alert.received"));
  EXPECT_FALSE(matches("alert.received", "alert.receive"));
  EXPECT_FALSE(matches("alert", "alert.received"));
  EXPECT_FALSE(matches("alert.received", "alert"));

  EXPECT_TRUE(matches("alert.*", "alert.received"));
  EXPECT_FALSE(matches("alert.*", "alert"));
  EXPECT_FALSE(matches("alert.*", "alert.received.again"));
  EXPECT_TRUE(matches("*.received", "lead.received"));

  EXPECT_TRUE(matches("alert.>", "alert.received"));
  EXPECT_TRUE(matches("alert.>", "alert.received.again"));
  EXPECT_FALSE(matches("alert.>", "alert"));
  EXPECT_FALSE(matches("alert.>", "alerts.received"));
  EXPECT_TRUE(matches(">", "alert"));
}

TEST(Patterns, NoWildcardTakesAControlEvent) {
  for (const char* wild :
       {">", "*.*.*", "control.>", "control.*.started", "control.tally.*", "*.tally.started"}) {
    EXPECT_FALSE(matches(wild, "control.tally.started")) << wild;
  }
  EXPECT_TRUE(matches("control.tally.started", "control.tally.started"));
  EXPECT_FALSE(matches("control.tally.started", "control.tally.stopped"));
  EXPECT_TRUE(matches(">", "controls.tally")) << "only the token control is special";
}

}  // namespace
}  // namespace lamplight
