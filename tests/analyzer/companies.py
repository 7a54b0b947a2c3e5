"""Random small companies with everything that makes histories awkward, and a real store that holds them.

A company is made from a seed, and each ticket from a seed of its own: a smaller company of the same seed has much the
same tickets, so that hypothesis can find a small one that fails.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from analyzer.board import Board, Options
from analyzer.calendar import Calendar
from analyzer.store import Connection, naive, resolve_parents, save_parsed
from connectors.ticket import Change, Container, Parsed, Person, Relation, Span, Ticket
from tests.analyzer.companies_history import TYPES, History
from tests.analyzer.companies_plans import decisions, strategies, teams
from tests.analyzer.companies_scope import plots
from tests.analyzer.oracle import DAY, INSTANT, Company

LIFE = 100
"""Days from the first ticket to the day the store was written."""

PLACES = (
    ("Europe/Berlin", date(2026, 1, 20)),
    ("Europe/Berlin", date(2025, 8, 25)),
    ("America/New_York", date(2026, 1, 5)),
    ("America/New_York", date(2025, 9, 1)),
    ("Pacific/Apia", date(2011, 10, 20)),  # had no 30 December 2011
    ("America/Sao_Paulo", date(2018, 9, 10)),  # clocks change at midnight
    ("Australia/Lord_Howe", date(2026, 2, 1)),  # by half an hour
    ("UTC", date(2026, 1, 20)),
)
"""Time zone and first day: each life has a clock change in it, or a day that never was."""

TRACKERS = (("jira",), ("linear",), ("jira", "linear"), ("jira", "jira-eu"), ("jira-eu", "linear"))
STORED = (
    "tickets",
    "spans",
    "changes",
    "containers",
    "relations",
    "people",
    "problems",
    "decisions",
    "raw",
    "trackers",
)


def company(seed: int, tickets: int) -> Company:
    """The company of a seed, cut to so many tickets."""
    return Maker(seed, tickets).company()


def save(con: Connection, made: Company) -> None:
    """Replaces what the store holds with the company, in the way a pull does."""
    for table in STORED:
        con.execute(f"DELETE FROM {table}")
    of = {t.id: t.tracker for t in made.tickets}
    for tracker in dict.fromkeys(of.values()):
        parsed = Parsed(
            tickets=[t for t in made.tickets if t.tracker == tracker],
            spans=[s for s in made.spans if of[s.ticket] == tracker],
            changes=[c for c in made.changes if of[c.ticket] == tracker],
            containers=[c for c in made.containers if c.tracker == tracker],
            relations=[r for r in made.relations if r.source.startswith(f"{tracker}:")],
            people=list(made.people),
        )
        save_parsed(con, tracker, parsed)
        resolve_parents(con, tracker)
    if made.decisions:
        rows: list[tuple[object, ...]] = [
            (naive(d.moment), "chief", d.target, d.priority, None if d.rejects else d.weight, "reject" if d.rejects else "link",
             d.act, None if d.act is None else "below" if d.below else "ticket", None)
            for d in made.decisions
        ]  # fmt: skip
        back = {(naive(d.undone), d.target, d.act) for d in made.decisions if d.undone is not None}
        rows += [(at, "chief", target, None, None, "undo", 1000 + n, None, str(act))
                 for n, (at, target, act) in enumerate(sorted(back, key=str))]  # fmt: skip
        columns = "moment, author, target, priority, weight, kind, act, reach, choice"
        con.executemany(f"INSERT INTO decisions ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def board(con: Connection, made: Company) -> Board:
    """The board of a company that was saved, its teams shown as they are: with five people all would be merged."""
    options = Options(
        calendar=Calendar(made.time_zone, made.working_days, made.holidays), weeks=made.weeks,
        history_weeks=made.history_weeks, idle_days=made.idle_days, grace_days=made.grace_days, teams=made.teams,
        at_least=1,
    )  # fmt: skip
    return Board(con, made.strategies, options, made.as_of)


@dataclass(frozen=True)
class _Mood:
    """What a company is full of: chances from 0 to 1."""

    at_once: float
    reopened: float
    nested: float
    circles: float
    silent: float


class Maker:
    def __init__(self, seed: int, tickets: int) -> None:
        self.seed, self.count = seed, tickets
        rng = self.rng = Random(seed)
        self.zone_name, self.first = rng.choice(PLACES)
        self.zone = ZoneInfo(self.zone_name)
        self.begin, self.end = self._local(self.first), self._local(self.first + LIFE * DAY)
        self.popular = [self._fresh(rng) for _ in range(14)] + self._clock_changes()
        self.mood = _Mood(*(rng.choice([0.0, 0.1, 0.4, 0.8]) for _ in range(5)))
        self.trackers = rng.choice(TRACKERS)
        self.people = [f"p{n}" for n in range(rng.randint(1, 5))]
        self.containers = [c for tracker in self.trackers for c in self._containers(tracker)]
        self.known = [self._ticket(n) for n in range(tickets)]

    def company(self) -> Company:
        rng = Random(f"{self.seed}:company")
        spans: list[Span] = []
        changes: list[Change] = []
        for number, ticket in enumerate(self.known):
            own = History(self, number, ticket)
            own.fill()
            spans += own.spans
            changes += own.changes
        plotted = list(plots(self.seed, self.containers, self.begin, self.end))
        spans += [span for _, more in plotted for span in more]
        weeks = rng.randint(1, 5)
        made = Company(
            tickets=(*self.known, *(t for t, _ in plotted)), spans=tuple(spans),
            changes=tuple(changes), containers=tuple(self.containers),
            relations=tuple(self._relations()), decisions=(), strategies=(), time_zone=self.zone_name, weeks=weeks,
            people=tuple(Person(p, self.trackers[0], bot=p == "p3") for p in self.people if p != "p4"),
            as_of=min(max(self.moment(rng, self.begin + 45 * DAY), self.begin + 45 * DAY), self.end),
            history_weeks=rng.randint(0, 8), idle_days=rng.choice([14, 14, 14, 3, 1]),
            grace_days=rng.choice([2, 2, 0, 5]),
            holidays=frozenset(self.first + rng.randrange(LIFE) * DAY for _ in range(rng.choice([0, 3]))),
            working_days=rng.choice([frozenset(range(5)), frozenset(range(5)), frozenset({6, 0, 1, 2, 3})]),
        )  # fmt: skip
        made = replace(made, strategies=strategies(rng, made, self.first, LIFE), teams=teams(rng, made))
        moments = [self.moment(rng) for _ in range(12)]
        return replace(made, decisions=decisions(rng, made, moments))

    # ------------------------------------------------------------ moments

    def moment(self, rng: Random, since: datetime | None = None) -> datetime:
        """A moment of the life; often one at which something else happens too."""
        at = rng.choice(self.popular) if rng.random() < self.mood.at_once else self._fresh(rng)
        return max(at, since or self.begin)

    def _fresh(self, rng: Random) -> datetime:
        day = self.first + rng.randrange(LIFE) * DAY
        near = rng.choice(["midnight", "utc midnight", "work", "work", "any"])
        if near == "midnight":
            off = rng.choice([-INSTANT, timedelta(0), INSTANT, timedelta(seconds=-1), timedelta(minutes=40)])
            return self._local(day) + off
        if near == "utc midnight":
            return datetime(day.year, day.month, day.day, tzinfo=UTC) + rng.choice([-1, 0, 1]) * INSTANT
        if near == "work":
            return self._local(day) + timedelta(hours=rng.randint(8, 18))
        return self._local(day) + timedelta(microseconds=rng.randrange(86_400_000_000))

    def _local(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(UTC)

    def _clock_changes(self) -> list[datetime]:
        found = []
        for hour in range(LIFE * 24):
            at = self.begin + timedelta(hours=hour)
            later = at + timedelta(hours=1)
            if at.astimezone(self.zone).utcoffset() != later.astimezone(self.zone).utcoffset():
                found += [later - INSTANT, later, later + timedelta(minutes=30), later - timedelta(minutes=30)]
        return found

    # ------------------------------------------------------------ containers and tickets

    def _containers(self, tracker: str) -> list[Container]:
        jira = tracker != "linear"
        kinds = (
            {"sprint": 2, "version": 2, "space": 2}
            if jira
            else {"cycle": 2, "project": 3, "milestone": 2, "initiative": 3}
        )
        made = []
        for kind, number in kinds.items():
            for n in range(number):
                rng = Random(f"{self.seed}:{tracker}:{kind}:{n}")
                times = sorted(self.moment(rng) for _ in range(3))
                start, end, completed = (t if rng.random() < 0.75 else None for t in times)
                made.append(
                    Container(
                        f"{tracker}:{kind}:{n}", tracker, kind, f"{kind.title()} {n}",  # type: ignore[arg-type]
                        key={"space": ("PAY", "OPS")[n % 2]}.get(kind, ""), start=start, end=end, completed=completed,
                    )
                )  # fmt: skip
        return made

    def _relations(self) -> list[Relation]:
        """Projects are part of initiatives, initiative 1 of 0 and 2 of 1, milestones of projects."""
        rng = Random(f"{self.seed}:relations")
        if "linear" not in self.trackers:
            return []
        pairs = [("initiative:1", "initiative:0")] * rng.randint(0, 1) + [
            ("initiative:2", "initiative:1")
        ] * rng.randint(0, 1)
        pairs += [(f"project:{n}", f"initiative:{rng.randrange(3)}") for n in range(3) if rng.random() < 0.7]
        pairs += [("project:2", f"initiative:{rng.randrange(3)}"), ("milestone:0", "project:0")]
        return [Relation(f"linear:{a}", f"linear:{b}", "part_of") for a, b in dict.fromkeys(pairs)]

    def _ticket(self, number: int) -> Ticket:
        rng = Random(f"{self.seed}:ticket:{number}")
        tracker = rng.choice(self.trackers)
        team = "ENG" if tracker == "linear" else rng.choice(["PAY", "OPS"])
        created = min(self.moment(rng), self.begin + timedelta(days=rng.randint(0, LIFE)))
        above = number % 6 == 0 and self.mood.nested
        kind = rng.choice(["Epic", "Epic", "Theme"] if above else ["Bug", "Bug", "Story", "Story", "Task", "Sub-task"])
        return Ticket(
            id=f"{tracker}:{number}", tracker=tracker, kind="linear" if tracker == "linear" else "jira",
            key=f"{team}-{number}", url="", title="", body="", type=kind, level=TYPES[kind],
            created=max(created, self.begin), updated=self.end,
            history=rng.choice(["full", "full", "full", "full", "partial", "none"]), aliases=(f"OLD-{number}",),
        )  # fmt: skip
