"""Events of the campaign of tests/data/campaigns/lucheng-2022.toml, made from a fixed seed: what units would have sent, one
event a suspect, case, unit and shift, alert; no event holds a figure of the report. No personal data: a person's key is a
keyed hash of a running number.

    generate.py FOLDER [--disturbed]

writes one file a route (alerts.ndjson, clearance-orders.ndjson, …). With --disturbed some reports are first sent wrong and
corrected later (corrections of corrections too), and reports that never should have been are sent and withdrawn: another
history with the same end."""
import argparse
import base64
import copy
import datetime
import hashlib
import hmac
import json
import pathlib
import random

SEED = 20220829
CAMPAIGN = "lucheng-summer-2022"
ZONE = datetime.timezone(datetime.timedelta(hours=8))
THIS_YEAR = (datetime.date(2022, 6, 25), datetime.date(2022, 8, 29))
LAST_YEAR = (datetime.date(2021, 6, 25), datetime.date(2021, 8, 29))
STATIONS = ["lucheng", "wuma", "qidu", "nanpu", "nanjiao"]
OPERATIONS = ["qinghuan", "bading", "rongbing", "tiequan", "chuxian", "chuangwen"]
ROUTES = ["alerts", "clearance-orders", "clearance-reports", "case-results", "person-results", "hazards", "declared-figures"]
OP16 = "leiting-2022-16"
OP16_EVENING = datetime.datetime(2022, 8, 25, 19, 0, tzinfo=ZONE)

# Invented counts that make the printed percentages: (last year, this year).
ALERTS = {"theft": ("criminal", 300, 249), "vice_gambling": ("public_order", 70, 55), "drugs": ("criminal", 30, 23),
          "telecom_fraud": ("criminal", 110, 90), "injury": ("criminal", 120, 110), "brawl": ("public_order", 170, 153),
          "disturbance": ("public_order", 200, 170)}
NOT_TALLIED_ALERTS = {"help": ("assistance", 40, 52), "nuisance": ("other", 15, 20)}
FRAUD_CASES = (100, 82)
FRAUD_FEN = (1_000_000_000, 660_000_000)
CRIMINAL_MEASURES = {"telecom_fraud": (100, 151), "new_related_crime": (50, 55)}
# Suspects dealt with: the seven printed categories, and 200 in categories that have no printed figure.
SUSPECTS = {"telecom_fraud": (52, 40), "theft": (164, 226), "elder_fraud": (12, 45), "drugs": (23, 19), "gang": (9, 27),
            "vice_gambling": (98, 105), "food_drug_env_ip": (33, 40),
            "injury": (55, 62), "brawl": (48, 51), "robbery": (21, 17), "fraud": (35, 39), "damage": (28, 31)}
STAGES = {"transferred": 72, "indicted": 81, "judged": 83}
FUGITIVES = {"earlier": 41, "new": 345}
CLEARANCE = {"police": 2600, "social": 256, "site": 366, "person": 1211}
DECLARED = {  # figure: (n, bound, unit's own number where it is above what was printed)
    "rank.security_governance": 1, "drug_case.first_in_history": 1, "gang.categories": 6, "family.matched": 6,
    "family.ceremony": 1, "elder.rank": 1, "op16.date": 20220825, "response.tiers": 3, "patrol.start": 20220629,
    "community.features": 4, "community.petition_age": 10, "loop.count": 2, "loop.stages": 4,
    "register.records": (3_812_406, "at_least"), "register.kinds": 8}


def stamp(moment):
    return moment.isoformat(timespec="seconds")


