"""A Result becomes one HTML file that needs no network, says all without JavaScript, and in which foreign text stays text."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reports import charts, numbers, story, words
from reports.safety import plain, short, slug, web_address
from reports.story import Data

MOST_BYTES = 1_000_000
TICKETS_A_ROW = (1_000, 20, 8, 3, 0)  # tried in turn until the page fits; what is cut is counted
ROWS_AT_ONCE = 10
MOST_ROWS, MOST_COLUMNS = 60, 24
"""Drawn of a table, a flow or a matrix; the whole is in the CSV files, and the page says so."""
HEATS = 8


def render(result: Data) -> str:
    """The page. What does not fit into 1 MB is said as ``and N more``, never dropped in silence."""
    result = plain(result)
    pictures = {id(detail): _picture(detail) for finding in result["findings"] for detail in finding["details"]}
    tickets = {name: _ticket(ticket) for name, ticket in result["tickets"].items()}
    return next(page for most in TICKETS_A_ROW if (page := _page(result, pictures, tickets, most)))


def _page(result: Data, pictures: dict[int, Any], tickets: dict[str, Any], most: int) -> str:
    """Empty as soon as it does not fit; without any ticket it has to."""
    parts = environment().get_template("report.html.j2").generate(
        result=result,
        tickets=tickets,
        picture=lambda detail: pictures[id(detail)],
        css=style(),
        script=Markup(_template("report.js")),
        allowed=allowed_script(),
        most=most, most_rows=MOST_ROWS, most_columns=MOST_COLUMNS,
    )  # fmt: skip
    made, size = [], 0
    for part in parts:
        made.append(part)
        size += len(part.encode())
        if size > MOST_BYTES and most:
            return ""
    return "".join(made)


def allowed_script() -> str:
    """What a content security policy must allow for a page of ours to sort and filter: its one script, by what it is."""
    return f"'sha256-{b64encode(sha256(_template('report.js').encode()).digest()).decode()}'"


def style() -> Markup:
    """The style sheet that every page of ours carries within itself."""
    return Markup(_template("report.css"))


@cache
def _template(name: str) -> str:
    return (files("reports") / "templates" / name).read_text(encoding="utf-8").strip()


@cache
def environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        words=words, numbers=numbers, story=story, slug=slug, short=short,
        groups=groups, bars=bars, heats=heats, split=split, burn_up_words=charts.burn_up_words,
    )  # fmt: skip
    return environment


def _picture(detail: Data) -> Any:
    if detail["shape"] == "series":
        return [(panel, Markup(panel.svg)) for panel in charts.series_panels(detail)]
    if detail["shape"] == "burn_up":
        return Markup(charts.burn_up_picture(detail))
    return None


def _ticket(ticket: Data) -> tuple[str, str, str | None]:
    return ticket["key"], short(ticket["title"]), web_address(ticket["url"])


def groups(details: list[Data]) -> list[tuple[str, list[Data]]]:
    """Details by shape, in order; burn-ups that follow one another stand together."""
    found: list[tuple[str, list[Data]]] = []
    for shape, run in groupby(details, key=lambda detail: str(detail["shape"])):
        if shape == "burn_up":
            found.append((shape, list(run)))
        else:
            found.extend((shape, [detail]) for detail in run)
    return found


def split(rows: list[Data]) -> list[list[Data]]:
    """The rows shown at once, and those a reader asks for; two or three stragglers are not worth a click."""
    return [rows] if len(rows) <= ROWS_AT_ONCE + 3 else [rows[:ROWS_AT_ONCE], rows[ROWS_AT_ONCE:]]


def bars(table: Data) -> tuple[str, float]:
    """The column whose cells carry a bar (``share``, where there are rows to compare) and its longest bar."""
    if not any(column["id"] == "share" for column in table["columns"]) or len(table["rows"]) < 2:
        return "", 1.0
    known = [value for row in table["rows"] if numbers.is_number(value := row["cells"].get("share"))]
    return "share", max([0.0, *known]) or 1.0


def heats(values: list[list[float | None]]) -> list[list[int]]:
    """How dark each cell is, from 0 to 8, against the largest amount of the table."""
    most = max((abs(value) for row in values for value in row if value is not None), default=0.0) or 1.0
    return [[0 if value is None else round(HEATS * abs(value) / most) for value in row] for row in values]
