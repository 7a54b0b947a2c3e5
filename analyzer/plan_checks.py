"""Whether a candidate plan can be done and begun: capacity, owners and finish lines."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from analyzer import plan_past, statistics
from analyzer.evidence import Evidence, heaviest, row, table
from analyzer.judging import PLAIN_COUNT, counted, not_judged, percent, span
from analyzer.measures.vague_done import finish_lines
from analyzer.moving import listed
from analyzer.plan_view import NOTHING, OTHERS, View, worst
from analyzer.result import Finding, Meta, Move

CAPACITY = Meta(
    id="plan_capacity",
    title="Plan: capacity",
    question="Can it be done by the people who are there?",
    how=(
        "People times working days of the period (what is left of it), times the share of the working days of the people "
        "seen that drew effort here, against the planned person-days. The interval holds both: how widely finished "
        "tickets of a type differ, and how that share differed from stretch to stretch of four weeks (t quantiles). "
        "Signal: the plan exceeds it outside the 95 % interval, corrected for the number of teams; watch: outside 80 %, "
        "or it leaves less room than what nobody plans usually takes here."
    ),
    limits=(
        "People who are away for a whole stretch are not seen as people in it. Days that the plan states are taken at "
        "their word."
    ),
    source="Prediction interval of a mean: Hahn and Meeker 1991, ch. 4.",
    formula="Load = planned person-days / (people × working days × share of days that draw effort).",
    needs="Who is there (teams:), and five stretches of four weeks of history.",
)
UNDEFINED = Meta(
    id="plan_undefined",
    title="Plan: owners and finish lines",
    question="What would start without an owner or a finish line?",
    how=(
        "Of what the plan takes and nobody has begun: tickets without an assignee or a description; epics and projects "
        "whose text says nothing by which anyone sees the end; priorities served without owner or finish line. Where the "
        "strategy's ready policy asks for owner or text, more tickets without than it allows are a signal. Priorities, "
        "epics and projects are worth watching."
    ),
    limits="Read as of today: there is time to mend it. That a text is there does not make it clear.",
    source="As Vague finish lines and Undefined starts.",
    formula="Number of pieces that lack something.",
    needs="Something to begin.",
)
STARTS = """
SELECT p.piece AS ticket, a.ticket IS NULL AS no_owner, b.ticket IS NULL AS no_text FROM plan_piece p
JOIN ticket_then t ON t.no = p.piece AND t.phase = 'todo'
LEFT JOIN (SELECT DISTINCT ticket FROM span_then WHERE field = 'assignee' AND until IS NULL AND value IS NOT NULL) a
    ON a.ticket = p.piece
LEFT JOIN (SELECT DISTINCT ticket FROM span_then WHERE field = 'body' AND until IS NULL AND value <> '') b
    ON b.ticket = p.piece
WHERE NOT p.carried AND t.level <= 0
"""
LARGER = """
SELECT DISTINCT t.no AS ticket, t.key AS name, 'epic' AS kind, CASE WHEN s.value IS NULL OR s.value = '' THEN ''
    ELSE coalesce(x.body, CASE WHEN n.value = s.value THEN k.body END) END AS said
FROM plan_named d JOIN plan_item i ON i.item = d.item AND i.action = 'take' JOIN ticket_then t ON t.no = d.ticket AND t.level >= 1
JOIN tickets k ON k.no = t.no LEFT JOIN span_then s ON s.ticket = t.no AND s.field = 'body' AND s.until IS NULL
LEFT JOIN spans n ON n.ticket = t.no AND n.field = 'body' AND n.until IS NULL
LEFT JOIN (SELECT fingerprint, min(body) AS body FROM texts GROUP BY fingerprint) x ON x.fingerprint = s.value
UNION
SELECT 0, c.name, c.kind, coalesce(w.said, '') FROM plan_contained d JOIN plan_item i ON i.item = d.item AND i.action = 'take'
JOIN container_then c ON c.id = d.container AND c.kind IN ('project', 'initiative')
LEFT JOIN (SELECT s.container, arg_max(s.value, s.since) AS said FROM container_seen s CROSS JOIN moment m
    WHERE s.field = 'description' AND s.since <= m.as_of GROUP BY s.container) w ON w.container = c.id
