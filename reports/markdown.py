"""A Result becomes Markdown (CommonMark with tables) in which foreign text arrives as text and links go to the web."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from reports import numbers, story, words
from reports.safety import plain, short, web_address
from reports.story import Data

MOST_TICKETS = 5
MOST_ROWS = 40

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MARKUP = re.compile(r"[\\`*_\[\]|~$]")
_AUTOLINK = re.compile(r":(?=//)|(?<=\bwww)\.", re.IGNORECASE)
_OPENING = re.compile(r"^(?=[#=+\-])|^(\d{1,9})(?=[.)])")


def render(result: Data) -> str:
    """The same telling as the HTML page, without pictures: tables carry the values the pictures draw."""
    blocks = [block for block in _blocks(plain(result)) if block]
    return "\n\n".join(blocks) + "\n"


def escape(text: Any) -> str:
    """Text on one line that no Markdown reader takes for markup."""
    line = " ".join(str(text).split())
    line = "".join(_ENTITIES.get(letter, letter) for letter in _MARKUP.sub(lambda found: "\\" + found[0], line))
    line = _AUTOLINK.sub(lambda found: "\\" + found[0], line)
    return _OPENING.sub(lambda found: f"{found[1] or ''}\\", line)


def _blocks(result: Data) -> Iterator[str]:
    yield f"# {escape(story.headline(result))}"
    whose = f"**{escape(result['organisation'])}** · " if result["organisation"] else ""
    yield f"{whose}{words.REPORT} · {escape(numbers.window(result))}"
    yield "\n".join(_terms(result))
    yield "\n".join(_scores(result))
    if (news := story.changed(result)) is not None:
        yield f"## {words.WHAT_CHANGED} {words.since_report(numbers.day(result['previous']))}"
        yield "\n".join(f"- {escape(one['sentence'])}" for one in news) or words.NOTHING_CHANGED
    yield f"## {words.DECISIONS}"
    yield "\n".join(_decisions(result)) or story.no_decision(result)
    for label, findings in story.at_rest(result):
        yield f"{label}: {', '.join(escape(finding['meta']['title']) for finding in findings)}"
    yield from _coverage(result)
    for finding in result["findings"]:
        yield from _finding(finding, result["tickets"])
    yield "---"
    yield words.FOOTER
    yield words.EFFORT[result["effort"]]
    moment = numbers.moment(result["as_of"], result["time_zone"])
    yield f"{escape(result['program'])}. {escape(words.as_of(moment, result['time_zone']))}"


def _terms(result: Data) -> Iterator[str]:
    yield f"- {words.VERDICTS[result['verdict']]}"
    if story.decisions(result):
        yield f"- {words.SINCE}: {escape(numbers.week(story.since(result)) or words.SINCE_UNKNOWN)}"
    yield f"- {words.HOW_SURE_LABEL}: {story.how_sure(result)}"
    if result["as_of_reason"]:
        yield f"- Seen from: {escape(result['as_of_reason'])}"


def _scores(result: Data) -> Iterator[str]:
    for finding in story.scores(result):
        title, score = escape(story.score_name(finding)), finding["score"]
        if score:
            value = numbers.figure(round(score["value"]), "count")
            yield f"- **{title}: {value} {words.OUT_OF_100}**. {escape(score['arithmetic'])}"
        else:
            yield f"- **{title}: {words.DASH}** ({words.VERDICTS[finding['verdict']]})"


def _decisions(result: Data) -> Iterator[str]:
    asked = story.to_decide(result)
    for number, one in enumerate(asked, 1):
        verdict, title = words.VERDICTS[one["verdict"]], escape(one["title"])
        yield f"{number}. **{verdict}: {title}.** {escape(one['sentence'])}"
        tickets = f" {links}" if (links := _links(one, result["tickets"])) else ""
        if one["move"] or tickets:
            yield f"   {words.SMALLEST_MOVE}: {escape(one['move'])}{tickets}" if one["move"] else f"  {tickets}"
    if others := story.also(result):
        yield f"\n{words.ALSO}: {', '.join(escape(finding['meta']['title']) for finding in others)}"


def _coverage(result: Data) -> Iterator[str]:
    yield f"## {words.COVERAGE}"
    rows = [
        [tracker["name"], tracker["kind"], tracker["source"]]
        + [numbers.cell(tracker[part], "tickets") for part in ("tickets", "with_history", "skipped")]
        + [numbers.cell(tracker["newest_change"], "date")]
        for tracker in result["coverage"]
    ]
    yield _table(list(words.COVERAGE_COLUMNS), rows, texts=3) if rows else words.NO_TRACKERS
    apart = [f"- {words.SET_APART}: {escape(week['week'])}, {escape(week['reason'])}" for week in
             result["window"]["set_apart"]]  # fmt: skip
    yield "\n".join(apart + [f"- {escape(note)}" for note in result["notes"]])
    for strategy in result["strategies"]:
        until = numbers.day(strategy["until"]) if strategy["until"] else None
        yield f"### {escape(strategy['name'])}, {escape(words.in_force(numbers.day(strategy['since']), until))}"
        lines = [
            [priority["name"], numbers.share_range(priority["share"]) or words.DASH,
             priority["owner"] or words.DASH, priority["done"] or words.DASH]
            for priority in strategy["priorities"]
        ]  # fmt: skip
        yield _table(list(words.STRATEGY_COLUMNS), lines, texts=4)


def _finding(finding: Data, tickets: Data) -> Iterator[str]:
    yield f"## {escape(finding['meta']['question'])}"
    verdict, reason = words.VERDICTS[finding["verdict"]], escape(finding["reason"] or words.NO_REASON)
    if finding["verdict"] == "not_judged":
        yield f"**{words.NOT_JUDGED}** {reason} {words.NOT_JUDGED_AFTER}"
    elif finding["verdict"] == "error":
        yield f"**{words.ERROR}** {reason} {words.ERROR_AFTER}"
    else:
        said = [f"**{verdict}**"]
        if finding["value"] is not None:
            said.append(numbers.value(finding))
        if finding["since"]:
            said.append(f"{words.SINCE.lower()} {escape(numbers.week(finding['since']))}")
        yield " · ".join(said)
        yield escape(finding["sentence"])
    burn_ups = [detail for detail in finding["details"] if detail["shape"] == "burn_up"]
    for detail in finding["details"]:
        if detail["shape"] != "burn_up":
            yield f"### {escape(detail['title'])}"
            yield escape(detail["note"])
            yield DRAW[detail["shape"]](detail, tickets)
    if burn_ups:
        yield _burn_ups(burn_ups, tickets)
    parts = ((label, finding["meta"].get(part)) for part, label in words.HOW_PARTS.items())
    yield "\n".join([f"{words.HOW}:", "", *(f"- {label}: {escape(text)}" for label, text in parts if text)])


def _draw_table(table: Data, tickets: Data) -> str:
    if not table["rows"]:
        return words.NO_ROWS
    columns, opens = table["columns"], any(row["tickets"] or row["more"] for row in table["rows"])
    units = [numbers.column_unit(column) for column in columns]
    heads = [
        f"{column['label']} ({unit})" if unit else column["label"] for column, unit in zip(columns, units, strict=True)
    ]
    rows = []
    for row in table["rows"][:MOST_ROWS]:
        cells = [numbers.cell(row["cells"].get(column["id"]), column["unit"]) for column in columns]
        rows.append([escape(cell) for cell in cells] + ([_links(row, tickets)] if opens else []))
    texts = [column["unit"] == "text" for column in columns]
    drawn = _grid([escape(head) for head in heads] + ([words.TICKETS] if opens else []), rows, texts)
    cut = len(table["rows"]) - MOST_ROWS
    return f"{drawn}\n\n{words.more_rows(cut)}." if cut > 0 else drawn


def _draw_series(series: Data, tickets: Data) -> str:
    rows = [
        [f"{week} ({words.KEY_APART})" if week in series["set_apart"] else week]
        + [numbers.cell(story.at(line["values"], index), series["unit"]) for line in series["lines"]]
        for index, week in enumerate(series["x"])
    ]
    return _table([words.WEEK, *(line["label"] for line in series["lines"])], rows) if rows else words.NO_VALUES


def _draw_flow(flow: Data, tickets: Data) -> str:
    sources, targets, amounts = story.grid(flow)
    return _amounts(sources, targets, amounts, flow["unit"])


def _draw_matrix(matrix: Data, tickets: Data) -> str:
    return _amounts(matrix["rows"], matrix["columns"], matrix["values"], matrix["unit"])


def _amounts(rows: list[str], columns: list[str], values: list[list[Any]], unit: str) -> str:
    drawn = [[row, *(numbers.cell(value, unit) for value in line)] for row, line in zip(rows, values, strict=True)]
    return _table([words.UNITS[unit][1].capitalize(), *columns], drawn) if drawn else words.NO_VALUES


def _burn_ups(burn_ups: list[Data], tickets: Data) -> str:
    heads = ["", words.KEY_PLANNED, words.KEY_AGREED, words.KEY_SCOPE, words.KEY_DONE, words.TICKETS]
    rows = []
    for one in burn_ups:
        agreed = "" if None in (one["low"], one["high"]) else numbers.span(one["low"], one["high"], one["unit"])
        held = [numbers.cell(story.last_known(one[part]), one["unit"]) for part in ("scope", "done")]
        cells = [one["title"], numbers.cell(one["planned"], one["unit"]), agreed or words.DASH, *held]
        rows.append([*(escape(cell) for cell in cells), _links(one, tickets)])
    return _grid([head.capitalize() for head in heads], rows, [True])


def _links(row: Data, tickets: Data) -> str:
    shown = [_link(name, tickets.get(name)) for name in row["tickets"][:MOST_TICKETS]]
    cut = row["more"] + max(0, len(row["tickets"]) - MOST_TICKETS)
    return ", ".join([*shown, *([words.and_more(cut)] if cut else [])])


def _link(name: str, ticket: Data | None) -> str:
    key = escape(short(ticket["key"] if ticket else name))
    address = web_address(ticket["url"]) if ticket else None
    return f"[{key}](<{quote(address, safe=_IN_ADDRESS)}>)" if address else key


_IN_ADDRESS = "%/:?#@!$&'*+,;=-._~"


def _table(heads: list[str], rows: Iterable[list[str]], texts: int = 1) -> str:
    return _grid([escape(head) for head in heads], [[escape(cell) for cell in row] for row in rows], [True] * texts)


def _grid(heads: list[str], rows: list[list[str]], texts: list[bool]) -> str:
    """A table of cells that are Markdown already; columns that hold no text stand to the right."""
    sides = [":--" if (index >= len(texts) and head == words.TICKETS) or (index < len(texts) and texts[index]) else "--:"
             for index, head in enumerate(heads)]  # fmt: skip
    return "\n".join("| " + " | ".join(line) + " |" for line in [heads, sides, *rows])


DRAW = {"table": _draw_table, "series": _draw_series, "flow": _draw_flow, "matrix": _draw_matrix}
