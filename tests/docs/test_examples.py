"""The worked examples of docs/measures.md come out as the page says, in the product."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from analyzer import statistics
from analyzer.board import Board, Options
from analyzer.effort import UNIT
from analyzer.store import Store

MEASURES = (Path(__file__).parents[2] / "docs" / "measures.md").read_text(encoding="utf-8")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")
MONDAY = 5
PEOPLE = {"Ana": "ana", "Ben": "ben"}
STATUSES = {
    "Open": ("1", "new"), "In Progress": ("3", "indeterminate"), "Closed": ("6", "done"),
}  # fmt: skip


def _table(first_column: str) -> list[list[str]]:
    """The rows of the page's table whose head begins with these words."""
    text = MEASURES.split(f"| {first_column} |", 1)[1].split("\n\n", 1)[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]


def _moment(weekday: str, hour: int) -> str:
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
    return f"2026-01-{MONDAY + names.index(weekday):02d}T{hour:02d}:00:00.000+0000"


def _issue(number: int, key: str, holder: str, begun: str, finished: str) -> dict[str, Any]:
    """A Jira issue as the page's first table draws it."""
    steps = [("Open", "In Progress", _moment(begun, 9))] if begun != "–" else []
    steps.append((steps[-1][1] if steps else "Open", "Closed", _moment(finished, 17)))
    histories = [
        {"id": str(number * 10 + n), "created": at, "items": [
            {"field": "status", "fieldId": "status", "from": STATUSES[a][0], "fromString": a, "to": STATUSES[b][0], "toString": b}
        ]} for n, (a, b, at) in enumerate(steps)
    ]  # fmt: skip
    status = {"id": "6", "name": "Closed", "statusCategory": {"key": "done"}}
    fields = {
        "summary": key, "created": "2026-01-02T09:00:00.000+0000", "updated": steps[-1][2], "issuetype": {"name": "Task"},
        "status": status, "assignee": {"name": PEOPLE[holder]}, "project": {"id": "1", "key": "T", "name": "T"},
    }  # fmt: skip
    log = {"total": len(histories), "histories": histories}
    return {"id": str(number), "key": key, "fields": fields, "changelog": log}


@pytest.fixture
def board_days(tmp_path: Path) -> dict[str, dict[str, float]]:
    """Person-days by ticket and weekday, read from the page's tickets by the program."""
    from alignment.cli import cli, run

    rows = _table("ticket | held by | in progress from | finished")
    lines = [json.dumps(_issue(n, *row)) for n, row in enumerate(rows, 1)]
    (tmp_path / "export.jsonl").write_text("\n".join(lines), encoding="utf-8")
    store = tmp_path / "store.duckdb"
    line = ["pull", str(tmp_path / "export.jsonl"), "--store", str(store)]
    assert run(lambda: cli.main(line, standalone_mode=False)) == 0
    with Store(store).reading() as con:
        Board(con, (), Options(), datetime(2026, 1, 12, 12, tzinfo=UTC))
        found = con.execute(
            "SELECT t.key, e.day, sum(e.units) FROM effort_day e JOIN ticket_then t ON t.no = e.ticket GROUP BY t.key, e.day"
        ).fetchall()
    monday = (datetime(2026, 1, MONDAY) - datetime(1970, 1, 1)).days
    spent: dict[str, dict[str, float]] = {}
    for key, day, units in found:
        spent.setdefault(key, {})[DAYS[day - monday]] = units / UNIT
    return spent


def test_three_tickets_of_two_people(board_days: dict[str, dict[str, float]]) -> None:
    rows = _table("ticket | Mon | Tue | Wed | Thu | Fri | person-days")
    told = {"": 0.0, "½": 0.5, "1": 1.0}
    assert {row[0] for row in rows} == set(board_days)
    for key, *cells, total in rows:
        assert {d: told[c] for d, c in zip(DAYS, cells, strict=True) if c} == board_days[key]
        assert float(total) == sum(board_days[key].values())


def test_how_sure_by_hand() -> None:
    rows = {row[0]: row[-1] for row in _table("step | arithmetic | result")}
    n = statistics.kish(100 * 1 + 20 * 6, 100 * 1**2 + 20 * 6**2)
    effective = statistics.effective(n, 8, 0.07)
    p = statistics.outside(0.58, 0.30, 0.40, effective)
    ranges = [(0.30, 0.40), (0.16, 0.25), (0.12, 0.20), (0.10, 0.20)]
    assert "signal" not in statistics.verdicts([0.58, 0.15, 0.11, 0.16], ranges, effective)
    adjusted = statistics.adjust([p, 0.9, 0.9])[0]
    assert rows["all effort"] == "220" and rows["unequal size"] == f"{n:.1f}"
    assert rows["tickets a week"] == f"{n / 8:.2f}" and rows["design effect"] == f"{n / effective:.3f}"
    assert rows["effective tickets"] == f"{effective:.1f}"
    assert rows["distance in standard errors"] == f"{0.18 / (0.4 * 0.6 / effective) ** 0.5:.2f}"
    assert rows["p, two-sided"] == f"{p:.3f}" and rows["corrected for the three outside"] == f"{adjusted:.3f}"
    assert rows["verdict"] == statistics.verdict(adjusted) == "watch"
    more = statistics.verdicts([0.65, 0.10, 0.09, 0.16], ranges, effective)
    assert more[0] == "signal" and "With 65 % it would be a signal." in MEASURES


def test_the_constants_on_the_page_are_those_of_the_program() -> None:
    from alignment.settings import Settings, Window

    text = re.sub(r"\s+", " ", MEASURES)
    assert f"drawn towards {statistics.PRIOR_RHO}" in text and f"as much as {statistics.PRIOR_WEEKS} weeks" in text
    assert statistics.LEAST == 10 and "Below ten effective tickets" in text
    assert f"Adjusted p up to {statistics.SURE} is a *signal*, up to {statistics.LIKELY:.2f} *watch*" in text
    assert Window().weeks == 8 and "last eight complete weeks" in text
    assert f"for {Settings.model_fields['idle_after_days'].default} days (`idle_after_days`)" in text
