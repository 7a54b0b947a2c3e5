"""What happened to the scope of deliverables, as tables: what came and went, what else changed, and what is usual elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from analyzer import base_rates
from analyzer.board import Board
from analyzer.evidence import GROWN, heaviest, lines, row, table
from analyzer.result import Shape

SHOWN = 40

CHANGED = """
SELECT container AS grp, ticket, -min(epoch_us(moment)) AS weight FROM scope_event
WHERE event IN ('carried', 'split', 'swapped', 're_estimated', 'rewritten') AND container IN (SELECT unnest(?))
GROUP BY container, ticket
"""


def shapes(board: Board, past: pd.DataFrame, running: pd.DataFrame) -> list[Shape]:
    """Running deliverables, most growth first; their other changes; and sprints elsewhere, where there are sprints here."""
    columns = ["carried", "split", "swapped", "rewritten", "re_estimated", "later"]
    changed = running[running[columns].fillna(0).ne(0).any(axis=1)]
    found = [_deliverables(board, running)]
    found += [_changes(board, changed)] if len(changed) else []
    boxes = past[past["kind"].isin(["sprint", "cycle"])]
    return found + ([_usual(boxes)] if len(boxes) else [])


def _deliverables(board: Board, running: pd.DataFrame) -> Shape:
    shown = running.head(SHOWN)
    tickets = heaviest(board, f"{GROWN} AND container IN (SELECT unnest(?))", list(shown["container"]))
    rows = []
    for r in lines(shown):
        came = r.added + r.pulled_in
        cells = {
            "name": r.name, "kind": r.kind, "started": f"{r.started:%Y-%m-%d}", "planned": r.planned, "added": r.added,
            "pulled_in": r.pulled_in, "removed": r.removed, "gross": came + r.removed, "net": came - r.removed,
            "agreed": r.agreed, "growth": _number(r.growth), "points": _number(r.re_estimated), "verdict": r.verdict,
        }  # fmt: skip
        rows.append(row(cells, tickets, str(r.container)))
    verdict = [("verdict", "Verdict", "text")] if any(shown["verdict"]) else []
    columns = [
        ("name", "Deliverable", "text"), ("kind", "Kind", "text"), *verdict,
        ("planned", "Planned", "count"), ("added", "Added", "count"), ("pulled_in", "Pulled in", "count"),
        ("removed", "Removed", "count"), ("gross", "Gross", "count"), ("net", "Net", "count"),
        ("agreed", "Agreed", "count"), ("growth", "Not agreed", "share"), ("started", "Started", "date"),
        ("points", "Re-estimated by", "points"),
    ]  # fmt: skip
    return table("deliverables", "What was taken on after the start", columns, rows, _more(len(running) - len(rows)))


def _changes(board: Board, changed: pd.DataFrame) -> Shape:
    shown = changed.head(SHOWN)
    tickets = heaviest(board, CHANGED, list(shown["container"]))
    rows = []
    for r in lines(shown):
        cells = {
            "name": r.name, "kind": r.kind, "carried": r.carried, "split": r.split, "swapped": r.swapped,
            "rewritten": r.rewritten, "listed": _number(r.listed), "points": _number(r.re_estimated), "later": _number(r.later),
        }  # fmt: skip
        rows.append(row(cells, tickets, str(r.container)))
    columns = [
        ("name", "Deliverable", "text"), ("kind", "Kind", "text"), ("carried", "Carried over", "count"),
        ("split", "Split", "count"), ("swapped", "Swapped", "count"), ("rewritten", "Rewritten", "count"),
        ("listed", "Listed lines added", "count"), ("points", "Re-estimated by", "points"), ("later", "End moved by days", "count"),
    ]  # fmt: skip
    note = "Carried over and split tickets are no growth. Swapped ones are in the numbers above: one came as one left."
    return table(
        "changes", "What else changed", columns, rows, " ".join([note, _more(len(changed) - len(rows))]).strip()
    )


def _usual(boxes: pd.DataFrame) -> Shape:
    """This site's finished sprints and cycles of the history, above those of others."""
    numbers = boxes.assign(came=boxes["added"] + boxes["pulled_in"])[["planned", "came", "removed"]]
    planned = numbers[numbers["planned"] > 0]
    rows = [row(_rates("Here, to the end", numbers, planned))]
    for r in base_rates.usual():
        rows.append(row(_cells(r.organisation, r.sprints, r.added, r.removed, r.growth)))
    columns = [
        ("where", "Where", "text"), ("sprints", "Sprints", "count"), ("added", "With any added", "share"),
        ("removed", "With any removed", "share"), ("half", "Half took on more than", "share"),
        ("quarter", "A quarter more than", "share"), ("tenth", "A tenth more than", "share"),
    ]  # fmt: skip
    pooled = base_rates.usual()[0]
    note = (
        f"Usual elsewhere, at 80 % of the planned length: half of the {pooled.with_start:,} of {pooled.sprints:,} sprints that "
        f"began with work took on more than {100 * pooled.growth[1]:.0f} % of it again. It decides no verdict. "
        f"Source: {base_rates.SOURCE}."
    )
    return table("usual", "What is usual in sprints", columns, rows, note)


def _rates(where: str, numbers: pd.DataFrame, planned: pd.DataFrame) -> dict[str, Any]:
    growth = np.quantile(planned["came"] / planned["planned"], base_rates.QUANTILES) if len(planned) else [None] * 4
    came, removed = (float((numbers[c] > 0).mean()) for c in ("came", "removed"))
    return _cells(where, len(numbers), came, removed, growth)


def _cells(where: str, sprints: int, added: float, removed: float, growth: Iterable[float | None]) -> dict[str, Any]:
    _, half, quarter, tenth = (None if g is None else float(g) for g in growth)
    return {
        "where": where, "sprints": sprints, "added": added, "removed": removed, "half": half, "quarter": quarter, "tenth": tenth,
    }  # fmt: skip


def _number(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _more(number: int) -> str:
    return f"{number} more that grew less are not shown." if number else ""
