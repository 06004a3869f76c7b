"""Scripted officers on a log that is given the time of the past: what they do lies between the alerts, each request at its own instant.
A gate between `lamplight import` and intake lets an alert through once they have done everything that comes before it."""
import datetime
import heapq
import http.client
import http.server
import json
import sys
import threading
import time
import traceback
import uuid

from dublin_courses import SECOND, script
from rig import SKIPPED, check

try:
    import lamplight_bus as bus
    import msgpack
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(SKIPPED)

# Subject and payload behind [actor, case, expected version], by schemas/inner-*-v1.md. Whoever settled or fed back may not verify.
STEPS = (("inner.settlement_submitted", "crew", ["", [], []]),
         ("inner.assessment_submitted", "operator", ["none", "", []]),
         ("inner.dispatch_submitted", "operator", [""]),
         ("inner.feedback_submitted", "crew", [[]]),
         ("inner.verification_submitted", "reviewer", ["passed", ""]))
PATIENCE_S = 120


def instant(text):
    """µs since 1970 of an RFC 3339 time."""
    return int(datetime.datetime.fromisoformat(text).timestamp()) * SECOND


class Officers:
    """They hear of alerts and act by the script. One thread at a time."""

    def __init__(self, endpoint):
        self.client = bus.Client(endpoint, "officers", bus.EDGE, seed=True)
        self.due, self.known, self.acts = [], set(), 0  # due: heap of (instant, number, step, case)
        self.wait(lambda: self.client.connected, "officers are connected")
        check(self.client.welcome.seeding, "the log takes its time from what is published")

    def hear(self, alert, case):
        """Of an alert that is on the log under this id; told again it changes nothing."""
        number = int(alert["partner_ref"])
        if number in self.known:
            return
        self.known.add(number)
        arrived = alert.get("stages", {}).get("arrive")
        for step, at in enumerate(script(number, instant(alert["reported_at"]), arrived and instant(arrived))):
            heapq.heappush(self.due, (at, number, step, uuid.UUID(case).bytes))

    def next_at(self):
        return self.due[0][0] if self.due else None

    def live_until(self, until):
        """Does all that is due by then, that instant included, and waits until it is on the log; None: whatever there is to do."""
        said = []
        while self.due and (until is None or self.due[0][0] <= until):
            at, _, step, case = heapq.heappop(self.due)
            subject, actor, rest = STEPS[step]
            said += self.client.publish(bus.event(subject, msgpack.packb([actor, case, None, *rest])), at=at)
        self.acts += len(said)
        for event in said:
            self.wait(lambda event=event: event.offset is not None or event.refused, "a request is on the log")
            check(not event.refused and not event.duplicate, f"the bus takes a request: {event}")

    def wait(self, condition, what):
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            check(time.monotonic() < deadline, f"{what} within {PATIENCE_S} s")
            self.client.poll(0.05)

    def close(self):
        self.client.close()


class Gate:
    """HTTP between import and intake, one request after the other. `between(before, after)` is called where no instant lies between
    what has happened and the next alert. What goes wrong in here is printed, and ends the import."""

    def __init__(self, intake, officers, between):
        self.officers, self.between, self.last = officers, between, None
        self.address, self.intake, self.lock = intake.split("://")[1], None, threading.Lock()
        gate = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version, wbufsize, disable_nagle_algorithm = "HTTP/1.1", 1 << 16, True

            def answer(self):
                with gate.lock:
                    status, kind, body = gate.pass_on(self.command, self.path, self.rfile.read(int(self.headers.get("Content-Length", 0))), self.headers)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def pass_on(self, method, path, body, headers):
        try:
            if method != "POST":
                return self.ask(method, path, body, {})
            alert, = (json.loads(line) for line in body.splitlines())
            self.before(instant(alert["reported_at"]))
            answer = self.ask(method, path, body, {name: headers[name] for name in ("Content-Type", "Idempotency-Key")})
            for told in (json.loads(line) for line in answer[2].splitlines()) if answer[0] in (200, 207) else ():
                if told["status"] in (200, 202):
                    self.officers.hear(alert, told["id"])
            return answer
        except BaseException:  # a check that fails ends its thread alone
            traceback.print_exc()
            return 500, "text/plain", b"the gate failed"

    def before(self, at):
        """Everything that comes before an alert of this instant."""
        due = self.officers.next_at()
        if self.last is not None and self.last < at and (due is None or due > self.last):
            self.between(self.last, at)
        self.officers.live_until(at)
        self.last = at

    def ask(self, method, path, body, headers):
        """(status, content type, body) of intake's answer."""
        if self.intake is None:
            self.intake = http.client.HTTPConnection(self.address, timeout=PATIENCE_S)
        self.intake.request(method, path, body or None, headers)
        answer = self.intake.getresponse()
        return answer.status, answer.headers.get("Content-Type", ""), answer.read()
