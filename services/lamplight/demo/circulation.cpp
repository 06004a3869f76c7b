#include "circulation.hpp"

#include <fmt/core.h>

#include <array>

#include "base/sha256.hpp"
#include "model/rfc3339.hpp"

namespace lamplight::demo {

namespace {

constexpr std::int16_t kZoneMinutes = 8 * 60;
constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kDayUs = 86'400 * kSecondUs;
constexpr std::array<std::string_view, 8> kAreas{"wuma",     "puxieshi", "songtai", "nanhui",
                                                 "binjiang", "shuangyu", "yangyi",  "qidu"};
constexpr std::array<std::string_view, 4> kCategories{"neighbour_dispute", "family_dispute",
                                                      "wage_dispute", "dispute"};

constexpr int at(int hour, int minute) { return hour * 60 + minute; }

constexpr Scene reported(int minute, std::string_view ref, std::string_view category,
                         std::string_view area, std::string_view address = {}) {
  return {.kind = Scene::Kind::kReported,
          .of = ref,
          .body = {},
          .ref = ref,
          .minute = minute,
          .category = category,
          .area = area,
          .address = address};
}
/// Another alert from the address of an earlier one.
constexpr Scene reported_again(int minute, std::string_view ref, std::string_view category,
                               std::string_view area, std::string_view address,
                               std::string_view of) {
  Scene scene = reported(minute, ref, category, area, address);
  scene.of = of;
  return scene;
}
constexpr Scene asked(std::string_view of, const ScriptedOfficer& officer, std::string_view ask,
                      std::string_view body = "{}") {
  return {.kind = Scene::Kind::kAsked, .of = of, .body = body, .officer = &officer, .ask = ask};
}
constexpr Scene missed(std::string_view of, std::string_view rung) {
  return {.kind = Scene::Kind::kMissed, .of = of, .body = rung};
}

constexpr std::string_view kNoRisk = R"({"risk":"none"})";
constexpr std::string_view kResidual = R"({"risk":"residual"})";
constexpr std::string_view kPassed = R"({"outcome":"passed"})";

// 01 goes the whole way with residual risk, fails verification once, and comes back after it was settled (14). 02 is settled
// and comes back, worse (09), to be left overdue. 03 waits for case review, 04 is filed, 12 declined and mediated. 05 is
// settled by nobody, 06 assessed by nobody, 11 dispatched by nobody. 07 and 10 wait for the community officer, 08 to be
// verified, 13 to be done again, 15 to be assessed.
constexpr Scene kDay[] = {
    reported(at(7, 40), "dispute-01", "neighbour_dispute", "wuma", "wuma 18-3"),
    asked("dispute-01", kStation, "settlement", kResidual),
    reported(at(8, 5), "dispute-02", "family_dispute", "songtai", "songtai 7"),
    asked("dispute-02", kStation, "settlement"),
    asked("dispute-01", kOperator, "assessment", kResidual),
    asked("dispute-01", kOperator, "dispatch"),
    reported(at(8, 30), "dispute-03", "wage_dispute", "nanhui"),
    asked("dispute-03", kStation, "settlement"),
    asked("dispute-02", kOperator, "assessment", kNoRisk),
    asked("dispute-02", kOperator, "dispatch"),
    reported(at(9, 10), "dispute-04", "dispute", "binjiang"),
    asked("dispute-04", kStation, "settlement"),
    asked("dispute-03", kOperator, "assessment", R"({"risk":"residual","grounds":["gang_fight"]})"),
    asked("dispute-02", kStation, "feedback"),
    reported(at(9, 45), "dispute-05", "neighbour_dispute", "shuangyu"),
    asked("dispute-04", kOperator, "assessment", R"({"risk":"none","grounds":["provocation"]})"),
    asked("dispute-02", kReviewer, "verification", kPassed),
    reported(at(10, 20), "dispute-06", "family_dispute", "yangyi"),
    asked("dispute-06", kStation, "settlement"),
    asked("dispute-01", kCommunity, "feedback"),
    asked("dispute-04", kReviewer, "review", R"({"outcome":"filed"})"),
    reported(at(11, 0), "dispute-07", "neighbour_dispute", "qidu"),
    asked("dispute-07", kStation, "settlement", kResidual),
    asked("dispute-01", kReviewer, "verification", R"({"outcome":"failed","reason":"not_done"})"),
    reported(at(11, 50), "dispute-08", "dispute", "puxieshi"),
    missed("dispute-05", "reminded"),
    asked("dispute-08", kStation, "settlement"),
    asked("dispute-07", kOperator, "assessment", kResidual),
    asked("dispute-07", kOperator, "dispatch"),
    reported_again(at(13, 30), "dispute-09", "family_dispute", "songtai", "songtai 7",
                   "dispute-02"),
    asked("dispute-02", kStation, "settlement", kResidual),
    asked("dispute-02", kOperator, "assessment", kResidual),
    asked("dispute-02", kOperator, "dispatch"),
    asked("dispute-01", kCommunity, "feedback"),
    reported(at(14, 30), "dispute-10", "wage_dispute", "wuma"),
    missed("dispute-06", "reminded"),
    asked("dispute-10", kStation, "settlement", kResidual),
    asked("dispute-08", kOperator, "assessment", kNoRisk),
    asked("dispute-08", kOperator, "dispatch"),
    asked("dispute-01", kChief, "verification", kPassed),
    reported(at(16, 0), "dispute-11", "neighbour_dispute", "binjiang"),
    missed("dispute-05", "escalated"),
    asked("dispute-11", kStation, "settlement"),
    asked("dispute-11", kOperator, "assessment", kNoRisk),
    asked("dispute-10", kOperator, "assessment", kResidual),
    asked("dispute-10", kOperator, "dispatch"),
    reported(at(18, 30), "dispute-12", "family_dispute", "nanhui"),
    missed("dispute-06", "escalated"),
    asked("dispute-12", kStation, "settlement"),
    asked("dispute-12", kOperator, "assessment",
          R"({"risk":"none","grounds":["unwilling_party"]})"),
    asked("dispute-12", kReviewer, "review", R"({"outcome":"declined"})"),
    asked("dispute-12", kOperator, "assessment", kNoRisk),
    asked("dispute-12", kOperator, "dispatch"),
    asked("dispute-12", kStation, "feedback"),
    asked("dispute-12", kReviewer, "verification", kPassed),
    asked("dispute-08", kStation, "feedback"),
    reported(at(20, 45), "dispute-13", "neighbour_dispute", "songtai"),
    missed("dispute-11", "reminded"),
    asked("dispute-13", kStation, "settlement"),
    asked("dispute-13", kOperator, "assessment", kNoRisk),
    asked("dispute-13", kOperator, "dispatch"),
    asked("dispute-13", kStation, "feedback"),
    asked("dispute-13", kChief, "verification",
          R"({"outcome":"failed","reason":"party_disagrees"})"),
    reported_again(at(22, 0), "dispute-14", "neighbour_dispute", "wuma", "wuma 18-3", "dispute-01"),
    missed("dispute-02", "reminded"),
    asked("dispute-01", kStation, "settlement"),
    asked("dispute-01", kOperator, "assessment", kNoRisk),
    asked("dispute-01", kOperator, "dispatch"),
    asked("dispute-01", kStation, "feedback"),
    asked("dispute-01", kChief, "verification", kPassed),
    reported(at(23, 30), "dispute-15", "dispute", "yangyi"),
    asked("dispute-15", kStation, "settlement"),
};

std::string alert_json(std::string_view ref, std::string_view category, std::string_view area,
                       std::string_view address, TimeUs reported_at) {
  const std::string place = address.empty()
                                ? ""
                                : fmt::format(R"(,"places":{{"address_key":"{}"}})",
                                              to_hex(sha256(as_bytes(address)).span().first(16)));
  return fmt::format(
      R"({{"partner_ref":"{}","status":"Actual","class":"dispute","category":"{}","area":"{}",)"
      R"("operations":["rongbing"]{},"reported_at":"{}"}})",
      ref, category, area, place, to_rfc3339(Stamp{reported_at, kZoneMinutes}));
}

}  // namespace

std::span<const Scene> day_of_disputes() { return kDay; }

Alert report_of(const Scene& scene, std::chrono::sys_days day) {
  const TimeUs reported_at{day.time_since_epoch().count() * kDayUs +
                           (scene.minute - kZoneMinutes) * 60 * kSecondUs};
  return {reported_at,
          alert_json(scene.ref, scene.category, scene.area, scene.address, reported_at)};
}

Alert make_live_dispute(TimeUs now, std::uint64_t number) {
  const TimeUs reported_at{now.value / kSecondUs * kSecondUs};
  const std::string ref = fmt::format("live-dispute-{}-{}", now.value / kSecondUs, number);
  return {reported_at, alert_json(ref, kCategories[number % kCategories.size()],
                                  kAreas[number % kAreas.size()], {}, reported_at)};
}

std::string rules_with(std::string_view built_in, std::string_view community_officer) {
  std::string rules(built_in);
  for (const std::string_view area : kAreas) {
    rules +=
        fmt::format("\n[[area]]\ncode = \"{}\"\ncommunity = [\"{}\"]\n", area, community_officer);
  }
  return rules;
}

}  // namespace lamplight::demo
