"""A slice is the part of the company that an audit looks at; it is cut out of the Board in one place, or refused.

Two rules of statistical disclosure control (see ``analyzer.privacy``) hold for what is inside and for what is left over, because a
slice and the whole together tell the rest: neither may be a small group, or one person's work in all but name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import pandas as pd

from analyzer import privacy
from analyzer.strategy import Strategy

if TYPE_CHECKING:
    from analyzer.board import Board

STEPS = 12
"""Parents are climbed at most so many steps."""


class Refused(Exception):
    """The slice cannot be shown; ``what`` and ``fix`` are a sentence each."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(f"{what} {fix}")
        self.what, self.fix = what, fix


@dataclass(frozen=True, slots=True)
class Slice:
    """A ticket is inside if each filter that is given has one value that fits. Labels count for what is under a ticket, too."""

    team: tuple[str, ...] = ()
    project: tuple[str, ...] = ()
    tracker: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    label: tuple[str, ...] = ()

    def filters(self) -> dict[str, tuple[str, ...]]:
        return {f.name: v for f in fields(self) if (v := getattr(self, f.name))}

    def __bool__(self) -> bool:
        return bool(self.filters())

    def __str__(self) -> str:
        return "; ".join(f"{name} {' or '.join(values)}" for name, values in self.filters().items())

    def parts(self) -> Iterator[Slice]:
        """Slices that this one and another tell together: each value of a filter alone."""
        for name, values in self.filters().items():
            if len(values) > 1:
                yield from (replace(self, **{name: (value,)}) for value in values)

    def wider(self) -> Iterator[Slice]:
        """The whole, and the slices without one of several filters: what is left over in them must not be a small group either."""
        given = self.filters()
        yield from (replace(self, **{name: ()}) for name in given)
        if len(given) > 1:
            yield Slice()


FITS = {
    "team": "SELECT ticket FROM ticket_team WHERE lower(team) = lower($1)",
    "project": "SELECT t.no AS ticket FROM ticket_then t JOIN container_then c ON c.id = t.project "
    "WHERE lower(c.key) = lower($1) OR lower(c.name) = lower($1)",
    "tracker": "SELECT no AS ticket FROM ticket_then WHERE lower(tracker) = lower($1) OR kind = lower($1)",
    "priority": "SELECT l.ticket FROM link l WHERE l.target = $1 AND l.regime = $2",
    "label": "SELECT ticket FROM span_then WHERE field = 'label' AND until IS NULL AND lower(value) = lower($1)",
}
UNDER = """
INSERT INTO fitting SELECT t.no, f.name, f.value FROM ticket_then t JOIN fitting f ON f.ticket = t.parent AND f.name = 'label'
ANTI JOIN fitting x ON x.ticket = t.no AND x.name = f.name AND x.value = f.value
"""
CREW = """
SELECT g.team, k.person, sum(k.units)::BIGINT AS units FROM slice_took k JOIN ticket_team g ON g.ticket = k.ticket
{join} GROUP BY g.team, k.person
"""
SHADOWS = {
    "changes": "SELECT x.* FROM {db}.main.changes x SEMI JOIN seen_ticket s ON s.ticket = x.ticket",
    "runs": "SELECT * FROM {db}.main.runs WHERE kind <> 'report'",
}
"""What measures read of the store itself. Earlier reports spoke of everybody; held against a slice they would mislead."""

SEEN_CONTAINER = """
CREATE OR REPLACE TEMP TABLE seen_container AS
WITH held AS (
    SELECT DISTINCT s.value AS container FROM span_then s SEMI JOIN seen_ticket i ON i.ticket = s.ticket
    WHERE s.field IN ('project', 'sprint', 'cycle', 'version', 'milestone') AND s.value IS NOT NULL
) SELECT container FROM held UNION SELECT p.whole FROM held h JOIN part_of p ON p.part = h.container
"""
EFFORT_TABLES = ("effort_day", "finished", "effort")
OTHER_TABLES = ("ticket_team", "link", "held", "rule_match")


def lay_out(board: Board, spans: str) -> dict[str, Counter[str]]:
    """Cuts the board's tables down to the slice, after effort was split and links were found over everybody's tickets.

    The epics above what is inside stay in sight, without their own effort. ``spans`` is the query
    behind ``span_then``. Returns who worked outside, by team. Raises Refused.
    """
    wanted = board.options.slice
    if not wanted:
        return {}
    con = board.con
    _ = board.set_apart  # weeks of bulk edits are those of everybody
    _fitting(board, wanted)
    con.execute(f"CREATE OR REPLACE TEMP TABLE slice_took AS {privacy.TOOK}", [board.first_week, board.last_week])
    _inside(board, "in_slice", wanted)
    if not board.one("SELECT count(*) FROM in_slice"):
        raise Refused(f"No ticket is in the slice {wanted}.", "Take another filter, or a later day.")
    _refuse_small(board, wanted)
    outside = _crews(board, "ANTI JOIN in_slice i ON i.ticket = k.ticket")
    _see(board, spans)
    return outside


