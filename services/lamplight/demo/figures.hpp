#pragma once

#include <array>
#include <cstdint>
#include <string_view>

/// The published figures that the demonstration is made from.
///
/// Source: 温州日报, 2022-08-29, the report of Lucheng district's summer campaign of 2022 (夏季治安打击整治“百日行动”).
/// It prints year-over-year percentages without base counts and gives no dates of start and end; so the counts of the
/// year before are invented, and those of the campaign are what the printed percentage makes of them, exactly.
namespace lamplight::demo {

struct Figure {
  std::string_view category;
  std::string_view class_code;
  std::int64_t previous;  ///< invented count of the same days a year before
  std::int64_t current;   ///< during the campaign
  int printed_percent;  ///< as published; 0 with `published` false where the article has no figure
  bool published;
};

inline constexpr int kCampaignDays = 100;

/// 盗窃警情 −17 %, 黄赌毒警情 −22 % (two categories here), 电诈案件受理数 −18 %; the rest makes the total −15 %.
inline constexpr std::array<Figure, 8> kFigures{{
    {"theft", "criminal", 6000, 4980, -17, true},
    {"vice_gambling", "public_order", 700, 546, -22, true},
    {"drugs", "criminal", 300, 234, -22, true},
    {"telecom_fraud", "criminal", 2000, 1640, -18, true},
    {"injury", "criminal", 1500, 1310, 0, false},
    {"brawl", "public_order", 2500, 2180, 0, false},
    {"disturbance", "public_order", 5000, 4410, 0, false},
    {"noise", "public_order", 2000, 1700, 0, false},
}};
inline constexpr int kTotalPercent = -15;        ///< “刑事+治安”总警情
inline constexpr int kFraudAmountPercent = -34;  ///< 电诈涉案金额
inline constexpr std::int64_t kFraudAmountPreviousFen =
    2'000'000'000;  ///< invented: 20,000,000 yuan
inline constexpr std::int64_t kFraudAmountCurrentFen = 1'320'000'000;

}  // namespace lamplight::demo
