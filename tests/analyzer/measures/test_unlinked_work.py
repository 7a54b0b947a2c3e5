"""Effort without a path to a priority is counted by reason; what cannot be blamed on anyone is shown and not counted."""

from __future__ import annotations

import pytest

from analyzer import shadow_themes
from analyzer.measures.unlinked_work import measure
from analyzer.result import Finding, Table
from analyzer.store import Connection
from analyzer.unlinked import REASONS
from tests.conftest import MakeBoard

PLAN = """
strategy: First half
unlinked_allowance: 10%
priorities:
  - {id: growth, name: Growth, match: [{label: growth}]}
  - {id: bugs, kind: upkeep, match: [{type: Bug}]}
not_now:
  - {id: mobile, match: [{label: mobile}]}
"""


def rows(finding: Finding, table: str = "by_reason") -> dict[str, dict[str, object]]:
    (found,) = [d for d in finding.details if isinstance(d, Table) and d.id == table]
    return {str(r.cells["name"]): {**r.cells, "ids": r.tickets} for r in found.rows}


def test_more_than_is_allowed_for_is_a_signal(board: MakeBoard) -> None:
    """
    key       doing       done        assignee  serves
    A-1..20   2026-01-12  2026-01-16  1..10     growth
    A-21..40  2026-02-02  2026-02-06  1..10     -
    """
    finding = measure(board(PLAN))
    assert (finding.verdict, finding.value) == ("signal", 0.5)
    assert finding.sentence == "50\u00a0% of effort serves no stated priority; 10\u00a0% is allowed for."
    assert finding.score is not None and finding.score.value == 50.0
    assert list(rows(finding)) == ["No parent"]
    assert rows(finding)["No parent"]["effort"] == 50.0 and rows(finding)["No parent"]["tickets"] == 20


def test_linked_by_label_type_parent_or_decision_is_linked(board: MakeBoard) -> None:
    """
    key       doing       done        assignee  serves  type      parent
    E-1       -           -           -         growth  Epic      -
    A-1..10   2026-01-12  2026-01-16  1..10     growth  Story     -
    A-11..20  2026-01-19  2026-01-23  1..10     -       Bug       -
    A-21..29  2026-01-26  2026-01-30  1..9      -       Story     E-1
    A-30      2026-01-26  2026-01-30  10        -       Sub-task  A-29
    A-31      2026-02-02  2026-02-06  1         -       Story     -
    """
    finding = measure(board(PLAN, decisions=[("jira:A-31", "growth", 1_000_000)]))
    assert (finding.verdict, finding.value, rows(finding)) == ("noise", 0.0, {})
    assert finding.score is not None and finding.score.value == 100.0


def test_each_reason_is_told_apart(board: MakeBoard) -> None:
    """
    key       created     doing       done        assignee  serves  type   parent  tracker  project
    E-1       2026-01-05  -           -           -         -       Epic   -       -        -
    E-2       2026-01-05  -           2026-01-20  -         -       Epic   -       -        -
    E-3       2026-01-05  -           -           -         -       Epic   -       -        -
    A-1..20   2026-01-05  2026-01-12  2026-01-16  1..20     growth  Story  -       -        -
    A-21      2026-01-05  2026-02-02  2026-02-06  21        -       Story  -       -        -
    A-22      2026-01-05  2026-02-02  2026-02-06  22        -       Story  E-1     -        -
    A-23      2026-01-05  2026-02-02  2026-02-06  23        -       Story  E-2     -        -
    A-24      2026-01-05  2026-02-02  2026-02-06  24        mobile  Story  -       -        -
    A-25      2026-01-05  2026-02-02  2026-02-06  25        -       Story  -       -        -
    A-26      2026-02-24  2026-02-24  2026-02-28  26        -       Story  -       -        -
    A-27      2026-01-05  2026-02-02  2026-02-06  27        -       Story  X-9     -        -
    L-1       2026-01-05  2026-02-02  2026-02-06  28        -       Story  -       linear   Open
    L-2       2026-01-05  2026-02-02  2026-02-06  29        -       Story  -       linear   Over
    L-3       2026-01-05  2026-02-02  2026-02-06  30        -       Story  -       linear   Soon

    project  state      completed
    Open     started    -
    Over     completed  2026-01-20
    Soon     completed  2026-03-20
    """
    finding = measure(board(PLAN, decisions=[("jira:A-25", None, 1_000_000)]))
    found = rows(finding)
    assert {name: row["ids"] for name, row in found.items()} == {
        "No parent": ["jira:A-21"],
        "Parent is unlinked": ["jira:A-22", "linear:L-1", "linear:L-3"],
        "Parent is closed or archived": ["jira:A-23", "linear:L-2"],
        "Parked (not now)": ["jira:A-24"],
        "A person decided: serves nothing": ["jira:A-25"],
        "Too new": ["jira:A-26"],
        "Parent not visible to this account": ["jira:A-27"],
    }
    assert set(found) == set(REASONS.values()) - {"Gone from the tracker"}  # that one: tests/analyzer/test_gone.py
    assert [name for name, row in found.items() if row["counted"] == "no"] == [
        "Parent not visible to this account",
        "Too new",
    ]
    everything = 20 * 5 + 9 * 5 + 4  # person-days; the too new one worked four
    assert finding.value == pytest.approx(8 * 5 / everything)


