"""Weekly runs in processes that kill themselves at a step: one process imports everything once and forks for each run.

Run as ``python -m tests.alignment.killable_run``; takes a JSON line a run and answers with its exit code. Steps are before and
after each transaction, each file that is put in its place, and each message that is handed over. Pulls are killed elsewhere
(``test_killed_pulls``): here they are left out, unless they are asked for.
"""

from __future__ import annotations

import json
import os
import signal
import smtplib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from alignment import reporting, wiring
from alignment.deliver import email as deliver_email
from alignment.deliver import folder as deliver_folder
from alignment.deliver.delivering import send
from alignment.log import logger
from alignment.pulling.pull import Pulled
from alignment.settings import read_settings
from alignment.weekly import running
from alignment.weekly.running import Wanted, run
from alignment.wiring import Moment
from analyzer.completion import shipped
from analyzer.result import Result
from analyzer.store import Connection, Store
from connectors import files
from connectors.example import ExampleJira
from reports import email
from tests.reports import sample

__all__ = ["deliver_email", "deliver_folder", "email", "files"]  # imported once, before the forks


class Steps:
    """Counts steps, and ends the process the hard way at one of them."""

    def __init__(self, last: int | None) -> None:
        self.last, self.passed = last, 0

    def step(self) -> None:
        if self.passed == self.last:
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed += 1

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*args: Any, **named: Any) -> Any:
            self.step()
            done = call(*args, **named)
            self.step()
            return done

        return stepped

    def writing(self, store: Store) -> Any:
        @contextmanager
        def stepped() -> Iterator[Connection]:
            self.step()
            with _writing(store) as con:
                yield con
            self.step()

        return stepped()


_writing = Store._writing


def made(_settings: Any, _strategies: Any, moment: Moment, _effort: Any = None, notes: Any = ()) -> Result:
    """A Result that tells when it was made; to measure one would cost seconds and adds no step."""
    at = moment.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return Result.model_validate({**sample.empty(), "as_of": at, "notes": [*notes, f"Made at {at}."]})


def go(folder: Path, now: datetime, last: int | None, pulls: bool) -> None:
    code = 1
    try:
        steps = Steps(last)
        for place, name, stepped in (
            (reporting, "make_result", made),
            (wiring, "moment", lambda *_: Moment(now, f"{now:%Y-%m-%d}", "now")),
            (os, "replace", steps.around(os.replace)),
            (smtplib.SMTP, "send_message", steps.around(smtplib.SMTP.send_message)),
            (Store, "_writing", lambda store: steps.writing(store)),
        ):
            patch.object(place, name, stepped).start()
        if not pulls:
            done = [(ExampleJira(), Pulled("jira", 0, 0, 0, ()))]
            patch.object(running, "pull_settings", lambda *_: (done, [])).start()
        settings, _ = read_settings(folder / "alignment.yaml")
        assert settings is not None
        ran = run(settings, Wanted(), lambda: now, send, logger("text", True, lambda: now))
        (folder / "steps").write_text(str(steps.passed), encoding="utf-8")
        code = 0 if not ran.errors else 2
    finally:
        os._exit(code)


def main() -> None:
    shipped()
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            go(Path(asked["folder"]), datetime.fromisoformat(asked["now"]), asked["last"], asked["pulls"])
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
