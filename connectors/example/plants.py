"""What goes wrong in the last weeks beside the drift: alarm, hurry, juggling, obstacles, second thoughts and bare starts.

Each is played on what is already settled, with dice of its own, so that nothing else of the company moves. Tickets that come
in addition serve what their person works on anyway, and hang under nothing: shares and scopes stay what they were.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from connectors.example.portfolio import LABELS
from connectors.example.tickets import Draft
from connectors.example.words import ONBOARDING, PARKED, UNLINKED, UPKEEP, title

ALARMED = 0.4
"""Of the new tickets that would have been made at the middle urgency, this share is made at a high one."""

BARE = 0.45
"""Of the work started, this share loses its description."""

HURRIED = 140
JUGGLING, BLOCKED, RETHINKING = "APP", "OPS", "WEB"
"""Teams: who has twice as much in progress, whose work stands still, who sends work back."""


def raise_alarm(rng: Random, drafts: Iterable[Draft], since: float) -> None:
    """More and more is made urgent, whatever its type."""
    for draft in drafts:
        if draft.created >= since and draft.first.get("urgency") == "Medium" and rng.random() < ALARMED:
            draft.first["urgency"] = "High"


def start_bare(rng: Random, drafts: Iterable[Draft], since: float) -> None:
    """Work is started before anyone wrote down what it is."""
    for draft in drafts:
        if draft.held and draft.started >= since and rng.random() < BARE:
            draft.first["body"] = None
            draft.steps = [step for step in draft.steps if step.field != "body"]


def block(drafts: Iterable[Draft], since: float) -> None:
    """Nearly all the work of one team stands flagged for most of its time."""
    for draft in drafts:
        if draft.team == BLOCKED and draft.held and draft.started >= since:
            who, begun, ended = draft.held[0]
            draft.steps = [step for step in draft.steps if step.field != "flagged"]
            draft.step(begun + 0.05 * (ended - begun), who, "flagged", "Impediment")
            draft.step(begun + 0.95 * (ended - begun), who, "flagged", None)


def think_again(drafts: Iterable[Draft], since: float) -> None:
    """One team shows its work early and takes it back twice."""
    for draft in drafts:
        if draft.team == RETHINKING and draft.held and draft.started >= since:
            who, begun, ended = draft.held[0]
            for at, status in ((0.30, "review"), (0.33, "doing"), (0.50, "review"), (0.53, "doing")):
                draft.step(begun + at * (ended - begun), who, "status", status)


def juggle(rng: Random, drafts: list[Draft], since: float, number: int) -> list[Draft]:
    """Whoever works on a ticket in one team has a second one of the same kind open beside it."""
    made: list[Draft] = []
    for draft in _ordinary(drafts, since):
        if draft.team == JUGGLING:
            twin = _beside(rng, number + len(made), draft, draft.started + 0.05, draft.held[0][2])
            twin.first |= {"body": f"The other half of the {draft.intent} work.", "estimate": rng.choice((2.0, 3.0))}
            made.append(twin)
    return made


def hurry(rng: Random, drafts: list[Draft], since: float, number: int) -> list[Draft]:
    """Small tickets, made and finished within hours, whose text is written afterwards."""
    able = list(_ordinary(drafts, since))
    made: list[Draft] = []
    for draft in sorted(rng.sample(able, min(HURRIED, len(able))), key=lambda d: d.number):
        start = draft.started + rng.uniform(0.1, 0.4)
        twin = _beside(rng, number + len(made), draft, start, start + rng.uniform(0.1, 0.3))
        twin.first |= {"body": None, "estimate": rng.choice((3.0, 5.0))}
        twin.step(twin.ended + 1.0, draft.held[0][0], "body", "Written down afterwards.")
        made.append(twin)
    return made


def _ordinary(drafts: list[Draft], since: float) -> Iterable[Draft]:
    for draft in drafts:
        moved = any(step.field == "team" for step in draft.steps)
        if draft.held and draft.started >= since and draft.intent not in (PARKED, ONBOARDING) and not moved:
            yield draft


def _beside(rng: Random, number: int, draft: Draft, start: float, end: float) -> Draft:
    """A ticket of the same person that serves the same, tied by what it says of itself and hung under nothing."""
    who = draft.held[0][0]
    twin = Draft(number, draft.tracker, draft.team, "Task", draft.intent, start - rng.uniform(0.02, 0.1), who)
    twin.first |= {"title": title(rng, draft.intent), "urgency": "Medium"}
    if draft.intent == UPKEEP and draft.tracker == "jira":
        twin.kind = "Bug"
    elif draft.intent != UNLINKED:
        twin.first["labels"] = ("Bug" if draft.intent == UPKEEP else LABELS[draft.intent],)
    twin.step(start, who, "assignee", who)
    twin.step(start, who, "status", "doing")
    twin.step(end, who, "status", "done")
    twin.step(end, who, "resolution", "Done")
    twin.held.append((who, start, end))
    return twin
