"""The bus spoken from docs/protocol.md alone: the Python client beside this file against the real broker, kill -9 included."""
import itertools
import os
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(os.environ["TEST_SOURCE"]) / "tests" / "system"))
from rig import SKIPPED, Rig, check, until  # noqa: E402

try:
    import lamplight_bus as bus
    import log_reader
    import msgpack
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(SKIPPED)

SEED = int(os.environ.get("SEED", time.time_ns() % 1_000_000))


class Watched(bus.Client):
    """A client that also keeps what it was sent; `damage` may change a message's data first, or lose it by None."""

    def __init__(self, *arguments, **more):
        self.seen, self.damage = [], None
        super().__init__(*arguments, **more)

    def _handle(self, message, *data):
        self.seen.append((message, *data))
        data = self.damage(message, *data) if self.damage else data
        if data is not None:
            super()._handle(message, *data)

    def answers(self, kind):
        return [message for message, *_ in self.seen if message[0] == kind]


class Scenario:
    def __init__(self, rig):
        self.rig, self.clients = rig, []

    def client(self, name, role=bus.EDGE, **more):
        client = Watched(self.rig.services["broker"].addresses["bus"], name, role, **more)
        self.clients.append(client)
        self.until(lambda: client.connected, f"{name} is welcome")
        return client

    def until(self, condition, what):
        def step():
            for client in self.clients:
                client.poll(0.01)
            return condition()

        until(step, what, look_every=0)

    def durable(self, events):
        self.until(lambda: all(event.offset for event in events), f"everything of {[c.name for c in self.clients]} is acknowledged")
        return [event.offset for event in events]

    def gone(self, *clients):
        """They read and write nothing any more."""
        for client in clients:
            self.clients.remove(client)

    def kill_broker(self):
        self.rig.services.pop("broker").kill()

    def end(self):
        for client in self.clients:
            client.close()
        self.rig.stop_all()


def some(count, subject="client.tested", size=40, dedupe=lambda k: None):
    return [bus.event(subject, msgpack.packb([k, "x" * size]), dedupe(k)) for k in range(count)]


def stopped(client, what):
    """Why it stopped; the test ends when it goes on."""
    try:
        until(lambda: client.poll(), what, seconds=10)
    except bus.Stopped as reason:
        return str(reason)


def acknowledged_and_read_back(s):
    edge, reader = s.client("py_edge"), s.client("py_reader", bus.FOLLOWER)
    subscription = reader.subscribe(["client.>"])
    sent = [*edge.publish(*some(3)), *edge.publish(*some(1)), *edge.publish(*some(96))]

    offsets = s.durable(sent)
    s.until(lambda: subscription.scanned >= offsets[-1], "all is delivered")

    check(offsets == list(range(offsets[0], offsets[0] + 100)), f"offsets are dense: {offsets}")
    check([(e.offset, e.time, e.id, e.payload) for e in subscription.events] == [(e.offset, e.time, e.fields[1], e.fields[5]) for e in sent],
          "what is read is what was acknowledged, bytes and instants")
    check({e.producer for e in subscription.events} == {"py_edge"}, "the producer is the session's name")
    s.gone(edge, reader)


def resent_after_a_kill_with_the_same_numbers(s):
    edge, witness = s.client("py_resend"), s.client("py_witness", bus.FOLLOWER)
    first = s.durable(edge.publish(*some(2)))
    subscription = witness.subscribe(["client.>"], ["py_resend"])
    unread = [event for _ in range(5) for event in edge.publish(*some(4))]
    s.clients.remove(edge)  # it hears no answer, whatever comes
    s.until(lambda: len(subscription.events) == 22, "the witness has read what nobody acknowledged to the edge")
    before = {event.id: event.offset for event in subscription.events}
    numbers = [frame.first_seq for frame in edge.waiting]
    s.kill_broker()
    later = edge.publish(*some(3))  # nobody is there to take it
    s.rig.start("broker")

    edge._connect()
    s.clients.append(edge)
    offsets = s.durable([*unread, *later])

    check(numbers == [3, 7, 11, 15, 19], f"the numbers are the first ones: {numbers}")
    check(all(event.duplicate and event.offset == before[event.fields[1]] for event in unread), "what was on the log is acknowledged as duplicate, where it lies")
    check(not any(event.duplicate for event in later), "what was not on the log is new")
    s.until(lambda: subscription.scanned >= offsets[-1], "the witness has reconnected and reads on")
    check([e.offset for e in subscription.events] == sorted({*first, *offsets}), "the witness saw each once")
    s.gone(edge, witness)


