"""A digest goes to each target of the settings: a passing failure is tried again, then said, and the report stays where it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from alignment.deliver.targets import Target as Target
from alignment.scrubbing import keep_secret
from alignment.tokens import SERVICE, kept
from analyzer.problem import Mistake
from connectors.calls import Policy
from connectors.connector import ComeBack, Retry

MODULES = {
    "email": "alignment.deliver.email",
    "slack": "alignment.deliver.webhook",
    "teams": "alignment.deliver.webhook",
    "folder": "alignment.deliver.folder",
    "s3": "alignment.deliver.s3",
}
ATTEMPTS = 5


@dataclass(frozen=True)
class Digest:
    """One report to be sent. ``files`` maps a format (html, md, csv, json) to what was written: a file, or a folder of files.

    ``period`` is a week (``2026-W47``); ``link`` is where the report can be opened, or empty.
    """

    period: str
    result: dict[str, Any]
    files: Mapping[str, Path]
    link: str = ""


class NotDelivered(Exception):
    """``str()`` is one sentence and the fix. ``again``: it may work later with nothing mended."""

    def __init__(self, message: str, again: bool = False) -> None:
        super().__init__(message)
        self.again = again


class Partly(Retry):
    """Some have it already, ``reached`` says who: it is tried again for the others, but never from the beginning."""

    def __init__(self, message: str, after: float | None, reached: str) -> None:
        super().__init__(message, after)
        self.reached = reached


class Sender(Protocol):
    """What a module of ``MODULES`` offers. Both raise NotDelivered for good, or Retry for now."""

    def prepared(self, target: Target, digest: Digest, secret: str) -> Callable[[], str]:
        """One attempt, which may be called again; it says what it did in a few words."""

    def proven(self, target: Target, secret: str) -> str:
        """Reaches the target, sends nothing, and says what was seen."""


def send(target: Target, digest: Digest, environment: Mapping[str, str], policy: Policy | None = None) -> str:
    """Sends and says what it did in a few words. Raises NotDelivered. ``policy`` says how often and how long it is tried."""
    policy = policy or Policy(clock=lambda: datetime.now(UTC), attempts=ATTEMPTS, shortest=2.0)
    attempt = _sender(target).prepared(target, digest, secret(target, environment))
    try:
        return policy.ask(attempt)
    except ComeBack as error:
        why = error.__cause__
        wait = why.after if isinstance(why, Retry) else None
        tried = (
            f"It asks to wait {wait:.0f} seconds."
            if wait and wait > policy.patience
            else f"It was tried {policy.attempts} times."
        )
        if isinstance(why, Partly):
            return f"{why.reached}; not to the others: {why} {tried}"
        raise NotDelivered(f"{why} {tried}", again=True) from None


def proven(target: Target, environment: Mapping[str, str]) -> str:
    """Reaches the target and logs in, without sending anything; says what was seen. Raises NotDelivered."""
    try:
        return _sender(target).proven(target, secret(target, environment))
    except Retry as error:
        raise NotDelivered(str(error), again=True) from None


def check(target: Target, environment: Mapping[str, str]) -> list[Mistake]:
    """What must be mended before a report can reach this target."""
    try:
        proven(target, environment)
    except NotDelivered as error:
        return [mistake(target, error)]
    return []


def mistake(target: Target, error: NotDelivered) -> Mistake:
    """A failure as a mistake at the target's line of the settings."""
    what, _, fix = str(error).partition(". ")
    return Mistake(target.file, target.line, what.rstrip("."), fix.rstrip(".") or "Try again later")


def variable(target: Target) -> str:
    """The environment variable of a target's secret, empty where it has none: ``ALIGNMENT_WEBHOOK_STRATEGY_CHANNEL``."""
    name = re.sub(r"[^A-Z0-9]", "_", target.name.upper())
    if target.kind == "email":
        return f"ALIGNMENT_PASSWORD_{name}" if target.user else ""
    return f"ALIGNMENT_WEBHOOK_{name}" if target.kind in ("slack", "teams") else ""


def secret(target: Target, environment: Mapping[str, str]) -> str:
    """The password or webhook address of a target, which is printed nowhere from now on. Raises NotDelivered without one."""
    named = variable(target)
    if not named:
        return ""
    found = environment.get(named, "").strip() or kept(f"deliver/{target.name}")
    if not found:
        what = "password" if target.kind == "email" else "webhook address"
        raise NotDelivered(
            f"There is no {what} for {target.name}. "
            f"Set {named}, or keep it with: keyring set {SERVICE} deliver/{target.name}"
        )
    keep_secret(found)
    return found


def link(folder: str | None, file: Path) -> str:
    """The address of a file in a folder that people can open (``report.link`` of the settings); empty without one."""
    return f"{folder.rstrip('/')}/{quote(file.name)}" if folder else ""


def _sender(target: Target) -> Sender:
    module: Any = import_module(MODULES[target.kind])
    return module  # type: ignore[no-any-return]
