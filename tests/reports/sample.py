"""Made-up Results: a typical company with hostile titles, an empty one, and a calm one."""

from __future__ import annotations

from random import Random
from typing import Any

Data = dict[str, Any]

SCRIPT = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("http://evil.example","x")'
LINK = "](javascript:alert(1))"
STYLE = "</style></title><img src=x onerror=alert(1)>"
HOSTILE = (SCRIPT, FORMULA, LINK, STYLE)

PRIORITIES = (
    # id, name, kind, low, high, owner, done
    ("fast-checkout", "Faster checkout", "priority", 0.30, 0.40, "Dana", "95 % of checkouts finish within 1.5 s."),
    ("carrier-api", "Carrier API for partners", "priority", 0.15, 0.25, "Amir", "Three carriers book without us."),
    ("customs", "Customs papers without typing", "priority", 0.08, 0.14, "Lena", "Nine in ten papers need no edit."),
    ("tracing", "Where is my parcel", "priority", 0.05, 0.10, "Ivo", "Calls about parcels fall by half."),
    ("warehouse", "Second warehouse in Leipzig", "priority", 0.05, 0.10, "Rosa", "First parcel leaves by October."),
    ("cost", "Cloud bill down a fifth", "priority", None, None, "Tomasz", ""),
    ("upkeep", "Keep the lights on", "upkeep", 0.15, 0.20, "", ""),
    ("mobile", "Mobile redesign", "parked", None, None, "", ""),
)
TEAMS = ("Checkout", "Payments", "Partners", "Customs", "Tracing", "Warehouse", "Platform", "Data")
WEEKS = [f"2026-W{week}" for week in range(21, 47)]
NOUNS = ("retry", "label printing", "address check", "price table", "booking form", "returns page", "search index")
VERBS = ("Add", "Fix", "Speed up", "Split", "Move", "Clean up", "Measure")


def tickets(count: int) -> dict[str, Data]:
    """Tickets of two trackers; the first ones carry what an attacker would write, one has an address to refuse."""
    draw, found = Random(7), {}
    for number in range(count):
        tracker = "jira" if number % 3 else "linear"
        key = f"{'PAY' if tracker == 'jira' else 'NOR'}-{1000 + number}"
        host = "https://northwind.atlassian.net/browse/" if tracker == "jira" else "https://linear.app/northwind/issue/"
        title = f"{draw.choice(VERBS)} the {draw.choice(NOUNS)} for {draw.choice(TEAMS).lower()} orders, part {number}"
        found[f"{tracker}:{number}"] = {"key": key, "title": title, "url": host + key}
    for name, title in zip(list(found), HOSTILE, strict=False):
        found[name]["title"] = title
    if found:
        found[list(found)[4]]["url"] = "javascript:alert(document.domain)"
        found[list(found)[5]]["url"] = 'https://x.example/" onmouseover="alert(1)'
    return found


def meta(name: str, title: str, question: str, source: str = "") -> Data:
    return {
        "id": name,
        "title": title,
        "question": question,
        "how": "Effort is split over priorities by the links that held each day; shares are of all attributed effort "
        "in the window. The variance is inflated by the design effect 1+(n−1)ρ, with ρ from this site's history.",
        "limits": "Work that leaves no trace in a tracker is not seen. A link corrected later changes earlier weeks.",
        "source": source,
    }


def finding(about: Data, verdict: str, sentence: str, **rest: Any) -> Data:
    empty: Data = {"value": None, "unit": "share", "interval": None, "reason": "", "since": None, "score": None}
    return {"meta": about, "verdict": verdict, "sentence": sentence, **empty, "details": [], **rest}


def table(name: str, title: str, columns: list[tuple[str, str, str]], rows: list[Data], note: str = "") -> Data:
    heads = [{"id": column, "label": label, "unit": unit} for column, label, unit in columns]
    return {"shape": "table", "id": name, "title": title, "columns": heads, "rows": rows, "note": note}


def row(cells: Data, names: list[str] | None = None, more: int = 0) -> Data:
    return {"cells": cells, "tickets": names or [], "more": more}


