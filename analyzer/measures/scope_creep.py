"""What deliverables took on after they had started, against what was agreed and what is usual here."""

from __future__ import annotations

import pandas as pd

from analyzer import agreed, burn_up, scope, statistics
from analyzer.agreed import Agreed
from analyzer.board import Board
from analyzer.calendar import monday
from analyzer.evidence import GROWN, heaviest, lines, row, table
from analyzer.judging import PLAIN_COUNT, empty, not_judged, percent, unseen
from analyzer.result import Finding, Meta, Score, Shape, Verdict

META = Meta(
    id="scope_creep",
    title="Scope creep",
    question="Did what we had agreed on grow after we had started?",
    how=(
        "A deliverable (sprint, cycle, project, milestone, version, epic, initiative) is committed to what it holds two "
        "days (settable) after its start. Added: tickets made later; pulled in: tickets that existed and were taken in "
        "later; removed: taken out before the end. Growth is (added + pulled in) / planned over the deliverables of the "
        "window that their tracker gives a start, each ticket once, counting what came in the window. Two tests: the "
        "priority's agreed range (scope: {items: 20-40}) is broken or not; and each deliverable's additions against the "
        "rate of those of its kind that ended before the window (over-dispersed Poisson, corrected for their number)."
    ),
    limits=(
        "Growth is not always bad: it may be agreed. Versions and epics without a start of their own begin with the first "
        "ticket that is started; nobody committed to them then, so they count in no score. Sub-tasks never count, and "
        "points only where tickets carried an estimate when they came in. Deliverables with fewer than five tickets at "
        "the start are not tested, and kinds with fewer than ten finished ones have no usual rate to be tested against. "
        "Moved dates of deliverables are not seen."
    ),
    source=(
        "Event model after jirametrics and Micro Focus (Planned/Added/Split); quasi-Poisson: Wedderburn 1974; Benjamini "
        "and Hochberg 1995."
    ),
)  # fmt: skip

WINDOW = """
SELECT count(DISTINCT CASE WHEN event = 'planned' THEN ticket END) AS planned,
    count(DISTINCT CASE WHEN event IN ('added', 'pulled_in') AND moment >= ? THEN ticket END) AS grown
FROM scope_event WHERE container IN (SELECT unnest(?))
"""
LEAST_PLANNED = 5
"""Fewer tickets at the start are no commitment to hold growth against."""

SHOWN = 40


def measure(board: Board) -> Finding:
    if reason := empty(board):
        return not_judged(META, reason)
    promised = agreed.ranges(board)
    if not promised and not board.one("SELECT count(*) FROM ticket_then WHERE history <> 'none'"):
        return not_judged(META, "No ticket came with a change log, so what was there at a start is not known.")
    board.once(scope.lay_out)
    begin = board.options.calendar.midnight(monday(board.first_week))
    frame = board.frame(scope.SUMMARY, begin)
    if not frame["running"].any() and not promised:
        return not_judged(META, "No sprint, cycle, project, version or epic with planned tickets ran in these weeks.")
    running = _against_usual(frame[~frame["running"]], frame[frame["running"]])
    counts = board.rows(WINDOW, begin, list(running["container"][running["stated"]]))[0]
    value = counts.grown / counts.planned if counts.planned else None
    breaches = [a for a in promised if a.broken]
    tested = [v for v in running["verdict"] if v]
    details = [_table(board, running), *([agreed.as_table(promised)] if promised else [])]
    details += burn_up.shapes(board, promised, running[running["verdict"].isin(["signal", "watch"])])
    if not promised and not tested:
        reason = (
            "Nothing was agreed (scope: {items: …}), and fewer than ten finished deliverables can be compared with."
        )
        return not_judged(META, reason, details, value)
    if not breaches and (reason := unseen(board)):
        return not_judged(META, reason, details, value)
    verdict: Verdict = "signal" if breaches or "signal" in tested else "watch" if "watch" in tested else "noise"
    said = _said(running, promised, value, verdict)
    return Finding(
        meta=META, verdict=verdict, value=value, headline=said[0], sentence=" ".join([*said[:3], *said[3:][-1:]]), details=details,
        score=_score(counts.planned, counts.grown), sure=PLAIN_COUNT if breaches else "",
    )  # fmt: skip


