"""What was fetched, missed and hidden, and what in it may mislead."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer import accepted, earned, late_links, pulls
from analyzer.board import Board
from analyzer.evidence import Evidence, heaviest, row, table
from analyzer.judging import PLAIN_COUNT, empty, not_judged, percent
from analyzer.result import Finding, Meta, Shape

META = Meta(
    id="data_quality",
    title="Data quality",
    question="How far can these numbers be believed?",
    how=(
        "Checks over all tickets known at the report's moment, and over the effort of the window; each says how many "
        "tickets it concerns and what it does to the numbers. The value is the number of checks that concern more than "
        "5 % of what they look at. Shown beside them, and not counted: links made after the work was done, by a label or field "
        "that a rule asks for or by a person's decision, more than a day later; links that did so in the two days before "
        "the report; and how suggestions fared that people decided on."
    ),
    limits="None of these is a mistake anyone made: trackers are used to get work done, not to be analysed.",
    source="Checks after jirametrics' data quality report.",
    formula="Number of checks whose tickets are more than 5 % of those looked at.",
    needs="Tickets in the store.",
)  # fmt: skip

NOTABLE = 0.05

EVERY = "SELECT count(*) FROM ticket_then"
TICKETS = "FROM ticket_then WHERE level <= 0"
EVERY_TASK = f"SELECT count(*) {TICKETS}"
PROBLEM = "SELECT no FROM ticket_then WHERE id IN (SELECT ticket FROM problem_then WHERE kind = '{}')"
IN_WINDOW = "FROM finished f JOIN days d ON d.day = f.day WHERE d.week BETWEEN $1 AND $2"


@dataclass(frozen=True, slots=True)
class Check:
    """``tickets``: SQL of the tickets concerned; ``of``: SQL of how many were looked at. $1 and $2 are the window's weeks."""

    id: str
    what: str
    effect: str
    tickets: str
    of: str = EVERY


