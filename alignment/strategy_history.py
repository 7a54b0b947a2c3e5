"""The strategy's own history: every version of its files, as git knows them and as they were seen here."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from analyzer.store import Store, naive

MOST_COMMITS = 200
Version = tuple[str, datetime, str]
"""Name of the file, the moment, and the text."""


def remember(store: Store, path: Path, now: datetime) -> None:
    """Keeps the versions of the strategy at ``path`` (a file or a folder) that the store does not know yet."""
    files = sorted(f for f in path.iterdir() if f.suffix in (".yaml", ".yml")) if path.is_dir() else [path]
    with store.reading() as con:
        known = set(con.execute("SELECT name, digest FROM strategy_seen").fetchall())
    fresh: dict[tuple[str, str], Version] = {}
    for file in files:
        for name, moment, text in [*_committed(file), (file.name, now, file.read_text(encoding="utf-8"))]:
            digest = hashlib.sha256(text.encode()).hexdigest()[:16]
            if (name, digest) not in known:
                fresh.setdefault((name, digest), (name, moment, text))
    if fresh:
        with store.writing() as con:
            con.executemany(
                "INSERT INTO strategy_seen VALUES (?, ?, ?, ?)",
                [[name, naive(moment), digest, text] for (_, digest), (name, moment, text) in fresh.items()],
            )


def _committed(file: Path) -> Iterator[Version]:
    """Versions in git, oldest first; none where the file is in no repository or git is not installed."""
    log = _git(file, "log", f"--max-count={MOST_COMMITS}", "--format=%H %ct", "--", file.name)
    for line in reversed((log or "").splitlines()):
        commit, seconds = line.split()
        text = _git(file, "show", f"{commit}:./{file.name}")
        if text is not None:
            yield file.name, datetime.fromtimestamp(int(seconds), UTC), text


def _git(file: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(file.parent), *arguments],
            capture_output=True,
            timeout=20,
            check=True,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace")
