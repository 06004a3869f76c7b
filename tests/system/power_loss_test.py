"""Power loss on the real broker: the disk goes back to what was synced (lost), or to that and a random part of the rest (torn).
Every acknowledged alert must be there afterwards. SIGKILL alone would never notice a missing sync. SEED and MOMENTS by environment."""
import os
import random
import shutil
import sys
import threading
import time

from faults import Disk
from load import Partners, check_log
from rig import Rig, check, scratch, until

SEED = int(os.environ.get("SEED", time.time_ns() % 1_000_000))
MOMENTS = int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("MOMENTS", "12"))


def main():
    print(f"power_loss_test: seed {SEED}, {MOMENTS} moments")
    rng = random.Random(SEED)
    folder = scratch()
    shadow = folder / "shadow"
    shadow.mkdir()
    rig = Rig(["--log.segment_mib=1"])
    rig.data.mkdir(parents=True)
    disk = Disk(folder, rig.data)
    acked, sent, modes = {}, set(), {"lost": 0, "torn": 0}
    pause = threading.Event()
    for moment in range(MOMENTS):
        rig.start("broker", environment=disk.shadowed(shadow))
        rig.start("intake")
        partners = Partners(lambda: rig.url("intake"), f"r{moment}", senders=4, batch=rng.choice([1, 10]), keep_trying=False)
        until(lambda: len(partners.acked) > rng.randint(5, 200), "alerts are acknowledged")
        pause.wait(rng.uniform(0, 0.1))  # the random moment is the test
        rig.services["broker"].kill()
        partners.stopping.set()
        rig.services["intake"].kill()
        partners.stop()
        acked.update(partners.acked)
        sent.update(partners.sent)
        # intake's own files are not under the shim: keep them as they are, take the power from the log alone
        mode = rng.choice(list(modes))
        done = disk.lose_power(rig.data / "log", shadow, mode, rng.randrange(1 << 30))
        check(done.returncode == 0, f"power-loss works: {done.stderr}")
        modes[mode] += 1
    rig.services.clear()
    rig.start("broker")
    rig.stop_all()

    count = check_log(rig.data / "log", acked, sent, everything_acked=False)
    rig.run("log", "verify")
    print(f"{MOMENTS} power losses {modes}: {len(acked)} acknowledged, all of them among the {count} on the log, each once")
    rig.remove()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
