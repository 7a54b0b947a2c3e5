"""Pulls all trackers: live ones at once, each in a thread of its own, files one after the other; one that fails stops no other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from alignment.pulling.progress import Telling, pace_of, progress
from connectors.calls import Stopped
from connectors.connector import Connector, ParseOptions

if TYPE_CHECKING:
    from alignment.pulling.pull import Progress, Pulled
    from alignment.settings import Settings

Tracker = tuple[Connector, ParseOptions]
One = Callable[[Connector, ParseOptions, "Progress"], "Pulled"]
"""Pulls one tracker and tells how far it is."""

Done = list[tuple[Connector, "Pulled"]]


def pull_all(trackers: Sequence[Tracker], one: One, telling: Telling) -> tuple[Done, list[Exception]]:
    """What each gave, in the order given, and what stopped the others. The store lets its users take turns."""
    stopping = threading.Event()
    gave: dict[str, Pulled] = {}
    failed: dict[str, Exception] = {}

    def tell(tracker: str, step: str, count: int) -> None:
        if stopping.is_set():
            raise Stopped("The pull was stopped.")
        telling.tell(tracker, step, count)

    def pull(connector: Connector, options: ParseOptions) -> None:
        try:
            gave[connector.name] = one(connector, options, tell)
        except Exception as error:
            failed[connector.name] = error
        finally:
            telling.finish(connector.name)

    live = [tracker for tracker in trackers if tracker[0].live]
    pool = ThreadPoolExecutor(max(1, len(live)), "tracker")
    try:
        running = [pool.submit(pull, *tracker) for tracker in live]
        for tracker in trackers:
            if not tracker[0].live:
                pull(*tracker)
        wait(running)
    except BaseException:  # Ctrl-C: what is committed is kept, no thread goes on behind the user's back
        stopping.set()
        for connector, _ in live:
            if pace := pace_of(connector):
                pace.stop()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    order = [connector for connector, _ in trackers]
    return [(c, gave[c.name]) for c in order if c.name in gave], [failed[c.name] for c in order if c.name in failed]


def pull_settings(
    settings: Settings, clock: Callable[[], datetime], quiet: bool, sweep: bool = False
) -> tuple[Done, list[Exception]]:
    """All trackers of the settings, with progress shown. Raises Mend for one that is not set up."""
    from alignment.pulling.pull import pull
    from alignment.setup.access import explaining, shows_something
    from alignment.wiring import connectors
    from analyzer.store import Store

    every = timedelta(days=0 if sweep else settings.sweep_every_days)

    def one(connector: Connector, options: ParseOptions, tell: Progress) -> Pulled:
        with explaining(settings, connector.name):
            got = pull(Store(settings.store), connector, options, clock(), tell, every)
            if connector.live and not got.fetched:
                shows_something(settings, connector.name)
        return got

    trackers = connectors(settings)
    with progress([connector for connector, _ in trackers], quiet) as telling:
        return pull_all(trackers, one, telling)


def say_pulled(connector: Connector, got: Pulled) -> None:
    """One line a tracker, and what could not be read of it."""
    pace = pace_of(connector)
    asked = f", {pace.asked:,} requests" if pace else ""
    waited = f", waited {pace.waited:,.0f} s for its limits" if pace and pace.waited >= 1 else ""
    click.echo(f"{got.tracker}: {got.fetched:,} tickets from {connector.source}{asked}{waited}")
    if got.skipped:
        entries = "entry" if got.skipped == 1 else "entries"
        click.echo(f"  {got.skipped:,} {entries} could not be read; the report's data quality lists them:", err=True)
        for line in got.problems:
            click.echo(f"  {line}", err=True)
    for line in got.swept:
        click.echo(f"  {line}")
