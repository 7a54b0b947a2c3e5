"""Tickets of a random company that chance alone seldom makes: work that is split in a sprint, and work carried into the next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from connectors.ticket import Container, Span, Ticket

DAY = timedelta(days=1)

Estimate = tuple[str | None, datetime | None, datetime | None]
Made = tuple[Ticket, list[Span]]


def plots(seed: int, containers: list[Container], begin: datetime, end: datetime) -> Iterator[Made]:
    """Up to four tickets, in a sprint or cycle that has a start and in the one after it."""
    rng = Random(f"{seed}:plots")
    boxes = [
        c for c in containers if c.kind in ("sprint", "cycle") and c.start is not None and c.start < end - 12 * DAY
    ]
    if not boxes or rng.random() < 0.3:
        return
    box = rng.choice(boxes)
    assert box.start is not None
    parent = rng.choice(["jira:404", f"{box.tracker}:0"])
    made, shrank = box.start + rng.choice([1, 6, 6, 9]) * DAY, box.start + 7 * DAY
    stays: list[tuple[datetime, list[Estimate], None]] = [
        (max(begin, box.start - 3 * DAY), [("3", None, shrank), (rng.choice(["1", "0.5", "3"]), shrank, None)], None)
    ]
    stays += [(made, [(rng.choice(["1", "2", "3", None]), None, None)], None)] * rng.choice([1, 1, 2])
    for n, (created, estimates, until) in enumerate(stays):
        yield _ticket(seed, n, box, created, end, [(box.id, created, until)], estimates, parent)
    others = [
        c
        for c in boxes
        if c.completed is not None and c.kind == box.kind and c.tracker == box.tracker and c.id != box.id
    ]
    for old in others[:1]:
        assert old.completed is not None and old.start is not None
        moved = old.completed + rng.choice([-2, -1, 0, 2, 3, 4]) * DAY
        created = min(old.start, moved) - DAY
        if created >= begin and moved < end:
            stay = [(old.id, created, rng.choice([None, moved])), (box.id, moved, None)]
            yield _ticket(seed, 8, box, created, end, stay, [("3", None, None)], None)


def _ticket(
    seed: int, n: int, box: Container, created: datetime, end: datetime,
    inside: list[tuple[str, datetime, datetime | None]],
    estimates: list[Estimate], parent: str | None,
) -> Made:  # fmt: skip
    ident = f"{box.tracker}:9{n}"
    kind = "linear" if box.kind == "cycle" else "jira"
    ticket = Ticket(
        id=ident, tracker=box.tracker, kind=kind, key=f"PLOT-{n}", url="", title="", body="", type="Story", level=0,  # type: ignore[arg-type]
        created=created, updated=end, history="full", aliases=(),
    )  # fmt: skip
    spans = [Span(ident, "phase", "doing", created, None), Span(ident, "type", "Story", created, None)]
    spans += [Span(ident, "parent", parent, created, None)] if parent else []
    spans += [Span(ident, box.kind, value, since, until) for value, since, until in inside]
    spans += [Span(ident, "estimate", value, since or created, until) for value, since, until in estimates]
    return ticket, spans
