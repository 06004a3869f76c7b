"""How the cases of Dublin's alerts have to go, out of the file, the minutes of the rules and the officers' script: nothing of the
service and nothing that it published. Instants are µs since 1970 UTC."""
import collections
import csv
import datetime
import zoneinfo

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = datetime.timedelta(days=1)
ZONE = zoneinfo.ZoneInfo("Europe/Dublin")

# What the rules allow for each step, in the order of the steps.
MINUTES = {"settlement": 20, "assessment": 120, "dispatch": 60, "feedback": 1440, "verification": 720}


def script(number, reported, arrived):
    """When the officers do each step of alert `number`: the crew settles when it arrives, or 45 minutes after the call where it never
    does; what follows takes a time that differs by alert, sometimes longer than is allowed."""
    at = reported + 45 * MINUTE if arrived is None else max(reported, arrived)
    done = []
    for minutes in (0, number * 37 % 200, number * 11 % 90, number * 101 % 2000, number * 53 % 1000):
        at += minutes * MINUTE
        done.append(at)
    return done


def instant(civil):
    """Of a civil time of Dublin; of two the earlier (docs/import.md)."""
    return int(civil.replace(tzinfo=ZONE).timestamp()) * SECOND


def hours_from(at):
    """The first full hour at or behind the instant."""
    return -(-at // HOUR)


class Courses:
    """Of all alerts of a file. `reported`: reference → instant."""

    def __init__(self, path):
        self.reported, self.spans = {}, []  # spans: (begin, due, end) of each step
        with open(path, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                self.add(row)

    def add(self, row):
        called = datetime.datetime.strptime(f"{row['Date']} {row['TOC']}", "%d/%m/%Y %H:%M:%S")
        arrived = None
        if row["IA"]:
            civil = datetime.datetime.strptime(f"{row['Date']} {row['IA']}", "%d/%m/%Y %H:%M:%S")
            arrived = instant(civil if civil >= called else civil + DAY)
        begin = self.reported[row["ID"]] = instant(called)
        for minutes, end in zip(MINUTES.values(), script(int(row["ID"]), begin, arrived)):
            self.spans.append((begin, begin + minutes * MINUTE, end))
            begin = end

    def counts_at(self, at):
        """(open, overdue) once everything of this instant has happened."""
        now = [(begin, due) for begin, due, end in self.spans if begin <= at < end]
        return len(now), sum(due <= at for _, due in now)

    def counts_by_hour(self):
        """hour → (open, overdue), for each hour since 1970 at which a case is open."""
        steps = collections.defaultdict(lambda: [0, 0])
        for begin, due, end in self.spans:
            for which, since in enumerate((begin, due)):
                if hours_from(since) < hours_from(end):
                    steps[hours_from(since)][which] += 1
                    steps[hours_from(end)][which] -= 1
        counts, now, hour = {}, [0, 0], min(steps)
        while hour <= max(steps):
            now = [was + by for was, by in zip(now, steps.get(hour, (0, 0)))]
            if now[0]:
                counts[hour] = tuple(now)
            hour += 1
        return counts
