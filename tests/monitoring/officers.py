"""Officers who take disputes round the inner loop by the console: some the whole way, some a part of it, some not at all."""
import json
import threading

from console_rig import add_officer
from rig import check, get, post, until

# Who does it, what, and with which words. Whoever settled may not verify, so there are three.
ROUND = (("chief", "settlement", {}), ("chief", "assessment", {"risk": "none"}), ("chief", "dispatch", {}),
         ("community", "feedback", {}), ("reviewer", "verification", {"outcome": "passed"}))
WAYS = (0, 5, 1, 3, 5, 4)  # steps of the round that the next case gets
ROLES = {"chief": (["duty_chief"], []), "reviewer": (["reviewer"], []), "community": (["community_officer"], ["community_officer"])}


def quick_rules(rig):
    """The built-in rules, but for a deadline that somebody who looks on for two minutes sees missed."""
    rules = rig.run("rules", "show", "--built-in").replace('settlement = "2 hours"', 'settlement = "1 minute"')
    check("1 minute" in rules, "the built-in rules give a settlement 2 hours")
    file = rig.data.parent / "inner.toml"
    file.write_text(rules, encoding="utf-8")
    rig.run("rules", "publish", str(file))


class Officers:
    """They work, one case after another as `cases` (partner_ref -> id) grows, until they are stopped."""

    def __init__(self, rig, cases):
        self.url, self.cases, self.tokens = rig.url("console"), cases, {}
        for name, roles in ROLES.items():
            password, _ = add_officer(rig, name, *roles)
            status, answer = post(f"{self.url}/v1/session", json.dumps({"name": name, "password": password}))
            check(status == 201, f"{name} signs in: {status} {answer}")
            self.tokens[name] = json.loads(answer)["token"]
        self.stopping = threading.Event()
        self.wrong, self.done, self.ended = [], 0, False
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def ask(self, officer, case, command, words):
        return post(f"{self.url}/v1/cases/{case}/{command}", json.dumps(words), {"Authorization": f"Bearer {self.tokens[officer]}"}, timeout=10)

    def ask_once_there(self, *asked):
        """Of an alert that was just taken the case is not there yet."""
        last = []

        def answered():
            last[:] = self.ask(*asked)
            return last[0] != 404

        until(answered, f"the console knows the case of {asked}", 20, look_every=0.1)
        return tuple(last)

    def stop(self):
        self.stopping.set()
        self.thread.join(30)
        check(self.ended and not self.wrong, f"what officers ask is done, or refused as it must be: {self.wrong[:1]}")
        check(self.done >= len(WAYS), f"some case went each way: {self.done} cases")

    def _work(self):
        while not self.stopping.wait(0.2):
            for case in list(self.cases.values())[self.done:]:
                self._take_round(case, WAYS[self.done % len(WAYS)])
                self.done += 1
        self.ended = True

    def _take_round(self, case, steps):
        for officer, command, words in ROUND[:steps]:
            answer = self.ask_once_there(officer, case, command, words)
            if answer[0] != 200:
                self.wrong.append(answer)
        if steps == 4:  # settled by the chief, who may not verify; and an assessment is nothing for a community officer
            for officer, command, words in (("chief", "verification", {"outcome": "passed"}), ("community", "assessment", {"risk": "none"})):
                answer = self.ask(officer, case, command, words)
                if answer[0] != 403:
                    self.wrong.append(answer)


def check_lists(rig, dashboards):
    """Where the red numbers of the dashboards lead, the console has a page."""
    links = sorted({part.split('"')[0] for file in dashboards for part in file.read_text(encoding="utf-8").split("${console:raw}")[1:]})
    check(links, "some number of the dashboards leads to the cases behind it")
    for link in links:
        status, page = get(rig.url("console") + link)
        check(status == 200 and "<html" in page, f"the console has a page {link}: {status}")
