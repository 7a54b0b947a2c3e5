"""The Result: everything a report may say, as plain data with a version and a JSON Schema."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION = "alignment-result/1"

Verdict = Literal["signal", "watch", "noise", "not_judged", "error"]
Unit = Literal["share", "person_days", "tickets", "points", "count", "weeks", "text", "date", "percent_points"]
Number = float | int | None


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(Strict):
    id: str
    label: str
    unit: Unit = "text"


class Row(Strict):
    """One line of a table. ``cells`` by column id; ``tickets`` are ids into ``Result.tickets``; ``more`` were cut."""

    cells: dict[str, str | float | int | None]
    tickets: list[str] = []
    more: int = 0


class Table(Strict):
    shape: Literal["table"] = "table"
    id: str
    title: str
    columns: list[Column]
    rows: list[Row]
    note: str = ""


class Line(Strict):
    """One line over the x values; ``low``/``high`` is the intended range at each x, ``None`` where none is declared."""

    id: str
    label: str
    values: list[Number]
    low: list[Number] = []
    high: list[Number] = []


class Series(Strict):
    """Lines over weeks (``2026-W47``). ``set_apart`` lists weeks shown but not judged."""

    shape: Literal["series"] = "series"
    id: str
    title: str
    unit: Unit
    x: list[str]
    lines: list[Line]
    set_apart: list[str] = []
    note: str = ""


class FlowLink(Strict):
    source: str
    target: str
    value: float


class Flow(Strict):
    """Where something went: amounts from a source (priority) to a target (team)."""

    shape: Literal["flow"] = "flow"
    id: str
    title: str
    unit: Unit
    links: list[FlowLink]
    note: str = ""


class Matrix(Strict):
    shape: Literal["matrix"] = "matrix"
    id: str
    title: str
    unit: Unit
    rows: list[str]
    columns: list[str]
    values: list[list[Number]]
    note: str = ""


class BurnUp(Strict):
    """Scope and finished work of one deliverable, a day or week a point. ``low``/``high``: the agreed range."""

    shape: Literal["burn_up"] = "burn_up"
    id: str
    title: str
    unit: Unit
    x: list[str]
    scope: list[Number]
    done: list[Number]
    planned: Number = None
    low: Number = None
    high: Number = None
    tickets: list[str] = []
    more: int = 0
    note: str = ""


Shape = Annotated[Table | Series | Flow | Matrix | BurnUp, Field(discriminator="shape")]


class Score(Strict):
    """0 to 100, higher is better, with the sum that gives it written out."""

    value: float = Field(ge=0, le=100)
    arithmetic: str


class Meta(Strict):
    """What a measure is, for readers: the question it answers, how (``formula`` on one line), what it ``needs`` to judge, its
    source, and where it may mislead."""

    id: str
    title: str
    question: str
    how: str
    limits: str
    source: str = ""
    formula: str = ""
    needs: str = ""


class Move(Strict):
    """The smallest thing that would bring a finding back inside its range, in arithmetic a reader can redo; ``tickets`` are the
    first candidates (ids into ``Result.tickets``), ``more`` were cut."""

    sentence: str
    tickets: list[str] = []
    more: int = 0


class Finding(Strict):
    """What one measure found.

    ``headline`` is the finding in a dozen words, ``sentence`` in full; ``sure`` says how sure it is where that is not a matter
    of the verdict's statistics; ``reason`` says why it is not judged (or the error);
    ``since`` is a week. Shares are fractions of 1; ``percent_points`` count 12 for twelve points.
    """

    meta: Meta
    verdict: Verdict
    sentence: str
    headline: str = ""
    sure: str = ""
    value: Number = None
    unit: Unit = "share"
    interval: tuple[float, float] | None = None
    reason: str = ""
    since: str | None = None
    score: Score | None = None
    move: Move | None = None
    details: list[Shape] = []


class TicketRef(Strict):
    key: str
    title: str
    url: str


class Priority(Strict):
    """One line of the strategy in force at the end of the window. ``share`` is [low, high] or ``None``."""

    id: str
    name: str
    kind: Literal["priority", "upkeep", "parked"]
    share: tuple[float, float] | None = None
    owner: str = ""
    why: str = ""
    done: str = ""


class StrategyRef(Strict):
    """A strategy of the window. ``since`` is empty where it is in force always."""

    name: str
    since: str
    until: str | None
    priorities: list[Priority]


class Week(Strict):
    week: str
    reason: str


class Window(Strict):
    """The complete weeks judged: first and last day (inclusive) and week names; ``set_apart`` were left out, and why."""

    first_day: str
    last_day: str
    weeks: list[str]
    set_apart: list[Week] = []


class TrackerCoverage(Strict):
    name: str
    kind: str
    source: str
    tickets: int
    with_history: int
    skipped: int
    newest_change: str | None


class Change(Strict):
    """What one measure says that is not as the last report said it. ``was`` or ``now`` is empty where a measure is new or gone."""

    measure: str
    title: str
    was: Verdict | None
    now: Verdict | None
    was_value: Number = None
    now_value: Number = None
    unit: Unit = "share"
    sentence: str


class Decision(Strict):
    """One thing to decide: what was found, and the smallest move (empty where none is known) with its first candidates."""

    measure: str
    title: str
    verdict: Verdict
    sentence: str
    move: str = ""
    tickets: list[str] = []
    more: int = 0


class Result(Strict):
    """``previous`` is the ``as_of`` of the report that ``changed`` compares with; ``decide`` names at most five things."""

    schema_version: str = SCHEMA_VERSION
    program: str
    organisation: str
    as_of: str
    as_of_reason: str = ""
    time_zone: str
    effort: Literal["days", "count", "points"]
    window: Window
    strategies: list[StrategyRef]
    coverage: list[TrackerCoverage]
    headline: str
    verdict: Verdict
    previous: str | None = None
    changed: list[Change] = []
    decide: list[Decision] = Field(default=[], max_length=5)
    findings: list[Finding]
    tickets: dict[str, TicketRef]
    notes: list[str] = []
    slice: str = ""
    """What part of the company was looked at, as the filters of the audit say it; empty: everybody."""

    plan: str = ""
    """Name of the candidate plan that was held against the strategy; its findings (``plan_…``) come first."""


def json_schema() -> dict[str, Any]:
    """The published JSON Schema of a Result (draft 2020-12)."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Result.model_json_schema()}


if __name__ == "__main__":
    import json

    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
