"""What unlinked work is about, though no strategy names it: its themes, with their effort now and before."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analyzer import themes, unlinked
from analyzer.board import Board
from analyzer.calendar import week_name
from analyzer.effort import UNIT
from analyzer.evidence import heaviest, row, table
from analyzer.judging import counted, measured_in, percent
from analyzer.result import Row, Table

READ, OTHERS = 3_000, 1_500
"""Unlinked tickets read at most, and linked ones that tell which words are common here: the cost does not grow with the store."""

MOST, TEAMS = 15, 3
"""Themes listed, and teams named of each."""

SCATTERED, SMALLER, UNREAD = "scattered", "smaller", "unread"
REST = {
    SCATTERED: "Scattered: in no theme of five tickets or more",
    SMALLER: "Smaller themes together",
    UNREAD: "Not read",
}
WORK = f"SELECT * FROM unlinked_ever WHERE reason <> 'parked' AND {unlinked.COUNTS}"

ABOUT = f"""
CREATE OR REPLACE TEMP TABLE about AS
WITH work AS ({WORK}), heavy AS (
    SELECT w.ticket, t.id, row_number() OVER (ORDER BY w.units + w.earlier DESC, t.id) AS place
    FROM work w JOIN ticket_then t ON t.no = w.ticket
), rest AS (
    SELECT s.ticket, sum(s.units) AS weight FROM share_of s ANTI JOIN work w ON w.ticket = s.ticket
    WHERE s.basis = $1 AND s.in_force AND s.week IN (SELECT unnest($2)) GROUP BY s.ticket
), light AS (
    SELECT r.ticket, t.id, row_number() OVER (ORDER BY r.weight DESC, t.id) AS place
    FROM rest r JOIN ticket_then t ON t.no = r.ticket
)
SELECT ticket, id, true AS unlinked FROM heavy WHERE place <= $3
UNION ALL SELECT ticket, id, false FROM light WHERE place <= $4
"""
SAID = f"""
WITH held AS (
    SELECT p.ticket, max(CASE WHEN p.field = 'title' THEN p.value END) AS title,
        max(CASE WHEN p.field = 'body' THEN p.value END) AS body
    FROM about a JOIN span_then p ON p.ticket = a.ticket WHERE p.field IN ('title', 'body') AND p.until IS NULL GROUP BY p.ticket
), today AS (
    SELECT a.ticket, p.value FROM about a JOIN spans p ON p.ticket = a.ticket AND p.field = 'body' AND p.until IS NULL
), kept AS (
    SELECT x.fingerprint, substr(min(x.body), 1, {themes.BODY}) AS body FROM texts x
    JOIN (SELECT DISTINCT body FROM held) h ON h.body = x.fingerprint GROUP BY x.fingerprint
)
SELECT a.ticket, a.unlinked, substr(coalesce(h.title, t.title), 1, {themes.TITLE}) AS title, CASE
    WHEN h.body = '' OR starts_with(h.body, '0:') THEN ''
    WHEN h.body IS NOT NULL
        THEN coalesce(k.body, CASE WHEN n.value = h.body AND t.body <> '' THEN substr(t.body, 1, {themes.BODY}) END)
    WHEN n.ticket IS NOT NULL OR t.body IS NULL OR t.body = '' THEN '' END AS body
FROM about a JOIN tickets t ON t.no = a.ticket
LEFT JOIN held h ON h.ticket = a.ticket
LEFT JOIN today n ON n.ticket = a.ticket
LEFT JOIN kept k ON k.fingerprint = h.body
ORDER BY a.unlinked DESC, a.id
"""
"""Title and text as they read at the moment. Text: empty if there was none; NULL if there was one that is not kept."""

GROUPED = f"""
CREATE OR REPLACE TEMP TABLE themed AS
WITH work AS ({WORK}), placed AS (
    SELECT a.ticket, o.theme, o.place, w.units, w.earlier, w.now, w.first, w.shown
    FROM about a JOIN work w ON w.ticket = a.ticket LEFT JOIN theme_of o ON o.ticket = a.ticket WHERE a.unlinked
), large AS (
    SELECT theme, row_number() OVER (ORDER BY sum(units) DESC, theme) AS place FROM placed WHERE now AND theme IS NOT NULL
    GROUP BY theme HAVING count(*) >= {themes.SMALLEST}
)
SELECT p.ticket, p.units, p.earlier, p.now, p.first, p.shown, l.place AS theme_place,
    CASE WHEN l.theme IS NULL THEN '{SCATTERED}' WHEN l.place > {MOST} THEN '{SMALLER}' ELSE l.theme::VARCHAR END AS grp,
    CASE WHEN l.place <= {MOST} THEN -p.place ELSE p.units END AS weight
