"""A finding that comes back without a decision is told; where nobody records decisions, nobody is accused."""

from __future__ import annotations

from collections.abc import Callable

from analyzer.measures.ignored_findings import measure
from analyzer.result import Finding, Table
from analyzer.store import Connection
from tests.analyzer import drawn
from tests.conftest import MakeBoard

PLAN = "strategy: s\npriorities: [{id: growth, match: [{label: growth}]}]"
TEXT = "key created doing done assignee\nA-1 2026-01-05 2026-01-12 2026-01-16 1"
MONDAYS = ("2026-02-02", "2026-02-09", "2026-02-16", "2026-02-23")


def store(
    words: str = "", values: tuple[float, ...] = (0.2, 0.2, 0.2, 0.2), verdict: str = "signal"
) -> Callable[[Connection], None]:
    def prepare(con: Connection) -> None:
        for day, value in zip(MONDAYS, values, strict=False):
            drawn.frozen(con, day, priority_drift=(verdict, value), scope_creep=("noise", 0.0))
        if words:
            drawn.spoken(con, "day kind target choice reason until\n" + words)

    return prepare


def rows(finding: Finding) -> list[dict[str, object]]:
    return [dict(r.cells) for d in finding.details if isinstance(d, Table) for r in d.rows]


def test_it_came_back_four_times_and_nobody_decided(board: MakeBoard) -> None:
    finding = measure(board(PLAN, text=TEXT, prepare=store("2026-02-03 finding scope_creep dismiss x -")))
    assert (finding.verdict, finding.value) == ("signal", 1)
    assert finding.headline == "Nobody decided on: Priority drift."
    assert rows(finding)[0]["reports"] == 4 and rows(finding)[0]["decided"] == "nothing"
    assert finding.move is not None and "--decide priority_drift=act" in finding.move.sentence


def test_what_was_accepted_is_at_rest(board: MakeBoard) -> None:
    finding = measure(
        board(PLAN, text=TEXT, prepare=store("2026-02-03 finding priority_drift accept agreed 2026-12-31"))
    )
    assert finding.verdict == "noise" and rows(finding)[0]["until"] == "2026-12-31"


def test_a_decision_that_expired_or_moved_nothing_is_watched(board: MakeBoard) -> None:
    for words in ("2026-02-03 finding priority_drift accept x 2026-02-20", "2026-01-20 finding priority_drift act x -"):
        finding = measure(board(PLAN, text=TEXT, prepare=store(words)))
        assert finding.verdict == "watch" and "Priority drift" in finding.sentence


def test_it_was_acted_on_and_came_down(board: MakeBoard) -> None:
    finding = measure(
        board(PLAN, text=TEXT, prepare=store("2026-01-20 finding priority_drift act x -", (0.3, 0.25, 0.2, 0.15)))
    )
    assert finding.verdict == "noise" and rows(finding)[0]["moved"] == "yes"


def test_too_few_reports_or_no_decision_ever_is_not_judged(board: MakeBoard) -> None:
    assert "nothing to follow" in measure(board(PLAN, text=TEXT)).reason
    finding = measure(board(PLAN, text=TEXT, prepare=store()))
    assert finding.verdict == "not_judged" and "ever recorded" in finding.reason and rows(finding)


def test_a_run_that_was_broken_is_no_run(board: MakeBoard) -> None:
    """The trap: signals of long ago counted although the latest report had none."""

    def prepare(con: Connection) -> None:
        store("2026-02-03 finding scope_creep dismiss x -")(con)
        drawn.frozen(con, "2026-03-01", priority_drift=("noise", 0.0))

    finding = measure(board(PLAN, text=TEXT, prepare=prepare, as_of=drawn.at("2026-03-09")))
    assert finding.verdict == "noise" and rows(finding) == []
