"""The tables of the store as they were known at one moment, with links, effort and allocation laid out for measures."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Any, TypeVar

import pandas as pd

from analyzer import effort, forest, mapping, privacy, slices, teams
from analyzer.calendar import Calendar, day_of, local_day_sql, monday, utc_day_sql, week_name, week_of_day
from analyzer.completion import Reader, shipped
from analyzer.known import NOT_LOGGED
from analyzer.regimes import Regime, regimes_by_week
from analyzer.result import Window
from analyzer.slices import Slice
from analyzer.store import Connection, naive, scalar
from analyzer.strategy import Strategy

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Options:
    """What an analysis may be told. ``teams`` holds (team, field, value) rows, first match wins.

    ``last_week`` ends the window before the last complete week; ``ahead`` is the week in which a plan begins.
    """

    calendar: Calendar = field(default_factory=Calendar)
    weeks: int = 8
    history_weeks: int = 52
    basis: str = "days"
    at_least: int = 5
    idle_days: int = 14
    grace_days: int = 2
    too_new_days: int = 7
    teams: tuple[tuple[str, str, str], ...] = ()
    evidence: int = 20
    reader: Reader = field(default_factory=shipped)
    slice: Slice = field(default_factory=Slice)
    last_week: int | None = None
    ahead: int | None = None


class Board:
    """``con`` is a store opened for reading; everything is laid out in temporary tables of that connection.

    Only spans, decisions and strategies known at ``as_of`` are seen: the same store and moment give the same tables.
    """

    def __init__(self, con: Connection, strategies: Sequence[Strategy], options: Options, as_of: datetime) -> None:
        given = slices.for_slice(strategies, options.slice) if options.slice else tuple(strategies)
        self.con, self.strategies, self.options = con, given, options
        self.as_of: datetime = as_of.astimezone(UTC).replace(tzinfo=None)
        self.today = options.calendar.local_day(self.as_of)
        complete = week_of_day(self.today) - 1
        self.last_week = complete if options.last_week is None else min(complete, options.last_week)
        self.first_week = self.last_week - options.weeks + 1
        self.history_week = self.last_week - options.history_weeks - options.weeks + 1
        self._made: dict[str, Any] = {}
        self._lay_out()

    def _lay_out(self) -> None:
        con = self.con
        con.execute("CREATE OR REPLACE TEMP TABLE moment AS SELECT CAST(? AS TIMESTAMP) AS as_of", [self.as_of])
        self._calendar()
        for step in as_known(self.as_of):
            con.execute(step)
        con.execute(RECENT_TICKET, [self.history_begins])
        ahead = self.last_week if self.options.ahead is None else self.options.ahead
        regimes = regimes_by_week(self.strategies, self.history_week, max(ahead, self.last_week))
        self.ahead: Regime | None = regimes.get(ahead) or regimes.get(self.last_week)
        self.regimes: dict[int, Regime | None] = {w: r for w, r in regimes.items() if w <= self.last_week}
        teams.lay_out(con, self.options.teams)
        mapping.lay_out(con, self.distinct_regimes)
        effort.lay_out(con, self)
        outside = slices.lay_out(self, spans(self.as_of))
        weeks = (self.history_week, self.first_week, self.last_week)
        privacy.lay_out(con, self.options.at_least, weeks, outside)
        effort.allocate(con, self)

    @cached_property
    def history_begins(self) -> datetime:
        """The first local midnight of the history at hand, as a moment of UTC."""
        return self.options.calendar.midnight(monday(self.history_week))

    def _calendar(self) -> None:
        _con, calendar = self.con, self.options.calendar
        oldest = self.one("SELECT min(created) FROM tickets, moment WHERE created <= as_of") or self.as_of
        first = min(calendar.local_day(oldest), monday(self.history_week)) - 2
        names = ["utc_day", "day0", "cut1", "day1", "cut2", "day2"]
        rows = calendar.utc_days(first, self.today + 2)
        self.lay("calendar", pd.DataFrame(rows, columns=names, dtype="int64"))
        days = range(first, self.today + 1)
        frame = {
            "day": list(days),
            "week": [week_of_day(d) for d in days],
            "working": [calendar.is_working(d) for d in days],
        }
        self.lay("days", pd.DataFrame(frame))

    def lay(self, name: str, frame: pd.DataFrame) -> None:
        """A temporary table from a small frame."""
        self.con.register("incoming", frame)
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM incoming")
        self.con.unregister("incoming")

    def drop(self, *names: str) -> None:
        """Lets go of laid tables that nothing asks for any more: what they take is memory that the next ones spill for."""
        for name in names:
            self.con.execute(f"DROP TABLE {name}")

    def once(self, make: Callable[[Board], Made]) -> Made:
        """What several measures share, made the first time one of them asks for it: tables laid out, or a small answer."""
        name = f"{make.__module__}.{make.__qualname__}"
        if name not in self._made:
            self._made[name] = make(self)
        return self._made[name]  # type: ignore[no-any-return]

    def frame(self, sql: str, *values: Any) -> pd.DataFrame:
        """The small answer to a query; ``values`` are bound."""
        return self.con.execute(sql, list(values)).df()

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """The few rows of a query as named tuples; NULL is ``None``; ``values`` are bound."""
        answer = self.con.execute(sql, list(values))
        made = namedtuple("Row", [column[0] for column in answer.description])  # type: ignore[misc]
        as_row = partial(tuple.__new__, made)  # what made._make does, without a call of Python for each
        return list(map(as_row, answer.fetchall()))

    def one(self, sql: str, *values: Any) -> Any:
        """The single value of a query."""
        return scalar(self.con, sql, values)

    @cached_property
    def distinct_regimes(self) -> tuple[Regime, ...]:
        found = {r.no: r for r in [*self.regimes.values(), self.ahead] if r is not None}
        return tuple(found[no] for no in sorted(found))

    @cached_property
    def current(self) -> Regime | None:
        """The regime of the last complete week."""
        return self.regimes.get(self.last_week)

    @cached_property
    def set_apart(self) -> dict[int, str]:
        """Weeks of the history that are shown but not judged, and why."""
        return effort.bulk_weeks(self) | self._unknown_weeks()

    def _unknown_weeks(self) -> dict[int, str]:
        """Weeks that begin after the last moment any tracker can know: its last pull, or the newest change in files."""
        known = self.one(KNOWN_UNTIL)
        if known is None or known >= self.as_of:
            return {}
        day = self.options.calendar.local_day(known)
        unknown = range(max(week_of_day(day) + 1, self.history_week), self.last_week + 1)
        return dict.fromkeys(unknown, f"the trackers know nothing after {day_of(day).isoformat()}")

    @cached_property
    def judged_weeks(self) -> tuple[int, ...]:
        """Weeks of the window that count: complete, under a strategy, not set apart."""
        weeks = range(self.first_week, self.last_week + 1)
        return tuple(w for w in weeks if w not in self.set_apart and self.regimes.get(w) is not None)

    @cached_property
    def judged(self) -> list[int]:
        """The same as a list, to bind: ``week IN (SELECT unnest(?))``."""
        return list(self.judged_weeks)

    @cached_property
    def hidden_pasts(self) -> frozenset[str]:
        """Shown teams whose past may not be shown."""
        return privacy.hidden_pasts(self.con, self.options.at_least, self.first_week)

    @cached_property
    def circles(self) -> list[int]:
        """Numbers of tickets whose parents run in a circle."""
        return forest.circles(self)

    @property
    def window(self) -> Window:
        weeks = range(self.first_week, self.last_week + 1)
        return Window(
            first_day=day_of(monday(self.first_week)).isoformat(),
            last_day=day_of(monday(self.last_week) + 6).isoformat(),
            weeks=[week_name(w) for w in weeks],
            set_apart=[{"week": week_name(w), "reason": r} for w, r in sorted(self.set_apart.items()) if w in weeks],  # type: ignore[misc]
        )


KNOWN_UNTIL = """
SELECT CASE WHEN bool_or(live) THEN coalesce((SELECT max(started) FROM scans WHERE finished IS NOT NULL), max(pulled))
    ELSE (SELECT max(updated) FROM tickets) END FROM trackers
