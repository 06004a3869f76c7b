#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tally/campaign_report/campaign_report.hpp"

/// The cross-checks of a report: those of the definition by kind, and those that every report makes.
namespace lamplight::tally::checks {

/// The numbers that a check looks at: those counted (or declared in their place), or those printed.
class Numbers {
 public:
  Numbers(const CampaignReport& report, const CodeLists& lists, CheckedOn on)
      : report_(report), lists_(lists), on_(on) {}

  [[nodiscard]] FigureNumber number(const std::string& figure) const;
  /// The percentage of a figure: its own when it shows a change, else of its comparison.
  [[nodiscard]] std::optional<std::int64_t> percent(const std::string& figure) const;
  /// Its words and, where two figures share them, its id; the text itself when it is no figure.
  [[nodiscard]] Words label(const std::string& figure) const;
  /// "盗窃 226、涉毒 19" and "Theft 226, Drugs 19"; what nobody stated says so.
  [[nodiscard]] Words listed(const std::vector<std::string>& figures) const;
  /// The sum of what is stated; nothing when nothing is.
  [[nodiscard]] std::optional<std::int64_t> sum(const std::vector<std::string>& figures) const;
  [[nodiscard]] std::vector<std::string> unstated(const std::vector<std::string>& figures) const;
  [[nodiscard]] const CampaignReport& report() const { return report_; }
  [[nodiscard]] const CodeLists& lists() const { return lists_; }

 private:
  const CampaignReport& report_;
  const CodeLists& lists_;
  CheckedOn on_;
};

/// Fills expected, actual, verdict and sentence of `result`.
using Kind = std::function<void(const Numbers&, const CheckSpec&, CheckResult&)>;
using Kinds = std::map<std::string_view, Kind>;
void add_sums(
    Kinds& kinds);  ///< parts, equal, at_most, no_total, overlap, nominal, units, included
void add_changes(Kinds& kinds);   ///< feasible, opposite, flow, cohort
void add_printing(Kinds& kinds);  ///< same_label, rollup, as_of, scope, unstated

/// What every report checks by itself.
[[nodiscard]] std::vector<CheckResult> automatic(const CampaignReport& report,
                                                 const std::vector<DeclaredFigure>& declared);

/// All, in the definition's order and then the automatic ones: counted first, then published where such are declared.
[[nodiscard]] std::vector<CheckResult> run(const CampaignReport& report, const CodeLists& lists,
                                           const std::vector<DeclaredFigure>& declared);

// Words shared by the kinds.
[[nodiscard]] const std::string& one(const CheckSpec& spec, const char* key);
[[nodiscard]] const std::vector<std::string>& many(const CheckSpec& spec, const char* key);
/// The check cannot be made: these are not stated.
void say_unstated(const Numbers& numbers, const std::vector<std::string>& figures,
                  CheckResult& result);

}  // namespace lamplight::tally::checks
