"""What trackers call urgent, and how urgent the tickets of each week were made, made so later, and stood open."""

from __future__ import annotations

import pandas as pd

from analyzer.board import Board
from analyzer.calendar import local_day_sql, monday, utc_day_sql
from analyzer.churn import NO_URGENCY

RANKS = {
    4: ("highest", "blocker", "urgent", "p0", "immediate", "emergency", "showstopper", "very high", "sev0", "s0"),
    3: ("high", "critical", "p1", "sev1", "s1"),
    2: ("medium", "major", "normal", "p2", "moderate", "standard", "default", "sev2", "s2"),
    1: ("low", "minor", "p3", "sev3", "s3"),
    0: ("lowest", "trivial", "p4", "p5", "very low", "optional", "sev4", "s4"),
}
"""Jira's two schemes, Linear's, and common others, by how urgent the word is; 3 and up is the top. An old Jira's *Major* is what
nobody changed, so it is the middle."""

TOP = 3
KNOWN_PART = 0.9
"""Of the tickets made with an urgency, the part whose word must be known."""

URGENCY = """
CREATE OR REPLACE TEMP TABLE first_urgency AS
WITH first AS (
    SELECT t.no AS ticket, t.created_day AS day, coalesce(lower(t.type), '') AS type,
        max(CASE WHEN s.since = t.created THEN lower(s.value) END) AS word
    FROM ticket_then t LEFT JOIN span_then s ON s.ticket = t.no AND s.field = 'urgency'
    WHERE t.level <= 0 AND t.history <> 'none' AND t.created_day >= $1 GROUP BY t.no, t.created_day, t.type
)
SELECT f.ticket, d.week, f.type, f.word, r.rank, g.shown, CASE WHEN r.rank >= $2 THEN 1 ELSE 0 END AS top FROM first f
JOIN days d ON d.day = f.day JOIN ticket_team k ON k.ticket = f.ticket JOIN team_shown g ON g.team = k.team
LEFT JOIN urgency_rank r ON r.word = f.word
"""

OPEN_TOP = f"""
WITH phase AS (
    SELECT p.ticket, p.since, p.until FROM span_then p JOIN ticket_then t ON t.no = p.ticket
    WHERE p.field = 'phase' AND p.value IN ('todo', 'doing') AND (p.until IS NULL OR p.until >= $2)
        AND t.level <= 0 AND t.history <> 'none'
), held AS (
    SELECT greatest(p.since, u.since) AS since, least(coalesce(p.until, TIMESTAMP '9999-01-01'),
        coalesce(u.until, TIMESTAMP '9999-01-01')) AS until, CASE WHEN r.rank >= $1 THEN 1 ELSE 0 END AS top
    FROM phase p JOIN span_then u ON u.ticket = p.ticket AND u.field = 'urgency'
        AND u.since < coalesce(p.until, TIMESTAMP '9999-01-01') AND (u.until IS NULL OR u.until > p.since)
    LEFT JOIN urgency_rank r ON r.word = lower(u.value)
), moved AS (
    SELECT since AS moment, top, 1 AS n FROM held UNION ALL SELECT until, top, -1 FROM held WHERE until < TIMESTAMP '9999-01-01'
), step AS (
    SELECT d.week, sum(v.n * v.top) AS top, sum(v.n) AS n FROM moved v
    JOIN calendar c ON c.utc_day = {utc_day_sql("v.moment")} JOIN days d ON d.day = {local_day_sql("v.moment", "c")}
    GROUP BY d.week
), every AS (SELECT DISTINCT week FROM days)
SELECT w.week, sum(coalesce(s.top, 0)) OVER (ORDER BY w.week) AS events, sum(coalesce(s.n, 0)) OVER (ORDER BY w.week) AS exposure
FROM every w LEFT JOIN step s ON s.week = w.week ORDER BY w.week
"""


def lay_out(board: Board) -> None:
    """``urgency_rank`` (word, rank) and ``first_urgency``: each ticket made within the history at hand, with the urgency it was
    made with."""
    frame = pd.DataFrame([(w, n) for n, words in RANKS.items() for w in words], columns=["word", "rank"])
    board.lay("urgency_rank", frame)
    board.con.execute(URGENCY, [monday(board.history_week), TOP])


def unknown(board: Board, weeks: list[int]) -> str:
    """Why the words of these weeks cannot be ranked; empty if they can."""
    rows = board.rows(
        "SELECT word, bool_or(rank IS NOT NULL) AS known, count(*) AS n FROM first_urgency WHERE week IN (SELECT unnest(?)) "
        "AND word IS NOT NULL AND word NOT IN (SELECT unnest(?)) GROUP BY word ORDER BY n DESC, word",
        weeks, list(NO_URGENCY),
    )  # fmt: skip
    whole, known = sum(r.n for r in rows), sum(r.n for r in rows if r.known)
    if not whole:
        return "No ticket of these weeks was made with an urgency."
    if known < KNOWN_PART * whole:
        words = ", ".join(f"\u201c{r.word}\u201d" for r in rows if not r.known and len(r.word) <= 30)
        return f"This tracker has urgencies of its own, and which of them are the top is not known: {words[:120]}."
    return ""
