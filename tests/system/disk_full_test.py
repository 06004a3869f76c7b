"""A full disk, on a small real file system: in append, in roll, in a snapshot. What comes is refused before the disk is full, and is
taken again once there is room, without a restart; metric and /readyz tell. A kill in between does no harm either."""
import json
import os
import pathlib
import subprocess
import sys
import urllib.error
import urllib.request

from faults import TOOLS
from load import Partners, check_log
from rig import SKIPPED, Rig, check, get, need, until

MIB = 1 << 20
DISK = 128 * MIB
RESERVE = 8 * MIB
SEGMENT = 2 * MIB


class Ballast:
    """Somebody else's file on the same disk."""

    def __init__(self, disk):
        self.disk, self.path = disk, disk / "ballast"

    def free(self):
        fs = os.statvfs(self.disk)
        return fs.f_bavail * fs.f_frsize

    def leave(self, free):
        """Grows until so many bytes are left (as near as the file system counts)."""
        self.remove()
        with open(self.path, "wb") as file:
            try:
                while self.free() > free:
                    file.write(bytes(min(MIB, max(4096, self.free() - free))))
                    file.flush()
            except OSError:  # there is no more
                pass

    def remove(self):
        self.path.unlink(missing_ok=True)


def size_of(folder):
    """Bytes on the disk below a folder in which files come and go."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_blocks * 512
        except FileNotFoundError:
            pass
    return total


def refused(rig):
    """What an alert is answered: (status, headers, problem)."""
    request = urllib.request.Request(rig.url("intake") + "/v1/alerts", json.dumps(
        {"partner_ref": "asked", "status": "Test", "class": "fire", "category": "probe", "area": "nowhere",
         "reported_at": "2022-08-25T20:00:00+08:00"}).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, error.headers, json.loads(error.read())


def check_refusal(rig, broker, ballast, where):
    """Refused in order, told to everybody, and nothing is broken."""
    until(lambda: broker.readiness()[0] == 503, f"{where}: /readyz of the broker tells", 30)
    check("bytes free" in broker.readiness()[1], f"{where}: and why: {broker.readiness()[1]}")
    check(get(broker.addresses["health"])[0] == 200, f"{where}: it is alive")
    check(broker.metric('lamplight_ready{service="broker"}') == 0, f"{where}: the metric tells")
    check(broker.metric("lamplight_log_failed") == 0, f"{where}: a full disk is no failure")
    until(lambda: (broker.metric('lamplight_bus_refused_total{reason="overloaded"}') or 0) > 0, f"{where}: publishers are told to come later", 20)
    free = broker.metric("lamplight_log_free_bytes")
    check(free is not None and abs(free - ballast.free()) < MIB, f"{where}: the metric tells what is free: {free}, {ballast.free()} is")
    until(lambda: refused(rig)[2].get("type", "").endswith(":log_full"), f"{where}: intake refuses at once", 20)
    status, headers, problem = refused(rig)
    check(status == 503 and int(headers["Retry-After"]) > 0 and headers["Content-Type"].startswith("application/problem+json"),
          f"{where}: with 503, Retry-After and a problem: {status} {headers} {problem}")
    check(problem["title"] and "Send it again" in problem["detail"], f"{where}: that says what to do: {problem}")


def goes_on(rig, broker, partners, where):
    pid = broker.process.pid
    before = len(partners.acked)
    until(lambda: len(partners.acked) > before + 50, f"{where}: goes on when there is room again", 30)
    until(broker.ready, f"{where}: and is ready", 20)
    check(broker.process.poll() is None and broker.process.pid == pid, f"{where}: without a restart")


def append(rig, broker, partners, ballast):
    """Less than the reserve is free: refused, though the segment has room."""
    ballast.leave(RESERVE - MIB)
    check_refusal(rig, broker, ballast, "append")
    check(ballast.free() >= RESERVE - 2 * MIB, f"append: neither log nor snapshots use up the reserve: {ballast.free()} bytes are free")


def roll(rig, broker, partners, ballast):
    """More than the reserve, but not enough for another segment: taken until the segments made beforehand are full."""
    before, others = len(list((rig.data / "log").glob("*.seg"))), size_of(rig.data / "snapshots")
    ballast.leave(RESERVE + SEGMENT - (128 << 10))
    check_refusal(rig, broker, ballast, "roll")
    after = len(list((rig.data / "log").glob("*.seg")))
    check(after > before, f"roll: it was the next segment that there was no room for: {before} segments, then {after}")
    left = ballast.free() + size_of(rig.data / "snapshots") - others
    check(left >= RESERVE - MIB, f"roll: the log does not touch the reserve: {left} bytes are left")


def snapshot(rig, broker, partners, ballast):
    """Not a byte is free: folds go on without snapshots, for which the reserve is not, and write them again when there is room."""
    before = len(partners.acked)
    until(lambda: len(partners.acked) > before + 50, "snapshot: alerts come in")
    ballast.leave(0)  # between two snapshots: there is something to save
    check_refusal(rig, broker, ballast, "snapshot")
    tally, folder = rig.services["tally"], rig.data / "snapshots" / "tally"
    until(lambda: tally.said("and the log's reserve of"), "snapshot: tally says that it leaves the reserve alone", 20)
    check(tally.ready(), "snapshot: tally answers on")
    check(not list(folder.glob("*.tmp")), "snapshot: no half one takes what little room there is")
    newest = sorted(folder.glob("*.snap"))[-1].name
    check(newest, "snapshot: those from before are kept")
    ballast.remove()
    until(lambda: sorted(folder.glob("*.snap"))[-1].name > newest, "snapshot: written again when there is room", 30)


def killed(rig, broker, partners, ballast):
    """SIGKILL while the disk is short: the reserve is what recovery lives on."""
    ballast.leave(RESERVE - MIB)
    check_refusal(rig, broker, ballast, "killed")
    rig.services.pop("broker").kill()
    again = rig.start("broker", wait=False)
    check_refusal(rig, again, ballast, "killed and started")
    return again


def scenario(disk):
    ballast = Ballast(disk)
    rig = Rig([f"--log.segment_mib={SEGMENT // MIB}", f"--log.reserve_mib={RESERVE // MIB}", "--intake.answer_timeout_ms=2000",
               "--snapshots.every_ms=1000"], data=disk / "data")
    rig.start_all()
    broker = rig.services["broker"]
    # Long alerts: they fill the log, and hardly the snapshots beside it.
    long = {"places": {letter + "_" + "place" * 6: "x" * 40 for letter in "abcdefghijklmnop"}}
    partners = Partners(lambda: rig.url("intake"), senders=3, batch=10, pause=0.03, more=long)
    until(lambda: len(partners.acked) > 200, "alerts are acknowledged")
    for fault in (append, roll, snapshot, killed):
        broker = fault(rig, broker, partners, ballast) or broker
        ballast.remove()
        goes_on(rig, broker, partners, fault.__name__)
        print(f"{fault.__name__}: refused in order, told, and went on; {len(partners.acked)} acknowledged so far")
    partners.stop()
    report = json.loads(rig.run("report", "--json"))
    rig.stop_all()
    count = check_log(rig.data / "log", partners.acked, partners.sent | {"asked"}, everything_acked=False)
    check(count - len(partners.acked) <= 1, "nothing refused is on the log, but perhaps the one that was asked with")
    check(report["figures"]["totals"]["alerts"] == len(partners.acked), f"the report counts each once: {report['figures']['totals']}")
    rig.run("log", "verify")
    print(f"{count} alerts on the log, each once; answers {dict(partners.statuses)}")


def main():
    if "DISK_DIR" in os.environ:
        return scenario(pathlib.Path(os.environ["DISK_DIR"]))
    need(TOOLS / "disk-full")
    for kind in ("ext4", "tmpfs"):
        tool = [str(TOOLS / "disk-full"), str(DISK)]
        can = subprocess.run([*tool, "true"], env={**os.environ, "DISK_KIND": kind}, capture_output=True, text=True)
        if can.returncode == 0:
            print(f"on {kind}, {DISK // MIB} MiB", flush=True)
            sys.exit(subprocess.run([*tool, "/usr/bin/python3", __file__], env={**os.environ, "DISK_KIND": kind}).returncode)
    print(f"skipped: no small file system can be mounted here: {can.stderr.strip()}")
    sys.exit(SKIPPED)


if __name__ == "__main__":
    main()
