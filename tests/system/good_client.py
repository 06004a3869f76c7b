"""A client that does nothing wrong, and the check that an attack on others does not hold it up."""
import json
import pathlib
import statistics
import subprocess
import sys
import time

from rig import PROGRAM, check

LOAD = pathlib.Path(PROGRAM).parent / "http_load"
ROUNDS = 3
MOST_ROUNDS = 9
SECONDS = 1.5
FLOOR_MS = 5.0  # below this the machine's own mood is all that is measured


def load(port, **options):
    """Alerts posted by http_load; what it measured."""
    done = subprocess.run([LOAD, f"port={port}", *(f"{key}={value}" for key, value in options.items())], capture_output=True, text=True)
    check(done.returncode == 0, f"http_load works: {done.stderr[-500:]}")
    return json.loads(done.stdout)


def in_background(*command):
    """Begins an attacker's process when called, and gives what ends it."""
    def begin():
        attacker = subprocess.Popen([sys.executable, *command], stderr=subprocess.DEVNULL)
        time.sleep(0.3)  # under way when measuring begins; nothing depends on how far

        def end():
            check(attacker.poll() is None, "the attacker was at it all the time")
            attacker.kill()
            attacker.wait()
        return end
    return begin


def check_undisturbed(port, begin_attack, what, rate=200):
    """p99 of a paced client beside the attack at most twice that without: the median over rounds, each of which measures both in turn so
    that they meet the same machine. While other things disturb the machine, more rounds are taken."""
    name = f"good-{time.monotonic_ns()}"
    ratios = []
    for number in range(MOST_ROUNDS):
        p99s = []
        for attacked in (False, True):
            end = begin_attack() if attacked else lambda: None
            result = load(port, rate=rate, connections=8, seconds=SECONDS, name=f"{name}-{number}-{attacked}")
            end()
            check(set(result["statuses"]) == {"202"}, f"beside {what}, every good request is taken: {result['statuses']}")
            p99s.append(result["taken_ms"]["p99"])
        ratios.append(p99s[1] / max(p99s[0], FLOOR_MS))
        print(f"{what}: p99 of a good client {p99s[1]:.1f} ms beside it, {p99s[0]:.1f} ms without")
        if len(ratios) >= ROUNDS and statistics.median(ratios) <= 2:
            return
    check(False, f"{what} hold a good client up: p99 beside it over that without {[round(ratio, 2) for ratio in ratios]}")
