"""The inner loop driven by officers through the console: an alert becomes a case and ends when another officer has verified it.

Broker, intake, inner and console are processes of their own; officers work over HTTP and from the shell."""
import hashlib
import http.client
import json
import urllib.parse

from console_rig import Officer, send
from rig import Rig, check, post, until

STATION, CENTRE, COMMUNITY = "station_on_duty", "operations_centre", "community_officer"  # desks of the built-in rules
ALERT = {"status": "Actual", "class": "dispute", "category": "neighbour_dispute", "area": "wuma", "reported_at": "2026-11-30T10:00:00+08:00"}


class Feed:
    """Reads /v1/feed event by event."""

    def __init__(self, officer, last=None):
        url = urllib.parse.urlsplit(officer.base)
        self.connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
        headers = {"Authorization": f"Bearer {officer.token}", **({} if last is None else {"Last-Event-ID": str(last)})}
        self.connection.request("GET", "/v1/feed", headers=headers)
        self.answer = self.connection.getresponse()
        check(self.answer.status == 200, f"the feed is there: {self.answer.status}")

    def until(self, offset):
        """(offset, subject) of all events up to that offset."""
        events, fields = [], {}
        while not events or events[-1][0] < offset:
            line = self.answer.readline().decode()
            check(line, "the feed goes on")
            line = line.rstrip("\n")
            if line == "" and "id" in fields:
                events.append((int(fields["id"]), fields["event"]))
                check(json.loads(fields["data"])["offset"] == events[-1][0], f"the data is the event's: {fields}")
                fields = {}
            name, _, value = line.partition(": ")
            fields[name] = value
        return events

    def close(self):
        self.connection.close()


class Station:
    """A running Lamplight with officers of every kind."""

    def __init__(self):
        # Long enough for an answer on a machine with much else to do; what has no answer waits that long.
        self.rig = Rig(options=["--console.answer_timeout_ms=4000"])
        self.rig.data.parent.mkdir(parents=True, exist_ok=True)
        self.rig.run("init")
        for name in ("broker", "intake", "inner", "console"):
            self.rig.start(name)
        self.base = self.rig.url("console")
        self.alerts = 0
        self.officers = {
            name: Officer(self.rig, self.base, f"officer-{name}", roles, units)
            for name, roles, units in (
                ("patrol", [COMMUNITY], [STATION]),
                ("desk", ["operator"], [CENTRE]),
                ("beat", [COMMUNITY, "reviewer"], [COMMUNITY]),  # may verify, too: but not what they fed back
                ("elsewhere", [COMMUNITY], ["nanpu"]),
                ("reviewer", ["reviewer"], []),
                ("chief", ["duty_chief"], []),
                ("auditor", ["auditor"], []),
            )
        }

    def __getattr__(self, name):
        return self.__dict__["officers"][name]

    def case(self):
        """The id of a new case: an alert comes in and appears on the worklists."""
        self.alerts += 1
        known = set(self.auditor.list("open"))
        alert = {**ALERT, "partner_ref": f"alert-{self.alerts}", "places": {"address_key": hashlib.sha256(str(self.alerts).encode()).hexdigest()}}
        status, text = post(f"{self.rig.url('intake')}/v1/alerts", json.dumps(alert))
        check(status == 202, f"the alert is taken: {status} {text}")
        until(lambda: set(self.auditor.list("open")) - known, "a case is opened", 30)
        (case,) = set(self.auditor.list("open")) - known
        return case


