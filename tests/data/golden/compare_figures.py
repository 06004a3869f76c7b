"""A campaign report against the printed figures (lucheng-2022.json), each by its kind and its own test.

    compare_figures.py REPORT.json lucheng-2022.json      exit code 0 when every figure is as printed"""
import json
import pathlib
import sys

# Names that hold a number are not tallied; a table of the campaign says why.
NOT_TALLIED = {"nominal"}


def value_of(figure):
    """The number as it is shown; None when nobody stated it."""
    value = figure["value"]
    if value is None or value["n"] is None:
        return None
    return value["n"] / figure.get("scale", 1)


def verdict(printed, figure):
    """(as printed, what was found)"""
    found = value_of(figure)
    if found is None:
        return False, "nothing"
    bound = figure["value"]["bound"]
    kind, want = printed["kind"], printed["value"]
    if kind == "lower_bound":  # 余: more than this, and never shown as if it were all
        return found > want and bound == "at_least", f"{found:g} {bound}"
    if kind == "date":
        return int(found) == int(want.replace("-", "")), f"{found:g}"
    return found == want, f"{found:g} {bound}"


def compare(report, article):
    """Lines of what differs, and the number of figures compared."""
    figures = {figure["id"]: figure for figure in report["figures"]["figures"]}
    wrong, compared = [], 0
    for printed in article["figures"]:
        name = printed["id"]
        if printed["kind"] in NOT_TALLIED:
            if name in figures and figures[name]["value"] is not None:
                wrong.append(f"{name}: a name that holds a number, and yet tallied")
            continue
        compared += 1
        if name not in figures:
            wrong.append(f"{name}: not in the report")
            continue
        good, found = verdict(printed, figures[name])
        if not good:
            wrong.append(f"{name}: printed {printed['value']} ({printed['kind']}), found {found}")
    return wrong, compared


def main():
    report, article = (json.loads(pathlib.Path(path).read_text(encoding="utf-8")) for path in sys.argv[1:3])
    wrong, compared = compare(report, article)
    print("\n".join(wrong) if wrong else f"all {compared} figures are as printed")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
