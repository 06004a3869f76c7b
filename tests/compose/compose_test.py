"""compose/ in real containers: alerts in by HTTP, figures out by Prometheus, equal to the report; every container killed, nothing lost."""
import json
import math
import pathlib
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "system"))

from load import Partners, check_log
from project import SERVICES, WATCHERS, Project, engine_or_skip
from rig import SOURCE, check, get, post, scratch, until

AREAS = ("wuma", "songtai", "nanhui", "binjiang")
CLASSES = {"criminal": ("theft", "telecom_fraud"), "public_order": ("brawl", "noise"), "dispute": ("neighbour_dispute",), "fire": ("probe",)}
ALERTS, EXERCISES = 3000, 60  # every 50th is an exercise and enters no figure
MACROS = {"$__rate_interval": "1m", "$__interval": "15s", "$__range": "6h", "$campaign": "default"}
EMPTY_WHEN_WELL = "Empty when well: "


def campaign(count):
    """Alerts of a made-up campaign: classes, areas, amounts, exercises; nothing of it is anybody's."""
    kinds = [(kind, category) for kind, categories in CLASSES.items() for category in categories]
    for n in range(count):
        kind, category = kinds[n % len(kinds)]
        alert = {"partner_ref": f"campaign-{n}", "status": "Exercise" if n % 50 == 0 else "Actual", "class": kind, "category": category,
                 "area": AREAS[n % len(AREAS)], "reported_at": f"2026-{6 + n % 3:02}-{1 + n % 28:02}T{n % 24:02}:15:00+08:00"}
        if category == "telecom_fraud":
            alert["amount_fen"] = 100_000 + n
        yield alert


def send_campaign(project, count):
    """Posts it as one NDJSON body; what was acknowledged, by partner_ref."""
    alerts = list(campaign(count))
    status, text = post(f"{project.intake}/v1/alerts", "\n".join(map(json.dumps, alerts)), {"Content-Type": "application/x-ndjson"}, timeout=60)
    check(status == 207, f"the campaign is answered 207, not {status}: {text[:300]}")
    answers = [json.loads(line) for line in text.splitlines()]
    refused = [answer for answer in answers if answer["status"] != 202]
    check(len(answers) == count and not refused, f"every alert of the campaign is accepted: {refused[:1]}")
    return {alerts[answer["index"]]["partner_ref"]: answer["id"] for answer in answers}


def check_figures(project):
    """The gauges that Prometheus holds of one scrape, against the report at the offset they name."""
    head = next(int(float(line.split()[1])) for line in project.metrics("broker", 9400).splitlines() if line.startswith("lamplight_bus_head_offset "))
    until(lambda: (project.query("lamplight_tally_figures_offset") or [({}, 0)])[0][1] >= head, f"figures of offset {head} in Prometheus", look_every=0.5)
    at = time.time()
    offset = int(project.query("lamplight_tally_figures_offset", at)[0][1])
    figures = {(labels["measure"], labels["category"]): value for labels, value in project.query("lamplight_campaign_figure", at)}
    areas = {labels["area"]: value for labels, value in project.query("sum by (area) (lamplight_tally_alerts)", at)}

    report = json.loads(project.lamplight("tally", "report", "--json", "--as-of", str(offset)))
    check(report["header"]["as_of"]["offset"] == offset, "the report is of the gauges' offset")
    counts = report["figures"]["counts"]
    by_class = {("alerts_valid", kind): value for kind, value in counts["by_class"]["rows"]}
    amounts = {("amount_fen", kind): value for kind, value in counts["amount_by_class"]["rows"]}
    told = {key: value for key, value in figures.items() if key[0] == "alerts_valid" or value}
    wanted = {**by_class, **{key: value for key, value in amounts.items() if value}}
    check(wanted and told == wanted, f"the gauges at offset {offset} equal the report: {told} and {wanted}")
    wanted = {}  # an area that no code list holds has no label of its own
    for area, value in counts["by_area"]["rows"]:
        label = area if area in AREAS else "other"
        wanted[label] = wanted.get(label, 0) + value
    check(areas == wanted, f"so do the areas: {areas} and {wanted}")
    total = sum(value for (measure, _), value in figures.items() if measure == "alerts_valid")
    print(f"figures of offset {offset}: {total:.0f} alerts in Prometheus and in the report")
    return total


