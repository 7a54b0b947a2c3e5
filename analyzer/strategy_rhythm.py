"""The parts of a strategy that say when: the days it is in force, its reviews, its weeks, and what must stand when work starts."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from analyzer.located_yaml import Placed
from analyzer.plain_words import wrong
from analyzer.written import Day, OneOrMore, ShareText

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Week(Placed):
    """What one week is for."""

    focus: OneOrMore = Field(description="Ids of the priorities this week is about.", examples=[["fast-checkout"]])
    done_when: str = Field(
        default="", description="How anyone can see that the week succeeded.", examples=["Retries are live."]
    )


class Review(Placed):
    """How often the strategy is looked at again, and who sees to it."""

    every: Literal["week", "two weeks", "month", "quarter"] = Field(description="How often.", examples=["week"])
    on: Weekday | None = Field(default=None, description="Day of the week.", examples=["monday"])
    owner: str = Field(default="", description="Who sees to it: a person or a role.", examples=["Chief of staff"])


class Ready(Placed):
    """What must stand on a ticket on the day its work starts; what is not named need not."""

    owner: bool = Field(default=False, description="Somebody holds it.", examples=[True])
    text: bool = Field(default=False, description="It has a description.", examples=[True])
    estimate: bool = Field(default=False, description="It is estimated (upkeep and bugs need none).", examples=[True])
    parent: bool = Field(
        default=False, description="It has a parent or a Linear project (upkeep and bugs need none).", examples=[True]
    )
    allow: ShareText | None = Field(
        default=None, description="Share of starts that may lack some of it (left out: none).", examples=["10%"]
    )

    def named(self) -> tuple[str, ...]:
        """The kinds that must be there."""
        return tuple(kind for kind in ("owner", "text", "estimate", "parent") if getattr(self, kind))

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not self.named():
            raise wrong("asks for nothing", "Write at least one, e.g. {owner: true}")
        return self


class Valid(Placed):
    """The days the strategy is in force, both inclusive."""

    first: Day = Field(validation_alias="from", description="First day.", examples=["2026-07-01"])
    last: Day | None = Field(
        default=None,
        validation_alias="to",
        description="Last day (left out: until further notice).",
        examples=["2026-12-31"],
    )

    @model_validator(mode="after")
    def _runs_forwards(self) -> Self:
        if self.last is not None and self.last < self.first:
            raise wrong(f"ends ({self.last}) before it begins ({self.first})", "Swap the two days or mend the year")
        return self

    def covers(self, day: date) -> bool:
        """Whether the day lies inside."""
        return self.first <= day and (self.last is None or day <= self.last)
