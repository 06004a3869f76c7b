"""SIGKILL of inner, console and broker at random moments while officers work over HTTP, restarted at once: every command is in effect
once or not at all, and its answer says which. What officers were told is compared with what a reader of its own finds on the log.
KILLS and SEED (printed) may be given in the environment or, the first, as an argument."""
import collections
import itertools
import json
import os
import random
import shutil
import sys
import threading
import time
import traceback

import msgpack

import log_reader
from officers import Officer
from rig import Rig, check, post, until

KILLS = int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("KILLS", "12"))
SEED = int(os.environ.get("SEED", time.time_ns() % 1_000_000))
DISPUTES, DESKS = 40, 8
SERVICES = ("inner", "console", "broker")

# In each state what the table allows, most of the time; who may ask it, and how.
NEXT = {"settlement": ["settlement"], "assessment": ["assessment", "assessment", "settlement"], "dispatch": ["dispatch"],
        "feedback": ["feedback", "feedback", "dispatch"], "verification": ["verification"], "rework": ["feedback"],
        "case_review": ["review"], "settled": ["reopening"], "filed": ["reopening"]}
WHO = {"settlement": ["station", "chief"], "assessment": ["operator", "chief"], "dispatch": ["operator", "chief"], "feedback": ["station"],
       "verification": ["reviewer", "chief"], "review": ["reviewer", "chief"], "reopening": ["operator", "reviewer"], "rules_move": ["chief"]}
SAY = {"settlement": [{}, {"risk": "none"}, {"risk": "residual"}],
       "assessment": [{"risk": "none"}, {"risk": "residual", "severity": "high"}, {"risk": "none", "grounds": ["provocation"]}],
       "dispatch": [{}], "feedback": [{}], "verification": [{"outcome": "passed"}, {"outcome": "failed", "reason": "not_done"}],
       "review": [{"outcome": "filed"}, {"outcome": "declined"}], "reopening": [{"reason": "relapse"}], "rules_move": [{}]}


class Desks:
    """Several officers at once on the same cases, until told to stop; what each command came to is kept."""

    def __init__(self, officers, cases):
        self.officers, self.cases = officers, cases  # id -> (state, version) as last heard of
        self.commands, self.stopping, self.numbers, self.wrong = [], threading.Event(), itertools.count(1), []
        self.threads = [threading.Thread(target=self.run, args=(random.Random(f"{SEED} {n}"),), daemon=True) for n in range(DESKS)]
        for thread in self.threads:
            thread.start()

    def run(self, rng):
        try:
            self.work(rng)
        except BaseException:  # a check that fails ends its thread alone
            self.wrong.append(traceback.format_exc())

    def work(self, rng):
        while not self.stopping.is_set():
            key = f"command-{next(self.numbers)}"
            command = self.petition(rng, key) if rng.random() < 0.1 else self.step(rng, key)
            if command.outcome == "accepted":  # told as a case or, looked up, as a request
                said = command.answer
                self.cases[said.get("case") or said["id"]] = (said["state"], said["version"])
            self.commands.append(command)

    def petition(self, rng, key):
        return self.officers[rng.choice(["operator", "chief"])].do("/v1/petitions", {"petition": f"petition-{key}", "area": "wuma"}, key=key)

    def step(self, rng, key):
        case = rng.choice(list(self.cases))
        state, version = self.cases[case]
        ask = rng.choice(NEXT.get(state, list(WHO)) if rng.random() < 0.8 else list(WHO))
        command = self.officers[rng.choice(WHO[ask])].do(f"/v1/cases/{case}/{ask}", rng.choice(SAY[ask]),
                                                         if_version=version if rng.random() < 0.3 else None, key=key)
        if command.outcome == "refused":  # what is known of the case is old
            status, now = self.officers["chief"].get(f"/v1/cases/{case}")
            check(status == 200, f"the chief sees every case: {status} {now}")
            self.cases[case] = (now["state"], now["version"])
        return command

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(120)
        check(not self.wrong, f"no desk fails: {self.wrong[:1]}")
        alive = sum(thread.is_alive() for thread in self.threads)
        check(alive == 0, f"every command has a final answer within 120 s; {alive} have none")


