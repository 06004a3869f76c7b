"""EIO from the disk in a write or in a sync: the broker is fenced at once, says so in metrics and health, ends non-zero, never syncs that
file again, and after a restart everything that was acknowledged is there. SEED and ROUNDS by environment or argument."""
import os
import random
import shutil
import sys
import time

from faults import Disk
from load import Partners, check_log
from rig import Rig, check, scratch, until

SEED = int(os.environ.get("SEED", time.time_ns() % 1_000_000))
ROUNDS = int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("ROUNDS", "4"))


def end_of_content(path):
    return len(path.read_bytes().rstrip(b"\0"))


def fail_once(rig, rng, disk, shadow, call):
    """The broker runs until the disk fails in the nth `call`: far behind those of the start, in the midst of commits."""
    shadow.mkdir()
    nth = rng.randint(60, 250)
    # A write fails in its midst: what it left in the file is what a sync after it would take along.
    fault = disk.faulty(f"write:{nth}:short,write:{nth + 1}:EIO" if call == "write" else f"{call}:{nth}:EIO")
    broker = rig.start("broker", environment={**fault, **disk.shadowed(shadow)})
    active = sorted((rig.data / "log").glob("*.seg"))[-1]
    until(lambda: broker.metric("lamplight_log_failed") == 1, f"the metric tells the failed {call}; see {broker.log.name}")
    status, why = broker.readiness()
    check(status == 503 and "is fenced" in why and "Input/output error" in why, f"/readyz tells it: {status} {why}")
    check(not broker.ready(), "it is not ready")
    until(lambda: rig.services["intake"].readiness()[0] == 503, "intake says that it is not ready either", 20)
    head = broker.metric("lamplight_bus_head_offset")
    check(broker.process.wait(timeout=30) == 1, f"the broker ends with exit code 1, not {broker.process.returncode}")
    check(broker.said("event=log_failed") and broker.said("restart to go on"), f"its log says what happened and what to do; see {broker.log.name}")

    # The shim keeps what each sync that succeeded found in the file: had it been synced again, that would be as long as the file.
    synced = shadow / f"ino.{active.stat().st_ino}"
    check(end_of_content(synced) < end_of_content(active), f"what the failed {call} was for was not synced by another call")
    check(head is not None, "the head is told to the end")
    shutil.rmtree(shadow)
    return sorted((rig.data / "log").glob("*.seg"))[-1] == active


def main():
    print(f"io_error_test: seed {SEED}, {ROUNDS} rounds")
    rng = random.Random(SEED)
    folder = scratch()
    # One segment for all of it, so that the failing call is one of a commit.
    rig = Rig(["--log.segment_mib=8", "--log.failed_linger_ms=1500", "--intake.answer_timeout_ms=3000"])
    rig.data.mkdir(parents=True)
    disk = Disk(folder, rig.data / "log")
    (rig.data / "log").mkdir()
    rig.start("broker")
    rig.start("tally")
    rig.start("intake")
    partners = Partners(lambda: rig.url("intake"), senders=3)
    calls = []
    for number in range(ROUNDS):
        until(lambda before=len(partners.acked): len(partners.acked) > before + 20, "alerts are acknowledged")
        check(rig.services.pop("broker").stop() == 0, "the broker stops cleanly")
        calls.append(["fsync", "write"][number % 2])
        check(fail_once(rig, rng, disk, folder / "shadow", calls[-1]), "the failure was one of the active segment")
        rig.start("broker")
    partners.stop()
    for service in rig.services.values():
        until(service.ready, f"{service.name} is ready again; see {service.log.name}")
    check(rig.services["broker"].metric("lamplight_log_failed") == 0, "a restart begins with a clean slate")
    rig.stop_all()
    count = check_log(rig.data / "log", partners.acked, partners.sent)
    rig.run("log", "verify")
    print(f"EIO in {calls}: fenced, told, exit code 1, no second sync; {count} alerts acknowledged, each on the log once")
    rig.remove()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
