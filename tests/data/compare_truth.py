#!/usr/bin/env python3
"""Compares a report with a data set's truth files, figure by figure (python3 stdlib only).

    compare_truth.py REPORT.json TRUTH_DIR dublin|montgomery

REPORT.json is what `lamplight report --json` prints with tests/data/specs/<set>.toml. Every figure of the truth files
is looked up in the report, and every table of the report must hold nothing that the truth has not. Prints how many
figures agree; lists the differences and exits 1 when there are any. Backlogs (truth_backlog.json.gz) are not compared.
"""
import gzip
import json
import os
import sys

MISSING = "(not in the report)"


class Comparison:
    def __init__(self, figures, folder):
        self.figures = figures
        self.folder = folder
        self.compared = 0
        self.differences = []

    def truth(self, name):
        path = os.path.join(self.folder, name)
        opener = gzip.open if name.endswith(".gz") else open
        with opener(path, "rt", encoding="utf-8") as file:
            return json.load(file)

    def equal(self, where, truth, report):
        self.compared += 1
        if truth != report:
            self.differences.append("%s: truth %r, report %r" % (where, truth, report))

    # ---- lookups in the report: a blank (null) in a key is "(blank)", classes compare without case
    def counts(self, name):
        rows = self.figures["counts"].get(name, {"rows": []})["rows"]
        return {key_of(row[:-1]): row[-1] for row in rows}

    def count_table(self, name, truth, fold=False):
        report = self.counts(name)
        norm = str.casefold if fold else str
        report = {norm(k): v for k, v in report.items()}
        truth = {norm(k): v for k, v in truth.items()}
        for key in sorted(set(truth) | set(report)):
            self.equal("counts.%s[%s]" % (name, key), truth.get(key, "(not in the truth)"), report.get(key, MISSING))

    def comparison_rows(self, name, by):
        for table in self.figures["comparisons"].get(name, {"tables": []})["tables"]:
            if table["by"] == by:
                return {key_of(row["key"]): row["changes"] for row in table["rows"]}
        return {}

    def comparison_table(self, name, by, truth, fold=False, rename=None):
        norm = str.casefold if fold else str
        report = {norm(k): v for k, v in self.comparison_rows(name, by).items()}
        truth = {norm(k): v for k, v in truth.items()}
        for key, pairs in truth.items():
            for pair, change in pairs.items():
                pair = rename or pair
                self.equal("comparisons.%s[%s].%s" % (name, key, pair), change, report.get(key, {}).get(pair, MISSING))
        for key in set(report) - set(truth):      # a key that the truth leaves out may only hold nothing
            for pair, change in report[key].items():
                self.equal("comparisons.%s[%s].%s" % (name, key, pair), (0, 0), (change["current"], change["previous"]))

    def interval_groups(self, name, by):
        for table in self.figures["intervals"].get(name, {"tables": []})["tables"]:
            if table["by"] == by:
                return {key_of(group["key"]): group for group in table["groups"]}
        return {}

    def distribution(self, where, truth, report, rename=()):
        if report is None:
            return self.equal(where, truth, MISSING)
        for key, value in truth.items():
            self.equal("%s.%s" % (where, key), value, report.get(dict(rename).get(key, key), MISSING))
        if truth["n"] == 0:
            self.equal(where + ".min_s", None, report.get("min_s", MISSING))

    def duplicate(self, name):
        return self.figures["duplicates"].get(name, {"groups": MISSING, "extra_rows": MISSING, "listed": []})


def key_of(parts):
    return "|".join("(blank)" if part is None else part for part in parts)


def nested(table):
    return {"%s|%s|%s" % (a, b, c): n for a, x in table.items() for b, y in x.items() for c, n in y.items()}


def refs(groups):
    return sorted(sorted(int(ref) for ref in group["partner_refs"]) for group in groups)


