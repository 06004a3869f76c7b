// Reads a report spec from TOML, or from JSON of the same shape (turned into the same tree first), strictly: every key is
// known, every value is of its kind and within its bounds.
#include <fmt/format.h>
#include <simdjson.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <set>

#include "model/rfc3339.hpp"
#include "tally/dimension.hpp"
#include "tally/hint.hpp"
#include "tally/spec.hpp"

namespace lamplight::tally {
namespace {

constexpr std::size_t kMaxEntries = 200;  // of a list in a spec
constexpr std::size_t kMaxNameBytes = 64;

/// Reads the keys of one table; the first thing that does not fit is kept, later ones are ignored.
class TableReader {
 public:
  TableReader(const toml::table& table, std::string where, std::optional<Error>& error)
      : table_(table), where_(std::move(where)), error_(error) {}
  TableReader(const TableReader&) = delete;
  TableReader& operator=(const TableReader&) = delete;
  /// To be called last: keys that nobody asked for are errors.
  void finish() {
    for (const auto& [key, node] : table_) {
      static_cast<void>(node);
      const std::string name(key.str());
      if (asked_.contains(name)) continue;
      fail(name, "is not a key here" + hint(name, {asked_.begin(), asked_.end()}));
    }
  }

  void text(const char* key, std::string& out) {
    const toml::node* node = find(key);
    if (!node) return;
    const auto value = node->value<std::string>();
    if (!node->is_string() || value->size() > 256)
      return fail(key, "must be a text of at most 256 bytes");
    out = *value;
  }
  void required(const char* key, std::string& out) {
    text(key, out);
    if (out.empty()) fail(key, "is needed");
  }
  void name(std::string& out) {
    required("name", out);
    const auto fits = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '_' || c == '-' || c == '+' || c == '.';
    };
    if (out.size() > kMaxNameBytes || !std::all_of(out.begin(), out.end(), fits)) {
      fail("name", "takes 1..64 of letters, digits and _ - + .");
    }
  }
  template <typename T>
  void integer(const char* key, T& out, std::int64_t low, std::int64_t high) {
    const toml::node* node = find(key);
    if (!node) return;
    const std::int64_t value = node->is_integer() ? *node->value<std::int64_t>() : low - 1;
    if (value < low || value > high)
      return fail(key, fmt::format("must be a whole number {}..{}", low, high));
    out = static_cast<T>(value);
  }
  void flag(const char* key, bool& out) {
    const toml::node* node = find(key);
    if (!node) return;
    if (!node->is_boolean()) return fail(key, "must be true or false");
    out = *node->value<bool>();
  }
  void texts(const char* key, std::vector<std::string>& out) {
    each(key, [&](const toml::node& node) {
      if (!node.is_string()) return fail(key, "must be a list of texts");
      out.push_back(*node.value<std::string>());
    });
  }
  template <typename T>
  void integers(const char* key, std::vector<T>& out, std::int64_t low, std::int64_t high) {
    if (!find(key)) return;
    out.clear();
    each(key, [&](const toml::node& node) {
      const std::int64_t value = node.is_integer() ? *node.value<std::int64_t>() : low - 1;
      if (value < low || value > high)
        return fail(key, fmt::format("must be whole numbers {}..{}", low, high));
      out.push_back(static_cast<T>(value));
    });
  }
  /// A list of lists of texts: one table of figures each.
  void tables(const char* key, std::vector<Dimensions>& out) {
    each(key, [&](const toml::node& node) {
      const toml::array* inner = node.as_array();
      if (!inner)
        return fail(key, "must be a list of lists of dimensions, such as [[], [\"class\"]]");
      Dimensions dimensions;
      for (const toml::node& item : *inner) {
        if (!item.is_string()) return fail(key, "must hold names of dimensions");
        dimensions.push_back(*item.value<std::string>());
      }
      out.push_back(std::move(dimensions));
    });
  }
  template <typename Enum, std::size_t N>
  void choice(const char* key, Enum& out,
              const std::array<std::pair<std::string_view, Enum>, N>& choices) {
    std::string value;
    text(key, value);
    if (value.empty()) return;
    std::string valid;
    for (const auto& [name, meaning] : choices) {
      if (name == value) {
        out = meaning;
        return;
      }
      valid += (valid.empty() ? "" : ", ") + std::string(name);
    }
    fail(key, "must be one of " + valid);
  }
  void period(const char* key, Period& out) {
    std::string value;
    required(key, value);
    const auto parsed = parse_period(value);
    if (!parsed) return fail(key, parsed.error().message());
    out = *parsed;
  }
  /// Calls `read(TableReader&)` for each table of the list `key`.
  template <typename Read>
  void list(const char* key, Read&& read) {
    std::size_t number = 0;
    each(key, [&](const toml::node& node) {
      ++number;
      if (!node.is_table()) return fail(key, "must be a list of tables");
      TableReader inner(*node.as_table(), fmt::format("{}{}[{}].", where_, key, number), error_);
      read(inner);
      inner.finish();
    });
  }
  bool has(const char* key) { return find(key) != nullptr; }
  void fail(std::string_view key, const std::string& rule) {
    if (!error_)
      error_ = Error(Code::kInvalid, fmt::format("report spec: {}{} {}", where_, key, rule));
  }

