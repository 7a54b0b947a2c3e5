"""Themes of a real archive agree with its epics far beyond chance, and stay much the same with a tenth of the tickets missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.themes import CHOSEN
from benchmarks import themes

ARCHIVE = Path(__file__).parents[3] / "shared" / "data" / "tidev-jira" / "TIMOB.issues.jsonl.xz"


@pytest.mark.skipif(not ARCHIVE.exists(), reason=f"the archive is not at {ARCHIVE.parent}")
def test_themes_are_what_people_call_epics() -> None:
    """Two of the twenty samples whose figures stand in the measure's limits."""
    tickets = themes.read(ARCHIVE)
    held = [themes.hold(tickets, "epic", seed, CHOSEN) for seed in range(2)]
    for one in held:
        assert 0.5 <= one.covered <= 0.64
        assert one.purity >= 0.72 and one.purity >= 2 * one.purity_by_chance
        assert one.shared >= 0.72 and one.shared >= 2 * one.shared_by_chance
        assert one.stable >= 0.7
