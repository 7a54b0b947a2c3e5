"""Moments, numbers and fingerprints out of what trackers send."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any


def moment(value: Any) -> datetime | None:
    """A UTC datetime from ISO text or epoch (milliseconds above 1e11, else seconds); ``None`` if it is neither."""
    try:
        if isinstance(value, bool) or value in (None, ""):
            return None
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value / 1000 if abs(value) > 1e11 else value, UTC)
        parsed = datetime.fromisoformat(str(value))
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def fingerprint(text: str) -> str:
    """``length:hash`` of a text, to see that it changed, and by how much; the store keeps each text once, by it."""
    return f"{len(text)}:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:12]}"


def number(value: Any) -> str | None:
    """A number as shortest text (``5.0`` and ``"5"`` are both ``5``); ``None`` if it is none."""
    try:
        return f"{float(value):.10g}" if value not in (None, "") and not isinstance(value, bool) else None
    except (TypeError, ValueError):
        return None
