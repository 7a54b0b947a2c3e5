"""The measures, one file each, in the order of the report."""

from __future__ import annotations

from types import ModuleType

from analyzer.measures import (
    broken_assumptions,
    busy_not_aligned,
    data_quality,
    ignored_findings,
    missed_rhythm,
    not_now_work,
    priority_drift,
    repeated_priorities,
    scattered_focus,
    scope_creep,
    team_divergence,
    unlinked_work,
)

MEASURES: tuple[ModuleType, ...] = (
    priority_drift,
    team_divergence,
    unlinked_work,
    scope_creep,
    not_now_work,
    scattered_focus,
    missed_rhythm,
    repeated_priorities,
    busy_not_aligned,
    broken_assumptions,
    ignored_findings,
    data_quality,
)
"""Each has ``META`` and ``measure(board) -> Finding``; file name = id."""
