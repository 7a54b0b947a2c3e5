"""Which tickets should carry which tag of the strategy, and what would have to change for it.

Links are computed as if the tags that this program wrote were not there: else a tag would keep alive the link that put it
there. A tag is taken off only where the log says that this program put it on and the tracker has not said otherwise since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from analyzer import forest, mapping
from analyzer.board import Board, spans
from analyzer.calendar import monday
from analyzer.regimes import Regime
from analyzer.store import scalar
from analyzer.tag_log import DONE

SLACK = "INTERVAL 1 MINUTE"
"""A tag that was put on later than this after our write was put on by somebody else."""

OURS = f"""
CREATE OR REPLACE TEMP TABLE tag_ours AS
WITH last AS (
    SELECT ticket, tag, max_by(act, no) AS act, max_by(after, no) AS after FROM tag_writes
    WHERE outcome = '{DONE}' GROUP BY ticket, tag
)
SELECT t.no AS ticket, l.tag, l.act, l.after, l.after >= t.updated AS newer FROM last l JOIN tickets t ON t.id = l.ticket
LEFT JOIN spans s ON s.ticket = t.no AND s.field = 'label' AND s.until IS NULL AND lower(s.value) = lower(l.tag)
WHERE l.after >= t.updated OR l.act = 'add' AND s.since <= l.after + {SLACK}
"""
"""What the log adds to the store: ``newer`` is what the last pull cannot know yet."""

LABEL_NOW = """
CREATE OR REPLACE TEMP TABLE label_now AS
SELECT s.ticket, s.value AS label FROM spans s
ANTI JOIN (SELECT * FROM tag_ours WHERE newer AND act = 'remove') o ON o.ticket = s.ticket AND lower(o.tag) = lower(s.value)
WHERE s.field = 'label' AND s.until IS NULL AND s.value IS NOT NULL
UNION SELECT ticket, tag FROM tag_ours WHERE newer AND act = 'add'
"""

THEIRS = """
CREATE OR REPLACE TEMP VIEW span_then AS
SELECT s.* FROM ({spans}) s
ANTI JOIN tag_ours o ON s.field = 'label' AND o.ticket = s.ticket
    AND lower(s.value) IN (lower(o.tag), lower(regexp_extract(o.tag, '[^/]*$')))
"""
"""Labels as if our tags were not there: neither those we put on, nor those we took off and no pull has seen go."""

IN_REACH = """
CREATE OR REPLACE TEMP TABLE in_reach AS
WITH settled AS (
    SELECT ticket, max(since) AS since FROM spans WHERE field = 'phase' AND until IS NULL GROUP BY ticket
)
SELECT t.no AS ticket, t.id, t.key FROM ticket_then t LEFT JOIN settled s ON s.ticket = t.no
WHERE t.gone IS NULL AND t.archived IS NOT TRUE AND t.tracker IN (SELECT unnest($1)) AND CASE
    WHEN len($2) > 0 THEN lower(t.key) IN (SELECT unnest($2)) OR lower(t.id) IN (SELECT unnest($2))
    WHEN $3 THEN true
    ELSE t.phase IN ('todo', 'doing') OR t.phase IS NULL OR t.phase = 'done' AND s.since >= $4 END
"""

CHANGED = """
CREATE OR REPLACE TEMP TABLE tag_change AS
WITH wanted AS (
    SELECT l.ticket, g.tag, g.target, max(l.weight) AS weight FROM link l JOIN tag_of g ON g.target = l.target
    WHERE l.regime = $1 AND l.weight > 0 GROUP BY l.ticket, g.tag, g.target
), added AS (
    SELECT w.ticket, w.tag, w.target, w.weight FROM wanted w
    ANTI JOIN label_now h ON h.ticket = w.ticket AND lower(h.label) = lower(w.tag)
), held AS (
    SELECT h.ticket, h.label, g.target, o.ticket IS NOT NULL AS ours FROM label_now h
    LEFT JOIN tag_of g ON lower(g.tag) = lower(h.label)
    LEFT JOIN (SELECT * FROM tag_ours WHERE act = 'add') o ON o.ticket = h.ticket AND o.tag = h.label
    ANTI JOIN wanted w ON w.ticket = h.ticket AND lower(w.tag) = lower(h.label)
    WHERE g.target IS NOT NULL OR o.ticket IS NOT NULL
)
SELECT r.ticket, r.id, r.key, c.tag, c.target, c.act, c.weight FROM in_reach r JOIN (
    SELECT ticket, tag, target, 'add' AS act, weight FROM added
    UNION ALL SELECT ticket, label, target, CASE WHEN ours THEN 'remove' ELSE 'leave' END, 0 FROM held
) c ON c.ticket = r.ticket
WHERE len($2) = 0 OR c.target IN (SELECT unnest($2))
"""

TICKETS = """
SELECT c.id, any_value(c.key), any_value(s.value),
    coalesce(list(c.tag ORDER BY c.weight DESC, c.tag) FILTER (c.act = 'add'), []),
    coalesce(list(c.tag ORDER BY c.tag) FILTER (c.act = 'remove'), []),
    (SELECT coalesce(list(h.label ORDER BY h.label), []) FROM label_now h WHERE h.ticket = c.ticket),
    greatest(any_value(t.updated), (SELECT max(o.after) FROM tag_ours o WHERE o.ticket = c.ticket AND o.newer)),
    coalesce(list(DISTINCT c.target ORDER BY c.target) FILTER (c.act = 'remove' AND c.target IS NOT NULL), [])
