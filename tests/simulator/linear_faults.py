"""What Linear itself does wrong, as faults for a schedule of the server."""

from __future__ import annotations

from datetime import datetime

from tests.simulator.linear_errors import (
    Json,
    LinearError,
    answer,
    forbidden,
    internal_error,
    lock_timeout,
    rate_limited,
    too_complex,
    unauthenticated,
)
from tests.simulator.server import Answer, Fault


def ratelimited(
    reset: datetime | None = None, *, retry_after: int | None = None, status: int = 400, limit: int = 2_500
) -> Fault:
    """RATELIMITED with HTTP 400 (429 at the edge; 200 was seen too), with the time of the reset or no header."""
    headers = {"Retry-After": str(retry_after)} if retry_after is not None else {}
    if reset is not None:
        headers |= {
            "X-RateLimit-Requests-Limit": str(limit),
            "X-RateLimit-Requests-Remaining": "0",
            "X-RateLimit-Requests-Reset": str(round(reset.timestamp() * 1000)),
        }
    return Fault("answer", answer(status, rate_limited(limit), headers=headers))


def query_too_complex(cost: float = 12304.999999999998) -> Fault:
    """Refused whatever it costs by the published rule, as servers with another rule do."""
    return Fault("answer", answer(400, too_complex(cost)))


def internal(status: int = 200) -> Fault:
    return Fault("answer", answer(status, internal_error(), data=None))


def lock_timed_out(status: int = 200) -> Fault:
    return Fault("answer", answer(status, lock_timeout(), data=None))


def not_authenticated() -> Fault:
    """The key was revoked."""
    return Fault("answer", answer(401, unauthenticated()))


def not_allowed(what: str = "this resource") -> Fault:
    """The key is limited to other teams or other permissions."""
    return Fault("answer", answer(200, forbidden(what), data=None))


def truncated_json() -> Fault:
    """Half of the right answer, with a length that fits the half."""
    return Fault("truncated")


def partial(error: LinearError | None = None) -> Fault:
    """The right data with an error beside it, which counts as failed."""
    wrong: Json = answer(200, error or internal_error()).body

    def change(right: Answer) -> Answer:
        return Answer(right.status, {**wrong, "data": right.body.get("data")}, right.headers)

    return Fault("changed", change=change)


def wrong_cursor(field: str, cursor: str | None = None) -> Fault:
    """A root connection that claims more pages and names no cursor, or one that was given before."""

    def change(right: Answer) -> Answer:
        data = right.body.get("data") or {}
        if "pageInfo" not in (data.get(field) or {}):
            return right
        page = {**data[field], "pageInfo": {"hasNextPage": True, "endCursor": cursor}}
        return Answer(right.status, {"data": {**data, field: page}}, right.headers)

    return Fault("changed", change=change)
