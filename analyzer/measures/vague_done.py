"""Priorities and larger work that do not say by what anyone will see that they are done, and work done only in name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace

from analyzer import closing, moving_rates, own_past, underway
from analyzer.board import Board
from analyzer.completion import Reading
from analyzer.evidence import Evidence, heaviest, row, table
from analyzer.judging import PLAIN_COUNT, counted, empty, not_judged
from analyzer.moving import listed
from analyzer.regimes import Regime
from analyzer.result import Finding, Meta, Move, Row, Shape, Verdict
from analyzer.strategy import Priority
from analyzer.underway import Underway

META = Meta(
    id="vague_done",
    title="Vague finish lines",
    question="Can anyone see when our priorities and epics are done?",
    how=(
        "The done text of each priority (its outcome where there is none) and the texts of epics, projects and initiatives "
        "in progress, as they stood at the end of the day work on them started, are read for a threshold, a date, evidence "
        "(a dashboard, a test, a demonstration) or acceptance criteria; words that leave the end open are quoted with line "
        "and column. Pieces of work that a text lists are compared with the titles of its tickets. A priority that is "
        "meant for now and has no observable finish line is worth watching, never more: whether a text is clear is read by "
        "lists of words. Tested against the site's own past, corrected together, signal at p ≤ 0.005: epics started "
        "without an observable finish line, epics done while tickets under them stayed open for a day or more, and "
        "finished tickets opened again within two weeks."
    ),
    limits=(
        "Read by word lists in English and German; vague_words adds others. Tried on 132 texts of real archives, labelled "
        "by reading (tests/analyzer/done_labels.yaml; 95\u00a0% intervals): what is called observable is so in 20 of 24 "
        "(64–93\u00a0%), and of the observable 20 of 23 (68–95\u00a0%) are found; 50 of 58 words noted as vague are quoted, and "
        "about half of all quotes are fair; listed pieces at 116 of 163 found and 134 there; 7 of 9 called without a "
        "ticket have none, of 9 there. One reader made labels and lists, so new texts fare worse. An epic that nobody "
        "moves to in progress is not seen. Texts of projects are known from pull to pull only. An end that anyone can see "
        "may still be the wrong one."
    ),
    source=(
        "Definition of this program, after requirements smells (Femmer et al. 2017); similarity: Sørensen 1948; quasi-Poisson: "
        "Wedderburn 1974."
    ),
    formula="Texts without an observable finish line / texts read, over priorities for now and larger work in progress.",
    needs="A strategy, or epics, projects or initiatives in progress with a change log.",
)  # fmt: skip
SHOWN = 40
WHAT = {"starts": "Epics started without a finish line", "open": "Epics done, tickets open", "again": "Opened again"}
COLUMNS = [
    ("name", "What", "text"), ("kind", "Kind", "text"), ("says", "What can be seen", "text"),
    ("vague", "Words that leave it open", "text"),
    ("verdict", "Verdict", "text"),
]  # fmt: skip


def measure(board: Board) -> Finding:
    if reason := empty(board):
        return not_judged(META, reason)
    priorities = finish_lines(board, board.current)
    work = underway.read(board)
    running = [w for w in work if w.open]
    unknown = sum(w.reading is None for w in running) + int(board.one(underway.SINCE_UNKNOWN))
    read = [(w, w.reading) for w in running if w.reading is not None]
    vague = [p for p, r in priorities if not r.observable]
    blurred = [(w, r) for w, r in read if not r.observable]
    pieces = underway.without_ticket(board, running)
    rates, evidence = _rates(board, work)
    texts = len(priorities) + len(read)
    value = (len(vague) + len(blurred)) / texts if texts else None
    tickets = heaviest(board, "SELECT no AS grp, no AS ticket, 1 AS weight FROM ticket_then WHERE no IN (SELECT unnest(?))",
                       [w.ticket for w, _ in blurred[:SHOWN]] + [w.ticket for w, _ in pieces[:SHOWN]])  # fmt: skip
    rows = [_line(p.title, "priority", r, "noise" if r.observable else "watch") for p, r in priorities]
    rows += [row(_line(w.name, w.kind, r).cells, tickets, w.id) for w, r in blurred[:SHOWN]]
    note = "Texts of larger work are those of the day it started. Places are line:column."
    if unknown:
        note += f" {counted(unknown, 'text')} of that day {'is' if unknown == 1 else 'are'} not known, and not judged."
    listed = [row({"name": w.name, "piece": said}, tickets, w.id) for w, said in pieces[:SHOWN]]
    details: list[Shape] = [
        table("finish_lines", "By what the end is seen", COLUMNS, rows, note),
        table("pieces", "Listed, and without a ticket", [("name", "In", "text"), ("piece", "What is listed", "text")], listed),
        table("kept", "Done in name only, against the past", own_past.columns("share", "What"),
              own_past.rows([r for r in rates if r.exposure], 1.0, evidence)),
    ]  # fmt: skip
    tested = [r for r in rates if r.shift is not None]
    if not texts and not tested:
        reason = (
            "There is no priority, and no text of larger work in progress is known as it stood when work on it began."
        )
        return not_judged(META, reason, details)
    loud = own_past.worst([r for r in rates if r.verdict in ("signal", "watch")])
    verdict: Verdict = loud.verdict if loud else "watch" if vague else "noise"
    if vague and verdict == "noise":
        verdict = "watch"
    said = _said(vague, len(priorities), len(blurred), len(read), len(pieces))
    if loud is not None and loud.shift is not None:
        said.insert(0, f"{loud.name}: {loud.recent:.0%} in these weeks, where {loud.shift.usual:.0%} is usual.")
    return Finding(
        meta=META, verdict=verdict, value=value, sentence=" ".join(said), details=details, headline=said[0],
        sure=PLAIN_COUNT if loud is None else "",
        move=None if verdict == "noise" else _move(vague, [w for w, _ in blurred], [w for w, _ in pieces], tickets, loud, evidence),
    )  # fmt: skip


def _move(
    vague: list[Priority], blurred: list[Underway], listing: list[Underway], tickets: Evidence,
    loud: own_past.Rate | None, evidence: Evidence,
) -> Move:  # fmt: skip
    """A finish line is written by people; the question that asks for it is drafted. What was done in name only has a number."""
    if loud is not None and loud.shift is not None and loud.name != WHAT["starts"]:
        ids, more = evidence.get(loud.name, ([], 0))
        usual = loud.shift.usual * loud.exposure
        over = moving_rates.surplus(loud.events, usual)
        more_than = f"{loud.events:g} of {loud.exposure:g} are {over} more than the {usual:.1f} that are usual here"
        return Move(sentence=f"Look at what these were closed with: {more_than}.", tickets=ids, more=more)
    named = [p.title for p in vague] + [w.name for w in blurred]
    rest = f", and for {len(named) - 3} more" if len(named) > 3 else ""
    shown = dict.fromkeys(w.id for w in [*blurred, *listing])  # as they are listed: numbers are the store's own
    ids = [i for ident in shown for i in tickets.get(ident, ([], 0))[0]]
    asked = "which number, seen where, on which day, tells anyone that it is done?"
    said = f"Write a finish line for {listed(named[:3])}{rest}. Ask: {asked}"
    return Move(sentence=said, tickets=ids[:20], more=max(0, len(ids) - 20))


def finish_lines(board: Board, regime: Regime | None) -> list[tuple[Priority, Reading]]:
    """Priorities meant for now, with what their finish line says."""
    targets = regime.targets if regime else ()
    reader = board.options.reader
    found = []
    for p in [t.priority for t in targets if t.kind == "priority" and t.priority and t.priority.horizon == "now"]:
        stated = p.done
        if not stated and p.outcome:
            by = f" by {p.outcome.by}" if p.outcome.by else ""
            stated = (
                f"{p.outcome.measure}: at least {p.outcome.target} of it{by}"
                if p.outcome.target
                else p.outcome.measure + by
            )
        found.append((p, reader.read(stated, stated=True)))
    return found


def _line(name: str, kind: str, reading: Reading, verdict: str = "") -> Row:
    quoted = ", ".join(str(v) for v in reading.vague[:4]) if not reading.observable else ""
    says = ", ".join([*reading.signs, *(["owner"] if reading.owner else [])]) or "nothing"
    return row({"name": name, "kind": kind, "says": says, "vague": quoted, "verdict": verdict})


def _rates(
    board: Board, work: Sequence[underway.Underway]
) -> tuple[list[own_past.Rate], dict[str, tuple[list[str], int]]]:
    """The three rates, corrected together, and the tickets behind the recent part of each."""
    board.once(closing.lay_out)
    recent, _ = own_past.weeks(board)
    weekly = {
        "starts": [
            SimpleNamespace(name=own_past.ALL, week=w, events=v, exposure=n) for w, n, v in underway.by_week(work)
        ]
    }
    weekly |= {what: board.rows(closing.BY_WEEK, own_past.ALL, what) for what in ("open", "again")}
    rates = [replace(own_past.rates(board, rows, share=True)[0], name=WHAT[what]) for what, rows in weekly.items()]
    evidence = {WHAT[w]: e for w, e in heaviest(board, closing.TICKETS, recent).items()}
    return own_past.corrected(rates), evidence


def _said(vague: list[Priority], priorities: int, blurred: int, read: int, pieces: int) -> list[str]:
    said = []
    if vague:
        names = ", ".join(p.title for p in vague[:3]) + (" and others" if len(vague) > 3 else "")
        said.append(f"{len(vague)} of {counted(priorities, 'priority').replace('prioritys', 'priorities')} "
                    f"{'does' if len(vague) == 1 else 'do'} not say by what anyone sees that it is done: {names}.")  # fmt: skip
    elif priorities:
        said.append("Every priority says by what anyone sees that it is done.")
    if read:
        said.append(
            f"Of {counted(read, 'larger piece')} of work in progress, {blurred} started without an observable end."
        )
    if pieces:
        said.append(f"{counted(pieces, 'piece')} that their texts list {'has' if pieces == 1 else 'have'} no ticket.")
    return said or ["Nothing was finished in name only more often than is usual here."]
