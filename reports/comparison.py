"""Two reports side by side, as lines for a terminal, as Markdown, as one HTML page and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from reports import json_text, numbers, words
from reports.html import environment, style
from reports.markdown import escape
from reports.safety import plain
from reports.story import Data


def lines(data: Data) -> Iterator[str]:
    """A screenful: every measure with both verdicts and values, then what moved in words."""
    data = plain(data)
    was, now = data["was"], data["now"]
    yield f"\n{was['week']}: {was['headline']}\n{now['week']}: {now['headline']}\n"
    wide = max(len(row["title"]) for row in data["rows"]) if data["rows"] else 0
    cells = [(row["title"], said(row["was"]), said(row["now"])) for row in data["rows"]]
    middle = max([len(was["week"]), *(len(before) for _, before, _ in cells)])
    yield f"  {'':<{wide}}  {was['week']:<{middle}}  {now['week']}"
    for title, before, after in cells:
        yield f"  {title:<{wide}}  {before:<{middle}}  {after}"
    yield ""
    yield from moved(data) or [words.NOTHING_MOVED]


def moved(data: Data) -> list[str]:
    return [row["sentence"] for row in data["rows"] if row["sentence"]]


def said(side: Data | None) -> str:
    """``Signal, 31 %``; a dash where the measure was not there."""
    if side is None:
        return words.DASH
    value = numbers.amount(side["value"], side["unit"]) if side["value"] is not None else ""
    verdict = str(words.VERDICTS[side["verdict"]])
    return f"{verdict}, {value}" if value and side["verdict"] not in ("not_judged", "error") else verdict


def markdown(data: Data) -> str:
    data = plain(data)
    was, now = data["was"], data["now"]
    whose = f"**{escape(data['organisation'])}** · " if data["organisation"] else ""
    heads = [words.MEASURE, was["week"], now["week"], words.WHAT_MOVED]
    cells = [[row["title"], said(row["was"]), said(row["now"]), row["sentence"]] for row in data["rows"]]
    table = [heads, [":--"] * 4, *cells]
    blocks = [
        f"# {escape(words.compared(was['week'], now['week']))}",
        f"{whose}{words.COMPARISON}",
        "\n".join(f"- {escape(side['week'])}: {escape(side['headline'])}" for side in (was, now)),
        "\n".join("| " + " | ".join(c if c == ":--" else escape(c) for c in line) + " |" for line in table),
        words.FOOTER,
    ]
    return "\n\n".join(blocks) + "\n"


def html(data: Data) -> str:
    data = plain(data)
    return environment().get_template("comparison.html.j2").render(data=data, said=said, css=style()) + "\n"


def json(data: Data) -> str:
    return json_text.render(data)


FORMATS: dict[str, Callable[[Any], str]] = {"html": html, "md": markdown, "json": json}
