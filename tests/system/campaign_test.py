"""`lamplight campaign`: mistakes told with their lines, versions that follow each other, what was in force when, and two at once."""
import re
import subprocess

from rig import PROGRAM, Rig, check, scratch

CAMPAIGN = """[campaign]
code = "spring"
zh = "春季行动"
en = "Spring campaign"
from = 2024-02-01
until = 2024-02-29

[[measure]]
name = "alerts"
en = "Alerts"
from = "alert.received"
count = "rows"

[[section]]
name = "results"
en = "Results"

[[figure]]
id = "all"
section = "results"
en = "All"
measure = "alerts"
"""
# Lines 6, 11, 12 and 22.
MISTAKEN = (CAMPAIGN.replace("until = 2024-02-29", "until = 2024-01-29").replace("alert.received", "alert.recieved")
            .replace('"rows"', '"row"').replace('measure = "alerts"', 'measure = "alarms"'))


def lamplight(*words):
    done = subprocess.run([PROGRAM, *map(str, words)], capture_output=True, timeout=60)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def mistakes_are_told_with_their_lines(folder):
    file = folder / "mistaken.toml"
    file.write_text(MISTAKEN, encoding="utf-8")
    code, said, told = lamplight("campaign", "check", file)
    check(code == 2 and said == "", f"mistakes end with exit code 2: {code} {said}")
    lines = sorted({int(line) for line in re.findall(r"line (\d+)", told)})
    check(lines == [6, 11, 12, 22], f"each mistake names its line: {told}")
    check("alert.received" in told and "alerts" in told, f"and what was meant: {told}")

    code, _, told = lamplight("campaign", "check", folder / "nowhere.toml")
    check(code == 2 and "nowhere.toml" in told, f"so does a file that is not there: {told}")

    file.write_text(CAMPAIGN, encoding="utf-8")
    code, said, told = lamplight("campaign", "check", file)
    check(code == 0 and "No mistakes." in said, f"without one it says so: {said}{told}")


class Campaigns:
    """Commands on one running data folder."""

    def __init__(self, rig, folder):
        self.rig = rig
        self.file = folder / "spring.toml"

    def write(self, document):
        self.file.write_bytes(document.encode())

    def apply(self):
        return self.rig.run("campaign", "apply", str(self.file))

    def show(self, *more):
        done = subprocess.run([PROGRAM, "campaign", "show", "spring", *more, "--data", str(self.rig.data)], capture_output=True, timeout=60)
        check(done.returncode == 0, f"show {more}: {done.stderr.decode()}")
        return done.stdout

    def list(self, *more):
        return [re.split("  +", line) for line in self.rig.run("campaign", "list", *more).splitlines()]


def versions_follow_each_other(campaigns):
    check(campaigns.list() == [], "a new log has no campaign")
    first = CAMPAIGN
    campaigns.write(first)
    said = campaigns.apply()
    check("version 1 is in force from offset" in said, f"the first version: {said}")
    offset = int(re.search(r"offset (\d+)", said).group(1))
    check("version 1 is in force already" in campaigns.apply(), "the same document again is nothing new")
    check(campaigns.list()[0][:3] == ["spring", "version 1", f"offset {offset}"], f"it is listed: {campaigns.list()}")

    second = CAMPAIGN.replace("Spring campaign", "Spring and summer") + "# 第二版, ends without a newline"
    campaigns.write(second)
    said = campaigns.apply()
    check("version 2 is in force from offset" in said, f"a changed document is the next version: {said}")
    later = int(re.search(r"offset (\d+)", said).group(1))
    check(later > offset, "on the log behind the first")
    check([row[1] for row in campaigns.list()] == ["version 2"], f"one line a campaign, the version in force: {campaigns.list()}")
    check([row[1] for row in campaigns.list("--as-of", str(later - 1))] == ["version 1"], "before it the first was in force")

    check(campaigns.show() == second.encode(), "show gives the document byte by byte")
    check(campaigns.show("--as-of", str(offset)) == first.encode(), "and the earlier one as of then")
    code, _, told = lamplight("campaign", "show", "autumn", "--data", campaigns.rig.data)
    check(code == 1 and "autumn" in told, f"one that nobody defined is told: {told}")

    campaigns.write(MISTAKEN)
    code, _, told = lamplight("campaign", "apply", campaigns.file, "--data", campaigns.rig.data)
    check(code == 2 and "line 6" in told, f"a mistaken file is not applied: {code} {told}")
    check(campaigns.show() == second.encode(), "and changes nothing")
    campaigns.write(first)
    check("version 3" in campaigns.apply(), "the first document again is a version of its own")


def of_two_at_once_one_wins(campaigns, folder, rounds=12):
    """Each pair starts together. Who is told that his document is in force is right; who is not is told to look and to apply again."""
    version = 3
    lost_ever = 0
    for turn in range(rounds):
        pair = {}
        for who in ("left", "right"):
            document = CAMPAIGN + f"# {who} {turn}\n"
            (folder / f"{who}.toml").write_text(document, encoding="utf-8")
            pair[document] = subprocess.Popen([PROGRAM, "campaign", "apply", str(folder / f"{who}.toml"), "--data", str(campaigns.rig.data)],
                                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        ends = {document: (*process.communicate(timeout=60), process.returncode) for document, process in pair.items()}
        won = [document for document, (_, _, code) in ends.items() if code == 0]
        for said, told, code in ends.values():
            if code == 0:
                check(re.search(r"version \d+ is in force", said), f"a winner is told its version: {said}")
            else:
                check(code == 1 and "in this moment" in told and "apply yours again" in told, f"a loser is told what to do: {told}")
                lost_ever += 1
        shown = campaigns.show().decode()
        check(shown in (won or pair), f"what is in force is the document of one who was told so: {ends}")
        now = int(campaigns.list()[0][1].removeprefix("version "))
        check(now in (version + 1, version + 2), f"a version or two more than {version}, not {now}")
        version = now
    defined = [event for event in campaigns.rig.events() if event["subject"] == "campaign.defined"]
    check(len(defined) == version, f"one event a version, none skipped: {len(defined)} for {version}")
    check(lost_ever > 0, f"in {rounds} rounds two met at least once")


def main():
    folder = scratch()
    mistakes_are_told_with_their_lines(folder)
    rig = Rig()
    rig.start("broker")
    campaigns = Campaigns(rig, folder)
    versions_follow_each_other(campaigns)
    of_two_at_once_one_wins(campaigns, folder)
    rig.stop_all()
    rig.remove()
    print("campaigns are checked, applied, listed and shown")


if __name__ == "__main__":
    main()