def killed_again_and_again(s, rng):
    edge = s.client("py_killed")
    sent = []
    for _ in range(6):
        before = len(sent)  # some of them sent while nobody was there
        sent += [event for _ in range(rng.randrange(1, 40)) for event in edge.publish(*some(rng.randrange(1, 60)))]
        enough = rng.randint(before, len(sent))
        s.until(lambda n=enough: sum(e.offset is not None for e in sent) >= n, "some are acknowledged")
        s.kill_broker()
        s.rig.start("broker")
        sent += edge.publish(*some(5))
    offsets = s.durable(sent)
    check(offsets == sorted(set(offsets)), "each has an offset of its own, in the order of publishing")
    check(edge.connections >= 7, f"it was welcome after every kill: {edge.connections}")
    s.gone(edge)
    return {event.fields[1]: event.offset for event in sent}


def dedupe_refused(s):
    edge = s.client("py_dedupe")
    keys = [bus.uuid7() for _ in range(5)]
    first = edge.publish(*some(2, dedupe=lambda k: keys[k]))
    s.durable(first)
    again = [edge.publish(*some(5, dedupe=lambda k: keys[k])), edge.publish(*some(4)), edge.publish(*some(1, dedupe=lambda k: keys[0])), edge.publish(*some(2))]

    s.durable(list(itertools.chain(*again)))

    check([e.offset for e in again[0][:2]] == [e.offset for e in first], "known keys are answered with the offset of the first event")
    check([e.time for e in again[0][:2]] == [e.time for e in first], "and its time")
    check([e.duplicate for e in again[0]] == [True, True, False, False, False], "the rest of the frame is new")
    check(again[2][0].offset == first[0].offset and again[2][0].duplicate, "so is a frame of one")
    check(edge.errors.count("duplicate") == 2 and "out_of_order" in edge.errors, f"refused twice; what was behind them too: {edge.errors}")
    rest = [e.offset for e in itertools.chain(again[0][2:], again[1], again[3])]
    check(rest == sorted(rest), "what followed moved down in its order")
    s.gone(edge)


def gaps_and_strangers_refused(s):
    edge = s.client("py_fence")
    s.durable(edge.publish(*some(3)))

    def sent(tag, producer, first_seq, event):
        edge._send([bus.PUBLISH, tag], msgpack.packb([producer, 0, 0, 0, first_seq, None, [event.fields]]))
        s.until(lambda: any(m[2] == tag for m in edge.answers(bus.REFUSED)), "it is refused")
        _, code, _, _, text, expected, index, known = edge.answers(bus.REFUSED)[-1][:8]
        check(text and known == [], "the refusal says why")
        return code, expected, index

    for name, got, want in (
        ("a gap", sent(1001, "py_fence", 9, some(1)[0]), ("out_of_order", 4)),
        ("other bytes under a known number", sent(1002, "py_fence", 3, some(1)[0]), ("out_of_order", 4)),
        ("another's name", sent(1003, "py_edge", 4, some(1)[0]), ("forbidden", None)),
        ("a bad subject", sent(1004, "py_fence", 4, bus.event("Not.A.Subject", b"\x90")), ("invalid", None)),
        ("the bus's own subject", sent(1005, "py_fence", 4, bus.event("control.log.went_live", b"\x90")), ("forbidden", None)),
    ):
        check(got[:2] == want, f"{name}: {got}, wanted {want}")
    unread = edge.publish(some(1)[0], bus.event("Not.A.Subject", b"\x90"))
    mixed = edge.publish(some(1)[0], bus.event("control.log.went_live", b"\x90"), some(1)[0])
    behind = edge.publish(*some(1))
    s.durable([mixed[0], mixed[2], *behind])
    check([e.refused for e in mixed] == [None, "forbidden", None], "only the event at fault is lost")
    check([e.refused for e in unread] == ["invalid", "invalid"], "of a frame that does not read, all")

    s.gone(edge)
    newer = s.client("py_fence")
    why = stopped(edge, "the older instance is told to stop")
    check("fenced" in why, f"by the right name: {why}")
    s.durable(newer.publish(*some(1)))
    s.gone(newer)


