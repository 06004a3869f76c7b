"""The report of a small campaign, as people and machines ask for it: every form, the events behind a figure, what changed between
two moments and why, refusals, and the same bytes after a restart."""
import base64
import csv
import hashlib
import io
import json
import urllib.parse

from rig import Rig, check, get, post, until

CAMPAIGN = """
[campaign]
code = "small"
zh = "小行动"
en = "Small campaign"
from = 2022-06-25
until = 2022-08-29
clock = "+08:00"

[[measure]]
name = "suspects"
zh = "打处人数"
en = "Suspects dealt with"
from = "person.reported"
count = "distinct"
key = ["person"]
where = { outcomes = ["dealt_with"] }
dated = "happened_at"
by = [["category"]]
unit = "persons"
compare = true

[[section]]
name = "results"
zh = "成果"
en = "Results"

[[figure]]
id = "all"
section = "results"
zh = "全部"
en = "All"
measure = "suspects"

[[figure]]
id = "theft"
section = "results"
zh = "盗窃"
en = "Theft"
measure = "suspects"
where = { category = ["theft"] }

[[check]]
name = "parts"
zh = "分类与总数"
en = "Parts"
kind = "parts"
total = "all"
parts = ["theft"]
"""


def token(key):
    """What a keyed hash of the number looks like."""
    return "p" + base64.b32encode(hashlib.sha256(f"small {key}".encode()).digest()).decode().lower()[:24]


def person(ref, key, category, **more):
    return {"partner_ref": ref, "status": "Actual", "person": token(key), "person_scope": "district", "unit": "wuma",
            "category": category, "outcomes": ["dealt_with"], "happened_at": "2022-07-01T12:00:00+08:00",
            "reported_at": "2022-07-02T12:00:00+08:00", **more}


def main():
    rig = Rig()
    rig.start_all()
    file = rig.data.parent / "small.toml"
    file.write_text(CAMPAIGN, encoding="utf-8")
    rig.run("campaign", "apply", str(file))

    def send(item):
        status, text = post(rig.url("intake") + "/v1/person-results", json.dumps(item), {"Content-Type": "application/json"})
        check(status == 202, f"intake takes the report: {status} {text[:300]}")
        return json.loads(text)["offset"]

    def report(*options):
        return rig.run("report", "--campaign", "small", *options)

    def figures(text):
        return text[text.index('"figures":'):]

    for number in range(3):
        send(person(f"a-{number}", number, "theft"))
    earlier = send(person("b-1", 10, "drugs"))
    first = report("--format", "json")
    later = send(person("b-2", 10, "theft", corrects="b-1"))

    made = json.loads(report("--format", "json"))
    values = {one["id"]: one["value"]["n"] for one in made["figures"]["figures"]}
    check(values == {"all": 4, "theft": 4}, f"the correction moves one to theft: {values}")
    check(made["header"]["as_of"]["offset"] == later, "the report is of the last event")
    check(figures(report("--format", "json", "--as-of", str(earlier))) == figures(first), "an earlier moment is what it was")

    check("盗窃" in report("--lang", "zh"), "the terminal's form is in Chinese")
    rows = list(csv.DictReader(io.StringIO(report("--format", "csv"))))
    check([row["value"] for row in rows if row["row"] == "figure"] == ["4", "4"], "CSV has a row a figure")
    check("| All | 4 |" in report("--format", "md"), "Markdown has a table")
    page = report("--format", "html", "--lang", "zh")
    check(page.startswith("<!DOCTYPE html>") and "<script" not in page and "http" not in page, "HTML stands alone")

    told = json.loads(rig.run("report", "explain", "theft", "--campaign", "small", "--format", "json"))
    check(sum(event["n"] for event in told["events"]) == told["value"]["n"] == 4, f"events add up to the figure: {told}")
    part = json.loads(rig.run("report", "explain", "suspects[category=theft]", "--campaign", "small", "--format", "json"))
    check(part["events"] == told["events"], "a part of a measure is explained like the figure of it")
    diff = json.loads(rig.run("report", "diff", str(earlier), str(later), "--campaign", "small", "--format", "json"))
    check([one["id"] for one in diff["figures"]] == ["theft"], f"only theft changed: {diff}")
    check([event["offset"] for event in diff["figures"][0]["events"]] == [later], "the correction is what did it")

    tally = rig.url("tally")
    for path, expected in (("/v1/campaigns/none/report", 404), ("/v1/campaigns/small/report?format=pdf", 400),
                           ("/v1/campaigns/small/report?as_of=" + urllib.parse.quote("yesterday"), 400),
                           ("/v1/campaigns/small/explain?figure=none", 404), ("/v1/campaigns/small/diff", 400),
                           ("/v1/campaigns", 200), ("/v1/campaigns/small", 200)):
        status, text = get(tally + path)
        check(status == expected, f"{path}: {expected}, not {status} {text[:200]}")
        check(status == 200 or "detail" in json.loads(text), f"{path} is refused as a problem")

    before = report("--format", "json")
    rig.stop_all()
    rig.start_all()
    check(figures(report("--format", "json")) == figures(before), "a restart changes no byte of the figures")
    gauge = 'lamplight_campaign_figure{campaign="small",measure="suspects",category="total"}'
    until(lambda: rig.services["tally"].metric(gauge) == 4, "the gauge is the report's figure after the restart")
    check(rig.services["tally"].metric("lamplight_campaign_figures_offset") == later, "at the same offset")
    rig.stop_all()

    file = rig.data.parent / "earlier.json"
    file.write_text(before, encoding="utf-8")
    again = report("--format", "json", "--as-of", f"report:{file}", "--log", str(rig.data))
    check(figures(again) == figures(before), "an earlier report is made again from the log")
    made = json.loads(before)
    made["header"]["as_of"]["chain_hash"] = "0" * 64
    file.write_text(json.dumps(made), encoding="utf-8")
    rig.run("report", "--campaign", "small", "--as-of", f"report:{file}", "--log", str(rig.data), codes=(1,))
    rig.remove()


main()
