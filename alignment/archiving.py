"""The page that lists every report ever frozen, with links to the files of this folder that hold them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alignment import __version__, wiring
from alignment.whole_file import put
from analyzer.calendar import day_number, day_of, week_name, week_of_day
from analyzer.store import Store

if TYPE_CHECKING:
    from alignment.settings import Settings

NAME = "index.html"

FROZEN = """
SELECT as_of, json_extract_string(body, ['$.headline', '$.verdict', '$.window.last_day', '$.effort']) AS told,
    json_extract_string(body, '$.findings[*].meta.id') AS measures, json_extract_string(body, '$.findings[*].score') AS scores,
    json_extract_string(body, '$.findings[*].score.value') AS points
FROM runs WHERE kind = 'report' ORDER BY as_of DESC, no DESC
"""
"""One look at each body; a finding without a score has none among the points."""

FORMS = ("html", "md", "json", "csv")


def archive(settings: Settings, folder: Path) -> Path:
    """Writes the page into the folder; what it links lies there. Raises analyzer.store.Busy."""
    from reports.archive import render

    listed = list(entries(settings, folder))
    data = {
        "organisation": settings.organisation, "time_zone": settings.time_zone, "program": f"alignment-analyzer {__version__}",
        "entries": listed,
    }  # fmt: skip
    put(folder / NAME, render(data))
    return folder / NAME


def entries(settings: Settings, folder: Path) -> Iterator[dict[str, Any]]:
    """Newest first. A file that several reports would have written holds the newest of them."""
    calendar = wiring.options(settings).calendar
    with Store(settings.store).reading() as con:
        rows = con.execute(FROZEN).fetchall()
    free = set(os.listdir(folder)) if folder.exists() else set()
    for as_of, (headline, verdict, last_day, effort), measures, scores, points in rows:
        moment = as_of.replace(tzinfo=UTC)
        week = week_name(week_of_day(day_number(date.fromisoformat(last_day))))
        names = _names(moment, calendar.local_day(as_of), calendar.local_day(as_of - timedelta(microseconds=1)), week)
        files = next((held for name in names if (held := _files(name, free))), [])
        free -= {path for _, path in files}
        known = iter(points)
        scored = [m for m, s in zip(measures, scores, strict=True) if s not in (None, "null")]
        yield {
            "week": week, "as_of": f"{moment:%Y-%m-%dT%H:%M:%SZ}", "headline": headline, "verdict": verdict, "effort": effort,
            "scores": {m: float(v) for m, v in zip(scored, known, strict=True)}, "files": files,
        }  # fmt: skip


def _names(moment: datetime, day: int, day_before: int, week: str) -> list[str]:
    """What the files of a report may be called (``wiring.moment``), the likeliest first: seen from midnight it is that of a week or
    of the day that ended, seen from any other moment that of the day."""
    ended = day != day_before
    days = [day_of(day_before).isoformat(), f"{moment:%Y-%m-%d}"]
    return [week, *days] if ended else [*days[::-1], f"{moment:%Y-%m-%dT%H%MZ}", week]


def _files(name: str, there: set[str]) -> list[tuple[str, str]]:
    """What there is of a report: (format, path)."""
    paths = [(form, name if form == "csv" else f"{name}.{form}") for form in FORMS]
    return [(form, path) for form, path in paths if path in there]
