"""The demonstration, as a newcomer sees it: the published percentages in the report, exact gauges, drain, and going on after a restart."""
import json
import re

from rig import Rig, Service, check, get, post, until


def start(rig):
    service = Service(rig.data, ["demo", "--no-trickle"], "demo")
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


def main():
    rig = Rig()
    service, report = start(rig)
    total = re.search(r"^ +total +17000 +20000 +(-[0-9.]+)$", report, re.M)
    check(total and total[1] == "-15.0", "alerts fall by the printed 15 %")
    for name, percent in {"Theft": "-17.0", "Telecom fraud": "-18.0"}.items():
        check(re.search(rf"^ +{name} .* {percent}$", report, re.M), f"{name} changes by the printed {percent} %")
    check(re.search(r"13200000\.00 +20000000\.00 +-34\.0$", report, re.M), "the fraud money falls by the printed 34 %")

    check("702 / 502 (-200)" in report, "the campaign's report shows the remainder that no category lists")

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

    service, report = start(rig)
    check("17000" in report and "went live" not in report, "a second start goes on with what is there")
    check("702 / 502 (-200)" in report, "and counts no report of the campaign twice")
    check(service.stop() == 0, "SIGTERM drains again")
    rig.run("log", "verify")
    rig.remove()


if __name__ == "__main__":
    main()
