"""What tickets are gathered under: initiatives, epics and versions in Jira, initiatives and projects in Linear."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from connectors.example.mix import CALM, COMPANY, team_mixes
from connectors.example.roster import Person, Team
from connectors.example.tickets import Draft
from connectors.example.words import ONBOARDING, TOPICS, UNLINKED, UPKEEP

PERIOD = 50.0
"""Working days an epic or a project is planned for: ten weeks, so that the drift begins with a period."""

PLANNING = 15.0
"""How long before its period an epic or a project is filled."""

NAMES = {
    "fast-checkout": "Faster checkout", "loyalty-points": "Loyalty points", "trusted-data": "Trusted data",
    "easy-returns": "Easy returns", ONBOARDING: "Self-serve onboarding", UPKEEP: "Keep the lights on",
    UNLINKED: "Various",
}  # fmt: skip
LABELS = {
    "fast-checkout": "strat-checkout", "loyalty-points": "strat-loyalty", "trusted-data": "strat-data",
    "easy-returns": "strat-returns",
    ONBOARDING: "strat-onboarding",
}  # fmt: skip
VERSIONS = ("Checkout 2.0", "Checkout 2.1", "Checkout 2.2", "Checkout 2.3")
VERSIONED_TEAMS = ("PAY", "WEB")
ODD_JOBS = ("Tidy-up Fridays", "Hack days", "Requests from sales", "Old promises")


@dataclass(frozen=True, slots=True)
class Bucket:
    """An epic (a Jira draft of that number) or a project (Linear, number 0): a team's work on one intention.

    ``closed_early`` marks one closed while its tickets were ahead; ``planned`` one that never started.
    """

    slug: str
    name: str
    team: str
    intent: str
    start: float
    end: float
    number: int = 0
    closed_early: bool = False
    planned: bool = False
    lead: str = ""


@dataclass(slots=True)
class Portfolio:
    """``initiatives``: intention to number of its Jira initiative; ``growth``: bucket to planned and late tickets."""

    buckets: list[Bucket] = field(default_factory=list)
    initiatives: dict[str, int] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)
    growth: dict[str, tuple[int, int]] = field(default_factory=dict)

    def find(self, team: str, intent: str, period: int) -> list[Bucket]:
        return [b for b in self.buckets if b.team == team and b.intent == intent and int(b.start // PERIOD) == period]


def build(teams: tuple[Team, ...], people: tuple[Person, ...], calm: bool = False) -> Portfolio:
    """All that tickets will hang under, made long before the first ticket, so that its keys never depend on chance."""
    made = Portfolio()
    lead = {team.key: next(person.id for person in people if person.team == team.key) for team in teams}
    for intent, project in (("fast-checkout", "PAY"), ("loyalty-points", "PAY")):
        draft = _draft(made, project, "Initiative", intent, -60 + len(made.drafts) / 10, lead[project])
        draft.first |= {"title": NAMES[intent], "labels": (LABELS[intent],)}
        made.initiatives[intent] = draft.number
    for period in range(4):
        company = CALM[0][1] if calm else COMPANY[(0, 0, 1, 2)[period]][1]
        for team_key, mix in team_mixes(teams, company).items():
            team = next(team for team in teams if team.key == team_key)
            for at, (intent, share) in enumerate(mix.items()):
                if intent not in (UPKEEP, UNLINKED, ONBOARDING) and share > 0.03:
                    _bucket(made, team, intent, period, at, lead[team.key])
            for closed_early in (False, True):
                _odd_jobs(made, team, period, closed_early, lead[team.key])
    _onboarding(made, lead["ONB"])
    if not calm:
        _rehome(made, lead["PAY"])
    return made


def _draft(made: Portfolio, team: str, kind: str, intent: str, created: float, by: str) -> Draft:
    draft = Draft(len(made.drafts) + 1, "jira", team, kind, intent, created, by)
    made.drafts.append(draft)
    return draft


def _epic(made: Portfolio, bucket: Bucket) -> Bucket:
    """The bucket as a Jira epic: opened when its period starts, closed when it ends; nobody is assigned."""
    draft = _draft(made, bucket.team, "Epic", bucket.intent, -50 + len(made.drafts) / 10, bucket.lead)
    draft.first |= {"title": bucket.name, "body": f"Everything {bucket.name.lower()} needs.", "urgency": "Medium"}
    if bucket.intent in made.initiatives:
        draft.first["parent"] = made.initiatives[bucket.intent]
    elif bucket.intent == "trusted-data":
        draft.first["labels"] = (LABELS[bucket.intent],)
    if bucket.closed_early:
        draft.step(bucket.start - 0.2, bucket.lead, "status", "done")
    elif not bucket.planned:
        draft.step(bucket.start, bucket.lead, "status", "doing")
        draft.step(bucket.end + 8, bucket.lead, "status", "done")
    return replace(bucket, number=draft.number)


def _bucket(made: Portfolio, team: Team, intent: str, period: int, at: int, lead: str) -> None:
    topic = TOPICS[intent][(period + at) % len(TOPICS[intent])]
    name = f"{topic[0].upper()}{topic[1:]} {period + 1} ({team.name})"
    bucket = Bucket(
        f"{team.key}-{intent}-{period}", name, team.key, intent, period * PERIOD, (period + 1) * PERIOD, lead=lead
    )
    made.buckets.append(_epic(made, bucket) if team.tracker == "jira" else bucket)


def _odd_jobs(made: Portfolio, team: Team, period: int, closed_early: bool, lead: str) -> None:
    name = f"{'Old migration' if closed_early else ODD_JOBS[period]} {period + 1} ({team.name})"
    bucket = Bucket(
        f"{team.key}-odd-{period}-{int(closed_early)}", name, team.key, UNLINKED,
        period * PERIOD, (period + 1) * PERIOD, closed_early=closed_early, planned=not closed_early, lead=lead,
    )  # fmt: skip
    made.buckets.append(_epic(made, bucket) if team.tracker == "jira" else bucket)


def _onboarding(made: Portfolio, lead: str) -> None:
    """The one project that was agreed at 20 to 40 items and grows beyond them."""
    made.buckets.append(Bucket("ONB-self-serve", NAMES[ONBOARDING], "ONB", ONBOARDING, 2 * PERIOD, 205.0, lead=lead))


def _rehome(made: Portfolio, lead: str) -> None:
    """When loyalty is dropped its unstarted epics move to checkout, the Friday before the work on them starts."""
    for bucket in made.find("PAY", "fast-checkout", 2) + made.find("WEB", "fast-checkout", 2):
        draft = made.drafts[bucket.number - 1]
        draft.first["parent"] = made.initiatives["loyalty-points"]
        draft.step(2 * PERIOD - 0.6, lead, "parent", made.initiatives["fast-checkout"])
