"""What deliverables took on after they had started, against what was agreed and what is usual here."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from analyzer import agreed, agreement, burn_up, forecast, moving_scope, scope, scope_tables, statistics
from analyzer.agreed import Agreed
from analyzer.board import Board
from analyzer.calendar import day_number, monday, week_name, week_of_day
from analyzer.evidence import lines
from analyzer.judging import PLAIN_COUNT, counted, empty, not_judged, percent, unseen
from analyzer.result import Finding, Meta, Score, Verdict

META = Meta(
    id="scope_creep",
    title="Scope creep",
    question="Did what we had agreed on grow after we had started?",
    how=(
        "A deliverable (sprint, cycle, project, milestone, version, epic, initiative) is committed to what it holds two "
        "days (settable) after its start. Added: tickets made later; pulled in: tickets that existed and were taken in "
        "later; removed: taken out before the end. Carried over from one that just ended, or split from planned tickets of the "
        "same parent that gave up about as many points, is no growth. Swapped, re-estimated (until a day before the finish), "
        "rewritten (longer by a listed line, or by a fifth) and later ends are shown. Growth is agreed if a rule under "
        "agreed_when matches the ticket, if someone recorded so (alignment week --agree, from a week before until its end, or "
        "for a week), or if the strategy raised the priority's share or range in the seven days around it. Two tests of what was "
        "not agreed: the priority's range (scope: {items: 20-40}) is broken or not; and each deliverable's additions against "
        "the rate of those of its kind that ended before the window (over-dispersed Poisson, corrected for their number). "
        "Whether a range will hold until its day is drawn 4,000 times from the priority's own weeks; that decides nothing."
    ),
    formula=(
        "(added + pulled in, not agreed, in the window) / planned, over the deliverables of the window that their tracker gives a "
        "start, each ticket once."
    ),
    needs=(
        "Tickets with a change log and ten finished deliverables of a kind, or an agreed range in the strategy "
        "(scope: {items: …})."
    ),
    limits=(
        "Growth that nobody recorded as agreed counts as not agreed. Versions and epics without a start of their own begin with "
        "the first ticket that is started; nobody committed to them then, so they count in no score. Sub-tasks never count; "
        "splits are seen only where tickets carry estimates. Deliverables with fewer than five tickets at the start are not "
        "tested, and kinds with fewer than ten finished ones have no usual rate. Ends of sprints and projects moved only where "
        "pulls saw both; listed lines are counted only where both texts are kept. A range counts what a priority holds today, by "
        "the day it was made. The forecast takes weeks to be alike."
    ),
    source=(
        "Event model after jirametrics and Micro Focus (Planned/Added/Split); quasi-Poisson: Wedderburn 1974; Benjamini "
        "and Hochberg 1995; bootstrap: Efron 1979; sprints elsewhere: Choetkiertikul et al. 2017."
    ),
)  # fmt: skip

WINDOW = """
SELECT count(DISTINCT CASE WHEN event = 'planned' THEN e.ticket END) AS planned,
    count(DISTINCT CASE WHEN event IN ('added', 'pulled_in') AND moment >= $1 AND a.agreed_by IS NULL THEN e.ticket END) AS grown,
    count(DISTINCT CASE WHEN event IN ('added', 'pulled_in') AND moment >= $1 AND a.agreed_by <> '' THEN e.ticket END) AS agreed
