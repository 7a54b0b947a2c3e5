"""The lines that left their ranges most become small PNG pictures on a light ground, which every mail client shows as they are."""

from __future__ import annotations

import re
from dataclasses import dataclass

import vl_convert

from reports import charts
from reports.story import Data, at, decisions, last_known

MOST_PICTURES = 4
SCALE = 2.0  # for dense screens
GROUND = "#fdfcfa"
COLOURS = {  # the page's light colours; a picture cannot ask for the reader's
    "ink": "#1b1d1f", "muted": "#62676c", "grid": "#e4e1db", "line": "#0072b2", "scope": "#b35c00",
    "band": "rgba(0,130,100,0.17)", "apart": "rgba(110,110,110,0.2)",
}  # fmt: skip
_VARIABLE = re.compile(r"var\(--(\w+)\)")


@dataclass(frozen=True)
class Picture:
    """One line: its name, its last value and intended range in words, and the PNG. ``wide`` is its width in CSS pixels."""

    label: str
    last: str
    intended: str
    png: bytes
    wide: int


def pictures(result: Data) -> tuple[str, list[Picture]]:
    """Title and pictures of the first series with intended ranges, the lines farthest outside first; else nothing."""
    asking = decisions(result)
    for finding in [*asking, *(one for one in result["findings"] if one not in asking)]:
        for detail in finding["details"]:
            if detail["shape"] == "series" and any(_outside(line) is not None for line in detail["lines"]):
                lines = sorted(detail["lines"], key=lambda line: -(_outside(line) or 0.0))
                known = [line for line in lines if _outside(line) is not None][:MOST_PICTURES]
                panels = charts.series_panels({**detail, "lines": known})
                return str(detail["title"]), [_picture(panel) for panel in panels]
    return "", []


def png(svg: str) -> bytes:
    """A chart of the page as a picture: its colours said outright, on a ground of its own."""
    svg = _VARIABLE.sub(lambda found: COLOURS.get(found[1], COLOURS["muted"]), svg)
    opened = '<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" '
    ground = f'<rect x="-20" y="-20" width="2000" height="2000" fill="{GROUND}" />'
    svg = re.sub(r"^<svg ([^>]*)>", lambda found: f"{opened}{found[1]}>{ground}", svg, count=1)
    return bytes(vl_convert.svg_to_png(svg, scale=SCALE))


def _picture(panel: charts.Panel) -> Picture:
    drawn = png(panel.svg)
    wide = int.from_bytes(drawn[16:20], "big")  # the header of every PNG: RFC 2083, section 4.1.1
    return Picture(panel.label, panel.last, panel.intended, drawn, round(wide / SCALE))


def _outside(line: Data) -> float | None:
    """How far the last known value is outside its range; 0 inside; ``None`` where there is no value or no range."""
    value = last_known(line["values"])
    if value is None:
        return None
    place = max(index for index, one in enumerate(line["values"]) if one is not None)
    low, high = at(line["low"], place), at(line["high"], place)
    if low is None and high is None:
        return None
    return max(0.0, (low - value) if low is not None else 0.0, (value - high) if high is not None else 0.0)
