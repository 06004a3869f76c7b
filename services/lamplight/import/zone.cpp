#include "import/zone.hpp"

#include <chrono>

#include "model/civil.hpp"

namespace lamplight::importer {

namespace {

cctz::civil_second civil_second_of(std::int64_t seconds) {
  const std::int64_t day = floor_div(seconds, 86'400);
  const CivilDate date = date_of(Day{static_cast<std::int32_t>(day)});
  return cctz::civil_second(date.year, static_cast<int>(date.month), static_cast<int>(date.day)) +
         (seconds - day * 86'400);
}

// Stamps hold whole minutes; a zone with seconds in its offset (before 1972) is told in the minute below.
std::int16_t whole_minutes(std::int64_t offset_seconds) {
  return static_cast<std::int16_t>(floor_div(offset_seconds, 60));
}

}  // namespace

Result<Zone> Zone::load(const std::string& name) {
  Zone zone;
  if (!cctz::load_time_zone(name, &zone.zone_)) {
    return Error(Code::kNotFound, "no time zone \"" + name +
                                      "\" here; name one as in Europe/Dublin or Asia/Shanghai "
                                      "(the package tzdata holds them)");
  }
  return zone;
}

Stamp Zone::at_civil(std::int64_t civil_us) const {
  const std::int64_t seconds = floor_div(civil_us, kUsPerSecond);
  // `pre` takes the offset from before the change: of two instants the earlier, in a gap the one that was in force.
  const auto instant = zone_.lookup(civil_second_of(seconds)).pre.time_since_epoch().count();
  const std::int16_t minutes = whole_minutes(seconds - instant);
  return {TimeUs{civil_us - std::int64_t{minutes} * kUsPerMinute}, minutes};
}

Stamp Zone::at_instant(TimeUs instant) const {
  const auto point =
      cctz::time_point<cctz::seconds>(cctz::seconds(floor_div(instant.value, kUsPerSecond)));
  return {instant, whole_minutes(zone_.lookup(point).offset)};
}

}  // namespace lamplight::importer
