"""What a run did, or would do, in lines for a person and as one object for a script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alignment import wiring
from alignment.deliver import deliveries
from alignment.deliver.delivering import NotDelivered, secret
from alignment.telling import place
from alignment.weekly.running import Delivered, Ran, Wanted, chosen, period_of
from analyzer.store import Store

if TYPE_CHECKING:
    from alignment.settings import Settings

STATES = {
    "sent": "sent to",
    "already": "has it",
    "failed": "NOT sent to",
    "held": "held back from",
    "would": "would send to",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do now. ``pulled`` is by tracker, when it was last pulled."""

    period: str
    pulled: dict[str, str]
    folder: Path
    formats: tuple[str, ...]
    targets: list[Delivered]
    problems: list[str]

    def as_data(self) -> dict[str, Any]:
        would = {"pull": list(self.pulled), "write": list(self.formats), "deliver": [asdict(t) for t in self.targets]}
        return {"dry_run": True, "period": self.period, "would": would, "problems": self.problems}

    def lines(self) -> Iterator[str]:
        yield f"For week {self.period}, a run would (nothing was pulled, written or sent):"
        for name, last in self.pulled.items():
            yield f"  pull {name} ({f'last pulled {last} UTC' if last else 'never pulled yet'})"
        yield f"  write {', '.join(self.formats)} to {place(self.folder)}"
        yield from _told(self.targets)
        yield from (f"  but: {problem}" for problem in self.problems)


def planned(settings: Settings, wanted: Wanted, now: datetime, environment: Mapping[str, str]) -> Plan:
    """Looks, and changes nothing. Raises Mend and Mistakes as a run would before its first step."""
    wiring.strategies(settings.strategy)
    targets, store, at = chosen(settings, wanted.to), Store(settings.store), now
    pulled = dict.fromkeys((tracker.name for tracker in settings.trackers), "")
    calendar = wiring.options(settings).calendar
    if settings.store.exists():
        at = wiring.moment(store, calendar, None, None, now).at
        with store.reading() as con:
            rows = con.execute("SELECT name, pulled FROM trackers").fetchall()
        pulled |= {name: f"{last:%Y-%m-%d %H:%M}" for name, last in rows if name in pulled}
    period = period_of(calendar, at)
    known = deliveries.standing(store, period)
    would = []
    for target in targets:
        before = known.get(target.name)
        if before and before.sent and not wanted.force:
            would.append(Delivered(target.name, target.kind, "already", f"sent on {before.sent:%Y-%m-%d %H:%M} UTC"))
            continue
        why = f"the last try: {before.said or 'cut short'}" if before and not before.sent else ""
        would.append(Delivered(target.name, target.kind, "would", why))
    problems = []
    for target in targets:
        try:
            secret(target, environment)
        except NotDelivered as error:
            problems.append(str(error))
    return Plan(period, pulled, settings.report.folder, settings.report.formats, would, problems)


def as_data(ran: Ran, code: int, errors: list[str]) -> dict[str, Any]:
    return {
        "dry_run": False, "period": ran.period, "at": f"{ran.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "pulled": ran.pulled,
        "not_pulled": ran.unread, "headline": ran.headline, "verdict": ran.verdict, "as_of": ran.as_of,
        "files": [str(path) for path in ran.files.values()], "delivered": [asdict(d) for d in ran.delivered],
        "errors": errors, "exit_code": code,
    }  # fmt: skip


def lines(ran: Ran) -> Iterator[str]:
    """A summary of a dozen lines."""
    yield f"\n{ran.headline}\n"
    for one in ran.pulled:
        yield f"  pulled {one['tracker']}: {one['fetched']:,} tickets"
    for name in ran.unread:
        yield f"  NOT pulled {name}: the report stands on what was there, and says so"
    for path in ran.files.values():
        yield f"  wrote {place(path)}"
    yield from _told(ran.delivered)
    if not ran.delivered:
        yield "  sent to nobody: the settings list nobody under deliver"
    yield f"\nWeek {ran.period}, seen from {ran.as_of}."


def _told(delivered: list[Delivered]) -> Iterator[str]:
    for one in delivered:
        yield f"  {STATES[one.state]} {one.target} ({one.kind}){f': {one.said}' if one.said else ''}"
