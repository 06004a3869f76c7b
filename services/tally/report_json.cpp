#include <rapidjson/prettywriter.h>

#include <fmt/format.h>

#include "model/rfc3339.hpp"
#include "tally/json_fields.hpp"
#include "tally/report.hpp"

namespace lamplight::tally {
namespace {

constexpr std::array<const char*, kRowKinds> kKindNames{"originals",   "repeats",    "corrections",
                                                        "withdrawals", "unresolved", "unreadable"};

std::string_view measure_name(Measure measure) {
  return measure == Measure::kAlerts ? "alerts" : "amount_fen";
}

/// Writes a report's parts; every order is the report's own.
class Writer : private JsonFields {
 public:
  explicit Writer(Json& json) : JsonFields(json) {}

  void document(const Report& report) {
    json_.StartObject();
    field("schema", "lamplight-report/1");
    json_.Key("header");
    header(report);
    json_.Key("figures");
    figures(report);
    json_.EndObject();
  }

  void figures(const Report& report) {
    json_.StartObject();
    json_.Key("accounts");
    accounts(report);
    json_.Key("totals");
    totals(report);
    json_.Key("counts");
    object_of(report.counts, [&](const CountTable& table) { count(table); });
    json_.Key("comparisons");
    object_of(report.comparisons,
              [&](const Comparison& comparison) { write_comparison(comparison); });
    json_.Key("intervals");
    object_of(report.intervals,
              [&](const IntervalReport& interval) { write_interval(*report.spec, interval); });
    json_.Key("duplicates");
    object_of(report.duplicates,
              [&](const DuplicateReport& duplicate) { write_duplicate(duplicate); });
    json_.Key("late_stages");
    object_of(report.late_stages, [&](const LateStages& late) { write_late(late); });
    json_.Key("blanks");
    json_.StartObject();
    for (const auto& [name, n] : report.blanks) field(name, n);
    json_.EndObject();
    json_.Key("cross_checks");
    json_.StartArray();
    for (const CrossCheck& check : report.cross_checks) write_check(check);
    json_.EndArray();
    json_.EndObject();
  }

 private:
  using JsonFields::field;
  void field(std::string_view name, const char* value) { field(name, std::string_view(value)); }
  void field(std::string_view name, std::uint64_t value) { key(name), json_.Uint64(value); }
  void field(std::string_view name, std::int64_t value) { key(name), json_.Int64(value); }
  void list(std::string_view name, const std::vector<std::string>& values) {
    key(name);
    json_.StartArray();
    for (const std::string& value : values) string(value);
    json_.EndArray();
  }
  /// Without brackets: a row's own values may follow.
  void key_texts(const KeyTexts& texts) {
    for (const auto& text : texts) {
      if (text) string(*text);
      else json_.Null();
    }
  }
  void key_field(const KeyTexts& texts) {
    json_.Key("key");
    json_.StartArray();
    key_texts(texts);
    json_.EndArray();
  }
  template <typename List, typename Write>
  void object_of(const List& parts, Write&& write) {
    json_.StartObject();
    for (const auto& part : parts) {
      key(part.name);
      write(part);
    }
    json_.EndObject();
  }
  template <typename List, typename Write>
  void array_field(std::string_view name, const List& parts, Write&& write) {
    key(name);
    json_.StartArray();
    for (const auto& part : parts) write(part);
    json_.EndArray();
  }

  void header(const Report& report) {
    const auto time = [](const std::optional<TimeUs>& at) {
      return at ? std::optional(to_rfc3339(*at)) : std::nullopt;
    };
    const auto hash = [](const std::optional<ChainHash>& of) {
      return of ? std::optional(to_hex(of->span())) : std::nullopt;
    };
    json_.StartObject();
    field("spec", report.spec->name);
    json_.Key("as_of");
    json_.StartObject();
    field("offset", report.as_of.value);
    maybe("last_alert_time", time(report.as_of_time));
    maybe("chain_hash", hash(report.as_of_hash));
    json_.EndObject();
    json_.Key("fold");
    json_.StartObject();
    field("cut", report.cut.offset.value);
    maybe("time", report.cut.offset.value == 0 ? std::nullopt : time(report.cut.time));
    maybe("chain_hash", hash(report.cut.hash));
    json_.EndObject();
    maybe("for", report.period ? std::optional(to_string(*report.period)) : std::nullopt);
    field("day_of", report.spec->day_of == DayOf::kReportedAt ? "reported_at" : "occurred_at");
    if (report.spec->clock_minutes)
      field("clock_offset_minutes", std::int64_t{*report.spec->clock_minutes});
    else field("clock", "civil");
    field("day_cut_hour", std::int64_t{report.spec->day_cut_hour});
    json_.EndObject();
  }

  void accounts(const Report& report) {
    const Accounts& accounts = report.accounts;
    json_.StartObject();
    field("events", accounts.events);
    for (std::size_t i = 0; i < kRowKinds; ++i) field(kKindNames[i], accounts.by_kind[i]);
    json_.Key("by_status");
    json_.StartObject();
    for (std::size_t i = 0; i < kStatuses; ++i) {
      field(to_string(static_cast<AlertStatus>(i)), accounts.by_status[i]);
    }
    json_.EndObject();
    field("standing", accounts.standing);
    field("withdrawn", accounts.withdrawn);
    field("not_actual", accounts.not_actual);
    field("dated_by_fallback", accounts.dated_by_fallback);
    json_.EndObject();
  }

