"""What a live tracker lets this account see, and why it does not let it in: asked once, said in lines a person reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alignment.errors import Mend
from connectors.connector import ComeBack, ConnectorError, NotLetIn, Refused

if TYPE_CHECKING:
    from alignment.settings import Settings, Tracker

LIVE = ("jira-cloud", "jira-data-center", "linear")
ODD = (AttributeError, KeyError, IndexError, TypeError, ValueError)
"""What an answer of an unheard-of shape raises: it becomes a line, and never stops a check."""


@dataclass(slots=True)
class Seen:
    """What was found of one tracker: lines to read, the same as data, and what must be mended as (what, fix)."""

    tracker: str
    lines: list[str] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    amiss: list[tuple[str, str]] = field(default_factory=list)

    def say(self, line: str, **data: Any) -> None:
        self.lines.append(f"  {line}")
        self.data |= data

    def wants(self, what: str, fix: str) -> None:
        self.amiss.append((f"tracker {self.tracker}: {what}", fix))

    def look(self, name: str, step: Callable[[], None]) -> None:
        """One question of the check. What a real tracker answers otherwise than its documents say becomes a line."""
        try:
            step()
        except ComeBack:
            raise
        except ConnectorError as error:
            self.say(f"{name}: not known; {str(error).partition('. ')[0].rstrip('.')}", **{name: None})
        except ODD as error:
            self.say(f"{name}: not known; the answer has an unexpected shape ({type(error).__name__})", **{name: None})


def proven(tracker: Tracker) -> Seen:
    """What one live tracker shows. Raises ConnectorError or Mend where it cannot be reached."""
    from alignment.setup import jira_access, linear_access

    look = linear_access.looked if tracker.kind == "linear" else jira_access.looked
    try:
        return look(tracker)
    except ConnectorError as error:
        raise explained(tracker, error) from None
    except ODD as error:
        what = f"Tracker {tracker.name} answers, but not as {tracker.kind} would ({type(error).__name__})."
        raise Mend(what, "Check base_url and kind.") from None


def explained(tracker: Tracker, error: ConnectorError) -> Exception:
    """The same error, or a better one where the server itself tells what is wrong: its kind, or the gateway's address."""
    from alignment.setup.jira_access import kind_at, why_not_let_in

    if isinstance(error, ComeBack) or tracker.kind not in LIVE:
        return error
    if isinstance(error, Refused):
        return Mend(
            f"{str(error).rstrip('.')}.", f"Check the settings of tracker {tracker.name}: alignment check says more."
        )
    if tracker.kind == "linear":
        if isinstance(error, NotLetIn) and tracker.base_url and kind_at(tracker, tracker.base_url):
            return Mend(
                f"There is a Jira at {tracker.base_url}, no Linear.",
                f"Write kind: {kind_at(tracker, tracker.base_url)}.",
            )
        return error
    return why_not_let_in(tracker, error)


@contextmanager
def explaining(settings: Settings, name: str) -> Iterator[None]:
    """Errors of a live tracker of the settings come out explained."""
    try:
        yield
    except ConnectorError as error:
        tracker = next((t for t in settings.trackers if t.name == name and t.kind in LIVE), None)
        raise (explained(tracker, error) if tracker else error) from None


def shows_something(settings: Settings, name: str) -> None:
    """For a pull that brought nothing: Jira lets a stranger in and shows nothing. Raises Mend."""
    from analyzer.store import Store, scalar

    tracker = next(t for t in settings.trackers if t.name == name)
    with Store(settings.store).reading() as con:
        if tracker.kind == "linear" or scalar(con, "SELECT count(*) FROM tickets WHERE tracker = ?", [name]):
            return
    for what, fix in proven(tracker).amiss:
        raise Mend(f"{what[0].upper()}{what[1:]}.", f"{fix}.")


def unseen(wanted: Sequence[str] | None, shown: Iterable[str]) -> list[str]:
    """Keys of the settings that the tracker does not show; upper and lower case do not matter."""
    known = {key.lower() for key in shown}
    return sorted(key for key in wanted or () if key.lower() not in known)


def some(keys: Sequence[str], most: int = 12) -> str:
    """The first few, and that there are more."""
    return ", ".join(keys[:most]) + (f" and {len(keys) - most:,} more" if len(keys) > most else "")


def counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
