"""A made-up company: sixty people, forty weeks, four thousand tickets in two trackers, and a planted truth to find.

The planted truth is ``PLANTED``: from week 31 work on ``fast-checkout`` falls from its declared 30-40 % to about 17 %
while ``keep-the-lights-on`` rises above its 15-25 % to about 33 % and unlinked work to about 18 % (10 % are allowed);
``PAY Sprint 19`` swells from about 20 by 12 tickets; the project *Self-serve onboarding*, agreed at 20 to 40 items,
reaches 60; 14 tickets of the parked mobile redesign are started in the last eight weeks; and in week 30 a bulk of 320
tickets is imported within an hour. In the last eight weeks small tickets are hurried through in every team, much is started
without a description and made urgent, the Mobile app's people have twice as much open, Platform's work stands flagged and
Storefront's goes back and forth (``plants``); a third of the work could count for two priorities (``readings``); and scope
changes in every other way (``reshaping``; ``WEB Sprint 18`` is closed late). All other priorities stay inside their ranges; other
sprints, epics and projects grow by a tenth at most. ``planted`` counts what the dice made of it. Everything follows from the seed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from random import Random

from connectors.example import mess, mix, plants, portfolio, readings, reshaping, sprints, work
from connectors.example.days import WEEK, moment, week_of
from connectors.example.links import onboarding_items, tie
from connectors.example.roster import Person, Team, Tracker, hire
from connectors.example.tickets import Draft, Ticket, settle
from connectors.example.words import ONBOARDING, PARKED, UNLINKED, UPKEEP


@dataclass(frozen=True, slots=True)
class Planted:
    """What was meant. Shares are of all work, linked or not; weeks count from 1, the last is 40."""

    falling: str = "fast-checkout"
    falling_share: float = 0.17
    rising: str = UPKEEP
    rising_share: float = 0.33
    drift_week: int = mix.DRIFT_WEEK
    unlinked_share: float = 0.18
    recent_weeks: int = 8
    sprint: str = sprints.SWOLLEN
    sprint_planned: int = sprints.PLANNED
    sprint_added: int = sprints.SWOLLEN_BY
    project: str = "Self-serve onboarding"
    project_planned: int = 32
    project_items: int = 60
    parked: str = PARKED
    parked_started: int = 14
    import_week: int = mess.IMPORT_WEEK
    imported: int = mess.IMPORTED
    juggling: str = "Mobile app"
    blocked: str = "Platform"
    rethinking: str = "Storefront"
    divergent: str = "Payments"
    small_team: str = "DAT"


PLANTED = Planted()


@dataclass(frozen=True)
class Company:
    """Everything that happened until ``end``, the office closing of the last Friday."""

    seed: int
    weeks: int
    end: datetime
    teams: tuple[Team, ...]
    people: tuple[Person, ...]
    tickets: tuple[Ticket, ...]
    buckets: tuple[portfolio.Bucket, ...]
    sprints: tuple[sprints.Sprint, ...]
    links: tuple[mess.Link, ...]
    reshaped: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @cached_property
    def by_number(self) -> dict[int, Ticket]:
        return {ticket.number: ticket for ticket in self.tickets}


@dataclass(frozen=True, slots=True)
class Realised:
    """What the dice made of the plan. Weeks count from 1; ids are ``tracker:native id``.

    ``started`` and ``finished`` count tickets by (week, intention); ``person_days`` goes by (week, team, intention),
    each working day of each person split equally among the tickets held that day.
    """

    started: Mapping[tuple[int, str], int]
    finished: Mapping[tuple[int, str], int]
    person_days: Mapping[tuple[int, str, str], float]
    parked: tuple[str, ...]
    sprint_planned: tuple[str, ...]
    sprint_added: tuple[str, ...]
    project_planned: tuple[str, ...]
    project_items: tuple[str, ...]
    imported: tuple[str, ...]

    def share(self, intents: tuple[str, ...], first: int, last: int) -> float:
        """The share of all person-days of these weeks, first and last included."""
        spent = {key: days for key, days in self.person_days.items() if first <= key[0] <= last}
        return sum(days for key, days in spent.items() if key[2] in intents) / sum(spent.values())


@dataclass(slots=True)
class _Play:
    """The company while it is being played. Each act has its own dice, so that a change to one spares the others."""

    seed: int
    weeks: int
    teams: tuple[Team, ...]
    people: tuple[Person, ...]
    portfolio: portfolio.Portfolio
    calm: bool
    drafts: list[Draft] = field(default_factory=list)
    siblings: dict[tuple[str, str], list[Draft]] = field(default_factory=lambda: defaultdict(list))

    def dice(self, act: str) -> Random:
        return Random(f"{self.seed}/{act}")

    def mates(self, team: str) -> list[str]:
        return [person.id for person in self.people if person.team == team]

    def tracker(self, team: str) -> Tracker:
        return next(t.tracker for t in self.teams if t.key == team)


def company(seed: int = 7, weeks: int = 40, people: int = 60, calm: bool = False) -> Company:
    """Play the company. ``PLANTED`` holds for 40 weeks; fewer weeks show only the beginning of the same plan.

    ``calm`` plants nothing: one mix from the first week to the last, and only the ordinary disorder of trackers.
    """
    teams, staff = hire(Random(f"{seed}/hire"), people)
    play = _Play(seed, weeks, teams, staff, portfolio.build(teams, staff, calm), calm)
    play.drafts += play.portfolio.drafts
    mixes = mix.weekly_mixes(play.dice("mix"), teams, weeks, mix.CALM if calm else mix.COMPANY)
    _work(play, _parked(play, work.stints(play.dice("stints"), staff, mixes, weeks)))
    _backlog(play, mixes)
    for draft in play.drafts[len(play.portfolio.drafts) :]:
        mess.describe(Random(f"{seed}/words/{draft.number}"), draft)
    made = _sprints(play)
    _disorder(play)
    end = weeks * WEEK
    links = mess.relations(play.dice("links"), [draft for draft in play.drafts if draft.created < end])
    reshaped = _plant(play, made) if weeks == 40 and not calm else {}
    tickets = settle(seed, play.drafts, end)
    return Company(
        seed,
        weeks,
        moment(end - 1e-9),
        teams,
        staff,
        tickets,
        tuple(play.portfolio.buckets),
        made,
        tuple(links),
        reshaped,
    )


def _parked(play: _Play, stints: list[work.Stint]) -> list[work.Stint]:
    """Some of the work that serves nothing is the parked redesign: six tickets before it was parked, 14 long after."""
    rng, end = play.dice("parked"), play.weeks * WEEK
    free = [at for at, stint in enumerate(stints) if stint.intent == UNLINKED and stint.team in ("APP", "WEB")]
    early = [at for at in free if stints[at].start < 90]
    shown = play.weeks == 40 and not play.calm
    late = [at for at in free if stints[at].start >= end - PLANTED.recent_weeks * WEEK] if shown else []
    chosen = {*rng.sample(early, min(6, len(early))), *rng.sample(late, min(PLANTED.parked_started, len(late)))}
    return [replace(stint, intent=PARKED) if at in chosen else stint for at, stint in enumerate(stints)]


def _work(play: _Play, stints: list[work.Stint]) -> None:
    rng = play.dice("work")
    items = onboarding_items(play.dice("onboarding"), len(play.drafts) + 1, play.mates("ONB"))
    items = items[: PLANTED.project_planned] if play.calm else items
    play.drafts += items
    waiting = list(items)
    for stint in stints:
        mates = play.mates(stint.team)
        if stint.intent == ONBOARDING and waiting and waiting[0].created < stint.start - 0.3:
            work.play(rng, waiting.pop(0), stint, mates)
            continue
        work.play(
            rng,
            _new(play, rng, replace(stint, intent="easy-returns") if stint.intent == ONBOARDING else stint),
            stint,
            mates,
        )


def _new(play: _Play, rng: Random, stint: work.Stint) -> Draft:
    kind = rng.choice(("Story", "Story", "Task"))
    creator = rng.choice(play.mates(stint.team))
    draft = Draft(len(play.drafts) + 1, play.tracker(stint.team), stint.team, kind, stint.intent, stint.start, creator)
    siblings = play.siblings[stint.team, stint.intent]
    tie(rng, draft, stint, play.portfolio, siblings)
    if draft.kind != "Sub-task" and "parent" not in draft.first:
        siblings.append(draft)
    play.drafts.append(draft)
    return draft


def _backlog(play: _Play, mixes: dict[tuple[str, int], mix.Mix]) -> None:
    """Tickets that nobody starts; a quarter of them is dropped one day."""
    rng = play.dice("backlog")
    for week in range(1, play.weeks + 1):
        for team in rng.choices(play.teams, [team.size for team in play.teams], k=6):
            shares = mixes[team.key, week]
            (intent,) = rng.choices(list(shares), list(shares.values()))
            parked = team.key == "APP" and rng.random() < 0.15
            intent = PARKED if parked else "easy-returns" if intent == ONBOARDING else intent
            at = (week - 1 + rng.random()) * WEEK
            draft = _new(play, rng, work.Stint(play.mates(team.key)[0], team.key, intent, at, at))
            if rng.random() < 0.25:
                draft.step(max(at, draft.created) + rng.uniform(3, 30), draft.creator, "status", "dropped")
                draft.step(draft.steps[-1].at, draft.creator, "resolution", "Won't Do")


def _sprints(play: _Play) -> tuple[sprints.Sprint, ...]:
    made: list[sprints.Sprint] = []
    for at, team in enumerate(team for team in play.teams if team.sprints):
        own = [draft for draft in play.drafts if draft.team == team.key]
        made += sprints.plan(
            play.dice(f"sprints/{team.key}"), team, own, play.mates(team.key)[0], play.weeks, 100 * (at + 1), play.calm
        )
    return tuple(made)


def _disorder(play: _Play) -> None:
    real = play.drafts[len(play.portfolio.drafts) :]
    end = play.weeks * WEEK
    mess.detours(play.dice("detours"), real, play.portfolio)
    mess.moves(play.dice("moves"), real)
    mess.robots(play.dice("robots"), real)
    mess.reopenings(play.dice("reopenings"), real)
    mess.archive(play.dice("archive"), real, end)
    mess.hostile_titles(play.dice("hostile"), real, end)
    readings.doubt(play.dice("doubt"), real, readings.USUAL, readings.ORDER)
    if not play.calm:
        play.drafts += mess.bulk_import(len(play.drafts) + 1)


def _plant(play: _Play, made: tuple[sprints.Sprint, ...]) -> reshaping.Changed:
    """What the last eight weeks bring beside the drift; played last, so that it moves nothing before it."""
    since = (play.weeks - PLANTED.recent_weeks) * WEEK
    real = [draft for draft in play.drafts[len(play.portfolio.drafts) :] if draft.intent != mess.IMPORT_INTENT]
    plants.start_bare(play.dice("bare"), real, since)
    plants.block(real, since)
    plants.think_again(real, since)
    play.drafts += plants.juggle(play.dice("juggle"), real, since, len(play.drafts) + 1)
    play.drafts += plants.hurry(play.dice("hurry"), real, since, len(play.drafts) + 1)
    plants.raise_alarm(play.dice("alarm"), play.drafts[len(play.portfolio.drafts) :], since)
    changed = reshaping.reshape(play.dice("reshape"), play.drafts, play.portfolio, made, since)
    free = [draft for draft in play.drafts if not any(draft.number in numbers for numbers in changed.values())]
    readings.misplace(free, play.portfolio, since)
    readings.doubt_more(play.dice("doubt more"), free, since)
    readings.call_twice(play.dice("twice"), free, since)
    readings.rename_label(free, since)
    return changed


def planted(made: Company) -> Realised:
    """Count the realised truth from the company's own ledger, without looking at what the trackers show."""
    started: Counter[tuple[int, str]] = Counter()
    finished: Counter[tuple[int, str]] = Counter()
    for ticket in made.tickets:
        if ticket.held:
            started[week_of(ticket.held[0][1]), ticket.intent] += 1
            if ticket.now["status"] == "done":
                finished[week_of(ticket.held[-1][2]), ticket.intent] += 1
    recent = (made.weeks - PLANTED.recent_weeks) * WEEK
    swollen = next((sprint for sprint in made.sprints if sprint.name == PLANTED.sprint), None)
    items = [t for t in made.tickets if t.intent == ONBOARDING and t.tracker == "linear"]
    return Realised(
        started, finished, _person_days(made),
        tuple(t.id for t in made.tickets if t.intent == PARKED and t.held and t.held[0][1] >= recent),
        tuple(made.by_number[number].id for number in (swollen.planned if swollen else ())),
        tuple(made.by_number[number].id for number in (swollen.added if swollen else ())),
        tuple(t.id for t in items if t.created < moment(2 * portfolio.PERIOD)),
        tuple(t.id for t in items),
        tuple(t.id for t in made.tickets if t.intent == mess.IMPORT_INTENT),
    )  # fmt: skip


def _person_days(made: Company) -> dict[tuple[int, str, str], float]:
    holding: dict[tuple[str, int], list[Ticket]] = defaultdict(list)
    for ticket in made.tickets:
        for who, since, until in ticket.held:
            for day in range(int(since), min(int(until), made.weeks * 5 - 1) + 1):
                holding[who, day].append(ticket)
    spent: dict[tuple[int, str, str], float] = defaultdict(float)
    for (_, day), tickets in holding.items():
        for ticket in tickets:
            spent[week_of(day), ticket.home, ticket.intent] += 1 / len(tickets)
    return dict(spent)
