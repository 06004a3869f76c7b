"""The log's files, read by a program of its own from their documented format (common/log/include/log/batch.hpp, segment_file.hpp;
the frames: docs/protocol.md). A witness that shares no line with what wrote them; python3 and msgpack only."""
import collections
import hashlib
import struct
import sys

try:
    import msgpack
except ImportError:
    print("skipped: python3-msgpack is not installed")
    sys.exit(77)

SEGMENT_HEADER = 4096
BATCH_HEADER = struct.Struct("<IHHIIQqQ32s20sI")  # magic version flags bytes count first_offset time_us synced_through prev_hash reserved crc

Event = collections.namedtuple("Event", "offset time producer seq subject id cause payload")


class Damaged(Exception):
    pass


def _crc_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


_TABLE = _crc_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def _demand(condition, path, at, what):
    if not condition:
        raise Damaged(f"{path.name} byte {at}: {what}")


def _batches(path, data, at, chain, offset):
    """Yields (header fields, frames) of one segment and checks that each batch is chained to the one before; returns where it ends.
    The chain covers every byte of all batches but the last, whose CRC is checked instead."""
    last = None
    while at + BATCH_HEADER.size <= len(data) and data[at : at + 4] != bytes(4):
        fields = BATCH_HEADER.unpack_from(data, at)
        magic, version, flags, size, count, first, time, _, prev, reserved, _ = fields
        _demand(magic == 0x31424C4C and version == 1 and flags == 0 and reserved == bytes(20), path, at, "no batch header")
        _demand(first == offset and prev == chain and at + size <= len(data), path, at, f"not the batch behind offset {offset - 1}")
        batch = data[at : at + size]
        chain = hashlib.sha256(batch).digest()
        yield first, count, time, batch[BATCH_HEADER.size :]
        offset, last, at = offset + count, batch, at + size
    if last is not None:
        crc = crc32c(last[:92] + last[96:])
        _demand(crc == struct.unpack_from("<I", last, 92)[0], path, at - len(last), "the CRC differs")
    _demand(not data[at:].strip(b"\0"), path, at, "bytes behind the last batch")
    return chain, offset


def read(folder):
    """Every event, in order. Raises Damaged, naming file and byte, unless all of it is whole: chained, offsets dense from 1, time
    never back, each producer's numbers dense from 1."""
    chain, offset, time_before, numbers = None, 1, 0, collections.defaultdict(int)
    for path in sorted(folder.glob("*.seg")):
        data = path.read_bytes()
        _demand(data[:4] == b"LLS1" and crc32c(data[:4092]) == struct.unpack_from("<I", data, 4092)[0], path, 0, "no segment header")
        first, prev = struct.unpack_from("<Q32s", data, 32)
        chain = chain or hashlib.sha256(data[:32]).digest()
        _demand(first == offset == int(path.stem) and prev == chain, path, 32, "not the segment behind the one before")
        walk = _batches(path, data, SEGMENT_HEADER, chain, offset)
        while True:
            try:
                batch_first, count, time, frames = next(walk)
            except StopIteration as end:
                chain, offset = end.value
                break
            _demand(time >= time_before, path, 0, f"time goes back at offset {batch_first}")
            time_before, at = time, batch_first
            unpacker = msgpack.Unpacker(raw=False, max_buffer_size=1 << 26)
            unpacker.feed(frames)
            for producer, _, _, _, seq, _, events in unpacker:
                _demand(seq == numbers[producer] + 1, path, 0, f"number {seq} of {producer} behind {numbers[producer]}, offset {at}")
                numbers[producer] += len(events)
                for index, (subject, id16, cause, _, _, payload) in enumerate(events):
                    yield Event(at, time, producer, seq + index, subject, id16, cause, payload)
                    at += 1
            _demand(at == batch_first + count, path, 0, f"another number of events than told at offset {batch_first}")


def alerts(folder):
    """(partner_ref, id as text) of each alert.received, in order."""
    for event in read(folder):
        if event.subject == "alert.received":
            yield msgpack.unpackb(event.payload, raw=False, strict_map_key=False)[1], uuid(event.id)


def uuid(id16):
    """An id of 16 bytes as text."""
    text = id16.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