def whole_way(at):
    """Settled on the spot, assessed, dispatched, fed back and verified, each by whoever may and nobody else."""
    case = at.case()
    opened = at.auditor.read(f"/v1/cases/{case}")
    check((opened["state"], opened["owner"], opened["kind"]) == ("settlement", STATION, "dispute"), f"it waits for the station: {opened}")
    check(case in at.patrol.list("mine") and case in at.chief.list("unassigned"), "it is on the worklists")
    check(case not in at.desk.list("mine") and case not in at.elsewhere.list("open"), "and not on others'")

    at.desk.refused(case, "settlement", 403, "not_yours")
    at.elsewhere.refused(case, "settlement", 404, "no_such_case")
    at.auditor.refused(case, "settlement", 403, "forbidden")
    after = at.patrol.does(case, "settlement", {"risk": "residual"})
    check((after["state"], after["owner"], after["version"]) == ("assessment", CENTRE, opened["version"] + 1), f"settled on the spot: {after}")

    at.patrol.refused(case, "assessment", 403, "forbidden", {"risk": "none"})
    at.elsewhere.refused(case, "feedback", 404, "no_such_case")
    at.beat.refused(case, "feedback", 403, "not_yours")  # a reviewer sees it
    check(at.desk.does(case, "assessment", {"risk": "residual"})["state"] == "dispatch", "assessed")
    dispatched = at.desk.does(case, "dispatch")
    check((dispatched["state"], dispatched["owner"]) == ("feedback", COMMUNITY), f"a residual risk is the community officer's: {dispatched}")
    at.patrol.refused(case, "feedback", 403, "not_yours")
    at.chief.refused(case, "feedback", 403, "forbidden")
    check(at.beat.does(case, "feedback")["state"] == "verification", "fed back")

    at.beat.refused(case, "verification", 403, "same_officer", {"outcome": "passed"})
    at.desk.refused(case, "verification", 403, "forbidden", {"outcome": "passed"})
    settled = at.reviewer.does(case, "verification", {"outcome": "passed"})
    check(settled["state"] == "settled" and "owner" not in settled, f"verified by another officer, it is settled: {settled}")
    check(case not in at.auditor.list("open"), "and on no worklist")
    refusal = at.chief.refused(case, "dispatch", 409, "illegal_move")
    check("settled" in refusal["detail"] and "reopening" in refusal["detail"], f"what is refused names state and what is allowed: {refusal}")

    history = at.auditor.read(f"/v1/cases/{case}/history")["history"]
    check([(entry["subject"], entry.get("actor")) for entry in history] == [
        ("inner.opened", None), ("inner.settled_on_spot", at.patrol.key), ("inner.assessed", at.desk.key), ("inner.dispatched", at.desk.key),
        ("inner.feedback_received", at.beat.key), ("inner.verified", at.reviewer.key)], f"the whole history: {history}")
    then = at.auditor.read(f"/v1/cases/{case}?at={history[3]['offset']}")
    check((then["state"], then["version"]) == ("feedback", dispatched["version"]), f"as it was once dispatched: {then}")
    check(at.patrol.read(f"/v1/cases/{case}")["state"] == "settled", "who had a part in it still sees it")
    check(at.elsewhere.get(f"/v1/cases/{case}/history")[0] == 404, "others do not")


