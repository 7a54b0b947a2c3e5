"""Write-back that is killed at any step is made good by the same command, and taken back to the letter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from signal import SIGKILL

import pytest

from tests.alignment.settled import KINDS
from tests.alignment.tagged import BUGS, GROWTH, dump, site

ROOT = Path(__file__).parents[2]
BETWEEN = {"cloud": 6, "data center": 12, "linear": 6}
"""So many steps before its end a run is about to send its last write."""

ALSO = {"cloud": 12, "data center": 2, "linear": 3}
"""And here a bulk edit is under way; the log does not say yet what was done; the tracker was not looked at again."""

Go = Callable[..., int]


@pytest.fixture(scope="module")
def forking() -> Iterator[Go]:
    """The process that forks, for all the tests here: to import everything takes longer than ten runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.alignment.killable_tags"], cwd=ROOT, text=True, bufsize=1,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    given, said = process.stdin, process.stdout
    assert said.readline() == "ready\n"

    def go(folder: Path, words: tuple[str, ...], last: int | None) -> int:
        token = os.environ["ALIGNMENT_TOKEN_T"]
        given.write(json.dumps({"folder": str(folder), "words": words, "last": last, "token": token}) + "\n")
        return int(said.readline())

    yield go
    process.kill()
    process.wait()


@pytest.mark.parametrize("kind", KINDS)
def test_kill_9_at_any_step(
    kind: str, forking: Go, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By counted steps, not by time."""

    def go(*words: str, last: int | None = None) -> int:
        return forking(tmp_path, words, last)

    with site(kind, tmp_path, monkeypatch, capsys, alone=False) as one:
        begin, bare = dump(one.tracker), dump(one.tracker, labels=False)
        few = one.tickets[: GROWTH + BUGS] if kind == "cloud" else one.tickets[GROWTH - 2 : GROWTH + BUGS]
        planned = one.data("plan", *(word for ticket in few for word in ("--only", ticket)))
        assert len(planned["tickets"]) == len(few)
        name = planned["plan"]
        on = ("apply", str(one.plan), "--write")
        off = ("revert", name, "--write")
        assert go(*on) == 0
        whole = dump(one.tracker)
        assert go(*off) == 0 and dump(one.tracker) == begin
        steps = int((tmp_path / "steps").read_text(encoding="utf-8"))
        for last in (BETWEEN[kind], ALSO[kind]):
            assert go(*on, last=steps - last) == -SIGKILL
            assert last == ALSO[kind] or dump(one.tracker) not in (begin, whole)
            assert go(*on) == 0 and dump(one.tracker) == whole, f"killed {last} steps before the end"
            assert dump(one.tracker, labels=False) == bare
            if last == BETWEEN[kind]:
                assert go(*off, last=steps - last) == -SIGKILL and dump(one.tracker) not in (begin, whole)
            assert go(*off) == 0 and dump(one.tracker) == begin, f"killed {last} steps before the end"
        told = one.data("apply", str(one.plan))
        assert len(told["done"]) == len(few) and not told["left"], "a plan that was taken back can be applied again"
