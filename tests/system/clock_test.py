"""A wall clock that jumps by two hours, forth and back: bus time does not follow until an operator confirms, and never goes back."""
import datetime
import json
import shutil
import subprocess

import log_reader
from faults import preload
from rig import PROGRAM, Rig, check, post, scratch, until

TWO_HOURS = 7200
NEAR = 60  # seconds: how far the times of a test that takes a few seconds may be apart


class Clock:
    """The broker's wall clock, moved by seconds."""

    def __init__(self, folder):
        self.file = folder / "clock"
        self.environment = {"LD_PRELOAD": str(preload("clockjump.c", folder)), "CLOCK_FILE": str(self.file)}
        self.set(0)

    def set(self, seconds):
        self.file.write_text(str(seconds), encoding="utf-8")


class Road:
    def __init__(self, rig):
        self.rig, self.number, self.times = rig, 0, []

    def bus_time(self):
        """When the bus received an alert that is sent now, seconds since 1970."""
        self.number += 1
        alert = {"partner_ref": f"a-{self.number}", "status": "Test", "class": "fire", "category": "probe", "area": "nowhere",
                 "reported_at": "2022-08-25T20:00:00+08:00"}
        status, text = post(self.rig.url("intake") + "/v1/alerts", json.dumps(alert))
        check(status == 202, f"the alert is accepted: {status} {text}")
        received = datetime.datetime.fromisoformat(json.loads(text)["received_at"].replace("Z", "+00:00")).timestamp()
        check(not self.times or received >= self.times[-1], "bus time never goes back")
        self.times.append(received)
        return received

    def held(self):
        return self.rig.services["broker"].metric("lamplight_bus_clock_held")

    def confirm(self, code=0):
        done = subprocess.run([PROGRAM, "clock", "confirm", "--data", str(self.rig.data)], capture_output=True, text=True)
        check(done.returncode == code, f"clock confirm ends with {code}: {done.returncode} {done.stdout} {done.stderr}")
        return done.stdout + done.stderr


def main():
    folder = scratch()
    clock, rig = Clock(folder), Rig()
    rig.data.mkdir(parents=True)
    broker = rig.start("broker", environment=clock.environment)
    rig.start("intake")
    road = Road(rig)
    begin = road.bus_time()
    check("no step" in road.confirm(code=1), "without a step there is nothing to confirm")

    clock.set(2)  # what NTP may do is followed
    until(lambda: road.bus_time() >= begin + 2, "a step of two seconds is followed", 20)
    check(road.held() == 0, "and needs nobody")

    clock.set(TWO_HOURS)
    until(lambda: road.held() == 1, "the metric tells the step", 10)
    check(road.bus_time() - begin < NEAR, "a step of two hours is not followed")
    check(broker.said(f"lamplight clock confirm --data {rig.data}"), f"the log names the command; see {broker.log.name}")
    before = road.bus_time()
    road.confirm()
    check(abs(road.bus_time() - before - TWO_HOURS) < NEAR, "confirmed, it is followed at once")
    until(lambda: road.held() == 0, "the metric tells that too", 10)
    check("no step" in road.confirm(code=1), "once is enough")

    clock.set(0)
    until(lambda: road.held() == 1, "the metric tells the step back", 10)
    ahead = road.bus_time()
    check(abs(ahead - before - TWO_HOURS) < NEAR, "a step back is not followed")
    check("follows the wall clock again" in road.confirm(), "the command says what it did")
    stands = road.bus_time()
    check(ahead <= stands < ahead + NEAR and road.bus_time() - stands < 0.5, "confirmed, time stands until the clock has caught up")

    # Clock and log disagree by two hours: time stands on after a restart, too.
    rig.stop_all()
    rig.start("broker", environment=clock.environment)
    rig.start("intake")
    check(road.bus_time() - stands < 0.5, "after a restart no time is given that lies before the log's last")
    rig.stop_all()

    events = list(log_reader.read(rig.data / "log"))  # refuses a log whose time goes back
    steps = [log_reader.msgpack.unpackb(event.payload)[0] / 1e6 for event in events if event.subject == "control.clock.confirmed"]
    check(len(steps) == 2 and abs(steps[0] - TWO_HOURS) < NEAR and abs(steps[1] + TWO_HOURS) < NEAR, f"the log keeps both confirmations and their steps: {steps}")
    rig.run("log", "verify")
    print(f"{len(events)} events, time never back; confirmed steps {steps}")
    rig.remove()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
