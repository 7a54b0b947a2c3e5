"""The oracle's starts: what each ticket lacked on the day its work began."""

from __future__ import annotations

from datetime import date, datetime

from tests.analyzer.oracle import DAY, Then, monday
from tests.analyzer.oracle_links import links

FIELDS = {"owner": ("assignee",), "text": ("body",), "estimate": ("estimate",), "parent": ("parent", "project")}
ARRIVES = ("bug", "incident", "defect", "problem", "support", "service request", "vulnerability")

Lacks = dict[tuple[str, str], tuple[date, bool]]
"""By ticket and kind: the week of the start (its Monday), and whether it was missing."""


def first_start(then: Then, ticket: str) -> datetime | None:
    """When the ticket first went into progress, if its past is known."""
    if then.tickets[ticket].history == "none":
        return None
    return min((s.since for s in then.spans(ticket, "phase", "doing")), default=None)


def lacks(then: Then) -> Lacks:
    """Starts of tasks within the history at hand; upkeep and bugs are asked for an owner and a text only."""
    found: Lacks = {}
    for ticket in then.tickets:
        begun = first_start(then, ticket)
        if begun is None or then.level(ticket) != 0 or monday(then.day(begun)) < then.history[0]:
            continue
        until = then.begins(then.day(begun) + DAY)
        for kind, names in FIELDS.items():
            if kind in ("estimate", "parent") and _upkeep(then, ticket, monday(then.day(begun))):
                continue
            had = any(
                s.value is not None and s.since < until and (s.until is None or s.until > begun)
                for name in names
                if name != "project" or then.tickets[ticket].kind == "linear"
                for s in then.spans(ticket, name)
            )
            found[ticket, kind] = (monday(then.day(begun)), not had)
    return found


def _upkeep(then: Then, ticket: str, week: date) -> bool:
    kind = then.value(ticket, "type") or then.tickets[ticket].type
    if kind.lower() in ARRIVES:
        return True
    # the week that still runs has no strategy of its own yet
    regime = then.regime(week) if week <= then.last_week else None
    return regime is not None and any(x.kind == "upkeep" for x in links(then, regime).get(ticket, ()))
