"""A client of the bus in a second language (python3-zmq, python3-msgpack), written from docs/protocol.md alone and sharing no line
with the C++ one: what it can do, the page says. One thread owns a Client; whatever happens to it happens in poll()."""
import collections
import functools
import io
import os
import time
import types

import msgpack
import zmq

HELLO, WELCOME, PUBLISH, ACK, REFUSED, SUBSCRIBE, DELIVER, CREDIT, _, HEARTBEAT, _, GOODBYE, ERROR = range(1, 14)
FOLLOWER, EDGE = 0, 1
Welcome = collections.namedtuple("Welcome", "version max_event_bytes max_frame_bytes max_frame_events max_deliver_bytes min_credit_bytes "
                                 "log_id seeded seeding head last_seq epoch last_frame_hash bus_time heartbeat_ms silence_ms")
Frame = collections.namedtuple("Frame", "first_seq last_seq events at data")
Delivered = collections.namedtuple("Delivered", "offset time producer subject id cause dedupe schema payload")
_CRC = [functools.reduce(lambda crc, _: crc >> 1 ^ (0x82F63B78 if crc & 1 else 0), range(8), byte) for byte in range(256)]


class Stopped(Exception):
    """This client must not go on: fenced, another log, or a bus that does not want it."""


def crc32c(data):
    return functools.reduce(lambda crc, byte: crc >> 8 ^ _CRC[(crc ^ byte) & 0xFF], data, 0xFFFFFFFF) ^ 0xFFFFFFFF


