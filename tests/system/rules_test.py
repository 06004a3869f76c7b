"""Rules of the inner loop: checked with every mistake, published in versions, shown as of any offset, and rehearsed over what
was decided by others without a byte of the log being touched."""
import hashlib
import json
import subprocess

from rig import PROGRAM, Rig, check, until

CALENDAR = "year = 2026\nholidays = [2026-01-01]\nworkdays = []\n"


def command(rig, *arguments):
    done = subprocess.run([PROGRAM, *arguments, "--data", str(rig.data)], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def digest(folder):
    """Every name below it with its bytes and the time it was last written."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(str(path), path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]


def dispute(number, place):
    return {"partner_ref": f"a-{number}", "status": "Actual", "class": "dispute", "category": "dispute", "area": "wuma",
            "places": {"address_key": place}, "reported_at": "2022-08-25T20:15:00+08:00"}


def send(rig, *alerts):
    file = rig.data.parent / "alerts.json"
    file.write_text(json.dumps(list(alerts)))
    rig.run("post", str(file))


def decisions(rig):
    """What the inner loop has published, in the order of the log."""
    return [event for event in rig.events() if event["producer"] == "inner" and event["subject"].startswith("inner.")]


def checks(rig, files):
    built_in = rig.run("rules", "show", "--built-in")
    check("[mediation]" in built_in, "the built-in rules are printed")
    good = files / "inner.toml"
    good.write_text(built_in)
    check("No mistakes" in rig.run("rules", "check", str(good)), "what is built in is a good start")
    calendar = files / "calendar-2026.toml"
    calendar.write_text(CALENDAR)
    check("calendar-2026" in rig.run("rules", "check", str(calendar)), "a calendar is told by its year")
    bad = files / "bad.toml"
    bad.write_text(built_in.replace('clock = "+08:00"', 'clok = "+08:00"').replace('"2 hours"', '"2 moons"'))
    for verb in ("check", "publish"):
        code, out, err = command(rig, "rules", verb, str(bad))
        check(code == 2 and out == "", f"rules {verb}: a mistake is wrong usage: {code} {out}")
        for word in (str(bad), "line 4", "clok", "did you mean clock", "line 25", "2 moons"):
            check(word in err, f"every mistake is told with its line: {word} not in {err}")
    doubtful = files / "doubtful.toml"
    doubtful.write_text(built_in.replace('classes = ["dispute"]', 'classes = ["dispue"]'))
    code, out, err = command(rig, "rules", "check", str(doubtful))
    check(code == 0 and "see the warnings" in out and "line 7" in err and "did you mean dispute" in err, f"a code that no list holds is a warning: {code} {out} {err}")
    code, out, err = command(rig, "rules", "publish", str(doubtful))
    check(code == 2 and out == "" and "--anyway" in err, f"and is not published by the way: {code} {err}")
    code, _, err = command(rig, "rules", "check", str(files / "nowhere.toml"))
    check(code == 2 and "nowhere.toml" in err, f"a missing file is named: {err}")
    return good, calendar, bad


def publishes(rig, files, good, calendar):
    code, _, err = command(rig, "rules", "list")
    check(code == 1 and "lamplight" in err, f"without a bus that is said: {err}")
    rig.start("broker")
    check("built in" in rig.run("rules", "list"), "before any is published the built-in rules hold")
    check(rig.run("rules", "show") == good.read_text(), "and are shown")
    check("version 1" in rig.run("rules", "publish", str(good)), "the first version")
    check("in force already" in rig.run("rules", "publish", str(good)), "the same again is none")
    check("version 1" in rig.run("rules", "publish", str(calendar)), "a calendar has versions of its own")
    code, _, err = command(rig, "rules", "publish", str(files / "doubtful.toml"))
    check(code == 2 and "inner  version 1" in rig.run("rules", "list"), f"with a bus there is nothing published either: {code} {err}")
    other = files / "other.toml"
    other.write_text(good.read_text().replace('settlement = "2 hours"', 'settlement = "90 minutes"'))
    check("version 2" in rig.run("rules", "publish", str(other)), "another text is the next version")
    published = [event for event in rig.events() if event["subject"] == "rules.published"]
    check([event["payload"]["version"] for event in published] == [1, 1, 2], f"three events: {published}")
    listed = rig.run("rules", "list")
    check("inner  version 2" in listed and "calendar-2026  version 1" in listed, listed)
    check(rig.run("rules", "show") == other.read_text(), "the newest is shown")
    check(rig.run("rules", "show", "--as-of", str(published[0]["offset"])) == good.read_text(), "and any earlier one")
    check(rig.run("rules", "show", "calendar-2026") == CALENDAR, "and a calendar")
    code, _, err = command(rig, "rules", "show", "calendar-2031")
    check(code == 1 and "calendar-2031" in err and "rules list" in err, f"what there is not is said: {err}")
    return other


def rehearsed(rig, *arguments):
    return json.loads(rig.run("rehearse", "--format", "json", *arguments))


def rehearses(rig, good, calendar, bad, other):
    rig.start("inner")
    rig.start("intake")
    send(rig, dispute(1, "1a"), dispute(2, "1a"), dispute(3, "2b"))
    until(lambda: len(decisions(rig)) == 3, "three decisions")
    check([event["subject"] for event in decisions(rig)] == ["inner.opened", "inner.linked", "inner.opened"], f"{decisions(rig)}")
    for name in ("intake", "inner"):  # from here on only the broker has the log open, and nobody publishes
        check(rig.services.pop(name).stop() == 0, f"{name} drains")
    before = digest(rig.data / "log")

    plain = rig.run("rehearse")
    check("every decision would have been the same" in plain, f"by the log's own rules nothing differs: {plain}")
    same = rehearsed(rig, "--rules", str(other), "--from", "4")
    check(same["steps"] == [] and same["summary"]["differences"] == 0 and same["summary"]["rules_version"] is None, f"nor by those in force: {same}")

    last = rig.events()[-1]["offset"]
    told = rehearsed(rig, "--rules", str(good), "--from", "4")
    summary = told["summary"]
    check([step["differs"] for step in told["steps"]] == [["deadline"], ["deadline"]], f"two begin with a later deadline: {told}")
    step = told["steps"][0]
    check(step["was"]["subject"] == step["would_be"]["subject"] == "inner.opened", f"{step}")
    check(step["case"] == step["was"]["payload"]["case"], f"{step}")
    check(step["was"]["payload"]["due"] < step["would_be"]["payload"]["due"], f"half an hour later: {step}")
    check(summary["deadlines_later"] == 2 and summary["deadlines_sooner"] == 0 and summary["cases"] == 2 and summary["rules_version"] == 3, f"{summary}")
    check(summary["inputs"] >= 3 and summary["last"] <= last, f"{summary}")
    text = rig.run("rehearse", "--rules", str(good), "--from", "4", "--calendar", str(calendar), "--log", str(rig.data / "log"))
    check(text.count("would be  inner.opened") == 2 and "as if published as version 3" in text, f"for people: {text}")
    severe = bad.parent / "severe.toml"
    severe.write_text(other.read_text().replace("raise_severity_from = 1", "raise_severity_from = 3"))
    told = rehearsed(rig, "--rules", str(severe))
    check([step["differs"] for step in told["steps"]] == [["severity", "deadline"]], f"the repeat raises nothing: {told}")

    code, out, err = command(rig, "rehearse", "--rules", str(bad))
    check(code == 2 and out == "" and "line 4" in err and "line 25" in err, f"every mistake with its line: {code} {err}")
    code, _, err = command(rig, "rehearse", "--rules", str(calendar))
    check(code == 2 and "--calendar" in err, f"a calendar is no rules: {err}")
    code, _, err = command(rig, "rehearse", "--from", "yesterday")
    check(code == 2 and "--from yesterday" in err, f"a place that is none: {err}")
    code, _, err = command(rig, "rehearse", "--from", str(last + 1000))
    check(code == 1 and "decided nothing" in err, f"nothing there: {err}")
    code, _, err = command(rig, "rehearse", "--from", "9", "--to", "8")
    check(code == 2 and "--to" in err, f"the wrong way round: {err}")
    changed = set(digest(rig.data / "log")) ^ set(before)
    check(not changed, f"nothing was written to the log's folder: {changed}")
    check(len(decisions(rig)) == 3, "and nothing published")


def main():
    rig = Rig()
    files = rig.data.parent
    files.mkdir(parents=True, exist_ok=True)
    good, calendar, bad = checks(rig, files)
    other = publishes(rig, files, good, calendar)
    rehearses(rig, good, calendar, bad, other)
    rig.stop_all()
    code, out, _ = command(rig, "rehearse", "--rules", str(good))
    check(code == 0 and "deadlines set" in out, "without a bus too")
    rig.remove()


if __name__ == "__main__":
    main()
