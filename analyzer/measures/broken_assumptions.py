"""What the strategy rests on, held against what can be seen."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer import allocation, facts, moving_facts, statistics
from analyzer.board import Board
from analyzer.calendar import week_name
from analyzer.evidence import row, table
from analyzer.facts import Fact
from analyzer.judging import counted, judgeable, not_judged, percent, span
from analyzer.result import Finding, Meta, Shape, Verdict
from analyzer.standing import names_of, unmatched
from analyzer.strategy import Assumption
from analyzer.written import Condition

META = Meta(
    id="broken_assumptions",
    title="Broken assumptions",
    question="Does what the strategy rests on still hold?",
    how=(
        "Each assumption with holds_if is computed over the judged weeks of the present strategy and tested against its limit: "
        "shares of effort by the test of priority drift on the effective tickets, work in progress per person and tickets "
        "finished a week by how much they vary from week to week (t). Those on the wrong side are corrected together "
        "(Benjamini-Hochberg): adjusted p at most 0.05 does not hold (signal), at most 0.20 is worth watching, else it cannot be "
        "told yet. An assumption holds where its whole 95 % interval does. Without holds_if it is listed as not checked."
    ),
    limits=(
        "Only what tickets show can be checked; the rest is listed so that someone asks. unlinked() counts parked work and tickets "
        "that are still new, so it may be a little above the measure Unlinked work."
    ),
    source="The assumptions are the strategy's own. Tests as for priority drift; ratio of weekly sums: Cochran 1977, ch. 6.",
    formula="share(ID), unlinked(): effort / all effort; wip(TEAM): tickets held / person-days; finished(ID): tickets / weeks.",
    needs="assumptions with holds_if in the strategy; four judged weeks for wip and finished.",
)  # fmt: skip

STATES = {"signal": "does not hold", "watch": "probably does not hold", "noise": "cannot be told yet"}


@dataclass(frozen=True, slots=True)
class Checked:
    """An assumption and what was found; ``state`` in words, ``since`` where it does not hold."""

    assumption: Assumption
    state: str
    fact: Fact | None = None
    verdict: str = ""
    since: int | None = None


def measure(board: Board) -> Finding:
    if reason := judgeable(board, board.options.basis):
        return not_judged(META, reason)
    strategy = board.current.strategy if board.current else None
    if strategy is None or not strategy.assumptions:
        return not_judged(META, "The strategy states no assumptions.")
    weeks = [w for w in board.judged_weeks if (r := board.regimes[w]) is not None and r.strategy is strategy]
    asked = [a for a in strategy.assumptions if a.holds_if is not None]
    if not asked:
        return not_judged(
            META,
            f"The strategy states {counted(len(strategy.assumptions), 'assumption')}, none with a check (holds_if).",
        )
    known = _checked(board, asked, weeks)
    silent = [Checked(a, "not checked: it has no holds_if") for a in strategy.assumptions if a.holds_if is None]
    details = [_table(board, [*known, *silent], weeks)]
    told = [c for c in known if c.fact is not None]
    if not told:
        return not_judged(META, f"No assumption could be checked: {known[0].state}.", details)
    verdict: Verdict = next((v for v in ("signal", "watch") if any(c.verdict == v for c in told)), "noise")
    broken = [c for c in told if c.verdict == verdict and verdict != "noise"]
    since = min((c.since for c in broken if c.since is not None), default=None)
    return Finding(
        meta=META, verdict=verdict, value=sum(c.verdict == "signal" for c in told), unit="count", details=details,
        sentence=_sentence(board, told, broken, verdict), since=None if since is None else week_name(since),
        headline=_headline(broken, verdict),
        move=moving_facts.back(board, [(c.assumption, c.fact) for c in broken if c.fact is not None][:3], weeks),
    )  # fmt: skip


def _checked(board: Board, asked: list[Assumption], weeks: list[int]) -> list[Checked]:
    lost = unmatched(board)
    found: list[Checked] = []
    for a in asked:
        assert a.holds_if is not None
        if a.holds_if.fact in ("share", "finished") and a.holds_if.name in lost:
            place = lost[a.holds_if.name][1]
            found.append(Checked(a, f"cannot be told: no ticket matches the rules of {a.holds_if.name} ({place})"))
            continue
        fact = facts.find(board, a.holds_if, weeks)
        found.append(Checked(a, f"cannot be told: {fact}") if isinstance(fact, str) else Checked(a, "", fact))
    adjusted = iter(statistics.adjust([c.fact.p for c in found if c.fact is not None and c.fact.p < 1.0]))
    return [_judged(board, c, next(adjusted) if c.fact.p < 1.0 else 1.0) if c.fact is not None else c for c in found]


def _judged(board: Board, checked: Checked, p: float) -> Checked:
    asked, fact = checked.assumption.holds_if, checked.fact
    assert asked is not None and fact is not None
    if asked.holds(fact.value):
        sure = asked.holds(fact.interval[0]) and asked.holds(fact.interval[1])
        return Checked(checked.assumption, "holds" if sure else "holds, not yet sure", fact, "noise")
    verdict = statistics.verdict(p)
    weeks = list(range(min(allocation.first_reliable_week(board), board.last_week), board.last_week + 1))
    line = allocation.ratio(fact.events, fact.size, weeks, board.options.weeks)
    since = allocation.unbroken(weeks, line, lambda _, v: not asked.holds(v)) if verdict != "noise" else None
    return Checked(checked.assumption, STATES[verdict], fact, verdict, since)


def _number(asked: Condition, value: float) -> str:
    return percent(value) if asked.in_percent else f"{value:.1f}"


def _what(board: Board, asked: Condition) -> str:
    name = names_of(board).get(asked.name, (asked.name, ""))[0] if asked.name else ""
    of = {"share": f"{name}: share of effort", "unlinked": "Unlinked work", "wip": f"{name or 'All teams'}: in progress per person",
          "finished": f"{name or 'All work'}: finished a week"}  # fmt: skip
    return of[asked.fact]


def _sentence(board: Board, told: list[Checked], broken: list[Checked], verdict: Verdict) -> str:
    if not broken:
        doubtful = sum(c.state != "holds" for c in told)
        rest = f"; {doubtful} of them cannot be told for sure yet" if doubtful else ""
        return f"No assumption that can be checked is seen to be broken ({len(told)} checked){rest}."
    said = []
    for c in broken[:3]:
        asked, fact = c.assumption.holds_if, c.fact
        assert asked is not None and fact is not None
        limit = f"{'at most' if asked.operator.startswith('<') else 'at least'} {_number(asked, asked.limit)}"
        at = f"{_what(board, asked)} {_number(asked, fact.value)}, assumed {limit}"
        said.append(
            f"\u201c{c.assumption.says}\u201d {c.state}: {at}" + (f" (since {week_name(c.since)})" if c.since else "")
        )
    return f"{'; '.join(said)}.{'' if verdict == 'signal' else ' It is worth watching, not yet sure.'}"


def _headline(broken: list[Checked], verdict: Verdict) -> str:
    if not broken:
        return "No assumption is seen to be broken."
    more = f" {len(broken) - 1} more." if len(broken) > 1 else ""
    return f"An assumption {STATES[verdict]}: {broken[0].assumption.says.rstrip('.')}.{more}"


def _table(board: Board, every: list[Checked], weeks: list[int]) -> Shape:
    rows = []
    for c in every:
        asked, fact = c.assumption.holds_if, c.fact
        cells: dict[str, str | float | None] = {
            "says": c.assumption.says,
            "check": str(asked) if asked else "",
            "state": c.state,
        }
        if asked is not None and fact is not None:
            low, high = fact.interval
            interval = span(fact.interval) if asked.in_percent else f"{low:.1f}–{high:.1f}"
            cells |= {"value": _number(asked, fact.value), "interval": interval, "verdict": c.verdict}
        broken = asked is not None and c.verdict in ("signal", "watch")
        rows.append(row(cells, facts.tickets(board, asked, weeks) if broken and asked else None))
    columns = [
        ("says", "Assumption", "text"), ("check", "Holds if", "text"), ("value", "Is", "text"),
        ("interval", "95 % interval", "text"),
        ("state", "State", "text"), ("verdict", "Verdict", "text"),
    ]  # fmt: skip
    return table("assumptions", "What the strategy rests on", columns, rows)
