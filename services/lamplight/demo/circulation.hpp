#pragma once

#include <span>
#include <string>
#include <string_view>

#include "campaign.hpp"

/// A day of the inner loop (内循环), told scene by scene: disputes that are reported and what officers do about them. Made up,
/// so that every step, every way back and every kind of delay is there once.
namespace lamplight::demo {

/// Who acts. Names are roles: nobody is meant.
struct ScriptedOfficer {
  std::string_view name;
  std::string_view role;
  std::string_view unit;  ///< empty: none; cases come to them in person
};
inline constexpr ScriptedOfficer kOperator{"demo-operator", "operator", "operations_centre"};
inline constexpr ScriptedOfficer kStation{"demo-station", "community_officer", "station_on_duty"};
inline constexpr ScriptedOfficer kCommunity{"demo-community", "community_officer", ""};
inline constexpr ScriptedOfficer kReviewer{"demo-reviewer", "reviewer", "case_review"};
inline constexpr ScriptedOfficer kChief{"demo-chief", "duty_chief", "duty_chief"};
inline constexpr const ScriptedOfficer* kOfficers[] = {&kOperator, &kStation, &kCommunity,
                                                       &kReviewer, &kChief};

/// One thing that happens. Commands happen at the time of the last report before them: on a seeded log it is reports that
/// move time on.
struct Scene {
  enum class Kind {
    kReported,  ///< an alert; it opens `of`, or is linked to it
    kAsked,     ///< `officer` asks the console for `ask` on the case `of`
    kMissed,    ///< the inner loop has noticed that `of` missed a deadline: `body` is the rung
  };
  Kind kind = Kind::kReported;
  std::string_view of;    ///< the dispute that the case began with
  std::string_view body;  ///< of a command, JSON

  // Of a report.
  std::string_view ref = {};
  int minute = 0;  ///< of the day
  std::string_view category = {};
  std::string_view area = {};
  std::string_view address = {};  ///< alike: the same address

  // Of a command.
  const ScriptedOfficer* officer = nullptr;
  std::string_view ask = {};
};

/// The day, in order.
[[nodiscard]] std::span<const Scene> day_of_disputes();
/// The dispute whose case has the longest history.
inline constexpr std::string_view kLongestCase = "dispute-01";

/// The alert of a report, as a partner would post it. `day`: the civil day at +08:00 that the scenes are played on.
[[nodiscard]] Alert report_of(const Scene& scene, std::chrono::sys_days day);
/// A dispute of the live trickle, reported at `now`; `number` makes its reference, its kind and its place.
[[nodiscard]] Alert make_live_dispute(TimeUs now, std::uint64_t number);

/// Rules of the district: those that are built in, and for each area the officer with that key for residual risk.
[[nodiscard]] std::string rules_with(std::string_view built_in, std::string_view community_officer);

}  // namespace lamplight::demo