def open_disputes(rig):
    """Alerts of disputes through intake; their cases begin in settlement."""
    rig.start("intake")
    lines = [json.dumps({"partner_ref": f"dispute-{n}", "status": "Actual", "class": "dispute", "category": "neighbour_dispute", "area": "wuma",
                         "reported_at": "2026-01-01T08:00:00+08:00"}) for n in range(DISPUTES)]
    status, text = post(rig.url("intake") + "/v1/alerts", "\n".join(lines), {"Content-Type": "application/x-ndjson"})
    check(status == 207, f"disputes are reported: {status} {text}")
    check(rig.services.pop("intake").stop() == 0, "intake drains")
    return {json.loads(line)["id"]: ("settlement", 1) for line in text.splitlines()}


def kill_again_and_again(rig, desks, rng):
    kills, pause = collections.Counter(), threading.Event()
    while sum(kills.values()) < KILLS:
        name = rng.choice(SERVICES)
        if rng.random() < 0.7:  # while work goes on; else wherever the restart of the one before has come to
            before, limit = len(desks.commands), time.monotonic() + 10
            until(lambda: len(desks.commands) > before or time.monotonic() > limit, "work goes on")
        pause.wait(rng.uniform(0, 0.4))  # the random moment is the test
        rig.services[name].kill()
        kills[name] += 1
        rig.start(name, wait=False)
    return kills


class Told:
    """Requests of officers on the log and what was decided on each, read by log_reader."""

    def __init__(self, folder):
        self.requests, self.decided, self.last, self.starts = {}, collections.defaultdict(list), {}, 0
        for event in log_reader.read(folder):
            if event.subject.startswith("inner.") and event.subject.endswith("_submitted"):
                self.requests[log_reader.uuid(event.id)] = event
            elif event.producer == "inner":
                self.starts += event.subject == "control.inner.started"
                if event.subject.startswith("inner."):
                    self.decided[event.cause].append(event)
                    if event.subject != "inner.refused":
                        self.take(event)

    def take(self, event):
        """Of each case the last event; its versions are dense from 1."""
        case, version = msgpack.unpackb(event.payload, raw=False, strict_map_key=False)[:2]
        known = self.last.get(log_reader.uuid(case))
        check(version == (known[0] if known else 0) + 1, f"versions of a case are dense: {version} behind {known} at offset {event.offset}")
        self.last[log_reader.uuid(case)] = (version, event.offset)


def compare(commands, told):
    """Each command against the log, both ways."""
    belongs = {}
    for command in commands:
        on_log = set(command.requests) & set(told.requests)
        where = f"{command.headers['Idempotency-Key']} {command.path} {command.outcome} {command.rule}"
        check(len(on_log) <= 1, f"{where}: one request, not {on_log}")
        for request in on_log:
            check(request not in belongs, f"{where}: its request is its alone")
            belongs[request] = command
            answers = told.decided[told.requests[request].offset]
            check(len(answers) == 1, f"{where}: decided once, not {[answer.subject for answer in answers]}")
            refused = answers[0].subject == "inner.refused"
            check(refused == (command.outcome == "refused"), f"{where}: the log says {answers[0].subject}")
        check(on_log or command.outcome == "refused", f"{where}: accepted is on the log")
    strange = set(told.requests) - set(belongs)
    check(not strange, f"every request on the log was asked for by a command that was told of it; not {[told.requests[r] for r in strange][:3]}")
    return belongs


def body_of_snapshot(folder):
    """The saved state of the newest snapshot, without its head, which says where it was taken."""
    data = sorted(folder.glob("*.snap"))[-1].read_bytes()
    header = int.from_bytes(data[8:12], "little")
    return data[12 + 32 + header :]


