"""The demonstration, as a newcomer sees it: the published percentages in the report, exact gauges, officers' worklists, drain, and going
on after a restart."""
import json
import re
import stat
import urllib.request

from rig import Rig, Service, check, get, post, until

# Of the day of disputes, what its script leaves: services/lamplight/demo/circulation.cpp.
CASES, REPORTS = 13, 15
OVERDUE = ["assessment", "dispatch", "feedback", "settlement"]


def start(rig, *options):
    service = Service(rig.data, ["demo", *options], "demo")
    report = []
    for line in service.process.stdout:
        report.append(line)
        words = line.split()
        if len(words) >= 2 and "://" in words[-1]:
            service.addresses[words[0]] = words[-1]
        if line.startswith("Ready"):
            return service, "".join(report)
    check(False, f"the demonstration gets ready; see {service.log.name}")


def gauge(text, name):
    return [float(line.split()[-1]) for line in text.splitlines() if line.startswith(name)]


def section(report, heading):
    """The lines of a list: what stands below its heading up to a blank line."""
    lines = report[report.index("\n" + heading) + 1 :].splitlines()[1:]
    return [line.split() for line in lines[: lines.index("")]]


class Console:
    """As one of the scripted officers, whose password only the owner of the data folder can read."""

    def __init__(self, rig, service, name="demo-chief"):
        self.base = service.addresses["console"].split("/lists")[0]
        self.passwords = dict(line.split() for line in (rig.data / "demo" / "officers").read_text().splitlines())
        status, answer = post(self.base + "/v1/session", json.dumps({"name": name, "password": self.passwords[name]}))
        check(status == 201, f"{name} signs in: {status} {answer}")
        self.token = json.loads(answer)["token"]

    def read(self, path):
        headers = {"Authorization": f"Bearer {self.token}"} if path.startswith("/v1") else {"Cookie": f"lamplight_session={self.token}"}
        with urllib.request.urlopen(urllib.request.Request(self.base + path, headers=headers), timeout=10) as answer:
            return answer.read().decode()

    def cases(self, name):
        return json.loads(self.read(f"/v1/cases?list={name}&limit=500"))["cases"]


def check_inner_loop(rig, service, report):
    """What was printed is what the console says, and the gauges, too. Returns the ids of the open cases."""
    overdue = section(report, "Overdue")
    check(sorted(words[2] for words in overdue) == OVERDUE, f"one case is overdue in each of {OVERDUE}: {overdue}")
    check(all(words[4].startswith("!") for words in overdue), f"and marked: {overdue}")
    chief, community = Console(rig, service), Console(rig, service, "demo-community")
    check([words[0] for words in overdue] == [case["id"] for case in chief.cases("overdue")], "the console lists the same, the most urgent first")
    check([words[0] for words in section(report, "Unassigned")] == [case["id"] for case in chief.cases("unassigned")], "and the unassigned")
    mine = section(report, "Mine, of demo-community")
    check(len(mine) == 3 and all("demo-community" in words for words in mine), f"three wait for the community officer, by name: {mine}")
    check([words[0] for words in mine] == [case["id"] for case in community.cases("mine")], "as that officer sees them")
    history = section(report, "What happened to ")
    subjects = [words[2] for words in history]
    for subject in ("inner.opened", "inner.returned", "inner.reopened"):
        check(subjects.count(subject) == 1, f"the case shown has one {subject}: {subjects}")
    check(subjects.count("inner.verified") == 2, f"it was settled twice: {subjects}")
    check([words[1] for words in history] == sorted(words[1] for words in history) and len({words[1] for words in history}) > 5, "over the day")
    for name in ("overdue", "unassigned"):
        page = chief.read(f"/lists/{name}?lang=en")
        check(all(case["id"] in page for case in chief.cases(name)), f"/lists/{name} shows them")

    def gauges(name):
        return gauge(get(service.addresses["metrics"])[1], f"lamplight_inner_{name}{{")

    until(lambda: sum(gauges("cases")) == CASES, "every case is in the gauges")
    check(sum(gauges("overdue")) == len(overdue), "and what is overdue")
    check(any(gauges("relapse_ratio")), "and that something came back")
    return sorted(case["id"] for case in chief.cases("open"))


