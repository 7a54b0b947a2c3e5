"""Sets a week's entry in a strategy file as a person would: only those lines change, comments and layout stay."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node


def with_entry(text: str, week: str, focus: Sequence[str], done_when: str) -> str:
    """The text of the file with the entry of a week set; what it held and is not given anew stays."""
    root = YAML().compose(text)
    weeks = value_of(root, "weeks")
    old = value_of(weeks, week)
    named, done = value_of(old, "focus"), value_of(old, "done_when")
    held = (
        [] if named is None else [named.value] if isinstance(named.value, str) else [one.value for one in named.value]
    )
    entry = _line(focus or held, done_when or (done.value if done is not None else ""))
    if old is not None:
        return _replaced(text, old, entry)
    if not isinstance(weeks, MappingNode) or not weeks.value:
        kept = (
            text
            if weeks is None
            else text[: weeks.start_mark.index].rstrip().removesuffix("weeks:") + text[weeks.end_mark.index :]
        )
        return f"{kept.rstrip()}\nweeks:\n  {week}: {entry}\n"
    first, last = weeks.value[0][0], weeks.value[-1][1]
    if weeks.flow_style:
        at = first.start_mark.index
        return f"{text[:at]}{week}: {entry}, {text[at:]}"
    end = text.find("\n", end_of(text, last))
    head, tail = (text, "") if end < 0 else (text[:end], text[end:])
    return f"{head}\n{' ' * first.start_mark.column}{week}: {entry}{tail or chr(10)}"


def value_of(node: Node | None, key: str) -> Any:
    """The value node of a key; ``None`` where there is none."""
    pairs = node.value if isinstance(node, MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def end_of(text: str, node: Any) -> int:
    """Where a node's own text ends: the mark of a block lies behind the blank lines and comments that follow it."""
    inner = node
    while not inner.flow_style if isinstance(inner.value, list) else False:
        last = inner.value[-1]
        inner = last[1] if isinstance(last, tuple) else last
    return int(inner.end_mark.index)


def _replaced(text: str, old: Any, entry: str) -> str:
    start, end = int(old.start_mark.index), end_of(text, old)
    lead = text[:start].rstrip()  # a block begins on a line of its own, the entry stands behind its key
    return f"{lead} {entry}{text[end:]}"


def _line(focus: Sequence[str], done_when: str) -> str:
    parts = [f"focus: [{', '.join(focus)}]"]
    if done_when:
        parts.append(f"done_when: {json.dumps(done_when, ensure_ascii=False)}")
    return "{" + ", ".join(parts) + "}"
