"""Hostile traffic to intake over HTTP. Every function whose name begins with `attack_` is one attack: it says what the attacker
gets, and by which metric an operator sees it. docs/security.md lists them all. Meanwhile a good client is served as ever."""
import collections
import contextlib
import json
import socket
import struct
import sys
import time

import good_client
import recorded_attacks
from rig import Rig, check, get, until

ALERT = {"partner_ref": "x", "status": "Actual", "class": "fire", "category": "probe", "area": "nowhere", "reported_at": "2022-08-25T20:00:00+08:00"}
HOST = b"Host: h\r\n"
JSON = b"Content-Type: application/json\r\n"


class Target:
    """The service under attack."""

    def __init__(self, service):
        self.service = service
        self.port = int(service.addresses[service.name].split(":")[2].split("/")[0])

    def connect(self, timeout=40, source=None):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout, (source, 0) if source else None)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def answers(self, data, timeout=40):
        """Sends these bytes; all that comes until the server closes."""
        with self.connect(timeout) as connection:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(data)
            return read_all(connection)

    def status(self, data, timeout=40):
        text = self.answers(data, timeout)
        check(text[:5] == b"HTTP/" or not text, f"an answer is HTTP or nothing: {text[:80]}")
        return int(text[9:12]) if text else 0

    def refused(self, reason):
        return self.service.metric(f'lamplight_http_refused_total{{reason="{reason}"}}') or 0

    @contextlib.contextmanager
    def counted(self, reason, times=1):
        """What happens inside is counted under that reason."""
        before = self.refused(reason)
        yield
        until(lambda: self.refused(reason) >= before + times, f"{times} more refused for {reason}", 10)


def read_all(connection):
    text = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            text += piece
    return text


def head(line, *fields):
    return line.encode() + b" HTTP/1.1\r\n" + HOST + b"".join(f.encode() + b"\r\n" for f in fields) + b"\r\n"


def post(body, *fields, kind="application/json"):
    body = body if isinstance(body, bytes) else body.encode()
    return head("POST /v1/alerts", f"Content-Type: {kind}", f"Content-Length: {len(body)}", "Connection: close", *fields) + body


def refuse_all(target, reason, status, requests):
    with target.counted(reason, len(requests)):
        for request in requests:
            got = target.status(request)
            check(got == status, f"{request[:90]!r} is answered {status}, not {got}")


# ---- what is not HTTP, or not quite ---------------------------------------------------------------


def attack_garbage(target):
    refuse_all(target, "bad_request_line", 400, [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),  # a TLS greeting
        b"\x00" * 64, b"SSH-2.0-x\n", b"\xff" * 5000, b"GET / HTTP/1.1\nHost: h\n\n"])  # bare LF
    refuse_all(target, "bad_version", 505, [b"GET / HTTP/3.0\r\n" + HOST + b"\r\n"])


def attack_large_head(target):
    refuse_all(target, "target_too_long", 414, [b"GET /" + b"a" * 9000])
    refuse_all(target, "header_too_large", 431, [
        b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 9000,
        b"GET / HTTP/1.1\r\n" + HOST + b"X: y\r\n" * 101 + b"\r\n"])


def attack_slow_head(target):
    with target.counted("header_timeout"), target.connect() as slow:
        began = time.monotonic()
        slow.settimeout(0.1)
        answer = b""
        for letter in b"GET /v1/status HTTP/1.1\r\nX: " + b"y" * 1000:
            with contextlib.suppress(TimeoutError, BrokenPipeError, ConnectionResetError):
                slow.sendall(bytes([letter]))
                answer = slow.recv(4096)
                break
        check(answer[9:12] == b"408", f"a head that trickles is answered 408: {answer[:60]}")
        check(time.monotonic() - began < 5, "in its time, however many bytes came")


def attack_slow_body(target):
    with target.counted("body_too_slow"), target.connect() as slow:
        slow.sendall(head("POST /v1/alerts", "Content-Type: application/json", "Content-Length: 60000"))
        slow.settimeout(0.1)
        answer = b""
        for _ in range(200):
            with contextlib.suppress(TimeoutError, BrokenPipeError, ConnectionResetError):
                slow.sendall(b" ")
                answer = slow.recv(4096)
                break
        check(answer[9:12] == b"408", f"a body that trickles is answered 408: {answer[:60]}")
    with target.counted("body_timeout"):
        check(target.status(head("POST /v1/alerts", "Content-Type: application/json", "Content-Length: 9")) == 408, "one that stops, too")


