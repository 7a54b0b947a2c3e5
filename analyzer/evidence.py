"""The tickets behind a number: the heaviest few of each group, and how many more there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from analyzer.board import URL_THEN, Board
from analyzer.result import Column, Finding, Row, Shape, Table, TicketRef

GROWN = "SELECT container AS grp, ticket, -epoch_us(moment) AS weight FROM scope_event WHERE event IN ('added', 'pulled_in')"
"""What came into a deliverable after its start, first come first shown."""

Evidence = dict[str, tuple[list[str], int]]


def heaviest(board: Board, sql: str, *values: Any) -> Evidence:
    """For each group its heaviest tickets' ids and the number of those cut.

    ``sql`` yields columns ``grp``, ``ticket`` (number) and ``weight``, one row a group and ticket.
    """
    rows = board.rows(
        f"""
        WITH given AS ({sql}), ranked AS (
            SELECT g.grp, t.id, row_number() OVER (PARTITION BY g.grp ORDER BY g.weight DESC, t.created, t.id) AS place,
                count(*) OVER (PARTITION BY g.grp) AS n
            FROM given g JOIN ticket_then t ON t.no = g.ticket
        ) SELECT grp, id, place, n FROM ranked WHERE place <= {board.options.evidence:d} ORDER BY grp, place
        """,
        *values,
    )
    found: Evidence = {}
    for r in rows:
        ids, _ = found.setdefault(str(r.grp), ([], 0))
        ids.append(r.id)
        found[str(r.grp)] = (ids, r.n - len(ids))
    return found


def lines(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a small frame as named tuples."""
    yield from frame.itertuples(index=False)


def row(cells: dict[str, Any], evidence: Evidence | None = None, group: str = "") -> Row:
    """A table row with the tickets of its group."""
    ids, more = (evidence or {}).get(group, ([], 0))
    return Row(cells=cells, tickets=ids, more=more)


def table(
    ident: str, title: str, columns: Iterable[tuple[str, str, str]], rows: Iterable[Row], note: str = ""
) -> Table:
    """A table from (id, label, unit) columns."""
    made = [Column(id=i, label=label, unit=unit) for i, label, unit in columns]  # type: ignore[arg-type]
    return Table(id=ident, title=title, columns=made, rows=list(rows), note=note)


def mentioned(findings: Iterable[Finding]) -> list[str]:
    """Every ticket id that a finding shows, once, in order."""
    ids: dict[str, None] = {}
    for finding in findings:
        for ident in finding.move.tickets if finding.move else ():
            ids.setdefault(ident)
        for shape in finding.details:
            for ident in _of_shape(shape):
                ids.setdefault(ident)
    return list(ids)


def _of_shape(shape: Shape) -> Iterator[str]:
    if shape.shape == "table":
        for line in shape.rows:
            yield from line.tickets
    elif shape.shape == "burn_up":
        yield from shape.tickets


def references(board: Board, ids: list[str]) -> dict[str, TicketRef]:
    """Key, title (as it read at the board's moment) and link of tickets."""
    rows = board.rows(
        f"SELECT t.id, t.key, coalesce(s.value, x.title) AS title, {URL_THEN} AS url "
        "FROM ticket_then t JOIN tickets x ON x.no = t.no "
        "LEFT JOIN span_then s ON s.ticket = t.no AND s.field = 'title' AND s.until IS NULL "
        "WHERE t.id IN (SELECT unnest(?)) ORDER BY t.id",
        ids,
    )
    return {r.id: TicketRef(key=r.key, title=r.title, url=r.url) for r in rows}
