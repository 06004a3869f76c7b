"""What the system tests share: real processes of the real program on a data folder of their own (python3, stdlib only)."""
import atexit
import csv
import gzip
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

PROGRAM = os.environ["TEST_PROGRAM"]
SOURCE = pathlib.Path(os.environ["TEST_SOURCE"])
SHARED = SOURCE.parent / "shared"
INCIDENTS = SHARED / "data" / "incidents"
SKIPPED = 77  # ctest's SKIP_RETURN_CODE


def need(path):
    """Ends the test as skipped, visibly, where the data does not exist."""
    if not path.exists():
        print(f"skipped: {path.relative_to(SOURCE.parent)} is not here")
        sys.exit(SKIPPED)


def check(condition, what):
    if not condition:
        print(f"FAILED: {what}")
        sys.exit(1)


def scratch():
    """A folder on the build's own disk: a memory file system would forgive a missing sync."""
    base = pathlib.Path(os.environ["TEST_SCRATCH"])
    base.mkdir(parents=True, exist_ok=True)
    return pathlib.Path(tempfile.mkdtemp(dir=base))


def get(url, timeout=10):
    """(status, text); status 0 when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except (urllib.error.URLError, ConnectionError, TimeoutError, OSError):
        return 0, ""


def post(url, body, headers=None, timeout=10):
    """(status, text) of a JSON POST; status 0 when nobody answers."""
    request = urllib.request.Request(url, body.encode(), {"Content-Type": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except (urllib.error.URLError, ConnectionError, TimeoutError, OSError):
        return 0, ""


def until(condition, what, seconds=60, look_every=0.02):
    """Asks again and again until it holds; the pause only spares the processor."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        check(time.monotonic() < deadline, f"{what} within {seconds} s")
        pause.wait(look_every)


