"""What is recorded of a Linear."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.cassettes.case import NOW, Case, narrowed
from tests.cassettes.worlds import linear
from tests.simulator import linear_faults
from tests.simulator.linear import LinearSimulator
from tests.simulator.server import Fault, Request, Schedule

WHOLE = """
    ENG-1 done full 4
    ENG-2 doing full 3
    ENG-3 todo full 0
    ENG-4 todo full 0
"""


def workspace(busy: int = 0) -> Callable[[], LinearSimulator]:
    return lambda: LinearSimulator(linear(busy))


def first_history(fault: Callable[[], Fault]) -> Callable[[], Schedule]:
    """The first question for histories meets a fault; what comes after it does not."""

    def begin() -> Schedule:
        met: list[int] = []

        def schedule(request: Request) -> Fault | None:
            if met or "history(" not in _asked(request):
                return None
            met.append(request.number)
            return fault()

        return schedule

    return begin


def _dear() -> Schedule:
    """Histories of more than two issues at once are refused."""

    def schedule(request: Request) -> Fault | None:
        variables: dict[str, Any] = (request.body or {}).get("variables") or {}
        dear = "history(" in _asked(request) and "issues(" in _asked(request) and int(variables.get("first") or 0) > 2
        return linear_faults.query_too_complex() if dear else None

    return schedule


def _asked(request: Request) -> str:
    return str((request.body or {}).get("query") or "")


CASES = (
    Case(
        "linear", "first_pull",
        "All reference data, the issues, and their histories; every answer tells what it cost (X-Complexity) and what is "
        "left of both budgets.",
        workspace(), WHOLE, ("X-Complexity", "(?i)X-RateLimit-Complexity-Remaining", '"history"'),
    ),
    Case(
        "linear", "history_overflows",
        "Histories come two entries at a time, and ENG-4 has five: the rest is asked for alone.",
        workspace(busy=5),
        """
        ENG-1 done full 4
        ENG-2 doing full 3
        ENG-3 todo full 0
        ENG-4 todo full 5
        """,
        ("IssueHistoryOf", '"hasNextPage": true'),
        smaller=narrowed(historyFirst=2),
    ),
    Case(
        "linear", "rate_limited",
        "RATELIMITED comes with HTTP 400, and the code inside it says 429. Retry-After: 1; then the right answer.",
        workspace(), WHOLE, ("code: 400", "RATELIMITED"),
        schedule=first_history(lambda: linear_faults.ratelimited(retry_after=1)),
    ),
    Case(
        "linear", "budget_spent",
        "RATELIMITED without Retry-After: the budget is full again in 20 minutes, told as epoch milliseconds. That is longer "
        "than a pull waits.",
        workspace(),
        "ComeBack: Linear limits the rate of requests. It asks to wait 1200 s. What was fetched is kept. @ 2026-09-20T12:20",
        ("RATELIMITED", "(?i)X-RateLimit-Requests-Reset"),
        schedule=lambda: lambda _request: linear_faults.ratelimited(NOW + timedelta(minutes=20)),
    ),
    Case(
        "linear", "query_too_complex",
        "A server that counts another way than is published refuses histories of more than two issues at once: the page is "
        "halved until it fits.",
        workspace(), WHOLE, ("Query too complex",), schedule=_dear,
    ),
    Case(
        "linear", "data_beside_an_error",
        "HTTP 200 with the right data and an error beside it: it counts as failed and is asked again.",
        workspace(), WHOLE, (r'"errors": \[',), schedule=first_history(linear_faults.partial),
    ),
    Case(
        "linear", "truncated_json",
        "An answer cut in half, with a length that fits the half. Only its beginning is kept here.",
        workspace(), WHOLE, ("code: 200",), schedule=first_history(linear_faults.truncated_json),
    ),
    Case(
        "linear", "wrong_key",
        "401 AUTHENTICATION_ERROR.",
        workspace(),
        "NotLetIn: Linear does not accept the token. Make a new key in Linear's settings, under Security & access.",
        ("code: 401", "AUTHENTICATION_ERROR"), token="lin_api_wrong",
    ),
    Case(
        "linear", "only_archived",
        "Two pulls, and in between ENG-1 was archived: its updatedAt stays, so archivedAt is asked for as well.",
        workspace(),
        """
        ENG-1 done full 4 archived
        ENG-2 doing full 3
        ENG-3 todo full 0
        ENG-4 todo full 0
        """,
        ('"archivedAt": "2026-09-20',), later=lambda world: world.archive("ENG-1"),
    ),
)  # fmt: skip