FROM tag_change c JOIN tickets t ON t.no = c.ticket
LEFT JOIN spans s ON s.ticket = c.ticket AND s.field = 'title' AND s.until IS NULL
WHERE c.act <> 'leave' GROUP BY c.id, c.ticket ORDER BY c.id
"""


@dataclass(frozen=True, slots=True)
class Tagging:
    """What would change on one ticket, from which state. ``now``: its labels; ``why`` in words."""

    ticket: str
    key: str
    title: str
    add: tuple[str, ...]
    remove: tuple[str, ...]
    now: tuple[str, ...]
    updated: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Which tickets may change: those of trackers that can be written, of these priorities, or these tickets alone.

    ``finished``: also those that were finished before the window.
    """

    trackers: tuple[str, ...]
    priorities: tuple[str, ...] = ()
    tickets: tuple[str, ...] = ()
    finished: bool = False


def lay_out(board: Board, regime: Regime, scope: Scope) -> int:
    """``tag_change``: what would change under a regime. Returns the number of tickets that would."""
    con = board.con
    con.execute(OURS)
    con.execute(LABEL_NOW)
    con.execute(THEIRS.format(spans=spans(board.as_of)))
    mapping.lay_out(con, [regime])
    tags = [(t.id, t.priority.tag) for t in regime.targets if t.priority is not None]
    board.lay("tag_of", pd.DataFrame(tags, columns=["target", "tag"], dtype=object))
    begins = board.options.calendar.midnight(monday(board.first_week)).replace(tzinfo=None)
    named = [name.lower() for name in scope.tickets]
    con.execute(IN_REACH, [list(scope.trackers), named, scope.finished, begins])
    con.execute(CHANGED, [regime.no, list(scope.priorities)])
    return int(scalar(con, "SELECT count(DISTINCT ticket) FROM tag_change WHERE act <> 'leave'"))


def unknown(board: Board, names: Sequence[str]) -> list[str]:
    """Those of the names that no ticket in reach has as its key or id."""
    found = {str(v).lower() for row in board.rows("SELECT key, id FROM in_reach") for v in row}
    return [name for name in names if name.lower() not in found]


def taggings(board: Board, regime: Regime) -> list[Tagging]:
    """One a ticket, ordered by id. ``lay_out`` comes first."""
    rows = board.con.execute(TICKETS).fetchall()
    paths = forest.why(board, [ident for ident, *_ in rows], regime)
    names = {t.id: t.name for t in regime.targets}
    made = []
    for ident, key, title, add, remove, now, updated, left in rows:
        gone = [f"no longer linked to {names[t]}" for t in left] + (
            ["the strategy no longer names this tag"] if len(remove) > len(left) else []
        )
        why = "; ".join([*([paths[ident]] if ident in paths else []), *gone])
        made.append(Tagging(ident, key, title or "", tuple(add), tuple(remove), tuple(now), updated, why))
    return made


def left(board: Board) -> list[tuple[str, str]]:
    """Key and tag where somebody else put a tag of the strategy on a ticket that is not linked so."""
    rows = board.rows("SELECT key, tag FROM tag_change WHERE act = 'leave' ORDER BY key, tag LIMIT 1000")
    return [(row.key, row.tag) for row in rows]


def state_of(labels: Iterable[str], tags: Collection[str]) -> str:
    """A fingerprint of the labels of a ticket but for the tags that would change, so that a change to any other shows.

    Of a tag in a group also the name alone is left out, by which Linear's labels are known as well.
    """
    own = {part.lower() for tag in tags for part in (tag, tag.rpartition("/")[2])}
    rest = sorted(label for label in labels if label.lower() not in own)
    return hashlib.sha256("\n".join(rest).encode()).hexdigest()[:16]
