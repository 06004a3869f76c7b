#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/code_lists.hpp"
#include "tally/facts/facts.hpp"
#include "tally/spec.hpp"

/// What a campaign is and counts: docs/campaign.md tells it to people, key by key.
namespace lamplight::tally {

struct Words {
  std::string zh;
  std::string en;
  [[nodiscard]] const std::string& in(Language language) const {
    return language == Language::kChinese ? zh : en;
  }
};

/// Field → the values of which one must hold. Fields and values in order of their bytes.
using Filter = std::map<std::string, std::vector<std::string>, std::less<>>;

enum class CountBy : std::uint8_t { kRows, kDistinct, kSum, kLatest, kGangs };

struct MeasureSpec {
  std::string name;
  Words words;
  std::string from;  ///< alert.received or the subject of a FactKind
  CountBy count = CountBy::kRows;
  Dimensions key;     ///< distinct, latest
  std::string value;  ///< sum: "counts" or "amount_fen"
  std::string once;   ///< sum: field whose equal values count once; empty: each report
  Filter where;
  Filter except;
  std::string dated;  ///< the stamp that periods go by
  bool ever = false;  ///< latest: all before the end of the period
  std::vector<Dimensions> by;
  std::string unit;
  std::string rank;  ///< a dimension of `by`; empty: none
  std::optional<std::int64_t> target;
  bool compare = false;
};

struct CodeWords {
  std::string list;  ///< operation, unit, or the name of a code list
  std::string code;
  Words words;
  std::optional<std::int64_t> population;  ///< of a unit
};

struct Rollup {
  std::string name;
  std::string of;
  struct Group {
    std::string code;
    Words words;
    std::vector<std::string> members;
  };
  std::vector<Group> groups;
};

struct SplitByStamp {
  std::string name;
  std::string stamp;
  Day day;
  std::string before;
  std::string after;
};

struct GangRule {
  bool recurring = true;
  std::int64_t persons = 3;
  std::int64_t cases = 2;
  std::int64_t recurring_persons = 2;
  std::int64_t recurring_cases = 2;
  std::int32_t window_days = 730;
  std::vector<std::string> leave_out;
};

struct CohortSpec {
  std::string name;
  Words words;
  std::string from;
  Dimensions key;
  std::string field;
  std::string enter;
  std::vector<std::string> stages;
  std::vector<std::string> exits;
};

enum class Show : std::uint8_t { kValue, kChange, kRank };

struct FigureSpec {
  std::string id;
  std::string section;
  Words words;
  std::string measure;  ///< empty: declared
  Filter where;
  Show show = Show::kValue;
  std::optional<Day> until;
  std::int64_t scale = 1;
  std::string unit;  ///< the measure's, or its own when declared
};

struct CheckSpec {
  std::string name;
  Words words;
  std::string kind;  ///< one of check_kinds()
  std::map<std::string, std::string>
      one;  ///< total, part, whole, count, change, figure, of, instead_of, group, cohort, inner, outer, choice, measure, codes
  std::map<std::string, std::vector<std::string>> many;  ///< parts, figures, leaves, listed
  Words label;
};

struct CampaignDefinition {
  std::string code;
  Words words;
  Period period;
  std::optional<Period> previous;  ///< none: the same days a year before, 29 February left out
  std::int16_t clock_minutes = 0;
  std::int32_t day_cut_hour = 0;
  std::int64_t small_number = 20;
  std::vector<CodeWords> codes;
  std::vector<Rollup> rollups;
  std::vector<SplitByStamp> splits;
  std::vector<MeasureSpec> measures;
  std::optional<GangRule> gangs;
  std::vector<CohortSpec> cohorts;
  struct Section {
    std::string name;
    Words words;
  };
  std::vector<Section> sections;
  std::vector<FigureSpec> figures;
  std::vector<CheckSpec> checks;

  [[nodiscard]] const MeasureSpec* measure(std::string_view name) const;
  [[nodiscard]] const FigureSpec* figure(std::string_view id) const;
  /// The words of a code: the definition's own, else the lists', else the code itself.
  [[nodiscard]] std::string label(const CodeLists& lists, std::string_view field,
                                  std::string_view code, Language language) const;
};

/// Reads and checks a whole document. Errors: kInvalid naming line, key and rule; for an unknown name the nearest known
/// one; every name used (measures, figures, fields of the record, rollups, sections) must be there.
/// The error tells the first mistake; `all` receives every one (a hundred at most), in the order of the document's tables.
/// Bounds: kMaxCampaignBytes, 500 measures, 2000 figures, 200 checks. Left out: dated is happened_at where the record has
/// it, else reported_at; unit is what the key or value is counted in; what is ranked is a table of `by`.
[[nodiscard]] Result<CampaignDefinition> campaign_from_toml(std::string_view toml,
                                                            std::vector<Error>* all = nullptr);

/// A definition on the log, as of an offset.
struct DefinitionInForce {
  std::string_view campaign;
  std::int64_t version = 0;
  Offset offset;
  std::string_view document;  ///< in the view
};
/// The newest version of each campaign that is defined at or before `as_of`, by code.
[[nodiscard]] std::vector<DefinitionInForce> definitions_at(const FactsView& view, Offset as_of);

}  // namespace lamplight::tally
