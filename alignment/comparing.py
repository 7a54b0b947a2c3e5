"""Two reports that were frozen, side by side: nothing is scored again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alignment import wiring
from alignment.errors import Mend
from alignment.telling import place
from alignment.whole_file import put
from analyzer.calendar import day_number, day_of, monday, week_name, week_number, week_of_day
from analyzer.changed import change, pairs
from analyzer.store import Store

if TYPE_CHECKING:
    from alignment.settings import Settings

SCHEMA = "alignment-comparison/1"

OF_WEEK = """
SELECT body FROM runs WHERE kind = 'report' AND body->>'$.window.last_day' = ? AND body->>'$.effort' = ?
    AND coalesce(body->>'$.organisation', '') = ? ORDER BY no DESC LIMIT 1
"""
LAST_DAYS = """
SELECT DISTINCT body->>'$.window.last_day' AS last_day FROM runs WHERE kind = 'report' AND body->>'$.effort' = ?
    AND coalesce(body->>'$.organisation', '') = ? ORDER BY last_day
"""


def compared(
    settings: Settings,
    weeks: Sequence[str],
    effort: str | None,
    formats: Sequence[str],
    out: Path | None,
    as_json: bool,
) -> Iterator[str]:
    """Writes the comparison of two weeks' reports, the earlier first; lines that say what differs. Raises Mend."""
    from reports import comparison

    if "csv" in formats:
        raise Mend("A comparison is no table of numbers alone.", "Write it with --format html, md or json.")
    first, second = sorted(_number(name) for name in weeks)
    basis = effort or settings.effort
    was, now = (_frozen(settings, week, basis) for week in (first, second))
    data = together(was, now)
    folder = (out or settings.report.folder).absolute()
    name = f"{week_name(first)}_{week_name(second)}"
    paths = []
    for form in formats or [f for f in settings.report.formats if f != "csv"]:
        paths.append(folder / f"{name}.{form}")
        put(paths[-1], comparison.FORMATS[form](data))
    if as_json:
        yield json.dumps({**data, "files": [str(p) for p in paths]})
        return
    yield from comparison.lines(data)
    for file in paths:
        yield f"Comparison: {place(file)}"


def together(was: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """Both Results as plain data: a line a measure, with a sentence where something moved."""
    rows = []
    for before, after in pairs(was, now):
        one, told = after or before, change(before, after)
        assert one is not None
        row: dict[str, Any] = {"measure": one["meta"]["id"], "title": one["meta"]["title"]}
        for name, side in (("was", before), ("now", after)):
            score = side["score"] if side else None
            row[name] = None if side is None else {
                "verdict": side["verdict"], "value": side["value"], "unit": side["unit"], "interval": side["interval"],
                "score": score["value"] if score else None,
            }  # fmt: skip
        rows.append(row | {"sentence": told.sentence if told else ""})
    sides = {name: _of(body) for name, body in (("was", was), ("now", now))}
    shared = {k: now[k] for k in ("program", "organisation", "time_zone", "effort")}
    return {"schema_version": SCHEMA, **shared, **sides, "rows": rows}


def _of(body: dict[str, Any]) -> dict[str, Any]:
    return {k: body[k] for k in ("as_of", "headline", "verdict", "window")} | {"week": body["window"]["weeks"][-1]}


def _frozen(settings: Settings, week: int, basis: str) -> dict[str, Any]:
    """The latest report whose last week this is. Raises Mend."""
    if not settings.store.exists():
        raise wiring.no_store(settings.store)
    last_day = day_of(monday(week) + 6).isoformat()
    with Store(settings.store).reading() as con:
        found = con.execute(OF_WEEK, [last_day, basis, settings.organisation]).fetchone()
        known = con.execute(LAST_DAYS, [basis, settings.organisation]).fetchall() if found is None else []
    if found is None:
        names = [week_name(week_of_day(day_number(date.fromisoformat(day)))) for (day,) in known if day]
        there = f"There are reports of {', '.join(names)}" if names else "There is none yet"
        raise Mend(
            f"There is no report of {week_name(week)}, counted in {basis}.",
            f"{there}; alignment report --week {week_name(week)} writes one.",
        )
    body: dict[str, Any] = json.loads(found[0])
    return body


def _number(name: str) -> int:
    try:
        return week_number(name)
    except ValueError:
        raise Mend(f"{name} is no week.", "Write e.g. --compare 2026-W40 2026-W47.") from None
