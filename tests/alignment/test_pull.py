"""A pull doubles nothing, loses nothing and invents nothing, however often it is run or killed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from alignment.pulling import pull as pulling
from alignment.pulling.pull import pull
from analyzer.store import Store
from connectors.connector import ComeBack, Fatal, ParseOptions, Payload
from connectors.files import FileConnector
from connectors.ticket import Problem
from tests.alignment.exported import export, issue

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 1, tzinfo=UTC)
BAD = ["{not json", '{"id": "77", "key": "PAY-77", "fields": {"summary": "never created"}}']

TABLES = {
    "raw": "SELECT tracker, kind, id, digest, payload, parsed FROM raw",
    "tickets": "SELECT * EXCLUDE (no) FROM tickets",
    "spans": "SELECT t.id, s.* EXCLUDE (ticket) FROM spans s LEFT JOIN tickets t ON t.no = s.ticket",
    "changes": "SELECT t.id AS ticket_id, c.* EXCLUDE (ticket) FROM changes c LEFT JOIN tickets t ON t.no = c.ticket",
    "containers": "SELECT * FROM containers",
    "container_seen": "SELECT * FROM container_seen",
    "updates": "SELECT * FROM updates",
    "relations": "SELECT * FROM relations",
    "people": "SELECT * FROM people",
    "problems": "SELECT * FROM problems",
    "trackers": "SELECT * EXCLUDE (pulled) FROM trackers",
}


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables; ticket numbers stand for ids and moments of pulling are left out."""
    with store.reading() as con:
        return {name: con.execute(f"{sql} ORDER BY ALL").fetchall() for name, sql in TABLES.items()}


def files(folder: Path) -> FileConnector:
    first = {**issue(1), "key": "PAY-1"}
    first["fields"] = {**first["fields"], "issuetype": {"name": "Epic", "hierarchyLevel": 1}}
    under = issue(2)
    under["fields"]["parent"] = {"id": "10001", "key": "PAY-1"}
    under["fields"]["issuelinks"] = [{"type": {"name": "Blocks"}, "outwardIssue": {"id": "10003", "key": "PAY-3"}}]
    return FileConnector("jira", [export(folder / "export.jsonl", [first, under, *map(issue, range(3, 11))], BAD)])


def filled(path: Path, connector: FileConnector, times: int = 1) -> Store:
    store = Store(path)
    for _ in range(times):
        pull(store, connector, ParseOptions(secret=b"test"), NOW)
    return store


def test_a_second_pull_doubles_nothing_and_reads_nothing_again(tmp_path: Path) -> None:
    connector = files(tmp_path)
    once = everything(filled(tmp_path / "once.duckdb", connector))
    twice = filled(tmp_path / "twice.duckdb", connector, times=2)
    assert everything(twice) == once
    assert {name for name, rows in once.items() if not rows} == {"updates"}, "Jira has none"
    assert len(once["problems"]) == 2 and len(once["tickets"]) == 10
    again = pull(twice, connector, ParseOptions(secret=b"test"), NOW)
    assert (again.fetched, again.read, again.skipped) == (11, 0, 2)


def test_what_changed_is_read_again_and_what_was_mended_is_not_complained_of(tmp_path: Path) -> None:
    connector = files(tmp_path)
    store = filled(tmp_path / "store.duckdb", connector)
    lines = connector.paths[0].read_text(encoding="utf-8").splitlines()
    changed = json.loads(lines[3])
    changed["fields"]["labels"] = ["other"]
    export(
        connector.paths[0],
        [*map(json.loads, [*lines[:3], *lines[4:10]]), changed, {**issue(77), "id": "77", "key": "PAY-77"}],
    )
    again = pull(store, connector, ParseOptions(secret=b"test"), NOW)
    assert (again.read, again.skipped) == (2, 0)
    now = everything(store)
    assert len(now["tickets"]) == 11 and now["problems"] == []
    assert [r[2] for r in now["spans"] if r[0] == "jira:10004" and r[1] == "label"] == ["other"]


def test_other_options_read_everything_again(tmp_path: Path) -> None:
    connector = files(tmp_path)
    store = filled(tmp_path / "store.duckdb", connector)
    again = pull(store, connector, ParseOptions(secret=b"other"), NOW)
    assert again.read == 11
    assert {p for (p, *_) in everything(store)["spans"]} == {f"jira:{n}" for n in range(10_001, 10_011)}


KILLED = """
import os, signal, sys
from pathlib import Path
from analyzer.store import Connection, Store
from alignment.pulling import pull as pulling
from tests.alignment import test_pull

pulling.FETCH_BATCH, pulling.READ_BATCH, left = 4, 3, [int(sys.argv[2])]

def counted(step):
    def then(*args, **more):
        for half in (0, 1):
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            if half == 0:
                done = step(*args, **more)
        return done
    return then

raw, storing = pulling.raw, pulling.storing
for module, name in (
    (raw, "save_raw"), (raw, "mark_read"), (storing, "save_parsed"), (storing, "add_problems"), (storing, "resolve_parents"),
):
    setattr(module, name, counted(getattr(module, name)))
folder = Path(sys.argv[1])
test_pull.filled(folder / "killed.duckdb", test_pull.files(folder))
"""


@pytest.mark.parametrize("steps", [0, 3, 6, 11, 14, 21])
def test_a_killed_pull_is_made_good_by_the_next(tmp_path: Path, steps: int) -> None:
    """SIGKILL before and after each half of a transaction; the next pull leaves what an undisturbed one does."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), str(steps)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    connector = files(tmp_path)
    assert everything(filled(tmp_path / "killed.duckdb", connector)) == everything(
        filled(tmp_path / "whole.duckdb", connector)
    )


class Breaks(FileConnector):
    """Gives some payloads, then raises."""

    def __init__(self, inner: FileConnector, after: int, error: Exception) -> None:
        super().__init__(inner.name, inner.paths)
        self.after, self.error = after, error

    def fetch(self, since: datetime | None = None, cursor: str = "") -> Iterator[Payload | Problem]:
        for n, one in enumerate(super().fetch(since)):
            if n == self.after:
                raise self.error
            yield one


def test_what_came_before_a_rate_limit_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulling, "FETCH_BATCH", 4)
    connector, store = files(tmp_path), Store(tmp_path / "store.duckdb")
    with pytest.raises(ComeBack):
        pull(store, Breaks(connector, 6, ComeBack("Enough.", NOW)), ParseOptions(secret=b"test"), NOW)
    assert len(everything(store)["raw"]) == 4
    pull(store, connector, ParseOptions(secret=b"test"), NOW)
    assert everything(store) == everything(filled(tmp_path / "whole.duckdb", connector))


def test_a_source_that_cannot_be_used_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    connector = files(tmp_path)
    store = filled(tmp_path / "store.duckdb", connector)
    before = everything(store)
    (tmp_path / "picture.png").write_bytes(b"\x89PNG" + bytes(64))
    with pytest.raises(Fatal):
        pull(store, FileConnector("jira", [tmp_path / "picture.png"]), ParseOptions(secret=b"test"), NOW)
    assert everything(store) == before
