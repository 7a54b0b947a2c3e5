"""A Result becomes one line for a terminal or a log, without colours and control characters."""

from __future__ import annotations

from reports import words
from reports.gist import gist
from reports.safety import short
from reports.story import Data

LONGEST = 200


def render(result: Data, period: str = "") -> str:
    """``2026-W47 · Signal: Work is drifting … · 3 to decide · 21,364 tickets in Jira, Linear``, at most 200 characters."""
    said = gist(result)
    rest = [words.to_decide(len(said.asks)), said.seen.partition(";")[0]]
    room = LONGEST - sum(len(part) + 3 for part in [period, *rest])
    parts = [period, short(f"{said.verdict}: {said.headline}", max(20, room)), *rest]
    return short(" · ".join(part for part in parts if part), LONGEST)
