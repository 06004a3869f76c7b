"""SIGKILL of the broker again and again under load: while it serves, in recovery, in shutdown; and of tally and intake while they
write a snapshot. What clients were told is compared, as sets, with what a reader of its own finds on the log.
KILLS (of the broker) and SEED (printed) may be given in the environment or as arguments."""
import json
import os
import random
import shutil
import signal
import sys
import threading
import time

from faults import Disk
from load import Partners, check_log
from rig import Rig, check, scratch, until

KILLS = int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("KILLS", "30"))
SEED = int(os.environ.get("SEED", time.time_ns() % 1_000_000))
SLOW_SYNC = "fsync:1+:slow10"  # opens the moments that are aimed at wide enough to be hit


class Killer:
    def __init__(self, rig, rng, disk):
        self.rig, self.rng, self.pause = rig, rng, threading.Event()
        self.slow = disk.faulty(SLOW_SYNC)
        self.killed = {"serving": 0, "in recovery": 0, "in shutdown": 0}
        self.snapshots = {"tally": 0, "intake": 0}

    def serving(self, partners):
        """At a random moment once it has acknowledged something."""
        broker = self.rig.start("broker", wait=False)
        seen = len(partners.acked)
        until(lambda: len(partners.acked) > seen, "alerts are acknowledged")
        self.pause.wait(self.rng.uniform(0, 0.15))
        broker.kill()
        return True

    def in_recovery(self, _):
        """While it copies the active segment, which an unclean stop makes it do: before it listens."""
        broker = self.rig.spawn("broker", self.slow)
        copy, missed = self.rig.data / "log" / "recovering.tmp", time.monotonic() + 2
        until(lambda: copy.exists() or time.monotonic() > missed, "the recovery begins", look_every=0.001)
        self.pause.wait(self.rng.uniform(0, 0.03))
        broker.kill()
        check(broker.process.returncode == -signal.SIGKILL, f"the recovery lasts until the kill; see {broker.log.name}")
        return "bus" not in broker.process.stdout.read()  # it had not come so far as to listen

    def in_shutdown(self, partners):
        """After SIGTERM, before it has ended."""
        broker = self.rig.start("broker", wait=False, environment=self.slow)
        seen = len(partners.acked)
        until(lambda: len(partners.acked) > seen, "alerts are acknowledged")
        broker.process.send_signal(signal.SIGTERM)
        self.pause.wait(self.rng.uniform(0, 0.02))
        broker.kill()
        return broker.process.returncode == -signal.SIGKILL

    def in_snapshot(self, name):
        """Of a fold, while the snapshot that its end brings has a temporary name; then it starts again."""
        service = self.rig.services[name]
        folder = self.rig.data / "snapshots" / name
        service.process.send_signal(signal.SIGTERM)
        until(lambda: list(folder.glob("*.tmp")) or service.process.poll() is not None, f"{name} writes a snapshot", look_every=0.001)
        service.kill()
        if service.process.returncode == -signal.SIGKILL:
            self.snapshots[name] += 1
        self.rig.start(name, wait=False, environment=self.slow)

    def run(self, partners):
        moments = {"serving": self.serving, "in recovery": self.in_recovery, "in shutdown": self.in_shutdown}
        while sum(self.killed.values()) < KILLS:
            moment = self.rng.choice(list(moments))
            if moments[moment](partners):
                self.killed[moment] += 1
            if sum(self.killed.values()) % 8 == 7:
                self.rig.start("broker", wait=False)
                until(lambda: all(s.ready() for n, s in self.rig.services.items() if n != "broker"), "tally and intake are ready again")
                self.in_snapshot("tally" if sum(self.snapshots.values()) % 2 == 0 else "intake")
                self.rig.services.pop("broker").kill()
                self.killed["serving"] += 1


def main():
    print(f"broker_kill_test: seed {SEED}, {KILLS} kills")
    began = time.monotonic()
    folder = scratch()
    rig = Rig(["--log.segment_mib=1"])
    rig.data.mkdir(parents=True)
    killer = Killer(rig, random.Random(SEED), Disk(folder, rig.data))
    rig.start("broker")
    for name in ("tally", "intake"):
        rig.start(name, environment=killer.slow)
    partners = Partners(lambda: rig.url("intake"), senders=3, batch=5)
    rig.services.pop("broker").kill()
    killer.run(partners)

    rig.start("broker")
    partners.stop()
    for name, service in rig.services.items():
        until(service.ready, f"{name} is ready again; see {service.log.name}")
    report = json.loads(rig.run("report", "--json"))
    rig.stop_all()
    count = check_log(rig.data / "log", partners.acked, partners.sent)
    check(report["figures"]["totals"]["alerts"] == count, f"the report counts each once: {report['figures']['totals']['alerts']} of {count}")
    check(json.loads(rig.run("report", "--json", "--log", str(rig.data / "log")))["figures"] == report["figures"], "a fresh fold counts the same")
    rig.run("log", "verify")
    check(all({**killer.killed, **killer.snapshots}.values()), f"every moment was hit: {killer.killed} {killer.snapshots}")
    check(not list((rig.data / "snapshots").rglob("*.tmp")), "no half snapshot is left")
    print(f"{sum(killer.killed.values())} kills of the broker {killer.killed}, in a snapshot {killer.snapshots}; {count} alerts acknowledged, "
          f"each on the log once, none lost; {time.monotonic() - began:.0f} s")
    rig.remove()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
