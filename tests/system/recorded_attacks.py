"""What every attack of a hostile test sends, so that one attacker can send all of it in turn: each is run once against nobody."""
import contextlib
import os
import types

import good_client

MOST_EACH = 100  # of one attack
FULL = 16 << 10  # bytes: a connection takes no more from who sends until it does
LARGEST = 80 << 10  # bytes: beyond, an attacker's own line is what is measured


class Wire:
    """A connection to nobody, which keeps what is sent."""

    def __init__(self, sent=b""):
        self.sent = sent

    def sendall(self, data):
        self.sent += data

    def send(self, data):
        if len(self.sent) + len(data) > FULL:
            raise BlockingIOError
        self.sent += data
        return len(data)

    def recv(self, _size):
        return b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def __getattr__(self, _name):  # time-outs, options, shutdown, close
        return lambda *_, **__: None


class Nobody:
    """In the place of a Target: nothing is answered, nothing counted."""

    def __init__(self):
        self.wires = []
        self.port, self.path = 0, ""
        self.service = types.SimpleNamespace(process=types.SimpleNamespace(pid=os.getpid()), metric=lambda _series: 0)

    def wire(self, sent=b""):
        self.wires.append(Wire(sent))
        return self.wires[-1]

    def counted(self, _reason, _times=1):
        return contextlib.nullcontext()


def record(module, nobody):
    """[(attack, [what it sends])] of the module's attacks; the crowds, which send next to nothing, are left out. `module` is its
    globals(), in which checks are switched off: a process that records does nothing else but attack."""
    module.update(check=lambda *_: None, until=lambda *_: None)
    good_client.check_undisturbed = lambda *_, **__: None
    kinds = []
    for name, attack in module.copy().items():
        if not name.startswith("attack_") or name in module["CROWDS"]:
            continue
        nobody.wires = []
        attack(nobody)
        sent = [wire.sent for wire in nobody.wires if wire.sent and size(wire.sent) <= LARGEST]
        if sent:
            kinds.append((name, sent[:: len(sent) // MOST_EACH + 1]))
    return kinds


def size(sent):
    return len(sent) if isinstance(sent, bytes) else sum(map(len, sent))


def in_turn(kinds):
    """One of each kind, again and again, without end."""
    round_number = 0
    while True:
        for _, sent in kinds:
            yield sent[round_number % len(sent)]
        round_number += 1
