"""The honest disorder of real trackers: edits, moves, reopenings, robots, an import, archives and titles that bite."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from connectors.example.portfolio import Portfolio
from connectors.example.roster import AUTOMATION, IMPORTER
from connectors.example.tickets import Draft
from connectors.example.words import HOSTILE, ONBOARDING, PARKED, UNLINKED, UPKEEP, body, title
from connectors.example.work import reopen

URGENCIES = ("Highest", "High", "Medium", "Low", "Lowest")
POINTS = (1.0, 2.0, 3.0, 5.0, 8.0)

IMPORT_WEEK, IMPORTED, IMPORT_TEAM, IMPORT_INTENT = 30, 320, "OPS", "imported"

MOVES = (("WEB", "PAY", 15), ("APP", "ONB", 10))
"""From which team, to which, and how many tickets."""


@dataclass(frozen=True, slots=True)
class Link:
    """``source`` blocks, duplicates or relates to ``target``; both are draft numbers of one tracker."""

    type: str
    source: int
    target: int
    at: float


def describe(rng: Random, draft: Draft) -> None:
    """Words, urgency, estimate and due date as they stand at creation, and how they change."""
    draft.first["title"] = title(rng, draft.intent)
    draft.first["body"] = body(rng, draft.intent)
    urgency = rng.choices(range(5), (3, 20, 60, 12, 5))[0]
    draft.first["urgency"] = URGENCIES[urgency]
    when = min(draft.started, draft.created + 5.0)
    if rng.random() < 0.08:
        draft.step((draft.created + when) / 2, draft.creator, "urgency", URGENCIES[max(0, urgency - 1)])
    elif rng.random() < 0.03:
        draft.step((draft.created + when) / 2, draft.creator, "urgency", URGENCIES[min(4, urgency + 1)])
    _estimate(rng, draft, when)
    _edits(rng, draft, when)


def _estimate(rng: Random, draft: Draft, when: float) -> None:
    points = rng.choice(POINTS)
    draw = rng.random()
    if draw < 0.4:
        draft.first["estimate"] = points
    elif draw < 0.7:
        draft.step(draft.created + 0.8 * (when - draft.created), draft.creator, "estimate", points)
    if draw < 0.7 and rng.random() < 0.07:
        draft.step(when + 0.2, draft.creator, "estimate", rng.choice(POINTS))


def _edits(rng: Random, draft: Draft, when: float) -> None:
    if rng.random() < 0.10:
        week, weekday = divmod(int(when) + 10, 5)
        draft.first["due"] = f"{week}.{weekday}"
        if rng.random() < 0.5:
            draft.step(when + 0.3, draft.creator, "due", f"{week + 1}.{weekday}")
    if rng.random() < 0.03:
        draft.step(draft.created + 0.4, draft.creator, "title", title(rng, draft.intent))
    if rng.random() < 0.06:
        draft.step(when + 0.1, draft.creator, "body", f"Changed. {title(rng, draft.intent)}.")
    if draft.tracker == "jira" and draft.held and rng.random() < 0.03:
        length = draft.ended - draft.started
        draft.step(draft.started + 0.3 * length, draft.held[0][0], "flagged", "Impediment")
        draft.step(draft.started + 0.6 * length, draft.held[0][0], "flagged", None)
    if draft.kind == "Story" and draft.tracker == "jira" and rng.random() < 0.015:
        draft.step(draft.created + 0.3, draft.creator, "type", "Task")


def robots(rng: Random, drafts: list[Draft]) -> None:
    """Monitoring opens some upkeep tickets, and some finished work is closed by a merge, by nobody."""
    for draft in drafts:
        if draft.intent == UPKEEP and rng.random() < 0.12:
            draft.steps = [
                replace(step, by=None) if step.by == draft.creator and step.at < draft.started else step
                for step in draft.steps
            ]
            draft.creator = AUTOMATION
        elif rng.random() < 0.05:
            draft.steps = [
                replace(step, by=None) if step.field in ("status", "resolution") and step.at == draft.ended else step
                for step in draft.steps
            ]


def reopenings(rng: Random, drafts: list[Draft]) -> None:
    for draft in drafts:
        finished = any(step.value == "done" and step.at == draft.ended for step in draft.steps)
        if finished and draft.intent not in (PARKED, ONBOARDING) and rng.random() < 0.03:
            reopen(rng, draft)


def detours(rng: Random, drafts: list[Draft], portfolio: Portfolio) -> None:
    """Some tickets hang under the wrong epic until somebody sees it, before their work starts."""
    epics = {bucket.number: bucket for bucket in portfolio.buckets if bucket.number}
    for draft in drafts:
        right = draft.first.get("parent")
        if not isinstance(right, int) or right not in epics or draft.created > epics[right].start - 1.0:
            continue
        if draft.intent != UNLINKED and rng.random() < 0.03:
            wrong = [
                b for b in epics.values() if b.planned and b.team == epics[right].team and b.start == epics[right].start
            ]
            draft.first["parent"] = wrong[0].number
            draft.step((draft.created + min(draft.started, draft.created + 1.0)) / 2, draft.creator, "parent", right)


def moves(rng: Random, drafts: list[Draft]) -> None:
    """Tickets change project or team before they are started: the key changes and the id stays."""
    for source, target, count in MOVES:
        settled = [
            d for d in drafts if d.team == source and d.held and d.started - d.created > 0.5 and d.kind != "Sub-task"
        ]
        free = [d for d in settled if not any(step.field in ("cycle", "sprints") for step in d.steps)]
        free = [d for d in free if not {"cycle", "sprints", "versions"} & set(d.first) and d.intent != PARKED]
        for draft in rng.sample(free, min(count, len(free))):
            draft.step(draft.started - 0.2, draft.creator, "team", target)


def archive(rng: Random, drafts: list[Draft], end: float) -> None:
    old = [d for d in drafts if d.tracker == "linear" and d.ended < end - 60 and d.intent != ONBOARDING]
    for draft in rng.sample(old, min(40, len(old))):
        draft.step(draft.ended + 55, None, "archived", "yes")
    idle = [
        d for d in drafts if d.tracker == "linear" and not d.held and d.intent != ONBOARDING and d.created < end - 20
    ]
    for draft in rng.sample(idle, min(6, len(idle))):
        draft.step(draft.created + 9, draft.creator, "trashed", "yes")


def bulk_import(first_number: int) -> list[Draft]:
    """An old tracker is emptied into Jira: created within forty minutes and closed within the hour, by one account."""
    start = (IMPORT_WEEK - 1) * 5 + 2.5
    made: list[Draft] = []
    for at in range(IMPORTED):
        created = start + at / IMPORTED * 0.08
        draft = Draft(first_number + at, "jira", IMPORT_TEAM, "Task", IMPORT_INTENT, created, IMPORTER)
        draft.first |= {
            "title": f"Imported from the old tracker, number {4100 + at}",
            "labels": ("imported",),
            "urgency": "Medium",
        }
        closed = start + 0.085 + at / IMPORTED * 0.035
        draft.step(closed, IMPORTER, "status", "done")
        draft.step(closed, IMPORTER, "resolution", "Done")
        made.append(draft)
    return made


def hostile_titles(rng: Random, drafts: list[Draft], end: float) -> None:
    """Half of them on recent work, where reports will show them."""
    recent = [d for d in drafts if d.held and end - 35 < d.started < end - 2]
    older = [d for d in drafts if d.held and d.started < end - 60]
    for group in (recent, older):
        for draft, words in zip(rng.sample(group, min(len(group), len(HOSTILE))), HOSTILE, strict=False):
            draft.first["title"] = words
            draft.steps = [step for step in draft.steps if step.field != "title"]


def relations(rng: Random, drafts: list[Draft]) -> list[Link]:
    """Blocking across teams, and some duplicates and relations."""
    made: list[Link] = []
    for tracker in ("jira", "linear"):
        worked = [d for d in drafts if d.tracker == tracker and d.held]
        for kind, count in (("Blocks", 60), ("Duplicate", 12), ("Relates", 40)):
            for _ in range(count if len(worked) > 1 else 0):
                source, target = rng.sample(worked, 2)
                made.append(Link(kind, source.number, target.number, max(source.created, target.created) + 0.1))
    return made
