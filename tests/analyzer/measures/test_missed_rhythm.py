"""A rhythm that the strategy asks for is kept or not; one that nobody records is not judged."""

from __future__ import annotations

from analyzer.measures.missed_rhythm import measure
from analyzer.result import Finding, Table
from tests.analyzer import drawn
from tests.conftest import MakeBoard

PLAN = """
strategy: First half
review: {every: week, on: monday}
priorities:
  - {id: growth, name: Growth, owner: Head of Growth, share: 40-60%, match: [{label: growth}]}
  - {id: data, name: Data, share: 40-60%, match: [{label: data}]}
weeks:
"""
WEEKS = [f"2026-W{n:02d}" for n in range(2, 10)]
EVERY_WEEK = PLAN + "".join(f"  {w}: {{focus: [growth]}}\n" for w in WEEKS)
HELD = "day kind target\n" + "\n".join(f"2026-03-01 review {w}" for w in WEEKS)
HALVES = """
key       created     doing       done        assignee  labels
A-1..30   2026-01-05  2026-01-12  2026-01-16  1..30     growth
A-31..60  2026-01-05  2026-01-12  2026-01-16  31..60    data
"""


def table(finding: Finding, ident: str) -> list[dict[str, object]]:
    return next([dict(r.cells) for r in d.rows] for d in finding.details if isinstance(d, Table) and d.id == ident)


def test_everything_kept(board: MakeBoard) -> None:
    finding = measure(board(EVERY_WEEK, text=HALVES, prepare=lambda con: drawn.spoken(con, HELD)))
    assert (finding.verdict, finding.value) == ("noise", 0)
    assert finding.sentence.startswith("8 of 8 reviews that were due were held. 8 weeks of 8 had a stated focus.")


def test_two_reviews_in_a_row_were_missed(board: MakeBoard) -> None:
    finding = measure(board(EVERY_WEEK, text=HALVES, prepare=lambda con: drawn.spoken(con, HELD.rsplit("\n", 2)[0])))
    assert (finding.verdict, finding.value) == ("signal", 2)
    assert finding.headline == "6 of 8 reviews that were due were held."
    assert [r["review"] for r in table(finding, "weeks")] == ["held"] * 6 + [""] * 2
    assert finding.move is not None and finding.move.sentence.startswith("Hold the review due at the end of 2026-W09")


def test_one_week_without_a_focus_is_worth_watching(board: MakeBoard) -> None:
    plan = EVERY_WEEK.replace("  2026-W05: {focus: [growth]}\n", "")
    finding = measure(board(plan, text=HALVES, prepare=lambda con: drawn.spoken(con, HELD)))
    assert (finding.verdict, finding.value) == ("watch", 1)


def test_a_focus_that_gets_too_little_is_a_signal(board: MakeBoard) -> None:
    """
    key        created     doing       done        assignee  labels
    A-1..8     2026-01-05  2026-01-12  2026-01-16  1..8      growth
    A-31..110  2026-01-05  2026-02-09  2026-02-13  31..110   data
    """
    finding = measure(board(EVERY_WEEK, prepare=lambda con: drawn.spoken(con, HELD)))
    assert finding.verdict == "signal"
    assert (
        "The weeks' focus got 9\u00a0% of effort, less than the 40\u00a0% or more that is intended for it."
        in finding.sentence
    )


def test_nothing_recorded_is_not_judged(board: MakeBoard) -> None:
    """The trap: a tool nobody was told to use would accuse everybody."""
    finding = measure(board(PLAN.replace("weeks:\n", ""), text=HALVES))
    assert finding.verdict == "not_judged" and "alignment week" in finding.reason


def test_no_rhythm_stated_is_not_judged(board: MakeBoard) -> None:
    plan = "strategy: s\npriorities: [{id: growth, match: [{label: growth}]}]"
    assert "states no rhythm" in measure(board(plan, text=HALVES)).reason


def test_what_was_recorded_later_was_not_known_then(board: MakeBoard) -> None:
    late = HELD.replace("2026-03-01", "2026-03-09")
    finding = measure(board(EVERY_WEEK, text=HALVES, prepare=lambda con: drawn.spoken(con, late)))
    assert {r["review"] for r in table(finding, "weeks")} == {""}
    assert finding.sentence.startswith("8 reviews were due and none was ever recorded.")


def test_an_owner_was_last_heard(board: MakeBoard) -> None:
    said = "day kind target reason\n2026-02-04 note growth Waiting"
    finding = measure(board(EVERY_WEEK, text=HALVES, prepare=lambda con: drawn.spoken(con, said)))
    assert table(finding, "owners") == [{"priority": "Growth", "owner": "Head of Growth", "last": "2026-W06"}]
