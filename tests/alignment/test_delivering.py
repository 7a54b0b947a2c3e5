"""Who gets the report stands in the settings, its secrets do not, and check proves every target without sending anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from alignment.deliver.delivering import MODULES, Digest, NotDelivered, link, send, variable
from alignment.deliver.targets import Kind
from alignment.settings import read_settings
from tests.alignment.delivered import Waits, digest, target
from tests.alignment.exported import Command
from tests.alignment.mail_server import PASSWORD, USER, MailServer
from tests.alignment.test_deliver_webhook import PATH, taking
from tests.alignment.test_settings import MINIMAL, told
from tests.alignment.test_troubles import alignment as alignment
from tests.simulator.server import Server

EMAIL = "to: heads@acme.example, from: robot@acme.example, host: smtp.acme.example"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{name: a, kind: fax}", "4: kind 'fax' is not known. Write one of: email, slack, teams, folder or s3."),
        (
            "{name: a, kind: email}",
            "4: item 1 of deliver is of kind email and has no 'to'. Add e.g. to: [heads@company.com].",
        ),
        (
            "{name: a, kind: email, to: a@b.c}",
            "4: item 1 of deliver is of kind email and has no 'from'. Add e.g. from: ",
        ),
        (
            "{name: a, kind: folder}",
            "4: item 1 of deliver is of kind folder and has no 'path'. Add e.g. path: /srv/reports.",
        ),
        ("{name: a, kind: s3}", "4: item 1 of deliver is of kind s3 and has no 'bucket'. "),
        (
            "{name: a, kind: slack, bucket: b}",
            "4: item 1 of deliver is of kind slack, which has no 'bucket'. Delete it",
        ),
        ("{name: a, kind: slack, from: a@b.c}", "4: item 1 of deliver is of kind slack, which has no 'from'. "),
        (f"{{name: a, kind: email, {EMAIL}, sender: x@y.z}}", "4: unknown key 'sender'. "),
        ("{name: a, kind: email, to: [heads], from: a@b.c, host: h}", "4: to 'heads' is no e-mail address. Write the"),
        (
            "{name: a, kind: email, to: 'a@b.c, d@e.f', from: a@b.c, host: h}",
            "4: to 'a@b.c, d@e.f' is no e-mail address. ",
        ),
        ("{name: a, kind: email, to: a@b.c, from: 'x <a@b.c>', host: h}", "4: from 'x <a@b.c>' is no e-mail address. "),
        (f"{{name: a, kind: email, {EMAIL}, port: 70000}}", "4: port is too large. "),
        (
            f"{{name: a, kind: email, {EMAIL}, user: u, security: none}}",
            "4: item 1 of deliver would send its password in ",
        ),
        ("{name: A b, kind: slack}", "4: name 'A b' may only have small letters, digits and dashes. "),
    ],
)
def test_a_mistake_in_a_target_is_told_with_line_and_fix(tmp_path: Path, line: str, expected: str) -> None:
    (mistake,) = told(tmp_path, f"{MINIMAL}deliver:\n- {line}\n")
    assert mistake.startswith(expected)


def test_two_targets_may_not_share_a_name(tmp_path: Path) -> None:
    mistakes = told(tmp_path, f"{MINIMAL}deliver:\n- {{name: a, kind: slack}}\n- {{name: a, kind: teams}}\n")
    assert mistakes == ["5: the name 'a' is already taken on line 4. Give one of them another name."]


@pytest.mark.parametrize(
    "line",
    [
        "{name: a, kind: slack, webhook: https://hooks.slack.com/services/T0/B0/planted}",
        "{name: a, kind: slack, url: https://hooks.slack.com/services/T0/B0/planted}",
        "{name: a, kind: teams, endpoint_url: 'https://prod.logic.azure.com/workflows/1?sp=x&sig=planted'}",
        f"{{name: a, kind: email, {EMAIL}, password: planted}}",
        "{name: a, kind: s3, bucket: b, secret_key: planted}",
    ],
)
def test_a_secret_in_a_target_is_refused_and_not_repeated(tmp_path: Path, line: str) -> None:
    mistakes = told(tmp_path, f"{MINIMAL}deliver:\n- {line}\n")
    assert any("is a secret, which may not stand in a file" in one for one in mistakes)
    assert "planted" not in "".join(mistakes)


def test_ports_and_privacy_that_follow_from_each_other() -> None:
    given: dict[str, Any] = {"kind": "email", "to": "a@b.c", "from": "d@e.f", "host": "h"}
    seen = [
        (made.privacy, made.at_port)
        for made in (target(**given, **more) for more in ({}, {"port": 465}, {"security": "tls"}, {"security": "none"}))
    ]
    assert seen == [("starttls", 587), ("tls", 465), ("tls", 465), ("none", 25)]


def test_the_variable_of_a_secret_is_named_for_its_target() -> None:
    assert variable(target(name="strategy-channel", kind="slack")) == "ALIGNMENT_WEBHOOK_STRATEGY_CHANNEL"
    given: dict[str, Any] = {"kind": "email", "to": "a@b.c", "from": "d@e.f", "host": "h"}
    assert variable(target(**given, user="u")) == "ALIGNMENT_PASSWORD_LEADERS" and variable(target(**given)) == ""
    assert variable(target(kind="s3", bucket="b")) == ""


def test_every_kind_has_a_module() -> None:
    assert set(MODULES) == set(get_args(Kind))


def test_a_link_is_the_folder_that_people_open_and_the_file_in_it() -> None:
    assert link("https://r.acme.example/a/", Path("out/2026 W47.html")) == "https://r.acme.example/a/2026%20W47.html"
    assert link(None, Path("x.html")) == ""


def test_a_failed_delivery_leaves_the_report(tmp_path: Path) -> None:
    given: Digest = digest(tmp_path)
    before = {name: path.stat().st_mtime_ns for name, path in given.files.items()}
    with pytest.raises(NotDelivered):
        send(target(kind="folder", path=str(tmp_path / "no")), given, {}, Waits().policy())
    assert before == {name: path.stat().st_mtime_ns for name, path in given.files.items()}


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[MailServer, Server]]:
    with MailServer(tmp_path) as post, Server(taking) as hook:
        yield post, hook


def test_check_proves_every_target_and_sends_nothing(
    alignment: Command, servers: tuple[MailServer, Server], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    post, hook = servers
    deliver = [
        {"name": "leaders", "kind": "email", "to": ["heads@acme.example"], "from": "robot@acme.example", "host": "localhost",
         "port": post.port, "user": USER, "ca_bundle": str(post.ca)},
        {"name": "channel", "kind": "slack"},
        {"name": "share", "kind": "folder", "path": str(tmp_path)},
    ]  # fmt: skip
    settings = {"trackers": [{"name": "jira", "kind": "example-jira"}], "deliver": deliver}
    Path("alignment.yaml").write_text(json.dumps(settings, indent=1), encoding="utf-8")
    monkeypatch.setenv("ALIGNMENT_PASSWORD_LEADERS", PASSWORD)
    monkeypatch.setenv("ALIGNMENT_WEBHOOK_CHANNEL", hook.url + PATH)
    got = alignment("check")
    assert got.code == 0, got.out
    for line in (
        "Delivers to leaders: localhost lets robot in (STARTTLS).",
        "Delivers to channel: Slack knows the webhook.",
    ):
        assert line in got.out
    assert post.posts == [] and [request.body for request in hook.requests] == [{"text": ""}]

    monkeypatch.setenv("ALIGNMENT_WEBHOOK_CHANNEL", f"{hook.url}/services/planted-old-0123456789")
    monkeypatch.delenv("ALIGNMENT_PASSWORD_LEADERS")
    got = alignment("check")
    assert got.code == 1 and "2 mistakes to mend" in got.out and "planted" not in got.out + got.err
    assert "deliver channel: Slack knows no such webhook (404). Make a new webhook in Slack" in got.out
    assert "deliver leaders: There is no password for leaders. Set ALIGNMENT_PASSWORD_LEADERS" in got.out


def test_what_is_set_is_what_the_settings_say(tmp_path: Path) -> None:
    (tmp_path / "alignment.yaml").write_text(
        f"{MINIMAL}report: {{link: 'https://r.acme.example/'}}\n"
        f"deliver:\n- {{name: a, kind: email, {EMAIL}, attach: true}}\n- {{name: b, kind: folder, path: share}}\n"
    )
    settings, mistakes = read_settings(tmp_path / "alignment.yaml")
    assert settings is not None and mistakes == [] and settings.report.link == "https://r.acme.example"
    first, second = settings.deliver
    assert first.to == ("heads@acme.example",) and first.sender == "robot@acme.example" and first.attach
    assert second.path == tmp_path / "share" and second.line == 6
