"""Whether more and more is called urgent, until the word says nothing."""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace
from typing import Any

from analyzer import churn, moving_rates, own_past, urgency
from analyzer.board import Board
from analyzer.evidence import heaviest, row, table
from analyzer.judging import counted, empty, not_judged, percent
from analyzer.mixes import scattered
from analyzer.result import Finding, Meta, Shape

META = Meta(
    id="priority_inflation",
    title="Priority inflation",
    question="Is more and more called urgent?",
    how=(
        "The share of new tickets made with one of the top urgencies (Jira: Highest, High, Blocker, Critical; Linear: Urgent, "
        "High; P0, P1), with the urgency each was made with and not today's. Every ticket is in the whole, also those left at the "
        "default. It is set against what the types of these tickets would give at their own earlier shares, so that more bugs "
        "are not taken for more alarm, and tested against the weeks before (over-dispersed Poisson), over all and by team; so is "
        "the number of promotions for every ticket in progress. All are corrected together. Signal: p at most 0.005 and more "
        "than usual."
    ),
    limits=(
        "More urgent tickets may be more emergencies. Sites whose urgencies have other names are not judged. Jira's old default "
        "Major counts as the middle."
    ),
    source="Indirect standardisation as in epidemiology; quasi-Poisson: Wedderburn 1974; effective number: Hill 1973.",
    formula="New tickets made at the top urgencies / new tickets, both of the judged weeks.",
    needs="Tickets with a change log and urgencies of known names, and 20 weeks before the window to compare with.",
)  # fmt: skip

LEAST_OF_TYPE = 20
"""Fewer earlier tickets of a type say too little of how urgent it usually is."""

NEW = """
SELECT shown, week, type, sum(top)::BIGINT AS top, count(*) AS n FROM first_urgency GROUP BY shown, week, type
ORDER BY shown, week, type
"""
MOVES = """
SELECT e.week, sum(CASE WHEN b.rank < a.rank THEN 1 ELSE 0 END)::BIGINT AS promoted,
    sum(CASE WHEN b.rank > a.rank THEN 1 ELSE 0 END)::BIGINT AS demoted
FROM churn_event e JOIN revised v ON v.ticket = e.ticket AND v.moment = e.moment AND v.field = 'urgency'
JOIN urgency_rank b ON b.word = lower(v.before) JOIN urgency_rank a ON a.word = lower(v.after)
WHERE e.kind = 're-prioritised' AND e.fate = 'counted' GROUP BY e.week ORDER BY e.week
"""
WORDS = """
SELECT word, count(CASE WHEN week IN (SELECT unnest($1)) THEN 1 END) AS recent, any_value(rank) AS rank,
    count(CASE WHEN week IN (SELECT unnest($2)) THEN 1 END) AS past
FROM (SELECT coalesce(word, 'none given') AS word, week, rank FROM first_urgency) GROUP BY word ORDER BY recent DESC, word
LIMIT 12
"""
PROMOTED = "Promotions per ticket in progress"


