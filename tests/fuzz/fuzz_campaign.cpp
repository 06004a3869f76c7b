// Campaigns that people write, and that come back from the log: any text gives a definition whose names are all there, or
// mistakes that each say something.
#include <cstdint>
#include <set>
#include <string_view>
#include <vector>

#include "base/check.hpp"
#include "model/result_descriptions.hpp"
#include "tally/campaign/definition.hpp"

namespace {

using namespace lamplight;
using namespace lamplight::tally;

void require_whole(const CampaignDefinition& made) {
  LAMPLIGHT_CHECK(!made.code.empty() && made.code.size() <= 48, "a campaign has a code");
  LAMPLIGHT_CHECK(!(made.period.last < made.period.first),
                  "a period does not end before it begins");
  std::set<std::string_view> sections;
  for (const auto& section : made.sections) sections.insert(section.name);
  for (const MeasureSpec& measure : made.measures) {
    LAMPLIGHT_CHECK(made.measure(measure.name) == &measure, "a measure has a name of its own");
    LAMPLIGHT_CHECK(!measure.dated.empty() && !measure.unit.empty(),
                    "what is left out has a default");
    LAMPLIGHT_CHECK(measure.count != CountBy::kGangs || made.gangs, "gangs have a rule");
    bool ranked = measure.rank.empty();
    for (const Dimensions& by : measure.by) ranked = ranked || by == Dimensions{measure.rank};
    LAMPLIGHT_CHECK(ranked, "what is ranked is a table");
  }
  for (const FigureSpec& figure : made.figures) {
    LAMPLIGHT_CHECK(made.figure(figure.id) == &figure, "a figure has an id of its own");
    LAMPLIGHT_CHECK(figure.measure.empty() || made.measure(figure.measure), "its measure is there");
    LAMPLIGHT_CHECK(sections.count(figure.section) == 1, "its section is there");
    LAMPLIGHT_CHECK(figure.scale >= 1, "it is divided by something");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<Error> mistakes;
  const auto made = campaign_from_toml({reinterpret_cast<const char*>(data), size}, &mistakes);
  LAMPLIGHT_CHECK(made.ok() == mistakes.empty(), "a mistake is told, and only a mistake refuses");
  LAMPLIGHT_CHECK(mistakes.size() <= 100, "no document fills the memory with its mistakes");
  for (const Error& mistake : mistakes) {
    LAMPLIGHT_CHECK(!mistake.message().empty(), "a mistake says something");
  }
  if (!made) return 0;
  LAMPLIGHT_CHECK(size <= kMaxCampaignBytes, "no document is over the bound");
  require_whole(*made);
  return 0;
}