class Service:
    """One process. Its addresses are what it prints; its log goes to DATA/<name>.log."""

    def __init__(self, data, arguments, name, environment=None, host=()):
        self.name = name
        self.log = open(data.parent / f"{data.name}-{name}.log", "ab")
        self.process = subprocess.Popen([*host, PROGRAM, *arguments[:2], "--metrics.port=0", "--intake.port=0", "--tally.port=0", "--console.port=0", "--data", str(data), *arguments[2:]],
                                        stdout=subprocess.PIPE, stderr=self.log, text=True, env={**os.environ, **(environment or {})})
        self.addresses = {}
        atexit.register(self.end)

    def end(self):
        """Whatever became of the test: no process outlives it."""
        if self.process.poll() is None:
            self.process.kill()

    def read_addresses(self):
        """Waits for the lines `name url`; False when the process ended before the last of them."""
        for line in self.process.stdout:
            words = line.split()
            if len(words) >= 2 and "://" in words[-1]:
                self.addresses[words[0]] = words[-1]
            if words and words[0] == "health":
                threading.Thread(target=self.process.stdout.read, daemon=True).start()  # never let the pipe fill
                return True
        return False

    def ready(self):
        return self.readiness()[0] == 200

    def readiness(self):
        """(status, why not)"""
        return get(self.addresses["health"].replace("/healthz", "/readyz"), timeout=3)

    def metric(self, series):
        """The value of the series (its name, and labels as they are written); None when nobody answers or it is not there."""
        for line in get(self.addresses["metrics"], timeout=3)[1].splitlines():
            if line.startswith(series + " "):
                return float(line.rsplit(" ", 1)[1])
        return None

    def said(self, text):
        """Whether its log has a line with this text."""
        return text in pathlib.Path(self.log.name).read_text(encoding="utf-8", errors="replace")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def freeze(self):
        """Stands still, sockets open, until thaw."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self, seconds=60):
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=seconds)


class Rig:
    """Broker, tally and intake as processes of their own, or all in one."""

    def __init__(self, options=(), environment=None, data=None):
        self.data = data or scratch() / "data"
        self.options = list(options)
        self.environment = environment
        self.services = {}

    def spawn(self, name, environment=None, host=()):
        """Begins the process and waits for nothing; `host`: what runs a command on another host."""
        return Service(self.data, ["run", name, *self.options], name, environment or self.environment, host)

    def start(self, name, wait=True, environment=None, host=()):
        service = self.spawn(name, environment, host)
        check(service.read_addresses(), f"{name} starts; see {service.log.name}")
        self.services[name] = service
        if wait:
            until(service.ready, f"{name} is ready; see {service.log.name}")
        return service

    def start_all(self):
        for name in ("broker", "tally", "intake"):
            self.start(name)

    def stop_all(self):
        for name in ("console", "inner", "intake", "tally", "broker"):
            if name in self.services:
                code = self.services.pop(name).stop()
                check(code == 0, f"{name} drains with exit code 0, not {code}")

    def url(self, name):
        return self.services[name].addresses[name].split("/v1")[0].split("/lists")[0]

    def run(self, *arguments, codes=(0,)):
        """A command of the program on this data folder; its stdout."""
        done = subprocess.run([PROGRAM, *arguments, "--data", str(self.data)], capture_output=True, text=True)
        if done.returncode not in codes:
            print(done.stdout[-2000:], done.stderr[-2000:])
        check(done.returncode in codes, f"lamplight {' '.join(arguments)}: exit code {done.returncode}")
        return done.stdout

    def events(self, *arguments):
        """The log as it lies on disk, event by event."""
        return [json.loads(line) for line in self.run("log", "dump", "--json", *arguments).splitlines()]

    def remove(self):
        shutil.rmtree(self.data.parent)


class DataSet:
    """One of the open incident files, whole or its first rows, with the truth that its own truth.py makes of them."""

    def __init__(self, name, rows=None):
        folder, file, self.kind = {
            "dublin": ("dublin-fire-2020-2022", "fire_incidents.csv.gz", "dublin"),
            "montgomery": ("montgomery-pa-911", "calls.csv.gz", "montgomery"),
        }[name]
        need(INCIDENTS / folder)
        self.truth = scratch()
        with gzip.open(INCIDENTS / folder / file, "rt", encoding="utf-8", newline="") as source:
            lines = source.readlines() if rows is None else [next(source) for _ in range(rows + 1)]
        self.rows = len(lines) - 1
        self.csv = self.truth / file.removesuffix(".gz")
        self.csv.write_text("".join(lines), encoding="utf-8", newline="")
        if rows is None:
            for path in (INCIDENTS / folder).glob("truth_*"):
                shutil.copy(path, self.truth)
        else:
            with gzip.open(self.truth / file, "wt", encoding="utf-8", newline="") as out:
                out.writelines(lines)
            shutil.copy(INCIDENTS / folder / "truth.py", self.truth)
            made = subprocess.run(["/usr/bin/python3", self.truth / "truth.py"], capture_output=True, text=True)
            check(made.returncode == 0, f"truth.py works on the slice: {made.stderr[-500:]}")
        self.mapping = SOURCE / "tests" / "data" / "mappings" / f"{name}.toml"
        self.spec = SOURCE / "tests" / "data" / "specs" / f"{name}.toml"

    def import_arguments(self):
        return ["import", str(self.csv), "--mapping", str(self.mapping), "--json"]

    def import_into(self, rig):
        """Imports all of it; the command's own summary."""
        return json.loads(rig.run(*self.import_arguments()).splitlines()[-1])

    def compare(self, rig):
        """The report through tally's HTTP must equal the truth, figure by figure."""
        report = self.truth / "report.json"
        report.write_text(rig.run("report", "--json", "--spec", str(self.spec)), encoding="utf-8")
        script = SOURCE / "tests" / "data" / "compare_truth.py"
        done = subprocess.run(["/usr/bin/python3", script, report, self.truth, self.kind], capture_output=True, text=True)
        print(done.stdout[-3000:], done.stderr[-3000:])
        check(done.returncode == 0, f"the report of {self.kind} equals its truth")

    def references(self):
        """The partner_refs that the mapping gives the rows."""
        with open(self.csv, encoding="utf-8", newline="") as file:
            key = {"dublin": "ID", "montgomery": "row"}[self.kind]
            return [row[key] for row in csv.DictReader(file)]

    def remove(self):
        shutil.rmtree(self.truth)
