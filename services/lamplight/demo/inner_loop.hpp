#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>

#include "crew.hpp"
#include "everything.hpp"

namespace lamplight::cli {

/// Posts one alert; its id, also of one that was there before. Errors: intake's own words.
[[nodiscard]] Result<std::string> post_alert(const std::string& intake, const demo::Alert& alert);

/// Plays the day of disputes on a log that is being seeded, under rules that name the crew; the id of its longest case.
/// Played again after an interruption it changes nothing that was done. Errors: kUnavailable when the process is to stop;
/// what was answered to a scene.
[[nodiscard]] Result<std::string> play_day(Everything& all, Crew& crew, std::chrono::sys_days day);

/// Worklists, and the history of one case (empty: none), as the crew sees them.
[[nodiscard]] Result<void> print_worklists(Crew& crew, const std::string& case_id);

/// What officers do about the disputes of the live trickle: a few cases are always under way, and each turn moves one.
class Rounds {
 public:
  explicit Rounds(Crew& crew) : crew_(crew) {}
  void reported(std::string case_id);
  /// One step of the case that waits for longest. Errors: what the console said; the case is then left alone.
  [[nodiscard]] Result<void> turn();

 private:
  struct Work {
    std::string id;
    std::uint64_t number;  ///< says how it goes
    int steps = 0;
  };
  [[nodiscard]] Result<bool> step(Work& work);

  Crew& crew_;
  std::deque<Work> under_way_;
  std::uint64_t count_ = 0;
};

}  // namespace lamplight::cli
