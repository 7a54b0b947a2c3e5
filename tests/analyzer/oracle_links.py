"""The oracle's links: a decision on it or reaching down to it, the rules, a decided container, the nearest linked ancestor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from analyzer.strategy import Rule
from tests.analyzer.oracle import Decision, Regime, Then, same

CONTAINERS = ("project", "version", "sprint", "cycle", "milestone")
NOTHING = ""


@dataclass(frozen=True)
class Link:
    """``target`` is empty where a person decided that the ticket serves nothing.

    ``rule`` is its place among all rules of the regime, from 0; ``source`` the ticket that was decided or matched.
    """

    target: str
    kind: str
    weight: Fraction
    via: str
    source: str
    rule: int | None = None


def links(then: Then, regime: Regime) -> dict[str, frozenset[Link]]:
    """The links of every linked ticket under one regime; the weights of each ticket add up to 1."""
    own = {ticket: _own(then, regime, ticket) for ticket in then.tickets}
    found: dict[str, frozenset[Link]] = {}
    for ticket in then.tickets:
        linked = next((t for t in (ticket, *then.ancestors(ticket)) if own[t]), None)
        if linked == ticket:
            found[ticket] = frozenset(own[ticket])
        elif linked is not None:
            found[ticket] = frozenset(Link(x.target, x.kind, x.weight, "ancestor", linked, x.rule) for x in own[linked])
    return found


def _own(then: Then, regime: Regime, ticket: str) -> list[Link]:
    """What speaks for the ticket itself: the first that does."""
    if parts := decided(then, regime, ticket):
        return [Link(t, regime.kind(t) or "none", weight, "decision", ticket) for t, weight in parts.items()]
    for above in then.ancestors(ticket):
        if parts := decided(then, regime, above):
            if not last_word(then, above)[0].below:
                break  # a nearer decision on that ticket alone: rules go first again
            return [Link(t, regime.kind(t) or "none", weight, "decision", above) for t, weight in parts.items()]
    place = 0
    for claimed in regime.targets:
        for rule in claimed.rules:
            if matches(then, ticket, rule):
                return [Link(claimed.id, claimed.kind, Fraction(1), "rule", ticket, place)]
            place += 1
    for container in inside(then, ticket):
        if parts := decided(then, regime, container):
            return [Link(t, regime.kind(t) or "none", weight, "container", ticket) for t, weight in parts.items()]
    return []


def decided(then: Then, regime: Regime, target: str) -> dict[str, Fraction]:
    """What the last decision on a ticket or container says under a regime; empty where it says nothing.

    It speaks where the strategy knows one of its priorities, or where it was *nothing*. A part that went to a priority
    this strategy does not know serves nothing here: weights add up to 1 under every strategy.
    """
    last = last_word(then, target)
    if not any(d.priority is None or regime.kind(d.priority) for d in last):
        return {}
    parts: dict[str, Fraction] = {}
    for d in last:
        serves = d.priority if d.priority is not None and regime.kind(d.priority) else NOTHING
        parts[serves] = parts.get(serves, Fraction(0)) + Fraction(d.weight, 1_000_000)
    return parts


def last_word(then: Then, target: str) -> list[Decision]:
    """The parts of the last act on it that was not taken back."""
    known = [d for d in then.company.decisions if d.target == target and d.moment <= then.as_of and not d.rejects]
    known = [d for d in known if d.undone is None or d.undone > then.as_of]
    return [d for d in known if (d.moment, d.act or 0) == max((k.moment, k.act or 0) for k in known)]


def inside(then: Then, ticket: str) -> list[str]:
    """The containers the ticket is in, nearest first: its own, then what they are part of; those equally near by id."""
    steps: dict[str, int] = {}
    for direct in [c for name in CONTAINERS for c in then.held(ticket, name)]:
        for container, away in {direct: 0, **then.wholes(direct)}.items():
            steps[container] = min(steps.get(container, away), away)
    return sorted(steps, key=lambda c: (steps[c], c))


def matches(then: Then, ticket: str, rule: Rule) -> bool:
    """A rule matches when every condition holds; a condition holds when one of its values does."""
    return all(any(_holds(then, ticket, name, v) for v in values) for name, values in rule.conditions().items())


def _holds(then: Then, ticket: str, condition: str, wanted: str) -> bool:
    known = then.tickets[ticket]
    if condition == "tracker":  # its name in the settings; the product's name where no tracker took it
        names = {t.tracker for t in then.tickets.values()}
        return same(wanted, {known.tracker}) or (known.kind not in names and same(wanted, {known.kind}))
    if condition == "key":
        return same(wanted, {known.key})
    if condition == "epic":
        return same(wanted, {then.tickets[t].key for t in (ticket, *then.ancestors(ticket))})
    if condition == "type":
        return same(wanted, {then.value(ticket, "type") or known.type})
    if condition == "team":
        own = then.value(ticket, "team")
        return same(wanted, {then.team(ticket), *([own] if own else [])})
    if condition == "title":
        return re.search(wanted, then.value(ticket, "title") or "") is not None
    if condition in CONTAINERS:
        return any(same(wanted, then.names(c)) for c in then.held(ticket, condition))
    if condition == "initiative":
        around = [then.containers[c] for c in inside(then, ticket) if c in then.containers]
        return any(c.kind == "initiative" and same(wanted, then.names(c.id)) for c in around)
    return same(wanted, set(then.held(ticket, condition)))  # label, component, custom fields
