"""What is drawn of teams' mixes: declared against done, teams by priorities, and how far teams are from each other."""

from __future__ import annotations

import numpy as np

from analyzer import mixes
from analyzer.board import Board
from analyzer.declared_mixes import Cell
from analyzer.evidence import heaviest, row, table
from analyzer.judging import span
from analyzer.mixes import Company
from analyzer.result import Matrix, Number, Shape
from analyzer.standing import names_of

TICKETS = """
SELECT shown || '|' || target AS grp, ticket, sum(units) AS weight FROM share_of
WHERE basis = ? AND in_force AND week IN (SELECT unnest(?)) AND shown IN (SELECT unnest(?)) GROUP BY shown, target, ticket
"""
SHOWN = 20
"""Teams drawn, those with most effort first."""


def declared(board: Board, held: list[Cell]) -> list[Shape]:
    if not held:
        return []
    names = {i: name for i, (name, _) in names_of(board).items()}
    tickets = heaviest(board, TICKETS, board.options.basis, board.judged, sorted({c.team for c in held}))
    rows = [
        row(
            {"team": c.team, "priority": names.get(c.target, c.target), "share": c.share, "interval": span(c.interval),
             "intended": span(c.intended), "verdict": c.verdict},
            tickets, f"{c.team}|{c.target}",
        ) for c in held[:100]
    ]  # fmt: skip
    columns = [
        ("team", "Team", "text"), ("priority", "Priority", "text"), ("share", "Share", "share"),
        ("interval", "95 % interval", "text"), ("intended", "Declared", "text"), ("verdict", "Verdict", "text"),
    ]  # fmt: skip
    return [table("declared", "What teams declared and what they did", columns, rows)]


def _largest(company: Company) -> list[int]:
    order = np.argsort(-company.now.units, kind="stable")
    return [int(n) for n in order[:SHOWN] if company.now.units[n] > 0]


def shares(board: Board, company: Company) -> Shape:
    """Teams by priorities; targets that no shown team served are left out."""
    teams, now = _largest(company), company.now
    served = [n for n, _ in enumerate(company.targets) if now.shares[teams, n].sum() > 0]
    names = {i: name for i, (name, _) in names_of(board).items()}
    return Matrix(
        id="mixes", title="What each team's effort served", unit="share", rows=[company.teams[n] for n in teams],
        columns=[names.get(company.targets[n], company.targets[n]) for n in served],
        values=[[round(float(now.shares[n, k]), 6) for k in served] for n in teams],
        note=f"The {SHOWN} teams with most effort." if len(teams) == SHOWN else "",
    )  # fmt: skip


def apart(company: Company) -> list[Shape]:
    """Each team's distance from the company's mix beside what chance alone gives it, and the teams' distances from each other."""
    teams, now = _largest(company), company.now
    if len(teams) < 2:
        return []
    whole = (now.shares * now.units[:, None]).sum(axis=0) / now.units.sum()
    drawn = mixes.by_chance(np.tile(whole, (len(teams), 1)), now.n[teams], 400, np.random.default_rng(mixes.SEED))
    chance = mixes.distance(drawn, whole).mean(axis=0)
    rows = [
        row({"team": company.teams[n], "tickets": int(now.tickets[n]), "effective": float(now.n[n]),
             "distance": float(mixes.distance(now.shares[n], whole)), "chance": float(chance[at])})
        for at, n in enumerate(teams)
    ]  # fmt: skip
    columns = [
        ("team", "Team", "text"), ("tickets", "Tickets", "tickets"), ("effective", "As good as", "count"),
        ("distance", "Distance from the company's mix", "share"), ("chance", "Chance alone gives", "share"),
    ]  # fmt: skip
    names = [company.teams[n] for n in teams]
    pairs: list[list[Number]] = [
        [round(float(mixes.distance(now.shares[a], now.shares[b])), 6) for b in teams] for a in teams
    ]
    note = "Half of the summed differences of shares: the part of its effort one team would have to move to have the other's mix."
    return [
        table(
            "distances",
            "How far each team is from the company's mix",
            columns,
            rows,
            "Most effort first; no order of merit.",
        ),
        Matrix(
            id="pairs",
            title="How far teams are from each other",
            unit="share",
            rows=names,
            columns=names,
            values=pairs,
            note=note,
        ),
    ]
