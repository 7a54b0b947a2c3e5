"""Whether more is finished while the work that is started gets less clear."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer import allocation, clarity, focus, trend
from analyzer.board import Board
from analyzer.calendar import week_name
from analyzer.evidence import heaviest, row, table
from analyzer.judging import not_judged, percent, unseen
from analyzer.result import Finding, Line, Meta, Series, Shape, Verdict

META = Meta(
    id="busy_not_aligned",
    title="Busy, not aligned",
    question="Are we getting faster while the work gets less clear?",
    how=(
        "Throughput: tickets first finished in a week, per person-day drawn in that week; tickets never in progress do not "
        "count. Clarity: of the items started, the share of five checks passed as they stood at the start: linked, an owner, an "
        "estimate or a description, a parent, and a text that stayed for two weeks. Each is held against the weeks before the "
        "window (quasi-Poisson and quasi-binomial). Faster and less clear needs both: the larger of the two one-sided p counts "
        "(intersection-union test; signal at 0.005, watch at 0.05). More tickets may only be smaller ones: points per "
        "person-day must have risen too, and where fewer than half of the tickets carry points it is watch at most."
    ),
    limits=(
        "Clarity as trackers show it: an empty text may have been agreed aloud. A label counts from the day it was set, other "
        "links count as of today. The last two weeks are not in the clarity, because their texts have not had the time to change."
    ),
    source="Intersection-union test: Berger 1982; quasi-likelihood: Wedderburn 1974. Speed up, clarity down: the essay.",
    formula="Throughput: tickets finished / person-days. Clarity: Σ checks passed / (5 × items started).",
    needs="Tickets with a change log, and 20 weeks before the window.",
)  # fmt: skip


HEADLINE = "More is finished, and what is started is less clear."


@dataclass(frozen=True, slots=True)
class Moved:
    """Both shifts, the points' where they are known, and the p of faster and less clear at once."""

    speed: trend.Shift
    clear: trend.Shift
    points: trend.Shift | None

    @property
    def p(self) -> float:
        up = [_one_sided(s, True) for s in (self.speed, self.points) if s is not None]
        return max(*up, _one_sided(self.clear, False))


def _one_sided(shift: trend.Shift, up: bool) -> float:
    return shift.p / 2 if shift.higher == up else 1 - shift.p / 2


def measure(board: Board) -> Finding:
    if reason := unseen(board):
        return not_judged(META, reason)
    if not board.one("SELECT count(*) FROM ticket_then WHERE history <> 'none'"):
        return not_judged(META, "No ticket came with a change log, so how work stood when it started is not known.")
    board.once(clarity.lay_out)
    items = {r.week: r for r in board.rows(clarity.BY_WEEK) if r.week not in board.set_apart}
    done = {
        r.week: r
        for r in board.rows(clarity.FINISHED, board.history_week, board.last_week)
        if r.week not in board.set_apart
    }
    passed = {w: float(sum(getattr(r, c) for c in clarity.CHECKS)) for w, r in items.items()}
    asked = {w: float(len(clarity.CHECKS) * r.items) for w, r in items.items()}
    days = {w: float(r.days) for w, r in done.items()}
    tickets, points = {w: float(r.tickets) for w, r in done.items()}, {w: float(r.points) for w, r in done.items()}
    judged, past = board.judged_weeks, focus.past_weeks(board)
    started = sum(asked.get(w, 0.0) for w in judged)
    value = sum(passed.get(w, 0.0) for w in judged) / started if started else None
    details = [_checks(board, items), *_over_time(board, (tickets, days), (passed, asked))]
    speed = trend.shift(tickets, days, judged, past)
    clear = trend.shift(passed, asked, judged, past, share=True)
    if speed is None or clear is None:
        return not_judged(
            META, "Too little was started and finished before the window to say what is usual.", details, value
        )
    estimated = all(
        2 * sum(done[w].estimated for w in weeks if w in done) >= sum(done[w].tickets for w in weeks if w in done)
        for weeks in (judged, past)
    )
    moved = Moved(speed, clear, trend.shift(points, days, judged, past) if estimated else None)
    verdict: Verdict = trend.verdict(moved.p)  # type: ignore[assignment]
    if moved.points is None and verdict == "signal":
        verdict = "watch"
    return Finding(
        meta=META, verdict=verdict, value=value, sentence=_sentence(moved, verdict), details=details,
        headline=HEADLINE if verdict != "noise" else "Speed did not come at the price of clarity.",
    )  # fmt: skip


def _sentence(moved: Moved, verdict: Verdict) -> str:
    ratio = moved.speed.recent / moved.speed.usual
    pace = (
        f"{percent(abs(ratio - 1))} {'more' if ratio >= 1 else 'fewer'} tickets are finished per person-day than before"
    )
    clear = f"started work passes {percent(moved.clear.recent)} of the checks for clarity, {percent(moved.clear.usual)} before"
    if verdict == "noise":
        split = moved.points is not None and not moved.points.higher and ratio > 1
        why = " Points per person-day did not rise: the tickets got smaller." if split else ""
        return f"No sign of getting faster at the price of clarity: {pace}, and {clear}.{why}"
    doubt = "" if moved.points else " Too few tickets carry points to rule out that they only got smaller."
    sure = "" if verdict == "signal" else " It is worth watching, not yet sure."
    return f"{pace}, while {clear}.{doubt}{sure}"


def _checks(board: Board, items: dict[int, object]) -> Shape:
    past, rows = focus.past_weeks(board), []
    for check, words in clarity.CHECKS.items():
        failed = heaviest(
            board,
            f"SELECT '{check}' AS grp, ticket, week AS weight FROM clarity WHERE {check} = 0 AND week IN (SELECT unnest(?))",
            board.judged,
        )
        now, before = (_passed(items, check, weeks) for weeks in (board.judged_weeks, past))
        rows.append(row({"check": words, "now": now, "before": before}, failed, check))
    columns = [("check", "Check", "text"), ("now", "Passed", "share"), ("before", "Passed before", "share")]
    return table("checks", "How clear work was when it started", columns, rows, "The tickets named did not pass.")


def _passed(items: dict[int, object], check: str, weeks: tuple[int, ...] | list[int]) -> float | None:
    started = sum(getattr(items[w], "items") for w in weeks if w in items)  # noqa: B009
    return sum(getattr(items[w], check) for w in weeks if w in items) / started if started else None


def _over_time(
    board: Board, speed: tuple[focus.Weekly, focus.Weekly], clear: tuple[focus.Weekly, focus.Weekly]
) -> list[Shape]:
    """Both as a part of what was usual before the window: 1 is as before."""
    weeks, past = allocation.chart_weeks(board), focus.past_weeks(board)
    lines = []
    for ident, label, (events, size) in (
        ("speed", "Finished per person-day", speed),
        ("clarity", "Clarity at the start", clear),
    ):
        whole = sum(size.get(w, 0.0) for w in past)
        usual = sum(events.get(w, 0.0) for w in past if size.get(w)) / whole if whole else 0.0
        values = allocation.ratio(events, size, weeks, board.options.weeks)
        lines.append(
            Line(id=ident, label=label, values=[v / usual if v is not None and usual else None for v in values])
        )
    if len(weeks) < 2:
        return []
    title = f"Speed and clarity against what was usual (1), rolling {board.options.weeks} weeks"
    apart = [week_name(w) for w in sorted(board.set_apart) if w in weeks]
    return [Series(id="over_time", title=title, unit="count", x=allocation.names(weeks), lines=lines, set_apart=apart)]
