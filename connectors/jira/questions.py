"""What is asked of a Jira: which fields, and conditions on dates that mean the same in every time zone."""

from __future__ import annotations

from datetime import datetime

OMITTED = {"comment", "worklog", "attachment", "watches", "votes", "thumbnail", "lastViewed", "workratio", "progress"}


def fields() -> list[str]:
    return ["*all", *(f"-{f}" for f in sorted(OMITTED))]


def millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def conditions(since: datetime | None, cursor: str) -> tuple[str, str]:
    """Epoch milliseconds: quoted dates are read in the account's time zone."""
    return (f"updated >= {millis(since)}" if since else "", f"created >= {int(cursor)}" if cursor else "")
