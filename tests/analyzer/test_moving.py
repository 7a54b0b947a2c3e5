"""The smallest move does what it says: applied it brings the number inside its range, and one ticket fewer does not."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest

from analyzer import moving
from analyzer.measures import not_now_work, priority_drift, scope_creep, team_divergence, unlinked_work
from analyzer.mixes import scattered
from analyzer.moving_effort import Side, out_of
from analyzer.result import Finding, Table
from tests.analyzer import drawn
from tests.conftest import MakeBoard

PLAN = """
strategy: First half
unlinked_allowance: 10%
priorities:
  - {id: growth, name: Growth, share: 60-80%, match: [{label: growth}]}
  - {id: bugs, name: Bugs, kind: upkeep, share: 10-40%, match: [{label: bugs}]}
not_now:
  - {id: mobile, name: Mobile redesign, match: [{label: mobile}]}
"""
OPEN_WORK = """
key       doing       done  assignee  serves
A-1..5    2026-02-16  -     1..5      growth
A-6..9    2026-02-16  -     6..9      bugs
A-10      2026-02-23  -     10        bugs
A-11..18  2026-02-20  -     11..18    bugs
A-19..20  2026-02-16  -     19..20    -
"""


def relabelled(text: str, ids: list[str], serves: str) -> str:
    """The same company, in which these tickets serve something else: every ticket has a line of its own."""
    (_, rows) = next(drawn.tables(text))
    head = list(dict.fromkeys(k for r in rows for k in r))
    lines = [" ".join(head)]
    for r in rows:
        for n, key in enumerate(drawn._keys(r["key"])):
            mine = dict(r) | {"key": key}
            if ".." in mine.get("assignee", ""):
                first, last = map(int, mine["assignee"].split(".."))
                mine["assignee"] = f"{first + n % (last - first + 1)}"
            if f"jira:{key}" in ids:
                mine["serves"] = serves
            lines.append(" ".join(mine.get(k, "-") for k in head))
    return "\n".join(lines)


def shares(finding: Finding) -> dict[str, float]:
    (found,) = [d for d in finding.details if isinstance(d, Table) and d.id == "priorities"]
    return {str(r.cells["priority"]): float(r.cells["share"] or 0) for r in found.rows}


def test_what_is_moved_brings_every_priority_inside_its_range(board: MakeBoard) -> None:
    found = priority_drift.measure(board(PLAN, text=OPEN_WORK))
    assert found.verdict == "signal" and found.move is not None and found.move.more == 0
    moved = found.move.tickets
    assert found.move.sentence == (
        "Move about 5 of 20 open tickets out of Bugs (3) and No priority (unlinked) (2) into Growth: 29.3\u00a0% of the 163 "
        "person-days that they drew is 47.8, and these 5 drew 50."
    )
    # all the effort of these weeks is of open tickets, so the move is that of the number itself
    after = shares(priority_drift.measure(board(PLAN, text=relabelled(OPEN_WORK, moved, "growth"))))
    assert 0.6 - 1e-9 <= after["Growth"] <= 0.8 and 0.1 <= after["Bugs"] <= 0.4 + 1e-9
    for fewer in combinations(moved, len(moved) - 1):
        short = shares(priority_drift.measure(board(PLAN, text=relabelled(OPEN_WORK, list(fewer), "growth"))))
        assert short["Growth"] < 0.6 or short["Bugs"] > 0.4


def test_no_smaller_set_of_tickets_would_cover_what_is_too_much(board: MakeBoard) -> None:
    """The oracle looks at every set.

    key      created
    A-1..12  2026-01-05
    """
    made = board(PLAN)
    rng = Random(7)
    for _ in range(25):
        weights = [rng.randint(1, 9) for _ in range(12)]
        need = rng.uniform(0.5, sum(weights) * 1.1)
        cells = " UNION ALL ".join(
            f"SELECT 'a' AS grp, {n + 1} AS ticket, {w} AS weight" for n, w in enumerate(weights)
        )
        taken = moving.until(made, cells, {"a": need})["a"]
        sizes = [k for k in range(13) if any(sum(c) >= need for c in combinations(weights, k))]
        if sizes:
            assert (taken.number, taken.rest) == (sizes[0], 0.0) and taken.weight >= need
        else:
            assert taken.number == taken.of == 12 and taken.rest == pytest.approx(need - sum(weights))


def test_out_of_takes_from_no_range_first_and_never_more_than_there_is_room() -> None:
    rng = Random(3)
    for _ in range(300):
        parts = [rng.random() for _ in range(5)]
        mix = [p / sum(parts) for p in parts]
        ends = [tuple(sorted((rng.uniform(0, 0.3), rng.uniform(0, 0.5)))) if rng.random() < 0.7 else None for _ in mix]
        sides = [Side(str(n), str(n), s, e) for n, (s, e) in enumerate(zip(mix, ends, strict=True))]  # type: ignore[arg-type]
        taken = out_of(sides)
        needed = sum(s.under for s in sides)
        for s in sides:
            assert s.over - 1e-12 <= taken.get(s.group, 0.0) <= max(s.room, s.over) + 1e-9
        room = sum(s.room for s in sides if not s.under)
        assert sum(taken.values()) == pytest.approx(max(sum(s.over for s in sides), min(needed, room)), abs=1e-6)


def test_linking_the_heaviest_brings_unlinked_work_inside_its_allowance(board: MakeBoard) -> None:
    text = """
    key       doing       done        assignee  serves
    A-1..20   2026-01-12  2026-01-16  1..10     growth
    A-21..30  2026-02-02  2026-02-06  1..10     -
    A-31..36  2026-02-09  2026-02-11  1..6      -
    A-37..40  2026-02-16  2026-02-17  1..4      -
    """
    found = unlinked_work.measure(board(PLAN, text=text))
    assert found.verdict == "signal" and found.move is not None
    assert found.move.sentence == (
        "Link 15 of 20 unlinked tickets to what they serve, or stop them, the heaviest first: 63.4 of 126 person-days are more "
        "than the 10\u00a0% allowed for, and these drew 65."
    )  # 50 + 18 + 8 = 76 are unlinked, 12.6 are allowed
    linked = found.move.tickets
    after = unlinked_work.measure(board(PLAN, text=relabelled(text, linked, "growth")))
    assert after.value is not None and after.value <= 0.1 and after.move is None
    short = unlinked_work.measure(
        board(PLAN, text=relabelled(text, linked[:-1], "growth"))
    )  # the most that 14 can carry
    assert short.value is not None and short.value > 0.1


def test_the_trap_finished_work_cannot_be_moved(board: MakeBoard) -> None:
    """
    key       doing       done        assignee  serves
    A-1..10   2026-01-12  2026-01-16  1..5      growth
    A-11..50  2026-02-02  2026-02-06  1..20     bugs
    """
    found = priority_drift.measure(board(PLAN))
    assert found.move is not None and found.move.tickets == []
    assert found.move.sentence == (
        "Start about 20 fewer tickets of Bugs (2.5 each), and more of Growth instead: 40.0\u00a0% of 125 person-days is 50."
    )


def test_a_team_moves_within_its_own_work(board: MakeBoard) -> None:
    """
    key       created     doing       done        assignee  team      serves
    A-1..6    2026-01-05  2026-01-12  2026-01-13  1..6      Payments  growth
    A-7..12   2026-01-05  2026-01-19  2026-01-20  1..6      Payments  bugs
    A-13..18  2026-01-05  2026-01-26  2026-01-27  1..6      Payments  bugs
    A-19..24  2026-01-05  2026-02-02  2026-02-03  1..6      Payments  bugs
    A-25..30  2026-01-05  2026-02-16  -           1..6      Payments  bugs
    B-1..40   2026-01-05  2026-02-02  2026-02-03  11..16    Data      growth
    """
    found = team_divergence.measure(board(PLAN + "teams: {payments: {growth: 50-70%, bugs: 20-40%}}"))
    assert found.verdict == "signal" and found.move is not None
    assert found.move.sentence == (
        "Payments: move about 3 of 6 open tickets out of Bugs into Growth: 48.9\u00a0% of the 60 person-days that they drew is "
        "29.3, and these 3 drew 30."
    )
    assert found.move.tickets == ["jira:A-25", "jira:A-26", "jira:A-27"]


def test_what_is_parked_and_still_open_is_to_stop(board: MakeBoard) -> None:
    """
    key     doing       done        assignee  serves
    A-1..2  2026-02-02  2026-02-06  1..2      mobile
    A-3..4  2026-02-09  -           1..2      mobile
    """
    found = not_now_work.measure(board(PLAN))
    assert found.move is not None and found.move.tickets == ["jira:A-3", "jira:A-4"]
    assert (
        found.move.sentence
        == "Stop 2 tickets that are still open (4 tickets were started), or take them into the strategy."
    )


def test_the_newest_open_items_above_the_agreed_range_are_to_decide_about(board: MakeBoard) -> None:
    """The trap: the newest of all is finished, and can no longer be left out.

    key     created     doing       done        assignee  serves
    A-1..4  2026-01-05  2026-01-12  2026-01-16  1..4      growth
    A-5     2026-01-20  -           -           -         growth
    A-6     2026-02-02  -           -           -         growth
    A-7     2026-02-09  2026-02-10  2026-02-11  1         growth
    """
    plan = PLAN.replace("name: Growth,", "name: Growth, scope: {items: 2-5},")
    found = scope_creep.measure(board(plan))
    assert found.move is not None and found.move.tickets == ["jira:A-6", "jira:A-5"]
    assert found.move.sentence == (
        "Agree to 2 items of Growth, or take them out, the newest open first: 7 items are 2 more than 5."
    )


def test_the_effective_number_is_that_of_the_measure() -> None:
    assert (
        scattered([0.25] * 4) == pytest.approx(4)
        and scattered([2.0, 2.0, 0.0]) == pytest.approx(2)
        and scattered([]) == 0
    )
