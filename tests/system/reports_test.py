"""Every kind of record over HTTP and with `lamplight post`, with SIGKILL of broker and intake between: what is repeated is answered as a
repeat, and each record is on the log once. A correction comes before what it corrects."""
import json

import log_reader
from rig import Rig, check, get, post, until

AT = "2024-05-01T07:00:00+08:00"
KINDS = {
    "alert": ("alerts", "alert.received", {"class": "criminal", "category": "theft", "area": "wuma"}),
    "clearance-order": ("clearance-orders", "clearance.ordered", {"clearance": "qc-16", "action": "plan", "units": ["wuma", "lucheng"]}),
    "clearance-report": ("clearance-reports", "clearance.reported", {
        "clearance": "qc-16", "unit": "wuma", "happened_at": AT,
        "counts": [{"what": "site", "kind": f"kind_{n}", "n": n} for n in range(150)]}),
    "case-result": ("case-results", "case.reported", {
        "case": "A-1", "unit": "wuma", "category": "theft", "stages": {"filed": AT}, "happened_at": AT}),
    "person-result": ("person-results", "person.reported", {
        "person": "p7Kq0Zr_81mWt4Xn", "person_scope": "district", "unit": "wuma", "category": "theft", "outcomes": ["detained"],
        "happened_at": AT}),
    "hazard": ("hazards", "hazard.reported", {"hazard": "h-1", "state": "found", "unit": "wuma", "happened_at": AT}),
    "declared-figure": ("declared-figures", "figure.declared", {
        "campaign": "summer", "figure": "cases", "role": "published", "n": 702, "bound": "at_least", "as_of": AT}),
}
EACH = 40


def record(kind, number, **more):
    return {"partner_ref": f"{kind}-{number}", "status": "Actual", "reported_at": "2024-05-01T08:00:00+08:00", **KINDS[kind][2], **more}


def send(rig, kind, text, key=None, lines=False):
    headers = {"Idempotency-Key": key} if key else {}
    if lines:
        headers["Content-Type"] = "application/x-ndjson"
    return post(f"{rig.url('intake')}/v1/{KINDS[kind][0]}", text, headers)


def body_of(kind):
    return "".join(json.dumps(record(kind, number)) + "\n" for number in range(1, EACH))


def post_all(rig):
    """One by one, in bulk and by the command; the answers of each."""
    answers = {}
    for kind in KINDS:
        status, text = send(rig, kind, json.dumps(record(kind, 0)), f"key-{kind}")
        check(status == 202, f"a {kind} is taken, not {status}: {text}")
        bulk_status, bulk = send(rig, kind, body_of(kind), f"bulk-{kind}", lines=True)
        results = [json.loads(line) for line in bulk.splitlines()]
        check(bulk_status == 207 and [result["status"] for result in results] == [202] * (EACH - 1), f"all {kind}s of a body are taken: {bulk[:500]}")
        answers[kind] = [json.loads(text)["id"]] + [result["id"] for result in results]
        if kind != "alert":
            early = json.dumps(record(kind, "c1", corrects=f"{kind}-late"))
            check(send(rig, kind, early)[0] == 202, f"a correction of a {kind} may come first")
            check(send(rig, kind, json.dumps(record(kind, "late")))[0] == 202, "and what it corrects behind it")
            check(send(rig, kind, json.dumps(record(kind, "x", corrects=f"{kind}-x")))[0] == 422, "nothing corrects itself")
        file = rig.data.parent / f"{kind}.ndjson"
        file.write_text("".join(json.dumps(record(kind, f"file-{number}")) + "\n" for number in range(3)), encoding="utf-8")
        rig.run("post", str(file), "--as", kind)
    return answers


def kill_and_restart(rig):
    for name in ("intake", "broker"):
        rig.services.pop(name).kill()
    rig.start("broker")
    rig.start("intake")


def check_repeats(rig, answers):
    for kind, ids in answers.items():
        repeat = json.dumps(record(kind, 0))
        status, text = send(rig, kind, repeat, f"key-{kind}")
        check(status == 202 and json.loads(text)["id"] == ids[0], f"the same key and {kind} get the same 202, not {status}: {text}")
        status, text = send(rig, kind, repeat)
        check(status == 200 and json.loads(text)["duplicate_of"]["id"] == ids[0], f"the same {kind} is a duplicate, not {status}: {text}")
        changed = json.dumps({**record(kind, 0), "reported_at": "2024-05-01T09:00:00+08:00"})
        check(send(rig, kind, changed)[0] == 409, f"a {kind} in other words is in conflict")
        results = [json.loads(line) for line in send(rig, kind, body_of(kind), f"bulk-{kind}", lines=True)[1].splitlines()]
        check([result["id"] for result in results] == ids[1:], f"the body of {kind}s gets its answers again")
        rig.run("post", str(rig.data.parent / f"{kind}.ndjson"), "--as", kind)
        status, text = get(f"{rig.url('intake')}/v1/{KINDS[kind][0]}/{ids[0]}")
        said = json.loads(text)
        check(status == 200 and {**record(kind, 0), **said} == said, f"a {kind} is given back as it was sent: {text}")


def check_log(rig, answers):
    references = {}
    for event in log_reader.read(rig.data / "log"):
        if event.subject.startswith("control."):
            continue
        payload = log_reader.msgpack.unpackb(event.payload, raw=False, strict_map_key=False)
        references.setdefault(event.subject, []).append(payload[1])
    for kind, (_, subject, _) in KINDS.items():
        expected = [f"{kind}-{number}" for number in range(EACH)] + [f"{kind}-file-{number}" for number in range(3)]
        if kind != "alert":
            expected += [f"{kind}-c1", f"{kind}-late"]
        check(sorted(references.pop(subject)) == sorted(expected), f"each {kind} is on the log once")
    check(not references, f"nothing else is on it: {list(references)}")


def main():
    rig = Rig()
    rig.start("broker")
    rig.start("intake")
    answers = post_all(rig)
    kill_and_restart(rig)
    check_repeats(rig, answers)
    kill_and_restart(rig)
    check_repeats(rig, answers)
    series = 'lamplight_intake_reports{kind="hazard",status="Actual"}'
    until(lambda: rig.services["intake"].metric(series) == EACH + 5, f"the gauge counts {EACH + 5} hazards")
    rig.stop_all()
    check_log(rig, answers)
    rig.remove()


if __name__ == "__main__":
    main()
