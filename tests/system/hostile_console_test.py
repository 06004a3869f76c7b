"""Hostile traffic to the console. Every function whose name begins with `attack_` is one attack; docs/security.md lists them all.

Meanwhile an officer at another address works on, and nothing of it reaches the log."""
import concurrent.futures
import json
import socket
import time

import hostile_http_test as intake_attacks
import recorded_attacks
from hostile_http_test import Target, head, read_all, rss
from console_rig import Officer
from rig import Rig, check, until

NAMES = 5  # attempts that a name has at once from one network
ADDRESS = 20  # and an address
WAITING = 32  # sign-ins that wait for their hash
FEEDS = 8  # of one officer
SESSIONS = 8


def post(path, body, *fields, token=None):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = (*fields, f"Authorization: Bearer {token}") if token else fields
    return head(f"POST {path}", f"Content-Length: {len(body)}", "Connection: close", *fields) + body


def get(path, token=None):
    return head(f"GET {path}", "Connection: close", *([f"Authorization: Bearer {token}"] if token else []))


def sign_in(name, password):
    return post("/v1/session", {"name": name, "password": password})


class Console(Target):
    """The console under attack, and an officer of it."""

    def __init__(self, rig):
        super().__init__(rig.services["console"])
        self.rig = rig
        self.officer = Officer(rig, rig.url("console"), "officer-at-work", ["operator"], ["operations_centre"])

    def from_address(self, data, address):
        """What comes back to a sender at this address."""
        with self.connect(source=address) as connection:
            connection.sendall(data)
            return read_all(connection)

    def settled(self, data, address):
        """The answer once the console has time for it: a flood, or a busy machine, may have left 503 behind."""
        answers = []
        until(lambda: answers.append(self.from_address(data, address)) or status_of(answers[-1]) != 503, "it has time", 30, look_every=0.5)
        return answers[-1]

    def sign_ins(self, outcome):
        return self.service.metric(f'lamplight_console_sign_ins_total{{outcome="{outcome}"}}') or 0


def status_of(answer):
    return int(answer[9:12]) if answer else 0


def attack_as_on_intake(target):
    """All that intake is attacked with, the console's paths in the place of intake's."""
    before = rss(target.service)
    sent = 0
    for name, requests in recorded_attacks.record(vars(intake_attacks), intake_attacks.Recorder()):
        for request in requests:
            data = (request if isinstance(request, bytes) else b"".join(request)).replace(b"/v1/alerts", b"/v1/session").replace(b"/v1/status", b"/v1/cases")
            with target.connect(source="127.0.6.1") as connection:
                connection.settimeout(5)
                try:
                    connection.sendall(data)
                    connection.shutdown(socket.SHUT_WR)
                    answer = read_all(connection)
                except OSError:
                    answer = b""  # closed on us
            check(answer == b"" or 400 <= status_of(answer) < 600, f"{name}: {data[:80]!r} gets nothing but refusals: {answer[:200]}")
            check(answer.count(b"HTTP/1.1 2") == 0, f"{name}: whatever is hidden in it: {answer[:400]}")
            sent += 1
    check(sent > 100, f"there are attacks: {sent}")
    check(rss(target.service) - before < 32 << 20, "and take no memory")


def guesses(target, count, who, at_once, seconds_each):
    """How many of the guesses were looked at, and how many may have been in the time that they took."""
    began = time.monotonic()
    answers = []
    for guess in range(count):
        name, address = who(guess)
        answers.append(status_of(target.from_address(sign_in(name, "a wrong password"), address)))
    check(set(answers) == {401, 429}, f"guesses are wrong, then too many: {answers}")
    return answers.count(401), at_once + 1 + int((time.monotonic() - began) / seconds_each)


