"""A made-up company of any size, written straight into a store in the way a pull leaves one behind.

Chance comes from numpy (a seed gives the same company everywhere), rows from SQL. Two thirds of the teams use Jira with
sprints and versions, the others Linear with cycles, projects and initiatives. There is no Python loop over tickets.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from analyzer.store import Connection, Store
from benchmarks.company_rows import (
    CHANGES,
    CONTAINERS,
    END,
    EVENT,
    MACROS,
    RELATIONS,
    SETS,
    SPANS,
    THEMES,
    TICKETS,
)

YEARS = 3
PER_PERSON = 60
TEAM = 8
BATCH = 100_000
DAY = 86_400_000_000
NEVER = 2**62
EPIC_EVERY = 25

CHANCE = (0.17, 0.12, 0.10, 0.09, 0.08, 0.08, 0.08, 0.16, 0.105, 0.015)

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Made:
    """Counts of what was written."""

    tickets: int
    changes: int
    spans: int
    people: int
    containers: int


def make(path: Path, tickets: int, seed: int = 1) -> Made:
    """Writes a company of that many tickets into a new store."""
    teams = max(2, round(tickets / PER_PERSON / TEAM))
    base = _chances(tickets, teams, np.random.default_rng(seed))
    with Store(path, memory_limit="2GB").writing() as con:
        con.execute("SET preserve_insertion_order = true")
        _company(con, teams)
        for first in range(0, tickets, BATCH):
            con.register("incoming", base.iloc[first : first + BATCH])
            con.execute("CREATE OR REPLACE TEMP TABLE base AS SELECT * FROM incoming")
            con.unregister("incoming")
            for statement in (TICKETS, EVENT, SETS, SPANS, CHANGES, RELATIONS):
                con.execute(statement)
        con.execute("UPDATE containers SET tracker = split_part(id, ':', 1)")
        sizes = [con.execute(f"SELECT count(*) FROM {t}").fetchall()[0][0] for t in ("changes", "spans", "containers")]
    return Made(tickets, sizes[0], sizes[1], teams * TEAM, sizes[2])


def _chances(n: int, teams: int, rng: np.random.Generator) -> pd.DataFrame:
    """One row a ticket: who, what and when, in integers; moments in microseconds, ``NEVER`` for what did not happen."""
    end = int(END.timestamp()) * 1_000_000
    days = np.arange(end // DAY - YEARS * 365, end // DAY)
    days = days[(days + 3) % 7 < 5]
    created = np.sort(rng.choice(days, n) * DAY + rng.integers(7 * 3600, 17 * 3600, n) * 1_000_000)
    no = np.arange(n)
    level = np.select([no % EPIC_EVERY == 0, (no % EPIC_EVERY == 13) | (no % EPIC_EVERY == 19)], [1, -1], 0)
    lag = np.floor(rng.random(n) ** 2 * max(1, n // EPIC_EVERY // 12)).astype(np.int64)
    parent = (no // EPIC_EVERY - lag % (no // EPIC_EVERY + 1)) * EPIC_EVERY
    epic_team, epic_theme = rng.integers(0, teams, n), _themes(created, n, rng)
    team, theme = epic_team[parent], np.where(rng.random(n) < 0.2, _themes(created, n, rng), epic_theme[parent])
    team, theme = np.where(level == 1, epic_team, team), np.where(level == 1, epic_theme, theme)
    under = level == -1
    parent = np.where(under, no - 1, np.where((level == 1) | (rng.random(n) < 0.3), -1, parent))
    team, theme = np.where(under, np.roll(team, 1), team), np.where(under, np.roll(theme, 1), theme)
    theme = np.where((team % 10 == 4) & (team % 3 != 2), THEMES.index("search"), theme)

    def after(moment: Ints, median: float, sigma: float, chance: float = 1.0) -> Ints:
        """So many days later, log-normally; only for some, and only where the first thing happened."""
        later = moment + (median * np.exp(sigma * rng.standard_normal(n)) * DAY).astype(np.int64)
        return np.where((moment < NEVER) & (rng.random(n) < chance), later, NEVER)

    start = after(created, 9.0, 1.1, 0.9)
    review = after(start, 3.0, 1.0)
    done = after(review, 1.5, 1.0, 0.97)
    reopened = after(done, 6.0, 0.8, 0.04)
    person = team * TEAM + rng.integers(0, TEAM, n)
    columns = {
        "no": no + 1, "level": level, "team": team, "theme": theme, "parent": parent, "person": person,
        "created": created,
        "linear": (team % 3 == 2).astype(np.int64), "kind": rng.integers(0, 100, n), "words": rng.integers(0, 10**6, n),
        "points": rng.choice([1, 2, 3, 5, 8], n), "more": np.where(rng.random(n) < 0.2, 2, 1),
        "author": team * TEAM + rng.integers(0, TEAM, n),
        "start": start, "review": review, "done": done, "reopened": reopened, "closed": after(reopened, 2.0, 0.8),
        "cancelled": np.where(done == NEVER, after(np.where(review < NEVER, review, created), 60.0, 0.5, 0.6), NEVER),
        "assigned": after(created, 5.0, 1.0, 0.95), "passed": after(start, 1.5, 0.8, 0.35),
        "parented": np.where(rng.random(n) < 0.25, after(created, 2.0, 1.0), created),
        "labelled": np.where(rng.random(n) < 0.6, after(created, 3.0, 1.0), created), "extra": after(created, 4.0, 1.0, 0.7),
        "estimated": after(created, 6.0, 1.0, 0.7), "re_estimated": after(start, 2.0, 1.0, 0.15),
        "urged": after(created, 4.0, 1.2, 0.6), "retitled": after(created, 3.0, 1.0, 0.12),
        "described": after(created, 1.0, 1.2, 0.8), "rewritten": after(start, 2.0, 1.0, 0.5),
        "boxed": after(start, 0.5, 0.5, 0.8), "planned": (rng.random(n) < 0.6).astype(np.int64),
        "due": after(created, 4.0, 0.8, 0.3),
    }  # fmt: skip
    return pd.DataFrame(columns)


def _themes(created: Ints, n: int, rng: np.random.Generator) -> Ints:
    """What tickets are about; over the years checkout loses a third of its work to what no strategy names."""
    drawn = np.searchsorted(np.cumsum(CHANCE)[:-1], rng.random(n)).astype(np.int64)
    late = (created - created[0]) / max(1, int(created[-1] - created[0])) / 3
    moves = (drawn == 0) & (rng.random(n) < late)
    return np.where(moves, THEMES.index("other"), drawn)


def _company(con: Connection, teams: int) -> None:
    """Trackers, people and what tickets are put into."""
    first = END - timedelta(days=YEARS * 365)
    con.execute(
        "INSERT INTO trackers BY NAME SELECT * FROM (VALUES ('jira', 'jira', 'made up', ?::TIMESTAMP), "
        "('linear', 'linear', 'made up', ?::TIMESTAMP)) AS t(name, kind, source, pulled)",
        [END.replace(tzinfo=None)] * 2,
    )
    for macro in MACROS:
        con.execute(macro)
    con.execute("CREATE TEMP TABLE team AS SELECT range AS no, range % 3 = 2 AS linear FROM range(?)", [teams])
    con.execute(
        "CREATE TEMP TABLE term AS SELECT range AS no, to_days(14 * range::INTEGER) "
        "+ time_bucket(INTERVAL 7 DAY, ?::TIMESTAMP, TIMESTAMP '2023-01-02') AS start FROM range(?)",
        [first.replace(tzinfo=None), YEARS * 365 // 14 + 2],
    )
    con.execute(
        "INSERT INTO people BY NAME SELECT pseudonym(range) AS id, '' AS team, false AS bot, "
        "CASE WHEN range // 8 % 3 = 2 THEN 'linear' ELSE 'jira' END AS tracker FROM range(?)",
        [teams * TEAM],
    )
    con.execute(CONTAINERS, [END.replace(tzinfo=None)])
    con.execute(
        "INSERT INTO relations (source, target, type) SELECT id, 'linear:initiative:' || split_part(id, ':', 5), 'part_of' "
        "FROM containers WHERE kind = 'project'"
    )
