"""From a board to a Result: runs the measures, isolates one that fails, and states the headline."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from types import ModuleType

from analyzer import audit, frozen, names
from analyzer.board import Board, Options
from analyzer.changed import changes
from analyzer.deciding import MOST, decisions
from analyzer.evidence import mentioned, references
from analyzer.judging import isolated
from analyzer.masking import masked
from analyzer.measures import MEASURES
from analyzer.plan import Plan
from analyzer.policy import PolicyRule
from analyzer.regimes import Regime
from analyzer.result import Finding, Priority, Result, StrategyRef, TrackerCoverage, Verdict
from analyzer.slices import Slice
from analyzer.store import Connection
from analyzer.strategy import Strategy

COVERAGE = """
WITH earlier AS (
    SELECT x.ticket, max(x.moment) AS moment FROM changes x JOIN tickets t ON t.no = x.ticket AND t.updated > $1
    WHERE x.moment <= $1 GROUP BY x.ticket
)
SELECT r.name, r.kind, r.source, count(t.no) AS tickets, count(CASE WHEN t.history <> 'none' THEN 1 END) AS with_history,
    coalesce(any_value(p.skipped), 0) AS skipped,
    strftime(max(CASE WHEN t.updated <= $1 THEN t.updated ELSE coalesce(e.moment, t.created) END), '%Y-%m-%d') AS newest
FROM trackers r LEFT JOIN tickets t ON t.tracker = r.name AND t.created <= $1 LEFT JOIN earlier e ON e.ticket = t.no
LEFT JOIN (SELECT tracker, count(*) AS skipped FROM problem_then WHERE ticket IS NULL GROUP BY tracker) p ON p.tracker = r.name
GROUP BY r.name, r.kind, r.source ORDER BY r.name
"""


@contextmanager
def _few_collections() -> Iterator[None]:
    """Rows by the hundred thousand, none of them in a cycle, would make Python look for cycles all the time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@_few_collections()
def score(
    con: Connection, strategies: Sequence[Strategy], options: Options, as_of: datetime,
    organisation: str = "", as_of_reason: str = "", measures: Sequence[ModuleType] = MEASURES, notes: Sequence[str] = (),
    program: str = "alignment-analyzer", secret: bytes = b"", plan: Plan | None = None, rules: Sequence[PolicyRule] = (),
    audited: bool = False,
) -> Result:  # fmt: skip
    """The Result at a moment. The same store, strategies, options and moment give the same Result, byte for byte.

    ``secret`` is the installation's key, by which names of people are recognised and hidden. A name that a later pull taught is
    hidden in the Result of an earlier moment too. A ``plan`` and the ``rules`` of a policy are held against the same board; their
    findings come first. What is ``audited`` is compared with no earlier report. Raises slices.Refused.
    """
    board = Board(con, strategies, options, as_of)
    first = audit.findings(board, plan, rules)
    chosen = [m for m in measures if not options.slice or m.META.id not in OF_EVERYBODY]
    findings = [*first, *(isolated(m.META, partial(m.measure, board), "This measure") for m in chosen)]
    headline, verdict = audit.headline(plan, first) if plan else _headline(findings)
    shown = mentioned(findings)
    said = [*notes, *_about_slice(options.slice), *_cut_pulls(board), *filter(None, [names.unknown(con, secret)])]
    before = None if audited else frozen.last(board, organisation)
    changed = changes(before, {"findings": [f.model_dump(mode="json") for f in findings]}) if before else []
    whole = Result(
        program=program, organisation=organisation, as_of=as_of.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        as_of_reason=as_of_reason, time_zone=options.calendar.time_zone, effort=options.basis,  # type: ignore[arg-type]
        window=board.window, strategies=[_strategy(r, board) for r in _by_strategy(board)], coverage=_coverage(board),
        headline=headline, verdict=verdict, previous=before["as_of"] if before else None, changed=changed,
        decide=[*decisions(first), *decisions(findings[len(first) :])][:MOST], findings=findings,
        tickets=references(board, shown), notes=said,
        slice=str(options.slice), plan=plan.plan if plan else "",
    )  # fmt: skip
    return masked(whole, names.of_store(con, secret), [*strategies, *([plan] if plan else [])])


OF_EVERYBODY = ("missed_rhythm", "repeated_priorities", "broken_assumptions", "ignored_findings")
"""Measures of what leadership does for everybody: a slice says nothing of them."""


def _about_slice(wanted: Slice) -> list[str]:
    if not wanted:
        return []
    titles = ", ".join(m.META.title for m in MEASURES if m.META.id in OF_EVERYBODY)
    return [
        f"Only a slice is looked at: {wanted}. What the strategy states for everybody (shares, allowance, agreed scope, "
        f"assumptions) is not held against it, and what concerns everybody is left out ({titles}). A person's day is split "
        "among all the tickets they held, also those outside the slice."
    ]


def _cut_pulls(board: Board) -> list[str]:
    """What a reader must know of pulls that had not come to their end."""
    rows = board.rows(
        "SELECT s.tracker, s.started FROM scans s CROSS JOIN moment m "
        "WHERE s.started <= m.as_of AND (s.finished IS NULL OR s.finished > m.as_of) ORDER BY s.tracker, s.started"
    )
    return [
        f"A pull of {r.tracker} begun on {r.started:%Y-%m-%d %H:%M} UTC was cut: not everything it should have brought is here."
        for r in rows
    ]


def _headline(findings: Sequence[Finding]) -> tuple[str, Verdict]:
    """The worst verdict among the measures of the work, in words; data quality never makes the headline."""
    work = [f for f in findings if f.meta.id != "data_quality"]
    for verdict in ("signal", "watch"):
        loud = [f for f in work if f.verdict == verdict]
        if loud:
            rest = len(loud) - 1
            more = {0: "", 1: " One more finding asks for a decision."}.get(
                rest, f" {rest} more findings ask for a decision."
            )
            return (loud[0].headline or loud[0].sentence) + more, verdict
    if any(f.verdict == "noise" for f in work):
        return "No signal in these weeks: what moved is no more than chance gives.", "noise"
    reasons = list(dict.fromkeys(f.reason for f in work if f.reason))
    return f"There is nothing to judge. {reasons[0] if reasons else ''}".strip(), "not_judged"


def _by_strategy(board: Board) -> list[Regime]:
    """The regimes of the window, one a strategy (its last), oldest first."""
    window = range(board.first_week, board.last_week + 1)
    regimes = {id(r.strategy): r for w in window if (r := board.regimes.get(w)) is not None}
    return list(regimes.values())


def _strategy(regime: Regime, board: Board) -> StrategyRef:
    valid = regime.strategy.valid
    since = valid.first.isoformat() if valid else ""
    priorities = [
        Priority(
            id=t.id, name=t.name, kind=t.kind, owner=t.priority.owner if t.priority else "",
            share=(t.priority.share.low, t.priority.share.high) if t.priority and t.priority.share else None,
            why=t.priority.why if t.priority else "", done=t.priority.done if t.priority else "",
        ) for t in regime.targets
    ]  # fmt: skip
    until = valid.last.isoformat() if valid and valid.last else None
    return StrategyRef(name=regime.strategy.strategy, since=since, until=until, priorities=priorities)


def _coverage(board: Board) -> list[TrackerCoverage]:
    return [
        TrackerCoverage(
            name=r.name, kind=r.kind, source=r.source, tickets=int(r.tickets), with_history=int(r.with_history),
            skipped=int(r.skipped), newest_change=r.newest if isinstance(r.newest, str) else None,
        ) for r in board.rows(COVERAGE, board.as_of)
    ]  # fmt: skip
