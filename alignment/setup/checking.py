"""Whether settings and strategy are in order, and what in them may not be meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from alignment.errors import Mend
from alignment.settings import Settings, read_settings
from alignment.setup.access import LIVE, Seen, proven
from alignment.wiring import SETTINGS, matching, settings_or_defaults
from analyzer.problem import Mistake
from analyzer.strategy_file import read_advice, read_strategies
from analyzer.wordlist import read_words


@dataclass(frozen=True, slots=True)
class Answer:
    """What was looked at, every mistake, and advice that stops nothing."""

    looked_at: tuple[str, ...]
    mistakes: tuple[Mistake, ...]
    advice: tuple[Mistake, ...]
    said: tuple[str, ...]
    trackers: tuple[Seen, ...] = ()
    later: tuple[str, ...] = ()
    """Trackers that could not be asked now, as a sentence each with the time to come back."""

    def lines(self) -> Iterator[str]:
        yield f"Looked at: {', '.join(self.looked_at)}"
        yield from self.said
        if self.mistakes:
            yield f"{len(self.mistakes)} {'mistake' if len(self.mistakes) == 1 else 'mistakes'} to mend:"
            yield from (f"  {m}" for m in self.mistakes)
        if self.advice:
            yield "Perhaps not meant:"
            yield from (f"  {m}" for m in self.advice)
        yield from self.later
        if not self.mistakes:
            yield "No mistakes." if not self.later else "No mistakes in what could be looked at."

    def as_data(self) -> dict[str, Any]:
        def plain(m: Mistake) -> dict[str, Any]:
            return {"file": m.file, "line": m.line, "what": m.what, "fix": m.fix}

        return {
            "mistakes": [plain(m) for m in self.mistakes],
            "advice": [plain(m) for m in self.advice],
            "trackers": {seen.tracker: seen.data for seen in self.trackers},
            "come_back": list(self.later),
        }


def _missing_files(settings: Settings | None) -> Iterator[Mistake]:
    """Trackers whose file is not there, or is no export."""
    from connectors.files import sniff

    for tracker in settings.trackers if settings else ():
        if tracker.kind != "file":
            continue
        try:
            paths = matching(tracker)
        except Mend as error:
            yield Mistake(tracker.file, tracker.line, f"tracker {tracker.name}: {error.what}", error.fix)
            continue
        if not any(sniff(p) for p in paths):
            what = f"tracker {tracker.name}: there is no export of Jira or Linear in {paths[0].name}"
            yield Mistake(tracker.file, tracker.line, what, "Name a file of issues, exported as JSON or CSV")


def _access(settings: Settings | None) -> tuple[list[Seen], list[Mistake], list[str]]:
    """What each live tracker shows this account, what must be mended, and those to be asked later."""
    from connectors.connector import ComeBack, ConnectorError

    shown: list[Seen] = []
    mistakes: list[Mistake] = []
    later: list[str] = []
    for tracker in settings.trackers if settings else ():
        if tracker.kind not in LIVE:
            continue
        where = (tracker.file, tracker.line)
        try:
            seen = proven(tracker)
        except ComeBack as error:
            later.append(f"{tracker.name}: {error} Come back at {error.at:%Y-%m-%d %H:%M} UTC.")
        except Mend as error:
            mistakes.append(Mistake(*where, error.what.rstrip("."), error.fix))
        except ConnectorError as error:
            what, _, fix = str(error).partition(". ")
            mistakes.append(Mistake(*where, what, fix or "Try again later"))
        else:
            shown.append(seen)
            mistakes += [Mistake(*where, what, fix) for what, fix in seen.amiss]
    return shown, mistakes, later


def _deliveries(settings: Settings | None) -> tuple[list[str], list[Mistake]]:
    """What each target of ``deliver:`` shows, and what must be mended. Nothing is sent."""
    import os

    from alignment.deliver.delivering import NotDelivered, mistake, proven

    lines: list[str] = []
    mistakes: list[Mistake] = []
    for target in settings.deliver if settings else ():
        try:
            lines.append(f"Delivers to {target.name}: {proven(target, os.environ)}.")
        except NotDelivered as error:
            found = mistake(target, error)
            mistakes.append(replace(found, what=f"deliver {target.name}: {found.what}"))
    return lines, mistakes


def check_all(settings_path: Path | None, strategy: Path | None) -> Answer:
    """Reads the settings file (if there is one) and the strategy, and collects every mistake of both."""
    looked: list[str] = []
    mistakes: list[Mistake] = []
    path = settings_path or (SETTINGS if SETTINGS.exists() else None)
    settings = None
    if path is not None:
        looked.append(path.name)
        settings, mistakes = read_settings(path)
        mistakes += _missing_files(settings)
        mistakes += read_words(settings.vague_words)[1] if settings and settings.vague_words else []
    shown, unreached, later = _access(settings)
    told, undelivered = _deliveries(settings)
    mistakes += unreached + undelivered
    access = [*(line for seen in shown for line in seen.lines), *told]
    where = strategy or (
        settings.strategy if settings else settings_or_defaults(None).strategy if path is None else None
    )
    if where is None:
        unread = ("The strategy was not looked at: its place is in the settings.",)
        return Answer(tuple(looked), tuple(mistakes), (), unread, tuple(shown), tuple(later))
    found, more = read_strategies(where)
    looked.append(where.name)
    said = [
        f"{s.strategy}: {len(s.priorities)} priorities, {len(s.not_now)} parked, "
        + (f"valid {s.valid.first} to {s.valid.last or 'further notice'}" if s.valid else "always valid")
        for s in found
    ]
    both, advice = (*mistakes, *more), tuple(read_advice(where))
    return Answer(tuple(looked), both, advice, (*access, *said), tuple(shown), tuple(later))
