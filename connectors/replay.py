"""Turns a change log and today's value into the values a field had, back to the ticket's creation.

Trackers log changes but not what was there at creation. Read from the newest entry backwards, the log tells it: the
value before the first logged change is that entry's ``before``; where nothing was logged it is today's value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from connectors.ticket import Span

Piece = tuple[str | None, datetime, datetime | None]
"""Value, since, until (``None`` = still)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One logged change of a single-valued field."""

    at: datetime
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class SetStep:
    """One logged change of a set-valued field: what left and what came. ``whole`` gives the full set before and after."""

    at: datetime
    removed: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()
    whole: tuple[frozenset[str], frozenset[str]] | None = None


def single(created: datetime, steps: Sequence[Step], current: str | None, updated: datetime) -> tuple[list[Piece], int]:
    """Pieces that tile ``[created, now)`` and how often log and present contradict each other.

    ``steps`` are in log order. Where the log's last value is not today's, today's value wins from ``updated`` on
    (the latest moment at which the unlogged change can have happened). Nothing ever set gives no pieces.
    """
    if not steps:
        return ([(current, created, None)], 0) if current is not None else ([], 0)
    contradictions = sum(a.after != b.before for a, b in pairwise(steps))
    points = [(created, steps[0].before)] + [(max(s.at, created), s.after) for s in steps]
    if steps[-1].after != current:
        contradictions += 1
        points.append((max(updated, points[-1][0]), current))
    pieces = _join(points)
    return (pieces if any(v is not None for v, _, _ in pieces) else []), contradictions


def _join(points: Iterable[tuple[datetime, str | None]]) -> list[Piece]:
    """Pieces between points; of several points at one instant the last one counts, equal neighbours are one piece."""
    kept: list[tuple[datetime, str | None]] = []
    for at, value in points:
        if kept and kept[-1][0] == at:
            kept.pop()
        if not kept or kept[-1][1] != value:
            kept.append((at, value))
    ends = [at for at, _ in kept[1:]] + [None]
    return [(value, at, end) for (at, value), end in zip(kept, ends, strict=True)]


def several(
    created: datetime, steps: Sequence[SetStep], current: Iterable[str], updated: datetime
) -> tuple[list[Piece], int]:
    """Overlapping pieces, one for each value and stay; and how often log and present contradict each other."""
    now = frozenset(current)
    state, contradictions = now, 0
    for step in reversed(steps):
        if step.whole is not None:
            contradictions += state != step.whole[1]
            state = step.whole[0]
        else:
            contradictions += not step.added <= state
            state = (state - step.added) | step.removed
    points = [(created, state)]
    for step in steps:
        state = step.whole[1] if step.whole is not None else (state - step.removed) | step.added
        points.append((max(step.at, created), state))
    if state != now:
        points.append((max(updated, points[-1][0]), now))
    return _stays(points), contradictions


def _stays(points: Sequence[tuple[datetime, frozenset[str]]]) -> list[Piece]:
    pieces: list[Piece] = []
    here: dict[str, datetime] = {}
    for at, state in points:
        for value in sorted(here.keys() - state):
            since = here.pop(value)
            if since < at:
                pieces.append((value, since, at))
        for value in sorted(state - here.keys()):
            here[value] = at
    pieces += [(value, since, None) for value, since in sorted(here.items())]
    return _heal(pieces)


def _heal(pieces: list[Piece]) -> list[Piece]:
    """A value that left and came back at the same instant never left."""
    merged: list[Piece] = []
    for value, since, until in sorted(pieces, key=lambda p: (p[0] or "", p[1])):
        if merged and merged[-1][0] == value and merged[-1][2] == since:
            merged[-1] = (value, merged[-1][1], until)
        else:
            merged.append((value, since, until))
    return merged


def combine(
    created: datetime, tracks: Sequence[Sequence[Piece]], join: Callable[[tuple[str | None, ...]], str | None]
) -> list[Piece]:
    """One track out of several tiling ones: ``join`` is asked at every boundary of any of them."""
    moments = sorted({created, *(since for track in tracks for _, since, _ in track)})
    points = [(at, join(tuple(_value_at(track, at) for track in tracks))) for at in moments]
    pieces = _join(points)
    return pieces if any(v is not None for v, _, _ in pieces) else []


def _value_at(track: Sequence[Piece], at: datetime) -> str | None:
    for value, since, until in reversed(track):
        if since <= at and (until is None or at < until):
            return value
    return None


def first_given(values: tuple[str | None, ...]) -> str | None:
    """The first value that is there: how several fields for one concept are read as one."""
    return next((v for v in values if v is not None), None)


def without_history(spans: Iterable[Span], updated: datetime, phase_since: datetime) -> list[Span]:
    """Today's values of a ticket whose past is not known: known only from its last update on.

    Its phase is known from ``phase_since``, the moment the source states for it (resolved, started, created).
    """
    return [replace(s, since=phase_since if s.field == "phase" else updated) for s in spans if s.until is None]