 private:
  const toml::node* find(const char* key) {
    asked_.insert(key);
    return table_.get(key);
  }
  template <typename Take>
  void each(const char* key, Take&& take) {
    const toml::node* node = find(key);
    if (!node) return;
    const toml::array* array = node->as_array();
    if (!array) return fail(key, "must be a list");
    if (array->size() > kMaxEntries)
      return fail(key, fmt::format("holds more than {} entries", kMaxEntries));
    for (const toml::node& item : *array) take(item);
  }

  const toml::table& table_;
  std::string where_;
  std::optional<Error>& error_;
  std::set<std::string> asked_;
};

constexpr std::array<std::pair<std::string_view, Measure>, 2> kMeasures{
    {{"alerts", Measure::kAlerts}, {"amount_fen", Measure::kAmountFen}}};
constexpr std::int64_t kDayS = 86'400;

void read_clock(TableReader& in, ReportSpec& spec) {
  std::string clock = "civil";
  in.text("clock", clock);
  if (clock == "civil") return;
  Stamp stamp;  // "+08:00" by the same rules as a stamp's zone
  if (parse_rfc3339("2000-01-01T00:00:00" + clock, stamp) != StampFault::kNone) {
    return in.fail("clock", "must be \"civil\" or an offset such as \"+08:00\"");
  }
  spec.clock_minutes = stamp.offset_minutes;
}

void read_derive(TableReader& in, Derive& out) {
  in.name(out.name);
  in.required("from", out.from);
  in.text("after", out.after);
  in.text("strip_prefix", out.strip_prefix);
  in.text("strip_suffix", out.strip_suffix);
}

void read_window(TableReader& in, Window& out) {
  in.name(out.name);
  const auto day = [&](const char* key, std::uint32_t& month, std::uint32_t& of_month) {
    std::string value;
    in.required(key, value);
    const auto date = day_from("2000-" + value);
    if (!date) return in.fail(key, "must be a day of the year, mm-dd");
    month = date_of(*date).month;
    of_month = date_of(*date).day;
  };
  day("from", out.first_month, out.first_day);
  day("to", out.last_month, out.last_day);
  if (std::pair(out.last_month, out.last_day) < std::pair(out.first_month, out.first_day)) {
    in.fail("to", "must not lie before from: a window lies within one year");
  }
}

void read_count(TableReader& in, CountSpec& out) {
  in.name(out.name);
  in.texts("by", out.by);
  in.choice("measure", out.measure, kMeasures);
  in.integer("top", out.top, 1, 100'000);
}

void read_pair(TableReader& in, PairSpec& out) {
  in.text("name", out.name);
  in.period("current", out.current);
  in.period("previous", out.previous);
  if (out.name.empty()) out.name = to_string(out.current) + "_vs_" + to_string(out.previous);
}

void read_comparison(TableReader& in, ComparisonSpec& out) {
  in.name(out.name);
  if (!in.has("kind")) in.fail("kind", "is needed");
  in.choice("kind", out.kind,
            std::array<std::pair<std::string_view, ComparisonKind>, 5>{
                {{"year_over_year", ComparisonKind::kYearOverYear},
                 {"month_over_month", ComparisonKind::kMonthOverMonth},
                 {"adjacent", ComparisonKind::kAdjacent},
                 {"previous_year", ComparisonKind::kPreviousYear},
                 {"pairs", ComparisonKind::kPairs}}});
  in.choice("measure", out.measure, kMeasures);
  in.tables("by", out.by);
  if (out.by.empty()) out.by.emplace_back();
  if (out.kind == ComparisonKind::kYearOverYear) {
    in.text("window", out.window);
    in.integers("years", out.years, 1, 9999);
    if (!std::is_sorted(out.years.begin(), out.years.end())) in.fail("years", "must rise");
  }
  if (out.kind == ComparisonKind::kMonthOverMonth && in.has("months")) {
    Period months;
    in.period("months", months);
    out.months = months;
  }
  if (out.kind == ComparisonKind::kAdjacent) {
    out.days = 7;
    in.integer("days", out.days, 1, 3660);
  }
  if (out.kind == ComparisonKind::kPairs) {
    in.list("pair", [&](TableReader& pair) { read_pair(pair, out.pairs.emplace_back()); });
    if (out.pairs.empty()) in.fail("pair", "is needed: at least one, with current and previous");
  }
}

void read_interval(TableReader& in, IntervalSpec& out) {
  in.name(out.name);
  in.required("from", out.from);
  in.required("to", out.to);
  in.choice("clock", out.civil,
            std::array<std::pair<std::string_view, bool>, 2>{{{"civil", true}, {"real", false}}});
  in.text("origin", out.origin);
  std::int64_t limit = 0;
  if (in.has("max_from_origin_s")) {
    in.integer("max_from_origin_s", limit, 1, 3660 * kDayS);
    out.max_from_origin_s = limit;
  }
  if (in.has("max_length_s")) {
    in.integer("max_length_s", limit, 1, 3660 * kDayS);
    out.max_length_s = limit;
  }
  in.tables("by", out.by);
  if (out.by.empty()) out.by.emplace_back();
  in.integers("within_s", out.within_s, 0, 3660 * kDayS);
  in.texts("list", out.list);
  for (const std::string& kind : out.list) {
    if (kind != "missing" && kind != "over" && kind != "negative")
      in.fail("list", "takes missing, over and negative");
  }
}

void read_duplicate(TableReader& in, DuplicateSpec& out) {
  in.name(out.name);
  in.texts("key", out.key);
  if (out.key.empty()) in.fail("key", "is needed: the dimensions that make two alerts alike");
  in.texts("require", out.require);
  in.flag("list", out.list);
}

void read_late(TableReader& in, LateStageSpec& out) {
  in.name(out.name);
  in.text("origin", out.origin);
  in.texts("stages", out.stages);
  in.integer("over_s", out.over_s, 1, 3660 * kDayS);
  if (out.stages.empty()) in.fail("stages", "is needed");
  if (out.over_s == 0) in.fail("over_s", "is needed");
}

Result<ReportSpec> read(const toml::table& root) {
  ReportSpec spec;
  std::optional<Error> error;
  TableReader in(root, "", error);
  in.name(spec.name);
  in.choice("day_of", spec.day_of,
            std::array<std::pair<std::string_view, DayOf>, 2>{
                {{"reported_at", DayOf::kReportedAt}, {"occurred_at", DayOf::kOccurredAt}}});
  read_clock(in, spec);
  in.integer("day_cut_hour", spec.day_cut_hour, 0, 23);
  in.choice("running", spec.to_the_minute,
            std::array<std::pair<std::string_view, bool>, 2>{
                {{"to_the_minute", true}, {"whole", false}}});
  in.integers("percentiles", spec.percentiles, 1, 100);
  in.integer("list_limit", spec.list_limit, 0, 1'000'000);
  in.texts("blank_codes", spec.blank_codes);
  in.list("derive", [&](TableReader& t) { read_derive(t, spec.derive.emplace_back()); });
  in.list("window", [&](TableReader& t) { read_window(t, spec.windows.emplace_back()); });
  in.list("count", [&](TableReader& t) { read_count(t, spec.counts.emplace_back()); });
  in.list("comparison",
          [&](TableReader& t) { read_comparison(t, spec.comparisons.emplace_back()); });
  in.list("interval", [&](TableReader& t) { read_interval(t, spec.intervals.emplace_back()); });
  in.list("duplicate", [&](TableReader& t) { read_duplicate(t, spec.duplicates.emplace_back()); });
  in.list("late_stage", [&](TableReader& t) { read_late(t, spec.late_stages.emplace_back()); });
  in.texts("blanks", spec.blanks);
  in.finish();
  if (error) return *error;
  if (auto valid = check_dimensions(spec); !valid) return valid.error();
  return spec;
}

Error too_large() {
  return {Code::kTooLarge, fmt::format("report spec: over {} bytes", kMaxSpecBytes)};
}

constexpr int kMaxJsonDepth = 8;

bool to_toml(simdjson::dom::element value, toml::table& table, const std::string& key, int depth);

bool to_toml(simdjson::dom::element value, toml::array& array, int depth) {
  toml::table one;  // the same conversions as for a key, then moved over
  if (!to_toml(value, one, "v", depth)) return false;
  array.push_back(*one.get("v"));
  return true;
}

bool to_toml(simdjson::dom::element value, toml::table& table, const std::string& key, int depth) {
  if (depth > kMaxJsonDepth) return false;
  switch (value.type()) {
    case simdjson::dom::element_type::STRING:
      table.insert_or_assign(key, std::string(std::string_view(value)));
      return true;
    case simdjson::dom::element_type::INT64:
      table.insert_or_assign(key, std::int64_t(value));
      return true;
    case simdjson::dom::element_type::BOOL: table.insert_or_assign(key, bool(value)); return true;
    case simdjson::dom::element_type::ARRAY: {
      toml::array inner;
      for (const simdjson::dom::element item : simdjson::dom::array(value)) {
        if (!to_toml(item, inner, depth + 1)) return false;
      }
      table.insert_or_assign(key, std::move(inner));
      return true;
    }
    case simdjson::dom::element_type::OBJECT: {
      toml::table inner;
      for (const auto field : simdjson::dom::object(value)) {
        if (!to_toml(field.value, inner, std::string(field.key), depth + 1)) return false;
      }
      table.insert_or_assign(key, std::move(inner));
      return true;
    }
    default: return false;  // null, fractions: no key takes them
  }
}

}  // namespace

Result<ReportSpec> spec_from_toml(std::string_view text) {
  if (text.size() > kMaxSpecBytes) return too_large();
  try {
    return read(toml::parse(text));
  } catch (const toml::parse_error& error) {
    return Error(Code::kInvalid, fmt::format("report spec: line {}: {}", error.source().begin.line,
                                             error.description()));
  }
}

Result<ReportSpec> spec_from_json(std::string_view text) {
  if (text.size() > kMaxSpecBytes) return too_large();
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (const auto error = parser.parse(text.data(), text.size()).get(root)) {
    return Error(Code::kInvalid,
                 fmt::format("report spec: not JSON: {}", simdjson::error_message(error)));
  }
  toml::table table;
  if (!root.is_object() || !to_toml(root, table, "spec", 0)) {
    return Error(Code::kInvalid,
                 "report spec: must be a JSON object of texts, whole numbers, true/false, lists "
                 "and objects");
  }
  return read(*table.get_as<toml::table>("spec"));
}

}  // namespace lamplight::tally
