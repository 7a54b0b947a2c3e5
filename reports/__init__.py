"""Draws a Result, which is plain data, as HTML, Markdown, CSV or JSON; nothing heavy is imported until it draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

SCHEMA_VERSION = "alignment-result/1"


@dataclass(frozen=True)
class Format:
    """One way to draw a Result. ``module.render(result)`` gives one text, or texts by file name."""

    id: str
    extension: str
    module: str

    def render(self, result: dict[str, Any]) -> str | dict[str, str]:
        """Draw it. Raises ``ValueError`` for a Result of a version this program does not know."""
        if result["schema_version"] != SCHEMA_VERSION:
            raise ValueError(
                f"This Result is of version {result['schema_version']!r}, and this program draws {SCHEMA_VERSION!r}. "
                "Draw it with the program that wrote it, or compute it again."
            )
        draw: Callable[[dict[str, Any]], str | dict[str, str]] = import_module(self.module).render
        return draw(result)

    def files(self, result: dict[str, Any], name: str) -> dict[str, str]:
        """Texts by path: ``{"name.html": …}``, or ``{"name/findings.csv": …}`` where a format has many files."""
        drawn = self.render(result)
        if isinstance(drawn, str):
            return {f"{name}.{self.extension}": drawn}
        return {f"{name}/{file}": text for file, text in drawn.items()}


FORMATS = (
    Format("html", "html", "reports.html"),
    Format("md", "md", "reports.markdown"),
    Format("csv", "csv", "reports.csv_tables"),
    Format("json", "json", "reports.json_text"),
)
