"""A priority announced again and again while its share stays low is told; reminding people of one that rises is not."""

from __future__ import annotations

import pytest

from analyzer.measures.repeated_priorities import difference, measure
from analyzer.result import Finding, Table
from analyzer.store import Connection
from tests.analyzer import drawn
from tests.conftest import MakeBoard

PLAN = """
strategy: First half
priorities:
  - {id: growth, name: Growth, share: 40-60%, match: [{label: growth}]}
  - {id: data, name: Data, share: 40-60%, match: [{label: data}]}
"""
FOCUS = PLAN + "weeks:\n" + "".join(f"  2026-W{n:02d}: {{focus: [growth]}}\n" for n in (3, 5, 7, 9))


def row(finding: Finding, name: str) -> dict[str, object]:
    return next(
        dict(r.cells) for d in finding.details if isinstance(d, Table) for r in d.rows if r.cells["priority"] == name
    )


def test_said_four_times_and_still_too_little(board: MakeBoard) -> None:
    """
    key        created     doing       done        assignee  labels
    A-1..8     2026-01-05  2026-01-12  2026-01-16  1..8      growth
    A-31..110  2026-01-05  2026-02-09  2026-02-13  31..110   data
    """
    finding = measure(board(FOCUS))
    assert (finding.verdict, finding.value) == ("signal", 1)
    assert finding.sentence.startswith("Growth was announced 4 times since 2026-W03 and still gets 9\u00a0% of effort")


def test_inside_its_range_it_may_be_repeated(board: MakeBoard) -> None:
    """
    key       created     doing       done        assignee  labels
    A-1..40   2026-01-05  2026-01-12  2026-01-16  1..40     growth
    A-41..80  2026-01-05  2026-02-09  2026-02-13  41..80    data
    """
    finding = measure(board(FOCUS))
    assert finding.verdict == "noise" and row(finding, "Growth")["focus"] == 4


def test_one_that_rises_is_being_followed(board: MakeBoard) -> None:
    """The trap: too little still, but it has risen from nothing since it was first announced.

    key         created     doing       done        assignee  labels
    B-1..100    2025-11-03  2025-12-01  2025-12-05  1..100    data
    A-1..25     2026-01-05  2026-01-19  2026-01-23  1..25     growth
    A-31..105   2026-01-05  2026-02-09  2026-02-13  31..105   data
    """
    finding = measure(board(FOCUS))
    assert finding.verdict == "noise" and row(finding, "Growth")["before"] == 0.0


def test_edits_of_its_entry_count_and_those_of_its_rules_do_not(board: MakeBoard) -> None:
    """
    key        created     doing       done        assignee  labels
    A-1..8     2026-01-05  2026-01-12  2026-01-16  1..8      growth
    A-31..110  2026-01-05  2026-02-09  2026-02-13  31..110   data
    """

    def prepare(con: Connection) -> None:
        texts = [PLAN, *(PLAN.replace("name: Growth", f"name: Growth, why: Reason {n}") for n in range(3))]
        texts.append(texts[-1].replace("label: growth", "label: Growth"))
        texts.append("strategy: [broken")
        for n, text in enumerate(texts):
            moment = drawn.at(f"2026-02-{n + 1:02d}").replace(tzinfo=None)
            con.execute("INSERT INTO strategy_seen VALUES ('strategy.yaml', ?, ?, ?)", [moment, str(n), text])

    finding = measure(board(PLAN, prepare=prepare))
    assert row(finding, "Growth")["edits"] == 3 and finding.verdict == "signal"


def test_without_a_record_it_is_not_judged(board: MakeBoard) -> None:
    """
    key       created     doing       done        assignee  labels
    A-1..40   2026-01-05  2026-01-12  2026-01-16  1..40     growth
    """
    assert "only one version" in measure(board(PLAN)).reason


def test_difference_as_published() -> None:
    """Newcombe 1998, table II, method 10: 56/70 against 48/80, and 9/10 against 3/10."""
    assert difference(56 / 70, 48 / 80, 70, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert difference(9 / 10, 3 / 10, 10, 10) == pytest.approx((0.1705, 0.8090), abs=5e-5)