ORDER BY kind, name
"""
"""Texts as they stood at the moment; NULL where it is not known how."""


def capacity(view: View) -> Finding:
    planned, past = view.planned, view.past
    if not planned.days:
        return not_judged(CAPACITY, NOTHING)
    if not planned.plan.teams:
        return not_judged(
            CAPACITY, f"{planned.days:.0f} person-days are planned. The plan does not say who is there (teams:)."
        )
    if not planned.working_days:
        return not_judged(CAPACITY, "No working day of the plan's period is left.")
    pieces = planned.pieces.assign(shown=planned.pieces["team"].map(view.team_of))
    groups: dict[str, tuple[float, float, float, float]] = {}
    for shown in dict.fromkeys([*view.shown.values()]):
        mine = pieces[pieces["shown"] == shown]
        there = sum(_days_there(view, t) for t, name in view.shown.items() if name == shown and t != OTHERS)
        if there or len(mine):
            groups[shown] = (
                there,
                float(mine["days"].sum()),
                float(mine["var"].sum()),
                float(mine[mine["carried"]]["days"].sum()),
            )
    drawn = plan_past.expected(past.drawn, planned.stretches)
    came = plan_past.expected(past.unplanned)
    tested = {name: g for name, g in groups.items() if g[0] > 0}
    p = [_over(g, drawn, None) for g in tested.values()] if drawn else []
    crowded = [_over(g, drawn, came) for g in tested.values()] if drawn and came else [1.0] * len(tested)
    verdicts = {
        name: "signal" if a <= statistics.SURE else "watch" if a <= statistics.LIKELY or b <= statistics.SURE else "noise"
        for name, a, b in zip(tested, statistics.adjust(p), statistics.adjust(crowded), strict=False)
    } if drawn else {}  # fmt: skip
    rows = []
    for name, (there, days, var, carried) in groups.items():
        holds = there * drawn.mean if drawn and there else None
        half = (
            float(stats.t.ppf(0.975, drawn.free)) * float(np.sqrt(var + (there * drawn.error) ** 2)) if drawn else 0.0
        )
        cells: dict[str, Any] = {
            "team": name,
            "days": round(days, 6),
            "carried": round(carried, 6),
            "verdict": verdicts.get(name, ""),
        }
        if there:
            cells["there"] = round(there, 3)
        if holds:
            interval = span((max(0.0, days - half) / holds, (days + half) / holds))
            cells |= {"holds": round(holds, 6), "load": round(days / holds, 9), "interval": interval}
        rows.append(row(cells))
    columns = [
        ("team", "Team", "text"), ("load", "Load", "share"), ("interval", "95 % interval", "text"),
        ("days", "Planned", "person_days"), ("carried", "Of it in progress", "person_days"),
        ("holds", "Room for", "person_days"), ("there", "Days there", "person_days"), ("verdict", "Verdict", "text"),
    ]  # fmt: skip
    notes = [f"{planned.working_days} working days."]
    notes += [f"{percent(drawn.mean)} of the working days of the people seen draw effort here."] if drawn else []
    notes += [f"{percent(came.mean)} of effort usually goes to what nobody had planned at the start."] if came else []
    if planned.stalled:
        notes.append(f"{counted(planned.stalled, 'ticket')} in progress but long untouched: not carried over.")
    details = [table("plan_capacity", "Planned days against the days there are", columns, rows, " ".join(notes))]
    there, load = sum(g[0] for g in tested.values()), sum(g[1] for g in tested.values())
    if drawn is None:
        reason = (
            f"{plan_past.LEAST} stretches of four weeks of history are needed to say how many days draw effort here."
        )
        return not_judged(CAPACITY, f"{load:.0f} person-days are planned for {there:.0f} days there. {reason}", details)
    value = load / (there * drawn.mean)
    verdict = worst(list(verdicts.values()))
    full = [n for n in tested if verdicts[n] == verdict]
    told = "; ".join(
        f"{n}: {groups[n][1]:.0f} days planned, room for {groups[n][0] * drawn.mean:.0f}" for n in full[:3]
    )
    words = {
        "signal": f"More is planned than can be done. {told}.",
        "watch": f"The plan is full. {told}. "
        + (f"{percent(came.mean)} usually goes to what nobody planned." if came else "It is worth watching."),
        "noise": f"The plan takes {percent(value)} of the days that draw effort; what nobody planned usually takes "
        + (f"{percent(came.mean)}." if came else "an unknown part."),
    }
    return Finding(
        meta=CAPACITY, verdict=verdict, value=value, sentence=words[verdict], details=list(details),
        headline="More is planned than can be done." if verdict == "signal" else "",
    )  # fmt: skip


def _days_there(view: View, team: str) -> float:
    crew = view.planned.plan.teams[team]
    return crew.person_days if crew.person_days is not None else (crew.people or 0.0) * view.planned.working_days


def _over(
    group: tuple[float, float, float, float], drawn: plan_past.Expected, came: plan_past.Expected | None
) -> float:
    """Two-sided p that planned days exceed the room by chance; with ``came``, the room left beside what nobody plans."""
    there, days, var, _ = group
    part, part_off = (1 - came.mean, came.error) if came else (1.0, 0.0)
    room = there * drawn.mean * part
    if days <= room:
        return 1.0
    error = np.sqrt(var + there**2 * ((drawn.error * part) ** 2 + (drawn.mean * part_off) ** 2))
    return float(
        2 * stats.t.sf((days - room) / max(float(error), 1e-9), min(drawn.free, came.free if came else drawn.free))
    )


def undefined(view: View) -> Finding:
    board = view.board
    begins = board.frame(f"{STARTS} ORDER BY p.piece")
    larger = board.rows(LARGER)
    read = [(r, board.options.reader.read(r.said)) for r in larger if r.said is not None]
    blurred = [r for r, reading in read if not reading.observable]
    served = [(p, reading) for p, reading in finish_lines(board, board.ahead) if view.planned.by_target.get(p.id)]
    rows: list[Any] = []

    def add(what: str, lacking: int, of: int, tickets: Any = None, group: str = "") -> None:
        if of:
            rows.append(row({"what": what, "lacking": lacking, "of": of}, tickets, group))

    of_ticket = heaviest(board, f"SELECT 'owner' AS grp, ticket, 1 AS weight FROM ({STARTS}) WHERE no_owner "
                         f"UNION ALL SELECT 'text', ticket, 1 FROM ({STARTS}) WHERE no_text")  # fmt: skip
    add("Tickets without an owner", int(begins["no_owner"].sum()), len(begins), of_ticket, "owner")
    add("Tickets without a description", int(begins["no_text"].sum()), len(begins), of_ticket, "text")
    numbers = [r.ticket for r in blurred if r.ticket]
    epics = heaviest(
        board, "SELECT '' AS grp, no AS ticket, 1 AS weight FROM ticket_then WHERE no IN (SELECT unnest(?))", numbers
    )
    add("Epics and projects without a finish line", len(blurred), len(read), epics)
    vague = [p.title for p, reading in served if not reading.observable]
    ownerless = [p.title for p, _ in served if not p.owner]
    add("Priorities without a finish line", len(vague), len(served))
    add("Priorities without an owner", len(ownerless), len(served))
    if not rows:
        return not_judged(UNDEFINED, "The plan begins nothing that is not in progress already.")
    ready = board.ahead.strategy.ready if board.ahead else None
    asked = [w for w in ("owner", "text") if ready and getattr(ready, w)]
    lacking = int(begins[[f"no_{w}" for w in asked]].any(axis=1).sum()) if asked and len(begins) else 0
    allowed = ready.allow.high if ready and ready.allow else 0.0
    broken = bool(asked) and lacking > allowed * len(begins)
    said = (
        [f"{lacking} of {counted(len(begins), 'ticket')} to begin lack what the strategy's ready policy asks for."]
        if broken
        else []
    )
    said += (
        [f"Without a finish line: {', '.join([*vague, *(r.name for r in blurred)][:4])}."] if vague or blurred else []
    )
    said += [f"Without an owner: {', '.join(ownerless[:4])}."] if ownerless else []
    columns = [("what", "What", "text"), ("lacking", "Lacking", "count"), ("of", "Of", "count")]
    return Finding(
        meta=UNDEFINED, verdict="signal" if broken else "watch" if said else "noise", unit="count", sure=PLAIN_COUNT,
        value=lacking + len(vague) + len(blurred) + len(ownerless),
        sentence=" ".join(said) or "What the plan begins has owners and finish lines, as far as they are asked for.",
        move=_write([*vague, *(r.name for r in blurred)], epics) if vague or blurred else None,
        details=[table("plan_undefined", "What would start without …", columns, rows)],
    )  # fmt: skip


def _write(names: list[str], epics: Evidence) -> Move:
    rest = f", and for {len(names) - 3} more" if len(names) > 3 else ""
    ids, more = epics.get("", ([], 0))
    said = f"Write down by what anyone will see the end of {listed(names[:3])}{rest}."
    return Move(sentence=said, tickets=ids, more=more)
