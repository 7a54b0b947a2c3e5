"""Reading a change log backwards gives back what was there; where the log contradicts itself, the present wins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.replay import Piece, SetStep, Step, combine, first_given, several, single

CREATED = datetime(2026, 3, 1, tzinfo=UTC)
VALUES = (None, "a", "b", "c")
proved = settings(max_examples=300, derandomize=True, deadline=None, database=None)


def at(minute: int) -> datetime:
    return CREATED + timedelta(minutes=minute)


UPDATED = at(1000)

minutes = st.lists(st.integers(0, 12), max_size=8).map(sorted)
"""Few different ones, so that changes fall together, and on the moment of creation."""


@st.composite
def lines(draw: st.DrawFn) -> list[tuple[int, str | None]]:
    """A true line of values: (minute, value from then on), first at creation; the last of one minute counts."""
    changes = draw(minutes)
    return [(0, draw(st.sampled_from(VALUES))), *((m, draw(st.sampled_from(VALUES))) for m in changes)]


def steps_of(line: Sequence[tuple[int, str | None]]) -> list[Step]:
    """The log of a line. The value at creation is nowhere in it but as the ``before`` of the first change."""
    return [Step(at(m), before, after) for (_, before), (m, after) in pairwise(line)]


@proved
@given(lines())
def test_a_replayed_line_is_the_true_one(line: list[tuple[int, str | None]]) -> None:
    """
    log    09:02 a → b · 09:05 b → nothing
    truth  a from creation, b from 09:02, nothing from 09:05
    """
    pieces, contradictions = single(CREATED, steps_of(line), line[-1][1], UPDATED)
    assert contradictions == 0
    truth = [[value for m, value in line if m <= minute][-1] for minute in range(14)]
    assert [value_at(pieces, at(minute)) for minute in range(14)] == truth
    assert bool(pieces) == any(value is not None for value in truth)
    if pieces:
        assert_tiles(pieces, CREATED)


@proved
@given(
    st.lists(st.tuples(st.integers(-3, 12), st.sampled_from(VALUES), st.sampled_from(VALUES)), max_size=8),
    st.sampled_from(VALUES), st.integers(-5, 20),
)  # fmt: skip
def test_a_log_that_contradicts_itself_still_tiles(
    rows: list[tuple[int, str | None, str | None]], current: str | None, updated: int
) -> None:
    steps = [Step(at(m), before, after) for m, before, after in sorted(rows, key=lambda r: r[0])]
    pieces, contradictions = single(CREATED, steps, current, at(updated))
    broken = sum(a.after != b.before for a, b in pairwise(steps)) + (bool(steps) and steps[-1].after != current)
    assert contradictions == broken
    if pieces:
        assert_tiles(pieces, CREATED)
        assert pieces[-1][0] == current
    else:
        assert current is None


@st.composite
def crowds(draw: st.DrawFn) -> list[tuple[int, frozenset[str]]]:
    """A true line of sets: (minute, what is in from then on), first at creation."""
    some = st.frozensets(st.sampled_from("abc"))
    return [(0, draw(some)), *((m, draw(some)) for m in draw(minutes))]


@proved
@given(crowds(), st.booleans())
def test_replayed_sets_are_the_true_ones(line: list[tuple[int, frozenset[str]]], logs_whole: bool) -> None:
    """
    log    09:02 +b · 09:05 -a        or        09:02 a → a b · 09:05 a b → b
    truth  a from creation until 09:05, b from 09:02 on
    """
    steps = [
        SetStep(at(m), whole=(before, after)) if logs_whole else SetStep(at(m), before - after, after - before)
        for (_, before), (m, after) in pairwise(line)
    ]
    pieces, contradictions = several(CREATED, steps, line[-1][1], UPDATED)
    assert contradictions == 0
    assert_never_twice(pieces)
    for minute in range(14):
        inside = {v for v, since, until in pieces if since <= at(minute) and (until is None or at(minute) < until)}
        assert inside == [values for m, values in line if m <= minute][-1]


@proved
@given(
    st.lists(st.tuples(st.integers(-3, 12), *[st.frozensets(st.sampled_from("abc"))] * 2, st.booleans()), max_size=8),
    st.frozensets(st.sampled_from("abcd")), st.integers(-5, 20),
)  # fmt: skip
def test_a_contradictory_log_of_a_set_ends_at_the_present(
    rows: list[tuple[int, frozenset[str], frozenset[str], bool]], current: frozenset[str], updated: int
) -> None:
    steps = [
        SetStep(at(m), whole=(left, came)) if whole else SetStep(at(m), left, came)
        for m, left, came, whole in sorted(rows, key=lambda r: r[0])
    ]
    pieces, _ = several(CREATED, steps, current, at(updated))
    assert_never_twice(pieces)
    assert all(since >= CREATED for _, since, _ in pieces)
    assert {value for value, _, until in pieces if until is None} == current


@proved
@given(st.lists(lines(), min_size=1, max_size=3))
def test_fields_for_one_concept_are_read_as_one(several_lines: list[list[tuple[int, str | None]]]) -> None:
    tracks = [single(CREATED, steps_of(line), line[-1][1], UPDATED)[0] for line in several_lines]
    pieces = combine(CREATED, tracks, first_given)
    if pieces:
        assert_tiles(pieces, CREATED)
    for minute in range(14):
        values = [[v for m, v in line if m <= minute][-1] for line in several_lines]
        assert value_at(pieces, at(minute)) == next((v for v in values if v is not None), None)


def value_at(pieces: Sequence[Piece], moment: datetime) -> str | None:
    """The one value at a moment; nothing where nothing was ever set."""
    found = [v for v, since, until in pieces if since <= moment and (until is None or moment < until)]
    assert len(found) <= 1
    return found[0] if found else None


def assert_tiles(pieces: Sequence[Piece], created: datetime) -> None:
    """From creation to now, without gap or overlap, no piece empty, no neighbours alike."""
    assert pieces[0][1] == created
    assert pieces[-1][2] is None
    for (value, since, until), (following, begins, _) in pairwise(pieces):
        assert until == begins
        assert until is not None and since < until
        assert value != following


def assert_never_twice(pieces: Sequence[Piece]) -> None:
    """A value may come and go, but is not there twice at once."""
    for value in {v for v, _, _ in pieces}:
        stays = sorted((since, until or datetime.max.replace(tzinfo=UTC)) for v, since, until in pieces if v == value)
        assert all(since < until for since, until in stays)
        assert all(until < following for (_, until), (following, _) in pairwise(stays))
