"""Every report on one page, newest first, with the trend of the three scores that lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reports import words
from reports.html import environment, style
from reports.safety import plain
from reports.story import LEADING, Data

WIDE, HIGH, EDGE = 320.0, 72.0, 3.0


@dataclass(frozen=True)
class Trend:
    """One score over all reports: its name, its first and last value in words, and the path of its line."""

    name: str
    said: str
    path: str


def render(data: Data) -> str:
    """The page. ``entries`` (newest first) have week, as_of, headline, verdict, effort, scores by measure, and files by format."""
    data = plain(data)
    leading = [measure for measure in LEADING if any(measure in entry["scores"] for entry in data["entries"])]
    trends = [found for measure in leading if (found := trend(data["entries"], measure))]
    page = environment().get_template("archive.html.j2")
    return page.render(data=data, leading=leading, trends=trends, css=style(), wide=WIDE, high=HIGH) + "\n"


def trend(entries: list[Data], measure: str) -> Trend | None:
    """Reports of one way of counting, the newest's, in the order of their moments; a report without the score breaks the line."""
    counted = [e for e in reversed(entries) if e["effort"] == entries[0]["effort"]]
    known = [e for e in counted if measure in e["scores"]]
    if not known:
        return None
    moments = [datetime.fromisoformat(e["as_of"]).timestamp() for e in counted]
    length = (moments[-1] - moments[0]) or 1.0
    path, pen = [], "M"
    for entry, moment in zip(counted, moments, strict=True):
        score: Any = entry["scores"].get(measure)
        if score is None:
            pen = "M"
            continue
        x = EDGE + (WIDE - 2 * EDGE) * (moment - moments[0]) / length
        y = HIGH - EDGE - (HIGH - 2 * EDGE) * score / 100
        path.append(f"{pen}{x:.1f} {y:.1f}{'h0' if pen == 'M' else ''}")  # one that stands alone is a dot
        pen = "L"
    first, newest = known[0], known[-1]
    name = words.SCORE_NAMES[measure]
    said = words.trend(round(first["scores"][measure]), first["week"], round(newest["scores"][measure]), newest["week"])
    return Trend(name, said, " ".join(path))
