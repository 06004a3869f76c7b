#include "person_numbers.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lamplight {
namespace {

TEST(PersonNumbers, AreFoundHoweverTheyAreWritten) {
  for (const char* text :
       {"13800138000", "张三13800138000", "tel:13800138000.", "7 13800138000", "+8613800138000",
        "008613800138000", "+86 138 0013 8000", "+86138 0013 8000", "138-0013-8000",
        "138 - 0013 - 8000", "1380013 8000", "138－0013－8000", "１３８００１３８０００",
        "LC-2024-138-0013-8000", "110101199003071234", "11010119900307123X", "11010119900307123x",
        "张三110101199003071234", "１１０１０１１９９００３０７１２３Ｘ"}) {
    EXPECT_TRUE(holds_person_number(text)) << text;
  }
}

TEST(PersonNumbers, AreNotSeenInNumbersOfAlerts) {
  for (const char* text : {"",
                           "1",
                           "LC-2022-000123",
                           "2024-05-01-1234567",
                           "15-2024-00012",
                           "20240501138001",
                           "20240501-1380013800",
                           "20240519230512123456",
                           "202405192305121234",
                           "20240520120000",
                           "12800138000",
                           "138001380001",
                           "1380013800",
                           "138-0013-80001",
                           "138_0013_8000",
                           "110101199013071234",
                           "110101189003071234",
                           "991101199003071234",
                           "1101011990030712345",
                           "330302001001",
                           "2022-08-25T20:15:00+08:00"}) {
    EXPECT_FALSE(holds_person_number(text)) << text;
  }
}

TEST(PersonNumbers, AreNotSeenInHashesAndUuids) {
  for (const char* text :
       {"17077662298f", "c13560601503", "0190c2a4-6f00-7abc-8def-f13800138000",
        "a1f13800138000b2c3d4e5f60718293a", "f1101011990030712340", "a138-0013-8000"}) {
    EXPECT_FALSE(holds_person_number(text)) << text;
  }
  EXPECT_TRUE(holds_person_number("tel13800138000")) << "no hash: letters beyond f";
}

TEST(Dates, AreEightDigitsOfADay) {
  for (const char* text : {"19900101", "20991231", "19000131", "x19900230", "119900101",
                           "1990-01-01", "1990_01_01", "1990-0101", "199001-01z"})
    EXPECT_TRUE(holds_date(text)) << text;
  for (const char* text :
       {"", "1990010", "18991231", "21000101", "19901301", "19900001", "19900132", "19900100",
        "1990--01-01", "1990.01.01", "199-00101", "19900-101", "1990-01-0", "1990-01-"})
    EXPECT_FALSE(holds_date(text)) << text;
}

TEST(PersonNumbers, HalfACharacterEndsNoText) {
  EXPECT_TRUE(holds_person_number("13800138000\xEF\xBC"));
  EXPECT_FALSE(holds_person_number("\xEF\xEF\xEF\xEF\xEF\xEF\xEF\xEF\xEF\xEF\xEF\xEF"));
}

}  // namespace
}  // namespace lamplight
