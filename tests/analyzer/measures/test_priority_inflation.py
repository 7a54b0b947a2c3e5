"""More urgent tickets than their types usually bring are found, as they were made and not as they stand today."""

from __future__ import annotations

import pytest

from analyzer.measures.priority_inflation import measure
from analyzer.result import Series
from tests.analyzer.measures.weekly import Cells, lines, weekly
from tests.conftest import MakeBoard


def urgent(often: int, before: str = "High", after: str = "Medium", later: str = "") -> str:
    """One of six new tickets is urgent, in the window ``often``."""

    def cells(inside: bool, n: int, day) -> Cells:  # type: ignore[no-untyped-def]
        top = n < (often if inside else 1)
        return {
            "urgency": before if top else after + (f"+{later}@{day(1)}" if later and inside else ""),
            "created": day(0),
        }

    return weekly(cells)


def test_more_at_the_top_is_a_signal(board: MakeBoard) -> None:
    finding = measure(board(text=urgent(4)))
    assert finding.verdict == "signal" and finding.value == pytest.approx(4 / 6)
    assert finding.sentence == (
        "67\u00a0% of 48 new tickets were made at the top urgencies, 4.0 times as many as is usual for their types."
    )
    high = lines(finding, "urgencies")["High"]
    assert (high["tickets"], high["top"]) == (32, "yes") and high["usual"] == pytest.approx(1 / 6)
    assert finding.move is not None and finding.move.sentence == (
        "Put about 24 of the 32 tickets made at the top urgencies back to their usual urgency: "
        "8.0 would be as many as is usual here."
    )


def test_as_many_as_usual_is_none(board: MakeBoard) -> None:
    assert measure(board(text=urgent(1))).verdict == "noise"


def test_the_urgency_counts_with_which_a_ticket_was_made(board: MakeBoard) -> None:
    """Lowered since or not, it was made urgent; promotions are told apart and are found too."""
    lowered = measure(board(text=urgent(4, before="High+Low@2026-03-01")))
    assert lowered.verdict == "signal" and lowered.value == pytest.approx(4 / 6)
    raised = measure(board(text=urgent(1, later="High")))
    assert raised.value == pytest.approx(1 / 6) and "40 promotions" in str(raised.model_dump())


def test_more_bugs_are_no_inflation(board: MakeBoard) -> None:
    """The pitfall: bugs are always made urgent here, and the window has more of them."""

    def cells(inside: bool, n: int, day) -> Cells:  # type: ignore[no-untyped-def]
        bug = n < (4 if inside else 1)
        return {"type": "Bug" if bug else "Story", "urgency": "Urgent" if bug or n == 5 else "Medium"}

    finding = measure(board(text=weekly(cells)))
    assert finding.value == pytest.approx(5 / 6)
    assert finding.verdict == "noise"


def test_what_stands_open_is_counted_however_old_it_is(board: MakeBoard) -> None:
    """Made years before the history at hand: one urgent and three others are open still, one was closed in it, one before it."""
    old = [("High", "-"), *[("Medium", "-")] * 3, ("Medium", "2025-10-10"), ("High", "2024-03-01")]
    rows = [f"OLD-{n} 2023-02-01 2023-02-06 {done} 1 old{n} {word}" for n, (word, done) in enumerate(old)]
    finding = measure(board(text="\n".join([urgent(1), *rows])))
    (opened,) = [d for d in finding.details if isinstance(d, Series) and d.id == "open"]
    share = dict(zip(opened.x, opened.lines[0].values, strict=True))
    assert (share["2025-W40"], share["2025-W41"], share["2026-W08"]) == (1 / 5, 1 / 4, 1 / 4)


@pytest.mark.parametrize("default", ["Medium", "Major", "None"])
def test_a_default_that_nobody_changes_is_no_alarm(board: MakeBoard, default: str) -> None:
    finding = measure(board(text=urgent(0, before=default, after="Major")))
    assert (finding.verdict, finding.value, finding.sentence) == ("noise", 0, "No new ticket was made urgent.")


def test_it_is_not_judged_where_something_is_missing(board: MakeBoard) -> None:
    assert "no tickets in the store" in measure(board(text="key  created")).reason
    silent = "key  created     done        assignee  urgency  history\nA-1  2026-01-05  2026-01-16  1  High       none"
    assert "as last recorded, not as it was made" in measure(board(text=silent)).reason
    assert "made with an urgency" in measure(board(text="key  created\nA-1  2026-01-05")).reason
    own = measure(board(text="key  created     urgency\nA-1  2026-01-05  Prio-A"))
    assert own.verdict == "not_judged" and "\u201cprio-a\u201d" in own.reason
    young = measure(board(text="key  created     urgency\nA-1  2026-01-05  High"))
    assert young.verdict == "not_judged" and "too little" in young.reason