def saved_state(rig):
    """Inner stops, which saves its state: the bytes."""
    inner = rig.services.pop("inner")
    until(inner.ready, f"inner is ready; see {inner.log.name}")
    check(inner.stop() == 0, "inner drains")
    return body_of_snapshot(rig.data / "snapshots" / "inner")


def views(officer, cases):
    return {case: officer.get(f"/v1/cases/{case}")[1] for case in cases}


def main():
    print(f"inner_kill_test: seed {SEED}, {KILLS} kills")
    began = time.monotonic()
    # An answer is waited for less long than another instance of inner takes: so there are 202s.
    rig = Rig(["--log.segment_mib=1", "--snapshots.every_ms=2000", "--console.answer_timeout_ms=500"])
    for name in SERVICES[::-1]:
        rig.start(name, wait=False)
    for service in rig.services.values():
        until(service.ready, f"{service.name} is ready; see {service.log.name}")
    base = rig.url("console")
    officers = {name: Officer(rig, lambda: base, name, roles, units) for name, roles, units in [
        ("operator", ["operator"], ["operations_centre"]), ("station", ["community_officer"], ["station_on_duty", "community_officer"]),
        ("reviewer", ["reviewer"], ["case_review"]), ("chief", ["duty_chief"], [])]}
    cases = open_disputes(rig)
    until(lambda: len(officers["chief"].cases()) == DISPUTES, "every dispute has its case")
    rig.options.append("--console.port=" + base.rsplit(":", 1)[1])  # restarted, it is where it was

    desks = Desks(officers, cases)
    kills = kill_again_and_again(rig, desks, random.Random(SEED))
    for service in rig.services.values():
        until(service.ready, f"{service.name} is ready again; see {service.log.name}")
    before = len(desks.commands)
    until(lambda: len(desks.commands) > before + 20, "work goes on after the last kill")
    desks.stop()

    chief, commands = officers["chief"], desks.commands
    until(lambda: rig.services["inner"].ready(), "inner is ready")
    kept = views(chief, desks.cases)
    state = saved_state(rig)
    check(rig.services.pop("console").stop() == 0 and rig.services.pop("broker").stop() == 0, "console and broker drain")
    told = Told(rig.data / "log")
    belongs = compare(commands, told)
    check(set(kept) == set(told.last), f"every case is known: {set(kept) ^ set(told.last)}")
    for case, view in kept.items():
        check((view["version"], view["offset"]) == told.last[case], f"{case} is shown as its last event says: {view} {told.last[case]}")

    shutil.rmtree(rig.data / "snapshots")
    for name in SERVICES[::-1]:
        rig.start(name)
    check(views(chief, kept) == kept, "every case comes out of the log again as it was shown")
    check(saved_state(rig) == state, "and inner's state to the byte")
    rig.stop_all()
    rig.run("log", "verify")
    report(kills, commands, belongs, told, time.monotonic() - began)
    rig.remove()


def report(kills, commands, belongs, told, seconds):
    outcomes = collections.Counter(command.outcome for command in commands)
    at_once = sum(command.sent == 1 and command.later == 0 for command in commands)
    later = sum(command.later > 0 for command in commands)
    again = sum(command.sent > 1 for command in commands)
    check(later > 0 or KILLS < 100, "some were answered 202 first")
    check(outcomes["accepted"] > KILLS and outcomes["refused"] > 0, f"there was work of both kinds: {outcomes}")
    print(f"{sum(kills.values())} kills {dict(kills)}; inner took {told.starts} epochs; {len(commands)} commands: {outcomes['accepted']} accepted, "
          f"{outcomes['refused']} refused ({len(commands) - len(belongs)} of them by the console, before the log); answered at once {at_once}, "
          f"202 first {later}, said again {again}; each on the log once or not at all, as it was told; {len(told.last)} cases; {seconds:.0f} s")


if __name__ == "__main__":
    main()