"""

GONE_THEN = """
CREATE OR REPLACE TEMP TABLE gone_then AS
SELECT t.no AS ticket, g.how, g.since FROM gone g JOIN tickets t ON t.id = g.ticket CROSS JOIN moment m
WHERE g.since <= m.as_of AND (g.until IS NULL OR g.until > m.as_of)
"""
"""Tickets that their tracker did not show at the moment, how, and since which sweep."""


def spans(as_of: datetime) -> str:
    """What was known of every field at a moment. A ticket that is gone is neither open nor in progress from then on; what is
    finished stays so, and so does everything before. Once the tracker shows it again nothing is taken from it: its log tells the
    time between.

    The moment and the word *phase* stand in it as constants: so it is read in one pass, and without phases where none is asked for.
    """
    then = f"TIMESTAMP '{naive(as_of):%Y-%m-%d %H:%M:%S.%f}'"
    return f"""
SELECT s.ticket, s.field, s.value, s.since, CASE WHEN s.until <= {then} THEN s.until END AS until
FROM spans s WHERE s.field <> 'phase' AND s.since <= {then}
UNION ALL
SELECT s.ticket, 'phase', s.value, s.since, CASE
    WHEN g.since IS NOT NULL AND s.value IN ('todo', 'doing') AND (s.until IS NULL OR s.until > g.since) THEN g.since
    WHEN s.until <= {then} THEN s.until END
