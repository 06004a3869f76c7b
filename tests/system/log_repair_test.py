"""A damaged log: refused with file and byte, looked at without a touch, repaired after saying what that drops, and running again."""
import hashlib
import re
import subprocess

from load import Partners, check_log
from rig import PROGRAM, Rig, check, until


def lamplight(*words):
    done = subprocess.run([PROGRAM, *map(str, words)], input="", capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def digests(folder):
    return {path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def batch_places(segment):
    """Where each batch begins, and where the last one ends."""
    content = segment.read_bytes()
    places = [4096]
    while content[places[-1]:places[-1] + 4] == b"LLB1":
        places.append(places[-1] + int.from_bytes(content[places[-1] + 8:places[-1] + 12], "little"))
    return places


def main():
    rig = Rig()
    rig.start_all()
    partners = Partners(lambda: rig.url("intake"), senders=2)
    until(lambda: len(partners.acked) > 200, "alerts are acknowledged")
    partners.stop()
    log = rig.data / "log"

    code, _, told = lamplight("log", "repair", rig.data, "--yes")
    check(code == 1 and "held by another process" in told, f"it never runs beside a broker: {told}")
    rig.stop_all()
    check(lamplight("log", "repair", rig.data)[0] == 0, "a whole log needs none")

    segment = sorted(log.glob("*.seg"))[-1]
    places = batch_places(segment)
    at = places[len(places) // 2]
    content = bytearray(segment.read_bytes())
    content[at + 120] ^= 1
    segment.write_bytes(content)

    before = digests(rig.data)
    code, said, told = lamplight("log", "verify", rig.data)
    check(code == 1 and f"{segment.name} byte {at}" in said, f"verify names file and byte: {said}{told}")
    code, _, told = lamplight("run", "broker", "--data", rig.data, "--metrics.port=0")
    check(code == 1 and f"{segment.name} byte {at}" in told, f"so does the start that refuses: {told}")
    code, plan, told = lamplight("log", "repair", rig.data)
    check(code == 1 and "nothing was changed" in told, f"without a word of agreement nothing happens: {told}")
    after = digests(rig.data)
    check({k: v for k, v in after.items() if k.name != "lock"} == {k: v for k, v in before.items() if k.name != "lock"},
          "none of them changes a byte of the folder")

    kept = int(re.search(r"keeps +offsets 1 \.\. (\d+)", plan).group(1))
    first, last = map(int, re.search(r"in all +\d+ events, offsets (\d+) \.\. (\d+)", plan).groups())
    check(first == kept + 1 and last >= len(partners.acked), f"it says which offsets go: {plan}")
    check("times " in plan and "aside " in plan and f"bytes {at} .. " in plan, f"and times, bytes and the place: {plan}")

    code, said, told = lamplight("log", "repair", rig.data, "--yes")
    check(code == 0 and plan in said, f"what was shown is what is done: {said}{told}")
    code, said, told = lamplight("log", "verify", rig.data)
    check(code == 0 and "result    whole" in said and f"offsets   1 .. {kept}" in said, f"the log is whole: {said}{told}")
    aside = next(log.glob("cut-*"))
    check((aside / f"{segment.name}.from-{at}").read_bytes() == bytes(content[at:places[-1]]), "the cut part is kept, byte for byte")
    check((aside / "snapshots").is_dir(), "and snapshots of what is gone are out of the way")

    rig.start_all()
    again = Partners(lambda: rig.url("intake"), name="again", senders=2)
    until(lambda: len(again.acked) > 50, "it takes alerts again")
    again.stop()
    rig.stop_all()
    check_log(log, again.acked, again.sent | partners.sent, everything_acked=False)
    check(lamplight("log", "verify", rig.data)[0] == 0, "and stays whole")
    print(f"repaired at offset {kept} of {last}; {len(again.acked)} alerts after it")
    rig.remove()


if __name__ == "__main__":
    main()
