"""Work that was started without an owner, a description, an estimate or a parent."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from analyzer import moving_rates, own_past, starts, statistics
from analyzer.board import Board
from analyzer.evidence import heaviest, row, table
from analyzer.judging import counted, empty, not_judged, percent
from analyzer.result import Finding, Meta, Move, Shape, Verdict

META = Meta(
    id="undefined_start",
    title="Undefined starts",
    question="Is work started before it is clear what, why and whose it is?",
    how=(
        "Each ticket that first went into progress in the window is looked at as it stood then, with grace until the end of that "
        "day: had it an owner, a description, an estimate, a parent (or a Linear project)? Where the strategy says what must be "
        "there (ready), starts that lack some of it are held against the share it allows, on the effective number of tickets "
        "(see Unlinked work). Where it does not, only what at least half of the earlier starts had counts as lacking, and the "
        "share is tested against the weeks before (over-dispersed binomial, corrected for the number of kinds and teams)."
    ),
    limits=(
        "That a description is there does not make it clear. Epics and sub-tasks are left out; upkeep and bugs need no "
        "estimate and no parent. What is agreed by word of mouth is not seen."
    ),
    source="Definition of ready as policy (Sentry's project rules), judged as of the day of the start.",
    formula="Started tickets that lack something they ought to have / started tickets, both of the judged weeks.",
    needs="Tickets with a change log; a ready policy in the strategy, or 20 weeks before the window to compare with.",
)  # fmt: skip

WORDS = {"owner": "owner", "text": "description", "estimate": "estimate", "parent": "parent"}

STARTS = """
WITH asked AS (SELECT unnest($1) AS week, unnest($2) AS kind),
one AS (
    SELECT l.ticket, l.week, l.shown, max(CASE WHEN a.kind IS NULL THEN 0 ELSE l.lacks END) AS lacks, count(a.kind) AS asked
    FROM start_lack l LEFT JOIN asked a ON a.week = l.week AND a.kind = l.kind GROUP BY l.ticket, l.week, l.shown
) SELECT shown AS name, week, sum(lacks)::BIGINT AS events, count(*) AS exposure FROM one WHERE asked > 0
GROUP BY shown, week ORDER BY shown, week
"""
KINDS = """
SELECT kind AS name, week, sum(lacks)::BIGINT AS events, count(*) AS exposure FROM start_lack
GROUP BY kind, week ORDER BY kind, week
"""
LACKING = "SELECT kind AS grp, ticket, week AS weight FROM start_lack WHERE lacks = 1 AND week IN (SELECT unnest(?))"
BY_TEAM = """
SELECT DISTINCT l.shown AS grp, l.ticket, l.week AS weight FROM start_lack l
JOIN (SELECT unnest($1) AS week, unnest($2) AS kind) a ON a.week = l.week AND a.kind = l.kind WHERE l.lacks = 1
"""


def measure(board: Board) -> Finding:
    if reason := empty(board):
        return not_judged(META, reason)
    if not board.one("SELECT count(*) FROM ticket_then WHERE history <> 'none'"):
        return not_judged(META, "No ticket came with a change log, so how it stood when work started is not known.")
    board.once(starts.lay_out_lacks)
    recent, past = own_past.weeks(board)
    kinds = board.rows(KINDS)
    ready = {
        w: r.strategy.ready for w in recent if (r := board.regimes.get(w)) is not None and r.strategy.ready is not None
    }
    declared = bool(ready)
    judged = sorted(ready) if declared else recent
    customary = _customary(kinds, set(past))
    asked = [(w, k) for w in judged for k in (ready[w].named() if declared else customary)]
    asked += [(w, k) for w in past for k in (customary if not declared else sorted({k for _, k in asked}))]
    weeks, names = [w for w, _ in asked], [k for _, k in asked]
    inside_asked = [(w, k) for w, k in asked if w in judged]
    by_week = board.rows(STARTS, weeks, names)
    inside = [r for r in by_week if r.week in judged]
    lacking, whole = (sum(getattr(r, side) for r in inside) for side in ("events", "exposure"))
    of_kind = own_past.rates(board, kinds, share=True)[1:]
    found = own_past.corrected([*own_past.rates(board, by_week, share=True), *(r for r in of_kind if r.name in names)])
    details = _details(board, kinds, by_week, found, recent, asked)
    if not whole:
        return not_judged(META, _nothing(kinds, recent, declared), details)
    value = lacking / whole
    said = f"{percent(value)} of the {counted(whole)} started lacked something"
    if declared:
        told = statistics.weigh(whole, whole, len(judged), _clusters(by_week, past, board.last_week))
        allowed = [r.allow.high if r.allow is not None else 0.0 for r in ready.values()]
        limit = sum(allowed) / len(allowed)
        interval = statistics.wilson(value, told.effective)
        if told.effective < statistics.LEAST and not (limit == 0.0 and lacking):
            reason = f"{counted(whole)} started say as much as {told.effective:.0f} independent ones; shares are judged from 10."
            return not_judged(META, reason, details, value, interval)
        verdict: Verdict = statistics.verdict(statistics.outside(value, 0.0, limit, told.effective))  # type: ignore[assignment]
        allows = f"{percent(limit)} may" if limit else "none may"
        sentence = f"{said} that the strategy asks for; {allows}."
        return Finding(
            meta=META, verdict=verdict, value=value, interval=interval, sentence=sentence, details=details,
            headline="Work starts before it is defined." if verdict != "noise" else "",
            move=_declared(board, lacking, whole, limit, inside_asked) if verdict != "noise" else None,
        )  # fmt: skip
    loud = own_past.worst(found)
    if loud is None or loud.shift is None:
        return not_judged(
            META, f"{said} that starts here usually have. The weeks before say too little.", details, value
        )
    usual = f"where {percent(loud.shift.usual)} is usual"
    lack = f"no {WORDS[loud.name]}" if loud.name in WORDS else "something missing"
    where = f" in {loud.name}" if loud.name not in WORDS and loud.name != own_past.ALL else ""
    more = f"; {percent(loud.recent)} had {lack}{where}, {usual}." if loud.name != own_past.ALL else f", {usual}."
    return Finding(
        meta=META, verdict=loud.verdict, value=value, details=details,
        sentence=f"{said} that starts here usually have{more if loud.verdict != 'noise' else ', no more than usual.'}",
        headline="Work starts less defined than usual." if loud.verdict != "noise" else "",
        move=_move(board, loud, inside_asked) if loud.verdict != "noise" else None,
    )  # fmt: skip


def _declared(board: Board, lacking: int, whole: int, limit: float, asked: list[tuple[int, str]]) -> Move | None:
    """Back to what the strategy allows."""
    allowed = limit * whole
    weeks, kinds = [w for w, _ in asked], [k for _, k in asked]
    return moving_rates.complete(board, lacking, allowed, f"{allowed:.1f} of {whole} may", BY_TEAM, weeks, kinds)


def _move(board: Board, loud: own_past.Rate, asked: list[tuple[int, str]]) -> Move | None:
    """Back to what is usual for the kind or team that speaks loudest."""
    assert loud.shift is not None
    usual = loud.shift.usual * loud.exposure
    limit = f"{usual:.1f} of {loud.exposure:g} are usual"
    weeks = sorted({w for w, _ in asked})
    if loud.name in WORDS:
        sql = f"SELECT ticket FROM ({LACKING}) WHERE grp = ?"
        return moving_rates.complete(board, loud.events, usual, limit, sql, weeks, loud.name)
    sql = f"SELECT ticket FROM ({BY_TEAM}) WHERE $3 = '' OR grp = $3"
    named = "" if loud.name == own_past.ALL else loud.name
    return moving_rates.complete(
        board, loud.events, usual, limit, sql, [w for w, _ in asked], [k for _, k in asked], named
    )


def _customary(kinds: list[Any], past: set[int]) -> tuple[str, ...]:
    """What at least half of the starts before the window had: nobody lacks what is not the custom."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for r in kinds:
        if r.week in past:
            sums[r.name][0] += r.events
            sums[r.name][1] += r.exposure
    return tuple(k for k in starts.LACKS if sums[k][1] and 2 * sums[k][0] <= sums[k][1])


