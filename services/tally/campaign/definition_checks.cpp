#include "tally/campaign/definition_checks.hpp"

#include <algorithm>

#include "tally/campaign/fields.hpp"

namespace lamplight::tally {

std::vector<std::string> dimensions_of(const CampaignDefinition& definition,
                                       const MeasureSpec& measure) {
  std::vector<std::string> out = fields_of_record(measure.from);
  const auto there = [&out](const std::string& name) {
    return std::find(out.begin(), out.end(), name) != out.end();
  };
  if (has_counts(measure.from)) {
    out.insert(out.end(), count_parts().begin(), count_parts().end());
  }
  std::vector<std::string> made;
  for (const Rollup& rollup : definition.rollups) {
    if (there(rollup.of)) made.push_back(rollup.name);
  }
  const std::vector<std::string> stamps = stamps_of_record(measure.from);
  for (const SplitByStamp& split : definition.splits) {
    if (std::find(stamps.begin(), stamps.end(), split.stamp) != stamps.end()) {
      made.push_back(split.name);
    }
  }
  out.insert(out.end(), made.begin(), made.end());
  out.insert(out.end(), time_dimensions().begin(), time_dimensions().end());
  return out;
}

std::vector<std::string> label_lists(const CampaignDefinition& definition) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < kCodeListCount; ++i) {
    out.emplace_back(to_string(static_cast<CodeList>(i)));
  }
  for (const SplitByStamp& split : definition.splits) out.push_back(split.name);
  return out;
}

std::string usual_unit(const MeasureSpec& measure) {
  if (measure.count == CountBy::kGangs) return "groups";
  if (measure.count == CountBy::kSum) return measure.value == "amount_fen" ? "fen" : "entries";
  if (measure.count == CountBy::kRows || measure.key.empty()) return "reports";
  const std::string& key = measure.key.back();
  if (key == "person") return "persons";
  if (key == "case") return "cases";
  if (key == "hazard") return "hazards";
  return "entries";
}

const std::vector<std::string>& counting_units() {
  static const std::vector<std::string> kUnits{"persons", "turns",   "entries", "sites",
                                               "cases",   "groups",  "pieces",  "grams",
                                               "fen",     "reports", "hazards"};
  return kUnits;
}

}  // namespace lamplight::tally
