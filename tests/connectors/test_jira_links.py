"""Links and keys of Jira tickets since when and until when, as the change log tells them; drawn."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.ticket import Relation
from tests.connectors.test_jira_history import held, read

BLOCKS = {"name": "Blocks", "inward": "is blocked by", "outward": "blocks"}
NEEDS = {"name": "Dependency", "inward": "required by", "outward": "depends on"}


def link(type_: dict[str, str], side: str, ident: str, key: str) -> dict[str, Any]:
    return {"type": type_, side: {"id": ident, "key": key}}


def day(number: int) -> datetime:
    return datetime(2026, 1, number, tzinfo=UTC)


TODAY = [link(BLOCKS, "outwardIssue", "5", "A-5"), link(NEEDS, "inwardIssue", "6", "A-6")]


@pytest.mark.parametrize(
    ("log", "links", "wanted"),
    [
        pytest.param(
            """
            03 | Link | : | A-5:This issue blocks A-5
            04 | Link | : | A-6:This issue required by A-6
            """,
            TODAY,
            [Relation("jira:9", "jira:5", "blocks", day(3)), Relation("jira:6", "jira:9", "relates", day(4))],
            id="still there",
        ),
        pytest.param(
            "", TODAY, [Relation("jira:9", "jira:5", "blocks"), Relation("jira:6", "jira:9", "relates")], id="not logged"
        ),
        pytest.param(
            """
            03 | Link | : | A-7:This issue blocks A-7
            08 | Link | A-7:This issue blocks A-7 | :
            """,
            [], [Relation("jira:9", "@A-7", "blocks", day(3), day(8))], id="taken away",
        ),
        pytest.param(
            "08 | Link | A-7:This issue blocks A-7 | :", [], [Relation("jira:9", "@A-7", "blocks", None, day(8))],
            id="there since before the log",
        ),
        pytest.param(
            "08 | Link | A-7:This issue is blocked by A-7 | :", [], [], id="its source tells it, and nobody twice"
        ),
        pytest.param(
            """
            03 | Link | : | A-5:This issue blocks A-5
            05 | Link | A-5:This issue blocks A-5 | :
            09 | Link | : | A-5:This issue blocks A-5
            """,
            TODAY[:1],
            [Relation("jira:9", "jira:5", "blocks", day(9)), Relation("jira:9", "@A-5", "blocks", day(3), day(5))],
            id="back again",
        ),
        pytest.param(
            "08 | Link | A-7:Dieser Vorgang blockiert A-7 | :", [], [], id="in words that are not Jira's own: not known"
        ),
    ],
)  # fmt: skip
def test_a_link_is_known_since_and_until_its_entries(
    log: str, links: list[dict[str, Any]], wanted: list[Relation]
) -> None:
    parsed = read(log, issuelinks=links)
    assert parsed.relations == wanted
    assert parsed.changes == [], "a link is no work on a ticket"


def test_a_ticket_that_moved_had_another_key() -> None:
    moved = read(
        """
        05 | Key | :B-4 | :C-2
        07 | Key | :C-2 | :A-9
        """
    )
    assert held(moved, "key") == [(1, "B-4"), (5, "C-2"), (7, "A-9")] and moved.tickets[0].aliases == ("B-4", "C-2")
    assert held(read(""), "key") == []
