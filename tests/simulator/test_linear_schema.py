"""The simulated schema is a true part of Linear's, and what the connector asks is valid against both."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
from graphql import (
    DocumentNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    NoDeprecatedCustomRule,
    OperationDefinitionNode,
    build_schema,
    parse,
    validate,
    validate_schema,
)

from tests.simulator.linear_client import QUERIES, documents
from tests.simulator.linear_resolve import SCHEMA, schema

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("ALIGNMENT_SHARED") or ROOT.parent / "shared")
OFFICIAL = SHARED / "data" / "linear-schema" / "schema.graphql.gz"
TEAM = SHARED / "api" / "linear_queries.graphql"
WRITES = QUERIES.with_name("writes.graphql")
NOT_SIMULATED = {"CreateWebhook"}


@pytest.fixture(scope="module")
def official() -> GraphQLSchema:
    if not OFFICIAL.exists():
        pytest.skip(f"Linear's official schema is not at {OFFICIAL} (set ALIGNMENT_SHARED).")
    return build_schema(gzip.decompress(OFFICIAL.read_bytes()).decode(), assume_valid=True)


def _operations(document: DocumentNode) -> dict[str, OperationDefinitionNode]:
    found = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    return {one.name.value: one for one in found if one.name}


def _arguments(mine: dict[str, GraphQLArgument], theirs: dict[str, GraphQLArgument], where: str) -> list[str]:
    wrong = [f"{where}({name}: {mine[name].type})" for name in mine if name not in theirs]
    pairs = [(name, mine[name], theirs[name]) for name in mine if name in theirs]
    wrong += [f"{where}({n}: {a.type}) is {b.type}" for n, a, b in pairs if str(a.type) != str(b.type)]
    needed = [name for name, argument in theirs.items() if str(argument.type).endswith("!") and name not in mine]
    return wrong + [f"{where} lacks the required {name}" for name in needed]


def _differences(mine: GraphQLSchema, theirs: GraphQLSchema) -> list[str]:
    wrong: list[str] = []
    for name, kind in mine.type_map.items():
        other = theirs.type_map.get(name)
        if name.startswith("__"):
            continue
        if type(other) is not type(kind):
            wrong.append(f"{name} is {type(other).__name__}")
        elif isinstance(kind, GraphQLEnumType) and isinstance(other, GraphQLEnumType):
            wrong += [f"{name}.{value}" for value in kind.values if value not in other.values]
        elif isinstance(kind, GraphQLInputObjectType) and isinstance(other, GraphQLInputObjectType):
            for at, part in kind.fields.items():
                if at not in other.fields or str(other.fields[at].type) != str(part.type):
                    wrong.append(f"{name}.{at}: {part.type}")
        elif isinstance(kind, GraphQLObjectType) and isinstance(other, GraphQLObjectType):
            for at, field in kind.fields.items():
                if at not in other.fields or str(other.fields[at].type) != str(field.type):
                    wrong.append(f"{name}.{at}: {field.type}")
                else:
                    wrong += _arguments(field.args, other.fields[at].args, f"{name}.{at}")
    return wrong


def test_every_type_field_argument_and_null_is_linears_own(official: GraphQLSchema) -> None:
    assert not validate_schema(schema())
    assert _differences(schema(), official) == []


def test_a_difference_would_be_found(official: GraphQLSchema) -> None:
    text = SCHEMA.read_text(encoding="utf-8")
    bent = text.replace("dueDate: TimelessDate,", "dueDate: TimelessDate!,").replace("halfYear", "halfCentury")
    bent = bent.replace("issue(id: String!)", "issue(id: ID!)")
    assert sorted(_differences(build_schema(bent), official)) == [
        "DateResolutionType.halfCentury",
        "Issue.dueDate: TimelessDate!",
        "Query.issue(id: ID!) is String!",
    ]


def test_the_connectors_documents_are_valid_for_linear_and_use_nothing_deprecated(official: GraphQLSchema) -> None:
    document = parse(QUERIES.read_text(encoding="utf-8"))
    assert not validate(official, document)
    assert not validate(official, document, [NoDeprecatedCustomRule])


def test_what_write_back_asks_is_valid(official: GraphQLSchema) -> None:
    document = parse(WRITES.read_text(encoding="utf-8"))
    assert not validate(official, document) and not validate(official, document, [NoDeprecatedCustomRule])
    assert not validate(schema(), document)
    assert not set(_operations(document)) & set(documents()), "names are shared by both files"


def test_the_connectors_documents_only_read() -> None:
    document = parse(QUERIES.read_text(encoding="utf-8"))
    assert not validate(schema(), document)
    assert {one.operation.value for one in _operations(document).values()} == {"query"}
    assert set(documents()) == set(_operations(document))


def test_our_teams_documents_run_here_but_for_webhooks() -> None:
    if not TEAM.exists():
        pytest.skip(f"The team's documents are not at {TEAM} (set ALIGNMENT_SHARED).")
    whole = parse(TEAM.read_text(encoding="utf-8"))
    unknown = [one for name, one in _operations(whole).items() if name in NOT_SIMULATED]
    known = tuple(one for one in whole.definitions if one not in unknown)
    assert not validate(schema(), DocumentNode(definitions=known))
    reading = {name for name, one in _operations(whole).items() if one.operation.value == "query"}
    assert set(documents()) - reading == {"Reference", "InitiativeUpdates"}, "ours alone"
    assert reading <= set(documents())
