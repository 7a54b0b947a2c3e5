"""Threads of one process take turns at a file: DuckDB refuses to open it for reading while it is open for writing."""

from __future__ import annotations

import threading
from pathlib import Path

_turns: dict[Path, threading.RLock] = {}
_made = threading.Lock()


def turn(path: Path) -> threading.RLock:
    """Held by whoever has the file open."""
    with _made:
        return _turns.setdefault(path.absolute(), threading.RLock())
