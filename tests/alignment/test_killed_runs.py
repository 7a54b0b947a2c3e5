"""A run that is killed at any step is made good by the same command: every target has the digest of the week once."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from analyzer.store import Store
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

    def run(self, folder: Path, now: datetime, last: int | None = None) -> int:
        """The exit code of a run that is killed at its ``last`` step; with ``None`` it comes to its end."""
        assert self._process.stdin is not None
        asked = {"folder": str(folder), "now": now.isoformat(), "last": last}
        self._process.stdin.write(json.dumps(asked) + "\n")
        return int(self._said())

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@pytest.fixture
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


def test_killed_at_every_step_and_begun_again(tmp_path: Path, runner: Runner) -> None:
    """The mail server drops what has a Message-ID that it knows; the folder has one file a name."""
    twice, states = 0, set()
    with Inbox() as inbox:
        whole = company(tmp_path / "whole", inbox)
        assert runner.run(whole, MONDAY) == 0 and inbox.arrived == 1
        steps = int((whole / "steps").read_text(encoding="utf-8"))
        assert runner.run(whole, MONDAY + timedelta(hours=1)) == 0 and inbox.arrived == 1, "repeated, it sends nothing"
        for last in range(steps):
            inbox.forget()
            folder = company(tmp_path / str(last), inbox)
            assert runner.run(folder, MONDAY, last) == -signal.SIGKILL
            assert runner.run(folder, MONDAY + timedelta(hours=1)) == 0, f"killed at step {last}"
            assert len(inbox.kept) == 1 and inbox.arrived <= 2, f"killed at step {last}"
            assert [p.name for p in (folder / "shared").iterdir() if p.name[0] != "."] == ["2026-W02.md"]
            twice += inbox.arrived - 1
            states.add(sent(folder))
    assert steps >= 30 and 1 <= twice <= 3, f"{steps} steps, {twice} of them between sending and writing it down"
    assert len(states) >= 1


def sent(folder: Path) -> tuple[int, int]:
    """How many rounds were begun and sent; the digest that both targets have is one and the same."""
    with Store(folder / "alignment.duckdb").reading() as con:
        rows = con.execute("SELECT target, digest, sent FROM deliveries").fetchall()
    assert sorted(target for target, _, _ in rows) == ["leaders", "shared"] and all(at for *_, at in rows)
    assert len({digest for _, digest, _ in rows}) == 1
    return len(rows), len({digest for _, digest, _ in rows})