def dublin(c):
    summary = c.truth("truth_summary.json")
    totals = c.figures["totals"]
    c.equal("rows", summary["rows"], totals["alerts"])
    c.equal("first_day", summary["first_day"], (totals["first"] or "")[:10])
    c.equal("last_day", summary["last_day"], (totals["last"] or "")[:10])
    c.count_table("by_year", summary["by_year"])
    c.count_table("by_month", summary["by_month"])
    c.count_table("by_class", summary["by_group"], fold=True)
    c.count_table("by_category", summary["by_category"])
    c.count_table("by_area", summary["by_area"])
    c.count_table("by_hour", summary["by_hour_of_toc"])
    c.count_table("by_day_area_category", nested(c.truth("truth_counts_day_area_category.json.gz")))

    stage_of = {"TOC": "reported_at", "ORD": "stage:dispatch", "MOB": "stage:enroute", "IA": "stage:arrive",
                "LS": "stage:leave_scene", "AH": "stage:at_hospital", "MAV": "stage:available", "CD": "stage:close"}
    for stage, count in summary["missing_stage"].items():
        c.equal("blanks." + stage, count, c.figures["blanks"].get(stage_of[stage], MISSING))

    truth = summary["duplicates"]
    c.equal("repeated_id", truth["repeated_id"], c.figures["accounts"]["repeats"])
    c.equal("exact_repeats", truth["exact_repeats_ignoring_id"], c.duplicate("exact_repeats")["extra_rows"])
    c.equal("business_key", truth["business_key_extra_rows"], c.duplicate("business_key")["extra_rows"])

    def civil(key):
        day, month, year = key[0].split("/")
        return "%s-%s-%sT%s" % (year, month, day, key[1])
    for name, section in (("business_key", "business_key_groups"), ("same_time", "same_date_and_toc_groups")):
        report = {key_of(group["key"]): sorted(int(ref) for ref in group["partner_refs"])
                  for group in c.duplicate(name)["listed"]}
        expected = {key_of([civil(group["key"])] + group["key"][2:]): group["ids"] for group in truth[section]}
        c.equal("duplicates." + name, expected, report)

    late = c.figures["late_stages"]["over_12h"]
    c.equal("rows_with_stage_over_12h", summary["rows_with_stage_over_12h"], late["rows"])
    report = {int(entry["partner_ref"]): entry["stages"] for entry in late["listed"]}
    c.equal("anomalies", {a["id"]: [stage_of[s] for s in a["stages_over_12h"]] for a in summary["anomalies"]}, report)

    yoy = c.truth("truth_yoy.json")
    for name, section in (("full_year", "full_year_without_feb29"), ("campaign", "campaign_06-25_to_08-25_inclusive")):
        c.comparison_table(name, [], {"": yoy[section]["total"]})
        c.comparison_table(name, ["class"], yoy[section]["group"], fold=True)
        c.comparison_table(name, ["category"], yoy[section]["category"])
        c.comparison_table(name, ["area"], yoy[section]["area"])
    c.comparison_table("full_year", ["month_of_year"], yoy["by_month"])

    response = c.truth("truth_response.json")
    rename = {"excluded_over_12h": "excluded_over"}
    tables = [([], {"": response["all"]}), (["year"], response["by_year"]), (["area"], response["by_area"]),
              (["category"], response["by_category"]),
              (["window:campaign", "year"],
               {"campaign|" + year: v for year, v in response["campaign_window_by_year"].items()})]
    for by, truth in tables:
        for key, intervals in truth.items():
            for interval, figures in intervals.items():
                group = c.interval_groups(interval, by).get(key)
                c.distribution("intervals.%s[%s]" % (interval, key), figures, group, rename)


