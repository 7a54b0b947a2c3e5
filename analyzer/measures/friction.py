"""Where begun work stands still: blocked, waiting, put back, and older than work here usually gets."""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import networkx as nx
import numpy as np

from analyzer import moving_rates, own_past, waiting
from analyzer.board import Board
from analyzer.calendar import monday
from analyzer.durations import Quantile, quantiles
from analyzer.evidence import heaviest, row, table
from analyzer.judging import counted, empty, not_judged, percent
from analyzer.result import Finding, Flow, FlowLink, Meta, Row, Shape

META = Meta(
    id="friction",
    title="Friction",
    question="Where does begun work stand still, and for how long?",
    how=(
        "Every working evening each ticket whose work has begun and not ended is looked at: was it blocked (flagged, or in a "
        "status named so), in review or waiting, or put back to not started? The share of such evenings in the window is tested "
        "against the weeks before, over all and by team (over-dispersed binomial, corrected for the number of teams). Signal: "
        "corrected p at most 0.005 and more than usual. How long: median and 85th percentile of stays that began in the window, "
        "in working days, where what still lasts counts as longer than so far (Kaplan-Meier). Ageing: in progress for longer "
        "than 85 % of the work started here took."
    ),
    limits=(
        "Only what the tracker shows: work that waits while its ticket says in progress is not seen. Statuses are known by their "
        "English names. Which ticket blocks which is known from the first pull on; before it, only as far as the tracker "
        "says since when."
    ),
    source="Work item age and the 85th percentile: Vacanti 2015; Kaplan and Meier 1958; Brookmeyer and Crowley 1982.",
    formula="Evenings on which begun tickets stood still / evenings on which they were open, working days of the window.",
    needs="Tickets with a change log, and 20 weeks before the window to compare with.",
)  # fmt: skip