def filtered_with_progress(s):
    edge, other, reader = s.client("py_one"), s.client("py_two"), s.client("py_filter", bus.FOLLOWER)
    sent = []
    for k in range(40):
        sent += edge.publish(*some(1, f"filter.a{k % 4}.x"), *some(1, "filter.deep.er.x"))
        sent += other.publish(*some(1, f"filter.a{k % 4}.x"))
    offsets = s.durable(sent)
    cases = {
        "one subject": (["filter.a1.x"], [], lambda e: e.fields[0] == "filter.a1.x"),
        "a token": (["filter.*.x"], [], lambda e: e.fields[0] != "filter.deep.er.x"),
        "the rest": (["filter.deep.>", "filter.a0.x"], [], lambda e: e.fields[0] in ("filter.deep.er.x", "filter.a0.x")),
        "a producer": (["filter.>"], ["py_two"], lambda e: e in by_other),
        "nothing": (["filter.none"], [], lambda e: False),
    }
    by_other = [e for k, e in enumerate(sent) if k % 3 == 2]
    start = min(offsets)
    subscriptions = {name: reader.subscribe(subjects, producers, start) for name, (subjects, producers, _) in cases.items()}

    s.until(lambda: all(x.scanned >= max(offsets) for x in subscriptions.values()), "each has scanned all, whatever it wanted")

    for name, (_, _, wanted) in cases.items():
        check([e.offset for e in subscriptions[name].events] == sorted(e.offset for e in sent if wanted(e)), f"filter of {name}")
    bad = [reader.subscribe(["not..good"]), reader.subscribe([">"], start=10**9), reader.subscribe([">"], credit=1)]
    s.until(lambda: all(x.ended for x in bad), "what cannot be subscribed ends")
    check({x.ended for x in bad} == {"invalid"}, "with its reason, and alone")
    s.gone(edge, other, reader)


def credit_respected(s):
    edge, stalled, quick = s.client("py_bulk"), s.client("py_stalled", bus.FOLLOWER), s.client("py_quick", bus.FOLLOWER)
    start = edge.welcome.head + 1
    sent = [event for _ in range(60) for event in edge.publish(*some(2, "bulk.sent", 60_000))]
    offsets = s.durable(sent)
    slow, fast = (client.subscribe(["bulk.>"], start=1) for client in (stalled, quick))
    slow.giving = False

    s.until(lambda: fast.scanned >= offsets[-1], "who gives credit back gets all")
    heard = len(stalled.answers(bus.HEARTBEAT))
    s.until(lambda: len(stalled.answers(bus.HEARTBEAT)) >= heard + 2, "time passes")

    check(0 < slow.owed <= slow.credit and len(slow.events) < len(sent), f"without credit it waits: {slow.owed} of {slow.credit}")
    check(slow.credit - slow.owed < stalled.welcome.max_deliver_bytes + 256, "it was given all that the credit allows")
    slow.giving = True
    stalled._send([bus.CREDIT, 1, slow.owed])
    slow.owed = 0
    s.until(lambda: slow.scanned >= offsets[-1], "with credit it goes on")
    check([e.offset for e in slow.events] == offsets and min(offsets) >= start, "and lacks nothing")
    s.gone(edge, stalled, quick)


def damaged_and_lost_deliveries_read_again(s):
    edge, reader = s.client("py_crc"), s.client("py_checker", bus.FOLLOWER)
    offsets = s.durable(edge.publish(*some(20, "crc.checked")))

    def once(what):
        def damage(message, *data):
            if message[0] == bus.DELIVER and data[0]:
                reader.damage = None
                return what(data[0])
            return data

        reader.damage = damage

    once(lambda body: (body[:-1] + bytes([body[-1] ^ 4]),))
    subscription = reader.subscribe(["crc.*"])
    s.until(lambda: subscription.scanned >= offsets[-1], "it reads again")
    check(reader.errors == ["crc"] and reader.connections == 2, f"by a new connection: {reader.errors}")
    once(lambda body: None)
    offsets += s.durable(edge.publish(*some(20, "crc.checked")))
    s.until(lambda: reader.damage is None, "a delivery is lost")
    offsets += s.durable(edge.publish(*some(20, "crc.checked")))
    s.until(lambda: subscription.scanned >= offsets[-1], "it reads again")
    check(reader.errors == ["crc", "gap"] and reader.connections == 3, f"by a new connection: {reader.errors}")
    check([e.offset for e in subscription.events] == offsets, "each event once, whole")
    s.gone(edge, reader)


