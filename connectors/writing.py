"""The contract of write-back: a connector that puts tags on tickets and takes them off, by difference, and does no more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from connectors.connector import Fatal


@dataclass(frozen=True, slots=True)
class Held:
    """A ticket as the tracker shows it now. ``labels`` as its parser names them; ``place`` is its project or team."""

    id: str
    key: str
    labels: frozenset[str]
    updated: datetime | None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """Tags to put on and to take off one ticket. ``place`` as in ``Held``."""

    id: str
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    place: str = ""


class NoWriting(Fatal):
    """The account may read and not write; the message names the scope or permission."""


@runtime_checkable
class Writes(Protocol):
    """A live connector that can write tags. ``batch``: how many tickets are written between two looks at them.

    Every method raises a subclass of ``ConnectorError`` where the tracker cannot be asked.
    """

    batch: int

    def held(self, ids: Sequence[str]) -> dict[str, Held]:
        """Those of the tickets that are still shown, by id."""

    def lacking(self, places: Iterable[str]) -> dict[str, str]:
        """Projects or teams in which this account is known not to be allowed to write, and what it lacks there."""

    def new_labels(self, changes: Sequence[Change]) -> list[str]:
        """Labels that would have to be made first."""

    def write(self, changes: Sequence[Change]) -> dict[str, str]:
        """Carries out differences that may be said twice; the reasons, in the tracker's words, of tickets it refused.

        Raises NoWriting where none of them can be written. What was taken is only known by asking ``held`` again."""
