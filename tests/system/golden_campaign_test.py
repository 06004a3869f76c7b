"""The golden campaign: what units would have sent of the campaign of 2022 comes out as the newspaper printed it, to the digit; sent
in another order, twice, wrong and corrected, with services killed in the middle, the figures are the same bytes. And another
campaign, of which nothing is known before, beside it on the same log.

    golden_campaign_test.py [ROUNDS]      how many disturbed histories (1)"""
import json
import os
import random
import subprocess
import sys
import threading

from rig import SHARED, SOURCE, Rig, check, get, need, post, scratch, until

sys.path[:0] = [str(SOURCE / "tests" / "data" / "golden"), str(SOURCE / "tests" / "data" / "campaigns")]
import compare_figures  # noqa: E402
import second_reports  # noqa: E402

ARTICLE = SHARED / "data" / "campaign" / "lucheng-2022.json"
CAMPAIGNS = SOURCE / "tests" / "data" / "campaigns"
GOLDEN, SECOND = "lucheng-summer-2022", "winter-roads-2024"
BATCH = 250


def make_events(*options):
    """The events by route, as the generator writes them."""
    folder = scratch()
    script = SOURCE / "tests" / "data" / "golden" / "generate.py"
    made = subprocess.run(["/usr/bin/python3", script, folder, "--article", ARTICLE, *options], capture_output=True, text=True)
    check(made.returncode == 0, f"the generator works: {made.stderr[-500:]}")
    return {path.stem: [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            for path in sorted(folder.glob("*.ndjson"))}


class Sender:
    """Posts batches until each item is acknowledged; what is sent again is the same bytes."""

    def __init__(self, rig):
        self.rig = rig
        self.last_offset = 0

    def send(self, route, items):
        """The results, in order; every item is taken, now or before."""
        body = "\n".join(json.dumps(item, ensure_ascii=False) for item in items)
        results = []

        def taken():
            results.clear()
            status, text = post(self.rig.url("intake") + f"/v1/{route}", body, {"Content-Type": "application/x-ndjson"}, timeout=20)
            if status not in (200, 207):
                check(status in (0, 429, 503), f"{route} takes the batch: {status} {text[:300]}")
                return False
            results.extend(json.loads(line) for line in text.splitlines())
            for one in results:
                check(one["status"] in (200, 202, 503), f"{route} takes every item: {one}, {items[one['index']]}")
            return len(results) == len(items) and all(one["status"] != 503 for one in results)

        until(taken, f"a batch of {route} is acknowledged", seconds=120)
        self.last_offset = max([self.last_offset, *(one.get("offset", 0) for one in results)])
        return results


def batches(events):
    return [(route, items[at:at + BATCH]) for route, items in events.items() for at in range(0, len(items), BATCH)]


def report_text(rig, campaign, offset):
    return rig.run("report", "--campaign", campaign, "--format", "json", "--as-of", str(offset))


def figures_section(text):
    """The bytes of the figures and of all that is told of them, without the header, and without what speaks of single events behind them:
    groups with their links, operations, what became of the records."""
    return text[text.index('"figures":'):text.index('"gangs":')]


def compare_golden(text):
    article = json.loads(ARTICLE.read_text(encoding="utf-8"))
    wrong, compared = compare_figures.compare(json.loads(text), article)
    print("\n".join(wrong))
    check(not wrong, f"all {compared} figures are as printed")
    print(f"all {compared} figures are as printed")


def compare_cross_checks(text):
    """What DOMAIN A.4 found in the article by hand, the report finds: in what is counted and in what was printed."""
    found = {(one["check"], one["on"]): one for one in json.loads(text)["figures"]["cross_checks"]}
    expected = {"suspects_parts": "differs", "fraud_baseline": "differs", "theft_baseline": "agrees", "gang_members": "differs",
                "gang_subjects": "agrees", "gang_flow": "note", "vice_drugs": "note", "elder_dates": "note", "elder_same": "agrees",
                "elder_subset": "agrees", "elder_victims_scope": "note", "elder_money_scope": "note", "fugitives_sum": "note",
                "op16_outcomes": "note", "op16_focus": "note", "unnamed_categories": "note", "op16_inside": "note", "directions": "note"}
    for name, verdict in expected.items():
        for on in ("counted", "published"):
            one = found.get((name, on))
            check(one is not None, f"the check {name} is made on what is {on}")
            check(one["verdict"] == verdict, f"{name} on {on}: {verdict}, not {one}")
    check(found[("resources", "published")]["verdict"] == "note", "eight sides are a name; seven are listed")
    check(found[("gang_cohort", "counted")]["verdict"] == "agrees", "the cohort's stages do not grow")
    parts = found[("suspects_parts", "counted")]
    check((parts["expected"], parts["actual"]) == (702, 502), f"the remainder of 200 is shown: {parts}")
    check("200" in parts["sentence"]["en"] and "200" in parts["sentence"]["zh"], "the remainder is said in both languages")


def compare_second(text):
    figures = {one["id"]: one for one in json.loads(text)["figures"]["figures"]}
    check(set(figures) == set(second_reports.EXPECTED), "the second campaign has its own figures and no others")
    for name, (n, bound) in second_reports.EXPECTED.items():
        value = figures[name]["value"]
        if n is None:
            check(value is None or value["n"] is None, f"{name} was never stated, which is no 0: {value}")
            continue
        check(value is not None and (value["n"], value["bound"]) == (n, bound), f"{name} is {n} ({bound}), not {value}")
    print(f"all {len(figures)} figures of the other campaign are as worked out by hand")


def compare_explanations(rig, text):
    """The events behind a figure add up to it."""
    for figure in json.loads(text)["figures"]["figures"]:
        if figure["measure"] is None or figure["show"] != "value":
            continue
        told = json.loads(rig.run("report", "explain", figure["id"], "--campaign", GOLDEN, "--format", "json"))
        adds = sum(event["n"] for event in told["events"])
        check(adds == figure["value"]["n"], f"the events behind {figure['id']} add up to {figure['value']['n']}, not {adds}")


def compare_gauges(rig, text, offset):
    """What Prometheus is told is what the report says at the same offset."""
    def lines(start):
        return [line for line in get(rig.services["tally"].addresses["metrics"])[1].splitlines() if line.startswith(start)]

    until(lambda: any(float(line.split()[-1]) == offset for line in lines("lamplight_campaign_figures_offset")),
          f"the gauges show offset {offset}: {lines('lamplight_campaign_figures_offset')}")
    for measure in json.loads(text)["figures"]["measures"]:
        name = f'lamplight_campaign_figure{{campaign="{GOLDEN}",measure="{measure["measure"]}",category="total"}}'
        shown = [float(line.split()[-1]) for line in lines(name)]
        check(shown == [float(measure["n"])], f"the gauge of {measure['measure']} is {measure['n']}, not {shown}")


def apply_campaigns(rig):
    for name in ("lucheng-2022", "second"):
        rig.run("campaign", "check", str(CAMPAIGNS / f"{name}.toml"))
        rig.run("campaign", "apply", str(CAMPAIGNS / f"{name}.toml"))


def in_order(events):
    """The plain history: each report once, right, in order. (the two reports, the offset of the last event)"""
    rig = Rig()
    rig.start_all()
    apply_campaigns(rig)
    sender = Sender(rig)
    for route, items in batches(events):
        sender.send(route, items)
    for route, items in second_reports.REPORTS.items():
        sender.send(route, items)
    texts = [report_text(rig, campaign, sender.last_offset) for campaign in (GOLDEN, SECOND)]
    compare_golden(texts[0])
    compare_cross_checks(texts[0])
    compare_second(texts[1])
    compare_views(rig)
    compare_explanations(rig, texts[0])
    compare_gauges(rig, texts[0], sender.last_offset)
    rig.stop_all()
    rig.run("log", "verify")
    offline = rig.run("report", "--campaign", GOLDEN, "--format", "json", "--log", str(rig.data / "log"), "--as-of", str(sender.last_offset))
    check(figures_section(offline) == figures_section(texts[0]), "the log on disk alone gives the same figures")
    rig.remove()
    return texts


def compare_views(rig):
    """Groups for review and the clearance operation, as people read them."""
    gangs = rig.run("report", "gangs", "--campaign", GOLDEN)
    check("case-gang-a" in gangs and "case-gang-b" in gangs, f"the group is shown with its cases: {gangs[:600]}")
    check("History" in gangs and "proposed" in gangs, f"the group's history is told: {gangs}")
    check("case-quarrel-1" not in gangs and "case-apart-1" not in gangs, "disputes and what lies years apart are no group")
    clearance = rig.run("report", "clearance", "leiting-2022-16")
    for words in ("closed", "No. 16", " 2600", " 256", "swat", "qidu"):  # SWAT's night shift is missing, Qidu's came late
        check(words in clearance, f"the clearance operation shows {words}: {clearance}")


def disturbed(events, shuffle):
    """Another order, repeats, wrong reports and corrections of them, and kill -9 of each service in the middle."""
    rig = Rig()
    rig.start_all()
    sender = Sender(rig)
    pieces = []
    wrong_alerts = shuffle.sample([item for item in events["alerts"] if item["status"] == "Actual"], 40)
    for route, items in events.items():
        items = [item for item in items if item not in wrong_alerts]
        items += shuffle.sample(items, len(items) // 10)  # the same report twice
        shuffle.shuffle(items)
        pieces += [(route, items[at:at + BATCH]) for at in range(0, len(items), BATCH)]
    pieces += shuffle.sample(pieces, 2)  # whole batches twice
    shuffle.shuffle(pieces)
    pieces += list(second_reports.REPORTS.items())
    kill_at = dict(zip(shuffle.sample(range(1, len(pieces) - 1), 3), ("broker", "tally", "intake")))
    apply_at = len(pieces) // 2  # the definition may come in the middle of what it counts
    for number, (route, items) in enumerate(pieces):
        if number == apply_at:
            apply_campaigns(rig)
        sending = threading.Thread(target=sender.send, args=(route, items), daemon=True)
        sending.start()
        if number in kill_at:
            name = kill_at[number]
            rig.services[name].kill()
            rig.start(name)
        sending.join(timeout=150)
        check(not sending.is_alive(), f"batch {number} of {route} is acknowledged")
    correct_alerts(sender, wrong_alerts)
    texts = [report_text(rig, campaign, sender.last_offset) for campaign in (GOLDEN, SECOND)]
    compare_gauges(rig, texts[0], sender.last_offset)
    rig.stop_all()
    rig.run("log", "verify")
    rig.remove()
    return texts


def correct_alerts(sender, alerts):
    """Sent with another category first, then corrected by id."""
    wrong = [{**item, "partner_ref": item["partner_ref"] + "-w", "category": "noise", "class": "public_order"} for item in alerts]
    ids = [one["id"] for one in sender.send("alerts", wrong)]
    sender.send("alerts", [{**item, "corrects": earlier} for item, earlier in zip(alerts, ids)])


def nothing_of_the_campaign_in_the_code():
    """The demonstration alone knows a campaign by name."""
    words = [GOLDEN, "leiting", "雷霆", "百日行动", "Hundred-Day", SECOND]
    for top in ("services", "common"):
        for path in sorted((SOURCE / top).rglob("*.[ch]pp")):
            if "demo" in path.relative_to(SOURCE).parts:
                continue
            text = path.read_text(encoding="utf-8")
            for word in words:
                check(word not in text, f"{path.relative_to(SOURCE)} holds {word}: a campaign is data, not code")


def main():
    need(ARTICLE)
    seed = int(os.environ.get("SEED", random.randrange(1_000_000)))
    print(f"SEED={seed}")
    nothing_of_the_campaign_in_the_code()
    first = in_order(make_events())
    for round_number in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
        shuffle = random.Random(seed + round_number)
        again = disturbed(make_events("--disturbed"), shuffle)
        for name, one, two in zip((GOLDEN, SECOND), first, again):
            if figures_section(one) != figures_section(two):
                tell_first_difference(one, two)
            check(figures_section(one) == figures_section(two), f"{name}: the figures are the same bytes, round {round_number}")
    print("another order, repeats, corrections and killed services: the same bytes")


def tell_first_difference(one, two):
    one, two = json.loads(one)["figures"], json.loads(two)["figures"]
    for section in one:
        for a, b in zip(one[section], two[section]):
            if a != b:
                print(section, json.dumps(a, ensure_ascii=False)[:1500], json.dumps(b, ensure_ascii=False)[:1500], sep="\n")
                return


if __name__ == "__main__":
    main()