def _score(planned: int, grown: int) -> Score | None:
    if not planned:
        return None
    arithmetic = f"100 × {planned} planned / ({planned} planned + {grown} taken on later)."
    return Score(value=round(100 * planned / (planned + grown), 1), arithmetic=arithmetic)


def _against_usual(past: pd.DataFrame, running: pd.DataFrame) -> pd.DataFrame:
    """``grown``, ``growth`` and ``verdict`` of each running deliverable, against the finished ones of its kind."""
    grown = running["added"] + running["pulled_in"]
    running = running.assign(
        grown=grown, growth=grown / running["planned"].where(running["planned"] > 0), p=float("nan")
    )
    for kind, rows in running[running["planned"] >= LEAST_PLANNED].groupby("kind"):
        same = past[(past["kind"] == kind) & (past["planned"] >= LEAST_PLANNED)]
        p = statistics.excess(same["planned"], same["added"] + same["pulled_in"], rows["planned"], rows["grown"])
        if p is not None:
            running.loc[rows.index, "p"] = p
    tested = running.index[running["p"].notna()]
    running["verdict"] = ""
    running.loc[tested, "verdict"] = [statistics.verdict(q) for q in statistics.adjust(list(running.loc[tested, "p"]))]
    place = running["verdict"].map({"signal": 0, "watch": 1}).fillna(2)
    return running.assign(place=place).sort_values(["place", "grown", "container"], ascending=[True, False, True])


def _table(board: Board, running: pd.DataFrame) -> Shape:
    shown = running.head(SHOWN)
    tickets = heaviest(board, f"{GROWN} AND container IN (SELECT unnest(?))", list(shown["container"]))
    rows = []
    for r in lines(shown):
        cells = {
            "name": r.name, "kind": r.kind, "started": f"{r.started:%Y-%m-%d}", "planned": r.planned, "added": r.added,
            "pulled_in": r.pulled_in, "removed": r.removed, "net": r.grown - r.removed,
            "growth": None if pd.isna(r.growth) else float(r.growth),
            "points": None if pd.isna(r.re_estimated) else float(r.re_estimated), "verdict": r.verdict,
        }  # fmt: skip
        rows.append(row(cells, tickets, str(r.container)))
    verdict = [("verdict", "Verdict", "text")] if any(shown["verdict"]) else []
    columns = [
        ("name", "Deliverable", "text"), ("kind", "Kind", "text"), *verdict,
        ("planned", "Planned", "count"), ("added", "Added", "count"), ("pulled_in", "Pulled in", "count"),
        ("removed", "Removed", "count"), ("net", "Net", "count"), ("growth", "Growth", "share"),
        ("started", "Started", "date"), ("points", "Re-estimated by", "points"),
    ]  # fmt: skip
    more = len(running) - len(rows)
    note = f"{more} more that grew less are not shown." if more else ""
    return table("deliverables", "What was taken on after the start", columns, rows, note)


def _said(running: pd.DataFrame, promised: list[Agreed], value: float | None, verdict: str) -> list[str]:
    """Sentences, the heaviest first."""
    said = [f"{a.name} holds {a.now:.0f} {a.unit}; {a.limit} were agreed." for a in promised if a.broken]
    if verdict != "noise":
        for r in lines(running[running["verdict"] == verdict].head(3)):
            said.append(f"{r.name} took on {r.grown} after its start, on {r.planned} planned.")
    grown = "" if value is None else f" ({percent(value)} over all)"
    if said and value is not None:
        said.append(f"Over all sprints, cycles and projects {percent(value)} was taken on after the start.")
    kept = ["What was agreed is kept."] if promised else []
    usual = [f"No deliverable grew more than is usual here{grown}."] if any(running["verdict"]) else []
    return said or kept + usual
