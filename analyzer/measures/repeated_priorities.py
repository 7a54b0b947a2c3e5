"""Priorities that are announced again and again while their share of the work does not move."""

from __future__ import annotations

from analyzer import allocation, announced, statistics
from analyzer.board import Board
from analyzer.calendar import week_name
from analyzer.evidence import row, table
from analyzer.judging import judgeable, not_judged, percent
from analyzer.result import Finding, Meta, Verdict
from analyzer.standing import judge

META = Meta(
    id="repeated_priorities",
    title="Repeated priorities",
    question="What do we keep announcing that nobody gets to?",
    how=(
        "A priority is announced by every week whose focus it is, and by every version of the strategy file in which its entry "
        "changed (its rules aside) over the last 26 weeks. Its share of the judged weeks is compared with its share "
        "of as many weeks "
        "before the first announcement (Newcombe's interval of the difference, on effective tickets). Repeated: "
        "announced three times "
        "or more, below its intended range beyond chance, and not risen beyond chance. Signal or watch as priority drift has it."
    ),
    formula=(
        "Repeated = priorities with ≥ 3 announcements, share below the range, and lower end of (share now − share "
        "before) ≤ 0."
    ),
    needs="An intended share, and weeks: with a focus or two versions of the strategy file (kept from git, or by each report).",
    limits="What is said in meetings is not seen. A priority may be repeated because it matters and people need reminding.",
    source="The essay's second symptom; difference of two shares: Newcombe 1998, method 10.",
)  # fmt: skip

BACK, REPEATED = 26, 3


def measure(board: Board) -> Finding:
    basis = board.options.basis
    if reason := judgeable(board, basis):
        return not_judged(META, reason)
    since = max(board.last_week - BACK + 1, board.history_week)
    said = announced.announcements(board, since)
    if not said and announced.versions(board) < 2:
        return not_judged(META, "No focus was stated in half a year, and only one version of the strategy is known.")
    frame, sample = allocation.weekly(board, basis), allocation.sample(board, basis)
    standings = {s.id: s for s in judge(board, frame, sample) if s.kind == "priority"}
    if not any(s.intended for s in standings.values()):
        return not_judged(META, "The strategy declares no intended share for any priority.")
    if sample.effective < statistics.LEAST:
        return not_judged(
            META,
            f"The judged weeks say as much as {sample.effective:.0f} independent tickets; shares are judged from 10.",
        )
    rows, found = [], {}
    for ident, s in sorted(
        standings.items(), key=lambda pair: (-(said[pair[0]].times if pair[0] in said else 0), pair[0])
    ):
        times = said.get(ident)
        before = _before(board, frame, ident, times.first) if times else None
        risen = before is not None and difference(s.share, before, sample.effective, sample.effective)[0] > 0
        repeated = times is not None and times.times >= REPEATED and s.off < 0 and not risen
        if repeated and s.verdict in ("signal", "watch"):
            found[ident] = s.verdict
        cells = {
            "priority": s.name, "focus": len(times.focus) if times else 0, "edits": len(times.edits) if times else 0,
            "since": week_name(times.first) if times else "", "before": before, "share": s.share,
            "intended": f"{100 * s.intended[0]:.0f}–{100 * s.intended[1]:.0f} %" if s.intended else "",
            "verdict": found.get(ident, ""),
        }  # fmt: skip
        rows.append(row(cells))
    columns = [
        ("priority", "Priority", "text"), ("focus", "Weeks in focus", "count"), ("edits", "Edits", "count"),
        ("since", "First", "text"),
        ("before", "Share before", "share"), ("share", "Share now", "share"), ("intended", "Intended", "text"),
        ("verdict", "Verdict", "text"),
    ]  # fmt: skip
    verdict: Verdict = "signal" if "signal" in found.values() else "watch" if found else "noise"
    worst = max(found, key=lambda i: (found[i] == verdict, said[i].times, i), default=None)
    sentence = "No priority is announced again and again while it gets too little."
    if worst is not None:
        s, times = standings[worst], said[worst]
        sentence = (
            f"{s.name} was announced {times.times} times since {week_name(times.first)} and still gets "
            f"{percent(s.share)} of effort, "
            "below what is intended for it."
        )
    return Finding(
        meta=META, verdict=verdict, value=len(found), unit="count", sentence=sentence,
        headline=f"{standings[worst].name} is announced again and again." if worst is not None else "",
        details=[table("announced", "Announced, and what it changed", columns, rows)],
    )  # fmt: skip


def _before(board: Board, frame: object, ident: str, first: int) -> float | None:
    """Its share over as many weeks as are judged, before it was first announced; ``None`` if those are not known."""
    weeks = [
        w for w in range(first - board.options.weeks, first) if w >= board.history_week and w not in board.set_apart
    ]
    inside = frame[frame["week"].isin(weeks)]  # type: ignore[index]
    whole = float(inside["units"].sum())
    return float(inside[inside["target"] == ident]["units"].sum()) / whole if whole else None


def difference(now: float, before: float, n: float, m: float) -> tuple[float, float]:
    """95 % interval of ``now − before``, on ``n`` and ``m`` effective tickets (Newcombe 1998, method 10: from two Wilson "
    "intervals)."""
    (l1, u1), (l2, u2) = statistics.wilson(now, n), statistics.wilson(before, m)
    gap = now - before
    return gap - ((now - l1) ** 2 + (u2 - before) ** 2) ** 0.5, gap + ((u1 - now) ** 2 + (before - l2) ** 2) ** 0.5