def check_metrics(project):
    """Names, types and help texts as Prometheus wants them; everything scraped; every rule evaluated."""
    for port, service in enumerate(SERVICES, start=9400):
        text = project.metrics(service, port)
        check("lamplight_build_info" in text, f"{service} tells its metrics")
        if shutil.which("promtool"):
            lint = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True)
            check(lint.returncode == 0, f"promtool finds nothing in the metrics of {service}: {lint.stdout}{lint.stderr}")
    targets = len(SERVICES) + len(WATCHERS)
    until(lambda: len(project.query("up == 1") or []) == targets, f"all {targets} targets are up", look_every=0.5)
    groups = json.loads(get(f"{project.prometheus}/api/v1/rules")[1])["data"]["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    check(rules and not [rule for rule in rules if rule["health"] == "err"], f"every rule is evaluated: {[rule['name'] for rule in rules if rule['health'] == 'err']}")


def missing_panels(project):
    """Of all dashboards, the queries that return no number now; and the number of queries."""
    missing, asked = [], 0
    for file in sorted((SOURCE / "monitoring" / "grafana" / "dashboards").glob("*.json")):
        for panel in json.loads(file.read_text(encoding="utf-8"))["panels"]:
            for target in panel["targets"]:
                expression = target["expr"]
                for macro, value in MACROS.items():
                    expression = expression.replace(macro, value)
                series = project.query(expression) or []
                asked += 1
                most = 31 if panel["type"] == "table" else 12  # rows of a table: 30 units and `other`
                check(len(series) <= most, f"{file.stem}: {panel['title']} has at most {most} series, not {len(series)}")
                if EMPTY_WHEN_WELL not in panel["description"] and not any(math.isfinite(value) for _, value in series):
                    missing.append(f"{file.stem}: {panel['title']}: {expression}")
    return missing, asked


def check_panels(project):
    last = []

    def all_there():
        last[:] = [missing_panels(project)]
        return not last[0][0]

    try:
        until(all_there, "every query of the dashboards returns data", 120, look_every=3)
    finally:
        for panel in last[0][0]:
            print("without data:", panel)
    # How quick the disk is belongs to the machine; nothing else may be wrong.
    wrong = [labels["alertname"] for labels, _ in project.query('ALERTS{alertstate="firing", alertname!="AckSlow"}')]
    check(not wrong, f"no alert fires while all is well: {wrong}")
    print(f"dashboards: {last[0][1]} queries return data or are marked as empty when well")


def firing(project):
    status, text = get(f"{project.alertmanager}/api/v2/alerts?active=true&inhibited=true")
    return {alert["labels"]["alertname"]: alert["annotations"] for alert in json.loads(text)} if status == 200 else {}


def check_alarm(project):
    """A bus that is stopped is called out, by the alert that names its page; when it is back the call ends."""
    check("BusDown" not in firing(project), "no call while all is well")
    began = time.monotonic()
    project.compose("stop", "broker")
    until(lambda: "BusDown" in firing(project), "Alertmanager knows of the stopped bus", 90, look_every=1)
    print(f"BusDown reached Alertmanager after {time.monotonic() - began:.0f} s")
    page = firing(project)["BusDown"]["runbook_url"]
    check((SOURCE / page).exists(), f"the alert names a page that exists: {page}")
    project.up()
    until(lambda: "BusDown" not in {name for name in firing(project)} or not project.query('ALERTS{alertname="BusDown", alertstate="firing"}'),
          "the call ends", 120, look_every=1)


def check_stop(project):
    """SIGTERM drains: exit code 0."""
    project.compose("stop")
    codes = {service: project.inspect(service)["State"]["ExitCode"] for service in SERVICES}
    check(set(codes.values()) == {0}, f"every service drains at SIGTERM with exit code 0: {codes}")


def copied_log(project):
    folder = scratch() / "log"
    project.compose("cp", "broker:/var/lib/lamplight/log", str(folder))
    return folder


def check_hardening(project):
    for service in SERVICES:
        told = project.inspect(service)
        host = told["HostConfig"]
        check(told["Config"]["User"] not in ("", "root", "0"), f"{service} does not run as root")
        check(host["ReadonlyRootfs"] and "ALL" in host["CapDrop"] and "no-new-privileges:true" in host["SecurityOpt"], f"{service} runs without rights: {host['CapDrop']}")
        check(host["Memory"] > 0 and host["NanoCpus"] > 0 and host["PidsLimit"] > 0, f"{service} has limits")
    mode = project.compose("exec", "-T", "broker", "stat", "-c", "%a %u", "/run/lamplight").split()
    check(mode[0] == "700" and mode[1] != "0", f"the bus's folder is 0700 and the service's own: {mode}")


def main():
    engine_or_skip()
    project = Project("lamplight-test")
    project.down()
    began = time.monotonic()
    project.compose("build")
    print(f"image built in {time.monotonic() - began:.0f} s", flush=True)
    try:
        project.up()
        check_hardening(project)
        acked = send_campaign(project, ALERTS)
        partners = Partners(lambda: project.intake, senders=2)
        check_metrics(project)
        check_panels(project)
        for service in (*SERVICES, *WATCHERS):
            project.crash(service)
            print(f"{service} was killed and is well again; {len(partners.acked)} alerts acknowledged", flush=True)
        check_alarm(project)
        partners.stop(120)
        total = check_figures(project)
        check_stop(project)
        alerts = check_log(copied_log(project), {**acked, **partners.acked}, {*acked, *partners.sent})
        check(total == alerts - EXERCISES, f"all of them but the {EXERCISES} exercises are in the figures: {total}")
        print(f"{alerts} alerts acknowledged and on the log, each once")
    finally:
        logs = pathlib.Path(scratch()) / "containers.log"
        logs.write_text(project.compose("logs", "--no-color", loud=False), encoding="utf-8")
        print(f"what the containers said: {logs}")
        project.down()


main()