FROM spans s LEFT JOIN gone_then g ON g.ticket = s.ticket
WHERE s.field = 'phase' AND s.since <= {then} AND (g.since IS NULL OR s.value NOT IN ('todo', 'doing') OR s.since < g.since)
UNION ALL
SELECT ticket, 'gone', how, since, NULL FROM gone_then
"""


LEVEL_OF = """
CREATE OR REPLACE TEMP TABLE level_of AS SELECT tracker, type, min(level) AS level FROM tickets GROUP BY tracker, type
"""
"""A table of its own: a join with a handful of rows that are known to be few does not hash every ticket."""

TICKET_THEN = f"""
CREATE OR REPLACE TEMP TABLE ticket_then AS
WITH held AS (
    SELECT ticket,
        max(CASE WHEN field = 'key' THEN value END) AS key,
        max(CASE WHEN field = 'phase' THEN value END) AS phase,
        max(CASE WHEN field = 'type' THEN value END) AS type,
        max(CASE WHEN field = 'team' THEN value END) AS tracker_team,
        max(CASE WHEN field = 'parent' THEN value END) AS parent_id,
        max(CASE WHEN field = 'project' THEN value END) AS project,
        max(CASE WHEN field = 'estimate' THEN value END) AS estimate,
        max(CASE WHEN field = 'archived' THEN value END) AS archived,
        max(CASE WHEN field = 'gone' THEN value END) AS gone
    FROM span_then
    WHERE until IS NULL AND value IS NOT NULL
        AND field IN ('key', 'phase', 'type', 'team', 'parent', 'project', 'estimate', 'archived', 'gone')
    GROUP BY ticket
)
SELECT t.no, t.id, coalesce(h.key, t.key) AS key, t.tracker, t.kind, coalesce(o.level, t.level) AS level, t.history, t.created,
    {local_day_sql("t.created", "c")} AS created_day,
    h.phase, coalesce(h.type, t.type) AS type, h.tracker_team, h.parent_id, p.no AS parent, h.project,
    try_cast(h.estimate AS DOUBLE) AS estimate, h.archived = 'yes' AS archived, h.gone
FROM tickets t
CROSS JOIN moment m
JOIN calendar c ON c.utc_day = {utc_day_sql("t.created")}
LEFT JOIN held h ON h.ticket = t.no
LEFT JOIN level_of o ON o.tracker = t.tracker AND o.type = CASE WHEN h.type <> t.type THEN h.type END
LEFT JOIN tickets p ON p.id = h.parent_id AND p.created <= m.as_of
WHERE t.created <= m.as_of
"""

URL_THEN = "CASE WHEN t.key <> x.key THEN replace(x.url, x.key, t.key) ELSE x.url END"
"""Where a ticket of then (``t``) was found; ``x`` is the ticket as it is now."""

RECENT_TICKET = """
CREATE OR REPLACE TEMP TABLE recent_ticket AS
SELECT DISTINCT s.ticket FROM spans s CROSS JOIN moment m WHERE s.since >= $1 AND s.since <= m.as_of
"""
"""Tickets of which any value began within the history at hand. What happened in it happened to these: queries that compare each
value with the one before need not look at any other, however many years the store holds."""


def as_known(as_of: datetime) -> tuple[str, ...]:
    """What a ``moment`` and a ``calendar`` make of the store's tables, in this order."""
    view = f"CREATE OR REPLACE TEMP VIEW span_then AS {spans(as_of)}"
    return GONE_THEN, view, LEVEL_OF, TICKET_THEN, *NOT_LOGGED
