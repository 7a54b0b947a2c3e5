"""What in a candidate plan needs no statistics: priorities that get nothing, parked work, and agreed scope."""

from __future__ import annotations

from analyzer import plan_moves
from analyzer.evidence import Evidence, heaviest, row, table
from analyzer.judging import PLAIN_COUNT, counted, not_judged, span
from analyzer.plan_view import BY_TARGET, View
from analyzer.result import Finding, Meta, Move

STARVED = Meta(
    id="plan_starved",
    title="Plan: priorities that get nothing",
    question="Which priorities would get nothing?",
    how=(
        "Priorities with an intended share above zero, or without a stated share and meant for now, that no planned piece "
        "serves. Signal where the strategy intends a share above zero, else watch. Upkeep is left out: it is rarely "
        "planned ticket by ticket."
    ),
    limits="Work that is not written down as a ticket yet is not seen.",
    source="Definition of this program.",
    formula="Number of such priorities.",
    needs="A strategy in force when the plan begins.",
)
PARKED = Meta(
    id="plan_parked",
    title="Plan: parked work",
    question="Does the plan take what the strategy parks?",
    how=(
        "Planned pieces linked to an item of not_now that is still parked when the plan begins, or to a priority whose "
        "horizon is not-now. No statistics: taking one is a signal, carrying one over is worth watching."
    ),
    limits="Only as good as the not_now rules.",
    source="Definition of this program; the not-now list is the strategy's own.",
    formula="Number of such pieces.",
    needs="A not_now list in the strategy.",
)
SCOPE = Meta(
    id="plan_scope",
    title="Plan: agreed scope",
    question="Would the plan take more than was agreed?",
    how=(
        "Items of each priority with an agreed range: those done, and those the plan would do. Sub-tasks and cancelled "
        "tickets are no items. More than the upper end is a signal."
    ),
    limits="What is open and not planned is shown, not counted.",
    source="As Scope creep.",
    formula="Items done + items planned, against scope: {items: …}.",
    needs="An agreed range (scope) for a priority.",
)
ITEMS = """
SELECT count(*) FILTER (WHERE t.phase = 'done') AS done, count(p.piece) AS planned,
    count(*) FILTER (WHERE t.phase <> 'done' AND p.piece IS NULL) AS left_out,
    coalesce(sum(t.estimate) FILTER (WHERE t.phase = 'done'), 0) AS done_points,
    coalesce(sum(t.estimate) FILTER (WHERE p.piece IS NOT NULL), 0) AS planned_points,
    coalesce(sum(t.estimate) FILTER (WHERE t.phase <> 'done' AND p.piece IS NULL), 0) AS left_points
FROM link l JOIN ticket_then t ON t.no = l.ticket LEFT JOIN plan_piece p ON p.piece = l.ticket
WHERE l.regime = ? AND l.target = ? AND t.level = 0 AND t.phase IS DISTINCT FROM 'cancelled'
"""


def starved(view: View) -> Finding:
    if not view.targets:
        return not_judged(STARVED, "No strategy is in force when the plan begins.")
    nothing = [
        t for t in view.targets
        if t.kind == "priority" and t.priority and not view.planned.by_target.get(t.id)
        and (t.priority.share.low > 0 if t.priority.share else t.priority.horizon == "now")
    ]  # fmt: skip
    meant = [t for t in nothing if t.priority and t.priority.share and t.priority.share.low > 0]
    rows = [
        row({"priority": t.name, "intended": span((s.low, s.high)) if t.priority and (s := t.priority.share) else "",
             "verdict": "signal" if t in meant else "watch"}) for t in nothing
    ]  # fmt: skip
    columns = [("priority", "Priority", "text"), ("intended", "Intended", "text"), ("verdict", "Verdict", "text")]
    names = ", ".join(t.name for t in meant or nothing)
    return Finding(
        meta=STARVED, verdict="signal" if meant else "watch" if nothing else "noise", value=len(nothing), unit="count",
        sure=PLAIN_COUNT, sentence=f"Nothing in the plan serves {names}." if nothing else "Every priority gets something.",
        headline=f"The plan gives nothing to {names}." if nothing else "",
        move=plan_moves.serve(view, meant or nothing) if nothing else None,
        details=[table("plan_nothing", "Priorities that get nothing", columns, rows)],
    )  # fmt: skip


