"""The command line: help, exit codes, and errors that say what to do."""
import json
import subprocess

from rig import PROGRAM, Rig, check, scratch


def run(*arguments, stdin=None):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, input=stdin)
    return done.returncode, done.stdout, done.stderr


def main():
    code, out, _ = run("--help")
    check(code == 0, "--help ends with 0")
    for command in ("up", "run", "demo", "import", "post", "tail", "report", "log", "go-live", "clock", "schema", "init", "officer", "case", "rules", "rehearse"):
        check(command in out, f"--help names {command}")
        check(run(command, "--help")[0] == 0, f"{command} has help")
    check(run("no-such-command")[0] == 2, "an unknown command is a usage error")
    code, _, err = run("up", "--log.segment_mb=4")
    check(code == 2 and "log.segment_mib" in err, f"an unknown key names the nearest: {err}")

    nowhere = scratch() / "nothing"
    code, _, err = run("log", "verify", str(nowhere))
    check(code != 0 and str(nowhere) in err, f"a missing log is named: {err}")
    code, _, err = run("report", "--data", str(nowhere), "--tally.port=1")
    check(code == 1 and err.startswith("lamplight: "), f"nobody there is said: {err}")

    rig = Rig()
    rig.start_all()
    alert = {"partner_ref": "a-1", "status": "Actual", "class": "fire", "category": "fire", "area": "wuma",
             "reported_at": "2022-08-25T20:15:00+08:00"}
    code, out, err = run("post", "-", "--data", str(rig.data), stdin=json.dumps(alert))
    check(code == 0, f"post sends an alert: {out} {err}")
    code, out, err = run("post", "-", "--data", str(rig.data), stdin=json.dumps({**alert, "partner_ref": "a-2", "name": "x"}))
    check(code == 1 and "name" in out + err, f"a personal field is refused by name: {out} {err}")
    report = json.loads(rig.run("report", "--json"))
    check(report["figures"]["totals"]["alerts"] == 1, "the report counts what was accepted")
    offline_before = rig.run("report", "--json", "--log", str(rig.data / "log"))
    check(json.loads(offline_before)["figures"] == report["figures"], "offline gives the same figures")
    check(rig.run("report", codes=(0,)).strip(), "the readable report prints")
    rig.run("report", "--as-of", "999999999", codes=(1, 2))
    rig.stop_all()
    rig.remove()


if __name__ == "__main__":
    main()
