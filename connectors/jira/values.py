"""How Jira writes the value of a field: as an object, a list or a text, and differently again in its change log."""

from __future__ import annotations

from typing import Any


def mapping(value: Any) -> dict[str, Any]:
    """``value`` if it is an object, else an empty one: what a field should be is not always what is sent."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects in a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def name(value: Any) -> str | None:
    return (str(value.get("name")) if value.get("name") else None) if isinstance(value, dict) else None


def team(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("name") or value.get("title")
    return str(value) if value else None


def flag(value: Any) -> str | None:
    return "yes" if value else None


def words(_: str | None, text: str | None) -> list[str]:
    return (text or "").split()


def ids(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def options(value: Any) -> list[str]:
    """Names in a select, multi-select or text field."""
    values = value if isinstance(value, list) else [value]
    texts = [v.get("value") or v.get("name") if isinstance(v, dict) else v for v in values]
    return [str(t) for t in texts if t not in (None, "")]


def option_texts(_: str | None, text: str | None) -> list[str]:
    """Jira logs a multi-select as ``[A, B]`` and a single one as ``A``."""
    if text and text.startswith("[") and text.endswith("]"):
        return [part.strip() for part in text[1:-1].split(", ") if part.strip()]
    return [text] if text else []
