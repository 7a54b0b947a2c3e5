"""A start is judged as the ticket stood on that day, by the strategy's policy or by the site's own custom."""

from __future__ import annotations

import pytest

from analyzer.measures.undefined_start import measure
from tests.analyzer.measures.weekly import Cells, lines, weekly
from tests.conftest import MakeBoard

PLAN = "strategy: s\nready: {owner: true, estimate: true, allow: 10%}\npriorities: [{id: growth, match: [{label: growth}]}]"


def estimates(inside_with: int, late: bool = False) -> str:
    """Five of six starts are estimated, in the window so many; the others are later, if at all."""

    def cells(inside: bool, n: int, day) -> Cells:  # type: ignore[no-untyped-def]
        estimated = n < (inside_with if inside else 5)
        return {"estimate": "3" if estimated else f"3@{day(3)}" if late else "-", "type": "Story"}

    return weekly(cells)


def test_starts_that_lack_what_the_strategy_asks_for_are_a_signal(board: MakeBoard) -> None:
    finding = measure(board(PLAN, text=estimates(2)))
    assert finding.verdict == "signal" and finding.value == pytest.approx(4 / 6)
    assert finding.sentence == (
        "67\u00a0% of the 48 tickets started lacked something that the strategy asks for; 10\u00a0% may."
    )
    kinds = lines(finding, "kinds")
    assert (kinds["No estimate"]["tickets"], kinds["No estimate"]["counted"]) == (32, "yes")
    assert (kinds["No owner"]["tickets"], kinds["No description"]["counted"]) == (0, "no")
    assert finding.move is not None and finding.move.sentence.endswith(
        "had 28 of the 32 starts that lacked something been complete, 4 would be left, and 4.8 of 48 may."
    )


def test_nothing_is_lacking(board: MakeBoard) -> None:
    finding = measure(board(PLAN, text=estimates(6)))
    assert (finding.verdict, finding.value) == ("noise", 0)


def test_what_was_filled_in_after_the_start_counts_as_missing_then(board: MakeBoard) -> None:
    """The pitfall: today's fields, which have all been filled in since."""
    assert measure(board(PLAN, text=estimates(2, late=True))).value == pytest.approx(4 / 6)


def test_the_day_of_the_start_has_until_its_end(board: MakeBoard) -> None:
    """
    key  created     doing       done        assignee      estimate
    A-1  2026-01-05  2026-01-12  2026-01-16  1@2026-01-12  3@2026-01-12T23:59
    A-2  2026-01-05  2026-01-12  2026-01-16  1             3@2026-01-13T00:00
    A-3  2026-01-05  2026-01-12  2026-01-16  1@2026-01-13  3
    """
    kinds = lines(measure(board(PLAN)), "kinds")
    assert (kinds["No estimate"]["ids"], kinds["No owner"]["ids"]) == (["jira:A-2"], ["jira:A-3"])


def test_bugs_upkeep_epics_and_sub_tasks_are_not_asked_for_an_estimate(board: MakeBoard) -> None:
    """
    key  created     doing       done        assignee  type      labels
    A-1  2026-01-05  2026-01-12  2026-01-16  1         Bug       -
    A-2  2026-01-05  2026-01-12  2026-01-16  1         Task      ops
    A-3  2026-01-05  2026-01-12  2026-01-16  1         Sub-task  -
    A-4  2026-01-05  2026-01-12  2026-01-16  1         Epic      -
    A-5  2026-01-05  2026-01-12  2026-01-16  1         Story     -
    """
    plan = PLAN.replace("priorities: [", "priorities: [{id: ops, kind: upkeep, match: [{label: ops}]}, ")
    kinds = lines(measure(board(plan)), "kinds")
    assert (kinds["No estimate"]["ids"], kinds["No estimate"]["of"], kinds["No owner"]["of"]) == (["jira:A-5"], 1, 3)


def test_without_a_policy_the_custom_of_the_site_counts(board: MakeBoard) -> None:
    finding = measure(board(text=estimates(0)))
    assert finding.verdict == "signal" and finding.headline == "Work starts less defined than usual."
    kinds = lines(finding, "kinds")
    assert (
        kinds["No estimate"]["counted"] == "yes" and kinds["No parent"]["counted"] == "no"
    )  # nobody ever had a parent
    assert measure(board(text=estimates(5))).verdict == "noise"
    assert finding.move is not None and finding.move.sentence.endswith("8 would be left, and 8.0 of 48 are usual.")


def test_one_breach_contradicts_a_policy_that_allows_none(board: MakeBoard) -> None:
    """
    key  created     doing       done        assignee  estimate
    A-1  2026-01-05  2026-01-12  2026-01-16  1         -
    """
    finding = measure(board(PLAN.replace(", allow: 10%", "")))
    assert (finding.verdict, finding.value) == ("signal", 1) and finding.sentence.endswith("; none may.")


def test_it_is_not_judged_where_something_is_missing(board: MakeBoard) -> None:
    """
    key  created     doing       done        assignee  estimate
    A-1  2026-01-05  2026-01-12  2026-01-16  1         -
    """
    assert "independent ones" in measure(board(PLAN)).reason
    assert "no ready policy" in measure(board()).reason
    assert "no tickets in the store" in measure(board(PLAN, text="key  created")).reason
    silent = "key  created     done        assignee  history\nA-1  2026-01-05  2026-01-16  1         none"
    assert "No ticket came with a change log" in measure(board(PLAN, text=silent)).reason
    assert "No work was started" in measure(board(PLAN, text="key  created\nA-1  2026-01-05")).reason
