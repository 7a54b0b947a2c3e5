"""Pulls in processes that may be killed: one process imports everything once and forks for each pull.

Run as ``python -m tests.alignment.killable``; takes a JSON line a pull and answers with its exit code.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from alignment.pulling import pull as pulling
from analyzer.store import Store
from connectors.jira import cloud as jira_cloud
from connectors.jira import live as jira_live
from tests.alignment.settled import Tracker, fill, tracker

ROOT = Path(__file__).parents[2]


def small_steps() -> None:
    """Sixty tickets are fetched and read in several transactions."""
    jira_cloud.PAGE, jira_cloud.LOG_IDS, jira_live.PAGE = 10, 20, 15
    pulling.FETCH_BATCH, pulling.READ_BATCH = 30, 15


def main() -> None:
    small_steps()
    trackers = {kind: tracker(kind) for kind in sys.argv[1:]}
    print("ready", flush=True)
    for line in sys.stdin:
        asked: dict[str, Any] = json.loads(line)
        child = os.fork()
        if child == 0:
            _pull(trackers[asked["kind"]], asked["url"], Path(asked["path"]))
        if asked["until"] is not None:
            time.sleep(asked["until"])
            os.kill(child, signal.SIGKILL)  # nobody has waited for it yet, so the id is still its own
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _pull(one: Tracker, url: str, path: Path) -> None:
    code = 1
    try:
        fill(Store(path), one.connector(url))
        code = 0
    finally:
        os._exit(code)


class Puller:
    """The process that forks, seen from the test."""

    def __init__(self, *kinds: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.alignment.killable", *kinds], cwd=ROOT, text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def __enter__(self) -> Puller:
        self._said()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    def pull(self, kind: str, url: str, path: Path, until: float | None = None) -> int:
        """The exit code of a pull that is killed ``until`` seconds after it began."""
        assert self._process.stdin is not None
        asked = {"kind": kind, "url": url, "path": str(path), "until": until}
        self._process.stdin.write(json.dumps(asked) + "\n")
        return int(self._said())

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


if __name__ == "__main__":
    main()