FROM placed p LEFT JOIN large l ON l.theme = p.theme
"""
SUMMED = f"""
SELECT grp, sum(units)::BIGINT AS units, sum(earlier)::BIGINT AS earlier, min(first) AS first,
    sum(CASE WHEN now THEN 1 ELSE 0 END)::BIGINT AS tickets FROM themed GROUP BY grp
ORDER BY max(CASE WHEN grp = '{SCATTERED}' THEN 1 ELSE 0 END), min(theme_place)
"""
WHO = "SELECT grp, shown FROM themed WHERE now GROUP BY grp, shown ORDER BY grp, sum(units) DESC, shown"
ALL = f"SELECT coalesce(sum(units), 0)::BIGINT AS units, count(*) AS tickets FROM ({WORK}) AS work WHERE now"


def table_of(board: Board, weekly: pd.DataFrame) -> list[Table]:
    """The table of themes, in a list; none where fewer tickets are unlinked than make a theme. ``weekly`` as allocation has it."""
    (every,) = board.rows(ALL)
    if every.tickets < themes.SMALLEST:
        return []
    earlier = unlinked.before(board)
    names, unkept = _group(board, [*earlier, *board.judged])
    whole, whole_before = (int(weekly[weekly["week"].isin(w)]["units"].sum()) for w in (board.judged, earlier))
    tickets = heaviest(board, "SELECT grp, ticket, weight FROM themed WHERE now")
    teams: dict[str, list[str]] = {}
    for r in board.rows(WHO):
        teams.setdefault(r.grp, []).append(r.shown)
    sums = board.rows(SUMMED)
    made: list[Row] = []
    for r in sums:
        cells: dict[str, Any] = {
            "name": REST.get(r.grp) or names[int(r.grp)], "share": r.units / whole, "effort": r.units / UNIT,
            "tickets": r.tickets, "before": r.earlier / whole_before if whole_before else None,
            "teams": _first(teams.get(r.grp, [])),
            "first": "" if r.grp in REST else _since(r.first, min([*earlier, *board.judged])),
        }  # fmt: skip
        made.append(row(cells, tickets, r.grp))
    units, number = (every[n] - sum(r[m] for r in sums) for n, m in ((0, 1), (1, 4)))
    if number:
        cells = {
            "name": REST[UNREAD],
            "share": units / whole,
            "effort": units / UNIT,
            "tickets": number,
            "before": None,
        }
        made.append(row(cells | {"teams": "", "first": ""}))
    ago = f"Share in the {counted(len(earlier), 'week')} before" if earlier else "Share before"
    columns = [
        ("name", "Theme, by its telling words", "text"), ("share", "Share of all effort", "share"), ("before", ago, "share"),
        ("effort", "Effort", measured_in(board.options.basis)), ("tickets", "Tickets", "tickets"),
        ("teams", "Teams", "text"), ("first", "First seen", "text"),
    ]  # fmt: skip
    return [table("themes", "What unlinked work is about", columns, made, _note(unkept, bool(number)))]


def _group(board: Board, weeks: list[int]) -> tuple[list[str], int]:
    """Lays out ``themed``, the theme of each ticket read. The names of themes, and how many tickets' texts are not kept."""
    board.con.execute(ABOUT, [board.options.basis, weeks, READ, OTHERS])
    said = board.frame(SAID)
    texts = [themes.readable(t, b) for t, b in zip(said["title"].fillna(""), said["body"].fillna(""), strict=True)]
    cut = int(said["unlinked"].sum())  # they come first
    found = themes.find(texts[:cut], texts[cut:])
    tickets = said["ticket"].tolist()
    rows = [(tickets[n], number, place) for number, theme in enumerate(found) for place, n in enumerate(theme.texts)]
    board.lay("theme_of", pd.DataFrame(rows, columns=["ticket", "theme", "place"], dtype="int64"))
    board.con.execute(GROUPED)
    return [", ".join(theme.words) for theme in found], int(said["body"][:cut].isna().sum())


def largest(found: list[Table]) -> str:
    """A sentence on the theme with the most effort; empty where there is none."""
    names = [r for one in found for r in one.rows if r.cells["name"] not in REST.values()]
    if not names:
        return ""
    share = names[0].cells["share"]
    return f" Its largest theme: {names[0].cells['name']} ({percent(float(share or 0))} of all effort)."


def _first(teams: list[str]) -> str:
    more = len(teams) - TEAMS
    return ", ".join(teams) if more <= 0 else f"{', '.join(teams[:TEAMS])} and {more} more"


def _since(week: int, oldest: int) -> str:
    """A theme that was there from the first week looked at may be older."""
    return f"{week_name(week)} or before" if week == oldest else week_name(week)


def _note(unkept: int, cut: bool) -> str:
    said = ["A theme is what titles and texts have in common; no verdict comes from it."]
    if unkept:
        said.append(f"Of {counted(unkept)} the text is not kept as it read then: there only the title was read.")
    if cut:
        said.append(f"Of this work and that of the weeks before, the {READ:,} tickets with the most effort were read.")
    return " ".join(said)