class Scenario:
    def __init__(self):
        self.random = random.Random(SEED)
        self.out = {route: [] for route in ROUTES}
        self.numbers = {}
        self.people = 0

    # --- small words ---------------------------------------------------------------------------------

    def reference(self, kind):
        self.numbers[kind] = self.numbers.get(kind, 0) + 1
        return f"{kind}-{self.numbers[kind]:05d}"

    def person(self):
        """A token of the district's key. Letters stand between its parts so that no part looks like a number."""
        self.people += 1
        digest = hmac.new(b"golden campaign, no secret", str(self.people).encode(), hashlib.sha256).digest()
        text = base64.b32encode(digest).decode().lower().rstrip("=")
        return f"p{text[:7]}x{text[7:14]}y{text[14:20]}z7"

    def moment(self, days, last=None):
        first, end = days[0], last or days[1]
        day = first + datetime.timedelta(days=self.random.randrange((end - first).days + 1))
        return datetime.datetime(day.year, day.month, day.day, self.random.randrange(24), self.random.randrange(60),
                                 self.random.randrange(60), tzinfo=ZONE)

    def say(self, route, kind, happened, fields, after_minutes=None, unit=None):
        late = datetime.timedelta(minutes=after_minutes if after_minutes is not None else self.random.randrange(10, 600))
        item = {"partner_ref": self.reference(kind), "status": "Actual", **fields}
        if unit:
            item["unit"] = unit
        item["happened_at"] = stamp(happened)
        item["reported_at"] = stamp(happened + late)
        self.out[route].append(item)
        return item

    def operations(self):
        return self.random.sample(OPERATIONS, self.random.choice([0, 1, 1, 2]))

    def suspect(self, person, happened, outcomes, category=None, case=None, unit=None, flags=None, **more):
        fields = {"person": person, "person_scope": "district", "outcomes": list(outcomes)}
        if category:
            fields["category"] = category
        if case:
            fields["case"] = case
        if flags:
            fields["flags"] = list(flags)
        operations = self.operations()
        if operations:
            fields["operations"] = operations
        fields.update(more)
        return self.say("person-results", "pr", happened, fields, unit=unit or self.random.choice(STATIONS))

    def case(self, key, happened, category, unit=None, flags=None, counts=None, stages=("received", "accepted", "filed"), after_minutes=None):
        times = {}
        for step, stage in enumerate(stages):
            times[stage] = stamp(happened + datetime.timedelta(hours=step))
        fields = {"case": key, "category": category, "stages": times}
        if flags:
            fields["flags"] = list(flags)
        if counts:
            fields["counts"] = counts
        return self.say("case-results", "cr", happened, fields, unit=unit or self.random.choice(STATIONS), after_minutes=after_minutes)

    def parts(self, total, ways):
        """`total` in so many parts, none of them 0."""
        cuts = sorted(self.random.sample(range(1, total), ways - 1))
        return [b - a for a, b in zip([0, *cuts], [*cuts, total])]

    # --- the campaign --------------------------------------------------------------------------------

    def alerts(self):
        for table in (ALERTS, NOT_TALLIED_ALERTS):
            for category, (class_code, last, this) in table.items():
                for days, n in ((LAST_YEAR, last), (THIS_YEAR, this)):
                    for _ in range(n):
                        at = self.moment(days)
                        self.out["alerts"].append({"partner_ref": self.reference("al"), "status": "Actual", "class": class_code,
                                                   "category": category, "area": self.random.choice(STATIONS),
                                                   "occurred_at": stamp(at - datetime.timedelta(minutes=7)), "reported_at": stamp(at)})
        for status in ("Exercise", "Test"):  # must never count
            for _ in range(10):
                at = self.moment(THIS_YEAR)
                self.out["alerts"].append({"partner_ref": self.reference("al"), "status": status, "class": "criminal",
                                           "category": "theft", "area": "wuma", "reported_at": stamp(at)})

    def fraud_cases(self):
        for days, n, fen in zip((LAST_YEAR, THIS_YEAR), FRAUD_CASES, FRAUD_FEN):
            for number, part in enumerate(self.parts(fen, n)):
                key = f"case-fraud-{days[0].year}-{number:03d}"
                at = self.moment(days)
                counts = [{"what": "amount_fen", "n": part}]
                self.case(key, at, "telecom_fraud", "cyber", counts=counts)
                if number % 9 == 0:  # a station reports the same case a day later: it counts once
                    self.case(key, at, "telecom_fraud", counts=counts, after_minutes=2000)

    def suspects(self):
        for category, (last, this) in SUSPECTS.items():
            for days, n in ((LAST_YEAR, last), (THIS_YEAR, this)):
                if days == THIS_YEAR and category in ("gang", "elder_fraud", "drugs"):
                    continue
                for number in range(n):
                    person = self.person()
                    case = f"case-{category}-{days[0].year}-{number // 2:03d}"  # at most two persons: no group
                    at = self.moment(days)
                    outcomes = ["dealt_with"]
                    if category == "telecom_fraud" and days == THIS_YEAR:
                        outcomes.append("criminal_measure")
                    self.suspect(person, at, outcomes, category, case)
                    if number % 13 == 5:  # told again by another unit
                        self.suspect(person, at + datetime.timedelta(minutes=40), outcomes, category, case)
        for category, counts in CRIMINAL_MEASURES.items():
            for days, n in zip((LAST_YEAR, THIS_YEAR), counts):
                already = SUSPECTS["telecom_fraud"][1] if category == "telecom_fraud" and days == THIS_YEAR else 0
                for _ in range(n - already):
                    self.suspect(self.person(), self.moment(days), ["criminal_measure"], category, unit="criminal_investigation")

    def elder(self):
        end = datetime.date(2022, 8, 25)
        victims = [41, 38, 29, 44, 33, 28]  # 213, one of them said as 余
        money = [4_200_000, 3_100_000, 5_050_000, 2_650_000, 1_900_000, 3_100_000]  # yuan, 20,000,000 together
        suspects = [9, 8, 7, 6, 5, 4, 4, 2]
        for number, persons in enumerate(suspects):
            key = f"case-elder-{number + 1}"
            at = self.moment((THIS_YEAR[0], end), end) - datetime.timedelta(hours=24)
            at = max(at, datetime.datetime(2022, 6, 25, 9, 0, tzinfo=ZONE))
            is_gang = number < 6
            counts = [{"what": "suspect", "n": persons}]
            if is_gang:
                counts.append({"what": "victim", "n": victims[number], **({"bound": "at_least"} if number == 3 else {})})
                counts.append({"what": "amount_fen", "n": money[number] * 100, **({"bound": "reaches"} if number == 2 else {})})
            self.case(key, at, "elder_fraud", flags=["gang"] if is_gang else None, counts=counts)
            if number in (1, 4):
                self.case(key, at, "elder_fraud", "criminal_investigation", ["gang"], counts, after_minutes=3000)
            for _ in range(persons):
                self.suspect(self.person(), at, ["dealt_with"], "elder_fraud", key)

    def drug_case(self):
        key = "case-drug-chocolate"
        at = datetime.datetime(2022, 7, 19, 10, 0, tzinfo=ZONE)
        counts = [{"what": "seized_count", "kind": "drug", "result": "seized", "n": 618, "bound": "at_least"},
                  {"what": "seized_count", "kind": "drug", "result": "handed_over", "n": 424},
                  {"what": "seized_weight_g", "kind": "drug", "result": "seized", "n": 4_944, "bound": "at_least"},
                  {"what": "seized_weight_g", "kind": "drug", "result": "handed_over", "n": 3_392}]
        flags = ["ministry_supervised", "multi_province"]
        stages = ("received", "accepted", "filed", "solved")
        self.case(key, at, "drugs", "drug_control", flags, counts, stages)
        self.case(key, at, "drugs", "wuma", flags, counts, stages, after_minutes=4000)
        for _ in range(6):
            self.suspect(self.person(), at, ["dealt_with"], "drugs", key, "drug_control")
        for number in range(SUSPECTS["drugs"][1] - 6):
            self.suspect(self.person(), self.moment(THIS_YEAR), ["dealt_with"], "drugs", f"case-drugs-2022-{number // 2:03d}")

    def gang(self):
        flags = ["gang_member", "six_kinds"]
        people = [self.person() for _ in range(SUSPECTS["gang"][1])]
        first = datetime.datetime(2022, 7, 4, 15, 0, tzinfo=ZONE)
        second = datetime.datetime(2022, 8, 2, 15, 0, tzinfo=ZONE)
        self.case("case-gang-a", first, "gang", "criminal_investigation", ["gang"])
        self.case("case-gang-b", second, "gang", "criminal_investigation", ["gang"])
        for person in people[:3]:  # three persons, two of them in both cases
            self.suspect(person, first, ["dealt_with"], "gang", "case-gang-a", "criminal_investigation", flags)
        for person in (people[0], people[1], people[3]):
            self.suspect(person, second, ["dealt_with"], "gang", "case-gang-b", "criminal_investigation", flags)
        before_trial = (THIS_YEAR[0], datetime.date(2022, 8, 20))
        for number, person in enumerate(people[4:]):  # many in one case each: linked, no group
            self.suspect(person, self.moment(before_trial), ["dealt_with"], "gang", f"case-gang-{number // 6 + 1}", None, flags)
        # No group either: a family's quarrel, cases more than two years apart, one person in both, a sender's own keys.
        quarrel = [self.person() for _ in range(3)]
        for name in ("case-quarrel-1", "case-quarrel-2"):
            at = self.moment(THIS_YEAR)
            self.case(name, at, "family_dispute", flags=["family_dispute"])
            for person in quarrel:
                self.suspect(person, at, ["administrative_penalty"], "family_dispute", name)
        apart = [self.person() for _ in range(3)]
        for name, year in (("case-apart-1", 2019), ("case-apart-2", 2022)):
            at = datetime.datetime(year, 7, 9, 12, 0, tzinfo=ZONE)
            self.case(name, at, "disturbance")
            for person in apart:
                self.suspect(person, at, ["administrative_penalty"], "disturbance", name)
        one = self.person()
        for name in ("case-one-1", "case-one-2"):
            at = self.moment(THIS_YEAR)
            for person in (one, self.person(), self.person()):
                self.suspect(person, at, ["administrative_penalty"], "brawl", name)
        self.prosecution(people)

    def prosecution(self, dealt_with):
        """Later stages are mostly of persons dealt with before the campaign: flows by event date, no funnel."""
        before = (datetime.date(2021, 9, 10), datetime.date(2022, 5, 20))
        earlier = [self.person() for _ in range(96)]
        for number, person in enumerate(earlier):
            self.suspect(person, self.moment(before), ["dealt_with"], "gang", f"case-old-gang-{number // 2:03d}", None, ["gang_member"])
        end = datetime.datetime(2022, 8, 27, 9, 0, tzinfo=ZONE)
        reached = {"transferred": dealt_with[:9] + earlier[:63], "indicted": dealt_with[:5] + earlier[10:86],
                   "judged": dealt_with[:2] + earlier[15:96]}
        units = {"transferred": "criminal_investigation", "indicted": "procuratorate", "judged": "court"}
        hours = {"transferred": 30, "indicted": 20, "judged": 10}
        for stage, people in reached.items():
            assert len(people) == STAGES[stage]
            for number, person in enumerate(people):
                at = end - datetime.timedelta(hours=hours[stage]) if person in dealt_with else self.moment(THIS_YEAR)
                self.suspect(person, at, [stage], "gang", None, units[stage], ["gang_member"])
                if number % 11 == 3:  # the court's office sends it once more under another number
                    self.suspect(person, at + datetime.timedelta(minutes=5), [stage], "gang", None, units[stage], ["gang_member"])

    def fugitives(self):
        """Without the three of the sixteenth clearance operation: one of earlier years, two new."""
        for listed, n in (("earlier", FUGITIVES["earlier"] - 1), ("new", FUGITIVES["new"] - 2)):
            for number in range(n):
                at = self.moment(THIS_YEAR)
                year = self.random.randrange(2009, 2022) if listed == "earlier" else 2022
                since = datetime.datetime(year, self.random.randrange(1, 6), self.random.randrange(1, 28), 8, 0, tzinfo=ZONE)
                person = self.person()
                category = self.random.choice(["theft", "fraud", "injury"])
                self.suspect(person, at, ["wanted_caught"], category, listed_at=stamp(since))
                if number % 17 == 2:
                    self.suspect(person, at + datetime.timedelta(hours=1), ["wanted_caught"], category, listed_at=stamp(since))

    def order(self, code, number, action, begin, end, reported, units=(), shifts=(), focus=()):
        item = {"partner_ref": self.reference("co"), "status": "Actual", "clearance": code, "campaign": CAMPAIGN, "action": action,
                "number": number, "from": stamp(begin), "until": stamp(end), "reported_at": stamp(reported)}
        for key, value in (("units", units), ("shifts", shifts), ("focus", focus)):
            if value:
                item[key] = list(value)
        self.out["clearance-orders"].append(item)

    def clearance(self):
        for number in range(1, 16):
            begin = datetime.datetime(2022, 1, 8, 19, 0, tzinfo=ZONE) + datetime.timedelta(days=14 * (number - 1))
            end = begin + datetime.timedelta(hours=7)
            self.order(f"leiting-2022-{number:02d}", number, "open", begin, end, begin)
            self.order(f"leiting-2022-{number:02d}", number, "close", begin, end, end)
        begin, end = OP16_EVENING, OP16_EVENING + datetime.timedelta(hours=4)
        units = [*STATIONS, "criminal_investigation", "swat"]
        shifts = ["evening", "night"]
        focus = ["persons", "vehicles", "items", "parts", "venues", "trades"]
        hour = datetime.timedelta(hours=1)
        self.order(OP16, 16, "plan", begin, end, begin - 48 * hour, units, shifts, focus)
        self.order(OP16, 16, "open", begin, end, begin, units, shifts, focus)
        self.order(OP16, 16, "close", begin, end, end + 12 * hour, units, shifts, focus)
        lines = [(unit, shift) for unit in units for shift in shifts if (unit, shift) != ("swat", "night")]  # who has not reported
        joint = ("joint-wuma-nanpu", ["wuma", "nanpu"])
        split = {what: self.parts(total, len(lines) + 1) for what, total in CLEARANCE.items()}
        kinds = ["venue", "part", "enterprise"]
        for number, (unit, shift) in enumerate([*lines, (joint[1][0], "evening")]):
            counts = [{"what": "police", "n": split["police"][number]}, {"what": "social", "n": split["social"][number]}]
            checked = split["person"][number]
            counts.append({"what": "person", "kind": "focus_person", "n": checked // 5})
            counts.append({"what": "person", "kind": "passer_by", "n": checked - checked // 5})
            sites = split["site"][number]
            for kind, n in zip(kinds, self.parts(sites, 3) if sites > 3 else [sites, 0, 0]):
                counts.append({"what": "site", "kind": kind, "n": n})
            at = begin + (hour if shift == "evening" else 3 * hour)
            fields = {"clearance": OP16, "shift": shift, "counts": counts}
            if number < len(lines):
                after = 1200 if (unit, shift) == ("qidu", "night") else 90  # one after the close
                self.say("clearance-reports", "cl", at, fields, after, unit)
                continue
            for minutes, reporter in zip((60, 75), joint[1]):  # both report the joint action: it counts once
                others = [other for other in joint[1] if other != reporter]
                self.say("clearance-reports", "cl", at, {**fields, "joint": joint[0], "with_units": others}, minutes, reporter)
        self.outcomes(begin + hour)
        self.hazards(begin + hour)

    def outcomes(self, at):
        """Flags, not bins: of three fugitives two are also under a criminal measure, one of the detained too."""
        old, new, other = self.person(), self.person(), self.person()
        self.suspect(old, at, ["wanted_caught", "criminal_measure"], "injury", clearance=OP16, listed_at="2017-03-02T08:00:00+08:00")
        self.suspect(new, at, ["wanted_caught", "criminal_measure"], "fraud", clearance=OP16, listed_at="2022-04-11T08:00:00+08:00")
        self.suspect(other, at, ["wanted_caught"], "theft", clearance=OP16, listed_at="2022-05-20T08:00:00+08:00")
        self.suspect(self.person(), at, ["criminal_measure", "administrative_detention"], "robbery", clearance=OP16)
        self.suspect(self.person(), at, ["criminal_measure"], "injury", clearance=OP16)
        for _ in range(2):
            self.suspect(self.person(), at, ["administrative_detention"], "brawl", clearance=OP16)

    def hazards(self, at):
        lives = {"hz-1": ["found", "rectified", "verified"], "hz-2": ["found"], "hz-3": ["found", "rectified", "found"],
                 "hz-4": ["found", "waived"], "hz-5": ["found", "rectified"]}
        for key, states in lives.items():
            for step, state in enumerate(states):
                when = at + datetime.timedelta(hours=20 * step)
                fields = {"hazard": key, "state": state, "kind": "fire", "clearance": OP16,
                          "due_at": stamp(when + datetime.timedelta(days=2))}
                self.say("hazards", "hz", when, fields, unit="lucheng")

    def declared(self, published):
        def one(figure, role, n, bound="exact", as_of="2022-08-29T10:00:00+08:00"):
            self.out["declared-figures"].append({
                "partner_ref": self.reference("df"), "status": "Actual", "campaign": CAMPAIGN, "figure": figure, "role": role, "n": n,
                "bound": bound, "source": "wenzhou-daily-2022-08-29", "as_of": as_of, "reported_at": "2022-08-29T12:00:00+08:00"})
        for figure, said in DECLARED.items():
            n, bound = said if isinstance(said, tuple) else (said, "exact")
            one(figure, "value", n, bound)
        for figure, (n, bound, as_of) in published.items():
            one(figure, "published", n, bound, f"{as_of}T10:00:00+08:00")

    def make(self, published):
        self.alerts()
        self.fraud_cases()
        self.suspects()
        self.elder()
        self.drug_case()
        self.gang()
        self.fugitives()
        self.clearance()
        self.declared(published)
        return self.out


def published_figures(article):
    """What was printed, in the unit of each figure of the campaign (amounts of money in fen); names that hold numbers are none."""
    figures = {}
    for figure in json.loads(article.read_text(encoding="utf-8"))["figures"]:
        if figure["kind"] == "nominal" and figure["id"] != "community.resources":
            continue
        n = int(figure["value"].replace("-", "")) if figure["kind"] == "date" else figure["value"]
        bound = "at_least" if figure["kind"] == "lower_bound" else "exact"
        if figure["id"] == "elder.amount_yuan":
            n, bound = n * 100, "reaches"
        figures[figure["id"]] = (n, bound, figure["as_of"])
    return figures


def later(item, minutes):
    at = datetime.datetime.fromisoformat(item["reported_at"]) + datetime.timedelta(minutes=minutes)
    return stamp(at)


def spoil(item, shuffle):
    """The same report with something wrong in it."""
    wrong = copy.deepcopy(item)
    for count in wrong.get("counts", []):
        count["n"] += shuffle.randrange(1, 9)
    if "person" in wrong:
        wrong["person"] = "q" + wrong["person"][1:]
        wrong["category"] = "fraud" if item.get("category") == "robbery" else "robbery"
        wrong.pop("case", None)
    elif "n" in wrong:
        wrong["n"] += 1
    elif "category" in wrong:
        wrong["category"] = "noise"
    elif "state" in wrong:
        wrong["state"] = "found"
    return wrong


def disturb(out, shuffle):
    """Another way to the same end: wrong first, corrected once or twice, and some that are withdrawn."""
    for route, items in out.items():
        if route == "alerts":
            continue  # they are corrected by id, which only intake knows
        more = []
        for item in items:
            draw = shuffle.random()
            if draw < 0.04:  # wrong, then right
                first = spoil(item, shuffle)
                first["partner_ref"] = item["partner_ref"] + "-w"
                more.append(first)
                item["corrects"] = first["partner_ref"]
            elif draw < 0.06:  # wrong, wrong again, then right
                first, second = spoil(item, shuffle), spoil(item, shuffle)
                first["partner_ref"], second["partner_ref"] = item["partner_ref"] + "-w", item["partner_ref"] + "-v"
                second["corrects"] = first["partner_ref"]
                item["corrects"] = second["partner_ref"]
                more += [first, second]
            elif draw < 0.08:  # should never have been: its withdrawal comes before or after it
                never = spoil(item, shuffle)
                never["partner_ref"] = item["partner_ref"] + "-n"
                gone = {"partner_ref": never["partner_ref"] + "x", "status": "Actual", "withdraws": never["partner_ref"],
                        "reported_at": later(item, 30)}
                more += [never, gone]
        items += more


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--article", type=pathlib.Path, help="lucheng-2022.json: what was printed goes in as published figures")
    parser.add_argument("--disturbed", action="store_true")
    options = parser.parse_args()
    out = Scenario().make(published_figures(options.article) if options.article else {})
    if options.disturbed:
        disturb(out, random.Random(SEED + 1))
    options.folder.mkdir(parents=True, exist_ok=True)
    for route, items in out.items():
        with open(options.folder / f"{route}.ndjson", "w", encoding="utf-8") as file:
            for item in items:
                file.write(json.dumps(item, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
