"""What the tables of a board cost to ask: by DuckDB's own plan of a query, not by the clock."""

from __future__ import annotations

import pytest

from analyzer.board import Board, as_known
from tests.analyzer import drawn
from tests.conftest import MakeBoard

STRATEGY = "strategy: s\npriorities: [{id: growth, match: [{label: growth}]}]"
DRAWN = """
key   created     doing       done        assignee
A-1   2026-02-02  2026-02-09  -           1
A-2   2026-02-02  2026-02-09  2026-02-10  2
"""


def scans(board: Board, where: str) -> list[str]:
    """The tables that a query of ``span_then`` reads, one for each time it reads them."""
    plan = str(board.con.execute(f"EXPLAIN SELECT * FROM span_then WHERE {where}").fetchall()[0][1])
    return [line.split("Table:")[1].split()[0].rpartition(".")[2] for line in plan.splitlines() if "Table:" in line]


@pytest.mark.parametrize(
    ("where", "times"),
    [
        ("field = 'label'", 1),
        ("field IN ('sprint', 'cycle')", 1),
        ("field = 'phase'", 1),
        ("field IN ('title', 'phase')", 2),
    ],
)
def test_the_store_is_read_once_and_phases_only_where_one_is_asked_for(
    board: MakeBoard, where: str, times: int
) -> None:
    read = scans(board(STRATEGY, text=DRAWN), where)
    assert read.count("spans") == times
    assert "moment" not in read


def test_a_moment_with_a_zone_is_that_moment(board: MakeBoard) -> None:
    made = board(STRATEGY, text=DRAWN)
    told = "SELECT ticket, field, value, since, until FROM span_then ORDER BY ALL"
    before = made.con.execute(told).fetchall()
    assert before and drawn.AS_OF.utcoffset() is not None
    made.con.execute(as_known(drawn.AS_OF)[1])
    assert made.con.execute(told).fetchall() == before


def test_tables_that_nothing_asks_for_any_more_are_let_go(board: MakeBoard) -> None:
    made = board(STRATEGY, text=DRAWN)
    made.lay("aside", made.frame("SELECT 1 AS one"))
    made.drop("aside")
    there = {r.table_name for r in made.rows("SELECT table_name FROM duckdb_tables() WHERE temporary")}
    assert "effort_day" in there and not {"aside", "touch", "held_days"} & there
