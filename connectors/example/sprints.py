"""Fortnightly sprints and cycles: planned on the eve, rolled over at the end, grown by a tenth at most, but for one.

One is closed only when the next one runs: what was left of it comes over then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from connectors.example.days import WEEK
from connectors.example.roster import Team, Tracker
from connectors.example.tickets import Draft

FORTNIGHT = 2 * WEEK
PLANNED = 20
SWOLLEN, SWOLLEN_BY = "PAY Sprint 19", 12
LATE, CLOSED_LATE_BY = "WEB Sprint 18", 2.35
GRACE = 2.0
"""Working days after the start in which late planning is still planning; what swells the sprint comes after."""


@dataclass(frozen=True, slots=True)
class Sprint:
    """A Jira sprint or a Linear cycle, in working days; ``planned`` and ``added`` are draft numbers."""

    id: str
    name: str
    number: int
    team: str
    tracker: Tracker
    start: float
    end: float
    completed: float
    planned: tuple[int, ...] = ()
    added: tuple[int, ...] = ()


def plan(
    rng: Random, team: Team, drafts: list[Draft], lead: str, weeks: int, first_id: int, calm: bool = False
) -> list[Sprint]:
    """All sprints of a team, with their tickets' steps; the last one is still ahead and takes what rolls over."""
    done: list[Sprint] = []
    rolled: list[Draft] = []
    taken: set[int] = set()
    for at in range(weeks // 2 + 1):
        word = "Sprint" if team.tracker == "jira" else "Cycle"
        start = at * FORTNIGHT + 0.125
        sprint = Sprint(
            str(first_id + at), f"{team.key} {word} {at + 1}", at + 1, team.key, team.tracker, start,
            at * FORTNIGHT + 9.99, at * FORTNIGHT + 9.95,
        )  # fmt: skip
        if sprint.name == LATE and not calm:
            sprint = replace(sprint, completed=sprint.completed + CLOSED_LATE_BY)
        fresh = [draft for draft in drafts if start <= draft.started < start + FORTNIGHT and draft.number not in taken]
        planned = _plan(rng, sprint, fresh, PLANNED - len(rolled), lead)
        room = SWOLLEN_BY if sprint.name == SWOLLEN and not calm else rng.randint(0, (len(rolled) + len(planned)) // 10)
        added = _add(rng, sprint, [draft for draft in fresh if draft not in planned], room, lead)
        members = rolled + planned + added
        taken |= {draft.number for draft in members}
        done.append(
            replace(sprint, planned=tuple(d.number for d in rolled + planned), added=tuple(d.number for d in added))
        )
        rolled = _roll_over(sprint, members, lead)
    return done


def _plan(rng: Random, sprint: Sprint, fresh: list[Draft], room: int, lead: str) -> list[Draft]:
    ready = [draft for draft in fresh if draft.created < sprint.start - 0.1]
    planned = rng.sample(ready, max(0, min(room, len(ready))))
    for draft in planned:
        if sprint.start - draft.created < WEEK and rng.random() < 0.5:
            _at_creation(draft, sprint)
        else:
            _join(draft, max(draft.created + 0.01, sprint.start - rng.uniform(0.02, 0.5)), lead, sprint)
    return planned


def _add(rng: Random, sprint: Sprint, others: list[Draft], room: int, lead: str) -> list[Draft]:
    late = [draft for draft in others if sprint.start + GRACE + 0.3 < draft.started < sprint.end - 0.3]
    added = rng.sample(late, min(len(late), room))
    for draft in added:
        if draft.created > sprint.start + GRACE + 0.1 and rng.random() < 0.5:
            _at_creation(draft, sprint)
        else:
            _join(draft, max(draft.created + 0.005, draft.started - rng.uniform(0.01, 0.2)), lead, sprint)
    return added


def _at_creation(draft: Draft, sprint: Sprint) -> None:
    if sprint.tracker == "jira":
        draft.first["sprints"] = (sprint.id,)
    else:
        draft.first["cycle"] = sprint.id


def _join(draft: Draft, at: float, by: str | None, sprint: Sprint) -> None:
    if sprint.tracker == "jira":
        draft.step(at, by, "sprints", sprint.id, "add")
    else:
        draft.step(at, by, "cycle", sprint.id)


def _roll_over(sprint: Sprint, members: list[Draft], lead: str) -> list[Draft]:
    """What is not finished goes to the next sprint; Jira keeps both memberships, Linear only the last, by itself."""
    left = [draft for draft in members if draft.ended > sprint.completed]
    following = Sprint(str(int(sprint.id) + 1), "", 0, sprint.team, sprint.tracker, 0.0, 0.0, 0.0)
    for draft in left:
        _join(draft, sprint.completed, lead if sprint.tracker == "jira" else None, following)
    return left
