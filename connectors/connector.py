"""The contract of the connector family: fetch talks and judges nothing, parse judges and never talks."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, runtime_checkable

from connectors.ticket import Parsed, Problem


@dataclass(frozen=True, slots=True)
class Payload:
    """One thing as the tracker gave it.

    ``kind`` is ``issue``, ``history`` (the change log of the issue with the same ``id``), or a reference kind that
    the tracker's parser knows (``field``, ``status``, ``project``, ``sprint``, ``state``, ``cycle`` …).
    """

    kind: str
    id: str
    data: dict[str, Any]


TICKET_KINDS = ("issue", "history")
"""Payload kinds that come once a ticket; every other kind is reference data, small, and read whole."""


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """What a parser may know of the installation.

    ``fields`` maps a concept (``estimate``, ``sprint``, ``epic_link``, ``parent_link``, ``team``, ``flagged``,
    ``criteria``) or the name of a custom field to keep onto field ids of the tracker. ``cancelled`` holds lower-case
    status or resolution names that mean the work was dropped.
    """

    secret: bytes = b"alignment"
    base_url: str = ""
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    cancelled: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Everything yielded so far need not be fetched again: ``cursor`` given back to ``fetch`` goes on from here."""

    cursor: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Ids of tickets that the tracker lists today."""

    ids: tuple[str, ...]


How = Literal["archived", "trashed", "outside", "gone"]
"""Why a tracker lists a ticket no longer: *archived* (or otherwise out of its search, yet readable by id), *trashed* (it can
still be taken back), *outside* what the settings read, or *gone*: deleted, hidden or moved out of sight, it cannot say which."""


@dataclass(frozen=True, slots=True)
class Missing:
    """One ticket that was asked for by its id and is not among those that the tracker lists."""

    id: str
    how: How


class Parser(Protocol):
    """The judging half, primed with all reference payloads of one tracker."""

    def reference(self) -> Parsed:
        """Containers, people and relations that the reference payloads alone tell."""

    def ticket(self, issue: Payload, history: Payload | None) -> Parsed:
        """One ticket with its spans, changes and what it mentions. Raises ``Malformed`` if it is no ticket."""


class Connector(Protocol):
    """One connection to one tracker (or one file that stands for it).

    ``live``: asking again may give more. A file knows nothing after it was written, so its newest change is the latest moment
    that can be judged.
    """

    name: str
    kind: str
    source: str
    live: bool

    def fetch(self, since: datetime | None = None, cursor: str = "") -> Iterator[Payload | Problem | Checkpoint]:
        """Everything that changed since a moment (all, without one), as it came; what had to be skipped as Problems.

        ``cursor`` goes on where an earlier scan with the same ``since`` was cut. Raises a subclass of ``ConnectorError``,
        named by what the caller should do.
        """

    def parser(self, reference: Iterable[Payload], options: ParseOptions) -> Parser: ...


@runtime_checkable
class Sweeps(Protocol):
    """A live connector that can say which of the tickets once seen it no longer shows.

    Only a list that came to its end may be believed; both raise a subclass of ``ConnectorError`` where it cannot.
    """

    def shown(self, known: Iterable[str], cursor: str = "") -> Iterator[Shown | Checkpoint]:
        """Ids that are listed today: all, or those of ``known``. ``known`` comes in order and begins after ``cursor``
        where a connector gives ids as cursors."""

    def confirm(self, ids: Sequence[str]) -> Iterator[Missing]:
        """Of tickets that were not listed, those that are missing indeed, and how. Ids that are not the tracker's own
        (a file's) are passed over."""


class ConnectorError(Exception):
    """A connector could not go on; ``str()`` is one sentence and the fix."""


class Retry(ConnectorError):
    """Try the same request again, after ``after`` seconds if the tracker said so."""

    def __init__(self, message: str, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class Refused(ConnectorError):
    """The tracker understood and said no; ``messages`` are its own words."""

    def __init__(self, status: int, messages: list[str]) -> None:
        super().__init__(f"The tracker refused ({status}): {'; '.join(messages)[:300] or 'without a reason'}")
        self.status, self.messages = status, messages


class Malformed(ConnectorError):
    """Skip this one payload; the rest is fine."""


class ComeBack(ConnectorError):
    """Stop, keep what is committed, and go on at ``at``."""

    def __init__(self, message: str, at: datetime) -> None:
        super().__init__(message)
        self.at = at


class Fatal(ConnectorError):
    """The settings or the source must be mended first."""


class NotLetIn(Fatal):
    """The address, the kind, the token or its account: asking the server once more may tell which."""


def pseudonym(secret: bytes, tracker: str, account: str) -> str:
    """A stable stand-in for a person: the first 12 hex digits of HMAC-SHA256 over ``tracker:account``."""
    return "p-" + hmac.new(secret, f"{tracker}:{account}".encode(), hashlib.sha256).hexdigest()[:12]
