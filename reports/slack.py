"""A Result becomes a Slack message (Block Kit) in which foreign text calls nobody, links nowhere and formats nothing.

Limits: 50 blocks a message, 150 characters a header, 3,000 a text (docs.slack.dev, Block Kit reference: blocks, header block, text
object). All blocks together are kept below 12,000 characters of JSON, because messages above some 13,000 are refused with
msg_blocks_too_long (github.com/slackapi/bolt-js, issue 2509). Escaping: docs.slack.dev, "Formatting message text": & < > as
entities; ``verbatim`` keeps addresses and @names in a text from becoming links and mentions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from reports import line, words
from reports.gist import ROOM, Ask, Gist, gist
from reports.safety import short
from reports.story import Data

MOST_BLOCKS = 50
LONGEST_HEADER = 150
LONGEST_TEXT = 3_000
MOST_TOGETHER = 12_000
LONGEST_ADDRESS = 250

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_LOOKALIKES = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})  # Slack knows no escape for its own markup
_EDGE = re.compile(r"(?<!\w)_|_(?!\w)")


def message(result: Data, period: str = "", link: str = "") -> dict[str, Any]:
    """The body of a POST to an incoming webhook. ``text`` is what a notification shows."""
    blocks: list[dict[str, Any]] = []
    for most, longest in ROOM:
        blocks = list(_blocks(gist(result, link, longest), most))
        if len(json.dumps(blocks, ensure_ascii=False)) <= MOST_TOGETHER:
            break
    text = _entities(line.render(result, period))
    return {"text": text, "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def escape(text: str) -> str:
    """Text that Slack shows as it is: no mention, no link, no bold, no code."""
    return _EDGE.sub("ˍ", _entities(text.translate(_LOOKALIKES)))


def _entities(text: str) -> str:
    return "".join(_ENTITIES.get(letter, letter) for letter in text)


def _blocks(said: Gist, most: int) -> Iterator[dict[str, Any]]:
    header = {"type": "plain_text", "text": short(said.headline, LONGEST_HEADER), "emoji": False}
    yield {"type": "header", "text": header}
    yield _context(escape(said.where))
    sure = [f"*{escape(said.verdict)}.* {escape(said.sure)}"]
    if said.since:
        sure.append(f"{words.SINCE}: {escape(said.since)}")
    yield _section(sure)
    if said.changes:
        yield _section([f"*{words.CHANGED}*", *(f"• {escape(change)}" for change in said.changes)])
    yield {"type": "divider"}
    yield _section([f"*{words.DECIDE}*", *([escape(said.quiet)] if said.quiet else [])])
    for number, ask in enumerate(said.asks, 1):
        yield _section(list(_ask(number, ask, most)))
    if said.link:
        yield _section([_link(words.OPEN_REPORT, said.link) or words.OPEN_REPORT])
    yield _context(f"{words.COVERAGE}: {escape(said.seen)}")
    yield _context(escape(words.MESSAGE_FOOTER))


def _ask(number: int, ask: Ask, most: int) -> Iterator[str]:
    yield f"*{number}. {escape(ask.verdict)}: {escape(ask.title)}.* {escape(ask.sentence)}"
    if ask.move:
        yield f"{words.MOVE}: {escape(ask.move)}"
    shown, more = ask.shown(most)
    parts = [(_link(key, url) if url else None) or escape(key) for key, url in shown]
    if more and (shown or not ask.tickets):
        parts.append(escape(words.and_more(more)) if shown else words.counted(more, "tickets"))
    if parts:
        yield f"{words.TICKETS}: {', '.join(parts)}"


def _link(label: str, url: str) -> str | None:
    """A link, or nothing where its address is too long to be one of a tracker."""
    if len(url) > LONGEST_ADDRESS:
        return None
    return f"<{_entities(url).replace('|', '%7C')}|{escape(label).replace('|', '∣')}>"


def _section(lines: list[str]) -> dict[str, Any]:
    return {"type": "section", "text": _mrkdwn("\n".join(lines))}


def _context(text: str) -> dict[str, Any]:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def _mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": _cut(text), "verbatim": True}


def _cut(text: str) -> str:
    """At most 3,000 characters, cut between lines so that no link or entity is left half."""
    lines = text.split("\n")
    while len("\n".join(lines)) > LONGEST_TEXT and len(lines) > 1:
        lines.pop()
    return "\n".join(lines)
