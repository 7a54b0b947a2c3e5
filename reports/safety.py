"""Text that came from a tracker or a file is harmless once it has passed here: it is text, and links go to the web."""

from __future__ import annotations

import re
from typing import Any

# Characters no format carries well: controls, lone surrogates, non-characters, and the marks that reorder what a
# reader sees (Unicode TR 36, bidirectional spoofing).
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_WEB = re.compile(r"https?://[^\s<>\"'\\`]+", re.IGNORECASE)


def plain(value: Any) -> Any:
    """The same data with unprintable characters replaced, all the way down."""
    if isinstance(value, str):
        return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def web_address(url: str) -> str | None:
    """The address if it is an http or https one, else ``None``: no other scheme becomes a link."""
    return url if _WEB.fullmatch(url) else None


def slug(text: str) -> str:
    """A name for an anchor or a file: letters, digits, ``_`` and ``-`` only."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-") or "unnamed"


def short(text: str, most: int = 140) -> str:
    """One line of at most ``most`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
