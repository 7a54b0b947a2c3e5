"""A team that divides itself among more than before is found; one that only grew is not."""

from __future__ import annotations

from datetime import date, timedelta
from math import e, log
from random import Random

import pytest

from analyzer.measures.scattered_focus import measure
from analyzer.result import Finding, Table
from tests.conftest import MakeBoard

IDS = {"g": "growth", "b": "bugs", "d": "data", "r": "returns", "s": "search"} | {c: f"rare-{c}" for c in "hijklmno"}
PLAN = "strategy: First half\npriorities:\n" + "\n".join(
    f"  - {{id: {i}, match: [{{label: {i}}}]}}" for i in IDS.values()
)
HEAD = "key created doing done assignee team serves\n"


def weeks(first: int, last: int, letters: str, people: int = 6, at_once: int = 1, each: int = 5, seed: int = 1) -> str:
    """Weeks back from the one before 2 March. Each person finishes ``each`` tickets a week, a day each, one after the other; with
    ``at_once`` more than one, so many side by side over the whole week. What they serve is drawn from the letters."""
    rng, lines = Random(seed), []
    for back in range(first, last - 1, -1):
        monday = date(2026, 2, 23) - timedelta(weeks=back)
        for person in range(people):
            for n in range(at_once if at_once > 1 else each):
                begun = monday if at_once > 1 else monday + timedelta(days=n)
                ended = monday + timedelta(days=4) if at_once > 1 else begun
                serves = IDS[rng.choice(letters)]
                lines.append(
                    f"A{back}x{person}-{n} {monday - timedelta(days=7 + person)} {begun} {ended} p{person} Payments {serves}"
                )
    return "\n".join(lines) + "\n"


def team(finding: Finding) -> dict[str, object]:
    (found,) = [d for d in finding.details if isinstance(d, Table) and d.id == "teams"]
    return dict(found.rows[0].cells)


def test_a_team_that_takes_on_everything_is_found(board: MakeBoard) -> None:
    focused, everything = "gggggggb", "gbdrs"
    finding = measure(board(PLAN, text=HEAD + weeks(45, 8, focused, each=2) + weeks(7, 0, everything, each=2)))
    assert finding.verdict == "signal" and "as if among" in finding.headline
    assert team(finding)["scatter"] == "signal" and team(finding)["busy"] == "noise"
    assert finding.value == pytest.approx(5, abs=0.2)


def test_people_who_hold_more_at_once_are_found(board: MakeBoard) -> None:
    finding = measure(board(PLAN, text=HEAD + weeks(45, 8, "gb", each=2) + weeks(7, 0, "gb", at_once=4)))
    assert (
        finding.verdict == "signal" and team(finding)["busy"] == "signal" and team(finding)["wip"] == pytest.approx(4)
    )
    assert "a person has 4.0 tickets in progress at once; 1.0 is usual there" in finding.sentence


def test_nothing_changed(board: MakeBoard) -> None:
    finding = measure(board(PLAN, text=HEAD + weeks(45, 0, "ggbd", each=2)))
    assert finding.verdict == "noise" and finding.sentence.startswith("No team is more scattered than is usual for it.")
    assert finding.value == pytest.approx(e ** -(0.5 * log(0.5) + 0.5 * log(0.25)), abs=0.15)


def test_the_trap_a_bigger_team_is_not_more_scattered(board: MakeBoard) -> None:
    """Three times the people finish six times the tickets: more in progress in all, and all 13 priorities are seen at last."""
    rare = "gbdrshijklmno"
    finding = measure(
        board(PLAN, text=HEAD + weeks(45, 8, rare, people=6, each=1) + weeks(7, 0, rare, people=18, each=2, seed=4))
    )
    assert finding.verdict == "noise" and team(finding)["wip"] == pytest.approx(1)
    seen = {name: float(str(team(finding)[name])) for name in ("number", "like", "before")}
    assert seen["number"] > 12 and seen["like"] == pytest.approx(seen["before"], abs=0.8)  # 12.5 against 9.2 as counted


def test_the_weeks_own_focus_is_told(board: MakeBoard) -> None:
    plan = PLAN + "\nweeks:\n  2026-W08: {focus: [growth]}\n  2026-W09: {focus: [growth, bugs]}\n"
    finding = measure(board(plan, text=HEAD + weeks(45, 0, "ggbd", each=2)))
    assert finding.sentence.endswith("The strategy's own weeks name 1.5 at a time (2 of 8 stated).")


@pytest.mark.parametrize(
    ("text", "plan", "reason"),
    [
        ("key created", PLAN, "There are no tickets in the store."),
        (HEAD + weeks(7, 0, "gb", each=1), "", "No strategy was in force"),
        (HEAD + weeks(7, 0, "gb", each=1), PLAN, "Too little of the past is known"),
    ],
    ids=["empty", "no strategy", "no past"],
)
def test_it_is_not_judged_where_something_is_missing(board: MakeBoard, text: str, plan: str, reason: str) -> None:
    finding = measure(board(*[plan] if plan else [], text=text))
    assert finding.verdict == "not_judged" and reason in finding.reason