def drift(names: list[str]) -> Data:
    draw, lines, rows = Random(11), list[Data](), list[Data]()
    for place, (name, label, _kind, low, high, _, _) in enumerate(PRIORITIES[:7]):
        level = 0.06 if low is None or high is None else (low + high) / 2
        move = {0: -0.009, 1: 0.006, 6: 0.007}.get(place, 0.0)
        values: list[float | None] = [
            max(0.0, level + move * max(0, week - 10) + draw.uniform(-0.02, 0.02)) for week in range(26)
        ]
        if name == "warehouse":
            values[:6] = [None] * 6
        ranges = {"low": [low] * 26, "high": [high] * 26}
        lines.append({"id": name, "label": label, "values": values, **ranges})
        share = sum(value or 0.0 for value in values[-8:]) / 8
        outside = 0.0 if low is None or high is None else max(low - share, share - high, 0.0)
        verdict = "signal" if outside > 0.04 else "watch" if outside > 0.01 else "noise"
        intended = "–" if low is None or high is None else f"{low * 100:.0f}–{high * 100:.0f} %"
        cells = {"priority": label, "share": share, "intended": intended, "outside": outside * 100,
                 "days": share * 1240, "verdict": verdict}  # fmt: skip
        rows.append(row(cells, names[place * 20 : place * 20 + 20], 30 + place))
    lines[2]["low"][:9], lines[2]["high"][:9] = [0.12] * 9, [0.20] * 9
    flow = [
        {"source": priority[1], "target": team, "value": round(draw.uniform(0, 9) ** 2, 1)}
        for priority in PRIORITIES[:7]
        for team in TEAMS
        if draw.random() > 0.25
    ]
    return finding(
        meta("priority_drift", "Priority drift", "How far is the work from the intended mix?",
             "DESIGN §6; Kish, Survey Sampling (1965), design effect."),
        "signal",
        "8 % of effort would have to move to bring every priority inside its range, most of it towards Faster "
        "checkout, which received 24 % against an intended 30–40 %.",
        value=0.084, interval=(0.052, 0.124), since="2026-W41",
        score={"value": 66.4, "arithmetic": "100 − 4 × 8.4 (percent of effort that would have to move) = 66.4"},
        details=[
            table("by_priority", "Effort by priority, last 8 weeks",
                  [("priority", "Priority", "text"), ("share", "Share of effort", "share"),
                   ("intended", "Intended", "text"), ("outside", "Outside by", "percent_points"),
                   ("days", "Effort", "person_days"), ("verdict", "Verdict", "text")], rows),
            {"shape": "series", "id": "allocation", "title": "Share of effort by week, against the intended range",
             "unit": "share", "x": WEEKS, "lines": lines, "set_apart": ["2026-W31"],
             "note": "A single week is context only; the verdict rests on the last 8."},
            {"shape": "flow", "id": "teams", "title": "Which team worked on what", "unit": "person_days",
             "links": flow, "note": ""},
        ],
    )  # fmt: skip


def unlinked(names: list[str]) -> Data:
    reasons = (("no parent", 0.41), ("parent unlinked", 0.27), ("parent closed or archived", 0.14),
               ("too new", 0.11), ("parked (not now)", 0.05), ("not visible to this account", 0.004))  # fmt: skip
    rows = [row({"reason": reason, "share": share, "days": share * 229}, names[place * 20 : place * 20 + 20], 12)
            for place, (reason, share) in enumerate(reasons)]  # fmt: skip
    draw = Random(3)
    themes = [
        row({"theme": f"{draw.choice(NOUNS)}, {draw.choice(NOUNS)}, {draw.choice(TEAMS).lower()}",
             "tickets": 60 - place, "days": 40.0 - place * 0.9},
            [draw.choice(names) for _ in range(20)], 40 - place)
        for place in range(40)
    ]  # fmt: skip
    themes[0]["cells"]["theme"], themes[1]["cells"]["theme"] = HOSTILE[0], HOSTILE[1]
    themes[2]["cells"]["days"], themes[3]["cells"]["days"] = None, -0.04
    return finding(
        meta("unlinked_work", "Unlinked work", "How much work serves no stated priority?"),
        "watch",
        "18 % of effort has no path to a priority, more than the 10 % allowed; two fifths of it has no parent at all.",
        value=0.184, interval=(0.12, 0.26), since="2026-W38",
        score={"value": 81.6, "arithmetic": "100 × (1 − 0.184 unlinked share of effort) = 81.6"},
        details=[
            table("by_reason", "Unlinked work by reason",
                  [("reason", "Reason", "text"), ("share", "Share of unlinked effort", "share"),
                   ("days", "Person-days", "person_days")], rows),
            table("themes", "What the unlinked work is about",
                  [("theme", "Theme", "text"), ("tickets", "Tickets", "tickets"), ("days", "Effort", "person_days")],
                  themes, "Themes are named by the words their tickets share; nobody declared them."),
        ],
    )  # fmt: skip


