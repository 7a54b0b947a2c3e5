"""How people write a time zone, a path, an address or a weekday in the settings, and what it means to the program."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema

from analyzer.plain_words import quoted, wrong
from analyzer.written import Filled, OneOrMore

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        close = difflib.get_close_matches(value[:100], available_timezones(), n=1)
        raise wrong(
            f"{quoted(value)} is no time zone", f"Did you mean '{close[0]}'?" if close else "Write e.g. Europe/Berlin"
        ) from None
    return value


def _place(value: Path, info: ValidationInfo) -> Path:
    """The path seen from the folder of the settings file; ``~`` is the user's home."""
    folder = (info.context or {}).get("folder")
    try:
        value = value.expanduser()
    except RuntimeError:
        raise wrong(f"{quoted(str(value))} names a home that is not on this machine", "Write the whole path") from None
    return Path(os.path.abspath(folder / value)) if folder is not None else value


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if "@" in parts.netloc:
        raise wrong("holds a name or password", "Delete everything from // up to and with the @")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise wrong(f"{quoted(value)} is no web address", "Write e.g. https://company.atlassian.net")
    return value.rstrip("/")


def _weekday(value: Any) -> Any:
    """``Monday`` and ``mon`` mean the same."""
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    if not isinstance(value, str):
        return value
    return value[:3].lower() if value.lower() in days else value.lower()


def _memory(value: str) -> str:
    found = re.fullmatch(r"([1-9][0-9]*(?:\.[0-9]+)?) ?(MB|GB|TB)", value.strip(), re.IGNORECASE)
    if not found:
        raise wrong(f"{quoted(value)} is no size", "Write e.g. 4 GB")
    return f"{found[1]}{found[2].upper()}"


def _mailbox(value: str) -> str:
    if re.fullmatch(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+", value) and value.isascii():
        return value
    raise wrong(f"{quoted(value)} is no e-mail address", "Write the address alone, e.g. heads@company.com")


def _mailboxes(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_mailbox(value) for value in values))


Zone = Annotated[str, AfterValidator(_zone)]
Place = Annotated[Path, AfterValidator(_place), WithJsonSchema({"type": "string", "minLength": 1})]
Url = Annotated[str, AfterValidator(_url), WithJsonSchema({"type": "string", "pattern": "^https?://"})]
Memory = Annotated[str, AfterValidator(_memory), WithJsonSchema({"type": "string", "pattern": "^[0-9.]+ ?(MB|GB|TB)$"})]
Weeks = Annotated[int, Field(strict=True, ge=2, le=26)]
Days = Annotated[int, Field(strict=True, ge=0, le=366)]
AtLeastOne = Annotated[int, Field(strict=True, ge=1, le=1000)]
AnyWeekday = Annotated[
    Weekday,
    BeforeValidator(_weekday),
    WithJsonSchema({"enum": [*get_args(Weekday), *WEEKDAYS]}),
]
Lower = Annotated[Filled, AfterValidator(str.lower)]
Mailbox = Annotated[str, AfterValidator(_mailbox), WithJsonSchema({"type": "string", "pattern": "^[^@ ]+@[^@ ]+$"})]
Mailboxes = Annotated[OneOrMore, AfterValidator(_mailboxes)]
