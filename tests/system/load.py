"""Partners that send alerts to intake until each is acknowledged, and the check that the log holds exactly what they were told."""
import collections
import contextlib
import itertools
import json
import threading

import log_reader
from rig import check, post


class Partners:
    """A few senders at once. Each sends its alerts, again and again, until the last of them is acknowledged. `url` gives intake's
    address at this moment (it may be gone, or come back elsewhere); `batch` alerts go in one request, with `pause` seconds between
    requests; `more`: further fields of each."""

    def __init__(self, url, name="r", senders=4, batch=1, thread_context=contextlib.nullcontext, keep_trying=True,
                 pause=0, more=None):
        self.url, self.name, self.batch, self.keep_trying, self.pause, self.more = url, name, batch, keep_trying, pause, more or {}
        self.acked, self.sent = {}, set()  # partner_ref -> id; what was sent at all
        self.statuses = collections.Counter()  # of requests and items; 0: nobody answered
        self.wrong = []  # answers that must not be
        self.stopping, self.given_up = threading.Event(), threading.Event()
        self.threads = [threading.Thread(target=self._run, args=(n, thread_context), daemon=True) for n in range(senders)]
        for thread in self.threads:
            thread.start()

    def _run(self, sender, thread_context):
        with thread_context():
            for number in itertools.count(1):
                if self.stopping.is_set():
                    return
                refs = [f"{self.name}-s{sender}-{number}-{index}" for index in range(self.batch)]
                self.sent.update(refs)
                self.given_up.wait(self.pause)
                while refs and not self.given_up.is_set():
                    refs = self._send(refs)
                    if refs and self.stopping.is_set() and not self.keep_trying:
                        return
                    if refs:
                        self.given_up.wait(0.02)

    def _send(self, refs):
        """One request; the references that are still open."""
        alerts = [json.dumps({"partner_ref": ref, "status": "Actual", "class": "fire", "category": "probe", "area": "nowhere",
                              "reported_at": "2022-08-25T20:00:00+08:00", **self.more}) for ref in refs]
        kind = "application/x-ndjson" if self.batch > 1 else "application/json"
        try:
            url = self.url() + "/v1/alerts"
        except KeyError:  # it is just being started again
            return refs
        status, text = post(url, "\n".join(alerts), {"Content-Type": kind}, timeout=30)
        self.statuses[status] += 1
        if status not in (0, 200, 202, 207, 408, 429, 500, 503):
            self.wrong.append(f"{status}: {text}")
        if status == 207:
            answers = [json.loads(line) for line in text.splitlines()]
        else:
            answers = [{**json.loads(text), "index": 0, "status": status}] if status in (200, 202) else []
        for answer in answers:
            self.statuses[answer["status"]] += 1
            if answer["status"] not in (200, 202, 429, 500, 503):
                self.wrong.append(str(answer))
            if answer["status"] in (200, 202):
                self.acked[refs[answer["index"]]] = answer.get("id") or answer["duplicate_of"]["id"]
        return [ref for ref in refs if ref not in self.acked]

    def stop(self, seconds=60):
        """No new alerts; waits until what is under way is acknowledged (or, without keep_trying, answered)."""
        self.stopping.set()
        for thread in self.threads:
            thread.join(seconds)
        alive = [thread for thread in self.threads if thread.is_alive()]
        self.given_up.set()
        check(not self.wrong, f"an alert is taken or put off, not answered {self.wrong[:1]}")
        check(not alive, f"everything sent is acknowledged within {seconds} s; answers so far {dict(self.statuses)}")


def check_log(folder, acked, sent, everything_acked=True):
    """Compares sets: what clients were told against what lies on the log, read by log_reader. Returns the number of alerts."""
    on_log = list(log_reader.alerts(folder))
    times = collections.Counter(ref for ref, _ in on_log)
    doubled = [ref for ref, count in times.items() if count > 1]
    check(not doubled, f"every alert is on the log once; {len(doubled)} are not, first {doubled[:3]}")
    check(len({event_id for _, event_id in on_log}) == len(on_log), "every id is on the log once")
    lost = set(acked.items()) - set(on_log)
    check(not lost, f"every acknowledged alert is on the log under its id; {len(lost)} of {len(acked)} are not, first {sorted(lost)[:3]}")
    foreign = set(times) - set(sent)
    check(not foreign, f"nothing else is on the log; first {sorted(foreign)[:3]}")
    if everything_acked:
        unknown = set(times) - set(acked)
        check(not unknown, f"all that is on the log was acknowledged in the end; {len(unknown)} were not, first {sorted(unknown)[:3]}")
    return len(on_log)
