"""A candidate plan: a period, who is there, and what would be taken, dropped and moved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from analyzer.located_yaml import Group, Items, Placed, load, validate
from analyzer.plain_words import nearest, quoted, wrong
from analyzer.problem import Mistake
from analyzer.written import Day, Filled

MOST_DAYS = 800


class Period(Placed):
    """The days that the plan is for, both inclusive."""

    first: Day = Field(validation_alias="from", description="First day.", examples=["2027-01-04"])
    last: Day = Field(validation_alias="to", description="Last day.", examples=["2027-03-26"])

    @model_validator(mode="after")
    def _runs_forwards(self) -> Self:
        if self.last < self.first:
            raise wrong(f"ends ({self.last}) before it begins ({self.first})", "Swap the two days or mend the year")
        if (self.last - self.first).days > MOST_DAYS:
            raise wrong("is longer than two years", "Plan a quarter or a half-year, or mend the year")
        return self


class Crew(Placed):
    """How much of a team is there."""

    people: Annotated[float, Field(gt=0, le=100_000)] | None = Field(
        default=None, description="People who are there for the whole period.", examples=[8]
    )
    person_days: Annotated[float, Field(gt=0, le=10_000_000)] | None = Field(
        default=None, description="Or the days they are there, all together, without leave.", examples=[420]
    )

    @model_validator(mode="after")
    def _says_one(self) -> Self:
        if (self.people is None) == (self.person_days is None):
            raise wrong("must say either people or person_days", "Write e.g. {people: 8} or {person_days: 420}")
        return self


class Item(Placed):
    """A ticket, an epic with what is open under it, or a project, version, sprint … with what is open in it."""

    ticket: Filled = Field(description="Its key, or the name of a project, version, sprint …", examples=["PAY-120"])
    days: Annotated[float, Field(gt=0, le=1_000_000)] | None = Field(
        default=None, description="Person-days it will still take, all of it (left out: from history).", examples=[12]
    )
    team: Filled | None = Field(
        default=None, description="Team that would do it (left out: its own).", examples=["Payments"]
    )


class Move(Placed):
    """Work that another team takes over."""

    ticket: Filled = Field(description="Key of a ticket or an epic.", examples=["PAY-90"])
    to: Filled = Field(description="The team that takes it.", examples=["Storefront"])


def _item(value: Any) -> Any:
    """``PAY-120`` is short for ``{ticket: PAY-120}``."""
    return {"ticket": value} if isinstance(value, str) else value


def _crew(value: Any) -> Any:
    """``8`` is short for ``{people: 8}``."""
    return {"people": value} if isinstance(value, int | float) and not isinstance(value, bool) else value


def _either(kind: str, model: type[Placed]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [{"type": kind}, model.model_json_schema()]})


AnyItem = Annotated[Item, BeforeValidator(_item), _either("string", Item)]
AnyCrew = Annotated[Crew, BeforeValidator(_crew), _either("number", Crew)]


class Plan(Placed):
    """The plan file."""

    plan: Filled = Field(description="Name of the plan.", examples=["First quarter 2027"])
    period: Period = Field(
        description="The days it is for.", examples=[{"from": "2027-01-04", "to": "2027-03-26"}]
    )  # fmt: skip
    teams: dict[Filled, AnyCrew] = Field(
        default_factory=dict,
        description="Who is there, by the name of the team: a number of people, or {person_days: 420}.",
        examples=[{"Payments": 8, "Storefront": {"person_days": 420}}],
    )
    take: tuple[AnyItem, ...] = Field(
        default=(),
        description="What would be worked on: keys of tickets and epics, names of projects, versions …",
        examples=[["PAY-120", {"ticket": "WEB-7", "days": 12}]],
    )
    drop: tuple[AnyItem, ...] = Field(
        default=(),
        description="What would not go on, though it is in progress or under what is taken.",
        examples=[["PAY-77"]],
    )
    move: tuple[Move, ...] = Field(
        default=(), description="What another team would do.", examples=[[{"ticket": "PAY-90", "to": "Storefront"}]]
    )
    carry_over: bool = Field(
        default=True, description="Whether what is in progress goes on, beside what is taken.", examples=[True]
    )


def read_plan(path: Path) -> tuple[Plan | None, list[Mistake]]:
    """The plan, or None and every mistake in the file with its line."""
    group, mistakes = load(path, path.name)
    if group is None:
        return None, mistakes
    plan, more = validate(group, Plan)
    mistakes = sorted({*mistakes, *more, *_check(group)})
    return (None if mistakes else plan), mistakes


def _check(group: Group) -> Iterator[Mistake]:
    """What only the whole file shows: names that stand twice, and teams that are not there."""
    given = {key: list(_named(group, key)) for key in ("take", "drop", "move")}
    for key, named in given.items():
        first: dict[str, int] = {}
        for name, line, _ in named:
            if name.lower() in first:
                what = f"{key} names {quoted(name)} a second time (first on line {first[name.lower()]})"
                yield Mistake(group.file, line, what, "Delete one of the two")
            first.setdefault(name.lower(), line)
    taken = {name.lower() for name, _, _ in given["take"]}
    for name, line, _ in given["drop"]:
        if name.lower() in taken:
            yield Mistake(group.file, line, f"{quoted(name)} is both taken and dropped", "Delete it in one of the two")
    teams = group.get("teams")
    known = [str(team) for team in teams] if isinstance(teams, Group) else []
    for key, word in (("take", "team"), ("move", "to")):
        for _, line, one in given[key] if known else ():
            team = one.get(word) if one is not None else None
            if one is not None and isinstance(team, str) and team.lower() not in {k.lower() for k in known}:
                what = f"{key} names the team {quoted(team)}, which is not under teams"
                yield Mistake(
                    group.file,
                    one.lines.get(word, line),
                    what,
                    nearest(team, known, f"Write one of: {', '.join(known)}"),
                )


def _named(group: Group, key: str) -> Iterator[tuple[str, int, Group | None]]:
    """What a list names: the name, its line, and the entry where it is more than a name."""
    listed = group.get(key)
    if not isinstance(listed, Items):
        return
    for n, one in enumerate(listed):
        if isinstance(one, str):
            yield one, listed.lines[n], None
        elif isinstance(one, Group) and isinstance(one.get("ticket"), str):
            yield one["ticket"], one.lines["ticket"], one


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the file as people write it, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Plan.model_json_schema()}


if __name__ == "__main__":
    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
