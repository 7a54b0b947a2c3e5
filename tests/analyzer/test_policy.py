"""A policy is held against work in progress as it stood on the day it started."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analyzer.board import Board
from analyzer.policy import PolicyRule, read_policy
from analyzer.policy_breaches import measure, sentences
from analyzer.store import Connection
from tests.conftest import MakeBoard

PLAN = "strategy: s\npriorities: [{id: growth}]"


def broken(board: Board, **rule: Any) -> list[str]:
    finding = measure(board, [PolicyRule.model_validate(rule)])
    assert (finding.verdict == "signal") == bool(sentences(finding)) and finding.value == len(sentences(finding))
    return sentences(finding)


def test_tickets_and_epics_as_of_the_end_of_the_day_they_started(board: MakeBoard) -> None:
    """
    key  created     doing       done        assignee         estimate      type   due         parent  body
    E-1  2026-01-05  2026-01-12  -           1                -             Epic   2026-05-01  -       Text
    E-2  2026-01-05  2026-01-12  -           1@2026-01-13     -             Epic   -           -       Text
    A-1  2026-01-05  2026-01-12  -           1@2026-01-12     3@2026-01-12  Task   -           E-1     -
    A-2  2026-01-05  2026-01-12  -           1@2026-01-13     3             Task   -           -       Text
    A-3  2026-01-05  2026-01-12  2026-01-16  -                -             Task   -           -       -
    A-4  2026-01-05  -           -           -                -             Task   -           -       -
    A-5  2026-01-05  2026-02-02  -           1/2026-02-10     3             Task   -           E-1     Text
    """
    made = board(PLAN)
    assert broken(made, no="ticket", in_progress_without=["owner", "estimate"]) == [
        "Ticket A-2 was started on 2026-01-12 without owner."
    ]
    assert broken(made, no="ticket", in_progress_without=["parent", "description"]) == [
        "Ticket A-1 was started on 2026-01-12 without description.", "Ticket A-2 was started on 2026-01-12 without parent.",
    ]  # fmt: skip
    assert broken(made, no="ticket", in_progress_without=["target_date"], started_since="2026-02-01") == [
        "Ticket A-5 was started on 2026-02-02 without target date."
    ]
    assert broken(made, no="epic", in_progress_without=["owner", "target_date"]) == [
        "Epic E-2 was started on 2026-01-12 without owner and target date."
    ]


def known(con: Connection) -> None:
    """What pulls saw of projects: Two got its lead a week after its start, Three never had an initiative."""
    for name, field, value, since in (
        ("One", "owner", "p1", "2026-01-01"), ("One", "end", "2026-05-01", "2026-01-01"), ("Two", "name", "Two", "2026-01-01"),
        ("Two", "owner", "p1", "2026-01-19"), ("Two", "end", "2026-05-01", "2026-01-01"), ("Three", "owner", "p1", "2026-01-01"),
        ("Three", "end", "2026-05-01", "2026-01-01"), ("Three", "owner", "", "2026-01-15"),
    ):  # fmt: skip
        con.execute("INSERT INTO container_seen VALUES (?, ?, ?, ?)", [f"linear:project:{name}", field, value, since])


def test_projects_without_lead_initiative_or_target_date(board: MakeBoard) -> None:
    """
    key  tracker  created     doing       assignee  project
    L-1  linear   2026-01-05  2026-01-12  1         One
    L-2  linear   2026-01-05  2026-01-12  1         Two
    L-3  linear   2026-01-05  2026-01-14  1         Three
    L-4  linear   2026-01-05  -           1         Four

    project  start       part_of
    One      2026-01-12  Goal
    Two      2026-01-12  Goal
    Three    2026-01-12  -
    Four     2027-01-12  -

    initiative  start
    Goal        2026-01-12
    """
    made = board(PLAN, prepare=known)
    rule = {"no": "project", "in_progress_without": ["lead", "initiative", "target_date"]}
    assert broken(made, **rule) == [
        "Project Three was started on 2026-01-14 without initiative.", "Project Two was started on 2026-01-12 without lead.",
    ]  # fmt: skip
    assert broken(made, no="initiative", in_progress_without=["owner"]) == [
        "Initiative Goal was started on 2026-01-12 without owner."
    ]


def test_nothing_against_the_rules(board: MakeBoard) -> None:
    """
    key  created     doing       assignee
    A-1  2026-01-05  2026-01-12  1
    """
    finding = measure(board(PLAN), [PolicyRule(no="ticket", in_progress_without=("owner",))])
    assert (finding.verdict, finding.sentence) == (
        "noise",
        "Nothing in progress was started against the policy (1 rule).",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "rules: [{no: project, in_progress_without: [estimate]}]",
            "asks a project for estimate, which it does not have",
        ),
        ("rules: [{no: projects, in_progress_without: [lead]}]", "Did you mean 'project'?"),
        ("rules: []", "rules is empty"),
        ("rules: [{no: epic, without: [owner]}]", "unknown key 'without'"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "policy.yaml").write_text(text)
    found, mistakes = read_policy(tmp_path / "policy.yaml")
    assert found is None and any(said in str(m) and str(m).startswith("policy.yaml:1:") for m in mistakes), mistakes
