#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "inner/calendar.hpp"
#include "inner/rules.hpp"
#include "model/inner.hpp"
#include "runtime/fold.hpp"

namespace lamplight::inner {

inline constexpr std::string_view kRulesName = "inner";
inline constexpr std::string_view kCalendarPrefix = "calendar-";

/// Every version of the rules that a log holds, and its calendars: cases keep the version that they began under.
class Rulebook {
 public:
  Rulebook();

  /// Takes a document whose version is above what is known under its name. One that this program cannot read (a newer
  /// one's) is kept for later code and otherwise passed over.
  void publish(const RulesPublished& published);

  [[nodiscard]] const Rules& newest() const { return versions_.rbegin()->second; }
  /// Of that version, or the newest before it that can be read.
  [[nodiscard]] const Rules& at(std::int64_t version) const;
  [[nodiscard]] const Calendar& calendar() const { return calendar_; }
  /// Version of what is known under a name; 0: nothing.
  [[nodiscard]] std::int64_t version_of(std::string_view name) const;

  void save(runtime::SnapshotWriter& out) const;
  void load(runtime::SnapshotReader& in);

 private:
  void take(std::string_view name, std::int64_t version, std::string_view document);

  std::map<std::int64_t, Rules> versions_;  ///< 0 is always there
  Calendar calendar_;
  std::map<std::string, std::map<std::int64_t, std::string>, std::less<>> documents_;
};

}  // namespace lamplight::inner
