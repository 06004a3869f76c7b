"""SIGKILL at random moments of broker, intake and tally during an import: every acknowledged alert is on the log once, and the
report still equals the truth. KILLS and SEED (printed) may be given in the environment."""
import json
import os
import random
import subprocess
import threading
import time

import log_reader
from rig import PROGRAM, DataSet, Rig, check, post, until

KILLS = int(os.environ.get("KILLS", "33"))
SEED = int(os.environ.get("SEED", time.time_ns() % 1_000_000))
ROWS = 50_000


class Poster(threading.Thread):
    """A partner beside the import that sends one alert after another until each is acknowledged, and remembers the ids."""

    def __init__(self, rig):
        super().__init__(daemon=True)
        self.rig, self.acked, self.stopping = rig, {}, threading.Event()

    def run(self):
        number = 0
        while not self.stopping.is_set():
            number += 1
            alert = json.dumps({"partner_ref": f"single-{number}", "status": "Test", "class": "fire", "category": "probe",
                                "area": "nowhere", "reported_at": "2016-01-01T00:00:00Z"})
            while not self.stopping.is_set():
                try:
                    url = self.rig.url("intake") + "/v1/alerts"
                except KeyError:
                    url = None  # intake is just being started again
                status, text = post(url, alert, {"Idempotency-Key": f"key-{number}"}, 5) if url else (0, "")
                if status in (200, 202):
                    answer = json.loads(text)
                    self.acked[f"single-{number}"] = answer.get("id") or answer["duplicate_of"]["id"]
                    break
                check(status in (0, 408, 429, 500, 503), f"an alert is taken or put off, not {status}: {text}")
                self.stopping.wait(0.01)


def main():
    print(f"kill_test: seed {SEED}, {KILLS} kills")
    rng = random.Random(SEED)
    data = DataSet("montgomery", ROWS)
    rig = Rig(["--log.segment_mib=4"])
    rig.start_all()
    poster = Poster(rig)
    poster.start()

    # Small batches and few in flight, so that the import lasts for all the kills; it retries what was cut off.
    ports = {name: rig.url(name).rsplit(":", 1)[1] for name in ("intake", "tally")}
    importer = subprocess.Popen([PROGRAM, *data.import_arguments(), "--to", rig.url("intake"), "--batch", "3", "--in-flight", "1"],
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    kills = {"broker": 0, "intake": 0, "tally": 0}
    pause = threading.Event()
    while sum(kills.values()) < KILLS:
        name = rng.choice(list(kills))
        pause.wait(rng.uniform(0.005, 0.25))  # the random moment is the test
        check(importer.poll() is None, f"the import lasts for {KILLS} kills, not {sum(kills.values())}")
        rig.services[name].kill()
        kills[name] += 1
        # The same port again, so that the importer finds it.
        rig.options = ["--log.segment_mib=4"] + ([f"--{name}.port={ports[name]}"] if name in ports else [])
        rig.start(name, wait=False)
    print(f"killed {kills}, all while the import ran")
    for name, service in rig.services.items():
        until(service.ready, f"{name} is ready again; see {service.log.name}", 120)
    summary = json.loads(importer.communicate(timeout=600)[0].splitlines()[-1])
    check(importer.returncode == 0, f"the import ends well: {importer.returncode} {summary}")
    poster.stopping.set()
    poster.join(30)

    data.compare(rig)
    rig.stop_all()
    seen = {}
    for ref, event_id in log_reader.alerts(rig.data / "log"):
        check(ref not in seen, f"{ref} is on the log once")
        seen[ref] = event_id
    for ref, event_id in poster.acked.items():
        check(seen.get(ref) == event_id, f"{ref}, acknowledged as {event_id}, is on the log")
    missing = set(data.references()) - set(seen)
    check(not missing, f"every row is on the log; missing {len(missing)}")
    rig.run("log", "verify")
    print(f"{len(seen)} alerts on the log, each once; {len(poster.acked)} acknowledged singly; the report equals the truth")
    check(poster.acked, "the single poster was acknowledged at all")
    rig.remove()
    data.remove()


if __name__ == "__main__":
    main()
