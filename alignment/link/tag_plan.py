"""The plan of write-back, a file that a person reads and shortens: what would change on which ticket, why, from which state."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from alignment.errors import Mistakes
from alignment.setup.starting import yaml_text
from analyzer.located_yaml import Placed, read
from analyzer.plain_words import wrong
from analyzer.tagging import Tagging, state_of
from analyzer.written import Filled

TITLE = 100


def _is_moment(text: str) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise wrong(f"{text!r} is no moment", "Leave the file as it was written, but for what you delete") from None
    if at.tzinfo is None:
        raise wrong(f"{text!r} has no time zone", "Leave the file as it was written, but for what you delete")
    return text


MomentText = Annotated[Filled, AfterValidator(_is_moment)]


class Seen(Placed):
    """The state of a ticket when the plan was made."""

    updated: MomentText = Field(description="When it was last updated.", examples=["2026-11-20T09:00:00.000+00:00"])
    labels: tuple[str, ...] = Field(default=(), description="Labels it had, to read.", examples=[["backend"]])
    state: Filled = Field(description="Fingerprint of those labels, without the tags.", examples=["0123456789abcdef"])

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.updated).astimezone(UTC)


class Planned(Placed):
    """One ticket."""

    ticket: Filled = Field(description="Its id in the store.", examples=["jira:10012"])
    key: Filled = Field(description="Its key.", examples=["PAY-12"])
    title: str = Field(default="", description="Its title, to read.", examples=["Retry payments"])
    add: tuple[Filled, ...] = Field(default=(), description="Tags to put on.", examples=[["strat-fast-checkout"]])
    remove: tuple[Filled, ...] = Field(default=(), description="Tags to take off.", examples=[["strat-growth"]])
    why: str = Field(default="", description="Why, to read.", examples=["PAY-12 → rule strategy.yaml:12 → Checkout"])
    seen: Seen = Field(description="From which state.")

    @property
    def tags(self) -> tuple[str, ...]:
        return (*self.add, *self.remove)


class TagPlan(Placed):
    """The file."""

    tag_plan: Filled = Field(description="Its name, by which the log knows it.", examples=["20261125T100000Z-0a1b2c3d"])
    strategy: str = Field(default="", description="The strategy that the tags are from, to read.", examples=["H2"])
    cap: Annotated[int, Field(strict=True, ge=0)] = Field(
        description="More tickets are not written at once.", examples=[200]
    )
    tickets: tuple[Planned, ...] = Field(default=(), description="What would change.")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a plan says of itself."""

    strategy: str
    made: datetime
    cap: int
    file: str


def name_of(taggings: Sequence[Tagging], made: datetime) -> str:
    """A name that no other plan has: its moment, and a fingerprint of what it would do."""
    text = "\n".join(f"{t.ticket}|{','.join(t.add)}|{','.join(t.remove)}" for t in taggings)
    return f"{made.astimezone(UTC):%Y%m%dT%H%M%SZ}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def written(heading: Heading, taggings: Sequence[Tagging], hide: Callable[[str], str]) -> str:
    """The text of the file; ``hide`` takes names of people out of what is there to be read."""
    return "\n".join(_lines(heading, taggings, hide)) + "\n"


def _lines(heading: Heading, taggings: Sequence[Tagging], hide: Callable[[str], str]) -> Iterator[str]:
    yield "# What write-back would change. Read it, delete the tickets that should stay as they are, then:"
    yield f"#   alignment link apply {heading.file}             says what it would do"
    yield f"#   alignment link apply {heading.file} --write     does it"
    yield f"tag_plan: {name_of(taggings, heading.made)}"
    yield f"strategy: {yaml_text(heading.strategy)}"
    yield f"cap: {heading.cap}"
    yield "tickets:" if taggings else "tickets: []"
    for t in taggings:
        yield f"  - ticket: {yaml_text(t.ticket)}"
        yield f"    key: {yaml_text(t.key)}"
        yield f"    title: {yaml_text(_shown(hide(t.title)))}"
        yield from (f"    {act}: {_list(tags)}" for act, tags in (("add", t.add), ("remove", t.remove)) if tags)
        yield f"    why: {yaml_text(_shown(hide(t.why), 4 * TITLE))}"
        yield "    seen:"
        yield f"      updated: {t.updated.replace(tzinfo=UTC).isoformat(timespec='milliseconds')}"
        yield f"      labels: {_list([_shown(hide(label)) for label in t.now])}"
        yield f"      state: {yaml_text(state_of(t.now, (*t.add, *t.remove)))}"


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(yaml_text(text) for text in texts)}]"


def _shown(text: str, most: int = TITLE) -> str:
    """On one line, without signs that a terminal or an editor would obey."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def read_tag_plan(path: Path) -> TagPlan:
    """The plan of a file. Raises Mistakes."""
    plan, mistakes = read(path, TagPlan, name=path.name)
    if plan is None:
        raise Mistakes(mistakes)
    return plan