BY_WEEK = """
SELECT o.shown AS name, o.week, coalesce(s.n, 0) AS events, o.n AS exposure FROM evening o
LEFT JOIN evening s ON s.shown = o.shown AND s.week = o.week AND s.cause = 'still'
WHERE o.cause = 'open' ORDER BY o.shown, o.week
"""
STAYS = """
SELECT s.shown, s.cause, b.before - a.before AS days, s.last >= $2 AS lasting, count(*) AS n FROM standing s
JOIN workday a ON a.day = s.first JOIN workday b ON b.day = s.last
WHERE s.cause NOT IN ('open', 'still') AND s.first >= $1 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
AGES = """
SELECT b.before - a.before AS days, s.last >= $2 AS lasting, count(*) AS n FROM standing s
JOIN workday a ON a.day = s.first JOIN workday b ON b.day = s.last
WHERE s.cause = 'open' AND s.first >= $1 GROUP BY 1, 2 ORDER BY 1, 2
"""
AGEING = """
SELECT s.shown AS grp, s.ticket, b.before - a.before AS weight FROM standing s
JOIN workday a ON a.day = s.first JOIN workday b ON b.day = s.last JOIN ticket_then t ON t.no = s.ticket
WHERE s.cause = 'open' AND s.last >= $2 AND t.phase IN ('todo', 'doing') AND b.before - a.before > $1
"""
STOOD = "SELECT shown || '|' || cause AS grp, ticket, max(last - first) AS weight FROM standing WHERE first >= $1 GROUP BY 1, 2"
STILL = "SELECT shown AS grp, ticket, max(last - first) AS weight FROM standing WHERE cause = 'still' AND last > $1 GROUP BY 1, 2"
BLOCKS = """
SELECT DISTINCT a.shown AS blocker, b.shown AS blocked, y.no AS ticket FROM relation_then r
JOIN ticket_then x ON x.id = r.source
JOIN first_pull f ON f.tracker = x.tracker JOIN moment m ON coalesce(r.since, f.moment) <= m.as_of
JOIN ticket_then y ON y.id = r.target
JOIN ticket_team g ON g.ticket = x.no JOIN team_shown a ON a.team = g.team
JOIN ticket_team h ON h.ticket = y.no JOIN team_shown b ON b.team = h.team
WHERE r.type = 'blocks' AND x.phase IN ('todo', 'doing') AND y.phase IN ('todo', 'doing')
"""


def measure(board: Board) -> Finding:
    if reason := empty(board):
        return not_judged(META, reason)
    if not board.one("SELECT count(*) FROM ticket_then WHERE history <> 'none'"):
        return not_judged(META, "No ticket came with a change log, so how long it stood still is not known.")
    board.once(waiting.lay_out)
    by_week = board.rows(BY_WEEK)
    found = own_past.rates(board, by_week, share=True)
    whole = found[0]
    if not whole.exposure:
        return not_judged(META, "No begun work was open in the weeks that could be judged.")
    first = monday(board.first_week)
    stood = heaviest(board, STILL, first)
    details: list[Shape] = [
        table("by_team", "Share of evenings on which begun work stood still", own_past.columns("share"),
              own_past.rows(found, tickets=stood)),
        table("causes", "How long it stood, in working days", CAUSE_COLUMNS, _causes(board, first)),
    ]  # fmt: skip
    limit, ageing = _ageing(board)
    details += ageing
    details.append(
        own_past.over_time(board, by_week, "over_time", "Share of evenings on which begun work stood still", "share")
    )
    waits, circle = _who_waits(board)
    details += waits
    value = whole.recent
    said = f"Begun work stood still on {percent(value)} of its evenings"
    if not any(r.events for r in by_week):
        sentence = "No begun work was seen to be blocked, waiting or put back."
        return Finding(meta=META, verdict="noise", value=0.0, sentence=f"{sentence}{limit}{circle}", details=details)
    loud = own_past.worst(found)
    if loud is None or loud.shift is None:
        return not_judged(
            META, f"{said}; the weeks before say too little of what is usual.{limit}{circle}", details, value
        )
    sentence = f"{said}, no more than usual."
    if loud.verdict != "noise":
        where = said if loud.name == own_past.ALL else f"{said}; in {loud.name} on {percent(loud.recent)}"
        sentence = f"{where}, where {percent(loud.shift.usual)} is usual."
    return Finding(
        meta=META, verdict=loud.verdict, value=value, sentence=f"{sentence}{limit}{circle}", details=details,
        headline="Begun work stands still more than usual." if loud.verdict != "noise" else "",
        move=moving_rates.unblock(board, loud) if loud.verdict != "noise" else None,
    )  # fmt: skip


CAUSE_COLUMNS = [
    ("cause", "What", "text"), ("team", "Team", "text"), ("stays", "Stays", "count"), ("lasting", "Still lasting", "count"),
    ("median", "Median", "count"), ("low", "From", "count"), ("high", "To", "count"), ("late", "85th percentile", "count"),
    ("late_low", "From (85th)", "count"), ("late_high", "To (85th)", "count"),
]  # fmt: skip


def _causes(board: Board, first: int) -> list[Row]:
    groups: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for r in board.rows(STAYS, first, board.today):
        groups[r.cause, r.shown].append(r)
    tickets = heaviest(board, STOOD, first)
    made = []
    for (cause, team), rows in sorted(groups.items(), key=lambda g: (list(waiting.CAUSES).index(g[0][0]), g[0][1])):
        middle, late = _of(rows, 0.5, 0.85)
        lasting = sum(r.n for r in rows if r.lasting)
        cells = {
            "cause": waiting.CAUSES[cause], "team": team, "stays": sum(r.n for r in rows), "lasting": lasting,
            "median": middle.value, "low": middle.low, "high": middle.high,
            "late": late.value, "late_low": late.low, "late_high": late.high,
        }  # fmt: skip
        made.append(row(cells, tickets, f"{team}|{cause}"))
    return made


def _of(rows: list[Any], *parts: float) -> list[Quantile]:
    sides = ([r for r in rows if bool(r.lasting) is wanted] for wanted in (False, True))
    ended, lasting = (np.repeat([float(r.days) for r in side], [r.n for r in side]) for side in sides)
    return quantiles(ended, lasting, parts)  # type: ignore[arg-type]


def _ageing(board: Board) -> tuple[str, list[Shape]]:
    """Open work that is older than 85 % of the work begun within the history at hand got, by team."""
    (late,) = _of(board.rows(AGES, monday(board.history_week), board.today), 0.85)
    if late.value is None:
        return "", []
    found = heaviest(board, AGEING, late.value, board.today)
    rows = [row({"team": team, "tickets": len(ids) + more}, found, team) for team, (ids, more) in sorted(found.items())]
    number = sum(len(ids) + more for ids, more in found.values())
    title = f"In progress for more than {late.value:.0f} working days"
    columns = [("team", "Team", "text"), ("tickets", "Tickets", "tickets")]
    said = f" {counted(number, 'open ticket')} {'is' if number == 1 else 'are'} older than the {late.value:.0f} working days "
    said += "within which 85\u00a0% of the work begun here ends."
    return (said, [table("ageing", title, columns, rows)]) if number else ("", [])


def _who_waits(board: Board) -> tuple[list[Shape], str]:
    """Which team's open tickets block those of another."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    for r in board.rows(f"SELECT blocker, blocked, count(*) AS n FROM ({BLOCKS}) GROUP BY 1, 2 ORDER BY 1, 2"):
        if r.blocker != r.blocked:
            graph.add_edge(r.blocker, r.blocked, n=int(r.n))
    if not graph:
        return [], ""
    tickets = heaviest(
        board,
        f"SELECT blocker || ' > ' || blocked AS grp, ticket, 1 AS weight FROM ({BLOCKS})",
    )
    edges: list[Any] = [SimpleNamespace(a=a, b=b, n=held["n"]) for a, b, held in graph.edges(data=True)]
    edges.sort(key=lambda e: (-e.n, e.a, e.b))
    rows = [row({"blocked": e.b, "blocker": e.a, "tickets": e.n}, tickets, f"{e.a} > {e.b}") for e in edges[:40]]
    columns = [
        ("blocked", "Team that waits", "text"),
        ("blocker", "For", "text"),
        ("tickets", "Blocked tickets", "tickets"),
    ]
    links = [FlowLink(source=e.a, target=f"{e.b} waits", value=e.n) for e in edges[:40]]
    circles = sorted(
        (sorted(c) for c in nx.strongly_connected_components(graph) if len(c) > 1), key=lambda c: (-len(c), c)
    )
    said = f" {' and '.join(circles[0])} wait for each other." if circles else ""
    return [
        table("waits", "Which team waits for which", columns, rows),
        Flow(id="blocking", title="Open tickets that block another team's", unit="tickets", links=links),
    ], said