def measure(board: Board) -> Finding:
    if reason := empty(board):
        return not_judged(META, reason)
    if not board.one("SELECT count(*) FROM ticket_then WHERE history <> 'none'"):
        return not_judged(
            META, "No ticket came with a change log: its priority is known as last recorded, not as it was made."
        )
    board.once(churn.lay_out)
    board.once(urgency.lay_out)
    recent, past = own_past.weeks(board)
    if reason := urgency.unknown(board, recent):
        return not_judged(META, reason)
    new = board.rows(NEW)
    mine = [r for r in new if r.week in recent]
    top, whole = sum(r.top for r in mine), sum(r.n for r in mine)
    value = top / whole
    ratio = own_past.rates(board, _expected(new, set(past)))
    active = {r.week: r.n for r in board.rows("SELECT week, count(*) AS n FROM active GROUP BY week")}
    moves = {r.week: r for r in board.rows(MOVES)}
    up, down = (sum(getattr(moves[w], side) for w in recent if w in moves) for side in ("promoted", "demoted"))
    made = [
        SimpleNamespace(name="", week=w, events=moves[w].promoted if w in moves else 0, exposure=n)
        for w, n in active.items()
    ]
    promoted = own_past.rates(board, made)[0]
    found = own_past.corrected(
        [*ratio, own_past.Rate(PROMOTED, promoted.events, promoted.exposure, promoted.shift, promoted.p)]
    )
    words = board.rows(WORDS, recent, past)
    opened = [
        r
        for r in board.rows(urgency.OPEN_TOP, urgency.TOP, board.history_begins)
        if r.week in {*recent, *past} and r.exposure
    ]
    tickets = heaviest(
        board, "SELECT word AS grp, ticket, week AS weight FROM first_urgency WHERE week IN (SELECT unnest(?))", recent
    )
    before = sum(r.past for r in words)
    lines = [
        row(
            {
                "word": r.word.capitalize(), "top": "yes" if r.rank is not None and r.rank >= urgency.TOP else "no",
                "tickets": r.recent, "share": r.recent / whole, "usual": r.past / before if before else None,
            },
            tickets, r.word,
        )
        for r in words
    ]  # fmt: skip
    columns = [
        ("word", "Made with", "text"), ("top", "Top", "text"), ("tickets", "Tickets", "tickets"), ("share", "Share", "share"),
        ("usual", "Usual", "share"),
    ]  # fmt: skip
    by_team = heaviest(
        board,
        "SELECT shown AS grp, ticket, rank AS weight FROM first_urgency WHERE top = 1 AND week IN (SELECT unnest(?))",
        recent,
    )
    chart = [SimpleNamespace(week=r.week, events=r.top, exposure=r.n) for r in new]
    note = f"{counted(up, 'promotion')} and {counted(down, 'demotion')} after the first day. Effective number of urgencies in use: "
    note += f"{scattered([r.recent for r in words]):.1f}, before {scattered([r.past for r in words]):.1f}."
    title = "As many as their types usually bring would be 1"
    details: list[Shape] = [
        table("urgencies", "How urgent new tickets were made", columns, lines, note),
        table("against_past", title, own_past.columns("count", "Where"), own_past.rows(found, tickets=by_team)),
        own_past.over_time(board, chart, "over_time", "Share of new tickets made at the top", "share"),
        own_past.over_time(board, opened, "open", "Share of open work at the top", "share"),
    ]
    said = f"{percent(value)} of {counted(whole, 'new ticket')} were made at the top urgencies"
    loud = own_past.worst(found)
    if not top and not up:
        return Finding(
            meta=META, verdict="noise", value=0.0, sentence="No new ticket was made urgent.", details=details
        )
    if loud is None or loud.shift is None:
        return not_judged(META, f"{said}; the weeks before say too little of what is usual.", details, value)
    sentence = f"{said}, no more than is usual for their types."
    if loud.verdict != "noise" and loud.name == PROMOTED:
        sentence = (
            f"{counted(up, 'promotion')} to a higher urgency came on {counted(down, 'demotion')}, more than usual."
        )
    elif loud.verdict != "noise":
        where = "" if loud.name == own_past.ALL else f"; in {loud.name}"
        times = loud.recent / loud.shift.usual if loud.shift.usual else 0.0
        sentence = f"{said}{where or ','} {times:.1f} times as many as is usual for their types."
    return Finding(
        meta=META, verdict=loud.verdict, value=value, sentence=sentence, details=details,
        headline="More is called urgent than usual." if loud.verdict != "noise" else "",
        move=moving_rates.less_urgent(board, loud, recent, loud.name == PROMOTED) if loud.verdict != "noise" else None,
    )  # fmt: skip


def _expected(new: list[Any], past: set[int]) -> list[Any]:
    """Tickets made at the top, and as exposure how many their types would have given at their earlier shares."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for r in new:
        for kind in (r.type, ""):
            if r.week in past:
                sums[kind][0] += r.top
                sums[kind][1] += r.n
    usual = {kind: (a / n if n >= LEAST_OF_TYPE else None) for kind, (a, n) in sums.items()}
    over_all = usual.get("") or 0.0
    made = []
    for r in new:
        held = usual.get(r.type)
        made.append(
            SimpleNamespace(
                name=r.shown, week=r.week, events=r.top, exposure=r.n * (over_all if held is None else held)
            )
        )
    return made
