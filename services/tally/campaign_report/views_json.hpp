#pragma once

#include <optional>
#include <string>

#include "tally/campaign_report/annex.hpp"
#include "tally/json_fields.hpp"
#include "tally/report.hpp"

namespace lamplight::tally {

inline constexpr std::size_t kMaxListedCodes = 200;  ///< of operations that are not shown

/// Writes groups for review, clearance operations and accounts of records; docs/report.md tells their shapes. The report's
/// JSON and the answers of their own routes are made of the same parts.
class ViewsJson : private JsonFields {
 public:
  explicit ViewsJson(Json& json) : JsonFields(json) {}

  void rule(const GangRule& rule);
  void groups(const std::vector<Gang>& groups);               ///< an array
  void history(const std::vector<GangEvent>& history);        ///< an array
  void clearance(const ClearanceView& view);                  ///< an object
  void summary(const ClearanceView& view);                    ///< an object: one line of a list
  void accounts(const std::vector<RecordAccount>& accounts);  ///< an array
  void unlisted(const ClearanceOperations& found);            ///< fields: what is not in a list

 private:
  void person(const GangPerson& person);
  void persons(std::string_view name, const std::vector<GangPerson>& persons);
  void gang(const Gang& gang);
  void event(const GangEvent& event);
  void counts(std::string_view name, const std::vector<ClearanceCount>& counts);
  void stamp(std::string_view name, const std::optional<Stamp>& stamp);
  void ordered(const ClearanceView& view);
  void some(const std::string& name, const std::vector<std::string>& codes);
};

/// Where an answer stands in the log.
struct ViewPlace {
  Offset as_of;
  std::optional<TimeUs> time;  ///< of the last report or alert at or before it
  std::optional<ChainHash> hash;
};

[[nodiscard]] std::string gangs_json(const GangsUnderReview& review, const GangRule& rule,
                                     const std::string& campaign, const ViewPlace& place);
/// `campaign` empty: operations of whatever campaign.
[[nodiscard]] std::string clearances_json(const ClearanceOperations& found,
                                          const std::string& campaign, const ViewPlace& place);
[[nodiscard]] std::string clearance_json(const ClearanceView& view, const ViewPlace& place);

}  // namespace lamplight::tally
