"""A Result becomes a Microsoft Teams message: an Adaptive Card in which foreign text stands only where Markdown is not read.

Envelope and limits: learn.microsoft.com, "Create incoming webhooks with Workflows" and "Create and send messages" (28 kB a
message; senders saw refusals from 21 kB on, so this stays below 20,000 bytes). Foreign text stands in RichTextBlock, which "does
not support markdown" (learn.microsoft.com, "Text features"), never in TextBlock. Card version 1.4; Teams reads up to 1.5.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from reports import line, words
from reports.gist import ROOM, Ask, Gist, gist
from reports.story import Data

MOST_BYTES = 20_000
COLOURS = {"signal": "Warning", "watch": "Warning", "noise": "Good", "not_judged": "Default", "error": "Attention"}


def message(result: Data, period: str = "", link: str = "") -> dict[str, Any]:
    """The body of a POST to the address of a Teams workflow."""
    sent: dict[str, Any] = {}
    for most, longest in ROOM:
        card = _card(gist(result, link, longest), result["verdict"], most)
        attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
        sent = {"type": "message", "summary": line.render(result, period), "attachments": [attachment]}
        if len(json.dumps(sent, ensure_ascii=False).encode()) <= MOST_BYTES:
            break
    return sent


def _card(said: Gist, verdict: str, most: int) -> dict[str, Any]:
    card: dict[str, Any] = {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.4",
        "body": list(_body(said, verdict, most)),
        "msteams": {"width": "Full"},
    }
    if said.link:
        card["actions"] = [{"type": "Action.OpenUrl", "title": words.OPEN_REPORT, "url": said.link}]
    return card


def _body(said: Gist, verdict: str, most: int) -> Iterator[dict[str, Any]]:
    yield _text(_run(said.headline, size="Large", weight="Bolder"))
    yield _text(_run(said.where, isSubtle=True))
    since = f" {words.SINCE}: {said.since}." if said.since else ""
    yield _text(_run(f"{said.verdict}. ", weight="Bolder", color=COLOURS[verdict]), _run(said.sure + since))
    if said.changes:
        yield _title(words.CHANGED)
        yield from (_text(_run(f"• {change}"), spacing="Small") for change in said.changes)
    yield _title(words.DECIDE)
    if said.quiet:
        yield _text(_run(said.quiet))
    for number, ask in enumerate(said.asks, 1):
        yield from _ask(number, ask, most)
    yield _text(_run(f"{words.COVERAGE}: {said.seen}", isSubtle=True, size="Small"), separator=True, spacing="Medium")
    yield _text(_run(words.MESSAGE_FOOTER, isSubtle=True, size="Small"), spacing="Small")


def _ask(number: int, ask: Ask, most: int) -> Iterator[dict[str, Any]]:
    yield _text(_run(f"{number}. {ask.verdict}: {ask.title}. ", weight="Bolder"), _run(ask.sentence), spacing="Medium")
    if ask.move:
        yield _text(_run(f"{words.MOVE}: ", weight="Bolder"), _run(ask.move), spacing="Small")
    shown, more = ask.shown(most)
    runs: list[dict[str, Any]] = []
    for key, url in shown:
        runs += [_run(", ")] if runs else []
        runs.append(_run(key, selectAction={"type": "Action.OpenUrl", "url": url}) if url else _run(key))
    if more:
        runs.append(_run(f", {words.and_more(more)}" if runs else words.counted(more, "tickets")))
    if runs:
        yield _text(_run(f"{words.TICKETS}: "), *runs, spacing="Small")


def _title(text: str) -> dict[str, Any]:
    """Our own words, which hold no Markdown."""
    return {
        "type": "TextBlock", "text": text, "weight": "Bolder", "size": "Medium", "wrap": True, "separator": True,
        "spacing": "Medium",
    }  # fmt: skip


def _text(*runs: dict[str, Any], **layout: Any) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": list(runs), **layout}


def _run(text: str, **style: Any) -> dict[str, Any]:
    """``{{`` would begin a date to be formatted, so no two braces meet."""
    return {"type": "TextRun", "text": text.replace("{{", "{\u2060{"), **style}
