"""The road, end to end: a slice of open data through HTTP, durable on the log, tallied to the digit, the same after replay."""
import shutil
import sys

from rig import DataSet, Rig, check, get

ROWS = {"montgomery": 50_000, "dublin": None}  # Dublin is small enough to take whole


def snapshot_bytes(rig):
    files = sorted((rig.data / "snapshots" / "tally").iterdir())
    check(files, "tally leaves a snapshot when it drains")
    return files[-1].read_bytes()



def run(name, rows):
    data = DataSet(name, rows)
    rig = Rig()
    rig.start_all()

    summary = data.import_into(rig)
    check(summary["accepted"] == data.rows, f"all {data.rows} rows are accepted: {summary}")
    data.compare(rig)
    print(f"{name}: {summary['rows']} rows, {summary['rows_per_s']:.0f} rows/s, the report equals the truth")

    # Once more, without what the importer remembers: the intake knows every one of them.
    again = data.import_arguments() + ["--restart"]
    rig.run(*again)
    data.compare(rig)

    metrics = get(rig.services["tally"].addresses["metrics"])[1]
    offset = next(line.split()[-1] for line in metrics.splitlines() if line.startswith('lamplight_fold_offset{service="tally"}'))
    check(int(float(offset)) == data.rows, f"the log holds each row once: fold offset {offset}")
    rig.stop_all()

    # A fresh tally over the same log makes the byte-identical snapshot.
    first = snapshot_bytes(rig)
    shutil.rmtree(rig.data / "snapshots")
    rig.start("broker")
    rig.start("tally")
    rig.stop_all()
    check(snapshot_bytes(rig) == first, "replay gives the byte-identical snapshot")

    refs = [event["payload"]["partner_ref"] for event in rig.events() if event["subject"] == "alert.received"]
    check(sorted(refs) == sorted(data.references()), "the log holds exactly the file's references, each once")
    rig.run("log", "verify")
    rig.remove()
    data.remove()


if __name__ == "__main__":
    if "--all" in sys.argv:
        for each in ROWS:
            run(each, None)
    else:
        for each, size in ROWS.items():
            run(each, size)
