"""Learns what unlinked tickets may belong to and keeps it in the store: for ``alignment link suggest``, and after every pull."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from alignment import wiring
from alignment.installation import known_secret
from alignment.reading import analysed
from analyzer import earned
from analyzer.board import Board
from analyzer.effort import UNIT
from analyzer.linking import suggesting, waiting
from analyzer.linking.suggesting import Suggested
from analyzer.masking import SOMEONE, Mask
from analyzer.names import Names, folded, of_store
from analyzer.store import Connection
from reports.safety import short

if TYPE_CHECKING:
    import pandas as pd

    from alignment.settings import Settings
    from analyzer.strategy import Strategy

BANDS = {
    "one-click": "likely: one click accepts it",
    "review": "possible: for the queue, with the top three",
    "left": "nothing likely: left alone",
}
NOTHING = "nothing"
"""What stands for the target of a ticket that the model says belongs nowhere."""

NOW = """
CREATE OR REPLACE TEMP TABLE suggested_now AS
SELECT ticket, target, confidence, band FROM incoming WHERE place = 1
UNION ALL SELECT s.ticket, s.target, s.confidence, s.band FROM suggestions s SEMI JOIN waiting w ON w.id = s.ticket
    ANTI JOIN incoming i ON i.ticket = s.ticket WHERE s.place = 1
"""
BIGGEST = """
WITH spent AS (
    SELECT ticket, sum(units)::BIGINT AS units FROM effort WHERE basis = $1 AND week IN (SELECT unnest($2)) GROUP BY ticket
)
SELECT t.key, d.title, s.target, s.confidence, s.band, coalesce(p.units, 0) AS units
FROM suggested_now s JOIN ticket_then t ON t.id = s.ticket JOIN said d ON d.no = t.no
LEFT JOIN spent p ON p.ticket = t.no WHERE s.band <> 'left'
ORDER BY coalesce(p.units, 0) DESC, s.confidence DESC, t.key LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What a command says: ``bands`` and ``targets`` count tickets; ``biggest`` have the most effort in the judged weeks."""

    waiting: int
    scored: int
    learned: int
    decided: int
    cold: bool
    why_not: str
    alone: str = ""
    bands: dict[str, int] = field(default_factory=dict)
    targets: dict[str, int] = field(default_factory=dict)
    biggest: list[dict[str, Any]] = field(default_factory=list)
    basis: str = "days"

    def as_data(self) -> dict[str, Any]:
        return asdict(self)

    def lines(self) -> Iterator[str]:
        if self.why_not:
            yield f"No suggestions. {self.why_not}"
            return
        yield f"{self.waiting:,} tickets are linked to nothing; {self.scored:,} of them were new, changed or due, and are scored."
        if self.alone:
            yield self.alone
        yield f"Learned from {self.learned:,} confirmed tickets, {self.decided:,} of them decided by people."
        if self.cold:
            yield "That is few: tickets were held against names, words and examples, and no confidence is calibrated yet."
        yield ""
        for band, says in BANDS.items():
            yield f"  {self.bands.get(band, 0):>7,}  {band:<10} {says}"
        if self.targets:
            yield "\n" + ", ".join(f"{name} {count:,}" for name, count in self.targets.items())
        if self.biggest:
            yield f"\nThe most effort ({self.basis}) in the judged weeks:"
        for one in self.biggest:
            sure = f"{one['confidence']:.0%}"
            yield f"  {one['effort']:>6.1f}  {one['key']:<12} {one['target'] or NOTHING:<20} {sure:>4}  {short(one['title'], 60)}"


def suggest(
    settings: Settings, strategies: Sequence[Strategy], now: datetime, limit: int = 10, afresh: bool = False
) -> Told:
    """Learns, scores what changed, and keeps it in one transaction. Raises Mend and analyzer.store.Busy."""
    store, options = analysed(settings), wiring.options(settings)
    looked = wiring.moment(store, options.calendar, None, None, now)
    with store.reading() as con:
        board = Board(con, strategies, options, looked.at)
        hide = hiding(of_store(con, known_secret(settings.store)), strategies)
        made = suggesting.suggest(board, hide, settings.linking.people, afresh)
        told = Told(made.waiting, made.scored, made.learned, made.decided, made.cold, made.why_not)
        if made.why_not:
            return told
        ids, told = waiting.ids(board), _told(board, made, told, hide, limit)
    with store.writing() as con:
        suggesting.keep(con, made.rows, ids)
        return replace(told, alone=_alone(con, settings.linking.auto, made.rows, looked.at))


def _alone(con: Connection, wanted: bool, rows: pd.DataFrame, moment: datetime) -> str:
    """Links what is sure where that is switched on and earned, else takes back what was linked so; says which, and why."""
    allowed, figures = earned.earned(con)
    if wanted and allowed:
        return f"{earned.link(con, rows, moment):,} tickets were linked by their suggestion alone: {figures}."
    back = "What suggestions had linked alone was taken back. " if earned.take_back(con, moment) else ""
    return f"{back}No suggestion links alone yet: {figures}." if wanted else back.strip()


def hiding(names: Names, strategies: Sequence[Strategy]) -> Callable[[str], str]:
    """Takes names out of texts; of a word alone, as suggestions show them, also one that a name only begins with."""
    mask = Mask(names, strategies)
    return lambda text: SOMEONE if text.isalnum() and names.begins(folded(text)) else mask(text)


def after_pull(settings: Settings, now: datetime) -> str:
    """Does so quietly where there is a strategy; why it did not, where something is wrong. A pull never fails for it."""
    if not settings.strategy.exists():
        return ""
    try:
        suggest(settings, wiring.strategies(settings.strategy), now, limit=0)
    except Exception as error:  # whatever it is: the pull is done, and `alignment link suggest` will say it in full
        return f"Suggestions were not renewed ({type(error).__name__}). See why: alignment link suggest"
    return ""


def _told(board: Board, made: Suggested, told: Told, hide: Callable[[str], str], limit: int) -> Told:
    board.con.register("incoming", made.rows)
    board.con.execute(NOW)
    board.con.unregister("incoming")
    bands = board.rows("SELECT band, count(*) AS n FROM suggested_now GROUP BY band ORDER BY band")
    targets = board.rows(
        "SELECT target, count(*) AS n FROM suggested_now WHERE band <> 'left' GROUP BY target ORDER BY n DESC, target"
    )
    biggest = board.rows(BIGGEST, board.options.basis, board.judged, limit)
    return Told(
        *(told.waiting, told.scored, told.learned, told.decided, told.cold, told.why_not),
        bands={r.band: r.n for r in bands},
        targets={r.target or NOTHING: r.n for r in targets},
        biggest=[
            {"key": r.key, "title": hide(r.title), "target": r.target, "confidence": r.confidence, "band": r.band,
             "effort": r.units / UNIT}
            for r in biggest
        ],
        basis=board.options.basis,
    )  # fmt: skip
