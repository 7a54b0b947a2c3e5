"""The measures, one file each, in the order of the report."""

from __future__ import annotations

from types import ModuleType

from analyzer.measures import (
    data_quality,
    decision_churn,
    friction,
    not_now_work,
    priority_drift,
    priority_inflation,
    scope_creep,
    undefined_start,
    unlinked_work,
)

MEASURES: tuple[ModuleType, ...] = (
    priority_drift, unlinked_work, scope_creep, not_now_work, priority_inflation, undefined_start, decision_churn, friction,
    data_quality,
)  # fmt: skip
"""Each has ``META`` and ``measure(board) -> Finding``; file name = id."""
