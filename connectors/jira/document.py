"""Atlassian Document Format, in which Jira's v3 answers hold long texts, as plain text: a block a line, no blank lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connectors.jira.wiki import DEEPEST, linked, plain_wiki, tidy
from connectors.text import moment

BLOCKS = {
    "paragraph", "heading", "codeBlock", "blockquote", "panel", "expand", "nestedExpand", "table", "rule", "taskList",
    "bulletList", "orderedList", "decisionList", "layoutSection", "layoutColumn", "extension", "bodiedExtension",
    "blockCard", "embedCard", "caption",
}  # fmt: skip
LISTS = {"bulletList", "orderedList", "taskList", "decisionList"}
ITEMS = {"listItem", "taskItem", "decisionItem"}
LEFT_OUT = {"mention", "media", "mediaInline"}
"""A mention is a person's name; media is no text. ``mediaSingle`` and ``mediaGroup`` may hold captions."""


def plain(value: Any) -> str:
    """Text of a long field, whatever form Jira sent it in: a string is wiki markup, an object a document."""
    return plain_wiki(value) if isinstance(value, str) else _Writing().text(value)


class _Writing:
    """A document being written down. A stack, not recursion: how deep a document is, is the sender's choice."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.bare = True  # nothing on this line yet
        self.prefix = ""  # what the next text of this line is preceded by
        self.lists = self.cells = 0
        self.first_cell = True
        self.gap = False  # a block of this cell has ended: the next text of it is set apart by a space

    def text(self, document: Any) -> str:
        stack: list[Any] = [document]
        while stack:
            node = stack.pop()
            if callable(node):
                node()
            elif isinstance(node, str):
                self._say(node)
            elif isinstance(node, list):
                stack.extend(reversed(node))
            elif isinstance(node, dict) and str(node.get("type")) not in LEFT_OUT:
                stack.extend(reversed(self._parts(node)))
        return tidy("".join(self.out))

    def _parts(self, node: dict[str, Any]) -> list[Any]:
        """What to do for a node, in order: steps to call, texts to say, nodes to go into."""
        kind, attrs = str(node.get("type")), node.get("attrs")
        attrs = attrs if isinstance(attrs, dict) else {}
        inside = node.get("content") if isinstance(node.get("content"), list | dict | str) else []
        if kind == "hardBreak":
            return [self._break]
        if kind in LISTS:
            return [self._break, self._into_list, inside, self._out_of_list, self._break]
        if kind in ITEMS:
            box = ("[x] " if attrs.get("state") == "DONE" else "[ ] ") if kind == "taskItem" else "- "
            return [self._item(box), inside, self._end_item]
        if kind == "tableRow":
            return [self._break, self._row, inside, self._break]
        if kind in ("tableCell", "tableHeader"):
            return [self._into_cell, inside, self._out_of_cell]
        said = [self._break] if kind in BLOCKS else []
        words = _words(kind, node, attrs)
        return [*said, words, *([self._break] if words and said else []), inside, *said]

    def _say(self, text: str) -> None:
        if not text.strip():
            self.out.append("" if self.bare else text)
            return
        if self.cells:
            text = " ".join(text.split("\n"))
        self.out += [" " if self.gap else "", self.prefix, text]
        self.bare, self.gap, self.prefix = False, False, ""

    def _break(self) -> None:
        if self.bare:
            return
        if self.cells:
            self.gap = True
        else:
            self.out.append("\n")
            self.bare = True

    def _item(self, mark: str) -> Callable[[], None]:
        def begin() -> None:
            self._break()
            self.prefix = "  " * min(max(self.lists - 1, 0), DEEPEST) + mark if not self.cells else mark

        return begin

    def _end_item(self) -> None:
        self._break()
        self.prefix = ""

    def _into_list(self) -> None:
        self.lists += 1

    def _out_of_list(self) -> None:
        self.lists -= 1

    def _row(self) -> None:
        self.first_cell = True

    def _into_cell(self) -> None:
        self.out.append("" if self.first_cell else " | ")
        self.cells += 1
        self.first_cell, self.bare, self.gap, self.prefix = False, True, False, ""

    def _out_of_cell(self) -> None:
        self.cells -= 1
        self.bare, self.gap, self.prefix = False, False, ""


def _words(kind: str, node: dict[str, Any], attrs: dict[str, Any]) -> str:
    """The text a node itself carries."""
    if kind in ("inlineCard", "blockCard", "embedCard"):
        return _text(attrs.get("url"))
    if kind in ("expand", "nestedExpand"):
        return _text(attrs.get("title"))
    if kind == "emoji":
        return _text(attrs.get("text")) or _text(attrs.get("shortName"))
    if kind == "date":
        stamp = _text(attrs.get("timestamp"))
        at = moment(int(stamp)) if stamp.isdecimal() and len(stamp) < 16 else None
        return at.date().isoformat() if at else ""
    text = _text(node.get("text")) or _text(attrs.get("text"))
    marks = node.get("marks")
    for mark in marks if isinstance(marks, list) else []:
        if isinstance(mark, dict) and mark.get("type") == "link" and isinstance(mark.get("attrs"), dict):
            return linked(text, _text(mark["attrs"].get("href")))
    return text


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
