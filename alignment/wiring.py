"""Brings settings, connectors, analysis and reports together: what each command needs, from one settings file."""

from __future__ import annotations

import glob
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from alignment.errors import Mend, Mistakes
from alignment.settings import Settings, Tracker, read_settings
from alignment.tokens import token
from analyzer import wordlist
from analyzer.board import Options
from analyzer.calendar import Calendar, day_number, monday, week_number
from analyzer.completion import Reader, shipped
from analyzer.store import Store, scalar
from analyzer.wordlist import read_words
from connectors.connector import Connector, ParseOptions

if TYPE_CHECKING:
    from analyzer.strategy import Strategy
    from analyzer.warehouse import Warehouse
    from connectors.jira.live import LiveJira
    from connectors.linear.live import LiveLinear

SETTINGS = Path("alignment.yaml")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def settings_or_defaults(path: Path | None, files: Sequence[Path] = ()) -> Settings:
    """The settings file; without one, defaults in this folder, with ``files`` as the only tracker. Raises Mistakes, Mend."""
    found = path or (SETTINGS if SETTINGS.exists() else None)
    if found is not None:
        settings, mistakes = read_settings(found)
        if settings is None:
            raise Mistakes(mistakes)
        if not files:
            return settings
        return settings.model_copy(update={"trackers": tuple(_tracker(f) for f in files)})
    return defaults(files)


def settings_with(path: Path | None, files: Sequence[Path] = (), **changes: Path | None) -> Settings:
    """The same, with what options of a command say instead (``strategy``, ``store``). Raises Mistakes, Mend."""
    given = {name: place.absolute() for name, place in changes.items() if place is not None}
    return settings_or_defaults(path, files).model_copy(update=given)


def defaults(files: Sequence[Path] = ()) -> Settings:
    """Settings of no file, in this folder, with ``files`` as the only tracker."""
    trackers = [_tracker(f).model_dump(exclude={"file", "line"}, exclude_none=True) for f in files]
    trackers = trackers or [{"name": "none", "kind": "file", "path": "."}]
    return Settings.model_validate({"trackers": trackers}, context={"folder": Path.cwd()})


def _tracker(file: Path) -> Tracker:
    from connectors.files import sniff

    kind = sniff(file) if file.exists() else None
    return Tracker.model_validate(
        {"name": kind or "file", "kind": "file", "path": str(file)}, context={"folder": Path.cwd()}
    )


def connectors(settings: Settings) -> list[tuple[Connector, ParseOptions]]:
    """One connector a tracker, with what its parser may know. Files that stand for one tracker are read together."""
    from alignment.installation import installation_secret

    groups: dict[str, list[Tracker]] = {}
    for tracker in settings.trackers:
        groups.setdefault(tracker.name, []).append(tracker)
    made = []
    ready = [(_connector(name, group, settings), group) for name, group in groups.items()]
    secret = installation_secret(settings.store)  # last: a command that fails leaves nothing behind
    for connector, group in ready:
        base = str(group[0].browse_url or group[0].base_url or getattr(connector, "base_url", ""))
        fields = {concept: tuple(ids) for t in group for concept, ids in t.fields.items()}
        options = ParseOptions(secret=secret, base_url=base, fields=fields, cancelled=frozenset(settings.cancelled))
        made.append((connector, options))
    return made


def _connector(name: str, group: list[Tracker], settings: Settings) -> Connector:
    kind = group[0].kind
    if kind == "file":
        from connectors.files import FileConnector

        paths = [p for t in group for p in matching(t)]
        return FileConnector(name, paths, group[0].field_list, group[0].time_zone or settings.time_zone)
    if kind in ("jira-cloud", "jira-data-center"):
        return live_jira(group[0])
    if kind == "linear":
        return live_linear(group[0])
    from connectors.example import ExampleJira, ExampleLinear

    example = ExampleJira() if kind == "example-jira" else ExampleLinear()
    example.name = name
    return example


def clock() -> datetime:
    """The one clock of the commands."""
    return datetime.now(UTC)


def _bundle(tracker: Tracker) -> str:
    """The tracker's own certificate authorities, proved to be some. Raises Mend."""
    if tracker.ca_bundle is None:
        return ""
    if not tracker.ca_bundle.is_file():
        raise Mend(f"The ca_bundle {tracker.ca_bundle.name} is not there.", "Check its path in the settings.")
    try:
        ssl.create_default_context(cafile=str(tracker.ca_bundle))
    except (ssl.SSLError, OSError):
        raise Mend(
            f"The ca_bundle {tracker.ca_bundle.name} holds no certificates.",
            "Save them as PEM (-----BEGIN CERTIFICATE-----).",
        ) from None
    return str(tracker.ca_bundle)


def live_jira(
    tracker: Tracker, told: Callable[[float, str], None] = lambda _s, _w: None, secret: str | None = None
) -> LiveJira:
    """A live Jira of the settings, with its token (or ``secret``; empty: as a stranger). Raises Mend if there is none."""
    from connectors.calls import Policy
    from connectors.jira.live import LiveJira
    from connectors.jira.site import Access, Site

    given = token(tracker.name) if secret is None else secret
    access = Access(str(tracker.base_url), given, tracker.email, _bundle(tracker))
    site = Site(access, Policy(clock, patience=tracker.patience, told=told))
    return LiveJira(
        tracker.name, site, tracker.kind == "jira-cloud", tracker.projects or (), notify=tracker.notify
    )  # fmt: skip


