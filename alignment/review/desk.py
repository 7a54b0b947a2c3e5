"""What a reviewer sits at, on the page or in the terminal: the store, opened for a moment at a time, the queue, the last word."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from alignment import wiring
from alignment.installation import known_secret
from alignment.link.saying import hiding, keys_of
from alignment.reading import analysed
from alignment.review.dossier import Dossier, dossier
from alignment.review.foretelling import Foretold, Numbers, foretell
from alignment.review.laying import lay_out
from alignment.review.queue import Filters, Page, Progress, Queue
from alignment.settings import Settings
from analyzer.decisions import Act, Word, decide, history, latest, linkable, shown, standing, undo
from analyzer.masking import Mask
from analyzer.result import Result
from analyzer.store import Connection, scalar
from analyzer.strategy import Strategy

PULLED = """
SELECT (SELECT max(pulled) FROM trackers), (SELECT max(moment) FROM watched), (SELECT count(*) FROM tickets),
    (SELECT max(scored) FROM suggestions), (SELECT count(*) FROM suggestions)
"""
"""What changes when a pull or the learner was here; decisions change none of it."""


@dataclass(frozen=True, slots=True)
class View:
    """What a page shows: ``seen`` is the last act it knows of, ``dossier`` the ticket that is looked at (none: nothing waits);
    ``choices`` is what there is to filter by, ``known`` what a ticket can be said to serve, by id."""

    page: Page
    progress: Progress
    choices: dict[str, list[str]]
    known: dict[str, str]
    dossier: Dossier | None
    before: str
    after: str
    seen: int


@dataclass(frozen=True, slots=True)
class _Laid:
    """``newest`` is the newest change in the files, where all trackers are files; else nothing."""

    mark: tuple[Any, ...]
    newest: datetime | None
    strategies: tuple[Strategy, ...]
    queue: Queue
    hide: Mask
    called: dict[str, str]


class Desk:
    """``clock`` gives the moment; ``patience`` is how many seconds the store may be someone else's. Threads may share a desk."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime], patience: float = 5.0) -> None:
        self.settings, self.clock = settings, clock
        self.store = analysed(settings)
        self.store.patience = patience
        self._laid: _Laid | None = None
        self._told: tuple[tuple[Any, ...], Result] | None = None
        self._turn, self._foretelling = threading.RLock(), threading.Lock()

    @contextmanager
    def _opened(self) -> Iterator[tuple[Connection, _Laid]]:
        """The store, and the queue as it is now. Raises Busy, Mistakes, Mend."""
        with self.store.reading() as con:
            mark = (*con.execute(PULLED).fetchall()[0], *_files(self.settings.strategy), self.today())
            with self._turn:
                if self._laid is None or self._laid.mark != mark:
                    self._laid = self._lay(con, mark)
                laid = self._laid
            laid.queue.hear(con)
            yield con, laid

    def _lay(self, con: Connection, mark: tuple[Any, ...]) -> _Laid:
        strategies = wiring.strategies(self.settings.strategy)
        known = linkable(strategies)
        called = {p.id: p.title for s in strategies for p in s.priorities}
        called |= {p.id: p.title for s in strategies for p in s.not_now if p.id not in called}
        hide = hiding(con, self.settings, strategies)
        options, now = wiring.options(self.settings), self.clock()
        looked = wiring.moment(self.store, options.calendar, None, None, now).at
        made = lay_out(con, strategies, options, looked, hide)
        return _Laid(mark, looked if looked < now else None, strategies, Queue(made, known), hide, called)

    def today(self) -> int:
        return wiring.options(self.settings).calendar.local_day(self.clock().replace(tzinfo=None))

    def _looked(self, laid: _Laid) -> datetime:
        """The moment that a report made now looks from, and that a word said now counts from."""
        return laid.newest or self.clock()

    def view(self, filters: Filters, number: int = 1, at: str = "") -> View:
        """A page of the queue, and the ticket ``at`` (else the first of the page) in full."""
        with self._opened() as (con, laid):
            page = laid.queue.page(filters, number)
            page = replace(page, entries=tuple(replace(e, title=laid.hide(e.title)) for e in page.entries))
            ids = [e.id for e in page.entries]
            elsewhere = laid.queue.entries([at]).get(at) if at and at not in ids else None
            place = ids.index(at) if at in ids else -1 if elsewhere else 0
            entry = elsewhere or (page.entries[place] if ids else None)
            told = self._dossier(con, laid, entry.id) if entry else None
            before = ids[place - 1] if place > 0 else ""
            after = ids[place + 1] if place + 1 < len(ids) else ""
            progress, choices, seen = laid.queue.progress(), laid.queue.choices(), latest(con)
            return View(page, progress, choices, dict(laid.called), told, before, after, seen)

    def _dossier(self, con: Connection, laid: _Laid, ticket: str) -> Dossier | None:
        entry = laid.queue.entries([ticket]).get(ticket)
        if entry is None:
            return None
        stands = standing(con, targets=[ticket]).get(ticket)
        above, offers = laid.queue.above(ticket), laid.queue.offers(ticket)
        return dossier(con, entry, above, offers, laid.called, laid.hide, stands)

    def dossiers(self, tickets: Collection[str]) -> tuple[list[Dossier], int]:
        """Those that still wait, and the last act."""
        with self._opened() as (con, laid):
            found = [self._dossier(con, laid, t) for t in dict.fromkeys(tickets)]
            return [d for d in found if d is not None], latest(con)

    def priorities(self) -> dict[str, str]:
        """What a ticket can be said to serve: id and name."""
        with self._opened() as (_, laid):
            return dict(laid.called)

    def say(self, words: Sequence[Word], author: str, seen: int | None) -> int:
        """One act. Raises Stale, Refused, Busy."""
        laid = self._known()
        known, at = linkable(laid.strategies), self._looked(laid)
        with self.store.writing() as con:
            return decide(con, _with_offers(con, words), author, at, seen, known)

    def take_back(self, act: int, author: str, seen: int | None) -> int:
        """Undoes an act. Raises Stale, Refused, Busy."""
        at = self._looked(self._known())
        with self.store.writing() as con:
            return undo(con, act, author, at, seen)

    def acts(self, limit: int = 50) -> tuple[list[Act], dict[str, str], int]:
        """The last acts, what the things they are about are called, and the last act's number."""
        with self._opened() as (con, laid):
            acts = history(con, limit=limit)
            ids = sorted({t for a in acts for t in a.named})
            return acts, _called(con, laid, ids), latest(con)

    def stands(self, targets: Collection[str]) -> dict[str, str]:
        """What stands now for some targets, in words."""
        with self._opened() as (con, laid):
            called = _called(con, laid, sorted(targets))
            found = standing(con, targets=targets)
            said = {}
            for target in targets:
                one = found.get(target)
                parts = [laid.called.get(p, p) if p else "none of the priorities" for p, _ in one.parts] if one else []
                denied = [laid.called.get(p, p) for p in one.rejected] if one else []
                what = [f"serves {' and '.join(parts)}"] if parts else []
                what += [f"does not serve {' or '.join(denied)}"] if denied else []
                said[called.get(target, target)] = "; ".join(what) or "nothing stands: what was said was taken back"
            return said

    def foretell(self, words: Sequence[Word], author: str) -> Foretold:
        """What the next report would say if this were decided. One at a time: it scores the whole store. Raises Refused, Busy."""
        with self._foretelling, self._opened() as (con, laid):
            at = self._looked(laid)
            last = int(scalar(con, "SELECT coalesce(max(no), 0) FROM decisions"))
            mark = (laid.mark, last)
            told = self._told[1] if self._told and self._told[0] == mark else None
            numbers = Numbers(
                con,
                laid.strategies,
                wiring.options(self.settings),
                at,
                self.settings.organisation,
                known_secret(self.settings.store),
            )
            made, before = foretell(numbers, _with_offers(con, words), author, told)
            self._told = (mark, before)
            return made

    def _known(self) -> _Laid:
        """The queue as it was last laid out: a decision is made from a view, so there is one but for after a restart."""
        if self._laid is None:
            with self._opened():
                pass
        assert self._laid is not None
        return self._laid


def _with_offers(con: Connection, words: Sequence[Word]) -> list[Word]:
    """The words, each with what is suggested for its ticket now."""
    offered = shown(con, [w.target for w in words])
    return [replace(w, offered=offered.get(w.target)) for w in words]


def _called(con: Connection, laid: _Laid, ids: Sequence[str]) -> dict[str, str]:
    """What tickets and containers are called, without names of people."""
    return {ident: laid.hide(str(key)) for ident, key in keys_of(con, ids).items()}


def _files(path: Path) -> list[tuple[str, int, int]]:
    """What tells one state of the strategy's files from another. A file that is gone is said when they are read."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return [(f.name, s.st_mtime_ns, s.st_size) for f in files if f.exists() for s in [f.stat()]]
