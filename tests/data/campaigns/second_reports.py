"""The reports of second.toml, and what must come out of them; worked out by hand, line by line."""

def person(ref, token, happened, category, unit, case=None, **more):
    item = {"partner_ref": ref, "status": "Actual", "person": token, "person_scope": "district", "category": category, "unit": unit,
            "outcomes": ["administrative_penalty"], "happened_at": happened, "reported_at": happened, **more}
    return item if case is None else {**item, "case": case}


A, B, C, D, E, F = (f"driver{letter}token0{letter}7x" for letter in "abcdef")

REPORTS = {
    "person-results": [
        person("r1", A, "2024-02-03T22:00:00+08:00", "drunk_driving", "east_gate", "road-1"),
        person("r2", B, "2024-02-03T22:10:00+08:00", "overloading", "east_gate", "road-1"),
        person("r3", A, "2024-02-10T09:00:00+08:00", "drunk_driving", "west_gate", "road-2"),  # the same driver once more
        person("r4", C, "2024-02-29T23:00:00+08:00", "overloading", "west_gate", "road-3"),
        person("r5", D, "2024-03-01T03:00:00+08:00", "street_racing", "west_gate"),  # before six: still 29 February
        person("r6", E, "2024-03-01T08:00:00+08:00", "overloading", "west_gate"),  # March
        person("r7", F, "2024-02-05T08:00:00+08:00", "overloading", "harbour"),
        {"partner_ref": "r7x", "status": "Actual", "withdraws": "r7", "reported_at": "2024-02-06T08:00:00+08:00"},
        person("r8", F, "2024-02-05T08:00:00+08:00", "drunk_driving", "harbour", status="Exercise"),
        person("b1", A, "2023-02-04T22:00:00+08:00", "drunk_driving", "east_gate"),  # the year before
    ],
    "clearance-reports": [
        {"partner_ref": "c1", "status": "Actual", "clearance": "ice-1", "unit": "east_gate", "operations": ["black_ice"],
         "happened_at": "2024-02-07T08:00:00+08:00", "reported_at": "2024-02-07T09:00:00+08:00",
         "counts": [{"what": "vehicle", "kind": "truck", "n": 17}, {"what": "vehicle", "kind": "car", "n": 90}]},
        {"partner_ref": "c2", "status": "Actual", "clearance": "ice-1", "unit": "west_gate", "operations": ["headlights"], "corrects": "c2-wrong",
         "happened_at": "2024-02-07T08:00:00+08:00", "reported_at": "2024-02-07T10:00:00+08:00",
         "counts": [{"what": "vehicle", "kind": "truck", "n": 30, "bound": "at_least"}]},
        {"partner_ref": "c2-wrong", "status": "Actual", "clearance": "ice-1", "unit": "west_gate",
         "happened_at": "2024-02-07T08:00:00+08:00", "reported_at": "2024-02-07T09:30:00+08:00",
         "counts": [{"what": "vehicle", "kind": "truck", "n": 300}]},
    ],
    "case-results": [
        {"partner_ref": "k1", "status": "Actual", "case": "road-1", "category": "overloading", "unit": "east_gate",
         "happened_at": "2024-02-03T22:00:00+08:00", "reported_at": "2024-02-04T08:00:00+08:00", "counts": [{"what": "fined_fen", "n": 250000}]},
        {"partner_ref": "k2", "status": "Actual", "case": "road-1", "category": "overloading", "unit": "harbour",
         "happened_at": "2024-02-03T22:00:00+08:00", "reported_at": "2024-02-05T08:00:00+08:00", "counts": [{"what": "fined_fen", "n": 300000}]},
        {"partner_ref": "k3", "status": "Actual", "case": "road-2", "category": "drunk_driving", "unit": "west_gate",
         "happened_at": "2024-02-10T09:00:00+08:00", "reported_at": "2024-02-11T08:00:00+08:00", "counts": [{"what": "fined_fen", "n": 100000}]},
    ],
    "hazards": [
        {"partner_ref": "h1", "status": "Actual", "hazard": "spot-1", "state": "found", "unit": "harbour",
         "happened_at": "2024-01-20T08:00:00+08:00", "reported_at": "2024-01-20T08:00:00+08:00"},
        {"partner_ref": "h2", "status": "Actual", "hazard": "spot-2", "state": "found", "unit": "east_gate",
         "happened_at": "2024-02-20T08:00:00+08:00", "reported_at": "2024-02-20T08:00:00+08:00"},
        {"partner_ref": "h3", "status": "Actual", "hazard": "spot-2", "state": "rectified", "unit": "east_gate",
         "happened_at": "2024-02-21T08:00:00+08:00", "reported_at": "2024-02-21T08:00:00+08:00"},
    ],
    "declared-figures": [
        {"partner_ref": "d1", "status": "Actual", "campaign": "winter-roads-2024", "figure": "salt_tonnes", "role": "value", "n": 120,
         "bound": "at_least", "as_of": "2024-02-29T18:00:00+08:00", "reported_at": "2024-02-29T18:00:00+08:00"},
    ],
}

# Figure: (number, bound). None: nobody stated it, which is no 0.
EXPECTED = {
    "drivers.total": (4, "exact"),    # A, B, C, D
    "drivers.grave": (2, "exact"),    # A, D
    "drivers.change": (100, "exact"),  # A and B against A: 29 February is left out of both years
    "trucks": (47, "at_least"),
    "fines_yuan": (400_000, "exact"),  # fen: the later word on road-1, and road-2
    "icy_spots": (1, "exact"),
    "rings": (1, "exact"),            # A and B in road-1, A in road-2: two persons, two cases, one component
    "salt_tonnes": (120, "at_least"),
    "satisfaction": (None, None),
}