def test_an_archived_parent_is_closed(board: MakeBoard) -> None:
    """
    key      created     doing       done        assignee  type   parent  archived
    E-1      2026-01-05  -           -           -         Epic   -       yes@2026-01-20
    A-1..10  2026-01-05  2026-02-02  2026-02-06  1..10     Story  E-1     -
    """
    assert list(rows(measure(board(PLAN)))) == ["Parent is closed or archived"]


def test_what_was_parked_later_was_not_parked_then(board: MakeBoard) -> None:
    """
    key      created     doing       done        assignee  serves
    A-1..20  2026-01-05  2026-01-12  2026-01-16  1..20     growth
    A-21     2026-01-05  2026-01-12  2026-01-16  21        mobile
    A-22     2026-01-05  2026-02-09  2026-02-13  22        mobile
    """
    plan = PLAN.replace("{id: mobile, ", "{id: mobile, until: 2026-02-01, ")
    found = rows(measure(board(plan)))
    assert found["Parked (not now)"]["ids"] == ["jira:A-21"] and found["No parent"]["ids"] == ["jira:A-22"]


def test_small_teams_are_not_shown_on_their_own(board: MakeBoard) -> None:
    """
    key        doing       done        assignee  team
    A-1..10    2026-01-12  2026-01-16  1..10     Payments
    A-11..14   2026-01-12  2026-01-16  11..14    Data
    A-15..20   2026-01-12  2026-01-16  21..26    Mobile
    """
    made = board(PLAN)
    assert list(rows(measure(made), "by_team")) == ["Payments", "Smaller teams"]
    everyone = board(PLAN, at_least=11)
    assert all(detail.id != "by_team" for detail in measure(everyone).details), "one group is no comparison"


FEW = """
key     doing       done        assignee  serves
A-1..9  2026-01-12  2026-01-16  1..9      -
"""
MANY = FEW.replace("..9 ", "..29 ")
CSV = """
key      created     done        assignee  serves  history
A-1..20  2026-01-05  2026-01-16  1..5      growth  none
"""


@pytest.mark.parametrize(
    ("text", "plan", "reason"),
    [
        ("key  created", PLAN, "There are no tickets in the store."),
        (MANY, "", "No strategy was in force in these weeks."),
        (CSV, PLAN, "came without a change log"),
        (FEW, PLAN, "9 tickets say as much as 9 independent ones; shares are judged from 10."),
        (MANY, PLAN.replace("unlinked_allowance: 10%\n", ""), "100\u00a0% of effort is unlinked. The strategy states no"),
    ],
    ids=["empty", "no strategy", "no history", "few", "no allowance"],
)  # fmt: skip
def test_it_is_not_judged_where_something_is_missing(board: MakeBoard, text: str, plan: str, reason: str) -> None:
    finding = measure(board(*[plan] if plan else [], text=text))
    assert finding.verdict == "not_judged" and reason in finding.reason
    assert finding.score is None


# ---------------------------------------------------------------- themes