def uuid7():
    value = (time.time_ns() // 1_000_000) << 80 | 0x7 << 76 | int.from_bytes(os.urandom(2), "big") % 4096 << 64
    return (value | 0b10 << 62 | int.from_bytes(os.urandom(8), "big") >> 2).to_bytes(16, "big")


def event(subject, payload, dedupe=None):
    """Has `offset` and `time` once it is durable (`duplicate`: the log had it before), or else `refused`: a code."""
    return types.SimpleNamespace(fields=[subject, uuid7(), 0, dedupe, 1, payload], offset=None, time=None, duplicate=False, refused=None)


class Client:
    def __init__(self, endpoint, name, role=FOLLOWER, instance=None, deaf_after=3.0, seed=False):
        self.endpoint, self.name, self.role, self.deaf_after, self.seed = endpoint, name, role, deaf_after, seed
        self.instance, self.context, self.welcome = instance or uuid7(), zmq.Context(), None
        self.socket = self.context.socket(zmq.DEALER)
        self.waiting, self.tags, self.next_tag = collections.deque(), {}, 1  # frames without an answer; by tag, those whose answer counts
        self.next_seq = self.acked = self.resume_at = None
        self.subscriptions, self.errors, self.connections, self.next_number = {}, [], 0, 0
        self._connect()

    def _connect(self):  # on a new socket each time; the rest follows when WELCOME comes
        self.socket.close(linger=0)
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.connect(self.endpoint)
        self.connected, self.tags, self.resume_at, self.heard = False, {}, None, time.monotonic()
        self._send([HELLO, 1, self.name, self.role, self.instance, self.seed])

    def _send(self, control, *data):
        self.socket.send_multipart([msgpack.packb(control), *data])
        self.said = time.monotonic()

    def _on_welcome(self, welcome):
        if self.welcome and welcome.log_id != self.welcome.log_id:  # readers too: an offset names another event there
            raise Stopped(f"{self.endpoint} has another log: {welcome.log_id.hex()}, we were on {self.welcome.log_id.hex()}")
        self.welcome, self.connected, self.connections = welcome, True, self.connections + 1
        if self.next_seq is None:  # a new process goes on from the name's last number
            self.next_seq, self.acked = welcome.last_seq + 1, welcome.last_seq
        elif self.role == EDGE and not self.acked <= welcome.last_seq < self.next_seq:
            raise Stopped(f"the bus knows {self.name} up to {welcome.last_seq}, we were acknowledged {self.acked}, sent {self.next_seq - 1}")
        self._resend()
        for number in self.subscriptions:
            self._subscribe(number)

    def close(self):
        self._send([GOODBYE])
        self.context.destroy(linger=1000)

    def poll(self, seconds=0.05):
        """Waits so long for a message and handles all that are there; says HEARTBEAT, reconnects where that is due."""
        wait = int(seconds * 1000)
        while self.socket.poll(wait):
            control, *data = self.socket.recv_multipart()
            self.heard, wait = time.monotonic(), 0
            self._handle(msgpack.unpackb(control), *data)
        now = time.monotonic()
        if now - self.heard > self.deaf_after:
            self._connect()
        elif self.connected and now - self.said > self.welcome.heartbeat_ms / 1000:
            self._send([HEARTBEAT])
        if self.resume_at and now >= self.resume_at:
            self._resend()

    def _handle(self, message, *data):
        kind, fields = message[0], message[1:]  # fields behind those we know are a later version's
        if kind == WELCOME:
            self._on_welcome(Welcome(*fields[: len(Welcome._fields)]))
        elif kind == ACK:
            for entry in fields[0]:
                self._on_ack(*entry[:6])
        elif kind == REFUSED:
            self._on_refused(*fields[:7])
        elif kind == DELIVER:
            self._on_deliver(*fields[:8], data[0])
        elif kind == GOODBYE:
            self._connect()
        elif kind == ERROR:
            code, text, number = fields[:3]
            self.errors.append(code)
            if number is not None:
                self.subscriptions.pop(number).ended = code
            elif code in ("fenced", "unsupported", "forbidden"):
                raise Stopped(f"{code}: {text}")
            elif code in ("no_session", "log_failed"):
                self._connect()

    def publish(self, *events, at=None):  # one frame, kept until it is answered; each event then knows its offset. at: on a seeding log, µs
        self._enqueue(events, at)
        if self.connected and not self.resume_at:
            self._publish(self.waiting[-1])
        return events

    def _enqueue(self, events, at):
        data = msgpack.packb([self.name, 0, 0, 0, self.next_seq, at, [e.fields for e in events]])
        self.waiting.append(Frame(self.next_seq, self.next_seq + len(events) - 1, events, at, data))
        self.next_seq += len(events)

    def _publish(self, frame):
        self.tags[self.next_tag] = frame
        self._send([PUBLISH, self.next_tag], frame.data)
        self.next_tag += 1

    def _resend(self):  # all without an answer, in order, under new tags: an answer to an old one means nothing any more
        self.tags, self.resume_at = {}, None
        for frame in self.waiting:
            self._publish(frame)

    def _on_ack(self, tag, _seq, _count, first_offset, at, duplicate):
        if frame := self.tags.pop(tag, None):
            self.waiting.popleft()  # answers come in order
            self.acked = frame.last_seq
            for k, published in enumerate(frame.events):
                vars(published).update(offset=first_offset + k, time=at, duplicate=duplicate)

    def _on_refused(self, code, tag, _, text, _expected, index, known):
        self.errors.append(code)
        if code == "fenced":
            raise Stopped(f"fenced: {text}")
        if not (frame := self.tags.get(tag)):
            return  # it was sent behind another that was refused
        self.tags = {}
        if code in ("out_of_order", "log_failed"):
            self._connect()
        elif code == "overloaded":
            self.resume_at = time.monotonic() + 0.2
        else:
            self._settle(frame, code, index, known)

    def _settle(self, frame, code, index, known):
        """Takes out what is on the log or never will be; the rest is sent again, and what followed moves down."""
        for at, offset, instant in known:
            vars(frame.events[at]).update(offset=offset, time=instant, duplicate=True)
        for refused in [] if code == "duplicate" else frame.events if index is None else [frame.events[index]]:
            refused.refused = code
        frames, self.waiting, self.next_seq = self.waiting, collections.deque(), frame.first_seq
        for f in frames:
            if events := [e for e in f.events if e.offset is None and e.refused is None]:
                self._enqueue(events, f.at)
        self._resend()

    def subscribe(self, subjects, producers=(), start=1, credit=None):
        """Its `events` are everything that passes the filter up to `scanned`, in order. While `giving` is false no credit goes back."""
        self.next_number += 1
        self.subscriptions[self.next_number] = types.SimpleNamespace(
            subjects=list(subjects), producers=list(producers), credit=credit or self.welcome.min_credit_bytes,
            events=[], scanned=start - 1, giving=True, owed=0, ended=None)
        self._subscribe(self.next_number)
        return self.subscriptions[self.next_number]

    def _subscribe(self, number):
        s = self.subscriptions[number]
        s.owed = 0
        self._send([SUBSCRIBE, number, s.scanned + 1, s.subjects, s.producers, s.credit])

    def _on_deliver(self, number, scanned, _batch_end, _hash, _time, count, crc, after, body):
        s, events = self.subscriptions[number], []
        if crc32c(body) != crc or after != s.scanned:  # damaged, or one before it was lost
            self.errors.append("crc" if after == s.scanned else "gap")
            self._connect()
            return
        for kind, *group in msgpack.Unpacker(io.BytesIO(body), max_buffer_size=0):
            first, at, frame = group if kind == 0 else (None, *group[:2])
            pairs = enumerate(frame[6], first) if kind == 0 else zip(group[5][::2], group[5][1::2])
            events += [Delivered(offset, at, frame[0] if kind == 0 else frame, *e[:6]) for offset, e in pairs]
        if len(events) != count:
            raise Stopped(f"{len(events)} events in a body said to hold {count}")
        s.events += events
        s.scanned, s.owed = scanned, s.owed + len(body) + 256
        if s.giving and s.owed >= s.credit // 2:
            self._send([CREDIT, number, s.owed])
            s.owed = 0
