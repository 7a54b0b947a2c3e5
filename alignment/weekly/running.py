"""One weekly run: pulls every tracker, scores, freezes, writes and delivers; repeated, it sends nothing twice."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alignment import reporting, wiring
from alignment.archiving import archive
from alignment.deliver import deliveries
from alignment.deliver.deliveries import Attempt
from alignment.deliver.delivering import Digest, NotDelivered, link
from alignment.deliver.targets import Target
from alignment.errors import Mend
from alignment.link.suggesting import after_pull
from alignment.pulling.progress import working
from alignment.pulling.several import pull_settings
from alignment.strategy_history import remember
from alignment.weekly.one_at_a_time import one_at_a_time
from analyzer.calendar import Calendar, week_name, week_of_day
from analyzer.store import Store, scalar

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

    from alignment.settings import Settings

Send = Callable[[Target, Digest, Mapping[str, str]], str]
"""Sends a digest and says what it did. Raises NotDelivered."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """``force``: also to targets that have this week's digest already; ``to``: only to these targets, all if empty."""

    force: bool = False
    to: tuple[str, ...] = ()
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Delivered:
    """How it went with one target: ``state`` is sent, already, failed or held."""

    target: str
    kind: str
    state: str
    said: str


@dataclass(slots=True)
class Ran:
    """What a run did; ``errors`` are what kept it from doing more."""

    period: str
    at: datetime
    pulled: list[dict[str, Any]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    headline: str = ""
    verdict: str = ""
    as_of: str = ""
    files: dict[str, Path] = field(default_factory=dict)
    delivered: list[Delivered] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)


def period_of(calendar: Calendar, at: datetime) -> str:
    """The last complete week before a moment: the one that a report seen from there ends with."""
    return week_name(week_of_day(calendar.local_day(at)) - 1)


def chosen(settings: Settings, names: Sequence[str]) -> list[Target]:
    """The targets named, all if none is. Raises Mend."""
    known = {target.name: target for target in settings.deliver}
    for name in names:
        if name not in known:
            there = f"It lists: {', '.join(known)}." if known else "Add it under deliver."
            raise Mend(f"{name} is no target in the settings.", there)
    return [target for name, target in known.items() if not names or name in names]


def run(
    settings: Settings, wanted: Wanted, clock: Callable[[], datetime], send: Send, log: FilteringBoundLogger
) -> Ran:
    """Raises Mend or Mistakes for what is wrong before anything is done, and what the pulls raised if there is nothing to score.

    What goes wrong later, with one tracker or one target, stops no other and is in ``errors``.
    """
    judged_by, calendar = wiring.strategies(settings.strategy), wiring.options(settings).calendar
    targets, now, store = chosen(settings, wanted.to), clock(), Store(settings.store)
    with one_at_a_time(settings.store, now):
        log.info("begun", trackers=len(settings.trackers), targets=len(targets))
        ran = Ran("", now)
        notes, never_whole = _pull(settings, clock, wanted, ran, log)
        looked = wiring.moment(store, calendar, None, None, now)
        remember(store, settings.strategy, now)
        with working("Scoring", not wanted.shown):
            result = reporting.make_result(settings, judged_by, looked, notes=notes)
        number = reporting.freeze(settings, result, now, looked)
        ran.period = period_of(calendar, looked.at)
        ran.headline, ran.verdict, ran.as_of = result.headline, result.verdict, result.as_of
        log.info("scored", period=ran.period, as_of=result.as_of, verdict=result.verdict)
        with working("Drawing", not wanted.shown):
            data = result.model_dump(mode="json")
            ran.files = reporting.draw(data, settings.report.folder, looked.name, settings.report.formats)
        log.info("written", files=[path.name for path in ran.files.values()])
        if never_whole:
            why = f"{' and '.join(never_whole)} {'was' if len(never_whole) == 1 else 'were'} never read to the end"
            ran.delivered = [Delivered(t.name, t.kind, "held", why) for t in targets]
            log.warning("held", targets=len(targets), why=why)
        else:
            _deliver(_Sending(settings, store, ran, clock, send, log), targets, number, wanted.force)
        archive(settings, settings.report.folder)
        if trouble := after_pull(settings, now):
            log.warning("not suggested", why=trouble)
    return ran


