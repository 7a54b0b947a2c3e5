"""The measures, one file each, in the order of the report."""

from __future__ import annotations

from types import ModuleType

from analyzer.measures import (
    data_quality,
    ignored_findings,
    missed_rhythm,
    not_now_work,
    priority_drift,
    repeated_priorities,
    scope_creep,
    unlinked_work,
    vague_done,
)

MEASURES: tuple[ModuleType, ...] = (
    priority_drift,
    unlinked_work,
    scope_creep,
    not_now_work,
    vague_done,
    missed_rhythm,
    repeated_priorities,
    ignored_findings,
    data_quality,
)
"""Each has ``META`` and ``measure(board) -> Finding``; file name = id."""