def live_linear(tracker: Tracker, told: Callable[[float, str], None] = lambda _s, _w: None) -> LiveLinear:
    """A live Linear workspace of the settings, with its token. Raises Mend if there is none."""
    from connectors.calls import Policy
    from connectors.linear.live import LiveLinear
    from connectors.linear.site import URL, Access, Site

    access = Access(token(tracker.name), str(tracker.base_url or URL), _bundle(tracker))
    return LiveLinear(
        tracker.name, Site(access, Policy(clock, patience=tracker.patience, told=told)), tracker.teams or (),
        tracker.history,
    )  # fmt: skip


def matching(tracker: Tracker) -> list[Path]:
    """The files a tracker's path names: one file, a folder, or a pattern. Raises Mend if there is none."""
    path = tracker.path
    assert path is not None
    if path.exists():
        return [path]
    found = sorted(Path(p) for p in glob.glob(str(path)))
    if not found:
        raise Mend(
            f"{path.name} is not there.",
            "Check the path; a pattern such as exports/*.json must match at least one file.",
        )
    return found


def strategies(path: Path) -> tuple[Strategy, ...]:
    """The strategies of a file or folder. Raises Mistakes with every mistake found, Mend if there is none."""
    from analyzer.strategy_file import read_strategies

    if not path.exists():
        raise Mend(
            f"There is no strategy at {path.name}.",
            "Write one (alignment init does it; docs/strategy.md has an example), or name it with --strategy.",
        )
    found, mistakes = read_strategies(path)
    if mistakes:
        raise Mistakes(mistakes)
    return found


def options(settings: Settings, effort: str | None = None) -> Options:
    """The analysis options that the settings state. Raises Mistakes."""
    rules = []
    for team in settings.teams:
        sides = (("project", team.projects), ("component", team.components), ("label", team.labels))
        for field, values in (*sides, ("tracker_team", team.tracker_teams)):
            rules += [(team.name, field, value) for value in values or ()]
    calendar = Calendar(
        settings.time_zone, frozenset(WEEKDAYS.index(d) for d in settings.working_days), frozenset(settings.holidays)
    )
    return Options(
        calendar=calendar, weeks=settings.window.weeks, basis=effort or settings.effort, at_least=settings.groups.at_least,
        idle_days=settings.idle_after_days, grace_days=settings.grace_days, too_new_days=settings.too_new_days, teams=tuple(rules),
        reader=reader(settings),
    )  # fmt: skip


def reader(settings: Settings) -> Reader:
    """What reads finish lines, with the words of the user. Raises Mistakes."""
    if settings.vague_words is None:
        return shipped()
    words, mistakes = read_words(settings.vague_words)
    if words is None:
        raise Mistakes(mistakes)
    return Reader([*wordlist.shipped(), words])


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment a report looks from; ``name`` is what its file is called, ``reason`` why it is this moment."""

    at: datetime
    name: str
    reason: str


def moment(store: Store | Warehouse, calendar: Calendar, as_of: str | None, week: str | None, now: datetime) -> Moment:
    """``week``: its end; ``as_of``: the end of that day, or a moment with a time; neither: now.

    Where every tracker is a file, "now" is the newest change in the files: they know nothing after it. Raises Mend.
    """
    if week:
        try:
            end = monday(week_number(week)) + 7
        except ValueError:
            raise Mend(f"{week} is no week.", "Write e.g. --week 2026-W47.") from None
        return Moment(calendar.midnight(end).replace(tzinfo=UTC), week, f"the end of week {week}")
    if as_of:
        return _stated(calendar, as_of)
    newest = _newest_of_files(store)
    if newest is not None and newest < now:
        name = f"{newest:%Y-%m-%d}"
        return Moment(newest, name, f"{name}, the newest change in the files (they know nothing after it)")
    return Moment(now, f"{now:%Y-%m-%d}", "now")


def day_end(calendar: Calendar, day: str) -> datetime:
    """The end of a day as a UTC moment. Raises Mend."""
    try:
        return calendar.midnight(day_number(date.fromisoformat(day)) + 1).replace(tzinfo=UTC)
    except ValueError:
        raise Mend(f"{day} is no day.", "Write e.g. 2026-12-31.") from None


def _stated(calendar: Calendar, as_of: str) -> Moment:
    if "W" in as_of.upper():
        raise Mend(f"{as_of} is a week.", f"Write --week {as_of} to look from its end.")
    try:
        if len(as_of) == 10:
            day = date.fromisoformat(as_of)
            return Moment(calendar.midnight(day_number(day) + 1).replace(tzinfo=UTC), as_of, f"the end of {as_of}")
        at = datetime.fromisoformat(as_of)
    except ValueError:
        raise Mend(
            f"{as_of} is no day or moment.", "Write e.g. --as-of 2026-11-15 or 2026-11-15T12:00:00+01:00."
        ) from None
    if at.tzinfo is None:
        raise Mend(f"{as_of} has no time zone.", "Add one, e.g. 2026-11-15T12:00:00+01:00, or give the day alone.")
    return Moment(at.astimezone(UTC), at.astimezone(UTC).strftime("%Y-%m-%dT%H%MZ"), f"{as_of}")


def no_store(path: Path) -> Mend:
    return Mend(f"There is no store at {path.name}.", "Fill one first: alignment pull FILE, or name it with --store.")


def there(store: Store | Warehouse) -> None:
    """Raises Mend if it is a store and there is none."""
    if isinstance(store, Store) and not store.path.exists():
        raise no_store(store.path)


def _newest_of_files(store: Store | Warehouse) -> datetime | None:
    """A microsecond after the newest change, if no tracker in the store is live. Raises Mend if there is no store."""
    there(store)
    with store.reading() as con:
        if scalar(con, "SELECT count(*) = 0 OR bool_or(live) FROM trackers"):
            return None
        newest = scalar(con, "SELECT greatest(max(updated), (SELECT max(since) FROM spans)) FROM tickets")
    return newest.replace(tzinfo=UTC) + timedelta(microseconds=1) if newest is not None else None
