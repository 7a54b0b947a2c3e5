"""A finish line is observable or quoted; texts count as they stood when work began, and lists of steps are no deliverables."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.measures.vague_done import measure
from analyzer.result import Finding, Table
from tests.conftest import MakeBoard

PLAN = """
strategy: First half
priorities:
  - {id: growth, name: Growth, done: 95% of orders arrive within two days., match: [{label: growth}]}
  - {id: trust, name: Trust, done: A better and more SEAMLESS page., match: [{label: trust}]}
  - {id: later, name: Later, horizon: next, match: [{label: later}]}
  - {id: bugs, name: Bugs, kind: upkeep, match: [{type: Bug}]}
"""
CLEAR = PLAN.replace("A better and more SEAMLESS page.", "Every report agrees with the ledger.")


def rows(finding: Finding, table: str = "finish_lines") -> dict[str, dict[str, Any]]:
    (found,) = [d for d in finding.details if isinstance(d, Table) and d.id == table]
    return {
        str(r.cells[found.columns[-1 if table == "pieces" else 0].id]): {**r.cells, "ids": r.tickets}
        for r in found.rows
    }


def test_the_words_of_a_vague_priority_are_quoted_with_their_place(board: MakeBoard) -> None:
    """
    key     created     doing       done        assignee  serves
    A-1..9  2026-01-05  2026-01-12  2026-01-16  1..9      growth
    """
    finding = measure(board(PLAN))
    assert (finding.verdict, finding.value) == ("watch", 0.5)
    assert finding.headline == "1 of 2 priorities does not say by what anyone sees that it is done: Trust."
    assert rows(finding)["Trust"]["vague"] == "“better” (1:3), “SEAMLESS” (1:19)"
    assert (
        rows(finding)["Growth"]["says"] == "threshold" and "Later" not in rows(finding) and "Bugs" not in rows(finding)
    )
    assert finding.move is not None and finding.move.sentence.startswith(
        "Write a finish line for Trust. Ask: which number"
    )


def test_an_epic_in_progress_says_nothing_observable(board: MakeBoard) -> None:
    """
    key  created     doing       type   body
    E-1  2026-01-05  2026-01-12  Epic   We_improve_the_shop_as_needed.
    E-2  2026-01-05  2026-01-12  Epic   Acceptance_criteria:|-_a_guest_can_pay
    E-3  2026-01-05  -           Epic   Later:_more_of_it.
    """
    finding = measure(board(CLEAR))
    assert (finding.verdict, finding.value) == ("noise", 0.25)  # of two priorities and two epics in progress
    assert rows(finding)["E-1"]["vague"] == "“improve” (1:4), “as needed” (1:21)" and rows(finding)["E-1"]["ids"] == [
        "jira:E-1"
    ]
    assert not {"E-2", "E-3"} & rows(finding).keys()


def test_nothing_to_find(board: MakeBoard) -> None:
    """
    key  created     doing       type   body
    E-1  2026-01-05  2026-01-12  Epic   At_most_2_%_of_payments_fail,_as_the_dashboard_shows.
    """
    finding = measure(board(CLEAR))
    assert (finding.verdict, finding.value) == ("noise", 0)
    assert finding.headline == "Every priority says by what anyone sees that it is done."


def test_trap_the_text_of_the_day_work_started_counts_and_not_todays(board: MakeBoard) -> None:
    """
    key  created     doing       type   body
    E-1  2026-01-05  2026-01-12  Epic   Better_search.+At_least_90_%_find_it.@2026-01-12
    E-2  2026-01-05  2026-01-12  Epic   Better_search.+At_least_90_%_find_it.@2026-01-13
    E-3  2026-01-05  2026-01-12  Epic   At_least_90_%_find_it.+Better_search.@2026-02-13
    E-4  2026-01-05  2026-01-12  Epic   nothing+At_least_90_%_find_it.@2026-02-13
    """
    assert [k for k in rows(measure(board(CLEAR))) if k.startswith("E-")] == ["E-2", "E-4"]  # by the end of that day


def test_a_text_of_that_day_that_is_not_known_is_not_judged(board: MakeBoard) -> None:
    """
    key  created     doing       type   body
    E-1  2026-01-05  2026-01-12  Epic   Better_search.+At_least_90_%_find_it.@2026-01-13
    """
    made = board()
    made.con.execute("CREATE TEMP TABLE texts AS SELECT 'x' AS fingerprint, 'y' AS body")  # as if the log had lost it
    finding = measure(made)
    assert finding.verdict == "not_judged" and "as it stood when work on it began" in finding.reason
    (table, *_) = [d for d in finding.details if isinstance(d, Table)]
    assert "1 text of that day is not known" in table.note


@pytest.mark.parametrize(
    "text",
    [
        "key  created",
        "key  created     doing       type  history body\nE-1  2026-01-05  2026-01-12  Epic  none    Better.",
    ],
    ids=["empty", "no change log"],
)
def test_it_is_not_judged_where_something_is_missing(board: MakeBoard, text: str) -> None:
    assert measure(board(text=text)).verdict == "not_judged"


def test_listed_pieces_without_a_ticket(board: MakeBoard) -> None:
    """
    key  created     doing       type   parent  title             body
    E-1  2026-01-05  2026-01-12  Epic   -       -                 Do:|-_order_pages|[_]_bill_export|[x]_box|-_B-9|1._labels_print
    A-1  2026-01-05  -           Story  E-1     Move_order_pages  -
    A-2  2026-01-05  -           Story  E-1     Printing_a_label  -
    """
    finding = measure(board(CLEAR))
    assert list(rows(finding, "pieces")) == ["bill export"]
    assert finding.sentence.endswith("1 piece that their texts list has no ticket.")


def test_trap_steps_to_reproduce_and_links_are_no_deliverables(board: MakeBoard) -> None:
    """
    key  created     doing       type   body
    E-1  2026-01-05  2026-01-12  Epic   Steps_to_reproduce:|1._open_the_shop|2._press_pay_twice||Links:|-_https://x.example/page|Why?|-_who_needs_this?
    """
    assert rows(measure(board(CLEAR)), "pieces") == {}


def test_a_project_is_judged_by_what_its_page_said_at_its_start(board: MakeBoard) -> None:
    """
    project  start       text
    Web      2026-01-12  Better_pages.
    App      2026-01-12  Payments_fail_in_at_most_2_%_of_cases.
    Old      2026-01-12  Better_pages.@2026-02-20
    Blank    2026-01-12  nothing

    key  created     doing       tracker  project
    L-1  2026-01-05  2026-01-13  linear   Web
    """
    found = rows(measure(board(CLEAR)))
    assert {"Web", "Blank"} <= found.keys() and not {"App", "Old"} & found.keys()


LONG = [f"2025-{m:02d}-{d:02d}" for m in range(2, 13) for d in (3, 11, 18, 25)]


def closed(epics_open_now: bool) -> str:
    """An epic a week that is done a day after its only ticket; in the window ten are done while it is open, or none is."""
    lines = ["key  created  doing  done  type  parent"]
    for n, day in enumerate(LONG):
        late = "2026-01-06" if n % 8 == 0 else day
        lines += [f"E-{n}  2025-01-06  {day}  {day}T20:00  Epic  -", f"A-{n}  2025-01-06  {day}  {late}  Task  E-{n}"]
    for n, day in enumerate(f"2026-{m:02d}-{d:02d}" for m in (1, 2) for d in (6, 13, 14, 20, 21, 27)):
        done = "2026-03-01" if epics_open_now else day
        lines += [
            f"E-{100 + n}  2026-01-05  {day}  {day}T20:00  Epic  -",
            f"A-{100 + n}  2026-01-05  {day}  {done}  Task  E-{100 + n}",
        ]
    return "\n".join(lines)


def test_epics_done_while_tickets_are_open_are_held_against_the_past(board: MakeBoard) -> None:
    finding = measure(board(CLEAR, text=closed(True)))
    assert finding.verdict == "signal" and finding.headline.startswith("Epics done, tickets open: 100%")
    kept = rows(finding, "kept")["Epics done, tickets open"]
    assert kept["recent"] == 1 and 0 < kept["usual"] < 0.15 and "jira:E-100" in kept["ids"]
    assert measure(board(CLEAR, text=closed(False))).verdict == "noise"


def test_tickets_opened_again_are_held_against_the_past_and_a_month_later_is_another_story(board: MakeBoard) -> None:
    def company(again: str) -> str:
        lines = ["key  created  phase"]
        for n, day in enumerate(LONG):
            back = f"+doing@{day}T20:00" if n % 8 == 0 else ""
            lines += [
                f"A-{n}  2025-01-06  todo+doing@{day}+done@{day}T15:00{back}",
                f"B-{n}  2025-01-06  todo+done@{day}",
            ]
        for n, day in enumerate(("06", "07", "13", "14", "20", "21", "22", "23", "27", "28")):
            lines.append(
                f"A-{100 + n}  2026-01-05  todo+doing@2026-01-05+done@2026-01-{day}+todo@{again.format(day=day)}"
            )
        return "\n".join(lines)

    finding = measure(board(CLEAR, text=company("2026-01-{day}T20:00")))
    assert finding.verdict == "signal" and finding.headline.startswith("Opened again: 100%")
    assert measure(board(CLEAR, text=company("2026-03-01"))).verdict == "noise"