def montgomery(c):
    summary = c.truth("truth_summary.json")
    totals = c.figures["totals"]
    c.equal("rows", summary["rows"], totals["alerts"])
    c.equal("first", summary["first"], (totals["first"] or "").replace("T", " "))
    c.equal("last", summary["last"], (totals["last"] or "").replace("T", " "))
    c.count_table("by_month", summary["by_month"])
    c.count_table("by_class", summary["by_group"], fold=True)
    c.count_table("by_category", summary["by_title"])
    c.count_table("by_type", summary["by_type_after_stripping_trailing_dash"])
    c.count_table("by_area", summary["by_area"])
    c.count_table("by_hour", summary["by_hour"])
    c.count_table("by_day_area_category", nested(c.truth("truth_counts_day_area_title.json.gz")))
    for name, pattern in (("busiest_hours", lambda k: k.replace("|", " ")), ("busiest_seconds", lambda k: k.replace("T", " "))):
        c.equal(name, summary[name], [[pattern(k), n] for k, n in c.counts(name).items()])
    blank = {"zip": "place:zip", "twp": "area", "addr_key": "place:address_key", "station": "place:station",
             "descTime": "occurred_at"}
    for column, count in summary["blank"].items():
        c.equal("blanks." + column, count, c.figures["blanks"].get(blank[column], MISSING))

    truth = c.truth("truth_duplicates.json")
    c.equal("exact_repeats", truth["exact_repeats_ignoring_row"], c.duplicate("exact_repeats")["extra_rows"])
    for name, section in (("title_published", "title+timeStamp+twp+addr_key"), ("title_called", "title+descTime+twp+addr_key"),
                          ("any_title_called", "descTime+twp+addr_key_any_title")):
        report = c.duplicate(name)
        c.equal(name + ".groups", truth[section]["groups"], report["groups"])
        c.equal(name + ".extra_rows", truth[section]["extra_rows"], report["extra_rows"])
        if "rows" in truth[section]:
            c.equal(name + ".rows", sorted(sorted(rows) for rows in truth[section]["rows"]), refs(report["listed"]))

    pop = c.truth("truth_period_over_period.json")
    months = pop["month_over_month"]
    c.comparison_table("month_over_month", [], {"": months["total"]})
    c.comparison_table("month_over_month", ["class"], months["group"], fold=True)
    c.comparison_table("month_over_month", ["category"], months["title"])
    c.comparison_table("month_over_month", ["area"], months["area"])
    window = pop["campaign_window"]
    c.comparison_table("campaign_window", [], {"": {"window": window["total"]}})
    c.comparison_table("campaign_window", ["category"], {k: {"window": v} for k, v in window["title"].items()})

    lag = c.truth("truth_lag.json")
    c.distribution("publication_lag", lag["publication_lag"], c.interval_groups("publication_lag", []).get(""))
    by_class = {k.casefold(): v for k, v in c.interval_groups("publication_lag", ["class"]).items()}
    for group, figures in lag["by_group"].items():
        c.distribution("publication_lag[%s]" % group, figures, by_class.get(group.casefold()))
    listed = {kind: [int(ref) for ref in names]
              for kind, names in c.figures["intervals"]["publication_lag"]["listed"].items()}
    everything = c.interval_groups("publication_lag", []).get("", {})
    c.equal("lag.missing_rows", lag["excluded_missing_rows"], sorted(listed["missing"]))
    c.equal("lag.negative", lag["excluded_negative"], everything.get("excluded_negative"))
    c.equal("lag.negative_rows", lag["excluded_negative_first_20_rows"], sorted(listed["negative"])[:20])
    c.equal("lag.over", lag["excluded_over_24h"], everything.get("excluded_over"))
    c.equal("lag.over_rows", lag["excluded_over_24h_first_20_rows"], sorted(listed["over"])[:20])


def main(arguments):
    sets = {"dublin": dublin, "montgomery": montgomery}
    if len(arguments) != 3 or arguments[2] not in sets:
        sys.stderr.write(__doc__)
        return 2
    with open(arguments[0], encoding="utf-8") as file:
        report = json.load(file)
    comparison = Comparison(report["figures"], arguments[1])
    sets[arguments[2]](comparison)
    for check in report["figures"]["cross_checks"]:
        comparison.equal("cross_check " + check["check"], 0, check["difference"])
    for difference in comparison.differences[:50]:
        print(difference)
    print("%s: %d figures compared, %d differ" % (arguments[2], comparison.compared, len(comparison.differences)))
    return 1 if comparison.differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
