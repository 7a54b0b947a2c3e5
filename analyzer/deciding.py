"""What to decide now: at most five findings, signals first, where most effort is at stake first, each with its smallest move."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.result import Decision, Finding, Move, Table

MOST = 5
OF_EFFORT = ("priority_drift", "team_divergence", "unlinked_work", "interpretation_points")
"""Measures whose value is a share of effort: how much of it is at stake is known."""


def decisions(findings: Sequence[Finding]) -> list[Decision]:
    """Signals before those to watch; in each, those whose share of effort is known, largest first, then the others as reported.

    What may mislead in the data is nothing to decide about."""
    work = [f for f in findings if f.meta.id != "data_quality"]
    ranked = [
        f for verdict in ("signal", "watch") for f in sorted((f for f in work if f.verdict == verdict), key=_stake)
    ]
    return [_decision(f) for f in ranked[:MOST]]


def _stake(finding: Finding) -> float:
    known = finding.meta.id in OF_EFFORT and finding.unit == "share" and finding.value is not None
    return -float(finding.value or 0.0) if known else 1.0


def _decision(finding: Finding) -> Decision:
    move = finding.move or _evidence(finding)
    return Decision(
        measure=finding.meta.id, title=finding.meta.title, verdict=finding.verdict, sentence=finding.headline or finding.sentence,
        move=move.sentence, tickets=move.tickets, more=move.more,
    )  # fmt: skip


def _evidence(finding: Finding) -> Move:
    """Where no move is known, the tickets of the first line that names any."""
    rows = (r for d in finding.details if isinstance(d, Table) for r in d.rows if r.tickets)
    first = next(rows, None)
    return Move(sentence="", tickets=first.tickets if first else [], more=first.more if first else 0)
