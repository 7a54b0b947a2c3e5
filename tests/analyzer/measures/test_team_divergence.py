"""A team is held to the mix it declared, and never found to differ because it is small."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import numpy as np
import pytest

from analyzer import mixes
from analyzer.measures.team_divergence import measure
from analyzer.result import Finding, Matrix, Table
from tests.conftest import MakeBoard

PLAN = """
strategy: First half
priorities:
  - {id: growth, name: Growth, match: [{label: growth}]}
  - {id: bugs, name: Bugs, kind: upkeep, match: [{label: bugs}]}
  - {id: data, name: Data, match: [{label: data}]}
"""
DECLARED = PLAN + "teams:\n  payments: {growth: 50-70%, bugs: 20-40%}\n  Nobody: {growth: 10%}\n"
HEAD = "key created doing done assignee team serves\n"


def rows(finding: Finding, ident: str) -> list[dict[str, object]]:
    (found,) = [d for d in finding.details if isinstance(d, Table) and d.id == ident]
    return [dict(r.cells) for r in found.rows]


def weeks(first: int, last: int, mixes: dict[str, str], per_week: int, seed: int = 1) -> str:
    """Tickets of a day each, in weeks counted back from the one before 2 March; a team draws what it serves from its letters
    (``ggb``: two thirds growth)."""
    rng, lines, names = Random(seed), [], {"g": "growth", "b": "bugs", "d": "data"}
    for back in range(first, last - 1, -1):
        monday = date(2026, 2, 23) - timedelta(weeks=back)
        for at, (team, letters) in enumerate(mixes.items()):
            for n in range(per_week):
                day = monday + timedelta(days=n % 5)
                serves = names[rng.choice(letters)]
                who = f"{10 * at + n % 6}"
                lines.append(f"{team[:1]}{back}-{n} {day - timedelta(days=7)} {day} {day} {who} {team} {serves}")
    return "\n".join(lines) + "\n"


def test_a_team_that_strays_from_what_it_declared_is_found(board: MakeBoard) -> None:
    """
    key       created     doing       done        assignee  team      serves
    A-1..6    2026-01-05  2026-01-12  2026-01-13  1..6      Payments  growth
    A-7..12   2026-01-05  2026-01-19  2026-01-20  1..6      Payments  bugs
    A-13..18  2026-01-05  2026-01-26  2026-01-27  1..6      Payments  bugs
    A-19..24  2026-01-05  2026-02-02  2026-02-03  1..6      Payments  bugs
    A-25..30  2026-01-05  2026-02-09  2026-02-10  1..6      Payments  bugs
    A-31..36  2026-01-05  2026-02-16  2026-02-17  1..6      Payments  bugs
    B-1..40   2026-01-05  2026-02-02  2026-02-03  11..16    Data      data
    """
    finding = measure(board(DECLARED))
    cells = rows(finding, "declared")
    assert finding.verdict == "signal"
    assert {c["priority"]: c["verdict"] for c in cells} == {"Growth": "signal", "Bugs": "signal"}
    growth = next(c for c in cells if c["priority"] == "Growth")
    assert growth["share"] == pytest.approx(1 / 6) and growth["intended"] == "50–70\u00a0%"
    assert finding.sentence.startswith("Payments gives Bugs 8") and "declared" in finding.headline
    assert "Nobody declared a mix, but no team is shown under that name." in finding.sentence
    (matrix,) = [d for d in finding.details if isinstance(d, Matrix) and d.id == "mixes"]
    assert (matrix.rows, matrix.columns) == (["Payments", "Data"], ["Bugs", "Data", "Growth"])


def test_a_team_that_keeps_to_its_mix_is_left_alone(board: MakeBoard) -> None:
    """
    key       created     doing       done        assignee  team      serves
    A-1..6    2026-01-05  2026-01-12  2026-01-13  1..6      Payments  growth
    A-7..12   2026-01-05  2026-01-19  2026-01-20  1..6      Payments  growth
    A-13..18  2026-01-05  2026-01-26  2026-01-27  1..6      Payments  growth
    A-19..24  2026-01-05  2026-02-02  2026-02-03  1..6      Payments  bugs
    A-25..30  2026-01-05  2026-02-09  2026-02-10  1..6      Payments  bugs
    B-1..40   2026-01-05  2026-02-02  2026-02-03  11..16    Data      data
    """
    finding = measure(board(DECLARED))
    assert finding.verdict == "noise" and finding.value == pytest.approx(0.0)
    assert finding.score is not None and finding.score.value == 100


def test_teams_may_differ_and_only_moving_apart_is_found(board: MakeBoard) -> None:
    apart = {"Payments": "gggggb", "Data": "dddddb"}
    before = weeks(59, 8, apart, 12)
    calm = measure(board(PLAN, text=HEAD + before + weeks(7, 0, apart, 12, 2)))
    assert calm.verdict == "noise" and calm.value == pytest.approx(0.42, abs=0.1)
    alike = weeks(59, 8, {"Payments": "gdb", "Data": "gdb"}, 12)
    moved = measure(board(PLAN, text=HEAD + alike + weeks(7, 0, apart, 12, 2)))
    assert moved.verdict == "signal" and moved.sentence.endswith("The teams have moved apart.")
    together = measure(board(PLAN, text=HEAD + before + weeks(7, 0, {"Payments": "gdb", "Data": "gdb"}, 12, 2)))
    assert together.verdict == "noise"


def test_the_trap_a_small_team_looks_far_apart_by_chance(board: MakeBoard) -> None:
    """Two teams of the same mix; in the window they do a quarter of the tickets, so their mixes look further apart."""
    same = {"Payments": "gdb", "Data": "gdb"}
    finding = measure(board(PLAN, text=HEAD + weeks(59, 8, same, 24) + weeks(7, 0, same, 6, 5)))
    assert finding.verdict == "noise"
    for line in rows(finding, "distances"):
        assert float(str(line["chance"])) > 0.05  # what a naive reader would take for divergence


def test_thinning_takes_away_what_small_numbers_add() -> None:
    """The mean distance of two samples of one mix: 400 tickets thinned to 25 are as far apart as 25 are."""
    rng, mix = np.random.default_rng(3), np.array([0.5, 0.3, 0.2])
    few = [mixes.distance(*rng.multinomial(25, mix, 2) / 25) for _ in range(400)]
    many = [rng.multinomial(400, mix, 2) / 400 for _ in range(400)]
    to, n = np.array([25.0, 25.0]), np.array([400.0, 400.0])
    thin = [mixes.distance(*mixes.thinned(pair, n, to, 1, rng)[0]) for pair in many]
    assert np.mean(thin) == pytest.approx(np.mean(few), rel=0.1)
    assert np.mean([mixes.distance(*pair) for pair in many]) < 0.4 * float(np.mean(few))


@pytest.mark.parametrize(
    ("text", "plan", "reason"),
    [
        ("key created", PLAN, "There are no tickets in the store."),
        (HEAD + weeks(7, 0, {"Payments": "gb", "Data": "d"}, 6), "", "No strategy was in force"),
        (HEAD + weeks(7, 0, {"Payments": "gb", "Data": "d"}, 6), PLAN, "too little of the past is known"),
        (HEAD + weeks(7, 0, {"Payments": "gb"}, 6), PLAN, "Fewer than two teams"),
        (HEAD + weeks(7, 6, {"Payments": "gb", "Data": "d"}, 2), DECLARED, "Fewer than two teams"),
    ],
    ids=["empty", "no strategy", "no past", "one team", "too few tickets"],
)
def test_it_is_not_judged_where_something_is_missing(board: MakeBoard, text: str, plan: str, reason: str) -> None:
    finding = measure(board(*[plan] if plan else [], text=text, at_least=2))
    assert finding.verdict == "not_judged" and reason in finding.reason
