"""What Linear charges for a document: 0.1 a property, 1 an object, a connection times the rows it is asked for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from tests.simulator.linear_errors import INTROSPECTION

DEFAULT_PAGE = 50
DEEPEST = 30


@dataclass(frozen=True, slots=True)
class Pricing:
    """``flat`` names connections (``Type.field``) that cost one object instead of a multiple of their page.

    Source of the rule: linear.app/developers/rate-limiting. Headers of October 2026 tell two things it does not: a list
    of numbers costs 1 point (50 cycles with four such lists: 395), and some connections are flat
    (``issues(first: 250) { nodes { id } }``: 3).
    """

    flat: frozenset[str] = frozenset()
    scalar_list: float = 0.1


PUBLISHED = Pricing()
CONSERVATIVE = Pricing(scalar_list=1.0)
UNMULTIPLIED = Pricing(
    frozenset({"Query.issues", "Issue.labels", "Issue.comments", "Issue.children", "Issue.history"}), scalar_list=1.0
)


def points(cost: float) -> int:
    """Rounded up, as ``X-Complexity`` shows it; binary noise in the sum does not count."""
    return math.ceil(round(cost, 6))


def cost(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
    pricing: Pricing = PUBLISHED,
) -> float:
    """Points before rounding. Asking for the schema itself costs 262,144, whatever is asked of it."""
    root = schema.get_root_type(operation.operation)
    if root is None:
        return 0.0
    defaults = {
        given.variable.name.value: int(given.default_value.value)
        for given in operation.variable_definitions or ()
        if isinstance(given.default_value, IntValueNode)
    }
    return _Bill(document, {**defaults, **variables}, pricing).of(operation.selection_set, root)


class _Bill:
    def __init__(self, document: DocumentNode, variables: Mapping[str, Any], pricing: Pricing) -> None:
        self.variables, self.pricing = variables, pricing
        self.fragments = {
            found.name.value: found for found in document.definitions if isinstance(found, FragmentDefinitionNode)
        }

    def of(self, chosen: SelectionSetNode, parent: GraphQLObjectType, depth: int = 0) -> float:
        if depth > DEEPEST:
            return INTROSPECTION
        total = 0.0
        for one in chosen.selections:
            if isinstance(one, FieldNode):
                total += self._field(one, parent, depth)
            elif isinstance(one, FragmentSpreadNode) and one.name.value in self.fragments:
                total += self.of(self.fragments[one.name.value].selection_set, parent, depth + 1)
            elif isinstance(one, InlineFragmentNode):
                total += self.of(one.selection_set, parent, depth + 1)
        return total

    def _field(self, node: FieldNode, parent: GraphQLObjectType, depth: int) -> float:
        name = node.name.value
        if name in ("__schema", "__type"):
            return INTROSPECTION
        found = parent.fields.get(name)
        if found is None or node.selection_set is None:
            inner = found.type.of_type if found and isinstance(found.type, GraphQLNonNull) else found and found.type
            return self.pricing.scalar_list if isinstance(inner, GraphQLList) else 0.1
        kind = get_named_type(found.type)
        assert isinstance(kind, GraphQLObjectType)
        inside = self.of(node.selection_set, kind, depth + 1)
        if not kind.name.endswith("Connection"):
            return 1 + inside
        if f"{parent.name}.{name}" in self.pricing.flat:
            return 1 + inside
        return self._rows(node) * inside

    def _rows(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value in ("first", "last"):
                value = argument.value
                given = self.variables.get(value.name.value) if isinstance(value, VariableNode) else None
                given = int(value.value) if isinstance(value, IntValueNode) else given
                return given if isinstance(given, int) else DEFAULT_PAGE
        return DEFAULT_PAGE
