"""Progress on long work: a live line a tracker on a terminal, a plain line now and then in a log or a pipe."""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.text import Text

    from connectors.calls import Pace
    from connectors.connector import Connector

FIRST_LINE, NEXT_LINE = 10.0, 30.0
"""Seconds before the first plain line, and between two."""

WINDOW, SHORTEST = 60.0, 3.0
"""Seconds that the pace is taken over, and the fewest that say anything."""


class Watched:
    """One tracker under way. ``heard`` is told the step and how many tickets are through it."""

    def __init__(self, connector: Connector) -> None:
        self.connector, self.step, self.count, self.fetched, self.over = connector, "", 0, 0, False
        self.marks: deque[tuple[float, int]] = deque()

    def heard(self, step: str, count: int, now: float) -> None:
        if step != self.step:
            self.marks.clear()
        self.step, self.count = step, count
        self.fetched = count if step == "fetched" else self.fetched
        self.marks.append((now, count))
        while len(self.marks) > 2 and now - self.marks[1][0] >= WINDOW:
            self.marks.popleft()

    @property
    def total(self) -> int:
        """Tickets there are to this step; 0 where that is not known."""
        known = self.fetched if self.step == "read" else int(getattr(self.connector, "expected", 0) or 0)
        return known if known >= self.count else 0

    def left(self, now: float) -> float | None:
        """Seconds to the end of this step at the pace of the last minute; ``None`` while nobody can know."""
        if not self.total or not self.marks:
            return None
        begin, before = self.marks[0]
        done, passed = self.count - before, now - begin
        if done <= 0 or passed < SHORTEST:
            return None
        return (self.total - self.count) * passed / done

    def line(self, now: float, width: int = 100) -> str:
        """What is known, in ``width`` columns: short words where the long ones do not fit."""
        name, pace = self.connector.name, pace_of(self.connector)
        of = f" of {self.total:,}" if self.total else ""
        long, short = (
            [f"{self.count:,}{of} tickets {self.step or 'asked for'}"],
            [f"{self.count:,}{of}".replace(" of ", "/")],
        )
        if pace is not None:
            long.append(f"{pace.asked:,} requests")
            short.append(f"{pace.asked:,} req")
            if pace.waited >= 1:
                why = " (waiting now)" if pace.why else ""
                long.append(f"waited {pace.waited:,.0f} s{why}")
                short.append(f"wait {pace.waited:,.0f} s")
        remains = self.left(now)
        no_total = not hasattr(self.connector, "expected") and self.step != "read"
        said = (
            f"about {spelled(remains)} left"
            if remains is not None
            else "total unknown"
            if no_total
            else "time left unknown"
        )
        long.append(said)
        short.append(f"~{spelled(remains)}" if remains is not None else "left: ?")
        whole = f"{name}: {', '.join(long)}"
        return whole if len(whole) <= width else f"{name}: {', '.join(short)}"[:width]


def pace_of(connector: Connector) -> Pace | None:
    """Requests and waits of a live tracker, ``connectors.calls.Pace``; ``None`` of a file."""
    return getattr(getattr(getattr(connector, "site", None), "policy", None), "pace", None)


def spelled(seconds: float) -> str:
    """Whole seconds, minutes or hours, rounded up: nothing is promised too early."""
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= size * 1.5:
            return f"{-int(-seconds // size)} {unit}"
    return f"{max(1, -int(-seconds // 1))} s"


class Telling:
    """All trackers of one pull."""

    def __init__(self, connectors: Sequence[Connector], clock: Callable[[], float] = time.monotonic) -> None:
        self.clock, self.begun = clock, clock()
        self.watched = {connector.name: Watched(connector) for connector in connectors}
        self._last = 0.0

    def tell(self, tracker: str, step: str, count: int) -> None:
        self.watched[tracker].heard(step, count, self.clock())

    def finish(self, tracker: str) -> None:
        self.watched[tracker].over = True

    def lines(self, width: int = 100) -> list[str]:
        return [one.line(self.clock(), width) for one in self.watched.values() if not one.over]

    def due(self) -> list[str]:
        """Lines for a log, if it is time for some."""
        passed = self.clock() - self.begun
        if passed < FIRST_LINE or (self._last and passed - self._last < NEXT_LINE):
            return []
        self._last = passed
        return self.lines(200)


@contextmanager
def progress(connectors: Sequence[Connector], quiet: bool = False) -> Iterator[Telling]:
    """Shows what is told until the end of the block."""
    telling = Telling(connectors)
    if quiet:
        yield telling
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.live import Live
        from rich.text import Text

        console = Console(stderr=True)

        def drawn() -> Text:
            return Text("\n".join(telling.lines(console.width - 1)), no_wrap=True, overflow="ellipsis")

        with Live(get_renderable=drawn, console=console, refresh_per_second=4, transient=True):
            yield telling
    else:
        over = threading.Event()

        def log() -> None:
            while not over.wait(1.0):
                for line in telling.due():
                    click.echo(line, err=True)

        thread = threading.Thread(target=log, daemon=True)
        thread.start()
        try:
            yield telling
        finally:
            over.set()
            thread.join()


@contextmanager
def working(what: str, quiet: bool = False) -> Iterator[None]:
    """Shows that something takes its time."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{what} …"):
        yield