FROM scope_event e LEFT JOIN agreed_growth a ON a.container = e.container AND a.ticket = e.ticket
WHERE e.container IN (SELECT unnest($2))
"""
LEAST_PLANNED = 5
"""Fewer tickets at the start are no commitment to hold growth against."""


def measure(board: Board) -> Finding:
    if reason := empty(board):
        return not_judged(META, reason)
    board.once(scope.lay_out)
    board.once(agreement.lay_out)
    promised = agreed.ranges(board)
    if not promised and not board.one("SELECT count(*) FROM ticket_then WHERE history <> 'none'"):
        return not_judged(META, "No ticket came with a change log, so what was there at a start is not known.")
    begin = board.options.calendar.midnight(monday(board.first_week))
    frame = board.frame(scope.SUMMARY, begin)
    if not frame["running"].any() and not promised:
        return not_judged(META, "No sprint, cycle, project, version or epic with planned tickets ran in these weeks.")
    past = frame[~frame["running"]]
    running = _against_usual(past, frame[frame["running"]])
    counts = board.rows(WINDOW, begin, list(running["container"][running["stated"]]))[0]
    value = counts.grown / counts.planned if counts.planned else None
    breaches = [a for a in promised if a.broken]
    tested = [v for v in running["verdict"] if v]
    ahead = forecast.forecasts(board, promised)
    details = scope_tables.shapes(board, past, running)
    details[1:1] = [*([agreed.as_table(promised)] if promised else []), *([forecast.as_table(ahead)] if ahead else [])]
    details += burn_up.shapes(board, promised, running[running["verdict"].isin(["signal", "watch"])])
    if not promised and not tested:
        reason = (
            "Nothing was agreed (scope: {items: …}), and fewer than ten finished deliverables can be compared with."
        )
        return not_judged(META, reason, details, value)
    if not breaches and (reason := unseen(board)):
        return not_judged(META, reason, details, value)
    verdict: Verdict = "signal" if breaches or "signal" in tested else "watch" if "watch" in tested else "noise"
    said = _said(running, promised, verdict)
    over = [f"More than {a.high:g} since {a.since}." for a in breaches[:1]]
    loud = running[(running["verdict"] == verdict) & (verdict != "noise")]
    overall = _overall(bool(tested), verdict, counts, value)
    return Finding(
        meta=META, verdict=verdict, value=value, headline=(said or overall or [""])[0], details=details,
        sentence=" ".join([*said[:1], *over, *said[1:3], *overall, *forecast.said(ahead)[:1]]),
        score=_score(counts.planned, counts.grown), sure=PLAIN_COUNT if breaches else "", since=_since(board, breaches),
        move=moving_scope.back(board, breaches, past[past["planned"] >= LEAST_PLANNED], loud),
    )  # fmt: skip


def _score(planned: int, grown: int) -> Score | None:
    if not planned:
        return None
    arithmetic = f"100 × {planned} planned / ({planned} planned + {grown} taken on later)."
    return Score(value=round(100 * planned / (planned + grown), 1), arithmetic=arithmetic)


def _against_usual(past: pd.DataFrame, running: pd.DataFrame) -> pd.DataFrame:
    """``growth`` and ``verdict`` of each running deliverable, against the finished ones of its kind."""
    running = running.assign(growth=running["grown"] / running["planned"].where(running["planned"] > 0), p=float("nan"))
    for kind, rows in running[running["planned"] >= LEAST_PLANNED].groupby("kind"):
        same = past[(past["kind"] == kind) & (past["planned"] >= LEAST_PLANNED)]
        p = statistics.excess(same["planned"], same["grown"], rows["planned"], rows["grown"])
        if p is not None:
            running.loc[rows.index, "p"] = p
    tested = running.index[running["p"].notna()]
    running["verdict"] = ""
    running.loc[tested, "verdict"] = [statistics.verdict(q) for q in statistics.adjust(list(running.loc[tested, "p"]))]
    place = running["verdict"].map({"signal": 0, "watch": 1}).fillna(2)
    return running.assign(place=place).sort_values(["place", "grown", "container"], ascending=[True, False, True])


def _since(board: Board, breaches: list[Agreed]) -> str | None:
    """The week in which the first of the ranges was left."""
    days = [date.fromisoformat(a.since) for a in breaches if a.since]
    return week_name(week_of_day(day_number(min(days)))) if days else None


def _said(running: pd.DataFrame, promised: list[Agreed], verdict: str) -> list[str]:
    """Sentences, the heaviest first."""
    said = [f"{a.name} holds {a.now:.0f} {a.unit}; {a.limit} were agreed." for a in promised if a.broken]
    if verdict != "noise":
        for r in lines(running[running["verdict"] == verdict].head(3)):
            on_top = f" ({r.agreed} more were agreed)" if r.agreed else ""
            said.append(f"{r.name} took on {r.grown} after its start, on {r.planned} planned{on_top}.")
    return said or (["What was agreed is kept."] if promised else [])


def _overall(tested: bool, verdict: str, counts: Any, value: float | None) -> list[str]:
    """The same over everything with a start."""
    agreed_too = f", {counted(counts.agreed)} more by agreement" if counts.agreed else ""
    if verdict == "noise":
        grown = "" if value is None else f" ({percent(value)} over all{agreed_too})"
        return [f"No deliverable grew more than is usual here{grown}."] if tested else []
    return [] if value is None else [
        f"Over all sprints, cycles and projects {percent(value)} was taken on after the start{agreed_too}."
    ]  # fmt: skip
