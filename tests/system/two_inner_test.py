"""Two instances of the inner loop on one bus: the second follows and says so, takes over at once from one that stops, after the bus has
missed it for 3 s from one that is killed or stands still; and that one follows when it wakes up. Silences are measured as officers would."""
import collections
import itertools
import statistics
import threading
import time

import log_reader
from officers import Officer
from rig import Rig, Service, check, until

GONE_S = 3.0  # the bus misses a holder that it has not heard for so long (docs/protocol.md)
HEARTBEAT_S = 1.0  # so long before its end it may have been heard last
STOPS, KILLS = 5, 3


class Instances:
    """Each on a data folder of its own, as on another host."""

    def __init__(self, rig):
        self.rig, self.bus, self.running = rig, rig.services["broker"].addresses["bus"], {}

    def start(self, name):
        one = Service(self.rig.data.parent / name, ["run", "inner", f"--bus.endpoint={self.bus}"], "inner")
        check(one.read_addresses(), f"{name} starts; see {one.log.name}")
        self.running[name] = one
        return one

    def state(self, name):
        for state in ("live", "follower"):
            if self.running[name].metric(f'lamplight_service_state{{service="inner",state="{state}"}}') == 1:
                return state
        return "neither"

    def follows(self, name):
        """It is there, decides nothing, and says why: to whom scrapes, to whom asks whether it is ready, to whom reads its log."""
        until(lambda: self.state(name) == "follower", f"{name} follows")
        told = "another instance of inner decides"
        until(lambda: told in self.running[name].readiness()[1], f"{name} says why it is not ready: {self.running[name].readiness()}")
        check(self.running[name].readiness()[0] == 503, "and is not ready")
        check(self.running[name].said("decider follows service=inner") and self.running[name].said(told), "its log says it, too")


    def refuses_another_on_the_folder_of(self, name):
        """Each would replace the other's snapshots: the one that comes later does not start, and says what to do."""
        one = Service(self.rig.data.parent / name, ["run", "inner", f"--bus.endpoint={self.bus}"], "another")
        check(one.process.wait(timeout=60) != 0, "a second instance on one data folder does not start")
        check(one.said("give this one a data folder of its own"), "and says what to do")
        check(self.state(name) == "live", "and the first decides on")


class Clerk:
    """Registers petitions, one after another: each is a decision that somebody waits for."""

    def __init__(self, rig):
        self.chief, self.number = Officer(rig, lambda: rig.url("console"), "chief", ["duty_chief"]), 0
        self.moments = []  # of decisions, as the officer learns of them

    def registers(self):
        self.number += 1
        command = self.chief.do("/v1/petitions", {"petition": f"petition-{self.number}"}, key=f"petition-{self.number}")
        check(command.outcome == "accepted", f"a petition is registered: {command.answer}")
        self.moments.append(time.monotonic())

    def silence(self, fault):
        """The longest time between two decisions around the fault, in seconds, while the clerk registers what comes."""
        self.moments, stopping = [], threading.Event()
        thread = threading.Thread(target=lambda: [self.registers() for _ in iter(stopping.is_set, True)], daemon=True)
        thread.start()
        until(lambda: len(self.moments) > 5, "petitions are registered")
        fault()
        ended = time.monotonic()
        until(lambda: self.moments[-1] > ended, "petitions are registered again")
        stopping.set()
        thread.join()
        return max(after - before for before, after in itertools.pairwise(self.moments))


def describe(silences):
    return f"{min(silences):.2f} to {max(silences):.2f} s, median {statistics.median(silences):.2f} s"


def main():
    rig = Rig()
    rig.start("broker")
    rig.start("console")
    instances, clerk = Instances(rig), Clerk(rig)
    until(instances.start("first").ready, "the first decides")
    clerk.registers()
    live, other = "first", "second"
    instances.start(other)
    instances.follows(other)
    check(instances.state(live) == "live", "the first decides on")
    print(f"the second says: {instances.running[other].readiness()[1].strip()}")
    instances.refuses_another_on_the_folder_of(live)

    stopped, killed = [], []
    for fault in ["stop"] * STOPS + ["kill"] * KILLS:
        one = instances.running[live]
        if fault == "stop":
            stopped.append(clerk.silence(lambda: check(one.stop() == 0, "it drains")))
        else:
            killed.append(clerk.silence(one.kill))
        live, other = other, live
        until(instances.running[live].ready, f"{live} decides")
        instances.start(other)
        instances.follows(other)
    print(f"silence after a stop: {describe(stopped)}; after SIGKILL: {describe(killed)}")
    check(max(stopped) < GONE_S - HEARTBEAT_S, f"a stop is no silence: {stopped}")
    check(min(killed) > GONE_S - HEARTBEAT_S, f"nobody takes over from one that may still be there: {killed}")
    check(max(killed) < GONE_S + 5, f"and does when it is gone: {killed}")

    frozen = instances.running[live]
    print(f"silence after SIGSTOP: {clerk.silence(frozen.freeze):.2f} s")
    frozen.thaw()
    instances.follows(live)
    clerk.registers()
    check(instances.state(other) == "live", "the one that took over decides on")

    for one in instances.running.values():
        check(one.stop() == 0, "it drains")
    rig.stop_all()
    check_log(rig.data / "log", clerk.number)
    rig.run("log", "verify")
    rig.remove()


def check_log(folder, petitions):
    """Every petition is decided once, by whomever."""
    asked, decided, epochs = set(), collections.Counter(), 0
    for event in log_reader.read(folder):
        if event.subject == "inner.petition_submitted":
            asked.add(event.offset)
        elif event.producer == "inner":
            epochs += event.subject == "control.inner.started"
            if event.subject.startswith("inner."):
                decided[event.cause] += 1
    check(len(asked) == petitions, f"{petitions} petitions are on the log, each once: {len(asked)}")
    check(decided == collections.Counter(asked), f"each is decided once: {decided}")
    check(epochs == 1 + STOPS + KILLS + 1, f"one epoch each time that another decides: {epochs}")
    print(f"{petitions} petitions, each decided once, in {epochs} epochs")


if __name__ == "__main__":
    main()
