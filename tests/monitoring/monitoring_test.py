"""Configuration, rules, rule tests, dashboards and runbooks of monitoring/, each by the tool that knows it best."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(os.environ["TEST_SOURCE"])
SCRATCH = pathlib.Path(os.environ["TEST_SCRATCH"])
MONITORING = SOURCE / "monitoring"
SKIPPED = 77  # ctest's SKIP_RETURN_CODE


def need(tool):
    if shutil.which(tool) is None:
        print(f"skipped: {tool} is not installed; ./dev setup --all installs it")
        sys.exit(SKIPPED)


def run(*command, folder=SOURCE):
    print("$", *command, flush=True)
    done = subprocess.run([str(word) for word in command], cwd=folder)
    if done.returncode != 0:
        print(f"FAILED: {command[0]} says so, exit code {done.returncode}")
        sys.exit(1)


def prometheus():
    need("promtool")
    run("promtool", "check", "config", MONITORING / "prometheus" / "prometheus.yml")
    run("promtool", "test", "rules", *sorted((MONITORING / "prometheus" / "tests").glob("*.yml")))


def alertmanager():
    need("amtool")
    run("amtool", "check-config", MONITORING / "alertmanager" / "alertmanager.yml")


def dashboards():
    """In a copy, so that the tree stays as it is."""
    need("npm")
    need("promtool")
    copy = SCRATCH / "grafana"
    shutil.copytree(MONITORING / "grafana", copy, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
    run("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", folder=copy)
    run("npm", "run", "--silent", "types", folder=copy)
    run("npm", "run", "--silent", "build", "--", "--check", folder=copy)
    run("npm", "run", "--silent", "check", "--", "--rules", SCRATCH / "panels.yml", folder=copy)
    run("promtool", "check", "rules", SCRATCH / "panels.yml")


def runbooks():
    """Every alert has severity, summary, description with its value, dashboard, and the page that it names; and no page is left over."""
    text = (MONITORING / "prometheus" / "rules" / "alerts.yml").read_text(encoding="utf-8")
    tests = "\n".join(path.read_text(encoding="utf-8") for path in sorted((MONITORING / "prometheus" / "tests").glob("*.yml")))
    faults, pages = [], set()
    for block in re.split(r"^      - alert: ", text, flags=re.MULTILINE)[1:]:
        name = block.split("\n", 1)[0]
        page = f"docs/runbooks/{name.removesuffix('Absent')}.md"
        pages.add(page)
        for wanted in ("severity: ", "summary: ", "description: ", "{{ $value", f"runbook_url: {page}\n", "dashboard: http"):
            if wanted not in block:
                faults.append(f"{name} lacks {wanted.strip()}")
        if not (SOURCE / page).exists():
            faults.append(f"{name}: no page {page}")
        if not re.search(rf'alertname(="|: ){name}\b', tests):
            faults.append(f"{name}: no test")
    # Pages of alerts have an alert's kind of name; other pages are free.
    there = {f"docs/runbooks/{path.name}" for path in (SOURCE / "docs" / "runbooks").glob("[A-Z]*[a-z]*.md")}
    faults += [f"{page} is of no alert" for page in sorted(there - pages)]
    for fault in faults:
        print("FAILED:", fault)
    print(f"{len(pages)} pages")
    sys.exit(1 if faults or not pages else 0)


{"prometheus": prometheus, "alertmanager": alertmanager, "dashboards": dashboards, "runbooks": runbooks}[sys.argv[1]]()
