"""What every message says of a Result, in one order: what is true, how sure, what changed, what to decide, what was seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reports import numbers, story, words
from reports.safety import plain, short, web_address
from reports.story import Data

MOST_DECISIONS = 5
MOST_CHANGES = 5
LONGEST = 600
"""Characters of a sentence in a message; the report has the whole of it."""

ROOM = ((5, 600), (3, 400), (1, 300), (0, 150), (0, 80))
"""Tickets a decision and characters a sentence, tried in turn until a message fits; what is cut is counted or ends in …."""


@dataclass(frozen=True)
class Ask:
    """One thing to decide. ``move`` is empty where none is known; ``tickets`` are (key, web address or ``None``)."""

    verdict: str
    title: str
    sentence: str
    move: str
    tickets: tuple[tuple[str, str | None], ...]
    more: int

    def shown(self, most: int) -> tuple[tuple[tuple[str, str | None], ...], int]:
        """The first tickets, and how many more there are."""
        return self.tickets[:most], self.more + max(0, len(self.tickets) - most)


@dataclass(frozen=True)
class Gist:
    """Every field is text on one line, without markup, and may hold what a tracker's users wrote.

    ``changes`` is empty where the Result knows of no earlier report; ``quiet`` speaks where ``asks`` is empty; ``link`` is a
    web address or empty.
    """

    headline: str
    where: str
    verdict: str
    sure: str
    since: str
    changes: tuple[str, ...]
    asks: tuple[Ask, ...]
    quiet: str
    seen: str
    link: str


def gist(result: Data, link: str = "", longest: int = LONGEST) -> Gist:
    """The gist of a Result. One that was stored before Results knew changes and decisions has them from its findings."""
    result = plain(result)
    whose = [result["organisation"]] if result["organisation"] else []
    asks = tuple(_asks(result, longest))[:MOST_DECISIONS]
    return Gist(
        headline=_said(story.headline(result), longest),
        where=_said(" · ".join([*whose, numbers.window(result)]), min(longest, 200)),
        verdict=words.VERDICTS[result["verdict"]],
        sure=_said(story.how_sure(result), longest),
        since=numbers.week(story.since(result)),
        changes=tuple(_changes(result, longest)),
        asks=asks,
        quiet="" if asks else story.no_decision(result),
        seen=_said(_seen(result), longest),
        link=web_address(link) or "",
    )


def _asks(result: Data, longest: int) -> Iterator[Ask]:
    decide = result.get("decide")
    if decide is None:
        decide = [
            {"title": one["meta"]["title"], "verdict": one["verdict"], "sentence": one["sentence"]}
            for one in story.decisions(result)
        ]
    for one in decide:
        known = [_ticket(name, result["tickets"].get(name)) for name in one.get("tickets") or ()]
        yield Ask(
            verdict=words.VERDICTS[one["verdict"]],
            title=_said(one["title"], min(longest, 140)),
            sentence=_said(one["sentence"], longest),
            move=_said(_move(one.get("move")), longest),
            tickets=tuple(known),
            more=int(one.get("more") or 0),
        )


def _said(text: str, most: int) -> str:
    """One line of bounded length in which a number stays with its unit: spaces that do not break stay as they are."""
    line = re.sub(r"(?<=\d) (?=%)", numbers.SPACE, re.sub(r"[^\S\xa0]+", " ", text).strip())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _move(move: Any) -> str:
    """A move is a sentence, or a group that holds one."""
    return str((move.get("sentence") if isinstance(move, dict) else move) or "")


def _ticket(name: str, ticket: Data | None) -> tuple[str, str | None]:
    return (short(ticket["key"], 40), web_address(ticket["url"])) if ticket else (short(name, 40), None)


def _changes(result: Data, longest: int) -> Iterator[str]:
    if "previous" not in result:
        return
    changed = result.get("changed") or []
    if not result["previous"]:
        yield words.FIRST_REPORT
    elif not changed:
        yield words.unchanged(numbers.day(result["previous"]))
    for one in changed[:MOST_CHANGES]:
        said = one.get("sentence") or words.was_and_now(one["title"], *(_verdict(one[part]) for part in ("was", "now")))
        yield _said(said, longest)
    if len(changed) > MOST_CHANGES:
        yield words.and_more(len(changed) - MOST_CHANGES)


def _verdict(value: Any) -> str:
    return words.VERDICTS[value].lower() if value in words.VERDICTS else words.DASH


def _seen(result: Data) -> str:
    """``21,364 tickets in Jira, Linear; 264 without history; 31 skipped; newest change 15 Nov 2026``."""
    trackers = result["coverage"]
    if not trackers:
        return words.NO_TRACKERS
    total = {part: sum(one[part] or 0 for one in trackers) for part in ("tickets", "with_history", "skipped")}
    bare = total["tickets"] - total["with_history"]
    newest = max((one["newest_change"] or "" for one in trackers), default="")
    parts = [
        story.seen(result),
        words.without_history(bare) if bare > 0 else "",
        words.skipped(total["skipped"]) if total["skipped"] else "",
        words.last_change(numbers.day(newest, short=True)) if newest else "",
        words.apart(len(result["window"]["set_apart"])) if result["window"]["set_apart"] else "",
        words.notes_on_data(len(result["notes"])) if result["notes"] else "",
    ]
    return "; ".join(part for part in parts if part)