def _nothing(kinds: list[Any], recent: list[int], declared: bool) -> str:
    if not any(r.week in recent for r in kinds):
        return "No work was started in the weeks that could be judged."
    if declared:
        return "No started ticket is of a kind that the strategy's ready policy asks anything of."
    return "The strategy has no ready policy, and the weeks before say too little of what a start usually has."


def _clusters(by_week: list[Any], past: list[int], last: int) -> list[statistics.Cluster]:
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for r in by_week:
        if r.week in past:
            sums[r.week][0] += r.events
            sums[r.week][1] += r.exposure - r.events
    return [statistics.Cluster(tuple(map(float, s)), (last - w) // 13) for w, s in sorted(sums.items())]


def _details(
    board: Board, kinds: list[Any], by_week: list[Any], found: list[own_past.Rate], recent: list[int], asked: list[tuple[int, str]]
) -> list[Shape]:  # fmt: skip
    tickets = heaviest(board, LACKING, recent)
    needed = {k for w, k in asked if w in recent}
    inside = [(w, k) for w, k in asked if w in recent]
    lines = []
    for kind in starts.LACKS:
        mine = [r for r in kinds if r.name == kind and r.week in recent]
        lacking, whole = sum(r.events for r in mine), sum(r.exposure for r in mine)
        if whole:
            cells = {"kind": f"No {WORDS[kind]}", "tickets": lacking, "of": whole, "share": lacking / whole}
            lines.append(row(cells | {"counted": "yes" if kind in needed else "no"}, tickets, kind))
    columns = [
        ("kind", "Started with", "text"), ("counted", "Counted", "text"), ("tickets", "Tickets", "tickets"),
        ("of", "Of", "tickets"), ("share", "Share", "share"),
    ]  # fmt: skip
    teams = [r for r in found if r.name not in WORDS]
    by_team = heaviest(board, BY_TEAM, [w for w, _ in inside], [k for _, k in inside])
    return [
        table("kinds", "What was missing when work started", columns, lines),
        table(
            "by_team", "Starts that lacked something", own_past.columns("share"), own_past.rows(teams, tickets=by_team)
        ),
        own_past.over_time(board, by_week, "over_time", "Share of starts that lacked something", "share"),
    ]
