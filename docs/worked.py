"""One worked example a measure: a strategy and a few tickets drawn as a table, and what the measure makes of them.

``docs/examples/measures/ID.md`` begins with a sentence on what is shown, then a ``yaml`` block with the strategy and a ``text``
block with the tickets (as ``tests/analyzer/drawn.py`` reads them), then a line or more of arithmetic by hand.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from types import ModuleType

from analyzer.board import Board, Options
from analyzer.result import Finding
from analyzer.store import Store
from tests.analyzer import drawn

FOLDER = Path(__file__).parent / "examples" / "measures"
BLOCK = re.compile(r"```(yaml|text)\n(.*?)```", re.DOTALL)


def example(module: ModuleType) -> str:
    """The example of a measure in Markdown, ending with what the measure says; empty where there is none yet."""
    path = FOLDER / f"{module.META.id}.md"
    if not path.exists():
        return ""
    text = path.read_text(encoding="utf-8").strip()
    finding = found(module, text)
    value = "" if finding.value is None else f" Value: {_value(finding)}."
    return f"**Example.** {text}\n\nThe measure says: *{finding.sentence}*{value} Verdict: {finding.verdict.replace('_', ' ')}."


def found(module: ModuleType, text: str) -> Finding:
    """What the measure makes of an example: seen from the Monday 2 March 2026, with default settings."""
    blocks = dict(BLOCK.findall(text))
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store.duckdb")
        with store.writing() as con:
            drawn.save(con, blocks["text"])
        made = drawn.strategies(Path(folder) / "strategy", *([blocks["yaml"]] if "yaml" in blocks else []))
        with store.reading() as con:
            finding: Finding = module.measure(Board(con, made, Options(), drawn.AS_OF))
    return finding


def _value(finding: Finding) -> str:
    value = finding.value
    return (
        f"{100 * value:.1f} %"
        if finding.unit == "share" and value is not None
        else f"{value:g} {finding.unit.replace('_', ' ')}"
    )