def from_the_shell(at):
    """The same by `lamplight case`, with a verification that fails on the way."""
    case = at.case()
    code, out, err = at.patrol.shell("list")
    check(code == 0 and case in out, f"it is on the worklist: {code} {out} {err}")
    for party in ("330302199001011237", "13800138000", "zhangsan"):
        code, out, err = at.patrol.shell("settle", case, "--party", party)
        check(code == 1 and "token_form" in err and party not in out + err, f"what looks like a person is no key: {code} {out} {err}")
    at.patrol.shell_does("settle", case, "--party", "party-0001-aaaa-bbbb")
    code, _, err = at.patrol.shell("assess", case, "--risk", "none")
    check(code == 1 and "403" in err, f"a wrong officer is refused: {code} {err}")
    at.desk.shell_does("assess", case, "--risk", "residual", "--severity", "high")
    code, _, err = at.desk.shell("dispatch", case, "--if-version", "1")
    check(code == 1 and "412" in err, f"who was not quick enough is told so: {code} {err}")
    at.desk.shell_does("dispatch", case, "--if-version", "3")
    at.beat.shell_does("feedback", case)
    code, _, err = at.reviewer.shell("verify", case, "--outcome", "failed")
    check(code == 1 and "reason" in err, f"a failure needs its reason: {code} {err}")
    failed = at.reviewer.shell_does("verify", case, "--outcome", "failed", "--reason", "risk_remains")
    check((failed["state"], failed["owner"]) == ("rework", COMMUNITY), f"it goes back: {failed}")
    at.beat.shell_does("feedback", case)
    check(at.chief.shell_does("verify", case, "--outcome", "passed")["state"] == "settled", "and passes")

    entries = at.auditor.shell_does("history", case)["history"]
    moves = [entry["move"] for entry in entries]
    check(moves == ["alert", "settle", "assess", "dispatch", "feedback", "verify_fail", "feedback", "verify_pass"], f"all of it: {moves}")
    for index, entry in enumerate(entries):
        then = at.auditor.shell_does("history", case, "--at", str(entry["offset"]))["history"]
        check(then == entries[:index + 1], f"history at {entry['offset']} is what had happened: {then}")
        now = at.auditor.shell_does("show", case, "--at", str(entry["offset"]))
        check((now["state"], now["version"]) == (entry["state"], entry["version"]), f"and so is the case: {now}")
    code, out, _ = at.auditor.shell("history", case, "--at", str(entries[2]["offset"]))
    check(code == 0 and "inner.assessed" in out and "inner.dispatched" not in out, f"in words, too: {out}")


def other_kinds(at):
    """A gated dispute goes to case review; a petition is registered once."""
    case = at.case()
    at.patrol.does(case, "settlement", {"grounds": ["gang_fight"]})
    check(at.desk.does(case, "assessment", {"risk": "none"})["state"] == "case_review", "no mediation after a gang fight")
    at.desk.refused(case, "review", 403, "forbidden", {"outcome": "filed"})
    at.reviewer.refused(case, "review", 403, "not_yours", {"outcome": "filed"})
    check(at.chief.does(case, "review", {"outcome": "filed"})["state"] == "filed", "it is filed")
    at.auditor.refused(case, "reopening", 403, "forbidden", {"reason": "complaint"})
    check(at.reviewer.does(case, "reopening", {"reason": "complaint"})["state"] == "assessment", "and opened again")
    at.desk.refused(case, "rules_move", 403, "forbidden")
    at.chief.refused(case, "rules_move", 422, "newest_rules")

    petition = {"petition": "2026-17", "area": "wuma"}
    check(send(f"{at.base}/v1/petitions", petition, at.auditor.token)[0] == 403, "an auditor registers nothing")
    status, _, text = send(f"{at.base}/v1/petitions", petition, at.desk.token)
    check(status == 200 and json.loads(text)["kind"] == "petition", f"a petition is a case: {status} {text}")
    status, _, text = send(f"{at.base}/v1/petitions", petition, at.chief.token)
    check(status == 409, f"an open one is refused and named: {status} {text}")


def versions(at):
    """If-Match and Idempotency-Key."""
    case = at.case()
    status, headers, _ = at.patrol.get(f"/v1/cases/{case}")
    at.patrol.refused(case, "settlement", 412, "version", **{"If-Match": '"7"'})
    at.patrol.does(case, "settlement", **{"If-Match": headers["ETag"], "Idempotency-Key": "night-1"})
    # The answer was lost; meanwhile the case is the centre's. The same words get the same answer, and nothing happens twice.
    status, again, text = at.patrol.ask(case, "settlement", **{"If-Match": headers["ETag"], "Idempotency-Key": "night-1"})
    check(status == 200 and again["ETag"] == '"2"' and json.loads(text)["state"] == "assessment", f"a repeat gets the answer: {status} {text}")
    at.chief.refused(case, "assessment", 412, "version", {"risk": "none"}, **{"If-Match": headers["ETag"]})
    check(len(at.auditor.read(f"/v1/cases/{case}/history")["history"]) == 2, "nothing was done twice")


