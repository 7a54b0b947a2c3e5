"""Whether the rhythm that the strategy asks for was kept: focus stated and followed, reviews held, owners heard."""

from __future__ import annotations

from analyzer import allocation, rhythm, statistics
from analyzer.board import Board
from analyzer.calendar import week_name
from analyzer.evidence import row, table
from analyzer.judging import PLAIN_COUNT, counted, judgeable, not_judged, percent, unseen
from analyzer.result import Finding, Meta, Move, Shape, Verdict
from analyzer.standing import names_of

META = Meta(
    id="missed_rhythm",
    title="Missed rhythm",
    question="Is the strategy part of the week, or a page nobody opens?",
    how=(
        "For each complete week: was a focus stated (weeks: in the strategy file, or alignment week --focus), and "
        "for each period of "
        "the strategy's review: was one recorded as held (alignment week --review-held). Focus kept: the share of effort on that "
        "week's focus, over all weeks with one, tested against the sum of the lower ends that the strategy intends "
        "for it. Owners "
        "heard: a note, or a Linear update on a project or initiative linked to the priority. Signal: the last two periods both "
        "passed without a review, or the focus got less than intended beyond chance. Watch: a review or a stated "
        "focus was missed."
    ),
    formula=(
        "Missed = review periods without a review + weeks without a focus, of the periods and weeks in which the "
        "strategy wants one."
    ),
    needs=(
        "review: or weeks: in the strategy, and at least one review or focus ever recorded: a rhythm nobody records "
        "is not known."
    ),
    limits=(
        "What was held and not recorded counts as missed. A focus is stated for a week in the file without a date of "
        "its own: one "
        "written afterwards looks the same. The share of one week is never judged alone."
    ),
    source="The essay's first system (strategy into rhythm); score test by Wilson 1927 on the effective number of tickets.",
)  # fmt: skip


def measure(board: Board) -> Finding:
    weeks = range(board.first_week, board.last_week + 1)
    if reason := unseen(board):
        return not_judged(META, reason)
    periods = rhythm.periods(board, weeks)
    stated = {w: rhythm.focus(board, w) for w in weeks if board.regimes.get(w) is not None}
    ever = any(rhythm.focus(board, w) for w in range(board.history_week, board.last_week + 1))
    reviews = bool(rhythm.reviewed(board))
    details: list[Shape] = [_weeks(board, stated), *_owners(board)]
    if not ever and not any(r and r.strategy.review for r in board.regimes.values()):
        return not_judged(META, "The strategy states no rhythm: it has neither review: nor weeks:.", details)
    if not ever and not reviews:
        reason = "No focus and no review was ever recorded. alignment week --focus ID and --review-held record them."
        return not_judged(META, reason, details)
    missed = [p for p in periods if not p.held] if reviews else []
    silent = [w for w, f in stated.items() if not f] if ever else []
    kept = _kept(board, {w: f for w, f in stated.items() if f and w in board.judged_weeks})
    in_a_row = len(periods) >= 2 and reviews and not periods[-1].held and not periods[-2].held
    verdict: Verdict = (
        "signal" if in_a_row or kept[0] == "signal" else "watch" if missed or silent or kept[0] == "watch" else "noise"
    )
    said = [*_about(periods, missed, stated, silent, reviews, ever), *([kept[1]] if kept[1] else [])]
    return Finding(
        meta=META, verdict=verdict, value=len(missed) + len(silent), unit="count", sure="" if kept[0] == "signal" else PLAIN_COUNT,
        headline=said[0] if verdict != "noise" else "The rhythm of the strategy is kept.", sentence=" ".join(said), details=details,
        move=None if verdict == "noise" else _move(missed, silent, kept[1] if kept[0] in ("signal", "watch") else ""),
    )  # fmt: skip


def _move(missed: list[rhythm.Period], silent: list[int], kept: str) -> Move:
    """The next thing that keeps the rhythm: the last review that is due, the last week without a focus, what the focus got."""
    said = []
    if missed:
        said.append(
            f"Hold the review due at the end of {week_name(missed[-1].last)}, and record it: alignment week --review-held."
        )
    if silent:
        said.append("State what this week is about: alignment week --focus ID.")
    if kept:
        said.append(f"Give the stated focus its share, or state another: {kept[:1].lower()}{kept[1:]}")
    return Move(sentence=" ".join(said))


def _about(
    periods: list[rhythm.Period], missed: list[rhythm.Period], stated: dict[int, tuple[str, ...]], silent: list[int],
    reviews: bool, ever: bool,
) -> list[str]:  # fmt: skip
    said = []
    if reviews and periods:
        said.append(f"{len(periods) - len(missed)} of {counted(len(periods), 'review')} that were due were held.")
    elif periods:
        said.append(
            f"{counted(len(periods), 'review')} {'was' if len(periods) == 1 else 'were'} due and none was ever recorded."
        )
    if ever:
        said.append(f"{counted(len(stated) - len(silent), 'week')} of {len(stated)} had a stated focus.")
    return said


def _kept(board: Board, stated: dict[int, tuple[str, ...]]) -> tuple[str, str]:
    """Verdict and sentence on the share that the focus of each week got, over all weeks with one."""
    basis = board.options.basis
    if not stated or judgeable(board, basis):
        return "", ""
    frame = allocation.weekly(board, basis)
    frame = frame[frame["week"].isin(list(stated))]
    whole = int(frame["units"].sum())
    low, mine = 0.0, 0
    for week, targets in stated.items():
        inside = frame[frame["week"] == week]
        ends = [allocation.intended(board.regimes[week], t) for t in targets]
        low += sum(e[0] for e in ends if e) * int(inside["units"].sum())
        mine += int(inside[inside["target"].isin(list(targets))]["units"].sum())
    effective = allocation.sample(board, basis).effective * len(stated) / len(board.judged_weeks)
    if not whole or not low or effective < statistics.LEAST:
        return "", ""
    share, wanted = mine / whole, low / whole
    verdict = statistics.verdict(statistics.outside(share, wanted, 1.0, effective))
    less = "less than" if share < wanted else "of"
    return (
        verdict,
        f"The weeks' focus got {percent(share)} of effort, {less} the {percent(wanted)} or more that is intended for it.",
    )


def _weeks(board: Board, stated: dict[int, tuple[str, ...]]) -> Shape:
    held, names = rhythm.reviewed(board), {i: n for i, (n, _) in names_of(board).items()}
    rows = []
    for week, targets in stated.items():
        regime = board.regimes[week]
        entry = regime.strategy.weeks.get(week_name(week)) if regime else None
        cells = {
            "week": week_name(week), "focus": ", ".join(names.get(t, t) for t in targets),
            "done_when": entry.done_when if entry else "", "review": "held" if week in held else "",
        }  # fmt: skip
        rows.append(row(cells))
    columns = [
        ("week", "Week", "text"),
        ("focus", "Focus", "text"),
        ("done_when", "Done when", "text"),
        ("review", "Review", "text"),
    ]
    return table("weeks", "Week by week", columns, rows)


def _owners(board: Board) -> list[Shape]:
    spoke = rhythm.owners_spoke(board)
    regime = board.current
    if regime is None or not spoke:
        return []
    rows = [
        row({"priority": t.name, "owner": t.priority.owner, "last": week_name(spoke[t.id]) if t.id in spoke else "not heard"})
        for t in regime.targets if t.kind == "priority" and t.priority and t.priority.owner
    ]  # fmt: skip
    columns = [("priority", "Priority", "text"), ("owner", "Owner", "text"), ("last", "Last heard in", "text")]
    return [table("owners", "When owners were last heard", columns, rows)] if rows else []
