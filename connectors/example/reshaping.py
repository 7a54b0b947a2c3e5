"""How scope changes otherwise than by growing: swapped, split, taken from elsewhere, rewritten, put off, and closed late.

Each happens in a deliverable of its own, by a ticket or a few, so that none grows more than is usual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

from connectors.example.portfolio import Portfolio
from connectors.example.sprints import Sprint
from connectors.example.tickets import Draft
from connectors.example.words import title

SWAPPED_IN = "PAY Sprint 18"
SPLIT_IN, TAKEN_INTO, TAKEN_FROM = ("OPS", "easy-returns"), ("OPS", "fast-checkout"), ("OPS", "trusted-data")
REWRITTEN_IN = PUT_OFF = ("PAY", "fast-checkout")
"""The last period's epics, by team and intention; one is rewritten and put off."""

REWRITTEN = 3
TEXT = "Guests pay without an account.\n\nAcceptance criteria:\n* a guest can pay by card\n* a test covers it"
MORE = "\n* a guest can pay with a voucher\n* the old till shows the payment within a minute"
DUE, PUT_OFF_TO, PUT_OFF_BY = "38.4", "42.4", 28
"""As drafts write days; the end moves by so many days."""

Changed = dict[str, tuple[int, ...]]
"""Numbers of the drafts by event."""


def reshape(rng: Random, drafts: list[Draft], portfolio: Portfolio, made: Iterable[Sprint], since: float) -> Changed:
    """Plays all of it and adds the parts of what is split to the drafts."""

    def epic(where: tuple[str, str]) -> int:
        return portfolio.find(*where, 3)[0].number

    number = len(drafts) + 1
    sprint = next(sprint for sprint in made if sprint.name == SWAPPED_IN)
    changed = {
        "swapped": _swap(drafts, sprint),
        "pulled_in": _take(_planned(drafts, epic(TAKEN_INTO), since), epic(TAKEN_FROM), epic(TAKEN_INTO)),
        "rewritten": _rewrite(_planned(drafts, epic(REWRITTEN_IN), since)),
        "date_moved": _put_off(drafts[epic(PUT_OFF) - 1], since),
    }
    drafts += _split(rng, drafts, _planned(drafts, epic(SPLIT_IN), since), epic(SPLIT_IN))
    return changed | {"split": tuple(draft.number for draft in drafts[number - 1 :])}


def _planned(drafts: Iterable[Draft], epic: int, since: float) -> list[Draft]:
    """What was planned under the epic, stayed there and is worked on after ``since``, earliest first."""
    found = [
        d for d in drafts
        if d.first.get("parent") == epic and d.held and since + 3 < d.started and d.ended < since + 38
        and not any(step.field in ("parent", "team") for step in d.steps)
    ]  # fmt: skip
    return sorted(found, key=lambda d: d.started)


def _without(draft: Draft, field: str, when: Callable[[float], bool] = lambda at: True) -> None:
    draft.steps = [step for step in draft.steps if step.field != field or not when(step.at)]


def _swap(drafts: list[Draft], sprint: Sprint) -> tuple[int, ...]:
    """In the middle of a sprint one ticket gives its place to another of the same size: the one that came, then the one gone."""
    middle = sprint.start + 5.0
    stays = [drafts[n - 1] for n in sprint.planned if drafts[n - 1].ended < sprint.completed]
    out = max(stays, key=lambda d: d.started)
    able = [
        d for d in drafts
        if d.team == out.team and middle < d.started < sprint.end - 1 and "sprints" not in d.first
        and not any(step.field in ("sprints", "team") for step in d.steps)
    ]  # fmt: skip
    into = min(able, key=lambda d: d.started)
    at = into.started - 0.01
    for draft in (into, out):
        _without(draft, "estimate")
        draft.first["estimate"] = 3.0
    into.step(at, out.creator, "sprints", sprint.id, "add")
    out.step(at, out.creator, "sprints", sprint.id, "remove")
    return into.number, out.number


def _take(planned: list[Draft], source: int, target: int) -> tuple[int, ...]:
    """A ticket planned under another epic is taken in the day before it is started."""
    draft = planned[0]
    draft.first["parent"] = source
    draft.step(draft.started - 1.0, draft.creator, "parent", target)
    return (draft.number,)


def _rewrite(planned: list[Draft]) -> tuple[int, ...]:
    """Acceptance criteria grow while the work is being done."""
    able = [draft for draft in planned if draft.ended - draft.started > 2.0][:REWRITTEN]
    for draft in able:
        who, begun, ended = draft.held[0]
        _without(draft, "body")
        draft.first["body"] = TEXT
        draft.step(begun + 0.3 * (ended - begun), who, "body", TEXT + MORE)
    return tuple(draft.number for draft in able)


def _put_off(epic: Draft, since: float) -> tuple[int, ...]:
    epic.first["due"] = DUE
    epic.step(since + 15.0, epic.creator, "due", PUT_OFF_TO)
    return (epic.number,)


def _split(rng: Random, drafts: list[Draft], planned: list[Draft], epic: int) -> list[Draft]:
    """Eight points become three here and five in two new tickets of the same epic; nobody else there is estimated anew."""
    for draft in drafts:
        if draft.first.get("parent") == epic:
            _without(draft, "estimate", lambda at, start=draft.started: at > start - 5.0)  # type: ignore[misc]
    whole = planned[-1]
    at = whole.started - 1.5
    _without(whole, "estimate")
    whole.first["estimate"] = 8.0
    whole.step(at, whole.creator, "estimate", 3.0)
    parts = []
    for n, points in enumerate((3.0, 2.0), start=1):
        part = Draft(len(drafts) + n, whole.tracker, whole.team, "Story", whole.intent, at + n / 50, whole.creator)
        part.first |= {
            "title": title(rng, whole.intent), "body": "Split off.", "urgency": "Medium", "estimate": points, "parent": epic,
        }  # fmt: skip
        parts.append(part)
    return parts
