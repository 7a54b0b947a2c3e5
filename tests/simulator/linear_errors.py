"""Linear's error bodies, in the words and shapes that were recorded from its API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.simulator.server import Answer

Json = dict[str, Any]

DOCS = "https://linear.app/developers/rate-limiting"
MAXIMUM = 10_000
INTROSPECTION = 262_144.0


class LinearError(Exception):
    """One entry of ``errors``. graphql-core copies ``extensions`` and adds the path and the place in the document."""

    def __init__(self, message: str, **extensions: Any) -> None:
        super().__init__(message)
        self.extensions: Json = extensions


def answer(status: int, *errors: LinearError, data: Any = ..., headers: dict[str, str] | None = None) -> Answer:
    """``data`` is left out unless it is given, as Linear does where nothing was executed."""
    body: Json = {"errors": [{"message": str(error), "extensions": error.extensions} for error in errors]}
    if data is not ...:
        body["data"] = data
    return Answer(status, body, dict(headers or {}))


def input_error(message: str, presentable: str, **more: Any) -> LinearError:
    return LinearError(
        message, type="invalid input", code="INPUT_ERROR", statusCode=400, userError=True,
        userPresentableMessage=presentable, **more,
    )  # fmt: skip


def not_found(what: str) -> LinearError:
    """There is no code of its own: only the message tells."""
    return input_error(f"Entity not found: {what}", f"Could not find referenced {what}.")


def argument_error(target: Json, name: str, rule: str, text: str) -> LinearError:
    """``rule`` is class-validator's name of the constraint (``max``, ``min``, ``isUuid`` …)."""
    wrong: Json = {
        "target": target,
        "value": target.get(name),
        "property": name,
        "children": [],
        "constraints": {rule: text},
    }
    return LinearError(
        "Argument Validation Error", code="INVALID_INPUT", validationErrors=[wrong], type="invalid input",
        userError=True, userPresentableMessage=f"{text}.",
    )  # fmt: skip


def too_complex(cost: float) -> LinearError:
    """The sum unrounded, binary noise and all, as JavaScript prints it."""
    said = (
        f"The query is too complex. Complexity: {str(cost).removesuffix('.0')}. Maximum allowed complexity: {MAXIMUM}."
    )
    return input_error("Query too complex", said, http={"status": 400})


def rate_limited(limit: int, unit: str = "requests") -> LinearError:
    """The code inside says 429 though the answer comes with 400. The wording for points is a guess."""
    said = f"Rate limit exceeded. Only {limit} {unit} are allowed per 1 hour."
    return LinearError(
        f"{said} For more information see our developer docs at: {DOCS}", type="ratelimited", code="RATELIMITED",
        statusCode=429, userError=True, userPresentableMessage=said, http={"status": 400},
    )  # fmt: skip


def unauthenticated() -> LinearError:
    return LinearError(
        "Authentication required, not authenticated", type="authentication error", code="AUTHENTICATION_ERROR",
        statusCode=401, userError=True, userPresentableMessage="You need to authenticate to access this operation.",
        meta={}, http={"status": 401},
    )  # fmt: skip


def key_as_bearer() -> LinearError:
    said = (
        "It looks like you're trying to use an API key as a Bearer token. "
        "Remove the Bearer prefix from the Authorization header."
    )
    return input_error(said, said, http={"status": 400})


def forbidden(what: str = "this resource") -> LinearError:
    """Type and code are the SDK's; the wording is a guess."""
    return LinearError(
        f"Forbidden: no access to {what}", type="forbidden", code="FORBIDDEN", statusCode=403, userError=True,
        userPresentableMessage=f"You do not have access to {what}.",
    )  # fmt: skip


def internal_error() -> LinearError:
    return LinearError("Internal server error", type="internal error", code="INTERNAL_SERVER_ERROR", statusCode=500)


def lock_timeout() -> LinearError:
    """The type is the SDK's; the wording is a guess."""
    return LinearError("Lock timeout", type="lock timeout", code="LOCK_TIMEOUT", statusCode=503)


def document_error(message: str, code: str = "GRAPHQL_VALIDATION_FAILED") -> LinearError:
    return LinearError(
        message, type="graphql error", code=code, statusCode=400, userError=True, userPresentableMessage=message,
        http={"status": 400},
    )  # fmt: skip


def located(errors: Sequence[Any]) -> list[Json]:
    """Errors of graphql-core, in Linear's order of keys. Raises what is no ``LinearError``: a bug of the simulator."""
    found: list[Json] = []
    for error in errors:
        shown: Json = {"message": error.message} | ({"path": error.path} if error.path else {})
        if error.locations:
            shown["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
        own = error.original_error
        if error.path and not isinstance(own, LinearError):
            raise own or error
        known = own if isinstance(own, LinearError) else document_error(error.message, "BAD_USER_INPUT")
        shown["extensions"] = known.extensions
        found.append(shown)
    return found
