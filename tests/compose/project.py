"""The compose project under test: its containers, and what is asked of them."""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.parse

from rig import SHARED, SKIPPED, SOURCE, check, get, until

SERVICES = ("broker", "intake", "tally", "console", "inner")  # in the order of their metrics ports
WATCHERS = ("prometheus", "alertmanager")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def engine_or_skip():
    for question in (["docker", "info"], ["docker", "compose", "version"]):
        if shutil.which("docker") is None or subprocess.run(question, capture_output=True).returncode != 0:
            print(f"skipped: no Docker engine here: {' '.join(question)} fails")
            sys.exit(SKIPPED)


class Project:
    """One project of its own name, ports, volumes and image tag: it meets nothing that runs on the machine."""

    def __init__(self, name):
        # Where images cannot be pulled, this wrapper gives the ones that compose.yaml names their stand-ins.
        wrapper = SHARED / "tools" / "compose"
        program = [str(wrapper)] if wrapper.exists() else ["docker", "compose"]
        self.command = [*program, "-p", name, "-f", str(SOURCE / "compose" / "compose.yaml"), "-f", str(SOURCE / "tests" / "compose" / "override.yaml")]
        self.ports = {key: free_port() for key in ("INTAKE_PORT", "CONSOLE_PORT", "PROMETHEUS_PORT", "ALERTMANAGER_PORT")}
        self.environment = {**os.environ, "LAMPLIGHT_TAG": "test", **{key: str(port) for key, port in self.ports.items()}}
        self.intake = f"http://127.0.0.1:{self.ports['INTAKE_PORT']}"
        self.prometheus = f"http://127.0.0.1:{self.ports['PROMETHEUS_PORT']}"
        self.alertmanager = f"http://127.0.0.1:{self.ports['ALERTMANAGER_PORT']}"

    def compose(self, *arguments, loud=True):
        done = subprocess.run([*self.command, *arguments], env=self.environment, capture_output=True, text=True)
        if done.returncode != 0 and loud:
            print(done.stdout[-4000:], done.stderr[-4000:])
        check(done.returncode == 0 or not loud, f"docker compose {' '.join(arguments)}: exit code {done.returncode}")
        return done.stdout

    def up(self):
        self.compose("up", "-d", "--wait", "--wait-timeout", "300")

    def down(self):
        self.compose("down", "--volumes", "--timeout", "60", loud=False)

    def container(self, service):
        return self.compose("ps", "--all", "--quiet", service).strip()

    def inspect(self, service):
        return json.loads(subprocess.run(["docker", "inspect", self.container(service)], capture_output=True, text=True).stdout)[0]

    def healthy(self, service):
        return self.inspect(service)["State"].get("Health", {}).get("Status") == "healthy"

    def crash(self, service):
        """SIGKILL to the process itself: what `docker kill` does counts as a wish and is not restarted. Waits until it is well again."""
        before = self.inspect(service)
        os.kill(before["State"]["Pid"], signal.SIGKILL)
        until(lambda: self.inspect(service)["RestartCount"] > before["RestartCount"], f"the engine starts {service} again", look_every=0.2)
        until(lambda: self.healthy(service), f"{service} is healthy again", 120, look_every=0.5)

    def lamplight(self, service, *arguments):
        return self.compose("exec", "-T", service, "lamplight", *arguments)

    def metrics(self, service, port):
        return self.compose("exec", "-T", service, "curl", "-fsS", f"http://127.0.0.1:{port}/metrics")

    def query(self, expression, at=None):
        """The instant vector, as [(labels, value)]; None while Prometheus does not answer."""
        asked = {"query": expression, **({"time": at} if at is not None else {})}
        status, text = get(f"{self.prometheus}/api/v1/query?{urllib.parse.urlencode(asked)}")
        if status == 0 or status >= 500:
            return None
        answer = json.loads(text)
        check(answer["status"] == "success", f"Prometheus reads {expression}: {answer.get('error')}")
        return [(sample["metric"], float(sample["value"][1])) for sample in answer["data"]["result"]]
