"""Three years of Dublin's fire brigade go round the inner loop in their own time: real processes on a seeded log, the alerts sent by
`lamplight import`, each step of each case done by scripted officers at its own instant between them. At every hour what is open and
what is overdue, as the inner loop published it, is what the file and the script give without the service.

    dublin_test.py [--all]      all 35,163 alerts, or those of the first month"""
import atexit
import collections
import gzip
import json
import pathlib
import shutil
import sys
import tempfile
import time

from rig import INCIDENTS, SOURCE, Rig, check, get, need, scratch, until

sys.path.insert(0, str(SOURCE / "tests" / "clients"))
import log_reader  # noqa: E402  (skips the test where msgpack is missing)
import msgpack  # noqa: E402
from dublin_courses import MINUTES, SECOND, Courses  # noqa: E402
from dublin_officers import Gate, Officers  # noqa: E402

FILE = INCIDENTS / "dublin-fire-2020-2022" / "fire_incidents.csv.gz"
MAPPING = SOURCE / "tests" / "data" / "mappings" / "dublin.toml"
CLOSED = ("settled", "filed", "withdrawn")
HOUR = 3600 * SECOND
MEMORY, ROOM = pathlib.Path("/dev/shm"), 2 << 30


def place():
    """A folder for all of it. Counts are compared here and no power is lost, but each instant waits for two or three syncs: in memory, where
    there is room."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        return scratch()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lamplight-dublin-", dir=MEMORY))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def csv_of(folder, whole):
    """The file as it is, or its rows of the first month. Rows are in the order of their dates."""
    out = folder / "fire_incidents.csv"
    with gzip.open(FILE, "rt", encoding="utf-8", newline="") as lines:
        head = next(lines)
        rows = [line for line in lines if whole or "/01/2020," in line]
    out.write_text(head + "".join(rows), encoding="utf-8", newline="")
    return out


def rules_of(built_in):
    """The built-in rules for a brigade: its alerts open cases, and each step has minutes, not working days."""
    def put(text, old, new):
        check(text.count(old) == 1, f"the built-in rules have: {old}")
        return text.replace(old, new)

    text = put(built_in, 'classes = ["dispute"]', 'classes = ["fire", "special_service"]')
    medium = text.split("[dispute.medium]\n")[1].split("\n\n")[0]
    steps = "".join(f'{step} = "{minutes} minutes"\n' for step, minutes in MINUTES.items())
    rest = "\n".join(line for line in medium.splitlines() if line.split(" = ")[0] not in MINUTES)
    return put(text, medium, steps + rest)


class Wall:
    """What the inner loop's gauges show; looked at once a month of the data, between two alerts."""

    def __init__(self, inner, courses):
        self.inner, self.courses, self.month, self.looks = inner, courses, None, 0

    def between(self, before, after):
        """Everything up to `before` has happened, that instant included, and nothing later; the next is at `after`."""
        month = time.gmtime(after // SECOND)[:2]
        if month != self.month:
            expected = self.courses.counts_at(before)
            until(lambda: self.shown() == expected, f"the gauges show {expected} at {before}, not {self.shown()}", seconds=15)
            self.month, self.looks = month, self.looks + 1

    def shown(self):
        found = collections.Counter()
        for line in get(self.inner.addresses["metrics"])[1].splitlines():
            series, _, value = line.rpartition(" ")
            if series.startswith("lamplight_inner_cases{") and not any(f'state="{state}"' in series for state in CLOSED):
                found["open"] += int(value)
            elif series.startswith("lamplight_inner_overdue{"):
                found["overdue"] += int(value)
        return found["open"], found["overdue"]


class Published:
    """What is open and overdue, folded from the events that inner published: state and mark of each case as its last event says."""

    def __init__(self):
        self.cases, self.open, self.overdue, self.subjects = {}, 0, 0, collections.Counter()

    def take(self, event):
        self.subjects[event.subject] += 1
        case, _, _, _, state, _, overdue = msgpack.unpackb(event.payload, raw=False)[:7]
        for (was_open, was_overdue), by in ((self.cases.get(case, (False, False)), -1), ((state not in CLOSED, overdue != "none"), 1)):
            self.open += by * was_open
            self.overdue += by * (was_open and was_overdue)
        self.cases[case] = (state not in CLOSED, overdue != "none")


def published_hours(folder, courses):
    """(first hour, [(open, overdue) at each hour from there to the last event], the fold). Events of the very instant count."""
    fold, hours, first, alerts = Published(), [], None, 0
    for event in log_reader.read(folder):
        if event.subject == "alert.received":
            reference = msgpack.unpackb(event.payload, raw=False)[1]
            check(event.time == courses.reported[reference], f"alert {reference} has its real stamp {courses.reported[reference]}, not {event.time}")
            alerts += 1
        if event.producer != "inner" or event.subject.startswith("control."):
            continue
        check(event.subject != "inner.refused", f"no request is refused: {event}")
        if first is None:
            first = event.time // HOUR
        while (first + len(hours)) * HOUR < event.time:
            hours.append((fold.open, fold.overdue))
        fold.take(event)
    hours.append((fold.open, fold.overdue))
    check(alerts == len(courses.reported), f"every alert is on the log: {alerts} of {len(courses.reported)}")
    return first, hours, fold


def compare(folder, courses):
    first, hours, fold = published_hours(folder, courses)
    expected = courses.counts_by_hour()
    check(set(expected) <= set(range(first, first + len(hours))), "no hour with work lies outside of what was published")
    wrong = [(first + i, found, expected.get(first + i, (0, 0))) for i, found in enumerate(hours) if found != expected.get(first + i, (0, 0))]
    for hour, found, wanted in wrong[:5]:
        print(f"{time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime(hour * 3600))}: published {found}, the file gives {wanted} (open, overdue)")
    check(not wrong, f"open and overdue are those of the file at every hour: {len(wrong)} of {len(hours)} differ")
    most = [max(column) for column in zip(*hours)]
    check(most[1] > 0 and fold.subjects["inner.reminded"] > 0, "deadlines are missed, or nothing was compared")
    check((fold.open, fold.overdue) == (0, 0) and len(fold.cases) == len(courses.reported), "every case is settled at the end")
    print(f"{len(fold.cases)} cases, {len(hours)} hours compared; at most {most[0]} open, {most[1]} overdue; {dict(fold.subjects)}")


def run(rig, csv, courses):
    """The data's years, as fast as the log takes them; how many times the gauges were compared."""
    rig.start("broker")
    rules = rig.data.parent / "rules.toml"
    rules.write_text(rules_of(rig.run("rules", "show", "--built-in")), encoding="utf-8")
    rig.run("rules", "publish", "--anyway", str(rules))
    inner = rig.start("inner")
    rig.start("intake")
    officers = Officers(f"ipc://{rig.data}/run/bus.sock")
    wall = Wall(inner, courses)
    with Gate(rig.url("intake"), officers, wall.between) as gate:
        began = time.monotonic()
        told = json.loads(rig.run("import", str(csv), "--mapping", str(MAPPING), "--seed", "--batch", "1", "--in-flight", "1", "--json",
                                  "--to", gate.url).splitlines()[-1])
        check(told["accepted"] == len(courses.reported) and told["refused"] == 0, f"every alert is taken: {told}")
        officers.live_until(None)
        seconds = time.monotonic() - began
    until(lambda: wall.shown() == (0, 0), "in the end the gauges show nothing open", seconds=15)
    syncs = rig.services["broker"].metric("lamplight_log_sync_duration_seconds_sum")
    print(f"{officers.acts} requests and {told['accepted']} alerts in {seconds:.1f} s, {syncs:.1f} s of it in syncs; "
          f"gauges compared {wall.looks} times", flush=True)
    officers.close()


def main():
    need(FILE)
    folder = place()
    csv = csv_of(folder, "--all" in sys.argv)
    courses = Courses(csv)
    rig = Rig(["--log.seeded=true", "--log.seeders=intake,officers"], data=folder / "data")
    run(rig, csv, courses)
    rig.stop_all()
    compare(rig.data / "log", courses)
    rig.remove()


if __name__ == "__main__":
    main()
