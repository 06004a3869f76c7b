"""schemas/openapi.yaml by a linter that others use, too: a document that its readers' tools can read."""
import os
import pathlib
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(os.environ["TEST_SOURCE"])
SCRATCH = pathlib.Path(os.environ["TEST_SCRATCH"])
SKIPPED = 77  # ctest's SKIP_RETURN_CODE
OLDEST_NODE = (20, 19)  # that the linter runs on


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def run(*command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env={**os.environ, "REDOCLY_TELEMETRY": "off"})
    if done.returncode != 0:
        print(done.stdout[-8000:], done.stderr[-8000:])
        print(f"FAILED: {' '.join(map(str, command))}")
        sys.exit(1)
    return done


def main():
    if shutil.which("npm") is None or shutil.which("node") is None:
        skip("no npm here")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
    if tuple(int(part) for part in version.removeprefix("v").split(".")[:2]) < OLDEST_NODE:
        skip(f"node {version} is older than the linter takes")
    # In a copy, so that the tree stays as it is.
    copy = SCRATCH / "contracts"
    shutil.copytree(SOURCE / "tests" / "contracts", copy, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
    run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", folder=copy)
    run("npm", "run", "--silent", "lint", "--", SOURCE / "schemas" / "openapi.yaml", folder=copy)
    # It finds what is wrong: a reference to nowhere.
    broken = copy / "broken.yaml"
    broken.write_text((SOURCE / "schemas" / "openapi.yaml").read_text(encoding="utf-8").replace("schemas/Problem\"", "schemas/Nothing\""), encoding="utf-8")
    found = subprocess.run(["npm", "run", "--silent", "lint", "--", broken], cwd=copy, capture_output=True, text=True)
    if found.returncode == 0 or "no-unresolved-refs" not in found.stdout + found.stderr:
        print(found.stdout[-2000:], found.stderr[-2000:])
        print("FAILED: a reference to nowhere is found")
        sys.exit(1)


if __name__ == "__main__":
    main()
