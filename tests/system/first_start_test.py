"""The first start: nothing but loopback and metrics is bound while there is no key; `lamplight init` makes what it needs."""
import pathlib
import socket
import stat

from console_rig import command
from rig import Rig, Service, check

ANYWHERE, LOOPBACK = "0.0.0.0", "127.0.0.1"


def free_port():
    """A port that nobody listened at a moment ago: an endpoint of the bus is told as it is configured, so 0 would not do."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


BUS_PORT = free_port()


def http(name):
    return lambda address: (f"--http.address={address}", f"--{name}.port=0", "--console.insecure_http=true")


# Who listens, and by which options at that address.
LISTENERS = {name: http(name) for name in ("intake", "tally", "console")}
LISTENERS["broker"] = lambda address: (f"--bus.listen=tcp://{address}:{BUS_PORT}", "--bus.insecure_tcp=true")
LISTEN = "0A"  # of /proc/net/tcp


def bound(process):
    """(address, port) of every TCP socket that the process listens on."""
    inodes = {link.readlink().name for link in pathlib.Path(f"/proc/{process.pid}/fd").iterdir() if link.is_symlink() and "socket:" in str(link.readlink())}
    found = set()
    for line in pathlib.Path(f"/proc/{process.pid}/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == LISTEN and f"socket:[{fields[9]}]" in inodes:
            address, port = fields[1].split(":")
            found.add((socket.inet_ntoa(bytes.fromhex(address)[::-1]), int(port, 16)))
    return found


def port_of(service, name):
    return int(service.addresses["bus" if name == "broker" else name].split(":")[2].split("/")[0])


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def only_loopback(rig):
    """Without a key: whoever asks for more is refused, and nothing of it is bound."""
    for name, at in LISTENERS.items():
        code, out, err = command(rig, "run", name, *at(ANYWHERE), "--metrics.port=0")
        check(code == 1 and "lamplight init" in err and ANYWHERE in err, f"{name} does not bind more than loopback: {code} {err}")
        check("://" not in out, f"and says no address: {out}")
        check(not (rig.data / "secrets").exists(), f"and {name} makes no key by the way")
    code, _, err = command(rig, "up", f"--http.address={ANYWHERE}", "--metrics.port=0", *(f"--{name}.port=0" for name in ("intake", "tally", "console")))
    check(code == 1 and "lamplight init" in err, f"nor does all of it together: {code} {err}")
    for name in ("tally", "console", "broker"):  # intake on loopback makes its own key
        service = Service(rig.data, ["run", name, *LISTENERS[name](LOOPBACK), f"--metrics.address={ANYWHERE}"], name)
        check(service.read_addresses(), f"on loopback {name} starts without a key; see {service.log.name}")
        check({address for address, port in bound(service.process) if port != port_of(service, "metrics")} == {LOOPBACK}, f"{name} is bound to loopback alone: {bound(service.process)}")
        check((ANYWHERE, port_of(service, "metrics")) in bound(service.process), "but for the metrics")
        check(service.stop() == 0, f"{name} ends")
        check(not list((rig.data / "secrets").glob("*.key")), "and there is still no key")


def init(rig):
    made = rig.run("init")
    check("intake.key" in made and "officers.json" in made, f"init says what it made: {made}")
    for name in ("intake.key", "officers.json"):
        check(mode(rig.data / "secrets" / name) == 0o600, f"{name} is readable by its owner alone")
    check(mode(rig.data / "secrets") == 0o700, "and so is the folder")
    before = {path.name: path.read_bytes() for path in (rig.data / "secrets").iterdir()}
    check(rig.run("init") == "", "a second init says nothing")
    check({path.name: path.read_bytes() for path in (rig.data / "secrets").iterdir()} == before, "and changes nothing")
    (rig.data / "secrets" / "officers.json").write_text("{", encoding="utf-8")
    code, _, err = command(rig, "init")
    check(code == 1 and "officers.json" in err, f"a file that is damaged is told and left alone: {code} {err}")
    (rig.data / "secrets" / "officers.json").write_bytes(before["officers.json"])


def anywhere(rig):
    """With a key every listener may be bound; passwords only where somebody has said so."""
    code, _, err = command(rig, "run", "console", f"--http.address={ANYWHERE}", "--metrics.port=0", "--console.port=0")
    check(code == 1 and "insecure_http" in err, f"passwords are not taken without TLS from elsewhere: {code} {err}")
    for name, at in LISTENERS.items():
        service = Service(rig.data, ["run", name, *at(ANYWHERE)], name)
        check(service.read_addresses(), f"{name} starts; see {service.log.name}")
        check((ANYWHERE, port_of(service, name)) in bound(service.process), f"{name} is bound everywhere: {bound(service.process)}")
        check(service.said("insecure_http") == (name == "console"), "and the console warns of it")
        check(service.stop() == 0, f"{name} ends")


def main():
    rig = Rig()
    rig.data.parent.mkdir(parents=True, exist_ok=True)
    only_loopback(rig)
    init(rig)
    anywhere(rig)
    rig.remove()


if __name__ == "__main__":
    main()
