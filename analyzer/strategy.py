"""The strategy is what leadership says matters: priorities, what is parked, assumptions and weekly focus."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from analyzer.located_yaml import Placed
from analyzer.plain_words import wrong
from analyzer.policy import PolicyRule
from analyzer.strategy_rhythm import Ready as Ready
from analyzer.strategy_rhythm import Review, Valid, Week
from analyzer.written import (
    ConditionText,
    Day,
    Filled,
    OneOrMore,
    Patterns,
    RangeText,
    Share,
    ShareText,
    Slug,
    WeekName,
    Words,
)

Horizon = Literal["now", "next", "later", "not-now"]


class Rule(Placed):
    """A ticket matches when every condition holds; a condition with several values holds when one of them does."""

    tracker: OneOrMore | None = Field(
        default=None, description="Name of the tracker in alignment.yaml.", examples=["jira"]
    )
    project: OneOrMore | None = Field(default=None, description="Project: its key or its name.", examples=["PAY"])
    label: OneOrMore | None = Field(default=None, description="Label on the ticket.", examples=["strat-checkout"])
    type: OneOrMore | None = Field(default=None, description="Type of ticket.", examples=["Bug"])
    component: OneOrMore | None = Field(default=None, description="Component of the ticket.", examples=["Checkout"])
    version: OneOrMore | None = Field(default=None, description="Version the ticket is planned for.", examples=["2.1"])
    sprint: OneOrMore | None = Field(default=None, description="Name of a sprint.", examples=["Checkout sprint 4"])
    cycle: OneOrMore | None = Field(
        default=None, description="Name or number of a Linear cycle.", examples=["Cycle 12"]
    )
    milestone: OneOrMore | None = Field(default=None, description="Name of a project milestone.", examples=["Beta"])
    initiative: OneOrMore | None = Field(
        default=None, description="Name of an initiative.", examples=["Faster checkout"]
    )
    epic: OneOrMore | None = Field(default=None, description="Key of an epic the ticket is under.", examples=["PAY-12"])
    team: OneOrMore | None = Field(
        default=None, description="Team of the ticket: its key or its name.", examples=["Payments"]
    )
    key: OneOrMore | None = Field(default=None, description="Key of the ticket itself.", examples=["PAY-123"])
    title: Patterns | None = Field(
        default=None,
        description="Pattern to find in the title, in RE2 syntax; (?i) at its start ignores upper and lower case.",
        examples=["(?i)checkout.*(latency|slow)"],
    )
    fields: dict[Filled, OneOrMore] = Field(
        default_factory=dict,
        description="Custom fields by name, each with one value or several.",
        examples=[{"Roadmap Theme": ["Checkout", "Speed"]}],
    )

    def conditions(self) -> dict[str, tuple[str, ...]]:
        """The conditions by name in the order of the model; a custom field is ``custom:NAME``, as in the spans."""
        plain = {
            name: value
            for name in type(self).model_fields
            if name != "fields" and (value := getattr(self, name)) is not None
        }
        return plain | {f"custom:{name}": values for name, values in self.fields.items()}

    @model_validator(mode="after")
    def _has_a_condition(self) -> Self:
        if not self.conditions():
            raise wrong("has no condition", "Write at least one, e.g. {label: strat-checkout}")
        return self


class ItemRange(Placed):
    """What was agreed for a priority; growth outside is a breach of scope."""

    items: RangeText | None = Field(
        default=None, description="Number of tickets agreed, or a range.", examples=["20-40"]
    )
    points: RangeText | None = Field(
        default=None, description="Number of points agreed, or a range.", examples=["100-150"]
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.items is None and self.points is None:
            raise wrong("says nothing", "Write items, points or both, e.g. {items: 20-40}")
        return self


class Outcome(Placed):
    """What will be different, measured."""

    measure: Filled = Field(description="What is measured.", examples=["p95 checkout latency"])
    start: Words = Field(default="", validation_alias="from", description="Where it stands today.", examples=["3.2 s"])
    target: Words = Field(default="", validation_alias="to", description="Where it should stand.", examples=["1.5 s"])
    by: Day | None = Field(default=None, description="The day by which.", examples=["2026-12-01"])


MATCH = "Rules that say which tickets serve this; the first that matches wins, in file order."
ID = "Short name that stays the same: small letters, digits and dashes."


class Priority(Placed):
    """One thing that matters, or upkeep: legitimate work that serves no priority."""

    id: Slug = Field(description=ID, examples=["fast-checkout"])
    name: str = Field(
        default="", description="Name that readers see; the id where it is left out.", examples=["Faster checkout"]
    )
    why: str = Field(
        default="", description="Why it matters.", examples=["Half of the baskets are abandoned while waiting."]
    )
    owner: str = Field(default="", description="Who answers for it: a person or a role.", examples=["Dana"])
    kind: Literal["priority", "upkeep"] = Field(
        default="priority", description="'upkeep' is legitimate work that serves no priority, such as fixing bugs."
    )
    horizon: Horizon = Field(default="now", description="When it is meant to be worked on.")
    share: ShareText | None = Field(
        default=None, description="Intended share of the effort: a range or a number.", examples=["35-45%", "40%"]
    )
    outcome: Outcome | None = Field(
        default=None,
        description="What will be different, measured.",
        examples=[{"measure": "p95 checkout latency", "from": "3.2 s", "to": "1.5 s", "by": "2026-12-01"}],
    )
    done: str = Field(
        default="",
        description="How anyone can see that it is done.",
        examples=["95% of checkouts finish within 1.5 s."],
    )
    scope: ItemRange | None = Field(
        default=None, description="What was agreed; growth outside is a breach.", examples=[{"items": "20-40"}]
    )
    match: tuple[Rule, ...] = Field(default=(), description=MATCH, examples=[[{"label": "strat-checkout"}]])
    tag: Filled = Field(
        default_factory=lambda made: f"strat-{made.get('id', '')}",
        description="Label that write-back puts on tickets (default: strat-ID).",
        examples=["strat-fast-checkout"],
    )

    @property
    def title(self) -> str:
        """The name, or the id where none was given."""
        return self.name or self.id


class Parked(Placed):
    """What is not done now, so that work on it is noticed."""

    id: Slug = Field(description=ID, examples=["mobile-redesign"])
    name: str = Field(
        default="", description="Name that readers see; the id where it is left out.", examples=["Mobile redesign"]
    )
    why: str = Field(default="", description="Why it waits.", examples=["Checkout comes first."])
    until: Day | None = Field(default=None, description="The day until which it is parked.", examples=["2027-01-01"])
    match: tuple[Rule, ...] = Field(default=(), description=MATCH, examples=[[{"label": "mobile-redesign"}]])

    @property
    def title(self) -> str:
        """The name, or the id where none was given."""
        return self.name or self.id


class Assumption(Placed):
    """What the strategy rests on; without ``holds_if`` it is stated and cannot be checked."""

    says: Filled = Field(description="The assumption in words.", examples=["Interrupts stay under a fifth of our time"])
    holds_if: ConditionText | None = Field(
        default=None,
        description="share(ID) or unlinked() compared (<, <=, > or >=) with a percentage; wip(TEAM), tickets in progress per "
        "person, or finished(ID), tickets finished a week, with a number.",
        examples=["share(keep-the-lights-on) <= 20%", "wip(Payments) <= 3"],
    )


class Strategy(Placed):
    """The strategy file. Without ``valid`` it is in force always."""

    strategy: Filled = Field(description="Name of the strategy.", examples=["Second half 2026"])
    valid: Valid | None = Field(
        default=None, description="The days it is in force.", examples=[{"from": "2026-07-01", "to": "2026-12-31"}]
    )
    review: Review | None = Field(
        default=None,
        description="The rhythm of reviews.",
        examples=[{"every": "week", "on": "monday", "owner": "Chief of staff"}],
    )
    unlinked_allowance: ShareText | None = Field(
        default=None, description="Share of the effort that may serve no priority.", examples=["10%"]
    )
    ready: Ready | None = Field(
        default=None,
        description="What must stand on a ticket on the day its work starts.",
        examples=[{"owner": True, "estimate": True, "allow": "10%"}],
    )
    priorities: tuple[Priority, ...] = Field(
        min_length=1, description="What matters, in order of weight.", examples=[[{"id": "fast-checkout"}]]
    )
    teams: dict[Filled, dict[str, ShareText]] = Field(
        default_factory=dict,
        description="How a team means to divide its own effort, by its name as the report shows it: ids of priorities, each with "
        "a range. What is left out is not judged; teams may differ.",
        examples=[{"Payments": {"fast-checkout": "50-70%"}}],
    )
    not_now: tuple[Parked, ...] = Field(
        default=(),
        description="What is parked.",
        examples=[[{"id": "mobile-redesign", "match": [{"label": "mobile"}]}]],
    )
    agreed_when: tuple[Rule, ...] = Field(
        default=(),
        description="Rules that say which tickets were agreed on, whatever deliverable took them on after its start.",
        examples=[[{"label": "scope-approved"}]],
    )
    policy: tuple[PolicyRule, ...] = Field(
        default=(),
        description="Rules of what must be known before work is in progress; `alignment audit` fails where one is broken.",
        examples=[[{"no": "project", "in_progress_without": ["lead", "initiative", "target_date"]}]],
    )
    assumptions: tuple[Assumption, ...] = Field(
        default=(), description="What the strategy rests on.", examples=[[{"says": "Interrupts stay small"}]]
    )
    weeks: dict[WeekName, Week] = Field(
        default_factory=dict,
        description="What each week is for, by its name such as 2026-W47.",
        examples=[{"2026-W47": {"focus": ["fast-checkout"]}}],
    )

    def in_force(self, day: date) -> bool:
        """Whether the strategy speaks for that day."""
        return self.valid is None or self.valid.covers(day)

    def priority(self, id: str) -> Priority | None:
        """The priority of that id; None where there is none."""
        return next((one for one in self.priorities if one.id == id), None)


def share_or_none(value: Any) -> Share | None:
    """The share a value stands for; None where it stands for none."""
    try:
        return Share.parse(value)
    except ValueError:
        return None
