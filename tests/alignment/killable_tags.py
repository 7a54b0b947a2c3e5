"""Write-back in processes that kill themselves at a step: one process imports everything once and forks for each run.

Run as ``python -m tests.alignment.killable_tags``; takes a JSON line a run and answers with its exit code. Steps are before and
after each request and each transaction; a run that came to its end leaves their number in ``steps``.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from gql.transport import requests as gql_requests
from requests.adapters import HTTPAdapter

from alignment import wiring
from alignment.cli import cli
from alignment.link import apply as link_apply
from alignment.link import tag_writing
from analyzer.store import Store
from connectors.jira import live as jira_live
from connectors.jira import tags as jira_tags
from connectors.linear import live as linear_live
from tests.alignment.killable_run import Steps
from tests.alignment.settled import NOW

__all__ = ["gql_requests", "jira_live", "linear_live", "link_apply", "tag_writing"]  # imported once, before the forks


def go(folder: Path, words: list[str], last: int | None) -> None:
    code = 1
    try:
        steps = Steps(last)
        patch.object(HTTPAdapter, "send", steps.around(HTTPAdapter.send)).start()
        patch.object(Store, "_writing", lambda store: steps.writing(store)).start()
        patch.object(wiring, "clock", lambda: NOW + timedelta(hours=2)).start()
        patch.object(jira_tags, "BETWEEN_POLLS", 0.0).start()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        cli.main(["link", *words, "--settings", str(folder / "alignment.yaml")], standalone_mode=False)
        (folder / "steps").write_text(str(steps.passed), encoding="utf-8")
        code = 0
    finally:
        os._exit(code)


def main() -> None:
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            os.environ["ALIGNMENT_TOKEN_T"] = asked["token"]
            go(Path(asked["folder"]), asked["words"], asked["last"])
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
