// Reads a campaign's document strictly: every key is known, every value is of its kind and within its bounds, and every
// name that is used is there. All mistakes are told, each with its line.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "model/result_descriptions.hpp"
#include "model/rfc3339.hpp"
#include "tally/campaign/check_kinds.hpp"
#include "tally/campaign/definition.hpp"
#include "tally/campaign/definition_checks.hpp"
#include "tally/campaign/fields.hpp"
#include "tally/campaign/table_reader.hpp"

namespace lamplight::tally {
namespace {

// So that a document cannot make a report without end.
constexpr std::size_t kMaxMeasures = 500;
constexpr std::size_t kMaxFigures = 2000;
constexpr std::size_t kMaxChecks = 200;
constexpr std::size_t kMaxCodes = 2000;
constexpr std::size_t kMaxOthers = 100;  // rollups, splits, cohorts, sections
constexpr std::size_t kMaxCampaignCode = 48;

bool holds(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

template <typename List, typename Member>
std::vector<std::string> names_of(const List& list, Member member) {
  std::vector<std::string> out;
  out.reserve(list.size());
  for (const auto& entry : list) out.push_back(entry.*member);
  return out;
}

class DefinitionReader {
 public:
  explicit DefinitionReader(Problems& problems) : problems_(problems) {}

  CampaignDefinition read(const toml::table& document) {
    TableReader in(document, "", problems_);
    if (!in.has("campaign")) in.fail("[campaign]", "is needed");
    in.inside("campaign", [this](TableReader& t) { campaign(t); });
    for (const char* list : {"operation", "unit"}) {
      in.list(list, kMaxCodes, [&](TableReader& t) { code(t, list); });
    }
    in.list("rollup", kMaxOthers, [this](TableReader& t) { rollup(t); });
    in.list("split", kMaxOthers, [this](TableReader& t) { split(t); });
    in.list("label", kMaxCodes, [this](TableReader& t) { code(t, ""); });
    in.list("measure", kMaxMeasures, [this](TableReader& t) { measure(t); });
    in.inside("gangs", [this](TableReader& t) { gangs(t, made_.gangs.emplace()); });
    in.list("cohort", kMaxOthers, [this](TableReader& t) { cohort(t); });
    in.list("section", kMaxOthers, [this](TableReader& t) { section(t); });
    in.list("figure", kMaxFigures, [this](TableReader& t) { figure(t); });
    in.list("check", kMaxChecks, [this](TableReader& t) { check(t); });
    const bool gang_measure =
        std::any_of(made_.measures.begin(), made_.measures.end(),
                    [](const MeasureSpec& spec) { return spec.count == CountBy::kGangs; });
    if (gang_measure && !made_.gangs)
      in.fail("[gangs]", "is needed by a measure that counts gangs");
    in.finish();
    return std::move(made_);
  }

 private:
  void campaign(TableReader& in) {
    in.name("code", made_.code, kMaxCampaignCode);
    in.words(made_.words);
    made_.period = period(in);
    std::string clock = "+08:00";
    in.text("clock", clock);
    Stamp stamp;  // by the same rules as a stamp's zone
    if (parse_rfc3339("2000-01-01T00:00:00" + clock, stamp) != StampFault::kNone) {
      in.fail("clock", "must be an offset such as \"+08:00\"");
    }
    made_.clock_minutes = stamp.offset_minutes;
    std::int64_t cut = 0;
    in.integer("day_cut_hour", cut, 0, 23);
    made_.day_cut_hour = static_cast<std::int32_t>(cut);
    in.inside("previous", [this](TableReader& t) { made_.previous = period(t); });
    in.integer("small_number", made_.small_number, 0, 1'000'000'000);
  }

  Period period(TableReader& in) {
    for (const char* key : {"from", "until"}) {
      if (!in.has(key)) in.fail(key, "is needed: a day, such as 2022-06-25");
    }
    const auto first = in.day("from");
    const auto last = in.day("until");
    if (first && last && *last < *first) in.fail("until", "lies before from");
    return {first.value_or(Day{}), last.value_or(Day{})};
  }

  /// Says so when a name of its sort was there before.
  void once(TableReader& in, const char* key, const std::string& sort, const std::string& name) {
    if (!name.empty() && !seen_.emplace(sort, name).second) {
      in.fail(key, fmt::format("\"{}\" is there twice", name));
    }
  }

  /// `name` must be one of `known`; empty is somebody else's mistake.
  static void known(TableReader& in, const char* key, const std::string& name, const char* what,
                    const std::vector<std::string>& known) {
    if (!name.empty() && !holds(known, name)) in.fail_unknown(key, name, what, known);
  }

  void code(TableReader& in, const std::string& list) {
    CodeWords& out = made_.codes.emplace_back();
    out.list = list;
    if (list.empty()) {
      in.required("list", out.list);
      known(in, "list", out.list, "code list", label_lists(made_));
    }
    in.required("code", out.code);
    in.words(out.words);
    if (out.words.zh.empty()) in.fail("zh", "is needed, or en");
    once(in, "code", "code of " + out.list, out.code);
    if (out.list == "unit" && in.has("population")) {
      in.integer("population", out.population.emplace(), 1, 2'000'000'000);
    }
  }

  void rollup(TableReader& in) {
    Rollup& out = made_.rollups.emplace_back();
    in.name("name", out.name);
    own_dimension(in, out.name);
    in.required("of", out.of);
    std::vector<std::string> fields = count_parts();
    for (const std::string& record : record_names()) {
      const auto more = fields_of_record(record);
      fields.insert(fields.end(), more.begin(), more.end());
    }
    std::sort(fields.begin(), fields.end());
    fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
    known(in, "of", out.of, "field of a record", fields);
    std::set<std::string> members;
    in.list("group", 200, [&](TableReader& t) {
      Rollup::Group& group = out.groups.emplace_back();
      t.required("code", group.code);
      t.words(group.words);
      if (group.words.zh.empty()) group.words = {group.code, group.code};
      t.texts("members", group.members);
      for (const std::string& member : group.members) {
        if (!members.insert(member).second) {
          t.fail("members", fmt::format("\"{}\" is in two groups", member));
        }
      }
    });
    if (out.groups.empty()) in.fail("group", "is needed: at least one");
  }

  /// A dimension of the definition's own must not hide a field.
  void own_dimension(TableReader& in, const std::string& name) {
    once(in, "name", "dimension", name);
    bool taken = holds(time_dimensions(), name) || holds(count_parts(), name);
    for (const std::string& record : record_names()) {
      taken = taken || holds(fields_of_record(record), name);
    }
    if (taken) in.fail("name", fmt::format("\"{}\" is a field of a record", name));
  }

  void split(TableReader& in) {
    SplitByStamp& out = made_.splits.emplace_back();
    in.name("name", out.name);
    own_dimension(in, out.name);
    in.required("stamp", out.stamp);
    std::set<std::string> stamps;
    for (const std::string& record : record_names()) {
      for (const std::string& stamp : stamps_of_record(record)) stamps.insert(stamp);
    }
    known(in, "stamp", out.stamp, "stamp of a record", {stamps.begin(), stamps.end()});
    if (!in.has("day")) in.fail("day", "is needed");
    out.day = in.day("day").value_or(Day{});
    in.required("before", out.before);
    in.required("after", out.after);
  }

  void measure(TableReader& in) {
    MeasureSpec& out = made_.measures.emplace_back();
    in.name("name", out.name);
    once(in, "name", "measure", out.name);
    in.words(out.words);
    if (out.words.zh.empty()) out.words = {out.name, out.name};
    in.required("from", out.from);
    known(in, "from", out.from, "record", record_names());
    count(in, out);
    const std::vector<std::string> dimensions = dimensions_of(made_, out);
    const bool entries = out.count == CountBy::kSum && out.value == "counts";
    in.texts("key", out.key, kMaxDimensions);
    const bool keyed = out.count == CountBy::kDistinct || out.count == CountBy::kLatest;
    if (keyed && out.key.empty()) in.fail("key", "is needed: what counts once");
    if (!keyed && in.has("key")) in.fail("key", "is of distinct and latest alone");
    if (holds(record_names(), out.from)) {
      for (const std::string& name : out.key) {
        known(in, "key", name, "field of this record", fields_of_record(out.from));
      }
      names(in, out, dimensions, entries);
      dated(in, out);
    }
    in.text("unit", out.unit);
    known(in, "unit", out.unit, "counting unit", counting_units());
    if (out.unit.empty()) out.unit = usual_unit(out);
    if (in.has("target")) {
      in.integer("target", out.target.emplace(), 0, std::numeric_limits<std::int64_t>::max());
    }
    in.flag("compare", out.compare);
  }

  void count(TableReader& in, MeasureSpec& out) {
    static constexpr std::pair<std::string_view, CountBy> kWays[] = {
        {"rows", CountBy::kRows},
        {"distinct", CountBy::kDistinct},
        {"sum", CountBy::kSum},
        {"latest", CountBy::kLatest},
        {"gangs", CountBy::kGangs}};
    std::string way;
    in.required("count", way);
    std::vector<std::string> ways;
    for (const auto& [name, meaning] : kWays) {
      ways.emplace_back(name);
      if (name == way) out.count = meaning;
    }
    known(in, "count", way, "way to count", ways);

    in.text("value", out.value);
    if (out.count == CountBy::kSum) {
      std::vector<std::string> values;
      if (has_counts(out.from)) values.emplace_back("counts");
      if (out.from == kAlertReceived) values.emplace_back("amount_fen");
      if (values.empty() && holds(record_names(), out.from)) {
        in.fail("count", fmt::format("{} holds no numbers to sum", out.from));
      } else if (!in.has("value")) {
        in.fail("value", "is needed by a sum: \"counts\", or \"amount_fen\" of alerts");
      } else if (!values.empty()) {
        known(in, "value", out.value, "number of this record", values);
      }
    } else if (in.has("value")) {
      in.fail("value", "is of a sum alone");
    }
    in.text("once", out.once);
    if (out.count != CountBy::kSum && in.has("once")) in.fail("once", "is of a sum alone");
    if (holds(record_names(), out.from)) {
      known(in, "once", out.once, "field of this record", fields_of_record(out.from));
    }
    std::string period;
    in.text("period", period);
    if (!period.empty() && period != "ever") in.fail("period", "takes \"ever\" alone");
    if (!period.empty() && out.count != CountBy::kLatest) in.fail("period", "is of latest alone");
    out.ever = period == "ever";
  }

  void names(TableReader& in, MeasureSpec& out, const std::vector<std::string>& dimensions,
             bool entries) {
    in.filter("where", out.where);
    in.filter("except", out.except);
    known_fields(in, "where", out.where, dimensions);
    known_fields(in, "except", out.except, dimensions);
    in.tables("by", out.by);
    in.text("rank", out.rank);
    std::vector<std::string> tables = dimensions;
    if (!entries) {
      std::erase_if(tables, [&](const std::string& name) {
        return holds(count_parts(), name) && !holds(fields_of_record(out.from), name);
      });
    }
    for (const Dimensions& by : out.by) {
      for (const std::string& name : by) known(in, "by", name, "dimension of this measure", tables);
      if (std::set<std::string>(by.begin(), by.end()).size() != by.size()) {
        in.fail("by", "names a dimension twice in one table");
      }
    }
    if (out.rank.empty()) return;
    known(in, "rank", out.rank, "dimension of this measure", tables);
    // What is ranked is a table too.
    const Dimensions ranked{out.rank};
    if (std::find(out.by.begin(), out.by.end(), ranked) == out.by.end()) out.by.push_back(ranked);
  }

  static void known_fields(TableReader& in, const char* key, const Filter& filter,
                           const std::vector<std::string>& dimensions) {
    for (const auto& [field, values] : filter) {
      known(in, key, field, "field of this measure", dimensions);
    }
  }

  static void dated(TableReader& in, MeasureSpec& out) {
    const std::vector<std::string> stamps = stamps_of_record(out.from);
    in.text("dated", out.dated);
    known(in, "dated", out.dated, "stamp of this record", stamps);
    if (out.dated.empty()) out.dated = holds(stamps, "happened_at") ? "happened_at" : "reported_at";
  }

  static void gangs(TableReader& in, GangRule& out) {
    std::string rule = "recurring";
    in.text("rule", rule);
    known(in, "rule", rule, "rule", {"recurring", "component"});
    out.recurring = rule != "component";
    in.integer("persons", out.persons, 1, 10'000);
    in.integer("cases", out.cases, 1, 10'000);
    in.integer("recurring_persons", out.recurring_persons, 1, 10'000);
    in.integer("recurring_cases", out.recurring_cases, 1, 10'000);
    std::int64_t days = out.window_days;
    in.integer("window_days", days, 1, 36'600);
    out.window_days = static_cast<std::int32_t>(days);
    in.texts("leave_out", out.leave_out);
  }

  void cohort(TableReader& in) {
    CohortSpec& out = made_.cohorts.emplace_back();
    in.name("name", out.name);
    once(in, "name", "cohort", out.name);
    in.words(out.words);
    if (out.words.zh.empty()) out.words = {out.name, out.name};
    in.required("from", out.from);
    known(in, "from", out.from, "record", record_names());
    in.texts("key", out.key, kMaxDimensions);
    if (out.key.empty()) in.fail("key", "is needed: what is followed");
    in.required("field", out.field);
    if (holds(record_names(), out.from)) {
      const std::vector<std::string> fields = fields_of_record(out.from);
      for (const std::string& name : out.key)
        known(in, "key", name, "field of this record", fields);
      known(in, "field", out.field, "field of this record", fields);
    }
    in.required("enter", out.enter);
    in.texts("stages", out.stages, 50);
    if (out.stages.empty()) in.fail("stages", "is needed");
    in.texts("exits", out.exits, 50);
  }

  void section(TableReader& in) {
    CampaignDefinition::Section& out = made_.sections.emplace_back();
    in.name("name", out.name);
    once(in, "name", "section", out.name);
    in.words(out.words);
    if (out.words.zh.empty()) out.words = {out.name, out.name};
  }

  void figure(TableReader& in) {
    FigureSpec& out = made_.figures.emplace_back();
    in.name("id", out.id);
    once(in, "id", "figure", out.id);
    in.required("section", out.section);
    known(in, "section", out.section, "section",
          names_of(made_.sections, &CampaignDefinition::Section::name));
    in.words(out.words);
    if (out.words.zh.empty()) out.words = {out.id, out.id};
    in.text("measure", out.measure);
    known(in, "measure", out.measure, "measure", names_of(made_.measures, &MeasureSpec::name));
    in.filter("where", out.where);
    const MeasureSpec* measure = made_.measure(out.measure);
    if (measure) known_fields(in, "where", out.where, dimensions_of(made_, *measure));
    else if (out.measure.empty() && !out.where.empty()) {
      in.fail("where", "is a part of a measure; this figure has none");
    }
    show(in, out);
    if (in.has("until")) out.until = in.day("until");
    in.integer("scale", out.scale, 1, 1'000'000'000'000);
    // What is declared may be of any sort: places, dates, families. What is counted is in a unit that is counted.
    in.text("unit", out.unit, 64);
    if (!out.measure.empty()) known(in, "unit", out.unit, "counting unit", counting_units());
    if (measure && out.unit.empty()) out.unit = measure->unit;
  }

  static void show(TableReader& in, FigureSpec& out) {
    std::string shown = "value";
    in.text("show", shown);
    known(in, "show", shown, "way to show a figure", {"value", "change", "rank"});
    out.show = shown == "change" ? Show::kChange : shown == "rank" ? Show::kRank : Show::kValue;
    if (out.show == Show::kRank && !out.measure.empty()) {
      in.fail("show", "\"rank\" is of a declared figure: the district's own place among others");
    }
  }

  void check(TableReader& in) {
    CheckSpec& out = made_.checks.emplace_back();
    in.name("name", out.name);
    once(in, "name", "check", out.name);
    in.words(out.words);
    if (out.words.zh.empty()) out.words = {out.name, out.name};
    in.required("kind", out.kind);
    std::vector<std::string> kinds;
    const CheckKind* kind = nullptr;
    for (const CheckKind& each : check_kinds()) {
      kinds.emplace_back(each.kind);
      if (each.kind == out.kind) kind = &each;
    }
    if (!kind) {
      if (in.has("kind")) in.fail_unknown("kind", out.kind, "kind of check", kinds);
      for (const CheckKind& each : check_kinds()) {  // its keys cannot be judged
        for (const CheckKey& key : each.keys) static_cast<void>(in.has(key.key));
      }
      return;
    }
    for (const CheckKey& key : kind->keys) check_key(in, out, key);
  }

  void check_key(TableReader& in, CheckSpec& out, const CheckKey& key) {
    const std::string name(key.key);
    if (!in.has(name))
      return in.fail(name, fmt::format("is needed by a check of kind {}", out.kind));
    const auto figures = [this] { return names_of(made_.figures, &FigureSpec::id); };
    switch (key.takes) {
      case CheckTakes::kFigures:
      case CheckTakes::kTexts: {
        std::vector<std::string>& many = out.many[name];
        in.texts(name, many);
        if (many.empty()) in.fail(name, "must name at least one");
        if (key.takes == CheckTakes::kTexts) return;
        for (const std::string& id : many) known(in, name.c_str(), id, "figure", figures());
        return;
      }
      case CheckTakes::kWords: return in.inside(name, [&](TableReader& t) { t.words(out.label); });
      default: break;
    }
    std::string& one = out.one[name];
    in.required(name, one);
    switch (key.takes) {
      case CheckTakes::kFigure: return known(in, name.c_str(), one, "figure", figures());
      case CheckTakes::kMeasure:
        return known(in, name.c_str(), one, "measure",
                     names_of(made_.measures, &MeasureSpec::name));
      case CheckTakes::kCohort:
        return known(in, name.c_str(), one, "cohort", names_of(made_.cohorts, &CohortSpec::name));
      case CheckTakes::kChoice:
        return known(in, name.c_str(), one, "choice", {"yes", "no", "unknown"});
      case CheckTakes::kList: return known(in, name.c_str(), one, "code list", label_lists(made_));
      default: return;
    }
  }

  Problems& problems_;
  CampaignDefinition made_;
  std::set<std::pair<std::string, std::string>> seen_;
};

}  // namespace

Result<CampaignDefinition> campaign_from_toml(std::string_view text, std::vector<Error>* all) {
  if (text.size() > kMaxCampaignBytes) {
    const Error error(Code::kTooLarge,
                      fmt::format("campaign: a document of {} bytes; at most {} are taken",
                                  text.size(), kMaxCampaignBytes));
    if (all) all->push_back(error);
    return error;
  }
  Problems problems;
  CampaignDefinition made;
  try {
    const toml::table document = toml::parse(text);
    made = DefinitionReader(problems).read(document);
  } catch (const toml::parse_error& error) {
    problems.add(error.source().begin.line, "TOML:", error.description());
  }
  if (problems.all().empty()) return made;
  if (all) *all = problems.all();
  const Error& first = problems.all().front();
  if (problems.all().size() == 1) return first;
  return Error(first.code(),
               fmt::format("{} (and {} more)", first.message(), problems.all().size() - 1));
}

}  // namespace lamplight::tally
