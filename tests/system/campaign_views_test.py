"""Groups for review, clearance operations and the accounts of records, as routes of tally, on the command line and in the report;
refusals that name what is known; and every shape of JSON that docs/report.md tells, held against what is answered."""
import base64
import hashlib
import json
import re

from rig import SOURCE, Rig, check, get, post

CAMPAIGN = """
[campaign]
code = "small"
zh = "小行动"
en = "Small campaign"
from = 2022-06-25
until = 2022-08-29
clock = "+08:00"
[[unit]]
code = "wuma"
zh = "五马所"
en = "Wuma station"
population = 12345
[gangs]
rule = "recurring"
[[measure]]
name = "suspects"
zh = "打处人数"
en = "Suspects dealt with"
from = "person.reported"
count = "distinct"
key = ["person"]
by = [["category"], ["unit"]]
unit = "persons"
rank = "unit"
target = 3
compare = true
[[measure]]
name = "police"
zh = "出动警力"
en = "Police"
from = "clearance.reported"
count = "sum"
value = "counts"
where = { what = ["police"] }
unit = "turns"
[[cohort]]
name = "prosecution"
zh = "起诉流程"
en = "Prosecution"
from = "person.reported"
key = ["person"]
field = "outcomes"
enter = "dealt_with"
stages = ["transferred"]
exits = ["sent_back"]
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
"""
AT = "2022-08-20T22:10:00+08:00"
NO_GANGS = CAMPAIGN.replace('code = "small"', 'code = "plain"').replace('[gangs]\nrule = "recurring"\n', "")


def token(key):
    """What a keyed hash of the number looks like."""
    return "p" + base64.b32encode(hashlib.sha256(f"views {key}".encode()).digest()).decode().lower()[:24]


def person(ref, key, case=None, **more):
    return {"partner_ref": ref, "status": "Actual", "person": token(key), "person_scope": "district", "unit": "wuma", "case": case,
            "category": "theft", "outcomes": ["dealt_with"], "happened_at": AT, "reported_at": AT, **more}


def order(code, **more):
    return {"partner_ref": f"order-{code}", "status": "Actual", "clearance": code, "action": "open", "number": 16,
            "units": ["wuma", "qidu"], "from": AT, "reported_at": AT, **more}


REPORTS = [
    ("person-results", person("1", 1, "case-a")), ("person-results", person("2", 2, "case-a")), ("person-results", person("3", 3, "case-a")),
    ("person-results", person("4", 1, "case-b")), ("person-results", person("5", 2, "case-b")),
    ("person-results", person("6", 3, "case-a", corrects="3", outcomes=["dealt_with", "transferred"])),
    ("clearance-orders", order("qc-16", campaign="small")), ("clearance-orders", order("qc-17")),
    ("clearance-orders", order("qc-18", campaign="other")),
    ("clearance-reports", {"partner_ref": "c-1", "status": "Actual", "clearance": "qc-16", "unit": "wuma", "joint": "both",
                           "with_units": ["qidu"], "happened_at": AT, "reported_at": AT,
                           "counts": [{"what": "police", "n": 20, "bound": "at_least"}, {"what": "site", "kind": "venue", "n": 7}]}),
    ("clearance-orders", {**order("qc-16", campaign="small"), "partner_ref": "close-16", "action": "close",
                          "reported_at": "2022-08-21T08:00:00+08:00"}),
    ("clearance-reports", {"partner_ref": "c-2", "status": "Actual", "clearance": "qc-16", "unit": "nanpu", "happened_at": AT,
                           "reported_at": "2022-08-21T09:00:00+08:00", "counts": [{"what": "police", "n": 5}]}),
    ("person-results", person("7", 4, clearance="qc-16")),
    ("hazards", {"partner_ref": "h-1", "status": "Actual", "hazard": "hz-1", "state": "found", "kind": "fire", "clearance": "qc-16",
                 "unit": "wuma", "due_at": "2022-08-21T00:00:00+08:00", "happened_at": AT, "reported_at": AT}),
    ("declared-figures", {"partner_ref": "d-1", "status": "Actual", "campaign": "small", "figure": "all", "role": "published", "n": 4,
                          "as_of": AT, "reported_at": AT}),
]


def keys_and_words(value, keys, words):
    """Every key, and every text that may be a word of a closed list."""
    if isinstance(value, dict):
        for key, inner in value.items():
            keys.add(key)
            keys_and_words(inner, keys, words)
    elif isinstance(value, list):
        for inner in value:
            keys_and_words(inner, keys, words)
    elif isinstance(value, str):
        words.add(value)


def documented():
    """The quoted names of the JSON shapes of campaign reports in docs/report.md."""
    text = (SOURCE / "docs" / "report.md").read_text(encoding="utf-8")
    return set(re.findall(r'"([a-z0-9_/-]+)"', text[text.index("## Campaign reports"):]))


def compare_shapes(answers):
    keys, words = set(), set()
    for answer in answers:
        keys_and_words(answer, keys, words)
    told = documented()
    check(keys <= told, f"docs/report.md tells every key; it lacks {sorted(keys - told)}")
    others = {  # words of closed lists that this history has no case of, and of definitions
        "note", "change", "counted", "published", "differs", "declared", "component", "changed", "merged", "split", "ended", "planned", "open", "not_ordered"}
    unknown = told - keys - words - others
    check(not unknown, f"docs/report.md tells nothing that is not answered: {sorted(unknown)}")
    print(f"{len(keys)} keys of {len(answers)} answers are as docs/report.md tells them")


