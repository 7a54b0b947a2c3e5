"""Plain text, moments and fingerprints out of what trackers send."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

BLOCKS = {"paragraph", "heading", "listItem", "taskItem", "codeBlock", "blockquote", "tableRow", "rule", "panel"}


def plain(value: Any) -> str:
    """Text of a description: strings as they are, Atlassian Document Format (Jira v3) as its text, a block a line."""
    if isinstance(value, str):
        return value
    out: list[str] = []
    stack: list[Any] = [value]
    while stack:  # a stack, not recursion: the depth of a document is the sender's choice
        node = stack.pop()
        if isinstance(node, str):
            out.append(node)
        elif isinstance(node, list):
            stack.extend(reversed(node))
        elif isinstance(node, dict):
            if node.get("type") in BLOCKS:
                stack.append("\n")
            attrs = node.get("attrs")
            text = node.get("text") or (attrs.get("text") if isinstance(attrs, dict) else None)
            stack.append(node.get("content"))
            stack.append({"hardBreak": "\n"}.get(str(node.get("type")), text))
    return "".join(out).strip()


def moment(value: Any) -> datetime | None:
    """A UTC datetime from ISO text or epoch (milliseconds above 1e11, else seconds); ``None`` if it is neither."""
    try:
        if isinstance(value, bool) or value in (None, ""):
            return None
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value / 1000 if abs(value) > 1e11 else value, UTC)
        parsed = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError):
        return None
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)


def fingerprint(text: str) -> str:
    """``length:hash`` of a text, to see that it changed, and by how much, without keeping it again."""
    return f"{len(text)}:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:12]}"


def number(value: Any) -> str | None:
    """A number as shortest text (``5.0`` and ``"5"`` are both ``5``); ``None`` if it is none."""
    try:
        return f"{float(value):.10g}" if value not in (None, "") and not isinstance(value, bool) else None
    except (TypeError, ValueError):
        return None
