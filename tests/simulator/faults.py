"""Schedules of faults that a client which asks again can always outlast."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable, Mapping

from tests.simulator.server import Answer, Fault, Request, Schedule, failing, login_page, too_many

Make = Callable[[Request], Fault | None]
"""The fault for a request, or ``None`` where this kind cannot befall it (no page token to repeat)."""


def _always(fault: Fault) -> Make:
    return lambda _request: fault


def _repeated_token(request: Request) -> Fault | None:
    """The page points back at itself."""
    token = request.body.get("nextPageToken") if isinstance(request.body, dict) else request.query.get("nextPageToken")
    if not token:
        return None

    def back(answer: Answer) -> Answer:
        if not isinstance(answer.body, dict) or answer.status != 200:
            return answer
        again = {**answer.body, "nextPageToken": token}
        if "isLast" in again:
            again["isLast"] = False
        return Answer(answer.status, again, answer.headers)

    return Fault("changed", change=back)


def _expired_token(request: Request) -> Fault | None:
    token = request.body.get("nextPageToken") if isinstance(request.body, dict) else request.query.get("nextPageToken")
    words = {"errorMessages": ["The nextPageToken is invalid or has expired."], "errors": {}}
    return Fault("answer", Answer(400, words)) if token else None


TRANSIENT: dict[str, Make] = {
    "429": _always(too_many(None)),
    "429 at once": _always(too_many("0")),
    "429 burst": _always(too_many("0", **{"RateLimit-Reason": "jira-burst-based", "X-RateLimit-Remaining": "0"})),
    "500": _always(failing(500)),
    "502": _always(failing(502)),
    "503": _always(failing(503)),
    "503 at once": _always(failing(503, "0")),
    "504": _always(failing(504)),
    "reset": _always(Fault("reset")),
    "truncated": _always(Fault("truncated")),
    "slow": _always(Fault("slow", seconds=0.03)),
    "lost": _always(Fault("lost")),
}
"""What passes when the same request is sent again."""

TOKENS: dict[str, Make] = {"repeated token": _repeated_token, "expired token": _expired_token}
"""What passes when the scan goes back to where it was sure of its place."""

FATAL: dict[str, Make] = {"login page": _always(login_page())}
"""What a client may take as the end, though here it passes too."""

FAULTS: dict[str, Make] = {**TRANSIENT, **TOKENS, **FATAL}


class Scheduled:
    """Faults by request number. The same request (method, path, question) never meets more than ``in_a_row`` in
    succession: past that it is answered rightly. ``met`` lists what happened, as (request number, kind)."""

    def __init__(self, kinds: Mapping[int, str], in_a_row: int, known: Mapping[str, Make]) -> None:
        self.kinds, self.in_a_row, self.known = dict(kinds), in_a_row, known
        self.met: list[tuple[int, str]] = []
        self._streak: dict[tuple[str, str, str, bytes], int] = {}
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Fault | None:
        question = (request.method, request.path, repr(sorted(request.query.items())), request.raw)
        kind = self.kinds.get(request.number)
        fault = self.known[kind](request) if kind is not None else None
        with self._lock:
            streak = self._streak.get(question, 0)
            if fault is None or kind is None or streak >= self.in_a_row:
                self._streak[question] = 0
                return None
            self._streak[question] = streak + (fault.kind != "slow")
            self.met.append((request.number, kind))
        return fault


def schedule_of(
    pairs: Iterable[tuple[int, str]], *, in_a_row: int = 2, known: Mapping[str, Make] = FAULTS
) -> Scheduled:
    """Faults from (request number, kind) pairs, as hypothesis draws them; of two for one request the later counts.

    Another tracker passes its own kinds as ``known``.
    """
    return Scheduled(dict(pairs), in_a_row, known)


def random_schedule(
    seed: int, *, requests: int = 100, share: float = 0.2, in_a_row: int = 2, known: Mapping[str, Make] = TRANSIENT
) -> Scheduled:
    """About ``share`` of the first ``requests`` requests meet a fault; nothing after them does."""
    draw = random.Random(seed)
    hit = [number for number in range(1, requests + 1) if draw.random() < share]
    return schedule_of([(number, draw.choice(sorted(known))) for number in hit], in_a_row=in_a_row, known=known)


def quota_after(requests: int, retry_after: int = 1_800) -> Schedule:
    """From then on every request is told to come back much later, as an hourly quota does."""
    headers = {"RateLimit-Reason": "jira-quota-tenant-based", "X-RateLimit-Remaining": "0"}
    spent = too_many(str(retry_after), **headers)
    return lambda request: spent if request.number > requests else None
