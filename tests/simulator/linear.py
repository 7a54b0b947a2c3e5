"""A Linear on loopback: one POST /graphql, answered by graphql-core from a world that tests change under it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    OperationDefinitionNode,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)

from tests.simulator.linear_cost import PUBLISHED, UNMULTIPLIED, Pricing, cost, points
from tests.simulator.linear_errors import (
    MAXIMUM,
    Json,
    answer,
    document_error,
    forbidden,
    key_as_bearer,
    located,
    rate_limited,
    too_complex,
    unauthenticated,
)
from tests.simulator.linear_limits import Budget
from tests.simulator.linear_pages import Cursors, Style
from tests.simulator.linear_resolve import Context, read_field, schema
from tests.simulator.linear_world import LinearWorld
from tests.simulator.server import Answer, Request, Schedule, Server

KEY, TOKEN = "lin_api_simulator", "lin_oauth_simulator"


@dataclass(frozen=True, slots=True)
class Asked:
    """One operation that was priced; ``refused`` tells why it was not carried out."""

    operation: str
    variables: Json
    points: int
    refused: str = ""


class LinearSimulator:
    """A handler for ``Server``; ``asked`` keeps what came.

    ``multiplied``: whether root issues and Issue.labels/comments/children/history cost a multiple of their page;
    ``pricing`` says it in full.
    ``pace``: how far the world's clock moves with each request. ``key`` goes bare into Authorization, ``token``
    after Bearer. ``writes``: whether the key may do more than read.
    """

    def __init__(
        self,
        world: LinearWorld,
        *,
        key: str = KEY,
        token: str = TOKEN,
        multiplied: bool = True,
        pricing: Pricing | None = None,
        budget: Budget | None = None,
        cursors: Style = "key",
        pace: timedelta = timedelta(0),
        writes: bool = True,
    ) -> None:
        self.world, self.key, self.token, self.pace, self.writes = world, key, token, pace, writes
        self.pricing = pricing or (PUBLISHED if multiplied else UNMULTIPLIED)
        self.budget = budget or Budget()
        self.asked: list[Asked] = []
        self._cursors = Cursors(cursors)

    def serve(self, schedule: Schedule = lambda _request: None) -> Server:
        """``with simulator.serve(schedule) as server``; the endpoint is ``server.url + "/graphql"``."""
        return Server(self, schedule)

    def __call__(self, request: Request) -> Answer:
        if request.path != "/graphql":
            return Answer(404, b"Not Found", {"Content-Type": "text/plain"})
        if request.method != "POST":
            return answer(405, document_error("Only POST is answered here.", "BAD_REQUEST"))
        with self.world.lock:
            self.world.later(self.pace)
            return self._checked(request) or self._operation(request)

    def _checked(self, request: Request) -> Answer | None:
        """Who asks."""
        given = next((value for name, value in request.headers.items() if name.lower() == "authorization"), "")
        if given.startswith("Bearer lin_api_"):
            return answer(400, key_as_bearer())
        if given not in (self.key, f"Bearer {self.token}"):
            return answer(401, unauthenticated())
        return None

    def _operation(self, request: Request) -> Answer:
        body = request.body if isinstance(request.body, dict) else {}
        variables = body.get("variables") or {}
        try:
            document, wrong = _read(str(body.get("query") or ""))
        except GraphQLError as error:
            return answer(400, document_error(error.message, "GRAPHQL_PARSE_FAILED"), headers=self._headers())
        operation = get_operation_ast(document, body.get("operationName"))
        if operation is None:
            return answer(400, document_error("Unknown operation named or none."), headers=self._headers())
        price = cost(schema(), document, operation, variables, self.pricing)
        if price > MAXIMUM:
            return self._refused(operation, variables, price)
        if wrong:
            return answer(400, *(document_error(one.message) for one in wrong), headers=self._headers())
        if full := self.budget.take(self.world.now, points(price)):
            self._note(operation, variables, price, full)
            limit = self.budget.limit_of(full)
            return answer(400, rate_limited(limit, full), headers=self._headers())
        self._note(operation, variables, price)
        if operation.operation.value == "mutation" and not self.writes:
            return answer(200, forbidden("write"), data=None, headers=self._headers())
        return self._carried_out(document, operation, variables, price)

    def _refused(self, operation: OperationDefinitionNode, variables: Json, price: float) -> Answer:
        """Too complex: it costs a request and no points."""
        full = self.budget.take(self.world.now, 0)
        self._note(operation, variables, price, full or "too complex")
        wrong = rate_limited(self.budget.limit_of(full), full) if full else too_complex(price)
        return answer(400, wrong, headers=self._headers())

    def _carried_out(
        self, document: DocumentNode, operation: OperationDefinitionNode, variables: Json, price: float
    ) -> Answer:
        result = execute_sync(
            schema(),
            document,
            context_value=Context(self.world, self._cursors, self.budget),
            variable_values=variables,
            operation_name=operation.name.value if operation.name else None,
            field_resolver=read_field,
        )
        errors = located(result.errors or [])
        if errors and "path" not in errors[0]:  # the variables do not fit the operation: nothing was carried out
            return Answer(400, {"errors": errors}, self._headers())
        body = {**({"errors": errors} if errors else {}), "data": _plain(result.data)}
        return Answer(200, body, {**self._headers(), "X-Complexity": str(points(price))})

    def _note(self, operation: OperationDefinitionNode, variables: Json, price: float, refused: str = "") -> None:
        name = operation.name.value if operation.name else ""
        self.asked.append(Asked(name, variables, points(price), refused))

    def _headers(self) -> dict[str, str]:
        return self.budget.headers(self.world.now)


@lru_cache(maxsize=256)
def _read(text: str) -> tuple[DocumentNode, list[GraphQLError]]:
    document = parse(text)
    return document, validate(schema(), document)


def _plain(value: Any) -> Any:
    """Numbers as JavaScript writes them: 3, not 3.0."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
