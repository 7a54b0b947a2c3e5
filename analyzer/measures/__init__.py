"""The measures, one file each, in the order of the report."""

from __future__ import annotations

from types import ModuleType

from analyzer.measures import (
    broken_assumptions,
    busy_not_aligned,
    data_quality,
    decision_churn,
    friction,
    ignored_findings,
    interpretation_points,
    missed_rhythm,
    not_now_work,
    priority_drift,
    priority_inflation,
    repeated_priorities,
    scattered_focus,
    scope_creep,
    team_divergence,
    undefined_start,
    unlinked_work,
    vague_done,
)

MEASURES: tuple[ModuleType, ...] = (
    priority_drift,
    team_divergence,
    unlinked_work,
    scope_creep,
    not_now_work,
    scattered_focus,
    priority_inflation,
    vague_done,
    undefined_start,
    interpretation_points,
    decision_churn,
    missed_rhythm,
    repeated_priorities,
    busy_not_aligned,
    friction,
    broken_assumptions,
    ignored_findings,
    data_quality,
)
"""Each has ``META`` and ``measure(board) -> Finding``; file name = id."""
