"""Links, effort, allocation, scope, focus, churn and starts of the SQL agree with plain Python on random small companies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer import churn, focus, mixes, scope, starts
from analyzer.board import Board
from analyzer.effort import UNIT
from analyzer.mapping import WHOLE
from analyzer.regimes import Regime
from analyzer.store import Connection, Store
from tests.analyzer import oracle_churn, oracle_effort, oracle_focus, oracle_links, oracle_scope, oracle_starts
from tests.analyzer.companies import PLACES, board, company, save
from tests.analyzer.oracle import Then
from tests.soak import times

COMPANIES = times(80, 3)
"""In each half, of 80 with `make soak`; the halves are two tests so that two processes can share them."""
CLOSE = 1e-9
WEEK_0 = date(1969, 12, 29)

AWKWARD = (
    *{zone for zone, _ in PLACES}, "two trackers", "two strategies", "circle", "chain of 3", "chain of 4", "chain of 5",
    "re-parented", "reopened", "two labels", "decision", "reached down", "rule", "container", "ancestor", "2 targets", "3 targets",
    "priority", "upkeep", "parked", "none", "days", "count", "points", "scattered", "several at once",
    *(f"{event} {kind}" for kind in ("sprint", "cycle", "version", "milestone", "project", "initiative", "epic")
      for event in ("planned", "added", "pulled_in", "removed") if (event, kind) != ("pulled_in", "milestone")),
    "scope carried", "scope split", "scope re_estimated", "scope swapped", "scope rewritten", "scope date_moved",
    "counted", "carried", "machine", "groomed", "re-prioritised", "reassigned", "re-parented", "carried over", "moved on",
    "sent back", *(f"{has} {kind}" for has in ("lacks", "has") for kind in ("owner", "text", "estimate", "parent")),
)  # fmt: skip
"""What must be among the companies that the oracle is asked about."""

LINKS = """
SELECT l.regime, t.id, l.target, l.kind, l.weight, l.via, s.id, l.rule - f.first
FROM link l JOIN ticket_then t ON t.no = l.ticket JOIN ticket_then s ON s.no = l.source
LEFT JOIN (SELECT regime, min(rule) AS first FROM rule_of GROUP BY regime) f ON f.regime = l.regime
"""
EFFORT = "SELECT e.basis, t.id, e.week, sum(e.units) FROM effort e JOIN ticket_then t ON t.no = e.ticket GROUP BY ALL"
ALLOCATION = """
SELECT basis, week, regime, in_force, target, kind, team, sum(units) FROM share_of
GROUP BY basis, week, regime, in_force, target, kind, team
"""
EVENTS = """
SELECT e.container, e.kind, t.id, e.event, e.moment, round(e.amount, 6), e.origin
FROM scope_event e LEFT JOIN ticket_then t ON t.no = e.ticket
"""
CHURN = "SELECT t.id, e.kind, e.moment, e.fate FROM churn_event e JOIN ticket_then t ON t.no = e.ticket"
LACKS = "SELECT t.id, l.kind, l.week, l.lacks FROM start_lack l JOIN ticket_then t ON t.no = l.ticket"


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """One store for all companies: making a file for each costs more than all the rest."""
    path: Path = tmp_path_factory.mktemp("oracle") / "store.duckdb"
    with Store(path).writing() as opened:
        yield opened
        opened.execute("ROLLBACK")  # nobody reads it again, and keeping it takes seconds
        opened.execute("BEGIN")


@pytest.mark.parametrize("half", [0, 1])
@settings(
    max_examples=COMPANIES, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(seed=st.integers(0, 2**40), tickets=st.integers(1, 25))
def test_the_oracle_agrees(con: Connection, half: int, seed: int, tickets: int) -> None:
    made = company(2 * seed + half, tickets)
    save(con, made)
    found, then = board(con, made), Then(made)
    _same_links(found, then)
    _same_effort(found, then)
    _same_allocation(found, then)
    _same_scope(found, then)
    _same_focus(found, then)
    _same_churn(found, then)
    _same_starts(found, then)


def test_the_companies_are_awkward() -> None:
    """Otherwise the oracle would agree about nothing. Counted by the oracle alone, on 150 companies."""
    seen: Counter[str] = Counter()
    for seed in range(150):
        then = Then(company(seed, 1 + (seed * 7) % 25))
        seen.update(_awkward(then))
    assert not {what: seen[what] for what in AWKWARD if seen[what] < 2}


def _awkward(then: Then) -> Iterator[str]:
    made = then.company
    yield made.time_zone
    yield from (["two trackers"] if len({t.tracker for t in made.tickets}) > 1 else [])
    yield from (["two strategies"] if len({then.regime(w) for w in then.window} - {None}) > 1 else [])
    for ticket in then.tickets:
        above = list(then.ancestors(ticket))
        yield from (["circle"] if ticket in above else [f"chain of {min(len(above), 5)}"])
        yield from (["re-parented"] if len(then.spans(ticket, "parent")) > 1 else [])
        yield from (["reopened"] if len(oracle_effort.finishes(then, ticket)) > 1 else [])
        yield from (["two labels"] if len(then.held(ticket, "label")) > 1 else [])
    for regime in {then.regime(w) for w in then.history} - {None}:
        assert regime is not None
        for ticket, links in oracle_links.links(then, regime).items():
            yield from (x.via for x in links)
            yield from ("reached down" for x in links if x.via == "decision" and x.source != ticket)
            yield from ({f"{n} targets" for n in [len(links)]} | {x.kind for x in links})
    yield from (basis for basis, _, _ in oracle_effort.effort(then))
    for e in oracle_scope.events(then):
        yield from (f"scope {e.event}", f"{e.event} {e.kind}")
    yield from ("scattered" for number in oracle_focus.scatter(then).values() if number > 1.5)
    yield from ("several at once" for held, days in oracle_focus.in_progress(then).values() if held > days)
    yield from (word for t in oracle_churn.turns(then) for word in (t.kind, t.fate))
    yield from (f"{'lacks' if lacks else 'has'} {kind}" for (_, kind), (_, lacks) in oracle_starts.lacks(then).items())


def _same_links(found: Board, then: Then) -> None:
    wanted: dict[tuple[Any, ...], float] = {}
    for regime in found.distinct_regimes:
        judged = then.regime(_monday(regime.first_week))
        assert judged is not None
        assert _name(regime) == _name(judged)
        for ticket, links in oracle_links.links(then, judged).items():
            assert sum(x.weight for x in links) == 1
            wanted |= {(regime.no, ticket, x.target, x.kind, x.via, x.source, x.rule): float(x.weight) for x in links}
    rows = found.con.execute(LINKS).fetchall()
    given_ = {
        (no, ticket, target, kind, via, source, rule): w / WHOLE
        for no, ticket, target, kind, w, via, source, rule in rows
    }
    assert len(given_) == len(rows), "a link is there twice"
    _agree(given_, wanted)


def _same_effort(found: Board, then: Then) -> None:
    rows = found.con.execute(EFFORT).fetchall()
    given_ = {(basis, ticket, _monday(week)): units / UNIT for basis, ticket, week, units in rows}
    wanted = {key: float(units) for key, units in oracle_effort.effort(then).items()}
    _agree(given_, wanted)


def _same_allocation(found: Board, then: Then) -> None:
    regimes = {r.no: _name(r) for r in found.distinct_regimes}
    for week, regime in found.regimes.items():
        judged = then.regime(_monday(week))
        assert (regime and _name(regime)) == (judged and _name(judged))
    rows = found.con.execute(ALLOCATION).fetchall()
    given_ = {
        (basis, _monday(week), regimes[no], in_force, target, kind, team): units / UNIT
        for basis, week, no, in_force, target, kind, team, units in rows
    }
    wanted = {
        (basis, week, _name(regime), in_force, target, kind, team): float(units)
        for (basis, week, regime, in_force, target, kind, team), units in oracle_effort.allocation(then).items()
    }
    _agree(given_, wanted)


def _same_scope(found: Board, then: Then) -> None:
    scope.lay_out(found)
    rows = found.con.execute(EVENTS).fetchall()
    given_ = {
        oracle_scope.Event(c, kind, ticket, event, _aware(at), *rest) for c, kind, ticket, event, at, *rest in rows
    }
    assert len(given_) == len(rows), "an event is there twice"
    _agree(dict.fromkeys(given_, 1.0), dict.fromkeys(oracle_scope.events(then), 1.0))


def _same_focus(found: Board, then: Then) -> None:
    """e^entropy of each team over the window, and tickets held and person-days of each team and week."""
    company = mixes.company(found)
    numbers = mixes.effective_number(company.now.shares).tolist() if company else []
    units = company.now.units.tolist() if company else []
    teams = company.teams if company else ()
    _agree({t: n for t, n, u in zip(teams, numbers, units, strict=True) if u > 0}, oracle_focus.scatter(then))
    wip = {
        (team, _monday(week), what): side[week]
        for team, sides in focus.in_progress(found).items()
        for what, side in zip(("held", "days"), sides, strict=True)
        for week in side
    }
    wanted: dict[Any, float] = {}
    for (team, week), (held, days) in oracle_focus.in_progress(then).items():
        wanted |= {(team, week, "held"): float(held), (team, week, "days"): float(days)}
    _agree(wip, wanted)


def _same_churn(found: Board, then: Then) -> None:
    found.once(churn.lay_out)
    rows = found.con.execute(CHURN).fetchall()
    given_ = {oracle_churn.Turn(ticket, kind, _aware(at), fate) for ticket, kind, at, fate in rows}
    assert len(given_) == len(rows), "a change of mind is there twice"
    _agree(dict.fromkeys(given_, 1.0), dict.fromkeys(oracle_churn.turns(then), 1.0))


def _same_starts(found: Board, then: Then) -> None:
    found.once(starts.lay_out_lacks)
    rows = found.con.execute(LACKS).fetchall()
    given_ = {(ticket, kind, _monday(week), bool(lacks)): 1.0 for ticket, kind, week, lacks in rows}
    assert len(given_) == len(rows), "a start is there twice"
    wanted = {
        (ticket, kind, week, missing): 1.0 for (ticket, kind), (week, missing) in oracle_starts.lacks(then).items()
    }
    _agree(given_, wanted)


def _agree(given_: dict[Any, float], wanted: dict[Any, float]) -> None:
    """Every number is the oracle's to 1e-9; what one side does not have is 0 there."""
    keys = [*wanted, *(given_.keys() - wanted.keys())]
    pairs = {key: (given_.get(key, 0.0), wanted.get(key, 0.0)) for key in keys}
    apart = {key: f"SQL {a}, oracle {b}" for key, (a, b) in pairs.items() if abs(a - b) > CLOSE}
    assert not apart, "\n".join(f"{key}: {what}" for key, what in apart.items())


def _name(regime: Any) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A regime by what it says, whoever made it."""
    name = regime.strategy.strategy if isinstance(regime, Regime) else regime.strategy
    return name, tuple((t.id, t.kind) for t in regime.targets)


def _monday(week: int) -> date:
    return WEEK_0 + timedelta(weeks=week)


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
