"""docs/security.md and the tests agree: every row names a test that exists, every attack stands in a row."""
import re

from rig import SOURCE, check

FILES = {"http": "hostile_http_test.py", "console": "hostile_console_test.py", "circulation": "circulation_test.py", "first_start": "first_start_test.py", "bus": "hostile_bus_test.py", "overload": "overload_test.py"}


def main():
    functions = {short: set(re.findall(r"^def (\w+)\(", (SOURCE / "tests" / "system" / name).read_text(encoding="utf-8"), re.M)) for short, name in FILES.items()}
    unit = "".join(path.read_text(encoding="utf-8") for path in (SOURCE / "tests" / "unit").rglob("*_test.cpp"))
    units = {".".join(found) for found in re.findall(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)", unit, re.M)}
    rows = [line for line in (SOURCE / "docs" / "security.md").read_text(encoding="utf-8").splitlines() if re.match(r"\| (?!attack)[^|-]", line)]
    check(len(rows) > 30, "the tables are found")
    named = set()
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        check(len(cells) == 5 and all(cells), f"a row has five cells: {row[:80]}")
        test = re.fullmatch(r"(?:(\w+) )?`([\w.]+)`", cells[4])
        check(test is not None, f"a row names one test: {cells[4]}")
        short, name = test.groups()
        check(name in (functions[short] if short else units), f"the test of \"{cells[0][:60]}\" exists: {cells[4]}")
        named.add((short, name))
    for short in ("http", "console", "bus"):
        missing = {name for name in functions[short] if name.startswith("attack_") and (short, name) not in named}
        check(not missing, f"every attack stands in the page: {missing}")
    print(f"{len(rows)} rows")


main()
