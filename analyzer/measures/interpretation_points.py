"""Work that two people could rightly count for two different priorities."""

from __future__ import annotations

from analyzer import interpretation, interpretation_tables, own_past
from analyzer.board import Board
from analyzer.effort import UNIT
from analyzer.evidence import heaviest, row, table
from analyzer.judging import counted, judgeable, measured_in, not_judged, percent
from analyzer.moving_effort import WORDS
from analyzer.result import Finding, Meta, Move, Shape, Table, Verdict

META = Meta(
    id="interpretation_points",
    title="Interpretation points",
    question="Where would two people read the same work differently?",
    how=(
        "Effort of the judged weeks on tickets that a rule links to one priority while a rule of another priority matches as well "
        "(the first one wins, and hides it), or while the parent serves another priority. What a person decided is settled, and "
        "an explicit not_now beats a general rule by design: neither counts. Each pair of priorities becomes one question for its "
        "owners, the most effort first. The weekly share of such tickets among those worked on is held against the site's own "
        "past; only more than usual asks for attention. Shown and not judged: decisions that a rule, a decision on an epic with "
        "all below it, a second person within a week, or a rejection contradicts; tickets of different priorities with one title, "
        "or with titles alike to 0.85 (cosine of TF-IDF over words and pairs of words, numbers being the same); a priority for "
        "which teams each keep to a label or component of their own, labels that are a rule's but for one letter, and "
        "priorities of nearly one name; and names of steps that mean different things or that only one team uses."
    ),
    limits=(
        "A ticket may truly serve two priorities. Upkeep against a priority is not counted: a bug below a priority's epic is "
        "usual. Of pairs of titles as alike as that, people of a real archive (24,505 tickets) had linked 42 % as duplicates or "
        "clones and 50 % at all, and 17 % of the duplicates they linked are found so: who words a thing anew from the ground up is "
        "missed. Rewordings are sought among the 3,000 titles of the most effort. Rules, parents and links are those of the "
        "report's moment."
    ),
    source=(
        "Definition of this program; own past by the quasi-binomial test of docs/measures.md (Wedderburn 1974); TF-IDF and "
        "cosine: Salton and Buckley 1988; the threshold: benchmarks/alike_titles.py."
    ),
    formula="Effort on tickets with two possible priorities ÷ all effort.",
    needs="A strategy with rules for two priorities or more, and half a year of history to judge.",
)  # fmt: skip

WEEKLY = """
WITH one AS (SELECT DISTINCT week, regime, ticket FROM share_of WHERE basis = ? AND in_force)
SELECT 'all' AS name, o.week, count(a.ticket) AS events, count(*) AS exposure FROM one o
LEFT JOIN ambiguous a ON a.regime = o.regime AND a.ticket = o.ticket GROUP BY o.week ORDER BY o.week
"""
AT_STAKE = """
CREATE OR REPLACE TEMP TABLE at_stake AS
SELECT a.ticket, a.target, a.other, a.why, sum(s.units)::BIGINT AS units FROM ambiguous a
JOIN share_of s ON s.regime = a.regime AND s.ticket = a.ticket
WHERE s.basis = $1 AND s.in_force AND s.week IN (SELECT unnest($2)) GROUP BY a.ticket, a.target, a.other, a.why
"""
PAIR = "why || ' ' || target || ' ' || other"
MOST = 20


def measure(board: Board) -> Finding:
    basis = board.options.basis
    if reason := judgeable(board, basis):
        return not_judged(META, reason)
    regimes = [r for w in board.judged_weeks if (r := board.regimes.get(w)) is not None]
    names = {t.id: t.name for r in regimes for t in r.targets}
    if sum(t.kind == "priority" for t in regimes[-1].targets) < 2:
        return not_judged(META, "The strategy names fewer than two priorities, so nothing can be taken for another.")
    board.once(interpretation.lay_out)
    board.con.execute(AT_STAKE, [basis, board.judged])
    whole = int(board.one("SELECT sum(units) FROM share_of WHERE basis = ? AND in_force AND week IN (SELECT unnest(?))",
                          basis, board.judged))  # fmt: skip
    units, tickets = board.rows(
        "SELECT coalesce(sum(units), 0)::BIGINT AS units, count(DISTINCT ticket) AS n FROM at_stake"
    )[0]
    value = units / whole
    weekly = board.rows(WEEKLY, basis)
    questions = _questions(board, names)
    details: list[Shape] = [*([questions] if questions.rows else []), *interpretation_tables.tables(board, names)]
    if not tickets:
        return Finding(
            meta=META, verdict="noise", value=0.0, details=details,
            sentence="Rules and parents send every ticket to one priority only.",
        )  # fmt: skip
    title = "Share of the tickets worked on that could count for two priorities"
    details.append(own_past.over_time(board, weekly, "over_time", title, "share"))
    said = f"{percent(value)} of effort ({counted(tickets)}) could count for two priorities"
    (rate,) = own_past.rates(board, weekly, share=True)
    if rate.shift is None:
        return not_judged(META, f"{said}; the past says too little of what is usual here.", details, value)
    verdict: Verdict = rate.verdict
    recent, usual = percent(rate.recent), percent(rate.shift.usual)
    ends = {
        "signal": f"of the tickets worked on {recent} are such, far more than is usual here ({usual}).",
        "watch": f"of the tickets worked on {recent} are such, more than is usual here ({usual}): worth watching.",
        "noise": f"of the tickets worked on {recent} are such, not more than is usual here ({usual}).",
    }
    first = f" First question: {questions.rows[0].cells['question']}" if verdict != "noise" else ""
    asked = questions.rows[0]
    covers = f"{asked.cells['effort']:.1f} of {units / UNIT:.1f} {WORDS[basis]}"
    decide = f"Settle one question: {asked.cells['question']} It covers {covers} that could count for two priorities."
    return Finding(
        meta=META, verdict=verdict, value=value, sentence=f"{said}; {ends[verdict]}{first}", details=details,
        headline=f"{said}." if verdict != "noise" else "",
        move=Move(sentence=decide, tickets=asked.tickets, more=asked.more) if verdict != "noise" else None,
    )  # fmt: skip


def _questions(board: Board, names: dict[str, str]) -> Table:
    rows = board.rows(
        f"SELECT {PAIR} AS pair, why, target, other, sum(units)::BIGINT AS units, count(*) AS n FROM at_stake "
        f"GROUP BY why, target, other ORDER BY units DESC, pair LIMIT {MOST}"
    )
    tickets = heaviest(board, f"SELECT {PAIR} AS grp, ticket, sum(units) AS weight FROM at_stake GROUP BY grp, ticket")
    made = []
    for r in rows:
        mine, other = names.get(r.target, r.target), names.get(r.other, r.other)
        asked = (
            f"Rules of {mine} and of {other} match the same tickets, and {mine} wins by its place: which is it?"
            if r.why == "rules"
            else f"A rule says {mine}, the parent serves {other}: which is it?"
        )
        cells = {"question": asked, "tickets": int(r.n), "effort": r.units / UNIT}
        made.append(row(cells, tickets, r.pair))
    columns = [("question", "Ask the owners", "text"), ("tickets", "Tickets", "tickets"),
               ("effort", "Effort at stake", measured_in(board.options.basis))]  # fmt: skip
    return table("questions", "One question each", columns, made)
