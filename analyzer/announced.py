"""How often each priority was announced or edited: focus weeks, and versions of the strategy file in which it changed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from analyzer import rhythm
from analyzer.board import Board
from analyzer.calendar import week_of_day

NO_ANNOUNCEMENT = ("match", "tag")
"""How tickets are found says nothing to people: a mended rule is no announcement."""


@dataclass(frozen=True, slots=True)
class Announced:
    """Weeks in which a priority was the focus, and weeks in which its entry in the strategy changed."""

    focus: tuple[int, ...]
    edits: tuple[int, ...]

    @property
    def times(self) -> int:
        return len(self.focus) + len(self.edits)

    @property
    def first(self) -> int:
        return min((*self.focus, *self.edits))


def announcements(board: Board, first_week: int) -> dict[str, Announced]:
    """By id of the priority, since ``first_week``; only what was known at the board's moment."""
    focus: dict[str, list[int]] = {}
    for week in range(first_week, board.last_week + 1):
        for ident in rhythm.focus(board, week):
            focus.setdefault(ident, []).append(week)
    edits = _edits(board, first_week)
    return {i: Announced(tuple(focus.get(i, ())), tuple(edits.get(i, ()))) for i in sorted({*focus, *edits})}


def versions(board: Board) -> int:
    """How many versions of strategy files were known."""
    return int(board.one("SELECT count(*) FROM strategy_seen s CROSS JOIN moment m WHERE s.moment <= m.as_of"))


def _edits(board: Board, first_week: int) -> dict[str, list[int]]:
    rows = board.rows(
        "SELECT s.name, s.moment, s.body FROM strategy_seen s CROSS JOIN moment m WHERE s.moment <= m.as_of "
        "ORDER BY s.name, s.moment, s.digest"
    )
    found: dict[str, list[int]] = {}
    before: dict[str, dict[str, Any]] = {}
    for r in rows:
        stated = _stated(r.body)
        known = before.get(r.name)
        week = week_of_day(board.options.calendar.local_day(r.moment))
        if known is not None and week >= first_week:
            for ident, entry in stated.items():
                if known.get(ident) != entry:
                    found.setdefault(ident, []).append(week)
        before[r.name] = stated
    return found


@lru_cache(maxsize=256)
def _stated(body: str) -> dict[str, Any]:
    """Each priority as a version states it, with its place; nothing of a version that is no YAML."""
    try:
        data = YAML(typ="safe", pure=True).load(body)
    except (YAMLError, ValueError):
        return {}
    listed = data.get("priorities") if isinstance(data, dict) else None
    stated = {}
    for place, one in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(one, dict) and one.get("id"):
            stated[str(one["id"])] = (place, {k: v for k, v in one.items() if k not in NO_ANNOUNCEMENT})
    return stated
