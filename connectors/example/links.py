"""How a ticket is tied to what it serves, in each tracker's own ways; and how a ticket is tied to nothing."""

from __future__ import annotations

from random import Random

from connectors.example.portfolio import LABELS, PERIOD, PLANNING, VERSIONED_TEAMS, VERSIONS, Bucket, Portfolio
from connectors.example.tickets import Draft
from connectors.example.words import ONBOARDING, PARKED, UNLINKED, UPKEEP
from connectors.example.work import Stint

NEUTRAL_LABELS = ("tech", "spike", "customer-ask", "quick-win")
COMPONENTS = ("API", "UI", "Batch")
OPERATIONS = "Operations"
HIDDEN = 40
"""How many tickets exist that this account may not see; a parent -1 … -40 is one of them."""


def tie(rng: Random, draft: Draft, stint: Stint, portfolio: Portfolio, siblings: list[Draft]) -> None:
    """Give the draft its ties, and a moment of creation that fits them."""
    draft.created = stint.start - _lead_time(rng, stint.intent)
    if rng.random() < 0.12:
        draft.first["labels"] = (rng.choice(NEUTRAL_LABELS),)
    if draft.tracker == "jira" and rng.random() < 0.5:
        draft.first["component"] = rng.choice(COMPONENTS)
    if stint.intent == PARKED:
        draft.first["labels"] = (PARKED,)
    elif siblings and rng.random() < 0.05:
        _under(draft, rng.choice(siblings[-12:]))
    elif stint.intent == UPKEEP:
        _upkeep(rng, draft, stint, portfolio)
    elif stint.intent == UNLINKED:
        _nowhere(rng, draft, stint, portfolio)
    else:
        _priority(rng, draft, stint, portfolio)


def _lead_time(rng: Random, intent: str) -> float:
    return min(max(rng.lognormvariate(0.0, 1.0) * (0.8 if intent == UPKEEP else 2.0), 0.03), 25.0)


def _under(draft: Draft, parent: Draft) -> None:
    draft.kind = "Sub-task" if draft.tracker == "jira" else draft.kind
    draft.first["parent"] = parent.number
    draft.created = max(draft.created, parent.created + 0.01)


def _upkeep(rng: Random, draft: Draft, stint: Stint, portfolio: Portfolio) -> None:
    """Known by its type or component in Jira and by a label in Linear; one bug in ten hangs under a priority too."""
    kind = "Bug" if rng.random() < 0.75 else "Incident"
    if draft.tracker == "linear":
        _label(rng, draft, stint, kind)
    elif rng.random() < 0.75:
        draft.kind = kind
    else:
        draft.kind, draft.first["component"] = "Task", OPERATIONS
    if draft.tracker == "jira" and draft.kind == "Bug" and rng.random() < 0.1:
        for bucket in portfolio.find(stint.team, "fast-checkout", int(stint.start // PERIOD))[:1]:
            _in_bucket(rng, draft, stint, bucket, portfolio)


def _priority(rng: Random, draft: Draft, stint: Stint, portfolio: Portfolio) -> None:
    period = int(stint.start // PERIOD)
    buckets = portfolio.find(stint.team, stint.intent, period)
    draw = rng.random()
    if draw < 0.18 or not buckets:
        _label(rng, draft, stint, LABELS[stint.intent])
    elif draw < 0.26 and stint.intent == "fast-checkout" and stint.team in VERSIONED_TEAMS:
        version = f"{stint.team}/{VERSIONS[min(period, 3)]}"
        draft.first["versions"] = (version,)
        _before_period(rng, draft, portfolio, version, period * PERIOD)
    else:
        _in_bucket(rng, draft, stint, rng.choice(buckets), portfolio)


def _label(rng: Random, draft: Draft, stint: Stint, label: str) -> None:
    """Mostly at creation, where no log shows it; sometimes by hand before the start, and seldom only afterwards."""
    draw = rng.random()
    if draw < 0.7:
        held = draft.first.get("labels") or ()
        assert isinstance(held, tuple)
        draft.first["labels"] = (*held, label)
    elif draw < 0.92:
        draft.step((draft.created + stint.start) / 2, draft.creator, "labels", label, "add")
    else:
        draft.step(stint.start + 0.4, stint.person, "labels", label, "add")


def _in_bucket(rng: Random, draft: Draft, stint: Stint, bucket: Bucket, portfolio: Portfolio) -> None:
    _before_period(rng, draft, portfolio, bucket.slug, bucket.start)
    where = "parent" if bucket.number else "project"
    target = bucket.number or bucket.slug
    if rng.random() < 0.12 and draft.created + 1 < min(bucket.start, stint.start) - 0.3:
        draft.step(draft.created + rng.uniform(0.1, 1.0), draft.creator, where, target)
    else:
        draft.first[where] = target
    if where == "project" and rng.random() < 0.3:
        draft.first["milestone"] = f"{bucket.slug}/{1 if stint.start < bucket.start + PERIOD / 2 else 2}"
        draft.first[where] = target


def _before_period(rng: Random, draft: Draft, portfolio: Portfolio, what: str, starts: float) -> None:
    """Planned ahead; one in seventeen is thought of later, as long as the plan grows by no more than a tenth."""
    planned, late = portfolio.growth.get(what, (0, 0))
    if rng.random() < 0.06 and draft.created > starts and 10 * (late + 1) <= planned:
        portfolio.growth[what] = (planned, late + 1)
    else:
        portfolio.growth[what] = (planned + 1, late)
        draft.created = starts - rng.uniform(0.3, PLANNING)


def _nowhere(rng: Random, draft: Draft, stint: Stint, portfolio: Portfolio) -> None:
    draw = rng.random()
    buckets = portfolio.find(stint.team, UNLINKED, int(stint.start // PERIOD))
    if draw < 0.45:
        return
    if draw < 0.85 and buckets:
        bucket = next(b for b in buckets if b.closed_early == (draw > 0.70))
        if bucket.closed_early:
            draft.created = bucket.start - rng.uniform(0.5, PLANNING)
        draft.first["parent" if bucket.number else "project"] = bucket.number or bucket.slug
    elif draw >= 0.85:
        draft.first["parent"] = -rng.randint(1, HIDDEN)


def onboarding_items(rng: Random, first_number: int, team: list[str]) -> list[Draft]:
    """The self-serve project: 32 items agreed before its start, 28 more that came while it ran."""
    start = 2 * PERIOD
    moments = sorted(start - rng.uniform(0.5, 11.0) for _ in range(32)) + sorted(
        start + rng.uniform(6.0, 92.0) for _ in range(28)
    )
    items = [
        Draft(first_number + at, "linear", "ONB", "Story", ONBOARDING, created, rng.choice(team))
        for at, created in enumerate(moments)
    ]
    for item in items:
        if rng.random() < 0.3:
            item.step(item.created + 0.2, item.creator, "project", "ONB-self-serve")
        else:
            item.first["project"] = "ONB-self-serve"
    return items
