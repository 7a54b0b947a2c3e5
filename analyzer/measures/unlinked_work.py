"""How much effort has no path to a priority, and why."""

from __future__ import annotations

from analyzer import allocation, shadow_themes, statistics, unlinked
from analyzer.board import Board
from analyzer.calendar import week_name
from analyzer.effort import UNIT
from analyzer.evidence import heaviest, row, table
from analyzer.judging import counted, judgeable, measured_in, not_judged, percent
from analyzer.moving_effort import link_or_stop
from analyzer.result import Finding, Line, Meta, Score, Series, Shape, Table
from analyzer.unlinked import NOT_COUNTED, REASONS

META = Meta(
    id="unlinked_work",
    title="Unlinked work",
    question="How much work serves no stated priority?",
    how=(
        "Effort of the judged weeks on tickets that no decision, rule, parent or container links to a priority or to upkeep, as a "
        "share of all effort; work on what the strategy parks counts as unlinked too. Tickets younger than the settable age and "
        "tickets whose parent this account cannot see are shown and not counted. The share is tested against the strategy's "
        "unlinked_allowance in the way priority drift is. What the unlinked work is about is read from titles and texts as they "
        "were at the report's moment: tickets of the judged weeks and of as many before become TF-IDF vectors, the near ones a "
        "graph, and its communities of five tickets or more themes, named by the words of their titles that tell them from all "
        "other work. Each shows its tickets, the most central first, its effort, teams, and its share now and before; no verdict "
        "comes from it. The rest is scattered, and said."
    ),
    limits=(
        "A missing link is not proof of useless work: it may serve a priority and nobody wrote it down. Links are those of the "
        "report's moment. A theme is only what texts have in common, and leaves out much: of tickets that people at Titanium had "
        "put under 37 epics 56 % fell into a theme (54 to 60 in 20 samples), and 81 % of those (76 to 85) belonged to the epic "
        "most frequent in their theme, where chance gives 34 %. With a tenth of the tickets left out the themes stayed alike "
        "(adjusted Rand index 0.87). Mentions, addresses and whole names are hidden, but a first or last name that stands by "
        "itself in three tickets or more may name a theme; "
        "languages without spaces between words are read poorly."
    ),
    source="Reasons after Uplevel's and Jira Align's orphan lists; interval by Wilson 1927 on the effective number of tickets; "
    "themes by Blondel et al. 2008 (Louvain), their words by Monroe, Colaresi and Quinn 2008.",
    formula="Effort on tickets without a link to a priority or upkeep, for a reason that counts ÷ all effort.",
    needs="A strategy with an unlinked_allowance.",
)  # fmt: skip

COUNTED = """
SELECT '' AS grp, ticket, sum(units) AS weight FROM unlinked WHERE reason NOT IN (SELECT unnest(?)) GROUP BY ticket
"""