def attack_guessing_passwords(target):
    """Guesses are cut off by name and network and by address; the very officer who is guessed at signs in elsewhere as ever."""
    limited = target.sign_ins("limited")
    victim = target.officer.name
    names, allowed = guesses(target, 20, lambda guess: (victim, f"127.0.1.{guess + 1}"), NAMES, 60)
    check(NAMES <= names <= allowed, f"{NAMES} guesses for a name, from however many addresses of a network: {names}")
    addresses, allowed = guesses(target, 60, lambda guess: (f"nobody-{guess}", "127.0.2.1"), ADDRESS, 10)
    check(ADDRESS <= addresses <= allowed, f"{ADDRESS} names from an address: {addresses}")
    refused = [answer for answer in (target.from_address(sign_in("somebody", "a wrong password"), "127.0.2.1") for _ in range(2)) if status_of(answer) == 429]
    check(refused and b"\r\nRetry-After: " in refused[0], "then nobody there, with when to come again")
    check(status_of(target.from_address(sign_in(victim, target.officer.password), "127.0.3.1")) == 201, "an officer elsewhere signs in, the one who is guessed at")
    counted = target.sign_ins("limited") - limited
    check(counted == 80 - names - addresses + len(refused), f"each is counted: {counted}")


def attack_sign_in_flood(target):
    """Hundreds at once, each from an address of its own: those beyond the queue are told so, and officers work on."""
    before = rss(target.service)

    def one(number):
        return status_of(target.from_address(sign_in(f"flood-{number}", "wrong password"), f"127.1.{number // 250}.{number % 250 + 1}"))

    with concurrent.futures.ThreadPoolExecutor(64) as crowd:
        answers = crowd.map(one, range(300))
        slowest = 0
        for _ in range(50):
            began = time.monotonic()
            target.officer.read("/v1/cases?list=open")
            slowest = max(slowest, time.monotonic() - began)
        answers = list(answers)
    # A name or an address may share its place of the limits with one that was used up before: seldom, and by design.
    check(set(answers) <= {401, 429, 503} and 503 in answers and answers.count(429) <= 6, f"refused, or too many at once: {sorted(set(answers))}")
    check(slowest < 2, f"an officer at work is answered meanwhile: {slowest:.2f} s")
    # One hash at a time takes 64 MiB and gives it back.
    check(rss(target.service) - before < 96 << 20, "and the memory is that of one hash")


def attack_tokens(target):
    """Nothing that looks like a token, or nearly, is one."""
    token = target.officer.token
    tries = ["", " ", token[:-1], token + "0", token.upper() if token.upper() != token else token[:-1] + "G", "0" * 64, "é" * 32, "a" * 7000, token[:-1] + ("0" if token[-1] != "0" else "1")]
    for attempt in tries:
        answer = target.from_address(get("/v1/cases", attempt), "127.0.0.1")
        check(status_of(answer) in (400, 401), f"{attempt[:20]!r} is no token: {answer[:100]}")
        check(not attempt.strip() or attempt.encode() not in answer.split(b"\r\n\r\n", 1)[-1], "and is not repeated")
    for field in (f"Authorization: Basic {token}", f"Authorization: bearer{token}", f"Cookie: lamplight_session={token}", f"X-Token: {token}"):
        answer = target.from_address(head("GET /v1/cases", "Connection: close", field), "127.0.0.1")
        check(status_of(answer) == 401, f"{field.split(':')[0]} brings none: {answer[:100]}")
    check(status_of(target.from_address(get(f"/v1/cases?token={token}&access_token={token}"), "127.0.0.1")) == 401, "nor does the query")


def attack_bodies(target):
    """Bodies that are large, deep, no JSON, or break rules by the thousand."""
    before = rss(target.service)
    token = target.officer.token
    unknown = json.dumps({f"field{number}": 1 for number in range(3000)}).encode()
    for path in ("/v1/session", "/v1/petitions"):
        for body, wanted in ((b"", {400, 422}), (b"[]", {400}), (b"{", {400}), (b"\xff\xfe", {400}), (b'{"name": "\xc3\x28"}', {400}), (b"[" * 60_000, {400}),
                             (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, {401, 422}), (b" " * 100_000, {413}), (unknown, {401, 422})):
            answer = target.settled(post(path, body, token=None if path == "/v1/session" else token), "127.0.4.1")
            check(status_of(answer) in wanted | {429}, f"{path}: {body[:30]!r} ({len(body)} bytes) is refused: {answer[:200]}")
            check(len(answer) < 16 << 10, f"{path}: in a few words: {len(answer)} bytes")
            check(b"field2999" not in answer, "without what was sent")
    check(rss(target.service) - before < 96 << 20, "and takes no memory")


