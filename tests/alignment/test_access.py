"""Live trackers of the settings: their tokens, what check says of them, and pulls through the command."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from alignment.cli import cli, run
from alignment.errors import Mend
from alignment.tokens import token, variable
from tests.alignment.test_live_pull import FEW, jira_world, linear_world
from tests.simulator.jira_cloud import JiraCloud
from tests.simulator.jira_dc import JiraDataCenter
from tests.simulator.linear import LinearSimulator
from tests.simulator.server import Server

STRATEGY = "strategy: S\npriorities:\n  - {id: a, match: [{label: strat-checkout}]}\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "strategy.yaml").write_text(STRATEGY)
    return tmp_path


def command(*words: str) -> tuple[int, str]:
    """Exit code and everything printed."""
    codes: list[int] = []
    runner = CliRunner()

    with runner.isolation() as streams:
        codes.append(run(lambda: cli.main(list(words), standalone_mode=False)))
        printed = streams[2].getvalue().decode()
    return codes[0], printed


def test_a_token_comes_from_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert variable("jira-eu") == "ALIGNMENT_TOKEN_JIRA_EU"
    monkeypatch.setenv("ALIGNMENT_TOKEN_JIRA_EU", " abc ")
    assert token("jira-eu") == "abc"
    monkeypatch.delenv("ALIGNMENT_TOKEN_JIRA_EU")
    with pytest.raises(Mend, match="Set ALIGNMENT_TOKEN_JIRA_EU"):
        token("jira-eu")
    monkeypatch.setenv("ALIGNMENT_TOKEN_JIRA_EU", "two words")
    with pytest.raises(Mend, match="the token alone") as error:
        token("jira-eu")
    assert "two words" not in str(error.value)


@pytest.mark.parametrize("make", [JiraCloud, JiraDataCenter])
def test_jira_is_checked_pulled_and_reported(
    here: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[..., JiraCloud | JiraDataCenter]
) -> None:
    site = make(world=jira_world(FEW).copy())
    cloud = isinstance(site, JiraCloud)
    with Server(site) as server:
        email = f"email: {site.account.email}, " if cloud else ""
        kind = "jira-cloud" if cloud else "jira-data-center"
        lines = f"trackers:\n  - {{name: jira, kind: {kind}, {email}base_url: '{server.url}', projects: [PAY, WEB, OPS, DAT]}}\n"
        (here / "alignment.yaml").write_text(lines)
        secret = site.account.token if cloud else site.account.bearer
        monkeypatch.setenv("ALIGNMENT_TOKEN_JIRA", secret)
        code, printed = command("check")
        assert (
            code == 0 and "4 projects visible: DAT, OPS, PAY, WEB" in printed and "sprint: customfield_10020" in printed
        )
        code, printed = command("pull")
        assert code == 0 and re.fullmatch(rf"jira: {FEW} tickets from {server.url}, \d+ requests\n", printed)
        code, printed = command("pull")
        assert code == 0 and re.fullmatch(rf"jira: 0 tickets from {server.url}, \d+ requests\n", printed)
        assert command("report", "--as-of", "2026-11-15", "--format", "json")[0] == 0
        everything = b"".join(f.read_bytes() for f in here.rglob("*") if f.is_file())
        assert secret.encode() not in everything
        monkeypatch.setenv("ALIGNMENT_TOKEN_JIRA", "wrong")
        code, printed = command("check")
        assert code == 1 and "does not accept the token" in printed and "Traceback" not in printed
        monkeypatch.delenv("ALIGNMENT_TOKEN_JIRA")
        code, printed = command("pull")
        assert code == 1 and printed.startswith("There is no token for tracker jira. Set ALIGNMENT_TOKEN_JIRA")


def test_an_unknown_project_is_named(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = JiraCloud(world=jira_world(FEW).copy())
    with Server(site) as server:
        where = f"email: {site.account.email}, base_url: '{server.url}', projects: [NOPE]"
        lines = f"trackers:\n  - {{name: jira, kind: jira-cloud, {where}}}\n"
        (here / "alignment.yaml").write_text(lines)
        monkeypatch.setenv("ALIGNMENT_TOKEN_JIRA", site.account.token)
        code, printed = command("pull")
        assert code == 1 and "NOPE" in printed and "Check its key" in printed
        code, printed = command("check")
        assert (
            code == 1 and "this account sees no project NOPE. Correct projects: to keys that are shown (DAT" in printed
        )


def test_linear_is_checked_and_pulled(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    simulator = LinearSimulator(linear_world(FEW))
    with simulator.serve() as server:
        (here / "alignment.yaml").write_text(
            f"trackers:\n  - {{name: linear, kind: linear, base_url: '{server.url}/graphql'}}\n"
        )
        monkeypatch.setenv("ALIGNMENT_TOKEN_LINEAR", simulator.key)
        code, printed = command("check")
        assert code == 0 and "teams visible" in printed and "left this hour" in printed and "it multiplies" in printed
        code, printed = command("pull")
        assert code == 0 and re.fullmatch(rf"linear: {FEW} tickets from Linear, \d+ requests\n", printed)
