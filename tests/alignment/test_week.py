"""`alignment week` writes the focus into the strategy file and keeps reviews, decisions and agreements, or says what is wrong."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from alignment.cli import cli, run
from alignment.strategy_history import remember
from alignment.weekly.week_file import with_entry
from analyzer.store import Store
from tests.analyzer import drawn

STRATEGY = """\
# Ours, kept in git.
strategy: First half
review: {every: week, on: monday}
priorities:
  - id: growth   # the first
    name: Growth
    match: [{label: growth}]
"""
TICKETS = """
key     created     doing       done        assignee  labels  sprint
A-1..9  2026-01-05  2026-01-12  2026-01-16  1..9      growth  Now

sprint  start       end
Now     2026-01-05  2026-01-16
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "strategy.yaml").write_text(STRATEGY, encoding="utf-8")
    with Store(tmp_path / "alignment.duckdb").writing() as con:
        drawn.save(con, TICKETS)
    return tmp_path


def week(*arguments: str) -> int:
    return run(lambda: cli.main(["week", *arguments], standalone_mode=False))


def decisions(place: Path) -> list[tuple[Any, ...]]:
    with Store(place / "alignment.duckdb").reading() as con:
        return con.execute("SELECT kind, target, choice, reason, until FROM decisions ORDER BY no").fetchall()


def test_a_focus_goes_into_the_file_with_its_comments(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert week("--week", "2026-W10", "--focus", "growth", "--done-when", "Sign-ups are up: 5 %") == 0
    assert capsys.readouterr().out == "2026-W10 in strategy.yaml: focus on growth.\n"
    text = (place / "strategy.yaml").read_text(encoding="utf-8")
    assert text == STRATEGY + 'weeks:\n  2026-W10: {focus: [growth], done_when: "Sign-ups are up: 5 %"}\n'
    assert week("--week", "2026-W10") == 0
    assert "focus: growth" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("weeks", "after"),
    [
        ("", "weeks:\n  2026-W10: ENTRY\n"),
        ("weeks:\n", "weeks:\n  2026-W10: ENTRY\n"),
        ("weeks: {}\n", "weeks:\n  2026-W10: ENTRY\n"),
        ("weeks: {2026-W09: {focus: [growth]}}\n", "weeks: {2026-W10: ENTRY, 2026-W09: {focus: [growth]}}\n"),
        ("weeks:\n    2026-W09: {focus: [growth]}  # why\n\n# end\n",
         "weeks:\n    2026-W09: {focus: [growth]}  # why\n    2026-W10: ENTRY\n\n# end\n"),
        ("weeks:\n  2026-W09:\n    focus:\n      - growth\n",
         "weeks:\n  2026-W09:\n    focus:\n      - growth\n  2026-W10: ENTRY\n"),
        ("weeks:\n  2026-W10:\n    focus: other\n    done_when: old\n\n# end\n", "weeks:\n  2026-W10: ENTRY\n\n# end\n"),
        ("weeks:\n  2026-W10: {focus: other}\n  2026-W11: {focus: growth}\n",
         "weeks:\n  2026-W10: ENTRY\n  2026-W11: {focus: growth}\n"),
    ],
)  # fmt: skip
def test_only_the_lines_of_the_week_change(weeks: str, after: str) -> None:
    entry = '{focus: [growth], done_when: "Live."}'
    assert with_entry(STRATEGY + weeks, "2026-W10", ["growth"], "Live.") == STRATEGY + after.replace("ENTRY", entry)


def test_a_focus_on_nothing_known_changes_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert week("--week", "2026-W10", "--focus", "grwth") == 1
    assert "grwth" in (said := capsys.readouterr().err) and "Nothing was written" in said
    assert (place / "strategy.yaml").read_text(encoding="utf-8") == STRATEGY and len(list(place.glob(".*"))) == 0


def test_what_is_decided_is_kept_with_reason_and_expiry(place: Path) -> None:
    assert week("--review-held", "--week", "2026-W10") == 0
    assert week("--decide", "scope_creep=accept", "--reason", "Agreed with sales", "--until", "2026-12-31") == 0
    assert week("--agree", "Now", "--reason", "The audit asked for it") == 0
    assert week("--note", "growth=Waiting for the provider") == 0
    assert decisions(place) == [
        ("review", "2026-W10", "held", "", None),
        ("finding", "scope_creep", "accept", "Agreed with sales", datetime(2027, 1, 1)),
        ("scope", "jira:sprint:Now", "agreed", "The audit asked for it", None),
        ("note", "growth", "", "Waiting for the provider", None),
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--decide", "scope=accept", "--reason", "x"], "no finding named scope"),
        (["--decide", "scope_creep=maybe", "--reason", "x"], "scope_creep=act"),
        (["--decide", "scope_creep=accept"], "needs a reason"),
        (["--agree", "Nowhere", "--reason", "x"], "Nothing in the store is called Nowhere"),
        (["--note", "growth="], "is empty"),
        (["--note", "other=x"], "Its priorities are: growth"),
        (["--week", "W10"], "Write e.g. --week 2026-W47"),
        (["--until", "soon", "--decide", "scope_creep=act", "--reason", "x"], "soon is no day"),
    ],
)
def test_a_mistake_is_one_sentence_and_keeps_nothing(
    place: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert week(*arguments) == 1
    assert said in capsys.readouterr().err and decisions(place) == []


def test_versions_of_the_strategy_are_kept_once_with_what_git_knows(place: Path) -> None:
    git = ["git", "-C", str(place), "-c", "user.name=x", "-c", "user.email=x@x.example"]
    subprocess.run([*git, "init", "-q"], check=True)
    for n, share in enumerate(["", "    share: 40-60%\n"]):
        (place / "strategy.yaml").write_text(STRATEGY + share, encoding="utf-8")
        subprocess.run([*git, "add", "strategy.yaml"], check=True)
        when = {"GIT_COMMITTER_DATE": f"2026-01-0{n + 1}T12:00:00Z", "GIT_AUTHOR_DATE": "2026-01-01T12:00:00Z"}
        subprocess.run([*git, "commit", "-qm", "x"], check=True, env={"PATH": "/usr/bin:/bin", **when})
    (place / "strategy.yaml").write_text(STRATEGY + "    share: 50%\n", encoding="utf-8")
    store, now = Store(place / "alignment.duckdb"), datetime(2026, 3, 2, tzinfo=UTC)
    for _ in range(2):
        remember(store, place / "strategy.yaml", now)
    with store.reading() as con:
        seen = con.execute("SELECT moment, body FROM strategy_seen ORDER BY moment").fetchall()
    assert [m for m, _ in seen] == [datetime(2026, 1, 1, 12), datetime(2026, 1, 2, 12), datetime(2026, 3, 2)]
    assert seen[0][1] == STRATEGY and seen[2][1].endswith("share: 50%\n")