SIDE = """
key       created     doing       done        assignee  team      serves  title                             body
A-1..20   2025-10-06  2026-01-12  2026-01-16  1..10     Payments  growth  Faster_checkout                   Pay_at_once
A-21..30  2025-10-06  2025-12-01  2025-12-05  1..10     Payments  growth  Faster_checkout                   Pay_at_once
B-1..3    2025-10-06  2026-01-19  2026-01-23  31..33    Mobile    growth  Faster_checkout                   -
B-4..6    2025-10-06  2026-01-19  2026-01-23  34..36    Data      growth  Faster_checkout                   -
W-1..2    2025-10-06  2026-02-02  2026-02-06  11..12    Payments  -       Load_the_data_warehouse_at_night  Every_order
W-3..4    2025-10-06  2026-02-02  2026-02-06  13..14    Payments  -       Data_warehouse:_add_the_returns   -
W-5       2025-10-06  2026-02-02  2026-02-06  31        Mobile    -       Test_the_data_warehouse           -
W-6       2025-10-06  2026-02-02  2026-02-06  34        Data      -       Show_the_data_warehouse           -
W-7       2025-10-06  2025-12-01  2025-12-05  15        Payments  -       Plan_the_data_warehouse           -
N-1..3    2025-10-06  2026-02-09  2026-02-12  11..13    Payments  -       Send_the_partner_newsletter       -
N-4..6    2025-10-06  2026-02-09  2026-02-12  14..16    Payments  -       Partner_newsletter:_new_layout    -
N-7       2025-10-06  2025-12-08  2025-12-12  31        Mobile    -       Draft_the_partner_newsletter      -
S-1       2025-10-06  2026-02-16  2026-02-17  11        Payments  -       Water_the_plants                  -
"""
SCATTERED = "Scattered: in no theme of five tickets or more"


def test_themes_of_unlinked_work_are_found_and_named(board: MakeBoard) -> None:
    finding = measure(board(PLAN, text=SIDE))
    found = rows(finding, "themes")
    assert list(found) == ["data warehouse", "partner newsletter", SCATTERED]
    theme, other, rest = found.values()
    ids = theme["ids"]
    assert isinstance(ids, list) and set(ids) == {f"jira:W-{n}" for n in range(1, 7)}, "W-7 was done before the window"
    everything = 10 * 5 + 6 * 5 + 6 * 5 + 6 * 4 + 2
    assert (theme["effort"], theme["tickets"], theme["share"]) == (30.0, 6, 30 / everything)
    assert theme["before"] == other["before"] == 5 / (10 * 5 + 5 + 5)
    assert (theme["first"], other["first"], rest["first"]) == ("2025-W49", "2025-W50", "")
    assert theme["teams"] == "Payments, Smaller teams", "Mobile and Data have three people each and are not shown apart"
    assert (other["ids"], other["teams"]) == ([f"jira:N-{n}" for n in range(1, 7)], "Payments")
    assert (rest["ids"], rest["effort"]) == (["jira:S-1"], 2.0)
    assert finding.sentence.endswith(" Its largest theme: data warehouse (22\u00a0% of all effort).")


def test_no_verdict_comes_from_themes(board: MakeBoard) -> None:
    other = SIDE.replace("warehouse", "-").replace("newsletter", "-")
    with_themes, without = (measure(board(PLAN, text=text)) for text in (SIDE, other))
    assert "data warehouse" in rows(with_themes, "themes") and "data warehouse" not in rows(without, "themes")
    same = {"sentence": "", "details": []}
    assert with_themes.model_copy(update=same) == without.model_copy(update=same)
    allowed = measure(board(PLAN.replace("10%", "60%"), text=SIDE))
    assert (allowed.verdict, "theme" in allowed.sentence) == ("noise", False)
    assert "data warehouse" in rows(allowed, "themes")


def test_work_with_nothing_in_common_is_scattered(board: MakeBoard) -> None:
    """
    key       created     doing       done        assignee  serves  title
    A-1..20   2025-10-06  2026-01-12  2026-01-16  1..10     growth  Faster_checkout
    S-1       2025-10-06  2026-02-02  2026-02-06  11        -       Paint_the_office
    S-2       2025-10-06  2026-02-02  2026-02-06  12        -       Buy_chairs
    S-3       2025-10-06  2026-02-02  2026-02-06  13        -       Fix_a_lamp
    S-4       2025-10-06  2026-02-02  2026-02-06  14        -       Reply_to_a_letter
    S-5       2025-10-06  2026-02-02  2026-02-06  15        -       Water_plants
    """
    finding = measure(board(PLAN))
    assert {n: r["tickets"] for n, r in rows(finding, "themes").items()} == {SCATTERED: 5}
    assert "theme" not in finding.sentence


