"""Series and burn-ups become small SVG pictures, drawn when the report is made, in colours that are CSS variables."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import vl_convert

from reports import numbers, words
from reports.pictures import inline
from reports.story import Data, at, last_known

MOST_PANELS = 24
PANEL = (225, 92)
BURN_UP = (225, 112)
INK, MUTED, GRID = "var(--ink)", "var(--muted)", "var(--grid)"
LINE, BAND, APART, SCOPE = "var(--line)", "var(--band)", "var(--apart)", "var(--scope)"
HIGH = {"field": "high"}
LOOK = {
    "mark": {"invalid": "break-paths-show-path-domains"},
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED, "labelFontSize": 12, "gridColor": GRID, "domainColor": GRID, "tickColor": GRID,
        "labelFont": "sans-serif", "ticks": False, "labelPadding": 5, "domain": False,
    },
}  # fmt: skip

Vega = dict[str, Any]
"""A piece of a chart in Vega-Lite's own words: https://vega.github.io/vega-lite/docs/"""


@dataclass(frozen=True)
class Panel:
    """One line of a series: its name, its last value in words, its intended range, its column among the values, its picture."""

    label: str
    last: str
    intended: str
    column: int
    svg: str


def series_panels(series: Data) -> list[Panel]:
    """Small multiples: one panel a line, all on one scale, the intended range as a band, weeks set apart marked."""
    lines = [(n, line) for n, line in enumerate(series["lines"], 1) if last_known(line["values"]) is not None]
    if not series["x"] or not lines:
        return []
    top, bottom = _extent([line[part] for _, line in lines for part in ("values", "low", "high")], series["unit"])
    return [_panel(series, line, column, bottom, top) for column, line in lines[:MOST_PANELS]]


def _panel(series: Data, line: Data, column: int, bottom: float, top: float) -> Panel:
    weeks, unit = series["x"], series["unit"]
    last = max(index for index, value in enumerate(line["values"]) if value is not None)
    low, high = at(line["low"], last), at(line["high"], last)
    intended = "" if low is None or high is None else numbers.span(low, high, unit)
    said = words.last_value(numbers.amount(line["values"][last], unit), at(weeks, last) or "")
    points = [
        {
            "x": week,
            "y": at(line["values"], index),
            "low": bottom if at(line["low"], index) is None else at(line["low"], index),
            "high": top if at(line["high"], index) is None else at(line["high"], index),
        }
        if (at(line["low"], index), at(line["high"], index)) != (None, None)
        else {"x": week, "y": at(line["values"], index), "low": None, "high": None}
        for index, week in enumerate(weeks)
    ]
    apart = [{"x": week} for week in weeks if week in series["set_apart"]]
    x, y = _weeks_axis(weeks), _amount_axis(unit, bottom, top)
    layers = [
        _layer(points, "area", x=x, y=_y("low", y), y2=HIGH, color=BAND, interpolate="step"),
        _layer(apart, "rule", x=x, color=APART, strokeWidth=max(5.0, PANEL[0] / len(weeks))),
        _layer(points, "line", x=x, y=_y("y", y), color=LINE, strokeWidth=2),
        _layer(_dots(points, last), "point", x=x, y=_y("y", y), color=LINE, fill=LINE, size=26, opacity=1),
    ]
    about = f"{line['label']}: {said}" + (f", {words.INTENDED} {intended}" if intended else "")
    return Panel(line["label"], said, intended, column, _draw(layers, PANEL, about))


def burn_up_picture(burn_up: Data) -> str:
    """The scope line, the done line, what was planned (dashed) and the agreed range (a band across)."""
    drawn = [burn_up["scope"], burn_up["done"], [burn_up["planned"], burn_up["low"], burn_up["high"]]]
    if not burn_up["x"] or last_known(burn_up["scope"] + burn_up["done"]) is None:
        return ""
    top, _ = _extent(drawn, burn_up["unit"])
    moments = burn_up["x"]
    x, y = _weeks_axis(moments), _amount_axis(burn_up["unit"], 0, top)
    points = [
        {"x": moment, "scope": at(burn_up["scope"], index), "done": at(burn_up["done"], index)}
        for index, moment in enumerate(moments)
    ]
    level = [{"planned": burn_up["planned"], "low": burn_up["low"] or 0, "high": burn_up["high"]}]
    layers = []
    if (burn_up["low"], burn_up["high"]) != (None, None):
        level[0]["high"] = top if burn_up["high"] is None else burn_up["high"]
        layers.append(_layer(level, "rect", y=_y("low", y), y2=HIGH, color=BAND))
    if burn_up["planned"] is not None:
        layers.append(_layer(level, "rule", y=_y("planned", y), color=MUTED, strokeDash=[5, 4], strokeWidth=1.5))
    layers.append(_layer(points, "line", x=x, y=_y("scope", y), color=SCOPE, strokeWidth=2, interpolate="step"))
    layers.append(_layer(points, "line", x=x, y=_y("done", y), color=LINE, strokeWidth=2))
    return _draw(layers, BURN_UP, f"{burn_up['title']}: {burn_up_words(burn_up)}")


