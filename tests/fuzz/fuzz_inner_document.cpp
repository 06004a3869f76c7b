// Rules and calendars that people write, and that come back from the log: any text gives a whole document under a name, or
// mistakes that each say something.
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.hpp"
#include "inner/calendar.hpp"
#include "inner/document.hpp"
#include "inner/rules.hpp"

namespace {

using namespace lamplight;
using namespace lamplight::inner;

constexpr TimeUs kMonday{1'772'413'200'000'000};

void require_whole(const Rules& rules) {
  const Calendar calendar;
  for (const auto& spans : rules.dispute) {
    for (const Span& span : spans)
      LAMPLIGHT_CHECK(kMonday < due_after(span, kMonday, rules.clock_minutes, calendar),
                      "a step takes some time");
  }
  LAMPLIGHT_CHECK(!rules.owner(CaseState::kSettlement, "wuma").empty() &&
                      !rules.owner(CaseState::kAssessment, "wuma").empty() &&
                      !rules.owner(CaseState::kCaseReview, "wuma").empty(),
                  "no step is nobody's");
  LAMPLIGHT_CHECK(!rules.desks("wuma").community.empty(), "residual risk has somebody");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view document(reinterpret_cast<const char*>(data), size);
  std::vector<Error> mistakes;
  const auto name = checked_name(document, mistakes);
  LAMPLIGHT_CHECK(name.has_value() == mistakes.empty(),
                  "a mistake is told, and only a mistake refuses");
  for (const Error& mistake : mistakes)
    LAMPLIGHT_CHECK(!mistake.message().empty(), "a mistake says something");
  if (const auto rules = rules_from_toml(document)) require_whole(*rules);
  if (const auto year = calendar_from_toml(document))
    LAMPLIGHT_CHECK(year->holidays.size() <= kMaxHolidays && year->workdays.size() <= kMaxWorkdays,
                    "no calendar is over the bound");
  return 0;
}
