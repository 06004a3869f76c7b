"""The dashboards drawn from a running Lamplight: every panel has data, none has an error. The pictures are left in the build folder.
DRAW_SECONDS: for how long it is watched before the pictures are taken (default 120; the first snapshots come after 60).
DRAW_ADDRESS=1: prints the address of Prometheus and stays, for work on the page itself (see monitoring/grafana/README.md)."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "system"))

from load import Partners
from officers import Officers, check_lists, quick_rules
from rig import SKIPPED, SOURCE, Rig, Service, check, get, until

MONITORING = SOURCE / "monitoring"
SECONDS = int(os.environ.get("DRAW_SECONDS", "120"))
PORTS = {"broker": "broker:9400", "intake": "intake:9401", "tally": "tally:9402", "console": "console:9403", "inner": "inner:9404", "prometheus": "127.0.0.1:9090"}


def need_tools():
    for tool in ("npm", "prometheus", "chromium"):
        if shutil.which(tool) is None:
            print(f"skipped: {tool} is not installed; ./dev setup --all installs it")
            sys.exit(SKIPPED)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def seed(rig):
    """A log with a made-up campaign of a hundred days, live."""
    demo = Service(rig.data, ["demo", "--no-trickle"], "demo")
    check(demo.read_addresses(), f"the demonstration gets ready; see {demo.log.name}")
    until(demo.ready, "the demonstration is ready")
    check(demo.stop() == 0, "the demonstration drains")


def series(url, expression):
    return json.loads(get(f"{url}/api/v1/query?{urllib.parse.urlencode({'query': expression})}")[1])["data"]["result"]


def watch(rig, folder):
    """Prometheus with the configuration and rules of the repository, but for the addresses; nobody receives its alerts."""
    shutil.copytree(MONITORING / "prometheus", folder)
    port = free_port()
    addresses = {name: service.addresses["metrics"].split("/")[2] for name, service in rig.services.items()}
    addresses["prometheus"] = f"127.0.0.1:{port}"
    text = (folder / "prometheus.yml").read_text(encoding="utf-8")
    text = re.sub(r"^alerting:\n(  .*\n)+", "", text, flags=re.MULTILINE)
    text = re.sub(r"^  - job_name: alertmanager\n.*\n", "", text, flags=re.MULTILINE)
    for name, address in addresses.items():
        check(PORTS[name] in text, f"prometheus.yml scrapes {name} at {PORTS[name]}")
        text = text.replace(PORTS[name], address)
    (folder / "prometheus.yml").write_text(text, encoding="utf-8")
    log = open(folder / "prometheus.log", "ab")
    process = subprocess.Popen(["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
                                f"--web.listen-address={addresses['prometheus']}"], stdout=log, stderr=log)
    url = f"http://{addresses['prometheus']}"
    until(lambda: get(f"{url}/-/ready")[0] == 200, f"Prometheus is ready; see {log.name}", look_every=0.2)
    until(lambda: len(series(url, "up == 1")) == len(PORTS), "all targets are up", look_every=0.5)
    return process, url


def check_circulation(url):
    """What the board of the inner loop may be without when all is well is there now: officers were at work."""
    for expression in ("step:lamplight_inner_step_duration_seconds:mean", "step:lamplight_inner_step_duration_seconds:p90_1d", "lamplight_inner_relapse_ratio",
                       "lamplight_inner_oldest_open_timestamp_seconds", "sum(lamplight_inner_overdue) > 0",
                       'sum(lamplight_console_commands_total{outcome="forbidden"}) > 0', 'lamplight_service_state{service="inner", state="live"} == 1'):
        check(series(url, expression), f"{expression} has data")


def run(*command, folder):
    print("$", *command, flush=True)
    check(subprocess.run(["nice", *map(str, command)], cwd=folder).returncode == 0, f"{command[0]} ends well")


def build_page():
    """In a copy, so that the tree stays as it is; what npm installed before is used again while the lockfile is the same."""
    copy = pathlib.Path(os.environ["TEST_SCRATCH"]) / "page"
    shutil.copytree(MONITORING / "grafana", copy, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules", "dist", "public"))
    page = copy / "draw"
    lock, installed = (page / "package-lock.json").read_text(encoding="utf-8"), page / "installed.json"
    if not installed.exists() or installed.read_text(encoding="utf-8") != lock:
        run("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", folder=page)
        installed.write_text(lock, encoding="utf-8")
    run("npm", "run", "--silent", "types", folder=page)
    run("npm", "run", "--silent", "build", folder=page)
    return page


def main():
    need_tools()
    staying = "DRAW_ADDRESS" in os.environ
    page = None if staying else build_page()
    rig = Rig()
    seed(rig)
    rig.start_all()
    rig.run("init")
    for name in ("inner", "console"):
        rig.start(name)
    check_lists(rig, (MONITORING / "grafana" / "dashboards").glob("*.json"))
    quick_rules(rig)
    prometheus, url = watch(rig, rig.data.parent / "prometheus")
    partners = Partners(lambda: rig.url("intake"), senders=1, pause=0.5, more={"class": "criminal", "category": "theft", "area": "wuma"})
    disputes = Partners(lambda: rig.url("intake"), name="d", senders=1, pause=1, more={"class": "dispute", "category": "neighbour_dispute", "area": "wuma"})
    officers = Officers(rig, disputes.acked)
    try:
        if staying:
            print(url, flush=True)
            signal.pause()
        line = f"count_over_time(job:lamplight_bus_ack_duration_seconds:p99_5m[1h]) >= {SECONDS // 5}"
        until(lambda: series(url, line), f"Prometheus has {SECONDS} s of lines", SECONDS + 120, look_every=1)
        check_circulation(url)
        pictures = pathlib.Path(os.environ["TEST_SCRATCH"]) / "pictures"
        pictures.mkdir(exist_ok=True)
        run("npm", "run", "--silent", "draw", "--", url, pictures, SECONDS, folder=page)
        print(f"pictures: {pictures}")
    finally:
        prometheus.terminate()
        prometheus.wait()
        for each in (partners, disputes, officers):
            each.stop()
    rig.stop_all()
    rig.remove()


main()
