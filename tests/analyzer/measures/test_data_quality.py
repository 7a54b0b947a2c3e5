"""What may mislead is counted, with the tickets it concerns and what it does to the numbers."""

from __future__ import annotations

import pytest

from analyzer.measures.data_quality import CHECKS, measure
from analyzer.result import Finding, Table
from tests.analyzer import drawn
from tests.conftest import MakeBoard

CLEAN = """
key     created     doing       done        assignee  type   parent  estimate
E-1     2026-01-05  -           -           -         Epic   -       -
A-1..9  2026-01-05  2026-01-12  2026-01-16  1..9      Story  E-1     3
"""


def checks(finding: Finding) -> dict[str, tuple[int, int, list[str]]]:
    """Tickets concerned, tickets looked at, and which, by the check's words."""
    (found,) = [d for d in finding.details if isinstance(d, Table) and d.id == "checks"]
    return {
        str(r.cells["what"]): (int(str(r.cells["tickets"])), int(str(r.cells["of"])), r.tickets) for r in found.rows
    }


def test_a_tidy_tracker_misleads_nobody(board: MakeBoard) -> None:
    finding = measure(board(text=CLEAN))
    assert (finding.verdict, finding.value, checks(finding)) == ("noise", 0, {})
    assert finding.sentence == "No check concerns more than 5\u00a0% of what it looks at."


def test_each_check_finds_its_own(board: MakeBoard) -> None:
    """
    key   created     doing       done        assignee  type   parent  estimate  history  labels
    E-1   2026-01-05  -           -           -         Epic   -       -         full     -
    A-1   2026-01-05  2026-01-12  2026-01-16  1         Story  E-1     3         full     -
    A-2   2026-01-05  2026-01-12  2026-01-16  -         Story  E-1     3         full     -
    A-3   2026-01-05  -           2026-01-16  2         Story  E-1     3         full     -
    A-4   2026-01-05  2026-01-12  2026-01-16  3         Story  E-1     -         full     -
    A-5   2026-01-05  2026-01-12  2026-01-16  4         Story  -       3         full     -
    A-6   2026-01-05  2026-01-12  2026-01-16  5         Story  X-9     3         full     -
    A-7   2026-01-05  2026-01-12  2026-01-16  6         Story  E-1     3         partial  -
    A-8   2026-01-05  -           -           7         Story  E-1     3         none     -
    A-9   2026-01-05  -           -           8         Story  E-1     3         full     growth@2026-03-01
    A-10  2026-01-05  -           -           8         Story  E-1     3         full     growth@2026-02-27
    A-11  2026-03-01  -           -           8         Story  E-1     3         full     growth
    """
    finding = measure(board())
    assert {what: ids for what, (_, _, ids) in checks(finding).items()} == {
        "Came without a change log": ["jira:A-8"],
        "Change log cut short by the source": ["jira:A-7"],
        "In progress or finished in the window, held by nobody": ["jira:A-2"],
        "Finished in the window without having been in progress": ["jira:A-3"],
        "Without an estimate": ["jira:A-4"],
        "Without a parent or a Linear project": ["jira:A-5"],
        "Parent not visible to this account": ["jira:A-6"],
        "Relabelled within two days before the report": ["jira:A-9"],
    }
    assert checks(finding)["Without an estimate"][:2] == (1, 11)  # epics are not estimated
    assert checks(finding)["In progress or finished in the window, held by nobody"][:2] == (1, 7)
    assert finding.verdict == "watch" and finding.value == 8


def test_parents_in_a_circle_are_found_and_break_nothing(board: MakeBoard) -> None:
    """
    key   created     doing       done        assignee  parent  estimate
    A-1   2026-01-05  2026-01-12  2026-01-16  1         A-2     3
    A-2   2026-01-05  2026-01-12  2026-01-16  2         A-3     3
    A-3   2026-01-05  2026-01-12  2026-01-16  3         A-1     3
    A-4   2026-01-05  2026-01-12  2026-01-16  4         A-4     3
    A-5   2026-01-05  2026-01-12  2026-01-16  5         A-1     3
    A-6   2026-01-05  2026-01-12  2026-01-16  6         A-5     3
    """
    made = board("strategy: s\npriorities: [{id: growth, match: [{epic: A-5}]}]")
    assert checks(measure(made))["Its parents run in a circle"] == (4, 6, [f"jira:A-{n}" for n in (1, 2, 3, 4)])
    linked = made.con.execute("SELECT t.key FROM link l JOIN ticket_then t ON t.no = l.ticket ORDER BY 1").fetchall()
    assert linked == [("A-5",), ("A-6",)]


def test_a_deep_hierarchy_is_no_circle(board: MakeBoard) -> None:
    rows = [f"A-{n}  2026-01-05  {f'A-{n + 1}' if n < 30 else '-'}" for n in range(1, 31)]
    assert board(text="\n".join(["key  created  parent", *rows])).circles == []


def test_nothing_is_known_of_later(board: MakeBoard) -> None:
    """
    key   created     parent    estimate
    E-1   2026-01-05  -         3
    A-1   2026-01-05  E-1       3
    A-2   2026-02-25  -         -
    A-3   2026-01-05  E-1       2+3@2026-02-25
    """
    finding = measure(board(as_of=drawn.at("2026-02-20")))
    assert "Without an estimate" not in checks(finding)
    assert checks(finding)["Without a parent or a Linear project"][:2] == (1, 3)  # E-1; A-2 is not there yet


def test_what_could_not_be_read_is_listed(board: MakeBoard) -> None:
    made = board(text=CLEAN)
    made.con.execute("CREATE TEMP TABLE problems AS SELECT 'jira' AS tracker, NULL::VARCHAR AS ticket, 'bad_line' AS kind, "
                     "'export.jsonl:7' AS place, 'the line was skipped' AS what FROM range(1)")  # fmt: skip
    finding = measure(made)
    (skipped,) = [d for d in finding.details if isinstance(d, Table) and d.id == "skipped"]
    assert [r.cells for r in skipped.rows] == [
        {"tracker": "jira", "place": "export.jsonl:7", "what": "the line was skipped"}
    ]
    assert finding.verdict == "watch" and finding.sentence.endswith("1 entry could not be read.")


@pytest.mark.parametrize("text", ["key  created", CLEAN.replace("2026-", "2027-")], ids=["empty", "nothing yet"])
def test_an_empty_store_is_not_judged(board: MakeBoard, text: str) -> None:
    finding = measure(board(text=text))
    assert finding.verdict == "not_judged"
    assert finding.reason.startswith(("There are no tickets in the store", "The first ticket known is of 2027-"))


def test_every_check_has_words_of_its_own() -> None:
    for part in ("id", "what"):
        assert len({getattr(check, part) for check in CHECKS}) == len(CHECKS)