def creep(names: list[str]) -> Data:
    draw, details, rows = Random(5), [], []
    for place in range(10):
        planned, grow = 18 + place * 3, draw.uniform(0.0, 0.9) if place else 1.3
        scope = [round(planned * (1 + grow * week / 25)) for week in range(26)]
        done: list[float | None] = [round(scope[week] * (week / 27) ** 1.3) for week in range(26)]
        if place == 4:
            done[20:] = [None] * 6
        title = f"{draw.choice(NOUNS).capitalize()} {2 + place}.0" if place else f"{LINK} Payment retries"
        agreed = (planned * 0.9, planned * 1.3) if place % 3 else (None, None)
        details.append({
            "shape": "burn_up", "id": f"burn_up_{place}", "title": title, "unit": "tickets", "x": WEEKS,
            "scope": scope, "done": done, "planned": planned, "low": agreed[0] and round(agreed[0]),
            "high": agreed[1] and round(agreed[1]), "tickets": names[place : place + 20], "more": 4, "note": "",
        })  # fmt: skip
        growth = scope[-1] / planned - 1
        rows.append(row({"deliverable": title, "planned": planned, "added": scope[-1] - planned, "removed": place % 3,
                         "net": growth, "verdict": "signal" if growth > 0.6 else "noise"},
                        names[place * 9 : place * 9 + 20], place))  # fmt: skip
    return finding(
        meta("scope_creep", "Scope creep", "How much was added that nobody agreed to?"),
        "signal",
        "Four of ten deliverables grew past their agreed range; Payment retries more than doubled without a decision.",
        value=0.48, interval=(0.31, 0.66), since="2026-W34",
        score={"value": 41.0, "arithmetic": "100 × (1 − 0.48 unagreed growth) − 11 (four breaches of ten) = 41"},
        details=[
            table("deliverables", "Deliverables",
                  [("deliverable", "Deliverable", "text"), ("planned", "Planned", "tickets"),
                   ("added", "Added", "tickets"), ("removed", "Removed", "tickets"),
                   ("net", "Net growth", "share"), ("verdict", "Verdict", "text")], rows),
            *details,
        ],
    )  # fmt: skip


def quiet(names: list[str]) -> list[Data]:
    matrix = {
        "shape": "matrix", "id": "steps", "title": "What teams call a step", "unit": "count", "note": "",
        "rows": list(TEAMS), "columns": ["to do", "doing", "review", "done"],
        "values": [[(place * 7 + step * 5) % 13 or None for step in range(4)] for place in range(8)],
    }  # fmt: skip
    return [
        finding(meta("not_now_work", "Not-now work", "Did we start what we said we would not do?"), "noise",
                "1 % of effort went to parked work, no more than in any window of this year.", value=0.012,
                interval=(0.0, 0.031), details=[table("parked", "Started although parked",
                [("item", "Item", "text"), ("days", "Effort", "person_days")],
                [row({"item": "Mobile redesign", "days": 14.5}, names[:3])])]),
        finding(meta("scattered_focus", "Scattered focus", "On how many things does a team work at once?"), "noise",
                "Teams spread over 3.4 priorities, as they did all year.", value=3.42, unit="count",
                interval=(2.9, 4.0), details=[matrix]),
        finding(meta("missed_rhythm", "Missed rhythm", "Was each week's focus stated, and kept?"), "not_judged", "",
                unit="weeks", reason="2 of 26 weeks state a focus, and 6 are needed. State one each Monday with "
                "`alignment week`; this can be judged from 2026-W51."),
        finding(meta("friction", "Friction", "Where does work wait, and how long?"), "error", "",
                reason="ZeroDivisionError: float division by zero in friction.py, line 61"),
        finding(meta("data_quality", "Data quality", "What may mislead in these data?"), "noise",
                "4 % of tickets lack history, and none of the numbers above moves by more than a point without them.",
                value=0.04, details=[table("gaps", "What is missing",
                [("gap", "Gap", "text"), ("share", "Share of tickets", "share"), ("first", "First seen", "date")],
                [row({"gap": "no estimate", "share": 0.38, "first": "2026-05-18"}, names[40:60], 900),
                 row({"gap": "no history", "share": 0.04, "first": None}, names[60:64])])]),
    ]  # fmt: skip


