"""Broker and intake on two hosts (network namespaces) with a bad link between them: slow, losing, doubling and reordering packets, then
cut for longer than every time-out. Nothing is lost, nothing is there twice, and intake says what it sees. SEED by environment."""
import contextlib
import ctypes
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

from faults import TOOLS
from load import Partners, check_log
from rig import SKIPPED, Rig, check, need, scratch, until

SEED = int(os.environ.get("SEED", time.time_ns() % 1_000_000))
BUS = "tcp://10.78.0.1:7400"
CLUTTER = {"DELAY_MS": 25, "JITTER_MS": 30, "LOSS_PCT": 2, "DUP_PCT": 2}
CUT = 18  # longer than the bus's patience with a silent client (15 s) and intake's with an answer


class Hosts:
    """Two hosts a and b, and a link in user space that packets pass only while its process runs."""

    def __init__(self, folder):
        self.net, self.folder, self.link = f"lamp{os.getpid()}", folder, None
        for host in "ab":
            made = subprocess.run(["ip", "netns", "add", f"{self.net}-{host}"], capture_output=True, text=True)
            if made.returncode != 0:
                print(f"skipped: no network namespaces here: {made.stderr.strip()}")
                sys.exit(SKIPPED)
            subprocess.run(["ip", "-n", f"{self.net}-{host}", "link", "set", "lo", "up"], check=True)
        self.tool = folder / "netlag"
        subprocess.run(["cc", "-O2", "-w", "-o", str(self.tool), str(TOOLS / "netlag.c")], check=True)

    def connect(self, *, DELAY_MS, JITTER_MS, LOSS_PCT, DUP_PCT):
        """A link like that from now on."""
        self.link = subprocess.Popen([str(self.tool), f"{self.net}-a", "10.78.0.1/24", f"{self.net}-b", "10.78.0.2/24",
                                      *map(str, (DELAY_MS, JITTER_MS, LOSS_PCT, DUP_PCT, SEED))])
        until(lambda: "lag0" in subprocess.run([*self.on("b"), "ip", "addr"], capture_output=True, text=True).stdout, "the link is there", 10)

    def cut(self):
        self.link.send_signal(signal.SIGSTOP)

    def heal(self):
        self.link.send_signal(signal.SIGCONT)

    def on(self, host):
        return ["ip", "netns", "exec", f"{self.net}-{host}"]

    @contextlib.contextmanager
    def inside(self, host):
        """This thread is on that host."""
        libc = ctypes.CDLL(None, use_errno=True)
        with open("/proc/thread-self/ns/net", encoding="ascii") as home, open(f"/run/netns/{self.net}-{host}", encoding="ascii") as there:
            check(libc.setns(there.fileno(), 0) == 0, f"the thread can go to host {host}")
            try:
                yield
            finally:
                libc.setns(home.fileno(), 0)

    def remove(self):
        if self.link:
            self.link.kill()
            self.link.wait()
        for host in "ab":
            subprocess.run(["ip", "netns", "del", f"{self.net}-{host}"], check=False)


def start(rig, hosts, name, host):
    with hosts.inside(host):
        return rig.start(name, host=hosts.on(host))


def scenario(hosts):
    rng = random.Random(SEED)
    rig = Rig([f"--bus.listen={BUS}", "--bus.insecure_tcp=true", f"--bus.endpoint={BUS}", "--intake.answer_timeout_ms=8000",
               "--log.segment_mib=4"])
    hosts.connect(**CLUTTER)
    rig.run("init")  # without a key the bus is bound to loopback alone
    broker = start(rig, hosts, "broker", "a")
    start(rig, hosts, "tally", "a")
    intake = start(rig, hosts, "intake", "b")
    partners = Partners(lambda: rig.url("intake"), senders=4, batch=5, thread_context=lambda: hosts.inside("b"))
    until(lambda: len(partners.acked) > 200, "alerts are acknowledged over the bad link", 60)

    hosts.cut()
    with hosts.inside("b"):
        until(lambda: "no connection to the bus" in intake.readiness()[1], "intake says that the bus is out of reach", 20)
    before = len(partners.acked)
    threading.Event().wait(CUT)  # the length of the fault, not a synchronisation
    check(len(partners.acked) == before, "meanwhile nothing is acknowledged")
    with hosts.inside("a"):
        check(broker.ready() and broker.metric("lamplight_bus_connections") == 1, "the bus has forgotten intake and serves on")
    hosts.heal()
    with hosts.inside("b"):
        until(intake.ready, "intake is ready again", 30)
    until(lambda: len(partners.acked) > before + 200, "alerts are acknowledged again", 60)

    for _ in range(3):  # links that come and go
        hosts.cut()
        threading.Event().wait(rng.uniform(0.5, 6))
        hosts.heal()
        before = len(partners.acked)
        until(lambda: len(partners.acked) > before, "and again", 60)
    partners.stop()
    check(partners.statuses[503] > 0, f"who asked meanwhile was told to come again: {dict(partners.statuses)}")
    with hosts.inside("a"):
        report = json.loads(rig.run("report", "--json"))
    rig.stop_all()
    count = check_log(rig.data / "log", partners.acked, partners.sent)
    check(report["figures"]["totals"]["alerts"] == count, "the report counts each once")
    print(f"over a link with {CLUTTER}, cut for {CUT} s and three times more: {count} alerts acknowledged, each on the log once; "
          f"answers {dict(partners.statuses)}")
    rig.remove()


def main():
    print(f"link_test: seed {SEED}")
    need(TOOLS / "netlag.c")
    if not shutil.which("ip") or not os.path.exists("/dev/net/tun"):
        print("skipped: needs iproute2 and /dev/net/tun")
        sys.exit(SKIPPED)
    folder = scratch()
    hosts = Hosts(folder)
    try:
        scenario(hosts)
    finally:
        hosts.remove()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
