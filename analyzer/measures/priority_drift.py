"""How far effort has moved from what the strategy intends, and whether that is more than chance."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analyzer import allocation, moving_effort, restated, statistics
from analyzer.board import Board
from analyzer.calendar import week_name
from analyzer.effort import UNIT
from analyzer.evidence import heaviest, row, table
from analyzer.judging import counted, judgeable, measured_in, not_judged, percent, span
from analyzer.result import Finding, Flow, FlowLink, Line, Meta, Move, Row, Score, Series, Shape, Verdict
from analyzer.standing import Standing, about, declared, judge, names_of, unmatched

META = Meta(
    id="priority_drift",
    title="Priority drift",
    question="Does effort go where the strategy says it should?",
    how=(
        "Effort of the judged weeks is shared out by what each ticket served under the strategy of that week. Drift is the share "
        "that would have to move to bring every priority into its intended range: the larger of the sum over the upper ends and "
        "the sum under the lower ends. Each priority's share is tested against the nearer end of its range (score test, the one "
        "behind the Wilson interval; the binomial tail where an edge is near 0 % or 100 %) on the effective number of tickets: "
        "Kish's number for tickets of unequal size, divided by the design effect 1+(m-1)rho for tickets of one week resembling "
        "each other. Priorities outside their range are corrected together for their number (Benjamini-Hochberg). Signal: "
        "adjusted p at most 0.05; watch: at most 0.20; else noise."
    ),
    limits=(
        "Person-days are read from who held which ticket in progress; work that no ticket shows is not seen. Past weeks use "
        "today's links (labels corrected since count for the past too) under the strategy in force then. Weeks are taken to be "
        "alike but for chance within the window; a shift in its last two weeks is diluted by the six before."
    ),
    source=(
        "Kish 1965; Wilson 1927; Benjamini and Hochberg 1995; Ellis, Pecanka and Goeman 2020. Total variation as the share of work "
        "that would have to move: research in docs/measures.md."
    ),
    formula="Drift = max(Σ share over the upper ends, Σ share under the lower ends), over the priorities with a range.",
    needs="An intended share (share: 30-40%) for at least one priority, and ten effective tickets in the judged weeks.",
)  # fmt: skip

COUNTED = {"days": "person-days", "count": "finished tickets", "points": "finished points"}

TICKETS = """
SELECT target AS grp, ticket, sum(units) AS weight FROM share_of
WHERE basis = ? AND in_force AND week IN (SELECT unnest(?)) GROUP BY target, ticket
"""
TO_TEAMS = """
SELECT target, shown, sum(units)::BIGINT AS units FROM share_of
WHERE basis = ? AND in_force AND week IN (SELECT unnest(?)) GROUP BY target, shown ORDER BY target, shown
"""
UNDER = """
SELECT target, sum(units)::BIGINT AS units FROM share_of
WHERE basis = ? AND regime = ? AND week IN (SELECT unnest(?)) GROUP BY target ORDER BY target
"""


def measure(board: Board) -> Finding:
    basis = board.options.basis
    reason = judgeable(board, basis)
    if reason:
        return not_judged(META, reason)
    frame = allocation.weekly(board, basis)
    sample = allocation.sample(board, basis)
    standings = judge(board, frame, sample)
    lost = unmatched(board)
    standings = [replace(s, verdict="") if s.id in lost else s for s in standings]
    enough = sample.effective >= statistics.LEAST
    details = [_table(board, standings, basis, sample), *_chart(board, frame, standings), _flow(board, basis)]
    details += [*_moved(board, basis), *restated.shapes(board)]
    ranged = [s for s in standings if s.intended is not None and s.id not in lost]
    if not ranged:
        part = "The strategy's shares are meant for everybody; none is declared for this slice."
        reason = part if board.options.slice else "The strategy declares no intended share for any priority."
        return not_judged(META, about({i: w for i, w in lost.items() if declared(standings, i)}) or reason, details)
    shares, low, high = zip(*((s.share, *s.intended) for s in ranged if s.intended), strict=True)
    value = float(statistics.drift(*map(statistics.array, (shares, low, high))))
    interval = statistics.drift_interval(shares, low, high, sample.effective)
    if not enough:
        reason = (
            f"The judged weeks hold {counted(sample.tickets)}, which say as much as {sample.effective:.0f} independent ones; "
            f"shares are judged from {statistics.LEAST:.0f}."
        )
        return not_judged(META, reason, details, value=value, interval=interval)
    verdict = _worst([s.verdict for s in ranged] + ["watch" for i in lost if declared(standings, i)])
    since = _since(board, frame, ranged, verdict)
    return Finding(
        meta=META, verdict=verdict, value=value, interval=interval, since=since,
        headline=_headline(ranged, verdict), sentence=f"{_sentence(ranged, value, verdict, since)} {about(lost)}".strip(),
        score=Score(value=round(100 * (1 - value), 1), arithmetic=_arithmetic(ranged, value)),
        details=details, move=None if verdict == "noise" else _move(board, standings, lost),
    )  # fmt: skip


def _move(board: Board, standings: list[Standing], lost: dict[str, tuple[str, str]]) -> Move | None:
    """What is lost (its rules match nothing) can neither give nor take."""
    sides = [moving_effort.Side(s.id, s.name, s.share, s.intended) for s in standings if s.id not in lost]
    return moving_effort.by_priority(board, sides, UNIT * sum(s.days for s in standings))


def _worst(verdicts: list[str]) -> Verdict:
    return "signal" if "signal" in verdicts else "watch" if "watch" in verdicts else "noise"


def _since(board: Board, frame: pd.DataFrame, ranged: list[Standing], verdict: Verdict) -> str | None:
    """The first of the weeks, without a break up to now, whose rolling share of a judged priority lay outside its range."""
    if verdict == "noise":
        return None
    weeks = list(range(allocation.first_reliable_week(board), board.last_week + 1))
    first = board.last_week
    for standing in (s for s in ranged if s.verdict == verdict):
        lines = allocation.rolling(board, frame, [standing.id], "target", weeks)[0]
        at = board.last_week
        for week, share in sorted(zip(weeks, lines, strict=True), reverse=True):
            declared = allocation.intended(board.regimes[week], standing.id)
            if share is None or declared is None or declared[0] <= share <= declared[1]:
                break
            if (share > declared[1]) != (standing.off > 0):
                break
            at = week
        first = min(first, at)
    return week_name(first)


def _headline(ranged: list[Standing], verdict: Verdict) -> str:
    """The priority furthest outside its range."""
    first = max((s for s in ranged if s.verdict == verdict), key=lambda s: abs(s.off), default=None)
    if first is None:
        return "A priority has rules that no ticket matches."
    if verdict == "noise" or first.intended is None:
        return "Effort goes where the strategy intends it to go."
    return f"{first.name} gets {percent(first.share)} of effort; {span(first.intended)} was intended."


def _sentence(ranged: list[Standing], value: float, verdict: Verdict, since: str | None) -> str:
    if verdict == "noise":
        outside = [s for s in ranged if s.off]
        if not outside:
            return "Every priority is inside its intended range."
        names = [s.name for s in outside]
        if len(names) == 1:
            return f"{names[0]} is outside its intended range by no more than chance gives."
        listed = names if len(names) <= 3 else [*names[:2], f"{len(names) - 2} more"]
        said = f"{', '.join(listed[:-1])} and {listed[-1]}"
        return f"{said} are outside their intended ranges by no more than chance gives."
    parts: list[str] = []
    for s in sorted((s for s in ranged if s.verdict == verdict), key=lambda s: -abs(s.off)):
        assert s.intended is not None
        way = "more" if s.off > 0 else "less"
        parts.append(f"{s.name} draws {percent(s.share)} of effort, {way} than the intended {span(s.intended)}")
    if not parts:
        return ""
    sure = "" if verdict == "signal" else " It is worth watching, not yet sure."
    return f"{'; '.join(parts)} (outside since {since}).{sure} About {percent(value)} of effort would have to move."


def _arithmetic(ranged: list[Standing], value: float) -> str:
    over = [f"{s.name} {100 * s.off:.1f}" for s in ranged if s.off > 0]
    under = [f"{s.name} {-100 * s.off:.1f}" for s in ranged if s.off < 0]
    sides = [f"over the upper ends: {' + '.join(over) or '0'}", f"under the lower ends: {' + '.join(under) or '0'}"]
    return f"100 − {100 * value:.1f}, the larger of points {sides[0]}; {sides[1]}."


def _table(board: Board, standings: list[Standing], basis: str, sample: allocation.Sample) -> Shape:
    tickets = heaviest(board, TICKETS, basis, board.judged)
    other = [b for b in ("days", "count", "points") if b != basis and not judgeable(board, b)]
    others = {b: shares for b in other if (shares := _shares(board, b))}
    rows: list[Row] = []
    for s in standings:
        cells = {
            "priority": f"{s.name} (parked)" if s.kind == "parked" else s.name, "share": s.share, "interval": span(s.interval),
            "intended": span(s.intended) if s.intended else "", "verdict": s.verdict, "effort": round(s.days, 6),
        } | {b: shares.get(s.id, 0.0) if shares else None for b, shares in others.items()}  # fmt: skip
        rows.append(row(cells, tickets, s.id))
    columns = [
        ("priority", "Priority", "text"), ("share", "Share", "share"), ("interval", "95 % interval", "text"),
        ("intended", "Intended", "text"), ("verdict", "Verdict", "text"), ("effort", "Effort", measured_in(basis)),
    ]  # fmt: skip
    words = {"days": "Of person-days", "count": "Of finished tickets", "points": "Of finished points"}
    columns += [(b, words[b], "share") for b in others]
    rests = (
        f"{counted(sample.tickets)} of unequal size, clustered in weeks, say as much as {sample.effective:.0f} independent ones; "
        "the verdicts of priorities outside their range are corrected for their number. "
    )
    return table("priorities", "Where effort went", columns, rows, rests + _disagree(standings, others))


def _shares(board: Board, basis: str) -> dict[str, float]:
    frame = allocation.weekly(board, basis)
    frame = frame[frame["week"].isin(board.judged)]
    whole = float(frame["units"].sum())
    return {str(t): float(u) / whole for t, u in frame.groupby("target")["units"].sum().items()} if whole else {}


def _disagree(standings: list[Standing], others: dict[str, dict[str, float]]) -> str:
    """A conclusion that another way of counting does not share is said."""
    said = []
    for s in standings:
        for basis, shares in others.items():
            if s.verdict in ("signal", "watch") and s.intended and shares:
                other = shares.get(s.id, 0.0)
                if s.intended[0] <= other <= s.intended[1] or (other > s.intended[1]) != (s.off > 0):
                    said.append(f"Counted in {COUNTED[basis]}, {s.name} is at {percent(other)}.")
    return " ".join(said)


def _chart(board: Board, frame: pd.DataFrame, standings: list[Standing]) -> list[Shape]:
    """Nothing, where the strategy is so young that there is one point to draw."""
    weeks = allocation.chart_weeks(board)
    if len(weeks) < 2:
        return []
    drawn = [s for s in standings if s.share > 0 or s.intended]
    values = allocation.rolling(board, frame, [s.id for s in drawn], "target", weeks)
    lines = []
    for s, line in zip(drawn, values, strict=True):
        known = [allocation.intended(board.regimes[w], s.id) if s.id else None for w in weeks]
        low, high = [k[0] if k else None for k in known], [k[1] if k else None for k in known]
        lines.append(Line(id=s.id or "unlinked", label=s.name, values=line, low=low, high=high))
    apart = [week_name(w) for w in sorted(board.set_apart) if w in weeks]
    title = f"Share of effort, rolling {board.options.weeks} weeks, against the intended range"
    return [Series(id="over_time", title=title, unit="share", x=allocation.names(weeks), lines=lines, set_apart=apart)]


def _flow(board: Board, basis: str) -> Shape:
    names = {ident: name for ident, (name, _) in names_of(board).items()}
    links = [
        FlowLink(source=names.get(r.target, r.target), target=r.shown, value=r.units / UNIT)
        for r in board.rows(TO_TEAMS, basis, board.judged)
    ]
    return Flow(id="to_teams", title="Which teams the effort came from", unit=measured_in(basis), links=links)


def _moved(board: Board, basis: str) -> list[Shape]:
    """The same weeks judged wholly by each strategy that was in force in them: what the strategy's own move explains."""
    regimes = [r for r in board.distinct_regimes if any(board.regimes[w] is r for w in board.judged_weeks)]
    if len({r.strategy.strategy for r in regimes}) < 2:
        return []
    rows = []
    for regime in regimes:
        units = {str(r.target): int(r.units) for r in board.rows(UNDER, basis, regime.no, board.judged)}
        whole = sum(units.values())
        known = [(t.id, t.priority.share) for t in regime.targets if t.priority and t.priority.share]
        shares = [units.get(i, 0) / whole for i, _ in known]
        value = statistics.drift(
            *map(statistics.array, (shares, [s.low for _, s in known], [s.high for _, s in known]))
        )
        rows.append(row({"strategy": regime.strategy.strategy, "drift": float(value)}))
    note = "The weeks are the same in each row; only the strategy they are judged by differs. A difference is the strategy's move."
    columns = [("strategy", "All weeks judged by", "text"), ("drift", "Drift", "share")]
    return [table("strategy_moved", "Did the work drift, or did the strategy move?", columns, rows, note)]