CHECKS: tuple[Check, ...] = (
    Check(
        "no_history", "Came without a change log", "Nothing that looks back can be judged for them",
        "SELECT no FROM ticket_then WHERE history = 'none'",
    ),
    Check(
        "partial_history", "Change log cut short by the source", "Earlier changes are missing",
        "SELECT no FROM ticket_then WHERE history = 'partial'",
    ),
    Check(
        "contradiction", "Change log and present value disagree", "The present value is used from the last update on",
        PROBLEM.format("contradiction"),
    ),
    Check(
        "unknown_status", "Status of unknown category",
        "Taken as in progress where the change log names it, else left out", PROBLEM.format("unknown_status"),
    ),
    Check(
        "unreadable_date", "A date that cannot be read for sure", "It is not used",
        "SELECT no FROM ticket_then WHERE id IN "
        "(SELECT ticket FROM problem_then WHERE kind IN ('ambiguous_date', 'unreadable_date'))",
    ),
    Check(
        "no_assignee", "In progress or finished in the window, held by nobody", "Their effort is not attributed and not spread",
        "SELECT ticket FROM effort_day WHERE week BETWEEN $1 AND $2 GROUP BY ticket HAVING max(person) IS NULL",
        "SELECT count(DISTINCT ticket) FROM effort_day WHERE week BETWEEN $1 AND $2",
    ),
    Check(
        "closed_at_once", "Finished in the window without having been in progress", "They draw one day at most",
        f"SELECT f.ticket {IN_WINDOW} AND f.ticket NOT IN "
        "(SELECT ticket FROM span_then WHERE field = 'phase' AND value = 'doing')",
        f"SELECT count(DISTINCT f.ticket) {IN_WINDOW}",
    ),
    Check(
        "unestimated", "Without an estimate", "Points leave them out",
        f"SELECT no {TICKETS} AND estimate IS NULL", EVERY_TASK,
    ),
    Check(
        "unparented", "Without a parent or a Linear project", "Only rules can link them",
        f"SELECT no {TICKETS} AND parent_id IS NULL AND (project IS NULL OR kind = 'jira')", EVERY_TASK,
    ),
    Check(
        "parent_not_visible", "Parent not visible to this account", "No link can come from above",
        "SELECT no FROM ticket_then WHERE parent_id IS NOT NULL AND parent IS NULL",
    ),
    Check("circle", "Its parents run in a circle", "No link can come from above", "SELECT unnest($1::INTEGER[]) AS no"),
    Check(
        "gone", "No longer shown by the tracker: deleted, hidden or moved out of sight",
        "Neither open nor in progress from the day it was noticed; what was before stays",
        "SELECT no FROM ticket_then WHERE gone <> 'archived'",
    ),
    Check(
        "archived_open", "Archived in the tracker before they were finished", "Neither open nor in progress from then on",
        "SELECT no FROM ticket_then WHERE gone = 'archived' AND phase IS NULL",
    ),
    Check(
        "late_label", "Relabelled within two days before the report", "Links may be fresh, not lived",
        "SELECT s.ticket FROM span_then s CROSS JOIN moment m JOIN ticket_then t ON t.no = s.ticket WHERE s.field = 'label' "
        "AND s.since >= m.as_of - INTERVAL 2 DAY AND s.since > t.created AND t.history <> 'none'",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many tickets a check concerns, of how many, and which."""

    check: Check
    tickets: int
    of: int
    evidence: Evidence

    @property
    def share(self) -> float:
        return self.tickets / self.of if self.of else 0.0


def measure(board: Board) -> Finding:
    skipped = board.rows(
        "SELECT tracker, kind, place, what FROM problem_then WHERE ticket IS NULL ORDER BY tracker, kind, place, what LIMIT 200"
    )
    details: list[Shape] = []
    told = pulls.known(board)
    if told:
        details.append(pulls.drawn(told))
    if len(skipped):
        cells = [row({"tracker": r.tracker, "place": r.place, "what": r.what}) for r in skipped]
        columns = [("tracker", "Tracker", "text"), ("place", "Where", "text"), ("what", "What", "text")]
        details.append(table("skipped", "What could not be read", columns, cells))
    if reason := empty(board):
        return not_judged(META, reason, details)
    outcomes = sorted((_run(board, check) for check in CHECKS), key=lambda o: -o.share)
    notable = [o for o in outcomes if o.share > NOTABLE]
    details.insert(0, _table([o for o in outcomes if o.tickets]))
    details += [*late_links.tables(board), *accepted.tables(board), *earned.tables(board)]
    said = "; ".join(f"{o.check.what[0].lower()}{o.check.what[1:]}: {percent(o.share)}" for o in notable[:3])
    sentence = "No check concerns more than 5\u00a0% of what it looks at."
    if notable:
        sentence = f"{len(notable)} of {len(outcomes)} checks concern more than 5\u00a0% of what they look at: {said}."
    lost = int(board.one("SELECT count(*) FROM problem_then WHERE ticket IS NULL"))
    unread = f" {lost} {'entry' if lost == 1 else 'entries'} could not be read." if lost else ""
    return Finding(
        meta=META, verdict="watch" if notable or skipped or any(t.missed for t in told) else "noise", value=len(notable),
        unit="count",
        headline="Some of the data may mislead.", sure=PLAIN_COUNT, sentence=sentence + unread, details=details,
    )  # fmt: skip


def _table(outcomes: list[Outcome]) -> Shape:
    rows = [
        row(
            {"what": o.check.what, "tickets": o.tickets, "of": o.of, "share": o.share, "effect": o.check.effect},
            o.evidence,
            "",
        )
        for o in outcomes
    ]
    columns = [
        ("what", "Check", "text"), ("tickets", "Tickets", "tickets"), ("of", "Of", "tickets"), ("share", "Share", "share"),
        ("effect", "What it does to the numbers", "text"),
    ]  # fmt: skip
    return table("checks", "What may mislead", columns, rows)


def _run(board: Board, check: Check) -> Outcome:
    window: list[object] = [board.first_week, board.last_week]
    values = [board.circles] if check.id == "circle" else window if "$1" in check.tickets else []
    count = int(board.one(f"SELECT count(DISTINCT no) FROM ({check.tickets}) AS c(no)", *values))
    looked = int(board.one(check.of, *(window if "$1" in check.of else [])))
    if not count:
        return Outcome(check, 0, looked, {})
    sql = f"SELECT '' AS grp, no AS ticket, 1 AS weight FROM (SELECT DISTINCT no FROM ({check.tickets}) AS c(no))"
    return Outcome(check, count, looked, heaviest(board, sql, *values))
