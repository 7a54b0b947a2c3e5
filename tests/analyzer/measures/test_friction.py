"""Begun work that stands still is counted by working evenings, and what has not ended yet is not taken for short."""

from __future__ import annotations

import pytest

from analyzer.durations import quantile
from analyzer.measures.friction import measure
from connectors.ticket import Relation
from tests.analyzer import drawn
from tests.analyzer.measures.weekly import Cells, lines, weekly
from tests.conftest import MakeBoard


def flagged(often: int, usual: int = 1) -> str:
    """One of six tickets is flagged from Tuesday to Thursday, two of its four evenings; in the window ``often``."""

    def cells(inside: bool, n: int, day) -> Cells:  # type: ignore[no-untyped-def]
        return {"flagged": f"yes@{day(1)}/{day(3)}" if n < (often if inside else usual) else "-"}

    return weekly(cells)


def test_more_than_usual_is_a_signal(board: MakeBoard) -> None:
    finding = measure(board(text=flagged(5)))
    assert finding.verdict == "signal" and finding.value == pytest.approx(10 / 24)
    assert finding.sentence.startswith("Begun work stood still on 42\u00a0% of its evenings, where 8\u00a0% is usual.")
    blocked = lines(finding, "causes")["Blocked"]
    assert (blocked["stays"], blocked["lasting"], blocked["median"]) == (40, 0, 2)


def test_as_usual_is_none(board: MakeBoard) -> None:
    assert measure(board(text=flagged(1))).verdict == "noise"
    finding = measure(board(text=flagged(0, usual=0)))
    assert finding.verdict == "noise" and finding.sentence.startswith("No begun work was seen to be blocked")


def test_a_weekend_is_no_waiting(board: MakeBoard) -> None:
    """The pitfall: blocked from Friday to Monday is one working day, not three; and within a day it is none.

    key  created     doing       done        assignee  flagged                       status
    A-1  2026-01-05  2026-01-12  2026-01-20  1         yes@2026-01-16/2026-01-19     Open
    A-2  2026-01-05  2026-01-12  2026-01-20  2         yes@2026-01-14T09:30/2026-01-14T15:00  Open
    A-3  2026-01-05  2026-01-12  2026-01-20  3  -  Doing@2026-01-12+Review@2026-01-14+Doing@2026-01-19
    """
    finding = measure(board())
    causes = lines(finding, "causes")
    assert (causes["Blocked"]["ids"], causes["Blocked"]["median"]) == (["jira:A-1"], 1)
    assert (causes["In review or waiting"]["ids"], causes["In review or waiting"]["median"]) == (["jira:A-3"], 3)
    assert finding.value == pytest.approx(4 / 18)


def test_two_reasons_at_once_are_one_evening_and_work_not_begun_is_none(board: MakeBoard) -> None:
    """
    key  created     phase                                      assignee  flagged                    status
    A-1  2026-01-05  todo+doing@2026-01-12+done@2026-01-16  1  yes@2026-01-13/2026-01-15  Open+Blocked@2026-01-13+Doing@2026-01-15
    A-2  2026-01-05  todo                                       2         yes@2026-01-13             Blocked
    A-3  2026-01-05  todo+doing@2026-01-12+todo@2026-01-14+doing@2026-01-15+done@2026-01-16  3  -    -
    """
    finding = measure(board())
    assert finding.value == pytest.approx(3 / 8)
    assert set(lines(finding, "causes")) == {"Blocked", "Put back after it had begun"}


def test_what_still_lasts_is_longer_than_it_has_lasted() -> None:
    """The pitfall: a median over the stays that ended, which leaves out the worst ones."""
    assert quantile([1, 2, 3], [], 0.5).value == 2
    found = quantile([1, 2, 3], [10, 10, 10, 10], 0.5)
    assert (found.value, found.high) == (None, None)
    assert quantile([1, 2, 3, 4], [2, 2], 0.5).value == 3
    assert quantile([], [5], 0.5).value is None


def test_old_open_work_is_listed(board: MakeBoard) -> None:
    text = weekly(lambda inside, n, day: {}, before=10)
    row = dict(zip(text.splitlines()[0].split(), ["B-1", "2026-01-05", "2026-01-12", "-", "1", "x"], strict=True))
    finding = measure(board(text="\n".join([text, " ".join(row.values())])))
    assert lines(finding, "ageing")["All teams"]["ids"] == ["jira:B-1"]
    assert "1 open ticket is older than the 4 working days" in finding.sentence


def test_which_team_waits_for_which(board: MakeBoard, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    key     created     doing       done        assignee  team
    A-1..6  2026-01-05  2026-01-12  -           1..6      Core
    B-1..6  2026-01-05  2026-01-12  -           11..16    Web
    B-7     2026-01-05  2026-01-12  2026-01-16  11        Web
    """
    draw = drawn.draw

    def blocked(text: str):  # type: ignore[no-untyped-def]
        made = draw(text)
        pairs = (("A-1", "B-1"), ("A-2", "B-1"), ("B-2", "A-3"), ("B-7", "A-4"), ("A-5", "A-6"))
        made.relations += [Relation(f"jira:{a}", f"jira:{b}", "blocks") for a, b in pairs]
        return made

    monkeypatch.setattr(drawn, "draw", blocked)
    made = board()
    made.con.execute(
        "CREATE OR REPLACE TEMP TABLE trackers AS SELECT 'jira' AS name, false AS live, TIMESTAMP '2026-03-01' AS pulled"
    )
    assert lines(measure(board()), "by_team") and "wait for" not in measure(board()).sentence  # pulled after the moment
    finding = measure(made)
    waits = lines(finding, "waits")
    assert {k: (v["blocker"], v["ids"]) for k, v in waits.items()} == {
        "Web": ("Core", ["jira:B-1"]), "Core": ("Web", ["jira:A-3"]),
    }  # fmt: skip
    assert finding.sentence.endswith("Core and Web wait for each other.")


def test_it_is_not_judged_where_something_is_missing(board: MakeBoard) -> None:
    assert "no tickets in the store" in measure(board(text="key  created")).reason
    silent = "key  created     done        assignee  history\nA-1  2026-01-05  2026-01-16  1         none"
    assert "No ticket came with a change log" in measure(board(text=silent)).reason
    assert "No begun work was open" in measure(board(text="key  created\nA-1  2026-01-05")).reason
    young = (
        "key  created     doing       done        assignee  flagged\nA-1  2026-01-05  2026-01-12  2026-01-16  1  yes"
    )
    assert "too little" in measure(board(text=young)).reason