def burn_up_words(burn_up: Data) -> str:
    """``scope 34, done 12, planned 22, agreed 20–40 tickets``."""
    unit = burn_up["unit"]
    parts = [
        (words.KEY_SCOPE, numbers.cell(last_known(burn_up["scope"]), unit)),
        (words.KEY_DONE, numbers.cell(last_known(burn_up["done"]), unit)),
        (words.KEY_PLANNED, numbers.cell(burn_up["planned"], unit)),
    ]
    if burn_up["low"] is not None and burn_up["high"] is not None:
        parts.append((words.AGREED, numbers.span(burn_up["low"], burn_up["high"], unit)))
    said = ", ".join(f"{name} {value}" for name, value in parts if value != words.DASH)
    return f"{said} {words.UNITS[unit][1]}".rstrip() if said else ""


def _extent(parts: list[list[Any]], unit: str) -> tuple[float, float]:
    """The highest and lowest value a scale must hold: round numbers, zero included."""
    known = [float(value) for part in parts for value in part if numbers.is_number(value)]
    high, low = max([0.0, *known]), min([0.0, *known])
    if high == low:
        high = 1.0 if unit == "share" else 10.0
    step = _step(high - low, 10)
    return math.ceil(high / step - 1e-9) * step, math.floor(low / step + 1e-9) * step


def _step(size: float, most: int) -> float:
    """The smallest of 1, 2, 5, 10 … that divides a size into at most so many parts."""
    tens = 10.0 ** math.floor(math.log10(size) - 1)
    return next(part * tens for part in (1, 2, 5, 10, 20, 50, 100) if size / (part * tens) <= most + 1e-9)


def _layer(
    rows: list[dict[str, Any]],
    mark: str,
    *,
    x: Vega | None = None,
    y: Vega | None = None,
    y2: Vega | None = None,
    **looks: Any,
) -> Vega:
    """One layer in the grammar of Vega-Lite: rows, the mark they are drawn with and what each direction shows."""
    encoding = {name: channel for name, channel in (("x", x), ("y", y), ("y2", y2)) if channel is not None}
    return {"data": {"values": rows}, "mark": {"type": mark, **looks}, "encoding": encoding}


def _dots(points: list[dict[str, Any]], last: int) -> list[dict[str, Any]]:
    """The last value, and any value that stands alone between weeks without one."""
    known = [point["y"] is not None for point in points]
    return [
        {"x": point["x"], "y": point["y"]}
        for index, point in enumerate(points)
        if known[index] and (index == last or not any(known[max(0, index - 1) : index] + known[index + 1 : index + 2]))
    ]


def _weeks_axis(weeks: list[str]) -> Vega:
    ends = list(dict.fromkeys([weeks[0], weeks[-1]]))
    axis = {"values": ends, "labelAngle": 0, "labelFlush": True, "title": None, "grid": False, "labelOverlap": False}
    scale = {"type": "point", "domain": weeks, "padding": 0}
    return {"field": "x", "type": "ordinal", "sort": None, "axis": axis, "scale": scale}


def _amount_axis(unit: str, bottom: float, top: float) -> Vega:
    sign = (
        "format(datum.value * 100, ',.0f') + '\N{NO-BREAK SPACE}%'" if unit == "share" else "format(datum.value, ',')"
    )
    axis = {"values": _ticks(bottom, top), "labelExpr": sign, "title": None}
    return {"axis": axis, "scale": {"domain": [bottom, top], "nice": False, "zero": False}}


def _ticks(bottom: float, top: float) -> list[float]:
    step = _step(top - bottom, 4)
    return [round(part * step, 9) for part in range(math.ceil(bottom / step - 1e-9), math.floor(top / step + 1e-9) + 1)]


def _y(field: str, axis: Vega) -> Vega:
    return {"field": field, "type": "quantitative", **axis}


def _draw(layers: list[Vega], size: tuple[int, int], about: str) -> str:
    specification = {
        "width": size[0], "height": size[1], "background": "transparent",
        "padding": {"left": 1, "top": 4, "right": 6, "bottom": 2}, "layer": layers, "config": LOOK,
    }  # fmt: skip
    return inline(vl_convert.vegalite_to_svg(specification, allowed_base_urls=[]), about)