def interleaved(s, rng):
    """Two publishers, two readers: one order for all, each publisher's own order within it."""
    edges = [s.client(f"py_many_{k}") for k in range(2)]
    readers = [s.client("py_both", bus.FOLLOWER) for _ in range(2)]
    start = edges[0].welcome.head + 1
    subscriptions = [reader.subscribe(["many.>"]) for reader in readers]
    sent = [[], []]
    for turn in range(12):  # one after the other, so that they are interleaved whatever the machine's pace
        mine = edges[turn % 2].publish(*some(1, f"many.m{turn % 2}"))
        s.durable(mine)
        sent[turn % 2] += mine
    for _ in range(150):
        k = rng.randrange(2)
        sent[k] += edges[k].publish(*some(rng.randrange(1, 6), f"many.m{k}"))
        if rng.random() < 0.3:
            edges[k].poll(0)
    last = max(s.durable([*sent[0], *sent[1]]))
    s.until(lambda: all(x.scanned >= last for x in subscriptions), "both have read all")
    check(subscriptions[0].events == subscriptions[1].events, "one order for all")
    check([e.offset for e in subscriptions[0].events] == list(range(start, last + 1)), "dense: nobody else was publishing")
    for k in range(2):
        check([e.id for e in subscriptions[0].events if e.producer == f"py_many_{k}"] == [e.fields[1] for e in sent[k]], "each producer's order is kept")
    switches = sum(a.producer != b.producer for a, b in itertools.pairwise(subscriptions[0].events))
    check(switches > 10, f"they were interleaved: {switches}")
    s.gone(*edges, *readers)


def another_log_stops():
    """Offsets mean other events there: readers and publishers stop, also those whom no number would tell."""
    rig = Rig()
    rig.data.mkdir(parents=True)
    rig.start("broker")
    s = Scenario(rig)
    edge, idle, reader = s.client("py_edge"), s.client("py_idle"), s.client("py_reader", bus.FOLLOWER)
    subscription = reader.subscribe(["client.>"])
    before = s.durable(edge.publish(*some(10)))
    s.until(lambda: subscription.scanned >= before[-1], "all is delivered")
    s.gone(edge, idle, reader)
    s.kill_broker()
    (rig.data / "log").rename(rig.data / "log-before")
    rig.start("broker")
    newcomer = s.client("py_new")
    s.durable(newcomer.publish(*some(20)))  # so that what the reader asks for next is there

    for client in (reader, idle, edge):
        why = stopped(client, f"{client.name} stops at another log")
        check("another log" in why and newcomer.welcome.log_id.hex() in why, f"{client.name} says which: {why}")
        check(not client.connected, f"{client.name} sends nothing more")
    check([e.offset for e in subscription.events] == before, "the reader took nothing of the other log")
    s.end()
    rig.remove()


def main():
    print(f"bus_client_test: seed {SEED}")
    rng, rig = random.Random(SEED), Rig(["--log.segment_mib=1"])
    rig.data.mkdir(parents=True)
    rig.start("broker")
    s = Scenario(rig)
    acknowledged_and_read_back(s)
    resent_after_a_kill_with_the_same_numbers(s)
    survivors = killed_again_and_again(s, rng)
    dedupe_refused(s)
    gaps_and_strangers_refused(s)
    filtered_with_progress(s)
    credit_respected(s)
    damaged_and_lost_deliveries_read_again(s)
    interleaved(s, rng)
    s.end()
    another_log_stops()

    on_log = list(log_reader.read(rig.data / "log"))  # demands that each producer's numbers are dense
    found = {event.id: event.offset for event in on_log if event.producer == "py_killed"}
    check(found == survivors, "the log holds what was acknowledged, each where it was said, and nothing else")
    rig.run("log", "verify")
    print(f"{len(on_log)} events on the log")
    rig.remove()


if __name__ == "__main__":
    main()
