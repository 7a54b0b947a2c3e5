"""Links made after the work was done, or in the last two days, are shown with their tickets and raise no signal."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from analyzer import late_links
from analyzer.board import Board
from analyzer.decisions import Reach, Word, decide, undo
from analyzer.mapping import WHOLE
from analyzer.measures.data_quality import measure
from analyzer.store import Connection
from tests.analyzer import drawn
from tests.conftest import MakeBoard

PLAN = """
strategy: s
priorities:
  - {id: growth, match: [{label: growth, type: Story}, {version: [One, Two]}, {fields: {Theme: Growth}}]}
"""
AFTER, DECIDED = (
    "Linked by a label or field set more than a day after they were done",
    "Decided on more than a day after they were done",
)
FRESH, JUST = (
    "Linked by a label or field set in the two days before the report",
    "Decided on in the two days before the report",
)


def told(board: Board) -> dict[str, tuple[int, int, list[str]]]:
    return {
        str(r.cells["what"]): (
            int(str(r.cells["tickets"])),
            int(str(r.cells["of"])),
            [t.removeprefix("jira:") for t in r.tickets],
        )
        for made in late_links.tables(board)
        for r in made.rows
    }


def said(day: str, *keys: str, reach: Reach = "ticket", undone: str = "") -> Callable[[Connection], None]:
    def prepare(con: Connection) -> None:
        words = [Word(f"jira:{k}", (("growth", WHOLE),), reach=reach) for k in keys]
        act = decide(con, words, "x", drawn.at(day, 12), None, {"growth"})
        if undone:
            undo(con, act, "x", drawn.at(undone, 12))

    return prepare


def test_a_label_or_version_set_after_the_work_was_done_is_late(board: MakeBoard) -> None:
    """
    key   created     doing       done        assignee  type   labels                              version         history
    A-1   2026-01-05  2026-01-12  2026-01-16  1         Story  growth@2026-01-20                   -               full
    A-2   2026-01-05  2026-01-12  2026-01-16  1         Story  growth@2026-01-17                   -               full
    A-3   2026-01-05  2026-01-12  2026-01-16  1         Story  growth+other@2026-02-20             -               full
    A-4   2026-01-05  2026-01-12  2026-01-16  1         Story  growth@2026-01-06/2026-01-14+growth@2026-02-02  -               full
    A-5   2026-01-05  2026-01-12  2026-01-16  1         Story  growth@2026-01-20                   -               none
    A-6   2025-10-05  2025-10-12  2025-10-16  1         Story  growth@2026-01-20                   -               full
    A-7   2026-01-05  2026-01-12  2026-01-16  1         Task   -                                   One@2026-02-03  full
    A-8   2026-01-05  2026-01-12  -           1         Story  growth@2026-01-20                   -               full
    A-9   2026-01-05  2026-01-12  2026-01-16  1         Story  other@2026-01-20                    -               full
    """
    assert told(board(PLAN)) == {AFTER: (2, 6, ["A-7", "A-1"])}
    assert told(board(PLAN, as_of=drawn.at("2026-01-26"))) == {AFTER: (1, 4, ["A-1"])}  # A-7 had no version yet


def test_a_decision_of_after_the_work_was_done_is_late_also_from_above(board: MakeBoard) -> None:
    """
    key     created     doing       done        assignee  type  parent
    A-1     2026-01-05  -           -           -         Epic  -
    A-2..3  2026-01-05  2026-01-12  2026-01-16  1         Task  A-1
    A-4     2026-01-05  2026-01-12  2026-02-13  1         Task  -
    """
    assert told(board(PLAN, prepare=said("2026-02-10", "A-1", "A-4", reach="below"))) == {
        DECIDED: (2, 3, ["A-3", "A-2"])
    }
    assert told(board(PLAN, prepare=said("2026-01-16", "A-2"))) == {}
    assert told(board(PLAN, prepare=said("2026-02-10", "A-2", undone="2026-02-11"))) == {}
    assert told(board(PLAN, prepare=said("2026-02-10", "A-2", undone="2026-02-20"), as_of=drawn.at("2026-02-15"))) == {
        DECIDED: (1, 1, ["A-2"])
    }


def test_what_came_in_the_last_two_days_is_told_apart(board: MakeBoard) -> None:
    """
    key   created     doing       assignee  type   labels
    A-1   2026-01-05  2026-01-12  1         Story  growth@2026-03-01
    A-2   2026-01-05  2026-01-12  1         Story  growth@2026-02-27
    A-3   2026-03-01  2026-03-01  1         Story  growth
    A-4   2026-01-05  2026-01-12  1         Story  other@2026-03-01
    A-5   2026-01-05  2026-01-12  1         Task   -
    """
    assert told(board(PLAN, prepare=said("2026-03-01", "A-5"))) == {FRESH: (1, 4, ["A-1"]), JUST: (1, 4, ["A-5"])}


@pytest.mark.parametrize("plans", [(), (PLAN,)])
def test_without_a_strategy_or_a_link_there_is_no_table(board: MakeBoard, plans: tuple[str, ...]) -> None:
    assert told(board(*plans, text="key  created  done\nA-1  2026-01-05  2026-01-16")) == {}


def test_late_links_raise_no_signal(board: MakeBoard) -> None:
    """
    key     created     doing       done        assignee  type   labels             parent  estimate
    E-1     2026-01-05  -           -           -         Epic   -                  -       -
    A-1..9  2026-01-05  2026-01-12  2026-01-16  1..9      Story  growth@2026-01-20  E-1     3
    """
    finding = measure(board(PLAN))
    assert (finding.verdict, finding.value) == ("noise", 0)
    assert [d.id for d in finding.details][-1] == "late_links"
