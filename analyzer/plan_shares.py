"""What share of its effort a candidate plan would give each priority, unlinked work and each team's focus."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analyzer import mixes, plan_moves, plan_past, statistics
from analyzer.evidence import heaviest, row, table
from analyzer.judging import not_judged, percent, span
from analyzer.plan_view import BY_TARGET, NOTHING, View, worst
from analyzer.planning import how_sized
from analyzer.regimes import Target
from analyzer.result import Finding, Matrix, Meta, Number, Shape

PAST = (
    "The interval is this site's own: every four weeks of the past, the mix of what was in progress and what its sprints and "
    "cycles were to hold is read as this plan is read, as known then, and held against the mix of what was then done; the mean "
    "difference is added to the plan, and t quantiles of one new difference are the interval (docs/planning-audit.md)."
)
ALLOCATION = Meta(
    id="plan_allocation",
    title="Plan: where the effort would go",
    question="Would the plan give each priority the share that the strategy intends?",
    how=(
        "Person-days of every piece of planned work, shared out by what it serves under the strategy in force when the "
        f"plan begins. {PAST}"
    ),
    limits=(
        "A ticket that is not made yet is not in the plan. Days per ticket are averages of finished ones; single tickets "
        "differ widely."
    ),
    source="Prediction interval: Hahn and Meeker 1991, ch. 4; correction: Benjamini and Hochberg 1995.",
    formula=(
        "Planned share = person-days of planned pieces × weight of their link / person-days of all planned pieces."
    ),
    needs=(
        "Five stretches of four weeks with sprints or cycles for an interval; without, shares are shown and not judged."
    ),
)
UNLINKED = Meta(
    id="plan_unlinked",
    title="Plan: unlinked work",
    question="How much of the plan would serve no stated priority?",
    how=(
        "The share of planned person-days on pieces that no decision, rule, parent or container links, and on what is "
        f"parked. {PAST}"
    ),
    limits="A missing link is not proof of useless work.",
    source="As Unlinked work.",
    formula="Person-days of unlinked and parked pieces / person-days of all planned pieces.",
    needs="An unlinked_allowance, and a past to take the interval from.",
)
FOCUS = Meta(
    id="plan_focus",
    title="Plan: focus",
    question="Among how many priorities would each team divide itself?",
    how=(
        "Effective number of priorities (e to the entropy of planned person-days), planned pieces, and beside it what the "
        "team did in the weeks looked at. No limit is invented: it is shown, not judged."
    ),
    limits="A small plan cannot be scattered over many priorities.",
    source="Hill 1973, order 1.",
    formula="exp(−Σ share × ln share) over what a team would work on.",
    needs="A strategy that states a limit could be held against it.",
)


def allocation(view: View) -> Finding:
    planned, past = view.planned, view.past
    if not planned.days:
        return not_judged(ALLOCATION, NOTHING)
    ranged = [
        (t, (t.priority.share.low, t.priority.share.high)) for t in view.targets if t.priority and t.priority.share
    ]
    p: dict[str, float] = {}
    for target, (low, high) in ranged:
        if (gap := past.gap(target.id)) is not None:
            p[target.id] = gap.outside(planned.share(target.id), low, high)
    outside = [i for i, value in p.items() if value < 1.0]
    adjusted = dict(zip(outside, statistics.adjust([p[i] for i in outside]), strict=True))
    verdicts = {i: statistics.verdict(adjusted[i]) if i in adjusted else "noise" for i in p}
    details: list[Shape] = [_shares(view, ranged, verdicts), *_matrix(view), _sizes(view)]
    if not ranged:
        return not_judged(ALLOCATION, "The strategy declares no intended share for any priority.", details)
    centre = [_centre(view, t.id) for t, _ in ranged]
    lows, highs = [r[0] for _, r in ranged], [r[1] for _, r in ranged]
    value = float(statistics.drift(statistics.array(centre), statistics.array(lows), statistics.array(highs)))
    if not p:
        return not_judged(ALLOCATION, f"{_said(view, ranged)} {too_little(past.gaps.get('', ()))}", details, value)
    verdict = worst(list(verdicts.values()))
    loud = [(t, r) for t, r in ranged if verdicts.get(t.id) == verdict]
    loud.sort(key=lambda one: -max(one[1][0] - _centre(view, one[0].id), _centre(view, one[0].id) - one[1][1]))
    if verdict == "noise":
        words = "As plans went here, every priority is to come out inside its range, or outside by no more than chance gives."
        return Finding(
            meta=ALLOCATION, verdict=verdict, value=value, sentence=words, details=details,
            headline="The plan goes where the strategy intends.",
        )  # fmt: skip
    told = [f"{t.name}: {percent(planned.share(t.id))} planned, {percent(_centre(view, t.id))} to be expected, {span(r)} intended"
            for t, r in loud]  # fmt: skip
    first, intended = loud[0]
    share = planned.share(first.id)
    gives = f"The plan gives {first.name} {percent(share)} of its days"
    if intended[0] <= share <= intended[1]:  # the plan is inside, what usually comes of plans is not
        gives = f"As plans go here, {first.name} would come to {percent(_centre(view, first.id))}"
    return Finding(
        meta=ALLOCATION, verdict=verdict, value=value, details=details,
        sentence=f"{'; '.join(told)}.{'' if verdict == 'signal' else ' It is worth watching, not yet sure.'}",
        headline=f"{gives}; {span(intended)} is intended.", move=plan_moves.mix(view, first, intended),
    )  # fmt: skip


def too_little(seen: Sequence[float]) -> str:
    held = "1 stretch" if len(seen) == 1 else f"{len(seen)} stretches"
    return (
        f"How plans and facts differ here is not known: the history holds {held} of four weeks with sprints or cycles, and "
        f"{plan_past.LEAST} are needed. So it is not judged."
    )


def _centre(view: View, target: str) -> float:
    """The share to be expected; the planned one where nothing is known of the past."""
    gap = view.past.gap(target)
    return min(1.0, max(0.0, view.planned.share(target) + (gap.mean if gap else 0.0)))


def _said(view: View, ranged: list[tuple[Target, tuple[float, float]]]) -> str:
    most = sorted(ranged, key=lambda one: -view.planned.share(one[0].id))[:3]
    told = [f"{t.name} {percent(view.planned.share(t.id))} ({span(r)} intended)" for t, r in most]
    return f"The plan would give {', '.join(told)}."


def _shares(view: View, ranged: list[tuple[Target, tuple[float, float]]], verdicts: dict[str, str]) -> Shape:
    tickets, intended = heaviest(view.board, BY_TARGET), {t.id: r for t, r in ranged}
    names = {t.id: f"{t.name} (parked)" if t.kind == "parked" else t.name for t in view.targets} | {
        "": "No priority (unlinked)"
    }
    rows = []
    for ident, name in sorted(names.items(), key=lambda one: (-view.planned.share(one[0]), one[0])):
        share, gap = view.planned.share(ident), view.past.gap(ident)
        low, high = gap.interval(share) if gap else (0.0, 1.0)
        cells = {
            "priority": name, "days": round(view.planned.by_target.get(ident, 0.0), 6), "share": round(share, 9),
            "expected": round(_centre(view, ident), 9) if gap else None,
            "interval": span((max(0.0, low), min(1.0, high))) if gap else "too little past",
            "intended": span(intended[ident]) if ident in intended else "", "verdict": verdicts.get(ident, ""),
        }  # fmt: skip
        rows.append(row(cells, tickets, ident))
    columns = [
        ("priority", "Priority", "text"), ("share", "Planned", "share"), ("expected", "To be expected", "share"),
        ("interval", "95 % interval", "text"), ("intended", "Intended", "text"), ("verdict", "Verdict", "text"),
        ("days", "Planned days", "person_days"),
    ]  # fmt: skip
    note = f"Judged by {view.board.ahead.strategy.strategy}." if view.board.ahead else ""
    return table("plan_shares", "Where the plan's effort would go", columns, rows, note)


def _matrix(view: View) -> list[Shape]:
    wide = view.by_team
    names = {t.id: t.name for t in view.targets} | {"": "No priority (unlinked)"}
    columns = [t for t in [*names] if t in wide.columns]
    values: list[list[Number]] = [[round(float(v), 6) for v in wide.loc[team, columns]] for team in wide.index]
    return [
        Matrix(id="plan_by_team", title="Planned person-days by team", unit="person_days", rows=[str(t) for t in wide.index],
               columns=[names[c] for c in columns], values=values)
    ]  # fmt: skip


def _sizes(view: View) -> Shape:
    rows = [
        row(
            {
                "how": said,
                "pieces": len(at),
                "carried": int(at["carried"].sum()),
                "days": round(float(at["days"].sum()), 6),
            }
        )
        for said, at in how_sized(view.planned)
    ]
    columns = [("how", "Where the days come from", "text"), ("pieces", "Pieces", "tickets"),
               ("carried", "Of them in progress", "tickets"), ("days", "Person-days", "person_days")]  # fmt: skip
    return table("plan_sizes", "How long it may take", columns, rows)


def unlinked(view: View) -> Finding:
    planned, ahead = view.planned, view.board.ahead
    if not planned.days:
        return not_judged(UNLINKED, NOTHING)
    kinds = {str(k): float(d) for k, d in planned.parts.groupby("kind")["days"].sum().items()}
    value = (kinds.get("unlinked", 0.0) + kinds.get("parked", 0.0)) / planned.days
    tickets = heaviest(
        view.board, "SELECT kind AS grp, piece AS ticket, sum(days) AS weight FROM plan_share GROUP BY kind, piece"
    )
    rows = [
        row({"what": said, "share": round(kinds[k] / planned.days, 9), "days": round(kinds[k], 6)}, tickets, k)
        for k, said in (("unlinked", "No link"), ("parked", "Parked")) if k in kinds
    ]  # fmt: skip
    columns = [
        ("what", "What", "text"),
        ("share", "Share of the plan", "share"),
        ("days", "Planned days", "person_days"),
    ]
    details = [table("plan_unlinked", "Planned work that serves no stated priority", columns, rows)]
    allowed = ahead.strategy.unlinked_allowance if ahead else None
    said = f"{percent(value)} of the planned days serve no stated priority"
    if allowed is None:
        return not_judged(
            UNLINKED, f"{said}. The strategy states no unlinked_allowance to hold it against.", details, value
        )
    gap = view.past.gap("")
    if gap is None:
        return not_judged(
            UNLINKED,
            f"{said}; {percent(allowed.high)} is allowed. {too_little(view.past.gaps.get('', ()))}",
            details,
            value,
        )
    low, high = gap.interval(value)
    verdict = statistics.verdict(gap.outside(value, 0.0, allowed.high))
    centre = min(1.0, max(0.0, value + gap.mean))
    return Finding(
        meta=UNLINKED, verdict=verdict, value=value, interval=(max(0.0, low), min(1.0, high)), details=list(details),  # type: ignore[arg-type]
        sentence=f"{said}, {percent(centre)} are to be expected as plans went here; {percent(allowed.high)} is allowed.",
    )  # fmt: skip


def focus(view: View) -> Finding:
    if not view.planned.days:
        return not_judged(FOCUS, NOTHING)
    wide = view.by_team
    whole = wide.sum(axis=1).to_numpy()
    company = mixes.company(view.board)
    now = dict(zip(company.teams, mixes.effective_number(company.now.shares), strict=True)) if company else {}
    pieces = (
        view.planned.pieces.assign(shown=view.planned.pieces["team"].map(view.team_of))
        .groupby("shown")["piece"]
        .count()
    )
    rows, numbers = [], []
    for team, days in zip(wide.index, whole, strict=True):
        if days > 0:
            number = float(mixes.effective_number(wide.loc[team].to_numpy() / days))
            numbers.append((number, days))
            was = float(now[team]) if team in now else None
            rows.append(row({"team": str(team), "planned": round(number, 6), "now": None if was is None else round(was, 6),
                             "pieces": int(pieces[team]), "days": round(float(days), 6)}))  # fmt: skip
    columns = [("team", "Team", "text"), ("planned", "Planned", "count"), ("now", "These weeks", "count"),
               ("pieces", "Pieces of work", "tickets"), ("days", "Planned days", "person_days")]  # fmt: skip
    value = float(np.average([n for n, _ in numbers], weights=[d for _, d in numbers]))
    said = f"A team would divide itself as if among {value:.1f} priorities of equal size. No limit was stated, so it is not judged."
    details = [table("plan_focus", "Effective number of priorities", columns, rows)]
    return not_judged(FOCUS, said, details, value).model_copy(update={"unit": "count"})
