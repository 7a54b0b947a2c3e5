"""Prices are Linear's: the published examples, the numbers people measured, and the two leaky buckets."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from graphql import GraphQLSchema, build_schema, get_operation_ast, parse

from tests.simulator.linear import LinearSimulator
from tests.simulator.linear_client import LinearClient, documents
from tests.simulator.linear_cost import CONSERVATIVE, PUBLISHED, UNMULTIPLIED, Pricing, cost, points
from tests.simulator.linear_limits import Budget
from tests.simulator.linear_resolve import schema
from tests.simulator.linear_sample import START, sample

OBSERVED = replace(UNMULTIPLIED, flat=UNMULTIPLIED.flat - {"Issue.history"})
PAGE = "pageInfo { hasNextPage endCursor }"

MEASURED = build_schema("""
    type Query { user(id: String!): User!  comments(first: Int): CommentConnection!  issue(id: String!): Issue!
                 issues(first: Int): IssueConnection!  viewer: User!  issueLabels(first: Int): LabelConnection!
                 cycles(first: Int): CycleConnection!  project(id: String!): Project! }
    type User { id: ID!  name: String!  email: String!  displayName: String!
                createdIssues(first: Int): IssueConnection! }
    type PageInfo { hasNextPage: Boolean!  endCursor: String }
    type IssueConnection { nodes: [Issue!]!  pageInfo: PageInfo! }
    type Issue { id: ID!  identifier: String!  title: String!  createdAt: String!
                 comments(first: Int): CommentConnection! }
    type CommentConnection { nodes: [Comment!]!  pageInfo: PageInfo! }
    type LabelConnection { nodes: [Label!]!  pageInfo: PageInfo! }
    type Label { id: ID!  name: String!  color: String!  description: String  isGroup: Boolean!
                 team: Team  parent: Label }
    type Team { name: String! }
    type CycleConnection { nodes: [Cycle!]!  pageInfo: PageInfo! }
    type Cycle { id: ID!  number: Float!  name: String  startsAt: String!  endsAt: String!  progress: Float!
                 scopeHistory: [Float!]!  completedScopeHistory: [Float!]!  issueCountHistory: [Float!]!
                 completedIssueCountHistory: [Float!]!  team: Team! }
    type Project { id: ID!  name: String!  state: String!  progress: Float!
                   relations(first: Int): ProjectRelationConnection!
                   inverseRelations(first: Int): ProjectRelationConnection! }
    type ProjectRelationConnection { nodes: [ProjectRelation!]!  pageInfo: PageInfo! }
    type ProjectRelation { id: ID!  type: String!  anchorType: String!  relatedAnchorType: String!
                           project: Project!  relatedProject: Project! }
    type Comment { id: ID!  body: String!  createdAt: String!  updatedAt: String!  user: User  issue: Issue }
