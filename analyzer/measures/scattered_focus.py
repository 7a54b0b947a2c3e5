"""Among how many priorities each team divides its effort, and how many tickets its people have in progress at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analyzer import focus, mixes, moving_rates, statistics, trend
from analyzer.board import Board
from analyzer.calendar import week_name
from analyzer.evidence import heaviest, row, table
from analyzer.judging import judgeable, not_judged
from analyzer.mixes import Against, Company
from analyzer.moving import joined
from analyzer.result import Finding, Line, Meta, Move, Series, Shape, Verdict
from analyzer.standing import names_of

META = Meta(
    id="scattered_focus",
    title="Scattered focus",
    question="Is everything a priority?",
    how=(
        "For each team the effective number of priorities: e to the entropy of its mix, as many priorities of equal size "
        "would scatter as much (unlinked work counts as one). And its work in progress: among how many tickets a person "
        "divides a day, on average. Each is held against the team's own past: the number of priorities against earlier "
        "stretches of four weeks, all thinned to the same number of tickets (t test), work in progress by rate "
        "(quasi-Poisson). All tests are corrected together (Benjamini-Hochberg); a rise is a signal at 0.005, watch at 0.05."
    ),
    limits=(
        "What is usual for a team may be too much already: no number is right for every team. Unlinked work may hide many things "
        "and counts as one. Tickets that nobody touched for two weeks are not in progress here, whatever the board says."
    ),
    source="Hill 1973 (order 1, e to Shannon's entropy); thinning after Hurlbert 1971; quasi-Poisson: Wedderburn 1974.",
    formula="exp(−Σ share × ln share); Σ tickets held in progress on each person-day / person-days.",
    needs="Effort in the window under a strategy; for a verdict five earlier stretches of four weeks.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Team:
    """A team's focus: effective number of priorities as counted, and against its past; work in progress against its past."""

    name: str
    tickets: int
    number: float
    wip: float | None
    scatter: Against | None
    rate: trend.Shift | None


def measure(board: Board) -> Finding:
    if reason := judgeable(board, board.options.basis):
        return not_judged(META, reason)
    company = board.once(mixes.company)
    if company is None:
        return not_judged(META, "No effort was seen in these weeks.")
    teams = _teams(board, company)
    whole = (company.now.shares * company.now.units[:, None]).sum(axis=0) / company.now.units.sum()
    value = float(mixes.effective_number(whole))
    verdicts = _verdicts(teams)
    details = [_table(board, teams, verdicts), *_over_time(board, teams)]
    if not verdicts:
        reason = "Too little of the past is known to say how scattered a team usually is."
        words = f"Effort is scattered as if over {value:.1f} priorities of equal size. {reason}"
        return not_judged(META, words, details, value).model_copy(update={"unit": "count"})
    worst: Verdict = next((v for v in ("signal", "watch") if v in verdicts.values()), "noise")
    by_name = {t.name: t for t in teams}
    said = [_said(by_name[name], what) for (name, what), v in verdicts.items() if v == worst]
    context = f"The company's effort is scattered as if over {value:.1f} priorities of equal size.{_stated(board)}"
    told = {
        "signal": f"{'; '.join(said[:3])}. {context}",
        "watch": f"{'; '.join(said[:3])}. It is worth watching, not yet sure. {context}",
        "noise": f"No team is more scattered than is usual for it. {context}",
    }
    headline = f"{said[0]}." if worst != "noise" else "No team is more scattered than is usual for it."
    return Finding(
        meta=META, verdict=worst, value=value, unit="count", sentence=told[worst], headline=headline, details=details,
        move=joined(board, [_move(board, company, by_name[n], w) for (n, w), v in verdicts.items() if v == worst != "noise"][:3]),
    )  # fmt: skip


def _teams(board: Board, company: Company) -> list[Team]:
    held, past, now = focus.in_progress(board), focus.past_weeks(board), company.now
    made = []
    for at in np.argsort(-now.units, kind="stable"):
        name = company.teams[at]
        if now.units[at] <= 0:
            continue
        scatter = mixes.against_past(
            company.blocks, [int(at)], lambda m: mixes.effective_number(m[:, 0]), len(company.teams)
        )
        events, days = held.get(name, ({}, {}))
        spent = sum(days.get(w, 0.0) for w in board.judged_weeks)
        wip = sum(events.get(w, 0.0) for w in board.judged_weeks) / spent if spent else None
        enough = now.n[at] >= statistics.LEAST
        before = past if name not in board.hidden_pasts else []
        rate = trend.shift(events, days, board.judged_weeks, before) if enough else None
        made.append(Team(name, int(now.tickets[at]), float(mixes.effective_number(now.shares[at])), wip, scatter, rate))
    return made