def company() -> Data:
    """A typical company: 8 priorities, 8 teams, 26 weeks, 10 burn-ups, a 40-row table with 20 tickets a row."""
    found = tickets(800)
    names = list(found)
    return {
        "schema_version": "alignment-result/1",
        "program": "alignment-analyzer 1.0.0",
        "organisation": "Northwind Freight & Sons",
        "as_of": "2026-11-16T05:00:00Z",
        "as_of_reason": "",
        "time_zone": "Europe/Berlin",
        "effort": "days",
        "window": {
            "first_day": "2026-09-21", "last_day": "2026-11-15", "weeks": WEEKS[-8:],
            "set_apart": [{"week": "2026-W31", "reason": "412 tickets were closed in one hour on 29 July."}],
        },
        "strategies": [{
            "name": "Second half 2026", "since": "2026-07-01", "until": "2026-12-31",
            "priorities": [
                {"id": name, "name": label, "kind": kind, "owner": owner, "done": done,
                 "share": None if low is None or high is None else (low, high),
                 "why": "Half of the abandoned baskets are abandoned while waiting." if name == "fast-checkout" else ""}
                for name, label, kind, low, high, owner, done in PRIORITIES
            ],
        }],
        "coverage": [
            {"name": "Jira", "kind": "jira cloud", "source": "northwind.atlassian.net", "tickets": 18244,
             "with_history": 17980, "skipped": 31, "newest_change": "2026-11-15T21:14:03Z"},
            {"name": "Linear", "kind": "linear", "source": "linear.app/northwind", "tickets": 3120,
             "with_history": 3120, "skipped": 0, "newest_change": "2026-11-15T18:40:55Z"},
        ],
        "headline": "Work is drifting away from Faster checkout, and scope is growing without agreement",
        "verdict": "signal",
        "findings": [drift(names), unlinked(names[100:]), creep(names[200:]), *quiet(names[300:])],
        "tickets": found,
        "notes": [
            "31 tickets of project SEC are hidden from this account.",
            "Effort by count agrees with these verdicts; effort by points does not for Customs papers.",
        ],
    }  # fmt: skip


def empty() -> Data:
    """A first run over a tracker without tickets: nothing can be judged, and that is said."""
    nothing = "No ticket was worked on in these weeks. At least 10 are needed."
    return company() | {
        "headline": "There is nothing to judge yet",
        "verdict": "not_judged",
        "strategies": [],
        "coverage": [],
        "tickets": {},
        "notes": [],
        "window": {"first_day": "2026-09-21", "last_day": "2026-11-15", "weeks": WEEKS[-8:], "set_apart": []},
        "findings": [
            finding(meta("priority_drift", "Priority drift", "How far is the work from the intended mix?"),
                    "not_judged", "", reason=nothing, details=[
                        table("by_priority", "Effort by priority", [("priority", "Priority", "text")], []),
                        {"shape": "series", "id": "allocation", "title": "Share of effort by week", "unit": "share",
                         "x": [], "lines": [], "set_apart": [], "note": ""},
                        {"shape": "flow", "id": "teams", "title": "Which team worked on what", "unit": "person_days",
                         "links": [], "note": ""},
                        {"shape": "matrix", "id": "m", "title": "Steps", "unit": "count", "rows": [], "columns": [],
                         "values": [], "note": ""},
                        {"shape": "burn_up", "id": "b", "title": "Release 1", "unit": "tickets", "x": [], "scope": [],
                         "done": [], "planned": None, "low": None, "high": None, "tickets": [], "more": 0, "note": ""},
                    ]),
            finding(meta("unlinked_work", "Unlinked work", "How much work serves no stated priority?"),
                    "not_judged", "", reason=nothing),
        ],
    }  # fmt: skip


def calm() -> Data:
    """Eight weeks in which nothing moved more than chance would move it."""
    found, kept = company(), []
    for one in found["findings"]:
        if one["verdict"] in ("signal", "watch"):
            one |= {"verdict": "noise", "since": None, "sentence": "Every priority is inside its range."}
        if one["verdict"] == "noise":
            kept.append(one)
    return found | {"headline": "No signal in these weeks", "verdict": "noise", "findings": kept, "notes": []}
