"""One run at a time for each store: a lock that the system lets go when its holder dies, and that says who holds it."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from alignment.errors import Mend


def lock_of(store: Path) -> Path:
    """The file that is locked, beside the store. It stays when the lock is gone: it means nothing by being there."""
    return store.with_suffix(".lock")


@contextmanager
def one_at_a_time(store: Path, now: datetime) -> Iterator[None]:
    """Raises Mend, which names the holder, while another run holds the lock; nothing waits."""
    path = lock_of(store)
    path.parent.mkdir(parents=True, exist_ok=True)

    def sign(descriptor: int) -> None:
        holder = {"process": os.getpid(), "machine": platform.node(), "since": f"{now:%Y-%m-%d %H:%M} UTC"}
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(holder).encode(), 0)

    # no soft lock: where the file system cannot lock, a file that a crash leaves behind would stop every later run
    lock = FileLock(path, timeout=0, fallback_to_soft=False, on_acquired=sign)
    try:
        lock.acquire()
    except Timeout:
        if not path.exists():
            raise Mend(f"No file can be made beside the store, in {path.parent}.", "Check its permissions.") from None
        raise Mend(f"Another run is under way: {holder_of(path)}.", "Let it finish, or end that process.") from None
    try:
        yield
    finally:
        lock.release()


def holder_of(path: Path) -> str:
    """Who signed the lock last."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return f"process {told['process']} on {told['machine']}, since {told['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "it has not said which process it is"