def _pull(
    settings: Settings, clock: Callable[[], datetime], wanted: Wanted, ran: Ran, log: FilteringBoundLogger
) -> tuple[list[str], list[str]]:
    """What a reader must know of trackers that failed, and those of them that were never read to their end."""
    done, ran.errors = pull_settings(settings, clock, not wanted.shown)
    ran.pulled = [got.as_data() for _, got in done]
    for one in ran.pulled:
        log.info("pulled", **one)
    names = dict.fromkeys(tracker.name for tracker in settings.trackers)
    ran.unread = [name for name in names if name not in {got.tracker for _, got in done}]
    if not ran.unread:
        return [], []
    with Store(settings.store).reading() as con:
        pulled = dict(con.execute("SELECT name, live FROM trackers").fetchall())
        whole = {
            name: scalar(con, "SELECT max(finished) FROM scans WHERE tracker = ? AND finished IS NOT NULL", [name])
            for name in ran.unread
        }
    if not pulled:
        raise ran.errors[0] if len(ran.errors) == 1 else ExceptionGroup("several trackers", ran.errors)
    for name, error in zip(ran.unread, ran.errors, strict=True):
        log.warning("not pulled", tracker=name, error=type(error).__name__)
    last = {
        name: f" It was last read to its end on {at:%Y-%m-%d %H:%M} UTC." if at else "" for name, at in whole.items()
    }
    notes = [
        f"{name} could not be read to its end this time: its newest changes may be missing.{last[name]}"
        for name in last
    ]
    return notes, [name for name in ran.unread if not whole[name] and pulled.get(name, True)]


@dataclass(frozen=True, slots=True)
class _Sending:
    settings: Settings
    store: Store
    ran: Ran
    clock: Callable[[], datetime]
    send: Send
    log: FilteringBoundLogger
    digests: dict[int, Digest] = field(default_factory=dict)


def _deliver(on: _Sending, targets: Sequence[Target], fresh: int, force: bool) -> None:
    """To each target, what it has not got yet. Whoever comes late gets what the others got, unless it is forced."""
    known = deliveries.standing(on.store, on.ran.period)
    current = fresh if force or not known else max(attempt.run for attempt in known.values())
    for target in targets:
        before = known.get(target.name)
        if before is not None and before.sent is not None and not force:
            said = f"sent on {before.sent:%Y-%m-%d %H:%M} UTC"
            on.ran.delivered.append(Delivered(target.name, target.kind, "already", said))
            on.log.info("sent before", target=target.name, period=on.ran.period)
            continue
        unfinished = before is not None and before.sent is None
        number = 1 if before is None else before.round + (0 if unfinished else 1)
        on.ran.delivered.append(_one(on, target, number, before.run if before and unfinished else current))


def _one(on: _Sending, target: Target, number: int, run: int) -> Delivered:
    """What is about to be sent is written down first: whatever happens then, the next run knows."""
    attempt, result = deliveries.begin(on.store, on.ran.period, target.name, number, run, on.clock())
    try:
        said = on.send(target, _digest(on, run, result), os.environ)
    except NotDelivered as error:
        return _failed(on, target, attempt, str(error), Mend(f"{target.name}: {error}", "The next run tries again."))
    except Exception as error:  # one target that breaks leaves the others theirs
        return _failed(on, target, attempt, f"it broke ({type(error).__name__})", error)
    deliveries.end(on.store, attempt, on.clock(), said)
    on.log.info("sent", target=target.name, kind=target.kind, period=on.ran.period, what=said)
    return Delivered(target.name, target.kind, "sent", said)


def _failed(on: _Sending, target: Target, attempt: Attempt, said: str, error: Exception) -> Delivered:
    deliveries.end(on.store, attempt, None, said)
    on.ran.errors.append(error)
    on.log.warning("not sent", target=target.name, kind=target.kind, period=on.ran.period, why=said)
    return Delivered(target.name, target.kind, "failed", said)


def _digest(on: _Sending, run: int, result: dict[str, Any]) -> Digest:
    """The files are named by the week: the same digest, sent again after a kill, takes the place of itself."""
    if run not in on.digests:
        report = on.settings.report
        files = reporting.draw(result, report.folder, on.ran.period, report.formats)
        opened = link(report.link, files["html"]) if "html" in files else ""
        on.digests[run] = Digest(on.ran.period, result, files, opened)
    return on.digests[run]