  void totals(const Report& report) {
    json_.StartObject();
    field("alerts", report.alerts);
    field("amount_fen", report.amount_fen);
    field("with_amount", report.with_amount);
    maybe("first", report.first);
    maybe("last", report.last);
    json_.EndObject();
  }

  void count(const CountTable& table) {
    json_.StartObject();
    list("by", table.by);
    field("measure", measure_name(table.measure));
    array_field("rows", table.rows, [&](const CountTable::RowOf& row) {
      json_.StartArray();
      key_texts(row.key);
      json_.Int64(row.value);
      json_.EndArray();
    });
    json_.EndObject();
  }

  void write_comparison(const Comparison& comparison) {
    json_.StartObject();
    field("measure", measure_name(comparison.measure));
    key("pairs");
    object_of(comparison.pairs, [&](const Pair& pair) {
      json_.StartObject();
      field("current", to_string(pair.current));
      field("previous", to_string(pair.previous));
      maybe("current_until", pair.current_until);
      maybe("previous_until", pair.previous_until);
      flag("baseline_incomplete", pair.baseline_incomplete);
      json_.EndObject();
    });
    array_field("tables", comparison.tables, [&](const ComparisonTable& table) {
      json_.StartObject();
      list("by", table.by);
      array_field("rows", table.rows, [&](const ComparisonTable::RowOf& row) {
        json_.StartObject();
        key_field(row.key);
        json_.Key("changes");
        json_.StartObject();
        for (std::size_t p = 0; p < row.changes.size(); ++p) {
          key(comparison.pairs[p].name);
          write_change(row.changes[p]);
        }
        json_.EndObject();
        json_.EndObject();
      });
      json_.EndObject();
    });
    json_.EndObject();
  }

  void write_change(const PercentChange& change) {
    json_.StartObject();
    field("current", change.current);
    field("previous", change.previous);
    json_.Key("pct_int");
    if (change.pct_int) json_.Int64(*change.pct_int);
    else json_.Null();
    maybe("pct_1dp", change.pct_1dp);
    json_.EndObject();
  }

  void write_interval(const ReportSpec& spec, const IntervalReport& interval) {
    json_.StartObject();
    field("from", interval.spec->from);
    field("to", interval.spec->to);
    field("clock", interval.spec->civil ? "civil" : "real");
    array_field("tables", interval.tables, [&](const IntervalReport::Table& table) {
      json_.StartObject();
      list("by", table.by);
      array_field("groups", table.groups, [&](const IntervalReport::Table::Group& group) {
        json_.StartObject();
        key_field(group.key);
        write_distribution(spec, *interval.spec, group.figures);
        json_.EndObject();
      });
      json_.EndObject();
    });
    json_.Key("listed");
    json_.StartObject();
    for (const auto& [kind, refs] : interval.listed) list(kind, refs);
    json_.EndObject();
    json_.EndObject();
  }

  void write_distribution(const ReportSpec& spec, const IntervalSpec& interval,
                          const Distribution& figures) {
    field("n", figures.n);
    const auto seconds = [&](const std::string& name, std::int64_t value) {
      key(name);
      if (figures.n > 0) json_.Int64(value);
      else json_.Null();
    };
    seconds("min_s", figures.min_s);
    seconds("sum_s", figures.sum_s);
    for (std::size_t i = 0; i < spec.percentiles.size(); ++i) {
      seconds(fmt::format("p{}_s", spec.percentiles[i]),
              figures.n > 0 ? figures.percentiles_s[i] : 0);
    }
    field("excluded_missing", figures.missing);
    field("excluded_over", figures.over);
    field("excluded_negative", figures.negative);
    for (std::size_t i = 0; i < figures.within.size(); ++i) {
      field(fmt::format("within_{}s", interval.within_s[i]), figures.within[i]);
    }
  }

  void write_duplicate(const DuplicateReport& duplicate) {
    json_.StartObject();
    list("key", duplicate.key);
    list("require", duplicate.require);
    field("groups", duplicate.groups);
    field("extra_rows", duplicate.extra_rows);
    array_field("listed", duplicate.listed, [&](const DuplicateReport::Group& group) {
      json_.StartObject();
      key_field(group.key);
      list("partner_refs", group.partner_refs);
      json_.EndObject();
    });
    json_.EndObject();
  }

  void write_late(const LateStages& late) {
    json_.StartObject();
    field("rows", late.rows);
    array_field("listed", late.listed, [&](const LateStages::Entry& entry) {
      json_.StartObject();
      field("partner_ref", entry.partner_ref);
      list("stages", entry.stages);
      json_.EndObject();
    });
    json_.EndObject();
  }

  void write_check(const CrossCheck& check) {
    json_.StartObject();
    field("check", check.check);
    field("expected", check.expected);
    field("actual", check.actual);
    field("difference", check.difference());
    json_.EndObject();
  }
};

}  // namespace

std::string to_json(const Report& report) {
  rapidjson::StringBuffer buffer;
  Json json(buffer);
  Writer(json).document(report);
  return {buffer.GetString(), buffer.GetSize()};
}

std::string figures_json(const Report& report) {
  rapidjson::StringBuffer buffer;
  Json json(buffer);
  Writer(json).figures(report);
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace lamplight::tally
