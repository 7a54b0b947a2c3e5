"""The settings name the trackers, teams and calendar of one installation, and never hold a secret."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from alignment.deliver.targets import Target
from alignment.no_secrets import secrets_in
from alignment.setting_values import AnyWeekday, AtLeastOne, Days, Lower, Memory, Place, Url, Weeks, Zone
from analyzer.located_yaml import Group, Placed, groups, load, validate
from analyzer.plain_words import quoted, wrong
from analyzer.problem import Mistake
from analyzer.written import Day, Filled, OneOrMore, Slug

CANCELLED = (
    "won't fix", "won't do", "wont do", "duplicate", "cannot reproduce", "incomplete", "invalid", "not a bug",
    "cancelled", "canceled", "declined", "rejected", "abandoned", "obsolete",
)  # fmt: skip


class Tracker(Placed):
    """One connection to a tracker, or a file that stands for it."""

    name: Slug = Field(description="Short name; ids of tickets begin with it.", examples=["jira"])
    kind: Literal["jira-cloud", "jira-data-center", "linear", "file", "example-jira", "example-linear"] = Field(
        description="What it is: a live tracker, an export as a file, or a made-up company.", examples=["jira-cloud"]
    )
    path: Place | None = Field(
        default=None,
        description="For kind file: a file, a folder or a pattern such as exports/*.csv.",
        examples=["exports/*.json"],
    )
    field_list: Place | None = Field(
        default=None,
        description="A saved answer of GET /rest/api/2/field, to know custom fields by name.",
        examples=["field.json"],
    )
    base_url: Url | None = Field(
        default=None,
        description="Address of the tracker. For a file: for links only. Scoped Jira tokens need the gateway address "
        "https://api.atlassian.com/ex/jira/CLOUD-ID.",
        examples=["https://company.atlassian.net"],
    )
    browse_url: Url | None = Field(
        None, description="Where people open tickets, if not base_url.", examples=["https://company.atlassian.net"]
    )
    email: str = Field(
        "",
        description="For Jira Cloud: the account of an API token. Without it, a Bearer is sent.",
        examples=["a@b.com"],
    )
    projects: OneOrMore | None = Field(
        default=None, description="For Jira: keys of the projects to read (all visible ones).", examples=[["PAY"]]
    )
    teams: OneOrMore | None = Field(
        default=None, description="For Linear: keys of the teams to read (all visible ones).", examples=[["ENG"]]
    )
    history: Literal["full", "states"] = Field(
        "full", description="For Linear: whole change logs, or only states (fewer points).", examples=["states"]
    )
    notify: bool = Field(
        True,
        description="For Jira: whether watchers hear of tags that are written. false needs an account that administers the "
        "project.",
        examples=[False],
    )
    ca_bundle: Place | None = Field(None, description="Your own certificate authorities (PEM).", examples=["ca.pem"])
    patience: Annotated[int, Field(strict=True, ge=1, le=86_400)] = Field(
        120,
        description="Longest wait in seconds a tracker may ask for; beyond it a pull stops for now.",
        examples=[120],
    )
    time_zone: Zone | None = Field(
        default=None, description="Time zone of dates in a CSV export that carry none.", examples=["Europe/Berlin"]
    )
    fields: dict[Filled, OneOrMore] = Field(
        default_factory=dict,
        description="Field ids by what they mean (estimate, sprint, epic_link, parent_link, team, flagged, "
        "criteria) "
        "or by the name of a custom field to keep.",
        examples=[{"estimate": "customfield_10016"}],
    )

    @model_validator(mode="after")
    def _file_has_a_path(self) -> Self:
        if self.kind == "file" and self.path is None:
            raise wrong("is of kind file and has no 'path'", "Add e.g. path: exports/*.json")
        if self.kind in ("jira-cloud", "jira-data-center") and self.base_url is None:
            raise wrong(
                f"is of kind {self.kind} and has no 'base_url'", "Add e.g. base_url: https://company.atlassian.net"
            )
        return self


class Team(Placed):
    """How the tickets of one team are recognised: any one of the lists is enough."""

    name: Filled = Field(description="Name that readers see.", examples=["Payments"])
    projects: OneOrMore | None = Field(default=None, description="Projects: keys or names.", examples=[["PAY"]])
    components: OneOrMore | None = Field(default=None, description="Components.", examples=[["Checkout"]])
    labels: OneOrMore | None = Field(default=None, description="Labels.", examples=[["team-payments"]])
    tracker_teams: OneOrMore | None = Field(
        default=None, description="Teams as the tracker names them: keys or names.", examples=[["Payments"]]
    )

    @model_validator(mode="after")
    def _can_be_recognised(self) -> Self:
        if not (self.projects or self.components or self.labels or self.tracker_teams):
            raise wrong("has nothing to recognise its tickets by", "Add e.g. projects: [PAY]")
        return self


class Window(Placed):
    """What is judged."""

    weeks: Weeks = Field(
        default=8, description="The number of last complete weeks that are judged, 2 to 26.", examples=[8]
    )


class Groups(Placed):
    """How small a group may be shown."""

    at_least: AtLeastOne = Field(
        default=5, description="Groups of fewer people are merged before they are shown.", examples=[5]
    )


class Linking(Placed):
    """How suggestions for unlinked tickets are made."""

    people: bool = Field(
        default=True,
        description="Whether who a ticket is assigned to counts as evidence. Nobody is named either way.",
        examples=[False],
    )
    auto: bool = Field(
        default=False,
        description="Whether suggestions of 95 % and up may link tickets by themselves, once people's decisions have earned it.",
        examples=[True],
    )


class Report(Placed):
    """Where reports go."""

    folder: Place = Field(
        default=Path("reports"), validate_default=True, description="Folder of reports.", examples=["reports"]
    )
    formats: tuple[Literal["html", "md", "csv", "json"], ...] = Field(
        default=("html", "md"), min_length=1, description="What is written.", examples=[["html", "md"]]
    )
    link: Url | None = Field(
        default=None,
        description="Where people open the folder of reports in a browser; messages link to the report there.",
        examples=["https://reports.company.com/alignment"],
    )


class Settings(Placed):
    """The settings file. Paths are seen from the folder it is in."""

    organisation: str = Field(
        default="", description="Name of the organisation, for the report.", examples=["Example Ltd"]
    )
    time_zone: Zone = Field(
        default="UTC", description="Time zone in which days and weeks are cut.", examples=["Europe/Berlin"]
    )
    working_days: tuple[AnyWeekday, ...] = Field(
        default=("mon", "tue", "wed", "thu", "fri"),
        min_length=1,
        description="Days of the week that count as work.",
        examples=[["mon", "tue", "wed", "thu", "fri"]],
    )
    holidays: tuple[Day, ...] = Field(default=(), description="Days off for everyone.", examples=[["2026-12-25"]])
    store: Place = Field(
        default=Path("alignment.duckdb"), validate_default=True, description="The store.", examples=["alignment.duckdb"]
    )
    strategy: Place = Field(
        default=Path("strategy.yaml"),
        validate_default=True,
        description="The strategy: a file, or a folder of dated files.",
        examples=["strategy.yaml"],
    )
    trackers: tuple[Tracker, ...] = Field(
        min_length=1, description="Where tickets come from.", examples=[[{"name": "jira", "kind": "example-jira"}]]
    )
    teams: tuple[Team, ...] = Field(
        default=(),
        description="Teams; the first that matches wins.",
        examples=[[{"name": "Payments", "projects": ["PAY"]}]],
    )
    window: Window = Field(default=Window(), description="What is judged.", examples=[{"weeks": 8}])
    effort: Literal["days", "count", "points"] = Field(
        default="days", description="How effort is counted: person-days read from history, tickets, or points."
    )
    groups: Groups = Field(default=Groups(), description="How small a group may be shown.", examples=[{"at_least": 5}])
    idle_after_days: AtLeastOne = Field(
        default=14, description="A ticket untouched for so many days stops drawing effort.", examples=[14]
    )
    grace_days: Days = Field(
        default=2, description="Days after a start in which an addition still counts as planned.", examples=[2]
    )
    sweep_every_days: AtLeastOne = Field(
        default=7, description="Days between two looks for tickets that a live tracker no longer shows.", examples=[7]
    )
    too_new_days: Days = Field(
        default=7, description="A ticket younger than this is too new to be unlinked.", examples=[7]
    )
    vague_words: Place | None = Field(
        default=None,
        description="A list of words by which finish lines are read, beside those that come with the program "
        "(laid out like analyzer/data/vague.en.yaml).",
        examples=["vague.yaml"],
    )
    cancelled: tuple[Lower, ...] = Field(
        default=CANCELLED,
        description="Names of statuses and resolutions that mean the work was dropped, in any case.",
        examples=[["won't fix", "duplicate"]],
    )
    memory: Memory | None = Field(
        default=None,
        description="What DuckDB may hold in memory; left out: by the size of the store, 1200 MB and up.",
        examples=["4 GB"],
    )
    linking: Linking = Field(
        default=Linking(), description="How suggestions for unlinked tickets are made.", examples=[{"people": False}]
    )
    report: Report = Field(
        default_factory=dict, validate_default=True, description="Where reports go.", examples=[{"folder": "reports"}]
    )
    deliver: tuple[Target, ...] = Field(
        default=(),
        description="Who gets the report, and how.",
        examples=[[{"name": "strategy-channel", "kind": "slack"}]],
    )


def read_settings(path: Path) -> tuple[Settings | None, list[Mistake]]:
    """The settings, or None and every mistake in the file with its line. Paths come back absolute."""
    group, mistakes = load(path)
    if group is None:
        return None, mistakes
    secrets = list(secrets_in(group))
    folder = Path(os.path.abspath(path)).parent
    settings, more = validate(group, Settings, {"folder": folder})
    places = {(secret.line, secret.what.split("'")[1]) for secret in secrets}
    more = [one for one in more if not any(one.line == line and f"'{key}'" in one.what for line, key in places)]
    mistakes = sorted(
        {*mistakes, *more, *secrets, *_taken(group, "trackers"), *_taken(group, "teams"), *_taken(group, "deliver")}
    )
    return (None if mistakes else settings), mistakes


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the file as people write it, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Settings.model_json_schema()}


def _taken(group: Group, key: str) -> Iterator[Mistake]:
    """Names that stand twice in a list."""
    seen: dict[str, int] = {}
    for one in groups(group.get(key)):
        name, line = one.get("name"), one.lines.get("name", one.line)
        if isinstance(name, str):
            if name in seen:
                what = f"the name {quoted(name)} is already taken on line {seen[name]}"
                yield Mistake(group.file, line, what, "Give one of them another name")
            seen.setdefault(name, line)


if __name__ == "__main__":
    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
