"""`alignment init` finds what it needs, writes files that are in order, and leaves nothing where it fails."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from alignment import tokens
from alignment.cli import cli, run
from alignment.errors import Mend
from alignment.settings import Tracker, read_settings
from alignment.setup import jira_access
from alignment.setup.discovery import Candidate, Found, address
from alignment.setup.starting import settings_text, strategy_text, write
from analyzer.strategy_file import read_strategies
from tests.alignment.exported import Command, export, issue
from tests.alignment.test_live_pull import FEW, jira_world, linear_world
from tests.alignment.test_troubles import alignment as alignment  # the same folder, with a strategy
from tests.simulator.jira_cloud import JiraCloud
from tests.simulator.jira_dc import JiraDataCenter
from tests.simulator.linear import LinearSimulator
from tests.simulator.server import Server

TOKEN = "planted-token-0123456789"


@pytest.fixture(autouse=True)
def no_strategy(alignment: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("strategy.yaml").unlink()
    monkeypatch.setattr(tokens, "_given", {})


def jira(kind: type[Any], **how: Any) -> Any:
    site = kind(world=jira_world(FEW).copy(), **how)
    object.__setattr__(site.account, "token", TOKEN)
    object.__setattr__(site.account, "bearer", TOKEN)
    return site


def in_order(*words: str) -> str:
    settings, mistakes = read_settings(Path("alignment.yaml"))
    assert settings and not mistakes
    assert read_strategies(Path("strategy.yaml"))[1] == []
    text = Path("alignment.yaml").read_text(encoding="utf-8")
    assert all(word in text for word in words), text
    assert TOKEN not in text
    return text


@pytest.mark.parametrize("kind", [JiraCloud, JiraDataCenter])
def test_a_jira_is_found_out_and_then_pulled(
    alignment: Command, monkeypatch: pytest.MonkeyPatch, kind: type[Any]
) -> None:
    monkeypatch.setenv("ALIGNMENT_TOKEN_JIRA", TOKEN)
    with Server(jira(kind)) as server:
        asked = f"{server.url}/browse/PAY-1"
        said = alignment("init", "--tracker", asked, "--email", "robot@acme.example", "--project", "PAY", "--yes")
        assert said.code == 0, said.err
        name = "jira-cloud" if kind is JiraCloud else "jira-data-center"
        in_order(f"kind: {name}", f'base_url: "{server.url}"', "projects: [PAY]", "Europe/Berlin", "customfield_10016")
        assert "alignment check" in said.out and "export " not in said.out
        assert "epic" in Path("strategy.yaml").read_text(encoding="utf-8")
        assert alignment("check").code == 0
        assert alignment("pull").code == 0


def test_a_linear_is_found_out(alignment: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIGNMENT_TOKEN_LINEAR", TOKEN)
    with Server(LinearSimulator(linear_world(FEW), token=TOKEN)) as server:
        said = alignment("init", "--tracker", f"{server.url}/graphql", "--yes")
        assert said.code == 0, said.err
        in_order("kind: linear", "# teams: [")
        assert alignment("check").code == 0


def test_a_scoped_token_goes_through_the_gateway(alignment: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIGNMENT_TOKEN_JIRA", TOKEN)
    with Server(jira(JiraCloud, scoped=True)) as server:
        monkeypatch.setattr(jira_access, "GATEWAY", server.url)
        said = alignment("init", "--tracker", server.url, "--email", "robot@acme.example", "--yes")
        assert said.code == 0, said.err
        in_order(f'base_url: "{server.url}/ex/jira/', f'browse_url: "{server.url}"')


def test_questions_are_answered_by_hand_and_the_token_is_not_shown() -> None:
    with Server(jira(JiraCloud)) as server, CliRunner().isolation(
        f"{server.url}\nrobot@acme.example\n{TOKEN}\nPAY, WEB\n"
    ) as streams:  # fmt: skip
        code = run(lambda: cli.main(["init"], standalone_mode=False))
        printed = streams[2].getvalue().decode()
    assert code == 0, printed
    assert TOKEN not in printed and "export ALIGNMENT_TOKEN_JIRA=…" in printed
    in_order("projects: [PAY, WEB]")


def test_an_export_needs_no_network(alignment: Command) -> None:
    export(Path("export.jsonl"), [issue(n) for n in range(1, 41)])
    assert alignment("init", "--export", "export.jsonl", "--time-zone", "Europe/Berlin").code == 0
    in_order("kind: file", "path: export.jsonl", "time_zone: Europe/Berlin")
    assert "growth (40)" in Path("strategy.yaml").read_text(encoding="utf-8")
    assert alignment("pull").code == alignment("report").code == 0


def test_a_file_that_is_there_is_left_unless_told(alignment: Command) -> None:
    export(Path("export.jsonl"), [issue(1)])
    Path("alignment.yaml").write_text("mine", encoding="utf-8")
    Path("strategy.yaml").write_text("mine too", encoding="utf-8")
    said = alignment("init", "--export", "export.jsonl", "--yes")
    assert said.code == 1 and "was left as it is. Move it away" in said.err
    assert alignment("init", "--export", "export.jsonl", "--yes", "--overwrite").code == 0
    assert Path("alignment.yaml").read_text() != "mine" and Path("strategy.yaml").read_text() == "mine too"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--tracker", "http://127.0.0.1:9"], "Nothing answers at port 9"),
        (["--tracker", "ftp://x"], "is no web address"),
        (["--tracker", "acme.atlassian.net"], "Give it with --email"),
        (["--tracker", "linear"], "There is no token for tracker linear"),
        (["--export", "nothing.json"], "nothing.json is not there"),
        (["--export", "."], "no export of Jira or Linear|There are no files"),
        ([], "Give it with --tracker"),
    ],
)
def test_a_failure_leaves_nothing(alignment: Command, words: list[str], said: str) -> None:
    got = alignment("init", "--folder", "new/place", "--yes", *words)
    assert got.code == 1 and re.search(said, got.err) and "Traceback" not in got.err, got.err
    assert list(Path(".").iterdir()) == []


def test_half_a_write_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="priorities"):
        write(
            tmp_path / "a" / "b",
            {"alignment.yaml": "trackers: [{name: l, kind: linear}]\n", "strategy.yaml": "strategy: S\n"},
        )
    assert list(tmp_path.rglob("*.yaml")) == [] and not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    "name", ["a: b # c", "yes", '"quoted" \\ \u2028 line\nbreak', "{{ x }}", "\x07bell", "- dash", "ünï 🚀", "123"]
)
def test_whatever_things_are_called_the_files_are_valid(name: str) -> None:
    tracker = Tracker.model_validate(
        {"name": "jira", "kind": "jira-data-center", "base_url": "https://jira.acme.example", "projects": [name]}
    )
    found = Found(tracker, "Europe/Berlin", name, "projects", (name,), (name,), ("customfield_1",),
                  (Candidate(name, "epic", name, name), Candidate(name, "initiative", name, name)), (name,))  # fmt: skip
    write(Path("."), {"alignment.yaml": settings_text([found], Path(".")), "strategy.yaml": strategy_text([found])})
    in_order("customfield_1")
    (strategy,), _ = read_strategies(Path("strategy.yaml"))
    assert strategy.priorities[0].match[0].epic == (name,) and strategy.priorities[0].name == name


@pytest.mark.parametrize(
    ("text", "kind", "url"),
    [
        ("https://acme.atlassian.net/jira/software/projects/PAY/boards/1", "jira-cloud", "https://acme.atlassian.net"),
        ("acme.atlassian.net", "jira-cloud", "https://acme.atlassian.net"),
        ("https://api.atlassian.com/ex/jira/11-22/rest", "jira-cloud", "https://api.atlassian.com/ex/jira/11-22"),
        ("https://acme.example/jira/browse/PAY-1", "", "https://acme.example/jira"),
        ("https://jira.acme.example/secure/Dashboard.jspa", "", "https://jira.acme.example"),
        ("Linear", "linear", ""),
        ("https://linear.app/acme/team/ENG", "linear", ""),
    ],
)
def test_an_address_is_understood_as_it_is_copied(text: str, kind: str, url: str) -> None:
    assert address(text) == (kind, url)


def test_a_password_in_an_address_is_refused() -> None:
    with pytest.raises(Mend) as error:
        address("https://me:secret@acme.example")
    assert error.value.fix
