"""The key of one installation: what pseudonyms and the fingerprints of names are made with, beside the store."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def installation_secret(store: Path) -> bytes:
    """The key, made on first use, readable by its owner only."""
    path = _path(store)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(32).encode())
    return path.read_bytes()


def known_secret(store: Path) -> bytes:
    """The key as it is; empty where there is none. Whoever only reads makes none: it would open nothing."""
    path = _path(store)
    return path.read_bytes() if path.is_file() else b""


def _path(store: Path) -> Path:
    return store.with_suffix(".key")
