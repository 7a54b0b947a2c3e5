"""What is in progress against a policy, as it stood at the end of the day its work started."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analyzer import starts
from analyzer.board import Board
from analyzer.calendar import day_number, day_of
from analyzer.evidence import row, table
from analyzer.judging import PLAIN_COUNT, counted, empty, not_judged
from analyzer.policy import PolicyRule
from analyzer.result import Finding, Meta

META = Meta(
    id="policy",
    title="Policy",
    question="Is anything in progress that was started against the rules?",
    how=(
        "Each rule names a kind of work and what it must have. What is in progress at the moment looked from is held against it as "
        "it stood at the end of the day on which its work started: the first of its tickets in progress, or the start that the "
        "tracker states. Every rule that is broken fails the gate (exit code 3)."
    ),
    limits=(
        "Trackers log no changes of a project's lead, date and text: they are known from pull to pull, and what the first pull saw "
        "is taken to have held since the project was made. Which initiative a project belongs to is known as of the last pull "
        "only. A ticket without a change log cannot be judged."
    ),
    source="Rules such as Sentry's for its projects; judged as of the start.",
    formula="Number of pieces of work in progress that lacked something a rule asks for on the day they started.",
    needs="Rules (policy: in the strategy, or --policy FILE).",
)  # fmt: skip

SHOWN = 200
FIELDS = {"owner": "assignee", "target_date": "due", "description": "body", "estimate": "estimate", "parent": "parent"}
SEEN = {"lead": "owner", "owner": "owner", "target_date": "end", "description": "description"}

TICKETS = """
CREATE OR REPLACE TEMP TABLE policy_work AS
SELECT f.ticket, t.id, t.key AS name, f.day, e.moment AS day_end FROM started f JOIN ticket_then t ON t.no = f.ticket
JOIN policy_day e ON e.day = f.day
WHERE t.phase = 'doing' AND t.archived IS NOT TRUE AND f.day >= $2 AND CASE $1 WHEN 'epic' THEN t.level = 1 ELSE t.level = 0 END
"""
LACKING = """
SELECT w.id, w.name, w.day FROM policy_work w ANTI JOIN (
    SELECT s.ticket FROM policy_work k JOIN span_then s ON s.ticket = k.ticket AND s.value IS NOT NULL AND s.value <> ''
        AND s.since < k.day_end AND (s.until IS NULL OR s.until >= k.day_end)
        AND (s.field = $1 OR $1 = 'parent' AND s.field = 'project'
            AND s.value NOT IN (SELECT id FROM containers WHERE kind = 'space'))
) h ON h.ticket = w.ticket ORDER BY w.day, w.id
"""
CONTAINERS = """
WITH begun AS (
    SELECT s.value AS container, min(p.since) AS moment FROM span_then s JOIN span_then p ON p.ticket = s.ticket
        AND p.field = 'phase' AND p.value = 'doing' AND p.since >= s.since AND (s.until IS NULL OR p.since < s.until)
    WHERE s.field = 'project' GROUP BY s.value
)
SELECT c.id, c.name, coalesce(b.moment, c.start) AS moment, c.state FROM containers c CROSS JOIN moment m
LEFT JOIN (
    SELECT container, moment FROM begun
    UNION ALL SELECT u.whole, min(f.moment) FROM begun f JOIN part_of u ON u.part = f.container GROUP BY u.whole
) b ON b.container = c.id
WHERE c.kind = $1 AND c.state IN ('', 'started', 'active') AND (c.completed IS NULL OR c.completed > m.as_of)
    AND coalesce(b.moment, c.start) <= m.as_of ORDER BY c.name, c.id
