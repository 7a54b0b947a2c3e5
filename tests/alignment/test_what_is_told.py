"""What is said of a path that cannot be used names the path, as the user wrote it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from alignment.errors import Mend
from alignment.telling import place, told
from alignment.weekly.one_at_a_time import one_at_a_time
from alignment.whole_file import put
from analyzer.store import Damaged, Store


def test_a_path_is_said_from_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert place(tmp_path / "reports" / "a.html") == str(Path("reports", "a.html"))
    assert place(Path("/elsewhere/a.html")) == "/elsewhere/a.html"


def test_a_folder_that_is_a_file_is_named_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("taken").write_text("a file", encoding="utf-8")
    with pytest.raises(OSError) as refused:
        put(Path("taken/plan.yaml"), "text")
    code, (line,) = told(refused.value)
    assert code == 1 and line.startswith("taken") and "Check the path" in line and ".plan.yaml" not in line


def test_a_store_that_may_only_be_read_is_not_called_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "alignment.duckdb"
    path.write_bytes(b"no store")
    with pytest.raises(Damaged, match="cannot be opened as a store"), Store(path).writing():
        pass
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)  # root may write anywhere
    with pytest.raises(Damaged, match="cannot be written to"), Store(path).writing():
        pass


def test_a_lock_that_cannot_be_made_is_no_other_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(lock: FileLock, *_: object, **__: object) -> None:
        raise Timeout(lock.lock_file)

    monkeypatch.setattr(FileLock, "acquire", never)
    run = one_at_a_time(tmp_path / "s.duckdb", datetime(2026, 3, 2, tzinfo=UTC))
    with pytest.raises(Mend, match="No file can be made beside the store"), run:
        pass
