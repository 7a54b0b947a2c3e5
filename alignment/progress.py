"""Progress on long work, on a terminal only; in a log or a pipe nothing is drawn."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(quiet: bool = False) -> Iterator[Callable[[str, str, int], None]]:
    """A function that is told (tracker, step, tickets) and shows the latest."""
    if quiet or not sys.stderr.isatty():
        yield lambda _tracker, _step, _count: None
        return
    from rich.console import Console

    with Console(stderr=True).status("") as status:
        yield lambda tracker, step, count: status.update(f"{tracker}: {step} {count:,} tickets")


@contextmanager
def working(what: str, quiet: bool = False) -> Iterator[None]:
    """Shows that something takes its time."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{what} …"):
        yield
