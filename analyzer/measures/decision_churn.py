"""How often decisions about work are made again: urgency, owner, sprint, status and parent."""

from __future__ import annotations

from analyzer import churn, own_past
from analyzer.board import Board
from analyzer.evidence import heaviest, row, table
from analyzer.judging import empty, not_judged
from analyzer.result import Finding, Meta, Shape, Verdict

META = Meta(
    id="decision_churn",
    title="Decision churn",
    question="How often are decisions about work made again?",
    how=(
        "Changes of mind about open tickets: another urgency, another owner, left one sprint or cycle for another while it ran, "
        "sent back to an earlier phase or to a status it had, put under another parent or project. The first owner, urgency or "
        "parent is no change. Set aside and shown: what was carried over when a sprint or cycle ended, changes by bots or by an "
        "account that changed 30 tickets or more within an hour, and sorting on the day a ticket was made, before work began. "
        "The rate of the window, over all and by team, is tested against the weeks before it (over-dispersed Poisson, corrected "
        "for the number of teams). Signal: corrected p at most 0.005 and more than usual."
    ),
    limits=(
        "A change may be right: this counts decisions made again, not wrong ones. Linear merges quick changes of one person into "
        "one entry, so its counts are lower bounds. A hand-over to a reviewer is a new owner here; a site that always works so "
        "has that in its past too. A change of owner that comes with a step back counts as two."
    ),
    source="Definition of this program; quasi-Poisson: Wedderburn 1974.",
    formula="100 × changes of mind in the judged weeks / sum over those weeks of the tickets in progress.",
    needs="Tickets with a change log, and 20 weeks before the window to compare with.",
)  # fmt: skip

BY_WEEK = """
WITH held AS (SELECT shown, week, count(*) AS n FROM active GROUP BY shown, week),
seen AS (SELECT shown, week, count(*) AS n FROM churn_event WHERE fate = 'counted' GROUP BY shown, week)
SELECT h.shown AS name, h.week, coalesce(e.n, 0) AS events, h.n AS exposure FROM held h
LEFT JOIN seen e ON e.shown = h.shown AND e.week = h.week ORDER BY h.shown, h.week
"""
KINDS = """
SELECT CASE WHEN fate = 'counted' THEN kind ELSE fate END AS name, fate,
    count(CASE WHEN week IN (SELECT unnest($1)) THEN 1 END) AS recent,
    count(CASE WHEN week IN (SELECT unnest($2)) THEN 1 END) AS past
FROM churn_event GROUP BY 1, 2 ORDER BY fate <> 'counted', recent DESC, name
"""
TICKETS = """
SELECT CASE WHEN fate = 'counted' THEN kind ELSE fate END AS grp, ticket, count(*) AS weight FROM churn_event
WHERE week IN (SELECT unnest(?)) GROUP BY 1, 2
"""
BY_TEAM = """
SELECT shown AS grp, ticket, count(*) AS weight FROM churn_event
WHERE fate = 'counted' AND week IN (SELECT unnest(?)) GROUP BY shown, ticket
"""
ASIDE = {
    "carried": "Carried over when a sprint or cycle ended", "machine": "By a bot or in bulk",
    "groomed": "Sorted on the first day, before work began",
}  # fmt: skip


def measure(board: Board) -> Finding:
    if reason := empty(board):
        return not_judged(META, reason)
    if not board.one("SELECT count(*) FROM ticket_then WHERE history <> 'none'"):
        return not_judged(META, "No ticket came with a change log, so what was decided before is not known.")
    board.once(churn.lay_out)
    by_week = board.rows(BY_WEEK)
    found = own_past.rates(board, by_week)
    recent, past = own_past.weeks(board)
    whole = found[0]
    if not whole.exposure:
        return not_judged(META, "No ticket was in progress in the weeks that could be judged.")
    before = sum(r.exposure for r in by_week if r.week in set(past))
    tickets = heaviest(board, TICKETS, recent)
    kinds = [
        row(
            {
                "name": ASIDE.get(r.name, r.name[0].upper() + r.name[1:]), "counted": "yes" if r.fate == "counted" else "no",
                "changes": r.recent, "recent": round(100 * r.recent / whole.exposure, 2),
                "usual": round(100 * r.past / before, 2) if before else None,
            },
            tickets, r.name,
        )
        for r in board.rows(KINDS, recent, past)
    ]  # fmt: skip
    columns = [
        ("name", "Kind", "text"), ("counted", "Counted", "text"), ("changes", "Changes", "count"),
        ("recent", "Per 100 tickets in progress a week", "count"), ("usual", "Usual", "count"),
    ]  # fmt: skip
    changed = heaviest(board, BY_TEAM, recent)
    teams = table(
        "by_team", "Changes of mind per 100 tickets in progress a week", own_past.columns("count"),
        own_past.rows(found, 100, changed),
    )  # fmt: skip
    chart = own_past.over_time(board, by_week, "over_time", "Changes of mind per 100 tickets in progress", "count", 100)
    details: list[Shape] = [table("kinds", "What was decided again", columns, kinds), teams, chart]
    value = 100 * whole.recent
    said = f"Decisions were made again {value:.0f} times a week for every 100 tickets in progress"
    loud = own_past.worst(found)
    if whole.shift is None or loud is None or loud.shift is None:
        silent = not_judged(META, f"{said}; the weeks before say too little of what is usual.", details, value)
        return silent.model_copy(update={"unit": "count"})
    verdict: Verdict = loud.verdict
    usual, top = 100 * whole.shift.usual, 100 * whole.shift.high
    sentence = f"{said}, as is usual here ({usual:.0f}; up to {top:.0f} are to be expected)."
    if verdict != "noise" and loud.name == own_past.ALL:
        sentence = f"{said}, more than the usual {usual:.0f} (up to {top:.0f} were to be expected)."
    elif verdict != "noise":
        sentence = (
            f"{said}; in {loud.name} it was {100 * loud.recent:.0f}, where {100 * loud.shift.usual:.0f} are usual."
        )
    headlines = {"signal": "Decisions are made again more often than usual.", "watch": "More decisions are made again."}
    return Finding(
        meta=META, verdict=verdict, value=value, unit="count", headline=headlines.get(verdict, ""),
        sentence=sentence, details=details,
    )  # fmt: skip
