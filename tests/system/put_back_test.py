"""A log put back from a copy, the snapshots of the lost part still there: every figure and every answer is the log's."""
import json
import shutil

from rig import Rig, check, post


def send(rig, reference, category, count):
    """Posts alerts reference-0, reference-1, …; how many were accepted, and how many the intake said it has already."""
    items = [{"partner_ref": f"{reference}-{i}", "status": "Actual", "class": "criminal", "category": category, "area": "wuma",
              "reported_at": "2022-08-25T20:15:00+08:00"} for i in range(count)]
    status, text = post(rig.url("intake") + "/v1/alerts", "\n".join(map(json.dumps, items)), {"Content-Type": "application/x-ndjson"}, timeout=60)
    check(status == 207, f"the batch of {reference} is answered, not {status}: {text[:300]}")
    return text.count('"status":202'), text.count('"duplicate_of"')


def by_category(rig, *arguments):
    return json.loads(rig.run("report", "--json", *arguments))["figures"]["counts"]["by_category"]["rows"]


rig = Rig()
copy = rig.data.parent / "copy"
rig.start_all()
check(send(rig, "A", "theft", 50) == (50, 0), "the first fifty are accepted")
rig.stop_all()
shutil.copytree(rig.data / "log", copy)

rig.start_all()
check(send(rig, "B", "robbery", 50) == (50, 0), "fifty more are accepted")
rig.stop_all()  # with snapshots of all hundred

shutil.rmtree(rig.data / "log")
shutil.copytree(copy, rig.data / "log")
rig.start("broker")
rig.start("intake")
check(send(rig, "C", "fire", 200) == (200, 0), "two hundred others are accepted after the copy was put back")
check(send(rig, "B", "robbery", 50) == (50, 0), "what the copy lost is no repeat")
check(send(rig, "C", "fire", 200) == (0, 200), "what it has is one")
rig.start("tally")
expected = [["criminal", "fire", 200], ["criminal", "robbery", 50], ["criminal", "theft", 50]]
check(by_category(rig, "--log", str(rig.data / "log")) == expected, "the log holds what was accepted")
check(by_category(rig) == expected, "the tally reports what the log holds")
rig.stop_all()
rig.remove()
