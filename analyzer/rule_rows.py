"""The rules of the strategies as rows of conditions, to be joined with rows of what tickets hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from analyzer.regimes import Regime, Target
from analyzer.store import Connection
from analyzer.strategy import Rule

Wanted = tuple[tuple[str, tuple[str, ...]], ...]
"""The conditions of a rule, the most telling first."""

COMMON = {"type": 1, "team": 1, "tracker": 2}
"""Conditions that many tickets meet, and how many."""

LOWERED = """
CREATE OR REPLACE TEMP TABLE rule_condition AS
SELECT rule, condition, conditions, field, CASE WHEN field = 'title' THEN value ELSE lower(value) END AS value FROM given_condition
"""
"""Lowered by the engine, as what tickets hold: Python's lower case of ΟΔΟΣ or İ is another."""


def lay_out(con: Connection, regimes: Sequence[Regime]) -> None:
    """``rule_of``, ``agreed_rule``, ``rule_condition`` and ``target_of``: the strategy as rows.

    Rules with the same conditions, as one strategy hands them to the next, are ``alike``: only the first of them has rows in
    ``rule_condition`` and is matched. Condition 0 picks the candidates for the others, so one that most tickets meet comes last.
    """
    first: dict[Wanted, int] = {}
    of = []
    for n, (r, t, rule) in enumerate(_each_rule(regimes), start=1):
        of.append((n, r.no, t.id, t.kind, rule.file, rule.line, first.setdefault(_wanted(rule), n)))
    agreed = [
        (first.setdefault(_wanted(rule), len(of) + k), r.no)
        for k, (r, rule) in enumerate(((r, rule) for r in regimes for rule in r.strategy.agreed_when), start=1)
    ]  # they say what growth was agreed, and link nothing
    conditions = [
        (n, c, len(wanted), field, value)
        for wanted, n in first.items() for c, (field, values) in enumerate(wanted) for value in values
    ]  # fmt: skip
    targets = [(r.no, t.id, t.kind) for r in regimes for t in r.targets] + [(r.no, None, None) for r in regimes]
    _lay(
        con,
        "rule_of",
        of,
        "rule INTEGER, regime INTEGER, target VARCHAR, kind VARCHAR, file VARCHAR, line INTEGER, alike INTEGER",
    )
    _lay(
        con, "given_condition", conditions,
        "rule INTEGER, condition INTEGER, conditions INTEGER, field VARCHAR, value VARCHAR",
    )  # fmt: skip
    con.execute(LOWERED)
    _lay(con, "agreed_rule", agreed, "rule INTEGER, regime INTEGER")
    _lay(con, "target_of", targets, "regime INTEGER, target VARCHAR, kind VARCHAR")


def _wanted(rule: Rule) -> Wanted:
    return tuple(sorted(rule.conditions().items(), key=lambda c: COMMON.get(c[0], 0)))


def _each_rule(regimes: Sequence[Regime]) -> Iterator[tuple[Regime, Target, Rule]]:
    for regime in regimes:
        for target in regime.targets:
            for rule in target.rules:
                yield regime, target, rule


def _lay(con: Connection, name: str, rows: Sequence[tuple[object, ...]], columns: str) -> None:
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")
    if rows:
        con.register("incoming", pd.DataFrame(list(zip(*rows, strict=True)), dtype=object).T)
        con.execute(f"INSERT INTO {name} SELECT * FROM incoming")
        con.unregister("incoming")