def main():
    rig = Rig()
    rig.start_all()
    for name, text in (("small", CAMPAIGN), ("plain", NO_GANGS)):
        file = rig.data.parent / f"{name}.toml"
        file.write_text(text, encoding="utf-8")
        rig.run("campaign", "apply", str(file))
    offsets = []
    for route, item in REPORTS:
        status, text = post(rig.url("intake") + f"/v1/{route}", json.dumps(item), {"Content-Type": "application/json"})
        check(status == 202, f"intake takes {item['partner_ref']} of {route}: {status} {text[:300]}")
        offsets.append(json.loads(text)["offset"])
    last = max(offsets)
    tally = rig.url("tally")

    def ask(path):
        separator = "&" if "?" in path else "?"
        status, text = get(f"{tally}{path}{separator}at_least={last}")
        check(status == 200, f"{path} is answered: {status} {text[:300]}")
        return json.loads(text)

    gangs = ask("/v1/campaigns/small/gangs")
    group = gangs["groups"][0]
    check(len(gangs["groups"]) == 1 and group["cases"] == ["case-a", "case-b"], f"one group of two cases: {gangs}")
    check({link["person"] for link in group["links"]} == {token(n) for n in (1, 2, 3)}, "with the links of three persons, as tokens")
    check(gangs["history"][0]["step"] == "proposed" and gangs["as_of"]["chain_hash"], "its history is told, at a place of the log")
    before = ask(f"/v1/campaigns/small/gangs?as_of={group['proposed_at'] - 1}")
    check(before["groups"] == [], "there was none before the event that made it")

    one = ask("/v1/campaigns/small/clearance/qc-16")["clearance"]
    check(one["state"] == "closed" and [line["unit"] for line in one["missing"]] == ["qidu"], f"Qidu has not reported: {one['missing']}")
    check(one["missing"][0]["named_by"] == ["wuma"] and one["late"][0]["unit"] == "nanpu", "though Wuma names it, and Nanpu was late")
    check([(count["what"], count["n"], count["bound"]) for count in one["totals"]][:1] == [("police", 25, "at_least")], f"{one['totals']}")
    check(one["hours"][0]["hour"] == 22 and one["hazards"][0]["overdue"], "by hour; the hazard is overdue")
    listed = ask("/v1/campaigns/small/clearance")
    check([of["clearance"] for of in listed["clearances"]] == ["qc-16"] and listed["of_no_campaign"] == ["qc-17"], f"{listed}")
    everything = ask("/v1/clearance")
    check([of["clearance"] for of in everything["clearances"]] == ["qc-16", "qc-17", "qc-18"], f"of whatever campaign: {everything}")

    report = ask("/v1/campaigns/small/report")
    check(report["gangs"]["groups"] == gangs["groups"], "the report shows the groups")
    check(report["clearances"]["operations"] == [one], "and the operation, as the routes do")
    persons = next(of for of in report["accounts"] if of["from"] == "person.reported")
    check((persons["corrections"], persons["corrected"], persons["unresolved"]) == (1, 1, 0), f"and what became of the records: {persons}")
    check(ask("/v1/campaigns/plain/report")["gangs"] is None, "no groups where none are asked for")

    for path, status, words in (("/v1/campaigns/none/gangs", 404, "small"), ("/v1/campaigns/plain/gangs", 404, "[gangs]"),
                                ("/v1/campaigns/small/clearance/none", 404, "qc-16"), ("/v1/campaigns/small/clearance/qc-18", 404, "qc-16"),
                                ("/v1/clearance/none", 404, "qc-18"), ("/v1/clearance/qc-16?format=html", 400, "json, text"),
                                ("/v1/campaigns/small/gangs?for=2022", 400, "parameter"),
                                (f"/v1/clearance/qc-16?as_of={last + 1000}", 400, "known up to")):
        answered, text = get(tally + path)
        problem = json.loads(text)
        check(answered == problem["status"] == status and words in problem["detail"], f"{path}: {status} naming {words}: {text[:300]}")

    # The command line asks the same, or folds the log itself.
    for arguments, path in ((("gangs", "--campaign", "small"), "/v1/campaigns/small/gangs"), (("clearance", "qc-16"), "/v1/clearance/qc-16"),
                            (("clearance",), "/v1/clearance"), (("clearance", "--campaign", "small"), "/v1/campaigns/small/clearance")):
        asked = json.loads(rig.run("report", *arguments, "--format", "json", "--as-of", str(last)))
        folded = json.loads(rig.run("report", *arguments, "--format", "json", "--as-of", str(last), "--log", str(rig.data)))
        check(asked == folded, f"{arguments}: tally and the folder say the same")
    rig.run("report", "clearance", "none", codes=(2,))
    check("未报" in rig.run("report", "clearance", "qc-16", "--lang", "zh"), "the terminal's form is in Chinese")
    for form, words in (("text", "qc-16 · 未报："), ("md", "qc-16 · 未报："), ("html", "待审团伙"), ("csv", "clearance_missing,qc-16,unit=qidu")):
        printed = rig.run("report", "--campaign", "small", "--format", form, "--lang", "zh")
        check(words in printed, f"{form} shows {words}: {printed[-1500:]}")

    second = offsets[1]
    compare_shapes([gangs, listed, report, ask("/v1/clearance/qc-16"), ask("/v1/campaigns/small/explain?figure=all"),
                    ask(f"/v1/campaigns/small/diff?from={second}&to={last}"), ask("/v1/campaigns"), ask("/v1/campaigns/small")])
    rig.stop_all()
    rig.start_all()
    again = json.loads(get(f"{rig.url('tally')}/v1/campaigns/small/gangs?as_of={last}")[1])
    check((again["groups"], again["history"]) == (gangs["groups"], gangs["history"]), "a restart changes neither number nor history")
    rig.remove()


main()