def _verdicts(teams: list[Team]) -> dict[tuple[str, str], str]:
    """By team and what rose: every test is corrected for, only a rise is a finding."""
    tests = [(t.name, what, test) for t in teams for what, test in (("scatter", t.scatter), ("wip", t.rate)) if test]
    found = zip(tests, statistics.adjust([test.p for _, _, test in tests]), strict=True)
    return {(name, what): trend.verdict(p) if test.higher else "noise" for (name, what, test), p in found}


def _move(board: Board, company: Company, team: Team, what: str) -> Move | None:
    """Back to what is usual for the team: no range is declared."""
    if what == "wip":
        return moving_rates.fewer_at_once(board, team.name, team.rate.recent, team.rate.usual) if team.rate else None
    names, at = names_of(board), company.teams.index(team.name)
    shares = [(t, names.get(t, (t, ""))[0], float(company.now.shares[at, n])) for n, t in enumerate(company.targets)]
    found = team.scatter
    return moving_rates.fewer_priorities(board, team.name, shares, found.now, found.usual) if found else None


def _said(team: Team, what: str) -> str:
    if what == "scatter":
        assert team.scatter is not None
        return (
            f"{team.name} divides its effort as if among {team.scatter.now:.1f} priorities of equal size; "
            f"{team.scatter.usual:.1f} is usual for it"
        )
    assert team.rate is not None
    return f"In {team.name} a person has {team.rate.recent:.1f} tickets in progress at once; {team.rate.usual:.1f} is usual there"


def _stated(board: Board) -> str:
    """How many priorities the strategy's weeks name at a time, where it states any."""
    named = []
    for week in board.judged_weeks:
        regime = board.regimes[week]
        if regime is not None and (entry := regime.strategy.weeks.get(week_name(week))) is not None:
            named.append(len(entry.focus))
    if not named:
        return ""
    return f" The strategy's own weeks name {sum(named) / len(named):.1f} at a time ({len(named)} of {len(board.judged)} stated)."


def _table(board: Board, teams: list[Team], verdicts: dict[tuple[str, str], str]) -> Shape:
    shown = teams[:40]
    tickets = heaviest(board, focus.HELD, board.judged, [t.name for t in shown])
    rows = [
        row({
            "team": t.name, "tickets": t.tickets, "number": t.number, "like": t.scatter.now if t.scatter else None,
            "before": t.scatter.usual if t.scatter else None, "scatter": verdicts.get((t.name, "scatter"), ""), "wip": t.wip,
            "usual": t.rate.usual if t.rate else None, "busy": verdicts.get((t.name, "wip"), ""),
        }, tickets, t.name) for t in shown
    ]  # fmt: skip
    columns = [
        ("team", "Team", "text"), ("tickets", "Tickets", "tickets"), ("number", "Effective priorities", "count"),
        ("like", "The same, thinned", "count"), ("before", "Usual, thinned alike", "count"), ("scatter", "Verdict", "text"),
        ("wip", "In progress per person", "count"), ("usual", "Usual", "count"), ("busy", "Verdict", "text"),
    ]  # fmt: skip
    note = "Most effort first; no order of merit. Thinned: brought down to the number of tickets of the leanest stretch compared."
    return table("teams", "Among how many priorities and tickets each team divides itself", columns, rows, note)


def _over_time(board: Board, teams: list[Team]) -> list[Shape]:
    """The eight largest teams with a past."""
    known = [(t, t.scatter) for t in teams if t.scatter is not None][:8]
    if not known:
        return []
    blocks = sorted({b for _, s in known for b in (s.past | s.recent)}, key=lambda b: mixes.end(board, b))
    lines = [
        Line(id=t.name, label=t.name, values=[None if (v := (s.past | s.recent).get(b)) is None else round(v, 6) for b in blocks])
        for t, s in known
    ]  # fmt: skip
    ends = [week_name(mixes.end(board, b)) for b in blocks]
    title = f"Effective number of priorities, {mixes.length(board)} weeks each, thinned alike"
    return [
        Series(id="over_time", title=title, unit="count", x=ends, lines=lines, note="A point ends with the week named.")
    ]
