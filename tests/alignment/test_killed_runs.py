"""A run that is killed at any step is made good by the same command: every target has the digest of the week once."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alignment.cli import cli
from analyzer.store import Store, scalar
from tests.alignment.acme import SHARED, STRATEGY
from tests.alignment.exported import export, issue
from tests.alignment.inbox import Inbox
from tests.alignment.test_run import MONDAY

ROOT = Path(__file__).parents[2]


class Runner:
    """The process that forks, seen from the test."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.alignment.killable_run"], cwd=ROOT, text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self._said()

    def run(self, folder: Path, now: datetime, last: int | None = None, pulls: bool = False) -> int:
        """The exit code of a run that is killed at its ``last`` step; with ``None`` it comes to its end."""
        assert self._process.stdin is not None
        asked = {"folder": str(folder), "now": now.isoformat(), "last": last, "pulls": pulls}
        self._process.stdin.write(json.dumps(asked) + "\n")
        return int(self._said())

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    made = Runner()
    yield made
    made.end()


def company(folder: Path, inbox: Inbox) -> Path:
    (folder / "shared").mkdir(parents=True)
    export(folder / "export.jsonl", [issue(n) for n in range(1, 4)])
    (folder / "strategy.yaml").write_text(STRATEGY, encoding="utf-8")
    (folder / "alignment.yaml").write_text(
        "trackers: [{name: jira, kind: file, path: export.jsonl}]\nreport: {formats: [md]}\n"
        f"deliver:\n  - {inbox.target()}\n  - {SHARED}\n",
        encoding="utf-8",
    )
    return folder


def once(folder: Path, inbox: Inbox) -> None:
    """The mail server drops what has a Message-ID that it knows; the folder has one file a name; both have the same report."""
    assert len(inbox.kept) == 1
    assert [p.name for p in (folder / "shared").iterdir() if p.name[0] != "."] == ["2026-W45.md"]
    with Store(folder / "alignment.duckdb").reading() as con:
        rows = con.execute("SELECT target, run, sent FROM deliveries ORDER BY target").fetchall()
        made = scalar(con, "SELECT body->>'$.notes[0]' FROM runs WHERE no = ?", [rows[0][1]])
    assert [target for target, _, _ in rows] == ["leaders", "shared"] and all(at for *_, at in rows)
    assert len({run for _, run, _ in rows}) == 1
    assert made in (folder / "shared" / "2026-W45.md").read_text(encoding="utf-8")


def test_killed_at_every_step_and_begun_again(tmp_path: Path, runner: Runner) -> None:
    later = MONDAY + timedelta(hours=1)
    with Inbox(tmp_path) as inbox:
        pulled, whole = company(tmp_path / "pulled", inbox), tmp_path / "whole"
        cli.main(["pull", "--settings", str(pulled / "alignment.yaml")], standalone_mode=False)
        shutil.copytree(pulled, whole)
        assert runner.run(whole, MONDAY) == 0 and inbox.arrived == 1
        steps = int((whole / "steps").read_text(encoding="utf-8"))
        assert runner.run(whole, later) == 0 and inbox.arrived == 1, "repeated, it sends nothing"
        twice = []
        for last in range(steps):
            inbox.posts.clear()
            folder = shutil.copytree(pulled, tmp_path / str(last))
            assert runner.run(folder, MONDAY, last) == -signal.SIGKILL
            assert runner.run(folder, later) == 0, f"killed at step {last} of {steps}"
            once(folder, inbox)
            if inbox.arrived > 1:
                twice.append(last)
    assert steps >= 16
    assert 1 <= len(twice) <= 2 and twice[-1] - twice[0] < 2, "only between its sending and its being written down"


@pytest.mark.parametrize("last", [1, 8])
def test_killed_while_it_pulls(last: int, tmp_path: Path, runner: Runner) -> None:
    with Inbox(tmp_path) as inbox:
        folder = company(tmp_path / "a", inbox)
        assert runner.run(folder, MONDAY, last, pulls=True) == -signal.SIGKILL and inbox.arrived == 0
        assert runner.run(folder, MONDAY + timedelta(hours=1), pulls=True) == 0
        assert inbox.arrived == 1
        once(folder, inbox)
