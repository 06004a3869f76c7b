"""A client that does nothing wrong, and the check that an attack on others does not hold it up."""
import json
import pathlib
import subprocess
import sys
import time

from rig import PROGRAM, check

LOAD = pathlib.Path(PROGRAM).parent / "http_load"
ROUNDS = 3
SECONDS = 2
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
    """p99 of a paced client beside the attack at most twice that without, taken in turn so that both meet the same machine. The
    quietest of the rounds counts for each side: what else the machine does comes and goes, an attack that blocks does not."""
    name = f"good-{time.monotonic_ns()}"
    without, beside = [], []
    for number in range(ROUNDS):
        for p99s, attacked in ((without, False), (beside, True)):
            end = begin_attack() if attacked else lambda: None
            result = load(port, rate=rate, connections=8, seconds=SECONDS, name=f"{name}-{number}-{attacked}")
            end()
            others = {status: count for status, count in result["statuses"].items() if status != "202"}
            check(not others, f"beside {what}, every good request is taken: {result['statuses']}")
            p99s.append(result["taken_ms"]["p99"])
    print(f"{what}: p99 of a good client {min(beside):.1f} ms beside it, {min(without):.1f} ms without; all {beside} {without}")
    check(min(beside) <= 2 * max(min(without), FLOOR_MS), f"{what} hold a good client up: p99 {min(beside):.1f} ms, without {min(without):.1f} ms")