def attack_half_closed(target):
    with target.counted("truncated"), target.connect() as half:
        half.sendall(head("POST /v1/alerts", "Content-Type: application/json", "Content-Length: 900") + b"{")
        half.shutdown(socket.SHUT_WR)
        check(read_all(half)[9:12] == b"400", "a body cut short is told so")
    with target.connect() as half:  # everything said: the answer still comes
        body = json.dumps({**ALERT, "partner_ref": "half-closed"})
        half.sendall(post(body).replace(b"Connection: close\r\n", b""))
        half.shutdown(socket.SHUT_WR)
        check(read_all(half)[9:12] in (b"202", b"200"), "a client that has said everything gets its answer")
    for _ in range(100):  # gone without a word, in the middle
        with target.connect() as gone:
            gone.sendall(head("POST /v1/alerts", "Content-Type: application/json", "Content-Length: 900") + b"{")
            gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


# ---- two servers, two readings --------------------------------------------------------------------

SMUGGLED = b"GET /v1/status HTTP/1.1\r\nHost: h\r\n\r\n"


def attack_smuggling(target):
    start = b"POST /v1/alerts HTTP/1.1\r\n" + HOST + JSON
    refuse_all(target, "bad_framing", 400, [
        start + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        start + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + SMUGGLED,
        start + b"Content-Length: 4\r\nContent-Length: 40\r\n\r\n{}\r\n" + SMUGGLED,
        start + b"Content-Length: 4\r\nContent-Length: 4\r\n\r\n{}\r\n" + SMUGGLED,
        start + b"Content-Length: 4, 4\r\n\r\n{}\r\n" + SMUGGLED,
        start + b"Content-Length: +4\r\n\r\n{}\r\n", start + b"Content-Length: -1\r\n\r\n",
        start + b"Content-Length: 0x4\r\n\r\n{}\r\n", start + b"Content-Length: 99999999999999999999\r\n\r\n",
        start + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        start.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"])
    refuse_all(target, "unknown_transfer_encoding", 501, [
        start + b"Transfer-Encoding: xchunked\r\n\r\n", start + b"Transfer-Encoding: chunked, identity\r\n\r\n",
        start + b"Transfer-Encoding: identity, chunked\r\n\r\n"])
    refuse_all(target, "bad_header", 400, [
        start + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", start + b"X: a\r\n Content-Length: 4\r\n\r\n",
        start + b"X: a\r\n\tb\r\n\r\n", start + b"X\x00Y: a\r\n\r\n"])
    refuse_all(target, "bad_request_line", 400, [start + b"Content-Length: 4\n\r\n{}\r\n", start + b"X: a\rContent-Length: 4\n\r\n{}"])
    refuse_all(target, "bad_host", 400, [b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"])


def attack_chunks(target):
    start = head("POST /v1/alerts", "Content-Type: application/json", "Transfer-Encoding: chunked")
    refuse_all(target, "bad_chunk", 400, [
        start + chunk for chunk in (b"xyz\r\n", b"-1\r\n{\r\n", b"0x1\r\n{\r\n", b" 1\r\n{\r\n", b"1 \r\n{\r\n", b"ffffffffffffffffff\r\n", b"1\n{\n",
                                    b"1\r\n{}\r\n", b"1;" + b"e" * 5000 + b"\r\n", b"0\r\n" + b"T: " + b"t" * 9000, b"0\r\n folded\r\n\r\n", b"\r\n")])


def attack_paths(target):
    refuse_all(target, "bad_target", 400, [head("GET " + path) for path in (
        "/../etc/passwd", "/v1/../v1/status", "/%2e%2e/etc/passwd", "/.%2e/x", "/v1%2fstatus", "/v1/%5c..%5cx", "/v1/status%00", "/%ff%fe", "/%zz",
        "http://other/v1/status", "*", "/<script>", "/v1/alerts/%c0%ae%c0%ae", "other:443")])
    refuse_all(target, "not_found", 404, [head("GET " + path, "Connection: close") for path in (
        "//v1/status", "/v1/status/", "/V1/status", "/v1//status", "/v1;a=b/status")])
    refuse_all(target, "method_not_allowed", 405, [head(m + " /v1/alerts", "Connection: close") for m in ("TRACE", "DELETE", "BREW", "PUT")])


# ---- requests that ask for too much ---------------------------------------------------------------


def attack_pipelining(target):
    with target.connect() as eager:
        eager.sendall(SMUGGLED * 99 + SMUGGLED.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        check(read_all(eager).count(b"HTTP/1.1 200 OK") == 100, "requests in one packet are answered, one after the other")
    before = target.service.metric("lamplight_process_resident_bytes") or rss(target.service)
    with target.connect() as greedy:  # asks without end and reads nothing
        greedy.setblocking(False)
        quiet = 0
        while quiet < 20:
            try:
                greedy.send(SMUGGLED * 500)
                quiet = 0
            except BlockingIOError:
                quiet += 1
                time.sleep(0.01)
        grown = rss(target.service) - before
        check(grown < 16 << 20, f"answers that nobody reads do not pile up: {grown >> 20} MiB")


def attack_large_body(target):
    before = rss(target.service)
    with target.counted("item_too_large"):
        check(target.status(post(b"{" + b" " * (1 << 20))) == 413, "an alert of a megabyte is answered 413")
        check(target.status(head("POST /v1/alerts", "Content-Type: application/json", "Content-Length: 900000000000000") + b"{" * 70000) == 413, "so is one that only says how large it is")
    line = b'{"x":"' + b"y" * (16 << 20) + b'"}\n'
    text = target.answers(post(line * 2 + json.dumps({**ALERT, "partner_ref": "after"}).encode(), kind="application/x-ndjson"))
    check(text.count(b'"status":413,"problem"') == 2 and text.count(b'"status":20') == 1, f"a line of 16 MiB costs only itself: {text[:300]}")
    grown = rss(target.service) - before
    check(grown < 32 << 20, f"and no memory: {grown >> 20} MiB")


def attack_bad_json(target):
    series = 'lamplight_http_requests_total{code="%d",method="POST",route="/v1/alerts"}'
    for status, bodies in {
        400: [b"nonsense", b"{", b'{"a":}', b"\xff\xfe{\x00}\x00", b'{"partner_ref":"\xc3\x28"}', b"\x1f\x8b\x08\x00gzip", b'{"a":"\x01"}', b'{"a":1}{"b":2}'],
        422: [b"{}", b'{"partner_ref":{"a":[1]}}', b'{"partner_ref":1e999}', json.dumps({**ALERT, "operations": "fire"}).encode(),
              json.dumps({**ALERT, "places": [[[]]]}).encode(), json.dumps({**ALERT, "amount_fen": -1e30}).encode(), json.dumps({**ALERT, "name": "Li"}).encode()],
    }.items():
        before = sum(target.service.metric(series % code) or 0 for code in (400, 422))
        for body in bodies:
            got = target.status(post(body))
            check(got in (400, 422), f"{body[:60]!r} is answered 400 or 422, not {got}")
        until(lambda: sum(target.service.metric(series % code) or 0 for code in (400, 422)) >= before + len(bodies), "each is counted", 10)


DEEPEST = 16  # levels of an alert in a bulk body; one sent alone may have one more


def attack_deep_nesting(target):
    def alert(levels):
        """One that is taken, in whose unknown field lie brackets; the alert itself is the first level."""
        return json.dumps(ALERT)[:-1].encode() + b',"deep":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"

    got = target.status(post(alert(DEEPEST + 1)))
    check(got in (200, 202), f"{DEEPEST + 1} levels are taken, not answered {got}")
    for deep in (alert(DEEPEST + 2), alert(2000), b'{"a":' * 5000 + b"1" + b"}" * 5000, b'{"a":' + b"[" * 60000, b"[" * 60000):
        got = target.status(post(deep))
        check(400 <= got < 500, f"{len(deep)} bytes of brackets are answered 4xx, not {got}")
    text = target.answers(post(alert(DEEPEST) + b"\n" + alert(DEEPEST + 1) + b"\n" + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"\n", kind="application/x-ndjson"))
    check(text.count(b'"status":413,"problem"') == 2 and text.count(b'"status":20') == 1, f"as an item, too: {text[:400]}")


def attack_headers_of_ours(target):
    refuse_all(target, "unsupported_media_type", 415, [post(b"{}", kind="text/xml"), post(b"{}", kind="a" * 3000)])
    refuse_all(target, "bad_idempotency_key", 400, [post(b"{}", "Idempotency-Key: " + key) for key in ("k" * 129, "a b", "\xe9".encode("latin1").decode("latin1"), "")])
    refuse_all(target, "unknown_expectation", 417, [post(b"{}", "Expect: 200-maybe")])


# ---- crowds ---------------------------------------------------------------------------------------


def rss(service):
    with open(f"/proc/{service.process.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith("VmRSS"))


def attack_more_connections_than_places(rig):
    """A service of its own, with few places."""
    small = Target(rig.start("intake"))
    crowd = []
    with small.counted("displaced", 50):
        for number in range(250):
            crowd.append(small.connect(source=f"127.0.0.{number % 5 + 2}"))
            if number % 2:
                crowd[-1].sendall(b"GET /v1/sta")
        check(small.status(head("GET /v1/status", "Connection: close")) == 200, "a newcomer is served while 250 others want its 200 places")
    with small.counted("too_many_connections_from_address"):
        others = [small.connect(source="127.0.0.9") for _ in range(61)]
        check(read_all(others[-1])[9:12] == b"503", "one address has at most its share")
    for connection in crowd + others:
        connection.close()


def idle_crowd(target, size):
    crowd = []
    for number in range(size):
        crowd.append(target.connect(source=f"127.0.{number % 8}.2"))
        if number % 10 == 0:
            crowd[-1].sendall(head("GET /v1/status"))  # keeps the connection after an answer that it never reads
    return crowd


def attack_ten_thousand_idle(target):
    before = rss(target.service)

    def crowd_there():
        crowd = idle_crowd(target, 10_000)
        each = (rss(target.service) - before) / len(crowd)
        check(each < 16 << 10, f"an idle connection costs less than 16 KiB: {each:.0f} bytes")
        return lambda: [connection.close() for connection in crowd]

    good_client.check_undisturbed(target.port, crowd_there, "10,000 idle connections")


def attack_mixed(target):
    """Everything in turn, from one attacker who waits for no answer."""
    good_client.check_undisturbed(target.port, good_client.in_background(__file__, "--attack", str(target.port)), "all attacks in turn and slow senders")


CROWDS = ("attack_more_connections_than_places", "attack_ten_thousand_idle", "attack_mixed")
ATTACKS_A_SECOND = 1000
SLOW = 150  # connections
CUT_AFTER = 300  # attacks


class Recorder(recorded_attacks.Nobody):
    def connect(self, *_, **__):
        return self.wire()

    def answers(self, data, _timeout=0):
        self.wire(data)
        return b""

    def status(self, data, _timeout=0):
        self.wire(data)
        return 0


def keep_attacking(port):
    """The attacker's own process."""
    def connect(data):
        one = socket.create_connection(("127.0.0.1", port), 5)
        one.setblocking(False)
        one.send(data)
        return one

    kinds = recorded_attacks.record(globals(), Recorder())
    print(len(kinds), "kinds of attack", flush=True)
    slow, left_open = collections.deque(maxlen=SLOW), collections.deque(maxlen=SLOW)  # the oldest is closed
    due = time.monotonic()
    for number, data in enumerate(recorded_attacks.in_turn(kinds)):
        with contextlib.suppress(OSError):
            left_open.append(connect(data))
        with contextlib.suppress(OSError):
            if len(slow) < SLOW:
                slow.append(connect(b"G"))
            else:
                slow.rotate()
                slow[0].send(b"P")
        if number % CUT_AFTER == CUT_AFTER - 1:  # everything at once, in the middle of what it says
            left_open.clear()
            slow.clear()
        due = max(due + 1 / ATTACKS_A_SECOND, time.monotonic() - 0.1)
        time.sleep(max(0, due - time.monotonic()))


def run():
    rig = Rig(["--intake.header_timeout_ms=1500", "--intake.body_timeout_ms=1500"])
    rig.start("broker")
    target = Target(rig.start("intake"))
    for name, attack in globals().copy().items():
        if not name.startswith("attack_") or name == "attack_more_connections_than_places":
            continue
        began = time.monotonic()
        attack(target)
        check(target.service.process.poll() is None, f"intake lives after {name}")
        check(get(f"http://127.0.0.1:{target.port}/v1/status")[0] == 200, f"and serves after {name}")
        print(f"{name}: {time.monotonic() - began:.1f} s")
    check(rig.services.pop("intake").stop() == 0, "intake drains with exit code 0 after all that")
    rig.options += ["--intake.connections=200", "--intake.connections_per_address=60"]
    attack_more_connections_than_places(rig)
    rig.stop_all()
    rig.run("log", "verify")
    rig.remove()


if __name__ == "__main__":
    if "--attack" in sys.argv:
        keep_attacking(int(sys.argv[2]))
    else:
        run()
