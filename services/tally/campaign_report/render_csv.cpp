#include <fmt/format.h>

#include "tally/campaign_report/campaign_report.hpp"

namespace lamplight::tally {
namespace {

std::string quoted(const std::string& text) {
  if (text.find_first_of("\",\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

/// One line: what kind of row it is, which, and its numbers. An empty cell: not stated.
struct Line {
  std::string row, id, key, label, unit;
  std::optional<std::int64_t> n;
  std::string bound, origin;
  std::optional<std::int64_t> previous;
  std::string previous_origin;
  std::optional<std::string> pct_1dp;
  std::optional<std::int64_t> published, expected, difference;
  std::string verdict, as_of_day, text;

  static constexpr const char* kHead =
      "row,id,key,label,unit,value,bound,origin,previous,previous_origin,change_pct,published,"
      "expected,"
      "difference,verdict,as_of_day,text\r\n";

  [[nodiscard]] std::string line() const {
    const auto number = [](const std::optional<std::int64_t>& of) {
      return of ? std::to_string(*of) : std::string();
    };
    const std::string cells[] = {row,
                                 id,
                                 key,
                                 label,
                                 unit,
                                 number(n),
                                 bound,
                                 origin,
                                 number(previous),
                                 previous_origin,
                                 pct_1dp.value_or(""),
                                 number(published),
                                 number(expected),
                                 number(difference),
                                 verdict,
                                 as_of_day,
                                 text};
    std::string out;
    for (const std::string& cell : cells) out += (&cell == cells ? "" : ",") + quoted(cell);
    return out + "\r\n";
  }

  void say(const FigureNumber& value) {
    if (!value.n) return;
    n = value.n;
    bound = to_string(value.bound);
    origin = to_string(value.origin);
  }
  void say(const Amount& amount) {
    if (amount.n) say(FigureNumber{amount.n, amount.bound, Origin::kCounted});
  }
  void say(const std::optional<Compared>& compared) {
    if (!compared) return;
    previous = compared->previous.n;
    if (previous) previous_origin = to_string(compared->previous.origin);
    pct_1dp = compared->pct_1dp;
  }
};

}  // namespace

std::string to_csv(const CampaignReport& report, const CodeLists& lists, Language language) {
  const CampaignDefinition& definition = *report.definition;
  std::string out = Line::kHead;
  for (const CampaignFigure& figure : report.figures) {
    Line row;
    row.row = "figure";
    row.id = figure.spec->id;
    row.label = figure.spec->words.in(language);
    row.unit = figure.spec->show == Show::kValue    ? figure.spec->unit
               : figure.spec->show == Show::kChange ? "percent"
                                                    : "rank";
    row.say(figure.value);
    row.say(figure.compared);
    row.published = figure.published.n;
    row.as_of_day = to_string(figure.as_of_day);
    out += row.line();
  }
  for (const CampaignTable& table : report.tables) {
    for (const CampaignTable::RowOf& of : table.rows) {
      Line row;
      row.row = "table";
      row.id = table.measure->name;
      row.unit = table.measure->unit;
      for (std::size_t i = 0; i < table.by.size(); ++i) {
        const std::string code = of.key[i].value_or("");
        row.key += fmt::format("{}{}={}", i > 0 ? ";" : "", table.by[i], code);
        row.label +=
            fmt::format("{}{}", i > 0 ? " · " : "",
                        of.key[i] ? definition.label(lists, table.by[i], code, language) : "");
      }
      row.say(of.amount);
      row.say(of.compared);
      out += row.line();
    }
  }
  for (const Ranking& ranking : report.rankings) {
    for (const Ranking::RowOf& of : ranking.rows) {
      Line row;
      row.row = "ranking";
      row.id = ranking.measure->name;
      row.key = fmt::format("{}={}", ranking.measure->rank, of.code);
      row.label = definition.label(lists, ranking.measure->rank, of.code, language);
      row.unit = ranking.measure->unit;
      row.say(FigureNumber{of.n, Bound::kExact, Origin::kCounted});
      row.text = fmt::format("place {}{}", of.place,
                             of.per_10000 ? "; per 10000 " + *of.per_10000 : std::string());
      out += row.line();
    }
  }
  for (const CohortTable& table : report.cohorts) {
    const auto line = [&](const std::string& stage, std::int64_t reached, const char* text) {
      Line row;
      row.row = "cohort";
      row.id = table.name;
      row.key = stage;
      row.unit = "persons";
      row.say(FigureNumber{reached, Bound::kExact, Origin::kCounted});
      row.text = text;
      out += row.line();
    };
    line("entered", table.entered, "");
    for (const CohortStage& stage : table.stages) line(stage.stage, stage.reached, "stage");
    for (const CohortStage& exit : table.exits) line(exit.stage, exit.reached, "exit");
  }
  for (const CheckResult& check : report.checks) {
    Line row;
    row.row = "check";
    row.id = check.name;
    row.key = check.kind;
    row.label = check.words.in(language);
    row.origin = to_string(check.on);
    row.n = check.actual;
    row.expected = check.expected;
    row.difference = check.difference();
    row.verdict = to_string(check.verdict);
    row.text = check.sentence.in(language);
    out += row.line();
  }
  return out;
}

}  // namespace lamplight::tally
