"""One policy for asking trackers: what is asked again, how long is waited, and when to stop and come back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from connectors.connector import ComeBack, ConnectorError, Retry
from connectors.text import moment

T = TypeVar("T")


class Stopped(ConnectorError):
    """Another part of the same pull failed, so this one asks no further."""


class Pace:
    """What the workers of one site share: while one of them waits for a limit, none asks.

    ``asked`` counts requests, ``waited`` the seconds of waits; ``why`` is the reason of a wait that is on, else empty.
    """

    def __init__(self) -> None:
        self.asked, self.waited, self.why = 0, 0.0, ""
        self._waiting, self._stopped = 0, False
        self._changed = threading.Condition()

    def next(self) -> None:
        """Returns when a request may be sent. Raises Stopped."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or not self._waiting)
            if self._stopped:
                raise Stopped("The pull was stopped.")
            self.asked += 1

    def wait(self, seconds: float, why: str, sleep: Callable[[float], None] | None = None) -> None:
        """Sleeps while everybody of this site waits; an end of the pull ends the wait. Raises Stopped."""
        with self._changed:
            self._waiting += 1
            self.why, self.waited = why, self.waited + seconds
            if sleep is None:
                self._changed.wait_for(lambda: self._stopped, timeout=seconds)
        try:
            if sleep is not None:
                sleep(seconds)
        finally:
            with self._changed:
                self._waiting -= 1
                self.why = self.why if self._waiting else ""
                self._changed.notify_all()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def go_on(self) -> None:
        with self._changed:
            self._stopped = False


@dataclass(frozen=True, slots=True)
class Policy:
    """``clock`` tells the time; ``attempts`` at one request; ``patience``: the longest single wait in seconds.

    ``told`` hears of every wait. ``sleep`` stands in for the passing of time in tests. ``pace`` belongs to one site.
    """

    clock: Callable[[], datetime]
    attempts: int = 7
    patience: float = 120.0
    shortest: float = 0.5
    sleep: Callable[[float], None] | None = None
    told: Callable[[float, str], None] = lambda _seconds, _why: None
    pace: Pace = field(default_factory=Pace)

    def ask(self, request: Callable[[], T]) -> T:
        """The answer to a request, asked again while it raises Retry.

        Raises ComeBack when the tracker asks for a longer wait than ``patience``, or goes on failing.
        """
        random = wait_random_exponential(multiplier=self.shortest, max=60)

        def wait(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            asked = error.after if isinstance(error, Retry) and error.after is not None else None
            seconds = random(state) if asked is None else asked + random(state) * 0.1
            self.told(seconds, str(error))
            return seconds

        reason = ""

        def told(state: RetryCallState) -> None:
            nonlocal reason
            reason = str(state.outcome.exception()) if state.outcome else ""

        retrying = Retrying(
            retry=retry_if_exception_type(Retry), wait=wait, stop=stop_after_attempt(self.attempts),
            sleep=lambda seconds: self.pace.wait(seconds, reason, self.sleep), before_sleep=told, reraise=True,
        )  # fmt: skip
        try:
            return retrying(self._bounded(request))
        except Retry as error:
            at = self.clock() + timedelta(minutes=10)
            raise ComeBack(f"{error} It was asked {self.attempts} times. What was fetched is kept.", at) from error

    def _bounded(self, request: Callable[[], T]) -> Callable[[], T]:
        def asked() -> T:
            self.pace.next()
            try:
                return request()
            except Retry as error:
                if error.after is not None and error.after > self.patience:
                    at = self.clock() + timedelta(seconds=error.after)
                    raise ComeBack(
                        f"{error} It asks to wait {error.after:.0f} s. What was fetched is kept.", at
                    ) from error
                raise

        return asked


def seconds_until(value: str | None, now: datetime) -> float | None:
    """Seconds from a Retry-After or Reset header: a number of seconds, an HTTP date, ISO text or epoch milliseconds."""
    if not value:
        return None
    try:
        number = float(value)
    except ValueError:
        at = moment(value)
        if at is None:
            try:
                at = parsedate_to_datetime(value)
            except (TypeError, ValueError):
                return None
        return max(0.0, (at - now).total_seconds())
    if number > 1e9:  # an epoch, not a wait of thirty years
        at = moment(number)
        return max(0.0, (at - now).total_seconds()) if at else None
    return max(0.0, number)
