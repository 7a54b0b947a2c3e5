"""The graph of tickets and their parents: the path that explains a link, and parents that run in a circle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

from analyzer.mapping import LEVELS

if TYPE_CHECKING:
    from analyzer.board import Board
    from analyzer.regimes import Regime

CLIMB = """
CREATE OR REPLACE TEMP TABLE climb AS SELECT no AS ticket, parent FROM ticket_then WHERE parent IS NOT NULL
"""
HIGHER = """
CREATE OR REPLACE TEMP TABLE climb AS
SELECT c.ticket, t.parent FROM climb c JOIN ticket_then t ON t.no = c.parent WHERE t.parent IS NOT NULL
"""


def circles(board: Board) -> list[int]:
    """Numbers of tickets that are their own ancestors.

    Climbing a dozen levels set by set leaves only tickets below very deep or circular parents; the few that are left are
    looked at as a graph.
    """
    board.con.execute(CLIMB)
    for _ in range(LEVELS):
        board.con.execute(HIGHER)
        if not board.one("SELECT count(*) FROM climb"):
            return []
    graph: nx.DiGraph[int] = nx.DiGraph()
    edges = board.con.execute(
        "SELECT t.no, t.parent FROM ticket_then t WHERE t.parent IS NOT NULL AND t.no IN (SELECT parent FROM climb "
        "UNION SELECT ticket FROM climb)"
    ).fetchall()
    graph.add_edges_from(edges)
    return sorted(
        n
        for part in nx.strongly_connected_components(graph)
        if len(part) > 1 or graph.has_edge(*[*part] * 2)
        for n in part
    )


def why(board: Board, tickets: list[str], regime: Regime | None = None) -> dict[str, str]:
    """For each linked ticket (by id) under a regime (left out: that of the last complete week), the way to its priority in words.

    ``PAY-123 → PAY-100 → rule strategy.yaml:12 → Faster checkout``.
    """
    judged = regime or board.current
    if judged is None:
        return {}
    names = {t.id: t.name for t in judged.targets}
    links = board.con.execute(
        "SELECT t.id, l.target, l.via, s.id, r.file, r.line FROM link l JOIN ticket_then t ON t.no = l.ticket "
        "JOIN ticket_then s ON s.no = l.source LEFT JOIN rule_of r ON r.rule = l.rule "
        "WHERE l.regime = ? AND t.id IN (SELECT unnest(?)) ORDER BY t.id, l.target",
        [judged.no, tickets],
    ).fetchall()
    graph = _upwards(board, [ident for ident, *_ in links])
    words: dict[str, list[str]] = {}
    for ident, target, via, source, file, line in links:
        path = nx.shortest_path(graph, ident, source) if source != ident else [ident]
        steps = [graph.nodes[n].get("key", n) for n in path]
        steps.append(
            {
                "rule": f"rule {file}:{line}",
                "ancestor": f"rule {file}:{line}" if file else "decision",
                "suggestion": "its suggestion alone",
            }.get(via, via)
        )
        words.setdefault(ident, []).append(" → ".join([*steps, names.get(target, "nothing")]))
    return {ident: "; ".join(parts) for ident, parts in words.items()}


def _upwards(board: Board, ids: list[str]) -> nx.DiGraph[str]:
    """The given tickets and their ancestors."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    frontier = sorted(set(ids))
    for _ in range(LEVELS + 1):
        rows = board.con.execute(
            "SELECT t.id, t.key, p.id FROM ticket_then t LEFT JOIN ticket_then p ON p.no = t.parent "
            "WHERE t.id IN (SELECT unnest(?)) ORDER BY t.id",
            [frontier],
        ).fetchall()
        for ident, key, parent in rows:
            graph.add_node(ident, key=key)
            if parent:
                graph.add_edge(ident, parent)
        frontier = sorted({parent for _, _, parent in rows if parent and "key" not in graph.nodes[parent]})
        if not frontier:
            break
    return graph
