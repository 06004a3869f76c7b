"""Officers at the console over HTTP, as software of theirs would work: sign in again when that is asked for, give every command an
Idempotency-Key, and say it again with the same key until the answer is final."""
import http.client
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from console_rig import add_officer
from rig import check

PAUSE = 0.02
LOST = (OSError, http.client.HTTPException)  # of a connection


class Officer:
    """Added by `lamplight officer add`. `url` gives the console's address at this moment. Any thread may send."""

    def __init__(self, rig, url, name, roles, units=()):
        self.url, self.name = url, name
        self.password, self.key = add_officer(rig, name, roles, units)
        self.lock, self.token = threading.Lock(), ""

    def once(self, method, path, body=None, headers=None, timeout=30):
        """(status, headers, answer) of one request; status 0 when the connection brought no answer."""
        request = urllib.request.Request(self.url() + path, None if body is None else json.dumps(body).encode(), method=method,
                                         headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.token}", **(headers or {})})
        try:
            try:
                answer = urllib.request.urlopen(request, timeout=timeout)
            except urllib.error.HTTPError as error:
                answer = error
            with answer:
                text = answer.read().decode()
                return answer.status, answer.headers, json.loads(text) if text else {}
        except LOST:
            return 0, {}, {}

    def sign_in(self, known):
        """Takes a fresh token in the place of `known`; several threads need one."""
        with self.lock:
            if self.token != known:
                return
            status, _, answer = self.once("POST", "/v1/session", {"name": self.name, "password": self.password})
            check(status in (0, 201, 429, 503), f"{self.name} signs in: {status} {answer}")
            if status == 201:
                self.token = answer["token"]
            else:
                time.sleep(PAUSE)

    def get(self, path):
        """(status, answer) of what is there to read: asked again for as long as nobody answers or is ready."""
        while True:
            token = self.token
            status, _, answer = self.once("GET", path)
            if status == 401:
                self.sign_in(token)
            elif status not in (0, 503):
                return status, answer
            else:
                time.sleep(PAUSE)

    def cases(self, name="open"):
        """Every case of a worklist."""
        found, after = [], ""
        while True:
            _, page = self.get(f"/v1/cases?list={name}&limit=500{after}")
            found += page["cases"]
            if "next" not in page:
                return found
            after = "&after=" + urllib.parse.quote(page["next"])

    def do(self, path, body, if_version=None, key=None):
        """A command until its answer is final."""
        command = Command(self, path, body, if_version, key)
        command.finish()
        return command


class Command:
    """One command of an officer and all that was answered."""

    def __init__(self, officer, path, body, if_version, key):
        self.officer, self.path, self.body = officer, path, body
        self.headers = {"Idempotency-Key": key} if key else {}
        if if_version is not None:
            self.headers["If-Match"] = f'"{if_version}"'
        self.requests = []  # ids on the log that answers named, in the order of the answers
        self.sent = self.later = 0  # how often it was said; how often it was answered 202
        self.outcome = self.rule = self.answer = None  # accepted, or refused by a rule

    def finish(self):
        while self.outcome is None:
            token = self.officer.token
            status, headers, answer = self.officer.once("POST", self.path, self.body, self.headers)
            if status == 401:
                self.officer.sign_in(token)
                continue
            self.sent += 1
            if "Lamplight-Request" in headers:
                self.requests.append(headers["Lamplight-Request"])
            if status == 202:
                self.later += 1
                self.look_up(headers["Location"])
            elif status == 200:
                self.outcome, self.answer = "accepted", answer
            elif status in (0, 503):
                time.sleep(PAUSE)  # nothing is known: it is said again
            else:
                check(status in (403, 404, 409, 412, 422), f"a command is refused by a rule: {status} {answer}")
                self.outcome, self.answer, self.rule = "refused", answer, answer["type"].rsplit(":", 1)[1]

    def look_up(self, where):
        """What became of it, where a 202 says to look; nothing when it did not reach the log (yet): it is said again."""
        while True:
            status, answer = self.officer.get(where)
            if status == 404:
                return
            if status == 200:
                self.outcome, self.answer, self.rule = answer["outcome"], answer, answer.get("rule")
                return
            time.sleep(PAUSE)