def measure(board: Board) -> Finding:
    basis = board.options.basis
    reason = judgeable(board, basis)
    if reason:
        return not_judged(META, reason)
    unlinked.lay_out(board)
    frame = allocation.weekly(board, basis)
    sample = allocation.sample(board, basis)
    whole = int(frame[frame["week"].isin(board.judged)]["units"].sum())
    value = unlinked.units(board) / whole
    interval = statistics.wilson(value, sample.effective)
    splits = [
        _split(board, whole, "reason", "Unlinked work by reason", "Reason"),
        _split(board, whole, "shown", "Unlinked work by team", "Team"),
        _split(board, whole, "type", "Unlinked work by type", "Type"),
    ]
    themes = shadow_themes.table_of(board, frame)
    details = [splits[0], *themes, *(s for s in splits[1:] if len(s.rows) > 1), _over_time(board, frame)]
    allowed = _allowance(board)
    if sample.effective < statistics.LEAST:
        reason = f"{counted(sample.tickets)} say as much as {sample.effective:.0f} independent ones; shares are judged from 10."
        return not_judged(META, reason, details, value, interval)
    if allowed is None:
        part = "What the strategy allows is meant for everybody, not for this slice."
        reason = part if board.options.slice else "The strategy states no unlinked_allowance to hold it against."
        return not_judged(META, f"{percent(value)} of effort is unlinked. {reason}", details, value, interval)
    verdict = statistics.verdict(statistics.outside(value, 0.0, allowed, sample.effective))
    parked = int(board.one("SELECT coalesce(sum(units), 0) FROM unlinked WHERE reason = 'parked'")) / whole
    parts = f" (parked: {percent(parked)})" if parked else ""
    about = shadow_themes.largest(themes)
    words = {
        "signal": f"{percent(value)} of effort serves no stated priority{parts}; {percent(allowed)} is allowed for.{about}",
        "watch": f"{percent(value)} of effort serves no stated priority{parts} against {percent(allowed)} allowed: worth "
        f"watching.{about}",
        "noise": f"{percent(value)} of effort serves no stated priority{parts}, within what is allowed ({percent(allowed)}) "
        "or chance.",
    }
    return Finding(
        meta=META, verdict=verdict, value=value, interval=interval, sentence=words[verdict], details=details,  # type: ignore[arg-type]
        headline=f"{percent(value)} of effort serves no stated priority; {percent(allowed)} is allowed for."
        if verdict != "noise" else "",
        score=Score(value=round(100 * (1 - value), 1), arithmetic=f"100 − {100 * value:.1f}: the unlinked share in percent."),
        move=None if verdict == "noise" else link_or_stop(
            board, COUNTED, [list(NOT_COUNTED)], unlinked.units(board) - allowed * whole, whole, f"{percent(allowed)} allowed for"
        ),
    )  # fmt: skip


def _allowance(board: Board) -> float | None:
    """The upper end of the allowance, averaged over the judged weeks; ``None`` if a week's strategy states none."""
    ends = []
    for week in board.judged_weeks:
        regime = board.regimes[week]
        if regime is None or regime.strategy.unlinked_allowance is None:
            return None
        ends.append(regime.strategy.unlinked_allowance.high)
    return sum(ends) / len(ends)


def _split(board: Board, whole: int, column: str, title: str, label: str) -> Table:
    by = f"coalesce(nullif({column}, ''), 'No {column}')"
    rows = board.rows(
        f"SELECT {by} AS name, sum(units)::BIGINT AS units, count(*) AS tickets FROM unlinked "
        "GROUP BY 1 ORDER BY units DESC, name LIMIT 40"
    )
    tickets = heaviest(board, f"SELECT {by} AS grp, ticket, units AS weight FROM unlinked")
    unit = measured_in(board.options.basis)
    made = []
    for r in rows:
        name = REASONS[str(r.name)] if column == "reason" else str(r.name)
        cells = {"name": name, "share": r.units / whole, "effort": r.units / UNIT, "tickets": int(r.tickets)}
        if column == "reason":
            cells["counted"] = "no" if r.name in NOT_COUNTED else "yes"
        made.append(row(cells, tickets, str(r.name)))
    columns = [
        ("name", label, "text"),
        ("share", "Share of all effort", "share"),
        ("effort", "Effort", unit),
        ("tickets", "Tickets", "tickets"),
    ]
    if column == "reason":
        columns.append(("counted", "Counted", "text"))
    return table(f"by_{'team' if column == 'shown' else column}", title, columns, made)


def _over_time(board: Board, frame: object) -> Shape:
    weeks = allocation.chart_weeks(board)
    kinds = ["unlinked", "parked"]
    values = allocation.rolling(board, frame, kinds, "kind", weeks)  # type: ignore[arg-type]
    lines = [Line(id=k, label=w, values=v) for k, w, v in zip(kinds, ("No link", "Parked"), values, strict=True)]
    apart = [week_name(w) for w in sorted(board.set_apart) if w in weeks]
    title = f"Share of effort without a priority, rolling {board.options.weeks} weeks"
    return Series(id="over_time", title=title, unit="share", x=allocation.names(weeks), lines=lines, set_apart=apart)