def for_slice(strategies: Sequence[Strategy], wanted: Slice) -> tuple[Strategy, ...]:
    """The strategies as far as they speak of a slice: what is meant for everybody is not held against a part.

    One team is held to the mix that it declared itself; a priority to the scope that was agreed for it.
    """
    given = wanted.filters()
    team = given["team"][0].lower() if set(given) == {"team"} and len(given["team"]) == 1 else None
    made = []
    for one in strategies:
        mix = next((mix for name, mix in one.teams.items() if name.lower() == team), {})
        kept = [
            p.model_copy(update={"share": mix.get(p.id), "scope": p.scope if set(given) == {"priority"} else None})
            for p in one.priorities
        ]
        update = {"priorities": tuple(kept), "unlinked_allowance": None, "assumptions": ()}
        made.append(one.model_copy(update=update))
    return tuple(made)


def _fitting(board: Board, wanted: Slice) -> None:
    """``fitting(ticket, name, value)``: which ticket fits which value of which filter. Raises Refused for a value none fits."""
    con = board.con
    con.execute("CREATE OR REPLACE TEMP TABLE fitting (ticket INTEGER, name VARCHAR, value VARCHAR)")
    for name, values in wanted.filters().items():
        for value in values:
            given = [value, board.current.no if board.current else 0] if name == "priority" else [value]
            con.execute(
                f"INSERT INTO fitting SELECT DISTINCT ticket, '{name}', ${len(given) + 1} FROM ({FITS[name]})",
                [*given, value],
            )
            if not board.one("SELECT count(*) FROM fitting WHERE name = ? AND value = ?", name, value):
                said = {"label": "carries the label", "priority": "serves the priority"}.get(name, f"is of the {name}")
                raise Refused(f"No ticket {said} {value}.", f"Check its spelling in --{name}.")
    for _ in range(STEPS):
        if not con.execute(UNDER).fetchall()[0][0]:
            break


def _inside(board: Board, table: str, wanted: Slice) -> None:
    given = [(name, value) for name, values in wanted.filters().items() for value in values]
    board.lay("wanted_value", pd.DataFrame(given, columns=["name", "value"], dtype=object))
    number = len(wanted.filters())
    inside = (
        "SELECT f.ticket FROM fitting f JOIN wanted_value w ON w.name = f.name AND w.value = f.value "
        f"GROUP BY f.ticket HAVING count(DISTINCT f.name) = {number:d}"
    )
    everything = "SELECT no AS ticket FROM ticket_then"
    board.con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {inside if number else everything}")


def _crews(board: Board, join: str) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for r in board.rows(CREW.format(join=join)):
        found.setdefault(r.team, Counter())[r.person] = int(r.units)
    return found


def _crew(board: Board, join: str) -> Counter[str]:
    return sum(_crews(board, join).values(), Counter())


def _refuse_small(board: Board, wanted: Slice) -> None:
    """Raises Refused if the slice, what is left over, or a part of it that another slice would tell, is too small a group."""
    at_least = board.options.at_least
    small = f"is the work of fewer than {at_least} people in these weeks, or mostly of one"
    fix = "Choose a larger slice or a longer period: this program measures the work, not people."
    if not privacy.may_be_shown(_crew(board, "SEMI JOIN in_slice i ON i.ticket = k.ticket"), at_least):
        raise Refused(f"The slice {wanted} {small}.", fix)
    for part in wanted.parts():
        _inside(board, "other_slice", part)
        crew = _crew(board, "SEMI JOIN other_slice i ON i.ticket = k.ticket")
        if crew and not privacy.may_be_shown(crew, at_least):
            raise Refused(f"A part of the slice, {part}, {small}.", fix)
    for whole in wanted.wider():
        _inside(board, "other_slice", whole)
        rest = "SEMI JOIN other_slice o ON o.ticket = k.ticket ANTI JOIN in_slice i ON i.ticket = k.ticket"
        crew = _crew(board, rest)
        if crew and not privacy.may_be_shown(crew, at_least):
            raise Refused(f"What the slice {wanted} leaves over {small}, and could be read off the difference.", fix)


def _see(board: Board, spans: str) -> None:
    """Takes what is outside out of the tables, and hides it in the store's own tables that measures read."""
    con = board.con
    con.execute("CREATE OR REPLACE TEMP TABLE seen_ticket AS SELECT ticket FROM in_slice")
    above = (
        "INSERT INTO seen_ticket SELECT DISTINCT t.parent FROM ticket_then t JOIN seen_ticket s ON s.ticket = t.no "
        "ANTI JOIN seen_ticket x ON x.ticket = t.parent WHERE t.parent IS NOT NULL"
    )
    for _ in range(STEPS):
        if not con.execute(above).fetchall()[0][0]:
            break
    con.execute(SEEN_CONTAINER)
    for name in EFFORT_TABLES:
        con.execute(f"DELETE FROM {name} WHERE ticket NOT IN (SELECT ticket FROM in_slice)")
    for name in OTHER_TABLES:
        con.execute(f"DELETE FROM {name} WHERE ticket NOT IN (SELECT ticket FROM seen_ticket)")
    con.execute("DELETE FROM ticket_then WHERE no NOT IN (SELECT ticket FROM seen_ticket)")
    con.execute("DELETE FROM container_then WHERE id NOT IN (SELECT container FROM seen_container)")
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW span_then AS SELECT s.* FROM ({spans}) s SEMI JOIN seen_ticket i ON i.ticket = s.ticket"
    )
    database = str(board.one("SELECT current_database()")).replace('"', '""')
    for name, sql in SHADOWS.items():
        quoted = f'"{database}"'
        con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {sql.format(db=quoted)}")
