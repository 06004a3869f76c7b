"""Two brokers on one data folder: the second refuses, says which folder and what to do, and does the first no harm."""
import subprocess

from load import Partners, check_log
from rig import PROGRAM, Rig, check, until


def main():
    rig = Rig()
    rig.start_all()
    partners = Partners(lambda: rig.url("intake"), senders=2)
    until(lambda: len(partners.acked) > 20, "alerts are acknowledged")

    alias = rig.data.parent / "another-name"
    alias.symlink_to(rig.data)
    told_port = rig.services["broker"].addresses["metrics"].split(":")[2].split("/")[0]
    for command in (["run", "broker"], ["up"]):
        for folder, port in ((rig.data, "0"), (alias, "0"), (rig.data, told_port)):
            done = subprocess.run([PROGRAM, *command, "--data", str(folder), f"--metrics.port={port}", "--intake.port=0", "--tally.port=0", "--console.port=0"],
                                  capture_output=True, text=True, timeout=60)
            check(done.returncode == 1, f"a second {command} ends with 1, not {done.returncode}")
            told = [line for line in done.stderr.splitlines() if line.startswith("lamplight: ")]
            check(told and str(folder) in told[-1] and "stop it first" in told[-1], f"it names the folder and what to do: {done.stderr}")
            check(port != "0" or "held by another process" in told[-1], f"and why: {done.stderr}")
            before = len(partners.acked)
            until(lambda: len(partners.acked) > before + 20, "the first goes on")

    for service in rig.services.values():
        check(service.ready(), f"{service.name} is well")
    check(rig.services["broker"].metric("lamplight_log_failed") == 0, "the log has not failed")
    partners.stop()
    rig.stop_all()
    print(f"{check_log(rig.data / 'log', partners.acked, partners.sent)} alerts, each on the log once; six second ones refused")

    # Whoever held it is gone: the folder is free.
    rig.start("broker")
    rig.stop_all()
    rig.remove()


if __name__ == "__main__":
    main()