""")


def _points(text: str, pricing: Pricing, of: GraphQLSchema, name: str | None = None) -> int:
    document = parse(text)
    operation = get_operation_ast(document, name)
    assert operation is not None
    return points(cost(of, document, operation, {}, pricing))


COMMENT = "id body createdAt updatedAt user { name }"
COMMENTS = f"{{ comments(first: 250) {{ {PAGE} nodes {{ {COMMENT} issue {{ identifier }} }} }} }}"
LABEL = "id name color description isGroup team { name } parent { name }"
LABELS = f"{{ issueLabels(first: 250) {{ {PAGE} nodes {{ {LABEL} }} }} }}"
BURN_UP = "scopeHistory completedScopeHistory issueCountHistory completedIssueCountHistory"
CYCLE = f"id number name startsAt endsAt progress {BURN_UP} team {{ name }}"
CYCLES = f"{{ cycles(first: 50) {{ {PAGE} nodes {{ {CYCLE} }} }} }}"
TIE = "id type anchorType relatedAnchorType"
END = "{ id name state progress }"
DEPENDENCIES = f"""{{ project(id: "x") {{
    relations {{ nodes {{ {TIE} relatedProject {END} }} }} inverseRelations {{ nodes {{ {TIE} project {END} }} }}
}} }}"""
ISSUES = f"{{ issues(first: 250) {{ {PAGE} nodes {{ identifier createdAt }} }} }}"
ONE_ISSUE = f'{{ issue(id: "ENG-1") {{ comments {{ nodes {{ {COMMENT} }} }} }} }}'


@pytest.mark.parametrize(
    ("text", "conservative", "unmultiplied"),
    [
        # linear.app/developers/rate-limiting
        ('{ user(id: "me") { name } }', 2, 2),
        ('{ user(id: "me") { createdIssues { nodes { id title createdAt } } } }', 66, 66),
        ('{ user(id: "me") { createdIssues(first: 10) { nodes { id title createdAt } } } }', 14, 14),
        # X-Complexity headers of October 2026 and of June 2026, as facts.md §7.4 and its sources give them
        ("{ viewer { id name email displayName } }", 2, 2),
        (COMMENTS, 1200, 1200),
        (LABELS, 1225, 1225),
        (CYCLES, 395, 395),
        (DEPENDENCIES, 281, 281),
        (ISSUES, 600, 4),
        ("{ issues(first: 250) { nodes { id } } }", 275, 3),
        (ONE_ISSUE, 126, 5),
    ],
)
def test_published_and_measured_prices(text: str, conservative: int, unmultiplied: int) -> None:
    assert _points(text, CONSERVATIVE, MEASURED) == conservative
    assert text == CYCLES or _points(text, PUBLISHED, MEASURED) == conservative
    assert _points(text, UNMULTIPLIED, MEASURED) == unmultiplied


@pytest.mark.parametrize(
    ("name", "published", "conservative", "observed"),
    [
        ("Issues", 3850, 4300, 18),
        ("IssueHistories", 6048, 7128, 357),
        ("IssueHistoryOf", 2501, 2951, 2951),
        ("IssueStateSpans", 6730, 6730, 68),
        ("ReconcileIssues", 675, 675, 4),
        ("Projects", 700, 970, 970),
        ("ProjectMilestones", 1075, 1075, 1075),
        ("ProjectUpdates", 520, 520, 520),
        ("InitiativeUpdates", 520, 520, 520),
        ("Initiatives", 370, 415, 415),
        ("InitiativeToProjects", 1225, 1225, 1225),
        ("Cycles", 600, 1050, 1050),
        ("Teams", 530, 530, 530),
        ("Users", 800, 800, 800),
        ("WorkflowStates", 1250, 1250, 1250),
        ("IssueLabels", 1525, 1525, 1525),
        ("IssueRelations", 1225, 1225, 1225),
        ("ProjectRelations", 1275, 1275, 1275),
        ("CustomerNeeds", 640, 640, 640),
    ],
)
def test_our_documents_cost_what_facts_md_says(name: str, published: int, conservative: int, observed: int) -> None:
    """The table of §7.4 (Projects with fewer teams inside, InitiativeUpdates as ProjectUpdates); its last column and
    IssueHistoryOf are rounded there: one point either way is the same."""
    for pricing, expected in ((PUBLISHED, published), (CONSERVATIVE, conservative), (OBSERVED, observed)):
        assert _points(documents()[name], pricing, schema()) == pytest.approx(expected, abs=1)


def test_all_reference_lists_in_one_request_stay_under_what_we_let_a_query_cost() -> None:
    for pricing in (PUBLISHED, CONSERVATIVE, UNMULTIPLIED):
        assert _points(documents()["Reference"], pricing, schema()) < 8_000


def test_a_whole_history_costs_one_object_where_connections_are_not_multiplied() -> None:
    assert _points(documents()["IssueHistories"], UNMULTIPLIED, schema()) < 20


def test_the_header_tells_the_price_and_both_budgets_fall() -> None:
    simulator = LinearSimulator(sample())
    with simulator.serve() as server:
        reply = LinearClient(server.url).ask("Issues", first=10)
    assert reply.headers["x-complexity"] == "154"
    assert reply.headers["x-ratelimit-requests-limit"] == "2500"
    assert reply.headers["x-ratelimit-requests-remaining"] == "2499"
    assert reply.headers["x-ratelimit-complexity-limit"] == "3000000"
    assert reply.headers["x-ratelimit-complexity-remaining"] == "2999846"
    in_an_hour = simulator.world.now + timedelta(hours=1)
    assert int(reply.headers["x-ratelimit-requests-reset"]) == in_an_hour.timestamp() * 1000
    assert [(one.operation, one.points) for one in simulator.asked] == [("Issues", 154)]


def test_too_complex_is_refused_with_http_400_and_costs_a_request_but_no_points() -> None:
    simulator = LinearSimulator(sample())
    text = "{ issues(first: 250) { nodes { id history(first: 50) { nodes { id } } } } }"
    with simulator.serve() as server:
        reply = LinearClient(server.url).text(text)
    assert reply.status == 400
    assert "data" not in reply.body
    assert reply.error["message"] == "Query too complex"
    said = reply.error["extensions"].pop("userPresentableMessage")
    assert said.startswith("The query is too complex. Complexity: 14025")
    assert said.endswith(" Maximum allowed complexity: 10000.")
    assert reply.error["extensions"] == {
        "type": "invalid input",
        "code": "INPUT_ERROR",
        "statusCode": 400,
        "userError": True,
        "http": {"status": 400},
    }
    assert reply.headers["x-ratelimit-requests-remaining"] == "2499"
    assert reply.headers["x-ratelimit-complexity-remaining"] == "3000000"
    with LinearSimulator(sample(), multiplied=False).serve() as server:
        assert LinearClient(server.url).text(text).status == 200


def test_introspection_is_too_complex() -> None:
    with LinearSimulator(sample()).serve() as server:
        reply = LinearClient(server.url).text("{ __schema { types { name } } }")
    assert reply.status == 400
    assert "Complexity: 262144." in reply.error["extensions"]["userPresentableMessage"]


def test_a_full_bucket_refuses_and_leaks_with_the_worlds_clock() -> None:
    world = sample()
    simulator = LinearSimulator(world, budget=Budget(requests=60, points=1_000))
    with simulator.serve() as server:
        client = LinearClient(server.url)
        statuses = [client.text("{ viewer { id } }").status for _ in range(61)]
        assert statuses == [200] * 60 + [400]
        refused = client.text("{ viewer { id } }")
        assert refused.status == 400
        assert refused.error["extensions"]["type"] == "ratelimited"
        assert refused.error["extensions"]["code"] == "RATELIMITED"
        assert refused.error["message"].startswith("Rate limit exceeded. Only 60 requests are allowed per 1 hour.")
        assert refused.headers["x-ratelimit-requests-remaining"] == "0"
        assert "retry-after" not in refused.headers
        assert simulator.budget.wait(world.now) == timedelta(minutes=1)
        world.later(timedelta(minutes=1))
        assert client.text("{ viewer { id } }").status == 200
        assert client.text("{ viewer { id } }").status == 400
        world.later(timedelta(hours=2))
        assert [client.ask("Issues", first=50).status for _ in range(2)] == [200, 400]
    assert simulator.budget.refused == 4
    assert [one.refused for one in simulator.asked if one.refused] == ["requests"] * 3 + ["complexity points"]


def test_the_clock_can_move_with_every_request() -> None:
    world = sample(0)
    with LinearSimulator(world, pace=timedelta(seconds=2)).serve() as server:
        client = LinearClient(server.url)
        for _ in range(3):
            client.text("{ viewer { id } }")
    assert world.now == START + timedelta(seconds=6)


def test_the_budget_can_be_asked_for() -> None:
    with LinearSimulator(sample()).serve() as server:
        found = LinearClient(server.url).ask("RateLimit").data["rateLimitStatus"]
    assert [(one["type"], one["allowedAmount"], one["remainingAmount"]) for one in found["limits"]] == [
        ("requests", 2500, 2499),
        ("complexity", 3_000_000, 2_999_997),
    ]