"""
HELD = """
SELECT w.id FROM policy_container w JOIN container_seen s ON s.container = w.id AND s.field = $1 AND s.since < w.day_end
GROUP BY w.id HAVING arg_max(s.value, s.since) <> ''
"""
IN_INITIATIVE = """
SELECT DISTINCT p.part AS id FROM part_of p JOIN containers c ON c.id = p.whole AND c.kind = 'initiative'
"""


def measure(board: Board, rules: Sequence[PolicyRule]) -> Finding:
    if reason := empty(board):
        return not_judged(META, reason)
    board.once(starts.lay_out)
    days = pd.Series(board.frame("SELECT DISTINCT day FROM started ORDER BY day")["day"], dtype="int64")
    ends = pd.Series([board.options.calendar.midnight(int(d) + 1) for d in days], dtype="datetime64[us]")
    board.lay("policy_day", pd.DataFrame({"day": days, "moment": ends}))
    rows, said = [], []
    for rule in rules:
        found = _of_containers(board, rule) if rule.no in ("project", "initiative") else _of_tickets(board, rule)
        for ident, name, day, lacks in found:
            words = " and ".join(w.replace("_", " ") for w in lacks)
            said.append(f"{rule.no.capitalize()} {name} was started on {day_of(day).isoformat()} without {words}.")
            cells = {
                "kind": rule.no,
                "name": name,
                "started": day_of(day).isoformat(),
                "lacks": words,
                "rule": str(rule),
            }
            rows.append(row(cells, {"": ([ident], 0)} if rule.no in ("epic", "ticket") else None))
    columns = [
        ("kind", "Kind", "text"), ("name", "Work in progress", "text"), ("started", "Started", "date"),
        ("lacks", "Without", "text"), ("rule", "The rule", "text"),
    ]  # fmt: skip
    cut = f"{len(rows) - SHOWN} more are not listed." if len(rows) > SHOWN else ""
    broken = counted(len(rows), "piece") + " of work in progress"
    sentence = f"{broken} {'was' if len(rows) == 1 else 'were'} started against the policy: {said[0] if said else ''}"
    clean = f"Nothing in progress was started against the policy ({counted(len(rules), 'rule')})."
    return Finding(
        meta=META, verdict="signal" if rows else "noise", value=len(rows), unit="count", sure=PLAIN_COUNT,
        sentence=sentence if rows else clean, details=[table("breaches", "Against the policy", columns, rows[:SHOWN], cut)],
    )  # fmt: skip


def sentences(finding: Finding) -> list[str]:
    """One sentence a breach that is listed."""
    rows = [line.cells for shape in finding.details if shape.shape == "table" for line in shape.rows]
    return [
        f"{str(c['kind']).capitalize()} {c['name']} was started on {c['started']} without {c['lacks']}." for c in rows
    ]


Breach = tuple[str, str, int, list[str]]


def _since(rule: PolicyRule) -> int:
    return day_number(rule.started_since) if rule.started_since else -1_000_000


def _of_tickets(board: Board, rule: PolicyRule) -> list[Breach]:
    board.con.execute(TICKETS, [rule.no, _since(rule)])
    lacks: dict[tuple[int, str, str], list[str]] = {}
    for word in rule.in_progress_without:
        for r in board.rows(LACKING, FIELDS[word]):
            lacks.setdefault((r.day, r.id, r.name), []).append(word)
    return [(ident, name, day, words) for (day, ident, name), words in sorted(lacks.items())]


def _of_containers(board: Board, rule: PolicyRule) -> list[Breach]:
    calendar = board.options.calendar
    running: list[tuple[Any, int]] = [(r, calendar.local_day(r.moment)) for r in board.rows(CONTAINERS, rule.no)]
    running = [(r, day) for r, day in running if day >= _since(rule)]
    frame = pd.DataFrame(
        [(r.id, calendar.midnight(day + 1)) for r, day in running], columns=["id", "day_end"]
    ).astype({"id": object, "day_end": "datetime64[us]"})  # fmt: skip
    board.lay("policy_container", frame)
    held = {
        word: {r.id for r in (board.rows(IN_INITIATIVE) if word == "initiative" else board.rows(HELD, SEEN[word]))}
        for word in rule.in_progress_without
    }
    found: list[Breach] = [
        (r.id, r.name, day, [w for w in rule.in_progress_without if r.id not in held[w]]) for r, day in running
    ]
    return [one for one in found if one[3]]
