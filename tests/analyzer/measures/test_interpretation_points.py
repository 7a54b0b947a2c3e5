"""Tickets that two priorities could claim are counted; what a person or an explicit no settles is not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from analyzer.measures.interpretation_points import measure
from analyzer.result import Finding, Table
from tests.conftest import MakeBoard

PLAN = """
strategy: First half
priorities:
  - {id: growth, name: Growth, match: [{label: growth}]}
  - {id: trust, name: Trust, match: [{label: trust}]}
  - {id: bugs, kind: upkeep, match: [{type: Bug}]}
not_now:
  - {id: mobile, name: Mobile redesign, match: [{label: mobile}]}
"""


def rows(finding: Finding, table: str = "questions") -> list[dict[str, object]]:
    return [
        {**r.cells, "ids": r.tickets} for d in finding.details if isinstance(d, Table) and d.id == table for r in d.rows
    ]


def year(recent: int, usual: int = 1) -> str:
    """Ten tickets a week for a year; so many of them are claimed by both priorities."""
    lines = ["key  created  doing  done  assignee  labels"]
    for week in range(60):
        monday = date(2026, 2, 23) - timedelta(weeks=week)
        both = recent if week < 8 else usual
        for n in range(10):
            labels = "growth+trust" if n < both else "growth"
            lines.append(
                f"W{week}-{n} {monday - timedelta(days=3)} {monday} {monday + timedelta(days=4)} {n + 1} {labels}"
            )
    return "\n".join(lines)


def test_far_more_than_usual_is_a_signal_that_asks_the_owners(board: MakeBoard) -> None:
    finding = measure(board(PLAN, text=year(recent=6)))
    assert finding.verdict == "signal" and finding.value == pytest.approx(0.6)
    assert finding.sentence.startswith("60\u00a0% of effort (48 tickets) could count for two priorities")
    assert finding.sentence.endswith(
        "Rules of Growth and of Trust match the same tickets, and Growth wins by its place: which is it?"
    )


def test_as_much_as_always_is_noise(board: MakeBoard) -> None:
    finding = measure(board(PLAN, text=year(recent=3, usual=3)))
    assert finding.verdict == "noise" and finding.value == pytest.approx(0.3)
    assert rows(finding)[0]["tickets"] == 24


def test_a_parent_that_serves_another_priority_is_a_question(board: MakeBoard) -> None:
    """
    key     created     doing       done        assignee  labels  type   parent
    E-1     2026-01-05  -           -           -         trust   Epic   -
    E-2     2026-01-05  -           -           -         growth  Epic   -
    A-1     2026-01-05  2026-01-12  2026-01-16  1         growth  Story  E-1
    A-2     2026-01-05  2026-01-12  2026-01-16  2         growth  Story  E-2
    A-3     2026-01-05  2026-01-12  2026-01-16  3         -       Story  E-1
    A-4     2026-01-05  2026-01-12  2026-01-16  4         -       Bug    E-1
    """
    finding = measure(board(PLAN))
    assert finding.value == 0.25 and finding.verdict == "not_judged"
    assert rows(finding) == [
        {"question": "A rule says Growth, the parent serves Trust: which is it?", "tickets": 1, "effort": 5.0, "ids": ["jira:A-1"]}
    ]  # fmt: skip


def test_trap_an_explicit_no_and_a_decision_are_no_conflict(board: MakeBoard) -> None:
    """
    key  created     doing       done        assignee  labels
    A-1  2026-01-05  2026-01-12  2026-01-16  1         growth+trust+mobile
    A-2  2026-01-05  2026-01-12  2026-01-16  2         growth+trust
    A-3  2026-01-05  2026-01-12  2026-01-16  3         growth
    """
    finding = measure(board(PLAN, decisions=[("jira:A-2", "trust", 1_000_000)]))
    assert (finding.verdict, finding.value, rows(finding)) == ("noise", 0.0, [])
    assert finding.sentence == "Rules and parents send every ticket to one priority only."


def test_one_title_with_two_priorities_is_shown_and_not_counted(board: MakeBoard) -> None:
    """
    key  created     doing       done        assignee  labels  title
    A-1  2026-01-05  2026-01-12  2026-01-16  1         growth  Speed-up-the-checkout
    A-2  2026-01-05  2026-01-12  2026-01-16  2         trust   speed-up-the-checkout
    A-3  2026-01-05  2026-01-12  2026-01-16  3         trust   Another-thing-entirely
    """
    finding = measure(board(PLAN))
    assert (finding.verdict, finding.value) == ("noise", 0.0)
    assert rows(finding, "alike") == [
        {
            "priorities": "Growth, Trust",
            "titles": "the same",
            "tickets": 2,
            "effort": 10.0,
            "ids": ["jira:A-1", "jira:A-2"],
        }
    ]


def test_a_reworded_title_with_another_priority_is_shown(board: MakeBoard) -> None:
    """
    key  created     doing       done        assignee  labels  title
    A-1  2026-01-05  2026-01-12  2026-01-16  1         growth  Retry-failed-card-payments-at-the-checkout-on-slow-networks
    A-2  2026-01-05  2026-01-12  2026-01-16  2         trust   Checkout:-retry-failed-card-payments-at-the-checkout-on-slow-networks
    A-3  2026-01-05  2026-01-12  2026-01-16  3         trust   Show-the-courier-on-a-map-while-the-parcel-travels
    A-4  2026-01-05  2026-01-12  2026-01-16  4         growth  Parcel:-show-the-courier-on-a-map-while-the-parcel-travels
    A-5  2026-01-05  2026-01-12  2026-01-16  5         growth  Weekly-letter-to-merchants-about-opening-hours
    A-6  2026-01-05  2026-01-12  2026-01-16  6         growth  Weekly-letter-to-merchants-about-opening-hours!
    """
    finding = measure(board(PLAN))
    assert (finding.verdict, finding.value) == ("noise", 0.0)
    assert [(r["priorities"], r["titles"], r["ids"]) for r in rows(finding, "alike")] == [
        ("Growth, Trust", "reworded", ["jira:A-1", "jira:A-2"]),
        ("Growth, Trust", "reworded", ["jira:A-3", "jira:A-4"]),
    ]


VERSION = (
    "Release-version-{}-of-the-mobile-shop-to-the-stores-on-tuesday-and-tell-the-support-team-of-all-that-we-changed"
)
SERIES = f"""
key  created     doing       done        assignee  labels  title
A-1  2026-01-05  2026-01-12  2026-01-16  1         growth  {VERSION.format(14)}
A-2  2026-01-05  2026-01-12  2026-01-16  2         trust   {VERSION.format(15)}
A-3  2026-01-05  2026-01-12  2026-01-16  3         growth  Migrate-the-nightly-export-of-orders-to-the-warehouse
A-4  2026-01-05  2026-01-12  2026-01-16  4         growth  Migrate-the-nightly-export-of-orders-to-the-warehouse
A-5  2026-01-05  2026-01-12  2026-01-16  5         growth  ---------------------
A-6  2026-01-05  2026-01-12  2026-01-16  6         trust   *********************
"""


def test_trap_a_series_and_what_a_person_decided_are_no_rewordings(board: MakeBoard) -> None:
    finding = measure(board(PLAN, text=SERIES, decisions=[("jira:A-4", "trust", 1_000_000)]))
    assert rows(finding, "alike") == []


TWO_TAGS = PLAN.replace("match: [{label: growth}]", "match: [{label: [growth, more-customers]}, {component: Shop}]")


def test_a_priority_for_which_teams_keep_to_tags_of_their_own_has_two_names(board: MakeBoard) -> None:
    """
    key     created     doing       done        assignee  labels                 team   component
    A-1..6  2026-01-05  2026-01-12  2026-01-16  1..6      growth                 Red    Shop
    B-1..6  2026-01-05  2026-01-12  2026-01-16  11..16    more-customers         Blue   -
    C-1..6  2026-01-05  2026-01-12  2026-01-16  21..26    growth+more-customers  Green  Shop
    """
    (found,) = rows(measure(board(TWO_TAGS)), "names")
    assert (found["what"], found["of"]) == ("One priority, several labels", "Growth")
    assert found["names"] == "growth (Red); more-customers (Blue)"
    assert (found["tickets"], found["effort"]) == (18, 90.0)


def test_trap_tags_that_every_team_mixes_are_one_name(board: MakeBoard) -> None:
    """
    key     created     doing       done        assignee  labels          team
    A-1..3  2026-01-05  2026-01-12  2026-01-16  1..3      growth          Red
    A-4..6  2026-01-05  2026-01-12  2026-01-16  4..6      more-customers  Red
    B-1..6  2026-01-05  2026-01-12  2026-01-16  11..16    more-customers  Blue
    C-1..2  2026-01-05  2026-01-12  2026-01-16  21..22    growth          Green
    """
    assert rows(measure(board(TWO_TAGS)), "names") == []


def test_a_label_that_is_a_rules_but_for_a_sign_or_a_letter_is_shown(board: MakeBoard) -> None:
    """
    key  created     doing       done        assignee  labels          team
    A-1  2026-01-05  2026-01-12  2026-01-16  1         more_customers  Red
    A-2  2026-01-05  2026-01-12  2026-01-16  2         more-costumers  Red
    A-3  2026-01-05  2026-01-12  2026-01-16  3         more-customer   Red
    A-4  2026-01-05  2026-01-12  2026-01-16  4         growths         Red
    A-5  2026-01-05  2026-01-12  2026-01-16  5         Growth          Red
    """
    shown = {r["names"]: r["ids"] for r in rows(measure(board(TWO_TAGS)), "names")}
    assert shown == {
        "more_customers (Red) for more-customers": ["jira:A-1"],
        "more-customer (Red) for more-customers": ["jira:A-3"],
    }  # two letters apart is another word, and short words are a letter apart by chance


def test_two_priorities_of_nearly_one_name_are_shown(board: MakeBoard) -> None:
    """
    key  created     doing       done        assignee  labels
    A-1  2026-01-05  2026-01-12  2026-01-16  1         growth
    """
    plan = PLAN.replace("name: Growth,", "name: Faster checkout,").replace("name: Trust,", "name: Checkout — faster,")
    assert rows(measure(board(PLAN)), "names") == []
    assert [(r["what"], r["of"]) for r in rows(measure(board(plan)), "names")] == [
        ("Two priorities, nearly one name", "Faster checkout; Checkout — faster")
    ]


def test_one_name_for_two_phases_and_a_name_of_one_team_alone(board: MakeBoard) -> None:
    """
    key     created     doing       done        assignee  labels  team  status
    A-1..6  2026-01-05  2026-01-12  2026-01-16  1..6      growth  Red   Open+Ready@2026-01-12+Closed@2026-01-17
    B-1..6  2026-01-05  2026-01-12  2026-01-16  11..16    growth  Blue  Ready+Working@2026-01-12+Closed@2026-01-17
    """
    steps = {r["name"]: r for r in rows(measure(board(PLAN)), "steps")}
    assert steps["ready"]["phases"] == "doing, todo" and steps["ready"]["teams"] == "Blue, Red"
    assert (steps["working"]["teams"], steps["working"]["tickets"]) == ("Blue", 6)
    assert "closed" not in steps


ONE = "key  created  doing  done  assignee  labels\nA-1..9  2026-01-05  2026-01-12  2026-01-16  1..9  growth"


@pytest.mark.parametrize(
    ("text", "plan", "reason"),
    [
        ("key  created", PLAN, "There are no tickets in the store."),
        (ONE, "", "No strategy was in force in these weeks."),
        (ONE, "strategy: s\npriorities: [{id: growth, match: [{label: growth}]}]", "fewer than two priorities"),
        (ONE.replace(" growth", " growth+trust"), PLAN, "the past says too little"),
    ],
    ids=["empty", "no strategy", "one priority", "no past"],
)
def test_it_is_not_judged_where_something_is_missing(board: MakeBoard, text: str, plan: str, reason: str) -> None:
    finding = measure(board(*[plan] if plan else [], text=text))
    assert finding.verdict == "not_judged" and reason in finding.reason
