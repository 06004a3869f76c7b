#include <fmt/format.h>

#include <utility>

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

std::string gang_lines(const GangsUnderReview& review) {
  std::string out;
  for (const Gang& gang : review.groups) {
    const auto count = [&](const char* key, std::size_t n, const char* unit) {
      Line row;
      row.row = "gang";
      row.id = fmt::format("{}", gang.number);
      row.key = key;
      row.unit = unit;
      row.say(FigureNumber{static_cast<std::int64_t>(n), Bound::kExact, Origin::kCounted});
      row.text = fmt::format("proposed at offset {}", gang.proposed_at.value);
      out += row.line();
    };
    count("persons", gang.persons.size(), "persons");
    count("cases", gang.cases.size(), "cases");
    count("links", gang.links.size(), "reports");
    count("recurring_persons", gang.recurring_persons.size(), "persons");
    count("recurring_cases", gang.recurring_cases.size(), "cases");
  }
  return out;
}

std::string clearance_lines(const ClearanceView& view, const CampaignDefinition& definition,
                            const CodeLists& lists, Language language) {
  std::string out;
  const auto place = [](const std::string& unit, const std::string& shift) {
    return fmt::format("unit={};shift={}", unit, shift);
  };
  const auto counts = [&](const std::vector<ClearanceCount>& of, const std::string& whose) {
    for (const ClearanceCount& count : of) {
      Line row;
      row.row = "clearance";
      row.id = view.clearance;
      row.key =
          fmt::format("{}what={};kind={};result={}", whose, count.what, count.kind, count.result);
      row.label = definition.label(lists, "what", count.what, language);
      row.say(FigureNumber{count.n, count.bound, Origin::kCounted});
      out += row.line();
    }
  };
  counts(view.totals, "");
  for (const ClearanceLine& line : view.lines)
    counts(line.counts, place(line.unit, line.shift) + ";");
  for (const MissingLine& line : view.missing) {
    Line row;
    row.row = "clearance_missing";
    row.id = view.clearance;
    row.key = place(line.unit, line.shift);
    row.label = definition.label(lists, "unit", line.unit, language);
    out += row.line();
  }
  return out;
}

std::string account_lines(const RecordAccount& of) {
  const std::pair<const char*, std::uint64_t> parts[] = {
      {"events", of.events},           {"reports", of.reports},
      {"repeats", of.repeats},         {"corrections", of.corrections},
      {"withdrawals", of.withdrawals}, {"unreadable", of.unreadable},
      {"unresolved", of.unresolved},   {"standing", of.standing},
      {"corrected", of.corrected},     {"withdrawn", of.withdrawn},
      {"not_actual", of.not_actual}};
  std::string out;
  for (const auto& [key, n] : parts) {
    Line row;
    row.row = "account";
    row.id = of.from;
    row.key = key;
    row.unit = "reports";
    row.say(FigureNumber{static_cast<std::int64_t>(n), Bound::kExact, Origin::kCounted});
    out += row.line();
  }
  return out;
}

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
  if (!report.annex) return out;
  if (report.annex->gangs) out += gang_lines(*report.annex->gangs);
  for (const ClearanceView& view : report.annex->clearances.operations)
    out += clearance_lines(view, definition, lists, language);
  for (const RecordAccount& of : report.annex->accounts) out += account_lines(of);
  return out;
}

}  // namespace lamplight::tally
