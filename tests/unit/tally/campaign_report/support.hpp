#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tally/campaign_report/campaign_report.hpp"

/// Campaigns said in a few lines, and amounts by hand.
namespace lamplight::tally::test {

inline Day day(std::string_view text) { return day_from(text).value(); }

/// Amounts by measure, part and first day of the period.
class Amounts final : public AmountSource {
 public:
  void set(const std::string& measure, const std::string& part, std::int64_t now,
           std::optional<std::int64_t> before = std::nullopt) {
    now_[{measure, part}] = now;
    if (before) before_[{measure, part}] = *before;
  }
  /// The data of every measure begin on this day.
  void begin_on(std::string_view first) { first_ = std::string(first); }

  Amount total(const MeasureQuestion& question) override {
    asked.push_back(question);
    return amount(question, part_of(question.where));
  }
  AmountTable table(const MeasureQuestion& question, const Dimensions& by) override {
    AmountTable table{by, {}};
    if (!question.period) {
      AmountTable::RowOf row{{first_}, {}};
      table.rows.push_back(row);
      return table;
    }
    for (const auto& [key, n] : side(question)) {
      if (key.first != question.measure->name || key.second.empty()) continue;
      table.rows.push_back({{key.second}, amount(question, key.second)});
    }
    return table;
  }
  std::vector<MeasureQuestion> asked;

 private:
  using Numbers = std::map<std::pair<std::string, std::string>, std::int64_t>;
  [[nodiscard]] const Numbers& side(const MeasureQuestion& question) const {
    return date_of(question.period->first).year == 2022 ? now_ : before_;
  }
  static std::string part_of(const Filter& where) {
    for (const auto& [field, values] : where) {
      if (field != "day") return values.at(0);
    }
    return {};
  }
  [[nodiscard]] Amount amount(const MeasureQuestion& question, const std::string& part) const {
    Amount amount;
    amount.n = 0;
    const auto found = side(question).find({question.measure->name, part});
    if (found != side(question).end()) amount.n = found->second;
    return amount;
  }
  Numbers now_, before_;
  std::string first_ = "2020-01-01";
};

/// A campaign of the summer of 2022 with one measure of persons.
class Campaign {
 public:
  Campaign() {
    definition.code = "summer";
    definition.words = {"夏季行动", "Summer <campaign>"};
    definition.period = {day("2022-06-25"), day("2022-08-29")};
    definition.clock_minutes = 480;
    definition.sections.push_back({"results", {"打处成果", "Results"}});
    MeasureSpec suspects;
    suspects.name = "suspects";
    suspects.words = {"打处", "Suspects"};
    suspects.from = "person.reported";
    suspects.count = CountBy::kDistinct;
    suspects.unit = "persons";
    suspects.compare = true;
    definition.measures.push_back(suspects);
  }
  FigureSpec& figure(const std::string& id, const std::string& zh, const std::string& en) {
    FigureSpec spec;
    spec.id = id;
    spec.section = "results";
    spec.words = {zh, en};
    spec.unit = "persons";
    definition.figures.push_back(std::move(spec));
    return definition.figures.back();
  }
  /// A declared figure that was printed so.
  void printed(const std::string& id, std::int64_t n, Show show = Show::kValue) {
    figure(id, id, id).show = show;
    declare(id, "published", n);
  }
  void declare(const std::string& id, const std::string& role, std::int64_t n,
               Bound bound = Bound::kExact) {
    declared.push_back({id, role, n, bound, "paper", {}, {}});
  }
  CheckSpec& check(const std::string& kind) {
    CheckSpec spec;
    spec.name = "the_" + kind;
    spec.kind = kind;
    spec.words = {kind, kind};
    definition.checks.push_back(std::move(spec));
    return definition.checks.back();
  }
  [[nodiscard]] CampaignReport report(std::optional<TimeUs> now = std::nullopt,
                                      std::optional<Period> period = std::nullopt) {
    ReportPlace place;
    place.version = 1;
    place.defined_at = {1};
    place.as_of = {9};
    place.as_of_time = now;
    place.cut = {{9}, TimeUs{}, std::nullopt};
    return assemble_report(std::make_shared<const CampaignDefinition>(definition), lists, amounts,
                           declared, cohorts, place, period);
  }
  /// The result of the check of that kind on printed numbers.
  [[nodiscard]] CheckResult on_printed(const std::string& kind) {
    for (const CheckResult& result : report().checks) {
      if (result.name == "the_" + kind && result.on == CheckedOn::kPublished) return result;
    }
    return {};
  }
  CampaignDefinition definition;
  CodeLists lists = CodeLists::builtin().value();
  Amounts amounts;
  std::vector<DeclaredFigure> declared;
  std::vector<CohortTable> cohorts;
};

}  // namespace lamplight::tally::test