def test_fewer_tickets_than_make_a_theme_are_not_read(board: MakeBoard) -> None:
    """
    key      created     doing       done        assignee  serves  title
    A-1..20  2025-10-06  2026-01-12  2026-01-16  1..10     growth  Faster_checkout
    W-1..4   2025-10-06  2026-02-02  2026-02-06  11..14    -       Data_warehouse
    """
    assert "themes" not in [d.id for d in measure(board(PLAN)).details]


def test_what_is_parked_or_not_counted_is_in_no_theme(board: MakeBoard) -> None:
    """
    key      created     doing       done        assignee  serves  parent  title
    A-1..20  2025-10-06  2026-01-12  2026-01-16  1..10     growth  -       Faster_checkout
    W-1..6   2025-10-06  2026-02-02  2026-02-06  11..16    mobile  -       Data_warehouse
    W-7..12  2025-10-06  2026-02-02  2026-02-06  11..16    -       X-9     Data_warehouse
    W-13..17 2025-10-06  2026-02-09  2026-02-13  11..16    -       -       Data_warehouse
    """
    assert rows(measure(board(PLAN)), "themes")["data warehouse"]["tickets"] == 5


def themes_of(finding: Finding) -> str:
    (found,) = [d for d in finding.details if isinstance(d, Table) and d.id == "themes"]
    return found.model_dump_json()


def test_the_order_in_which_tickets_were_saved_does_not_matter(board: MakeBoard) -> None:
    head, *lines = SIDE.strip().splitlines()
    backwards = "\n".join([head, *reversed(lines)])
    assert themes_of(measure(board(PLAN, text=backwards))) == themes_of(measure(board(PLAN, text=SIDE)))


def test_titles_and_texts_count_as_they_read_then(board: MakeBoard) -> None:
    """The trap of reading today's titles: all tickets were renamed a week after the moment."""

    def rename(con: Connection) -> None:
        con.execute(
            "UPDATE spans SET until = TIMESTAMP '2026-03-09' WHERE field IN ('title', 'body') AND until IS NULL"
        )
        con.execute(
            "INSERT INTO spans SELECT no, 'title', 'Gardening of roses', TIMESTAMP '2026-03-09', NULL FROM tickets"
        )
        con.execute("INSERT INTO spans SELECT no, 'body', '7:roses', TIMESTAMP '2026-03-09', NULL FROM tickets")
        con.execute("INSERT INTO texts VALUES ('7:roses', 'Gardening of roses')")
        con.execute("UPDATE tickets SET title = 'Gardening of roses', body = 'Gardening of roses'")

    then = themes_of(measure(board(PLAN, text=SIDE, prepare=rename)))
    assert then == themes_of(measure(board(PLAN, text=SIDE)))
    assert "not kept" not in then


def test_where_texts_are_not_kept_titles_are_read_and_it_is_said(board: MakeBoard) -> None:
    finding = measure(board(PLAN, text=SIDE, prepare=lambda con: con.execute("DELETE FROM texts")))
    assert list(rows(finding, "themes")) == ["data warehouse", "partner newsletter", SCATTERED]
    assert "Of 2 tickets the text is not kept as it read then: there only the title was read." in themes_of(finding)


def test_what_is_not_read_is_said(board: MakeBoard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shadow_themes, "READ", 6)
    finding = measure(board(PLAN, text=SIDE))
    found = rows(finding, "themes")
    unread = found["Not read"]
    assert (found["data warehouse"]["tickets"], unread["tickets"], unread["effort"]) == (5, 8, 31.0)
    assert sum(float(str(r["effort"])) for r in found.values()) == rows(finding)["No parent"]["effort"]
    assert "the 6 tickets with the most effort were read." in themes_of(finding)


def test_small_themes_are_listed_together(board: MakeBoard, monkeypatch: pytest.MonkeyPatch) -> None:
    made = board(PLAN, text=SIDE)
    monkeypatch.setattr(shadow_themes, "GROUPED", shadow_themes.GROUPED.replace(f"> {shadow_themes.MOST} ", "> 1 "))
    assert list(rows(measure(made), "themes")) == ["data warehouse", "Smaller themes together", SCATTERED]


def test_where_nothing_is_known_of_before_nothing_is_said_of_it(board: MakeBoard) -> None:
    late = PLAN.replace("unlinked_allowance", "valid: {from: 2026-01-05, to: 2026-06-30}\nunlinked_allowance")
    found = rows(measure(board(late, text=SIDE)), "themes")
    assert found["data warehouse"]["before"] is None
    assert found["data warehouse"]["first"] == "2026-W06"