def check_secrets(rig, service, report):
    file = rig.data / "demo" / "officers"
    check(stat.S_IMODE(file.stat().st_mode) == 0o600, "the passwords are for their owner alone")
    log = b"".join(path.read_bytes() for path in (rig.data / "log").iterdir())
    for name, password in Console(rig, service).passwords.items():
        check(password not in report and not service.said(password) and password.encode() not in log, f"{name}'s password is told nowhere else")
        check(name.encode() not in log, f"nor is {name} on the log")


def check_officers_work(rig):
    """With the trickle, disputes come in and scripted officers settle them."""
    service, _ = start(rig, "--trickle-ms=20")

    def closed():
        return sum(gauge(get(service.addresses["metrics"])[1], 'lamplight_inner_cases{state="settled"'))

    before = closed()
    until(lambda: closed() >= before + 3, "officers settle disputes of the trickle")
    check(not service.said("officers:"), "and nothing is refused")
    check(service.stop() == 0, "SIGTERM drains them, too")


def main():
    rig = Rig()
    service, report = start(rig, "--no-trickle")
    total = re.search(r"^ +total +17000 +20000 +(-[0-9.]+)$", report, re.M)
    check(total and total[1] == "-15.0", "alerts fall by the printed 15 %")
    for name, percent in {"Theft": "-17.0", "Telecom fraud": "-18.0"}.items():
        check(re.search(rf"^ +{name} .* {percent}$", report, re.M), f"{name} changes by the printed {percent} %")
    check(re.search(r"13200000\.00 +20000000\.00 +-34\.0$", report, re.M), "the fraud money falls by the printed 34 %")

    check("702 / 502 (-200)" in report, "the campaign's report shows the remainder that no category lists")
    cases = check_inner_loop(rig, service, report)
    check_secrets(rig, service, report)

    # What Prometheus is told equals the report at the same offset.
    metrics = get(service.addresses["metrics"])[1]
    offset = int(gauge(metrics, "lamplight_tally_figures_offset")[0])
    answer = json.loads(get(service.addresses["tally"] + f"?as_of={offset}")[1])
    shown = gauge(metrics, "lamplight_tally_alerts{")
    check(shown and sum(shown) == float(answer["figures"]["totals"]["alerts"]), f"the gauge {shown} equals the report at offset {offset}")

    # Live now: an alert gets the clock's time, and counts.
    alert = {"partner_ref": "mine-1", "status": "Actual", "class": "criminal", "category": "theft", "area": "wuma",
             "reported_at": "2026-01-01T08:00:00+08:00"}
    status, text = post(service.addresses["intake"], json.dumps(alert))
    check(status == 202, f"an alert is accepted after the log went live: {status} {text}")
    acked = json.loads(text)["offset"]
    before = json.loads(get(service.addresses["tally"] + f"?as_of={acked - 1}&at_least={acked}")[1])
    after = json.loads(get(service.addresses["tally"] + f"?at_least={acked}")[1])
    check(after["figures"]["totals"]["alerts"] == before["figures"]["totals"]["alerts"] + 1, "the alert counts")
    check(service.stop() == 0, "SIGTERM drains")

    service, report = start(rig, "--no-trickle")
    check("17000" in report and "went live" not in report, "a second start goes on with what is there")
    check("702 / 502 (-200)" in report, "and counts no report of the campaign twice")
    check(check_inner_loop(rig, service, report) == cases, "nor any case")
    check(service.stop() == 0, "SIGTERM drains again")
    events = [event for event in rig.events() if not event["subject"].startswith("control.")]
    for subject, count in {"officer.added": 5, "rules.published": 1, "inner.opened": CASES, "inner.reopened": REPORTS - CASES, "inner.refused": 0}.items():
        check(sum(event["subject"] == subject for event in events) == count, f"{count} {subject} are on the log")

    check_officers_work(rig)
    rig.run("log", "verify")
    rig.remove()


if __name__ == "__main__":
    main()
