"""SIGSTOP of broker, intake and tally for longer than every time-out, then SIGCONT, as a stalled machine would: everybody comes back,
nothing is lost, nothing is there twice, all figures agree."""
import json
import sys
import threading

from load import Partners, check_log
from rig import Rig, check, until

# Longer than the bus's patience with a silent client (15 s), the client's with a silent bus (5 s), and intake's with an answer (set to 4 s).
FROZEN = 17
TOGETHER = [["broker"], ["intake", "tally"]]
EACH = [["broker"], ["intake"], ["tally"], ["broker", "intake"], ["broker", "tally"], ["broker", "intake", "tally"]]


def broker_is_missed(rig):
    status, why = rig.services["intake"].readiness()
    return status == 503 and "no connection to the bus" in why


def freeze(rig, names):
    """For FROZEN seconds; the others notice."""
    sessions = rig.services["broker"].metric("lamplight_bus_connections")
    check(sessions == 2, f"intake and tally have their sessions: {sessions}")
    for name in names:
        rig.services[name].freeze()
    if "broker" not in names:
        until(lambda: rig.services["broker"].metric("lamplight_bus_connections") == sessions - len(names), f"the bus forgets {names}", 30)
    elif "intake" not in names:
        until(lambda: broker_is_missed(rig), "intake says that the bus is gone", 15)
    threading.Event().wait(FROZEN)  # the length of the fault, not a synchronisation
    for name in names:
        rig.services[name].thaw()
    for service in rig.services.values():
        until(service.ready, f"{service.name} is ready again; see {service.log.name}", 30)
        check(service.process.poll() is None, f"{service.name} is the same process")
    until(lambda: rig.services["broker"].metric("lamplight_bus_connections") == sessions, "everybody has a session again", 30)


def main():
    rounds = EACH if "--all" in sys.argv else TOGETHER
    rig = Rig(["--intake.answer_timeout_ms=4000", "--log.segment_mib=1"])
    rig.start_all()
    partners = Partners(lambda: rig.url("intake"), senders=3, batch=3)
    for names in rounds:
        before = len(partners.acked)
        until(lambda: len(partners.acked) > before + 50, "alerts are acknowledged")
        freeze(rig, names)
        before = len(partners.acked)
        until(lambda: len(partners.acked) > before + 50, f"alerts are acknowledged after {names} stood still")
    partners.stop()
    check(partners.statuses[503] > 0, f"who asked meanwhile was told to come again: {dict(partners.statuses)}")

    report = json.loads(rig.run("report", "--json"))
    rig.stop_all()
    count = check_log(rig.data / "log", partners.acked, partners.sent)
    check(report["figures"]["totals"]["alerts"] == count, f"the report counts each once: {report['figures']['totals']['alerts']} of {count}")
    check(json.loads(rig.run("report", "--json", "--log", str(rig.data / "log")))["figures"] == report["figures"], "a fresh fold counts the same")
    print(f"{rounds} stood still for {FROZEN} s each; {count} alerts acknowledged, each on the log once; answers {dict(partners.statuses)}")
    rig.remove()


if __name__ == "__main__":
    main()
