"""Each fault reaches a real client in Linear's own form, and the gql library reads the simulator as it reads Linear."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from gql import Client, GraphQLRequest
from gql.transport.exceptions import (
    TransportConnectionFailed,
    TransportProtocolError,
    TransportQueryError,
    TransportServerError,
)
from gql.transport.requests import RequestsHTTPTransport

from tests.simulator import linear_faults
from tests.simulator.linear import KEY, LinearSimulator
from tests.simulator.linear_client import LinearClient, documents
from tests.simulator.linear_errors import Json
from tests.simulator.linear_sample import ident, sample
from tests.simulator.server import Fault, failing


def _ask_with_gql(url: str, name: str, **variables: Any) -> Json:
    transport = RequestsHTTPTransport(f"{url}/graphql", headers={"Authorization": KEY}, timeout=10, retries=0)
    with Client(transport=transport, fetch_schema_from_transport=False) as session:
        request = GraphQLRequest(documents()[name], variable_values=variables, operation_name=name)
        found: Json = session.execute(request)
        assert transport.response_headers and transport.response_headers["X-Complexity"]
        return found


def test_gql_reads_it() -> None:
    with LinearSimulator(sample(5)).serve() as server:
        page = _ask_with_gql(server.url, "Issues", first=2)["issues"]
    assert [node["identifier"] for node in page["nodes"]] == ["ENG-5", "ENG-4"]
    assert page["nodes"][0]["creator"] == {"id": ident("user", "Ann")}


@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        (linear_faults.ratelimited(), TransportQueryError),
        (linear_faults.ratelimited(status=429, retry_after=3), TransportQueryError),
        (linear_faults.query_too_complex(), TransportQueryError),
        (linear_faults.internal(), TransportQueryError),
        (linear_faults.lock_timed_out(), TransportQueryError),
        (linear_faults.not_authenticated(), TransportQueryError),
        (linear_faults.not_allowed(), TransportQueryError),
        (linear_faults.truncated_json(), TransportProtocolError),
        (failing(502), TransportServerError),
        (Fault("reset"), TransportConnectionFailed),
    ],
)
def test_each_fault_reaches_gql_in_linears_form(fault: Fault, raised: type[Exception]) -> None:
    simulator = LinearSimulator(sample())
    with (
        simulator.serve(lambda request: fault if request.number == 1 else None) as server,
        pytest.raises(raised) as caught,
    ):
        _ask_with_gql(server.url, "Issues")
    if isinstance(caught.value, TransportQueryError) and caught.value.errors:
        assert caught.value.errors[0]["extensions"]["type"]


def test_partial_data_comes_with_its_errors() -> None:
    simulator = LinearSimulator(sample())
    with (
        simulator.serve(lambda _request: linear_faults.partial()) as server,
        pytest.raises(TransportQueryError) as caught,
    ):
        _ask_with_gql(server.url, "Issues")
    assert caught.value.data and len(caught.value.data["issues"]["nodes"]) == 3


def test_a_reset_is_told_in_milliseconds() -> None:
    world = sample()
    until = world.now + timedelta(minutes=20)
    with LinearSimulator(world).serve(lambda _request: linear_faults.ratelimited(until)) as server:
        reply = LinearClient(server.url).ask("Whoami")
    assert (reply.status, reply.error["extensions"]["code"]) == (400, "RATELIMITED")
    assert int(reply.headers["x-ratelimit-requests-reset"]) == until.timestamp() * 1000


@pytest.mark.parametrize("cursor", [None, "seen before"])
def test_more_pages_without_a_cursor_to_them(cursor: str | None) -> None:
    simulator = LinearSimulator(sample())
    with simulator.serve(lambda _request: linear_faults.wrong_cursor("issues", cursor)) as server:
        client = LinearClient(server.url)
        page = client.ask("Issues").data["issues"]
        assert client.ask("Teams").data["teams"]["pageInfo"]["hasNextPage"] is False
    assert page["pageInfo"] == {"hasNextPage": True, "endCursor": cursor}
    assert len(page["nodes"]) == 3
