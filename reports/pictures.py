"""A drawn SVG is cut down to shapes and text before it enters a page: nothing that links, loads or runs passes."""

from __future__ import annotations

import re
from xml.etree import ElementTree

_SHAPES = {"svg", "g", "path", "line", "rect", "circle", "text", "tspan"}
_KEPT = {
    "d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "dx", "dy", "width", "height", "transform", "viewBox",
    "fill", "stroke", "stroke-width", "stroke-dasharray", "fill-opacity", "stroke-opacity", "opacity",
    "text-anchor", "font-size", "font-weight",
}  # fmt: skip
_LONG_NUMBER = re.compile(r"-?\d+\.\d{2,}(?:e-?\d+)?")


def inline(svg: str, about: str) -> str:
    """The picture as inline SVG that scales with its place, named for those who do not see it."""
    root = ElementTree.fromstring(svg)
    view_box = root.get("viewBox", "")
    _strip(root)
    root.attrib.clear()
    root.attrib.update({"viewBox": view_box, "role": "img", "aria-label": about})
    return ElementTree.tostring(root, encoding="unicode")


def _strip(element: ElementTree.Element) -> None:
    element.tag = str(element.tag).rpartition("}")[2]
    hidden = element.get("display") == "none" or element.get("class") in ("background", "foreground")
    element.attrib = {
        name: _LONG_NUMBER.sub(lambda found: f"{float(found[0]):.1f}", value)
        for name, value in element.attrib.items()
        if name in _KEPT and not (name == "opacity" and value == "1")
    }
    if hidden:
        element.tag = "hidden"
    for child in list(element):
        _strip(child)
        if child.tag not in _SHAPES or (child.tag == "g" and not len(child)):
            element.remove(child)
    kept: list[ElementTree.Element] = []
    for child in element:
        kept.extend(child if child.tag == "g" and not child.attrib else [child])
    element[:] = kept
