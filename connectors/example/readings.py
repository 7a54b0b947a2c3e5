"""Work that two priorities could claim: a little of it always, a third of all in the last weeks; and one thing under two names.

Which priority a ticket serves never changes: the second claim is that of a priority further down the strategy.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from connectors.example.portfolio import LABELS, PERIOD, PLANNING, Portfolio
from connectors.example.tickets import Draft, Value
from connectors.example.words import HOSTILE, ONBOARDING

ORDER = ("fast-checkout", "trusted-data", "easy-returns")
"""The priorities that can be taken for another, as the strategies of both halves of the year order them."""

USUAL, RECENT = 0.06, 0.6
"""Of the work on what can be taken for another, this share always carries two priorities' labels; and in the last weeks."""

MISPLACED = 3
"""Stories under the epic of each other priority, in each team with epics."""

OTHER_LABEL, OTHER_LABEL_TEAM = "checkout-speed", "APP"
"""One team comes to call the first priority something else; the strategy learns it."""

TWICE = (
    ("One page for the basket, the address and the receipt of an order", "easy-returns", "",),
    ("Tell a customer by e-mail what the refund of a voucher comes to", "fast-checkout", ""),
    ("Show the courier's position on the order page of the mobile shop", "trusted-data", "Order page: "),
    ("Compare the warehouse's counts with the ledger at the end of a day", "easy-returns", "Warehouse: "),
)  # fmt: skip
"""A title, a priority other than the one whose ticket has it first, and what the second ticket's title adds to it."""


def doubt(rng: Random, drafts: Iterable[Draft], share: float, order: tuple[str, ...], since: float = 0.0) -> None:
    """So much work that ends after ``since`` is labelled with its own priority and with one of those behind it."""
    for draft in drafts:
        behind = order[order.index(draft.intent) + 1 :] if draft.intent in order else ()
        if behind and draft.held and draft.ended >= since and rng.random() < share:
            _label(draft, LABELS[draft.intent], LABELS[rng.choice(behind)])


def doubt_more(rng: Random, drafts: Iterable[Draft], since: float) -> None:
    """The last weeks' share; onboarding, which is new, is named with others too."""
    doubt(rng, drafts, RECENT, (*ORDER, ONBOARDING), since)


def misplace(drafts: Iterable[Draft], portfolio: Portfolio, since: float) -> list[Draft]:
    """Labelled stories planned under the epic that their team has for another priority."""
    period = int(since // PERIOD)
    epics = {b.number: b for b in portfolio.buckets if b.number and b.start == period * PERIOD and b.intent in ORDER}
    placed: dict[tuple[str, str], int] = {}
    moved: list[Draft] = []
    for draft in drafts:
        bucket = epics.get(_number(draft.first.get("parent")))
        if bucket is None or draft.intent != bucket.intent or draft.started < since or _touched(draft, "parent"):
            continue
        others = [b for b in epics.values() if b.team == bucket.team and b.intent != bucket.intent]
        key = (bucket.team, bucket.intent)
        if others and bucket.start - PLANNING <= draft.created < bucket.start and placed.get(key, 0) < MISPLACED:
            other = others[placed.get(key, 0) % len(others)]
            placed[key] = placed.get(key, 0) + 1
            draft.first["parent"] = other.number
            _label(draft, LABELS[draft.intent])
            moved.append(draft)
    return moved


def call_twice(rng: Random, drafts: Iterable[Draft], since: float) -> None:
    """Titles that a ticket of another priority has too, or nearly."""
    free = [d for d in drafts if d.held and d.started >= since and d.first.get("title") not in HOSTILE]
    for title, other, more in TWICE:
        first = next(intent for intent in ORDER if intent != other)
        for intent, told in ((first, title), (other, f"{more}{title}")):
            draft = rng.choice([d for d in free if d.intent == intent])
            free.remove(draft)
            draft.first["title"] = told
            draft.steps = [step for step in draft.steps if step.field != "title"]


def rename_label(drafts: Iterable[Draft], since: float) -> None:
    """One team's work on the first priority carries a label of the team's own."""
    old = LABELS[ORDER[0]]
    for draft in drafts:
        if draft.team == OTHER_LABEL_TEAM and draft.intent == ORDER[0] and draft.held and draft.ended >= since:
            labels = draft.first.get("labels") or ()
            assert isinstance(labels, tuple)
            draft.first["labels"] = tuple(OTHER_LABEL if label == old else label for label in labels)
            late = [step for step in draft.steps if step.field == "labels" and step.value == old]
            draft.steps = [step for step in draft.steps if step not in late]
            for step in late:
                draft.step(step.at, step.by, "labels", OTHER_LABEL, step.how)


def _label(draft: Draft, *labels: str) -> None:
    held = draft.first.get("labels") or ()
    assert isinstance(held, tuple)
    draft.first["labels"] = (*held, *(label for label in labels if label not in held))


def _number(parent: Value) -> int:
    return parent if isinstance(parent, int) else 0


def _touched(draft: Draft, field: str) -> bool:
    return any(step.field == field for step in draft.steps)
