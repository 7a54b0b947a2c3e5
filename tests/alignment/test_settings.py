"""The settings file is read whole or its mistakes are told, and it never holds a secret."""

from __future__ import annotations

import importlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from alignment.settings import CANCELLED, Settings, json_schema, read_settings

DOCS = Path(__file__).parents[2] / "docs"

MINIMAL = "trackers:\n- {name: jira, kind: example-jira}\n"

EVERYTHING = """\
organisation: Example Ltd
time_zone: Europe/Berlin
working_days: [sun, monday, tue]
holidays: [2026-12-25]
store: data/store.duckdb
strategy: strategies
trackers:
  - name: jira
    kind: file
    path: exports/*.json
    field_list: field.json
    base_url: https://company.atlassian.net/
    time_zone: America/New_York
    fields: {estimate: customfield_10016, Token count: [customfield_1, customfield_2]}
  - {name: linear, kind: example-linear}
teams:
  - {name: Payments, projects: [PAY], components: Checkout, labels: [a], tracker_teams: [Pay]}
window: {weeks: 12}
effort: count
groups: {at_least: 3}
idle_after_days: 10
grace_days: 0
too_new_days: 3
cancelled: [Won't Fix]
report: {folder: out, formats: [html], link: https://reports.company.com/}
deliver:
  - {name: leaders, kind: email, to: [heads@company.com], from: alignment@company.com, host: smtp.company.com, user: robot}
  - {name: channel, kind: slack}
  - {name: team, kind: teams}
  - {name: share, kind: folder, path: share}
  - {name: bucket, kind: s3, bucket: reports, prefix: alignment/, endpoint_url: https://s3.company.com, region: eu-1}
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "alignment.yaml"
    path.write_text(text)
    return path


def told(tmp_path: Path, text: str) -> list[str]:
    path = write(tmp_path, text)
    settings, mistakes = read_settings(path)
    assert (settings is None) == bool(mistakes)
    return [str(mistake).removeprefix(f"{path}:") for mistake in mistakes]


def good(tmp_path: Path, text: str) -> Settings:
    settings, mistakes = read_settings(write(tmp_path, text))
    assert mistakes == [] and settings is not None
    return settings


def test_what_is_left_out_has_a_default(tmp_path: Path) -> None:
    settings = good(tmp_path, MINIMAL)
    assert (settings.organisation, settings.time_zone, settings.effort) == ("", "UTC", "days")
    assert settings.working_days == ("mon", "tue", "wed", "thu", "fri")
    assert (settings.window.weeks, settings.groups.at_least) == (8, 5)
    assert (settings.idle_after_days, settings.grace_days, settings.too_new_days) == (14, 2, 7)
    assert settings.cancelled == CANCELLED and settings.report.formats == ("html", "md")
    assert [settings.store, settings.strategy, settings.report.folder] == [
        tmp_path / "alignment.duckdb", tmp_path / "strategy.yaml", tmp_path / "reports",
    ]  # fmt: skip


def test_everything_can_be_set(tmp_path: Path) -> None:
    settings = good(tmp_path, EVERYTHING)
    jira, linear = settings.trackers
    assert jira.path == tmp_path / "exports/*.json" and jira.field_list == tmp_path / "field.json"
    assert jira.base_url == "https://company.atlassian.net" and linear.path is None
    assert jira.fields == {"estimate": ("customfield_10016",), "Token count": ("customfield_1", "customfield_2")}
    assert settings.working_days == ("sun", "mon", "tue") and settings.holidays == (date(2026, 12, 25),)
    assert settings.teams[0].components == ("Checkout",) and settings.cancelled == ("won't fix",)
    assert settings.report.folder == tmp_path / "out" and settings.store == tmp_path / "data/store.duckdb"


def test_paths_are_seen_from_the_settings_file_wherever_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, MINIMAL)
    monkeypatch.chdir(tmp_path.parent)
    settings, _ = read_settings(Path(tmp_path.name) / "alignment.yaml")
    assert settings is not None and settings.store == tmp_path / "alignment.duckdb"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("time_zone: Europe/Berln", "3: time_zone 'Europe/Berln' is no time zone. Did you mean 'Europe/Berlin'?"),
        ("time_zone: Europe", "3: time_zone 'Europe' is no time zone. "),
        ("working_days: [Monday, fry]", "3: item 2 of working_days 'fry' is not known. Did you mean 'fri'?"),
        ("working_days: []", "3: working_days is empty. "),
        ("holidays: [2026-02-30]", "3: item 1 of holidays '2026-02-30' is not in the calendar. "),
        ("window: {weeks: 1}", "3: weeks is too small. Write 2 or more."),
        ("window: {weeks: 27}", "3: weeks is too large. Write 26 or less."),
        ("groups: {at_least: 0}", "3: at_least is too small. Write 1 or more."),
        ("effort: hours", "3: effort 'hours' is not known. Write one of: days, count or points."),
        ("report: {formats: [pdf]}", "3: item 1 of formats 'pdf' is not known. "),
        ("teams: [{name: A}]", "3: item 1 of teams has nothing to recognise its tickets by. "),
        ("teams: [{name: A, labels: a}, {name: A, labels: b}]", "3: the name 'A' is already taken on line 3. "),
        ("efort: days", "3: unknown key 'efort'. Did you mean 'effort'?"),
        ("- {name: jira, kind: example-jira}", "3: the name 'jira' is already taken on line 2. "),
        ("- {name: a, kind: file}", "3: item 2 of trackers is of kind file and has no 'path'. Add e.g. path: exports"),
        ("- {name: a, kind: trello}", "3: kind 'trello' is not known. "),
        ("- {name: A b, kind: example-jira}", "3: name 'A b' may only have small letters, digits and dashes. "),
        ("- {name: a, kind: example-jira, base_url: jira}", "3: base_url 'jira' is no web address. "),
        ("- {name: a, kind: example-jira, base_url: 'https://me:pw@x.org'}", "3: base_url holds a name or password. "),
    ],
)
def test_a_mistake_is_told_with_line_and_fix(tmp_path: Path, line: str, expected: str) -> None:
    (mistake,) = told(tmp_path, MINIMAL + line + "\n")
    assert mistake.startswith(expected)


def test_no_tracker_is_a_mistake(tmp_path: Path) -> None:
    assert told(tmp_path, "effort: days\n") == [
        "1: 'trackers' is missing. Add trackers: [{name: jira, kind: example-jira}]."
    ]


@pytest.mark.parametrize("key", ["token", "password", "api_key", "apiKey", "secret", "API-Token", "client_secret"])
def test_a_secret_is_refused_anywhere_and_never_repeated(tmp_path: Path, key: str) -> None:
    places = [
        f"{{name: a, kind: example-jira, {key}: hunter2}}",
        f"{{name: b, kind: example-jira, auth: {{{key}: hunter2}}}}",
    ]
    mistakes = told(tmp_path, f"{key}: hunter2\ntrackers:\n" + "".join(f"- {place}\n" for place in places))
    secrets = [one for one in mistakes if "is a secret" in one]
    assert [one[:2] for one in secrets] == ["1:", "3:", "4:"]
    assert all("environment variable or the system keyring" in one for one in secrets)
    assert "hunter2" not in "".join([*mistakes, *told(tmp_path, MINIMAL + f"effort: {{{key}: hunter2}}\n")])
    assert [one for one in mistakes if one not in secrets] == [one for one in mistakes if "unknown key 'auth'" in one]


def test_the_schema_is_current_described_and_true(tmp_path: Path) -> None:
    schema = json.loads((DOCS / "settings.schema.json").read_text())
    assert schema == json_schema(), "run: python -m alignment.settings > docs/settings.schema.json"
    every: list[dict[str, Any]] = [schema, *schema["$defs"].values()]
    assert [
        key for one in every for key, field in one["properties"].items() if not {"description", "$ref"} & set(field)
    ] == []
    yaml = YAML(typ="safe", pure=True)
    validator = importlib.import_module("jsonschema").Draft202012Validator(schema)
    for text in (MINIMAL, EVERYTHING):
        data = json.loads(json.dumps(yaml.load(text), default=str))
        assert list(validator.iter_errors(data)) == []
    assert list(validator.iter_errors({"trackers": [], "foo": 1}))