def _leave(number: int, tickets: Evidence) -> Move:
    ids = [i for held, _ in tickets.values() for i in held]
    return Move(sentence=f"Leave {counted(number, 'ticket')} out of the plan.", tickets=ids, more=number - len(ids))


def parked(view: View) -> Finding:
    items = [t for t in view.targets if t.kind == "parked"]
    if not items:
        return not_judged(PARKED, "The strategy parks nothing when the plan begins.")
    tickets = heaviest(
        view.board, f"SELECT * FROM ({BY_TARGET}) WHERE grp IN (SELECT unnest(?))", [t.id for t in items]
    )
    counts = {
        (r.target, r.carried): int(r.n) for r in view.board.rows(
            "SELECT s.target, p.carried, count(DISTINCT p.piece) AS n FROM plan_share s JOIN plan_piece p ON p.piece = s.piece "
            "WHERE s.kind = 'parked' GROUP BY s.target, p.carried ORDER BY ALL"
        )
    }  # fmt: skip
    rows = [
        row(
            {"item": t.name, "taken": counts.get((t.id, False), 0), "carried": counts.get((t.id, True), 0)},
            tickets,
            t.id,
        )
        for t in items
    ]
    columns = [("item", "Parked", "text"), ("taken", "Taken", "tickets"), ("carried", "Carried over", "tickets")]
    taken = sum(n for (_, carried), n in counts.items() if not carried)
    kept = sum(counts.values()) - taken
    names = ", ".join(t.name for t in items if any((t.id, c) in counts for c in (True, False)))
    words = {
        "signal": f"The plan takes {counted(taken, 'ticket')} of what is parked: {names}.",
        "watch": f"The plan carries over {counted(kept, 'ticket')} of what is parked: {names}.",
        "noise": "Nothing that is parked is in the plan.",
    }
    verdict = "signal" if taken else "watch" if kept else "noise"
    return Finding(
        meta=PARKED, verdict=verdict, value=taken + kept, unit="tickets", sure=PLAIN_COUNT, sentence=words[verdict],  # type: ignore[arg-type]
        headline=words[verdict] if verdict != "noise" else "",
        move=_leave(kept + taken, tickets) if verdict != "noise" else None,
        details=[table("plan_parked", "Parked, and planned", columns, rows)],
    )  # fmt: skip


def scope(view: View) -> Finding:
    rows, over = [], []
    tickets = heaviest(view.board, BY_TARGET)
    for target in view.targets:
        agreed = target.priority.scope if target.priority else None
        if agreed is None or view.board.ahead is None:
            continue
        (held,) = view.board.rows(ITEMS, view.board.ahead.no, target.id)
        for unit, limit, done, planned, rest in (
            ("items", agreed.items, held.done, held.planned, held.left_out),
            ("points", agreed.points, held.done_points, held.planned_points, held.left_points),
        ):
            if limit is not None:
                broken, words = done + planned > limit.high and planned > 0, str(limit).replace("-", "–")
                if broken:
                    over.append(f"{target.name} would come to {done + planned:g} {unit}; {words} were agreed.")
                cells = {
                    "priority": target.name, "unit": unit, "agreed": words, "done": done, "planned": planned,
                    "sum": done + planned, "left": rest, "verdict": "signal" if broken else "noise",
                }  # fmt: skip
                rows.append(row(cells, tickets, target.id))
    if not rows:
        return not_judged(SCOPE, "Nothing was agreed (scope: {items: …}).")
    columns = [
        ("priority", "Priority", "text"), ("unit", "Counted in", "text"), ("agreed", "Agreed", "text"),
        ("done", "Done", "count"), ("planned", "Planned", "count"), ("sum", "Together", "count"),
        ("left", "Open, not planned", "count"), ("verdict", "Verdict", "text"),
    ]  # fmt: skip
    return Finding(
        meta=SCOPE, verdict="signal" if over else "noise", value=len(over), unit="count", sure=PLAIN_COUNT,
        sentence=" ".join(over) or "The plan stays inside every agreed range.", headline=over[0] if over else "",
        details=[table("plan_scope", "Done and planned against what was agreed", columns, rows)],
    )  # fmt: skip