def without_the_loop(at):
    """No answer while inner is away: 202 and where to look; the answer is there once it is back."""
    case = at.case()
    check(at.rig.services.pop("inner").stop() == 0, "inner drains")
    key = {"Idempotency-Key": "night-2"}
    status, headers, text = at.patrol.ask(case, "settlement", **key)
    check(status == 202 and json.loads(text)["outcome"] == "waiting", f"no answer in time: {status} {text}")
    where = headers["Location"]
    check(at.patrol.get(where)[0] == 202, "it still waits")
    check(at.chief.get(where)[0] == 404, "and is the asker's alone")
    code, out, _ = at.patrol.shell("request", where.rsplit("/", 1)[1])
    check(code == 0 and "waiting" in out, f"the shell shows it: {code} {out}")
    status, headers, _ = at.patrol.ask(case, "settlement", **key)
    check(status == 202 and headers["Location"] == where, "a repeat is told to look at the same place")
    at.rig.start("inner")
    until(lambda: at.patrol.get(where)[0] == 200, "the answer is there once inner is back", 30)
    answer = at.patrol.read(where)
    check((answer["outcome"], answer["case"], answer["state"], answer["version"]) == ("accepted", case, "assessment", 2), f"and says what came of it: {answer}")
    check(at.patrol.does(case, "settlement", **key)["version"] == 2, "a repeat gets it, too")
    check(len(at.auditor.read(f"/v1/cases/{case}/history")["history"]) == 2, "it was decided once")
    return case


def feed_resumes(at, first):
    """Read in pieces, cut off and resumed, also over a restart of the console: every change once, in order."""
    last = case_events(at)[-1][0]
    seen = []
    for stop in (last // 2, last):  # from the beginning, in two connections
        feed = Feed(at.auditor, seen[-1][0] if seen else 0)
        seen += feed.until(next(offset for offset, _ in case_events(at) if offset >= stop))
        feed.close()
    at.desk.does(first, "assessment", {"risk": "residual"})  # nobody listens
    check(at.rig.services.pop("console").stop() == 0, "the console drains")
    at.rig.start("console")
    for officer in at.officers.values():
        officer.base = at.rig.url("console")
    check(at.auditor.get("/v1/session")[0] == 401, "tokens end with the process")
    at.auditor.sign_in()
    at.desk.sign_in()
    feed = Feed(at.auditor, seen[-1][0])
    at.desk.does(first, "dispatch")
    seen += feed.until(case_events(at)[-1][0])
    feed.close()
    check(seen == case_events(at), f"every change once, in log order: {seen} {case_events(at)}")


def case_events(at):
    """(offset, subject) of every event of a case, as they lie on the log."""
    return [(event["offset"], event["subject"]) for event in at.rig.events()
            if event["producer"] == "inner" and event["subject"].startswith("inner.") and event["subject"] != "inner.refused"]


def nothing_told(at):
    """Logs and bus tell neither names nor tokens nor passwords."""
    secrets = [secret for officer in at.officers.values() for secret in (officer.name, officer.token, officer.password)]
    places = [*at.rig.data.parent.glob("*.log"), *(at.rig.data / "log").rglob("*"), *(at.rig.data / "snapshots").rglob("*")]
    for path in (path for path in places if path.is_file()):
        content = path.read_bytes()
        for secret in secrets:
            check(secret.encode() not in content, f"{path.name} does not tell {secret}")


def main():
    at = Station()
    whole_way(at)
    from_the_shell(at)
    other_kinds(at)
    versions(at)
    feed_resumes(at, without_the_loop(at))
    nothing_told(at)
    at.rig.stop_all()
    at.rig.remove()


if __name__ == "__main__":
    main()
