#pragma once

#include <cctz/time_zone.h>

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "model/alert.hpp"

namespace lamplight::importer {

/// A time zone of the system's database: from civil time to the instant (docs/decisions/002).
///
/// A civil time that happened twice is taken as the earlier instant; one that was skipped keeps the offset from before
/// the gap. Either way instant + offset gives the civil time back, so that intervals between civil times stay exact.
class Zone {
 public:
  /// UTC.
  Zone() = default;
  /// Errors: kNotFound when the system has no zone of that name.
  [[nodiscard]] static Result<Zone> load(const std::string& name);

  /// `civil_us` counts from 1970-01-01 00:00 of the civil clock.
  [[nodiscard]] Stamp at_civil(std::int64_t civil_us) const;
  /// The instant, told in this zone.
  [[nodiscard]] Stamp at_instant(TimeUs instant) const;

 private:
  cctz::time_zone zone_;
};

}  // namespace lamplight::importer