def attack_feeds(target):
    """One officer opens feeds without end and reads none of them."""
    feeds = [target.connect() for _ in range(FEEDS + 20)]
    for feed in feeds:
        feed.sendall(head("GET /v1/feed", f"Authorization: Bearer {target.officer.token}", "Last-Event-ID: 0"))
    answers = [feed.recv(4096) for feed in feeds]
    check(sum(status_of(answer) == 200 for answer in answers) == FEEDS, f"{FEEDS} are open")
    check(sum(status_of(answer) == 503 for answer in answers) == 20, "the others are told that there are enough")
    for feed in feeds:
        feed.close()
    until(lambda: target.service.metric("lamplight_console_feeds") == 0, "and those that have gone give their places back", 60)


def attack_sessions(target):
    """An officer signs in again and again: the newest few are good, and memory stays."""
    tokens = []
    for _ in range(SESSIONS + 4):
        target.officer.sign_in()
        tokens.append(target.officer.token)
    good = [status_of(target.from_address(get("/v1/session", token), "127.0.0.1")) for token in tokens]
    check(good == [401] * 4 + [200] * SESSIONS, f"the oldest make room: {good}")
    check(target.service.metric("lamplight_console_sessions") <= SESSIONS + 1, "and are gone")


def attack_pages(target):
    """Markup, line ends and addresses in what a page takes."""
    for data in (
        get("/sign-in?next=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&lang=%22%3E%3Cscript%3E"),
        get("/sign-in?next=//evil.example/&lang=en%0d%0aSet-Cookie:%20a=b"),
        post("/sign-in?next=https://evil.example/", b"name=%3Cscript%3E&password=%3Cscript%3E", "Content-Type: application/x-www-form-urlencoded"),
        head("GET /lists/mine?area=%3Cscript%3E", "Connection: close", f"Cookie: lamplight_session={target.officer.token}"),
    ):
        answer = target.settled(data, "127.0.5.1")
        check(status_of(answer) in (200, 400, 401, 429), f"a page comes, or the target is refused: {answer[:100]}")
        check(b"<script" not in answer and b"evil.example" not in answer, f"without what was put in: {answer[:300]}")
        check(answer.count(b"Set-Cookie") == 0, "nor a cookie")
        check(status_of(answer) == 400 or b"Content-Security-Policy: default-src 'none'" in answer, "and runs nothing")
    answer = target.from_address(head("GET /lists/mine", "Connection: close", "Cookie: lamplight_session=" + "0" * 64), "127.0.5.1")
    check(status_of(answer) == 303 and b"Location: /sign-in?next=mine&lang=zh\r\n" in answer, "without a session there is the way to sign in")


def main():
    rig = Rig()
    rig.data.parent.mkdir(parents=True, exist_ok=True)
    rig.run("init")
    rig.start("broker")
    rig.start("console")
    target = Console(rig)
    for name, attack in globals().copy().items():
        if not name.startswith("attack_"):
            continue
        began = time.monotonic()
        attack(target)
        check(target.service.process.poll() is None, f"the console lives after {name}")
        check(target.officer.get("/v1/cases?list=open")[0] == 200, f"and serves after {name}")
        print(f"{name}: {time.monotonic() - began:.1f} s", flush=True)
    said = [event["subject"] for event in rig.events() if not event["subject"].startswith(("control.", "log."))]
    check(said == ["officer.added"], f"nothing of it is on the log: {said}")
    rig.stop_all()
    rig.remove()


if __name__ == "__main__":
    main()
