"""A small Jira export as a user would have it on disk, and commands run on it as a user would run them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alignment.cli import cli, run

STRATEGY = """\
strategy: First half
unlinked_allowance: 10%
priorities:
  - {id: growth, name: Growth, share: 60-80%, match: [{label: growth}]}
  - {id: bugs, name: Bugs, kind: upkeep, share: 10-40%, match: [{type: Bug}]}
"""
CATEGORIES = {"To Do": "new", "In Progress": "indeterminate", "Done": "done"}
PERSON = "Winifred Quartermaine"


def issue(n: int, title: str = "", label: str = "growth") -> dict[str, Any]:
    """A ticket created on 5 January 2026, in progress from the 12th, done on the 16th."""
    days = ("2026-01-12T09:00:00.000+0000", "2026-01-16T15:00:00.000+0000")
    moves = [("To Do", "In Progress"), ("In Progress", "Done")]
    who = {"accountId": f"account-{n % 7}", "displayName": PERSON, "emailAddress": "w.quartermaine@acme.example"}
    histories = [
        {"id": f"{n}{at}", "created": day, "author": who,
         "items": [{"field": "status", "fieldId": "status", "from": a, "fromString": a, "to": b, "toString": b}]}
        for at, (day, (a, b)) in enumerate(zip(days, moves, strict=True))
    ]  # fmt: skip
    fields = {
        "summary": title or f"Title {n}", "created": f"2026-01-05T{n % 24:02}:{n // 24:02}:00.000+0000", "updated": days[1],
        "issuetype": {"id": "1", "name": "Story", "subtask": False, "hierarchyLevel": 0}, "assignee": who, "labels": [label],
        "status": {"id": "Done", "name": "Done", "statusCategory": {"key": "done"}}, "resolution": {"name": "Done"},
        "project": {"id": "1", "key": "PAY", "name": "Payments"}, "priority": {"name": "High"},
    }  # fmt: skip
    changelog = {"startAt": 0, "maxResults": 100, "total": 2, "histories": histories}
    return {"id": str(10_000 + n), "key": f"PAY-{n}", "fields": fields, "changelog": changelog}


def export(path: Path, issues: Sequence[dict[str, Any]] = (), extra: Sequence[str] = ()) -> Path:
    """An issue a line; ``extra`` lines as they are."""
    path.write_text("\n".join([*(json.dumps(i) for i in issues), *extra]) + "\n", encoding="utf-8")
    return path


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The one JSON object on stdout."""
        return json.loads(self.out)


Command = Callable[..., Said]


def execute(capsys: Any, *args: str) -> Said:
    capsys.readouterr()
    code = run(lambda: cli.main(list(args), standalone_mode=False))
    captured = capsys.readouterr()
    return Said(code, captured.out, captured.err)
