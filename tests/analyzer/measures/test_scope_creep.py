"""What came after the start is growth, held against what was agreed and what is usual; what did not grow is not blamed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

import pytest

from analyzer.measures.scope_creep import measure
from analyzer.result import BurnUp, Finding, Table
from analyzer.store import Connection
from tests.conftest import MakeBoard

PLAN = """
strategy: First half
priorities:
  - {id: growth, name: Growth, match: [{label: growth}]}
"""
AGREED = PLAN.replace("Growth,", "Growth, scope: {items: 2-4},")
SPRINT = "\n\nsprint  start       end         completed\nNow     2026-02-02  2026-02-13  2026-02-13\n"


def usual(extra: str = "") -> str:
    """Ten sprints of last year, five tickets planned in each and one added in every other one, and a sprint to judge."""
    lines, sprints = [], ["sprint  start  end  completed"]
    for n in range(10):
        start, late = f"2025-{n // 2 + 7:02}-{14 * (n % 2) + 1:02}", f"2025-{n // 2 + 7:02}-{14 * (n % 2) + 7:02}"
        end = f"2025-{n // 2 + 7:02}-{14 * (n % 2) + 12:02}"
        lines.append(f"A-{100 * n + 1}..{100 * n + 5} {start}T00:00 {end} S{n}")
        lines += [f"A-{100 * n + 9} {late} {end} S{n}"] * (n % 2)
        sprints.append(f"S{n} {start} {end} {end}")
    return (
        "\n".join(["key created done sprint", *lines, extra]).strip()
        + "\n\n"
        + "\n".join([*sprints, "Now 2026-02-02 2026-02-13 2026-02-13"])
    )


def stored(table: str, rows: Sequence[Mapping[str, object]]) -> Callable[[Connection], None]:
    """Puts rows into a table of the store."""

    def prepare(con: Connection) -> None:
        for row in rows:
            marks = ", ".join("?" * len(row))
            con.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))

    return prepare


PLANNED = "A-2001..2010 2026-02-01T00:00 2026-02-13 Now"


def cells(finding: Finding, table: str = "deliverables") -> dict[str, dict[str, object]]:
    (found,) = [d for d in finding.details if isinstance(d, Table) and d.id == table]
    return {str(r.cells[found.columns[0].id]): {**r.cells, "ids": r.tickets, "more": r.more} for r in found.rows}


def counted(finding: Finding, name: str = "Now") -> tuple[object, ...]:
    return tuple(cells(finding)[name][c] for c in ("planned", "added", "pulled_in", "removed"))


def test_a_sprint_that_grew_more_than_is_usual_is_a_signal(board: MakeBoard) -> None:
    finding = measure(board(PLAN, text=usual(f"{PLANNED}\nA-2101..2108 2026-02-09 2026-02-13 Now")))
    assert (finding.verdict, finding.value) == ("signal", 0.8)
    assert finding.sentence == (
        "Now took on 8 after its start, on 10 planned. "
        "Over all sprints, cycles and projects 80\u00a0% was taken on after the start."
    )
    assert counted(finding) == (10, 8, 0, 0) and cells(finding)["Now"]["verdict"] == "signal"
    assert cells(finding)["Now"]["ids"] == [f"jira:A-{n}" for n in range(2108, 2100, -1)]  # first come, first shown
    assert finding.score is not None and finding.score.value == pytest.approx(100 * 10 / 18, abs=0.05)
    (curve,) = [d for d in finding.details if isinstance(d, BurnUp)]
    assert (curve.title, curve.planned, curve.scope[0], curve.scope[-1], curve.done[-1]) == ("Now", 10, 10, 18, 18)
    assert finding.move is not None and finding.move.sentence == (
        "Agree to 7 of the 8 tickets that Now took on, or take them out, the newest open first: "
        "10\u00a0% of 10 planned, so 1.0, is usual for a sprint here."
    )


def test_a_sprint_that_grew_as_usual_is_not(board: MakeBoard) -> None:
    finding = measure(board(PLAN, text=usual(f"{PLANNED}\nA-2101 2026-02-09 2026-02-13 Now")))
    assert (finding.verdict, finding.value, counted(finding)) == ("noise", 0.1, (10, 1, 0, 0))
    assert finding.sentence == "No deliverable grew more than is usual here (10\u00a0% over all)."


def test_added_pulled_in_removed_and_within_grace(board: MakeBoard) -> None:
    """
    key      created           done        sprint
    A-1..5   2026-01-30T00:00  2026-02-13  Now
    A-6      2026-02-03T00:00  2026-02-13  Now
    A-7      2026-01-30        2026-02-13  Now@2026-02-03
    A-8      2026-02-05        2026-02-13  Now
    A-9      2026-01-30        2026-02-13  Now@2026-02-05
    A-10     2026-01-30        -           Now@2026-01-30/2026-02-09
    A-11     2026-01-30        -           Now@2026-01-30/2026-02-03
    A-12     2026-01-30        2026-02-20  Now@2026-02-17
    A-13     2026-01-30        2026-02-20  Now@2026-01-30/2026-02-17
    A-14     2026-01-30        2026-02-20  Now@2026-02-02/2026-02-03

    sprint  start       end         completed
    Now     2026-02-02  2026-02-13  2026-02-13
    """
    finding = measure(board(PLAN))
    # planned: A-1..7 (two days of grace), A-10, A-13 (left after the end);
    # left within the grace, A-12 came after the end
    assert counted(finding) == (9, 1, 1, 1)
    assert cells(finding)["Now"]["ids"] == ["jira:A-8", "jira:A-9"]
    assert cells(finding)["Now"]["net"] == 1


def test_what_left_and_came_back_is_counted_once(board: MakeBoard) -> None:
    """
    key     created     done        sprint
    A-1..5  2026-01-30  2026-02-13  Now
    A-6     2026-01-30  2026-02-13  Now@2026-01-30/2026-02-05+Now@2026-02-10
    A-7     2026-01-30  2026-02-13  Now@2026-02-05/2026-02-06+Now@2026-02-10

    sprint  start       end         completed
    Now     2026-02-02  2026-02-13  2026-02-13
    """
    assert counted(measure(board(PLAN))) == (6, 0, 1, 0)


def test_breaking_work_down_is_not_growth(board: MakeBoard) -> None:
    """
    key       created     done        sprint  type      parent
    A-1..5    2026-01-30  2026-02-13  Now     Story     -
    A-6..15   2026-02-09  2026-02-13  Now     Sub-task  A-1

    sprint  start       end         completed
    Now     2026-02-02  2026-02-13  2026-02-13
    """
    assert counted(measure(board(PLAN))) == (5, 0, 0, 0)


def test_an_epic_begins_when_its_first_ticket_does(board: MakeBoard) -> None:
    """
    key     created     doing       done        type   parent
    E-1     2026-01-05  -           -           Epic   -
    A-1..3  2026-01-05  2026-01-20  2026-01-30  Story  E-1
    A-4     2026-01-19  -           -           Story  E-1
    A-5     2026-02-09  -           -           Story  E-1
    """
    finding = measure(board(PLAN))
    (name,) = [n for n in cells(finding) if n.startswith("E-1 ")] if cells(finding) else [""]
    assert counted(finding, name) == (4, 1, 0, 0) and cells(finding)[name]["started"] == "2026-01-20"


def test_re_estimated_points_are_shown(board: MakeBoard) -> None:
    """
    key     created     doing       done        sprint  estimate
    A-1..4  2026-01-30  2026-02-03  2026-02-13  Now     2
    A-5     2026-01-30  2026-02-03  2026-02-13  Now     3+8@2026-02-10
    A-6     2026-01-30  2026-02-03  2026-02-09  Now     3+5@2026-02-10

    sprint  start       end         completed
    Now     2026-02-02  2026-02-13  2026-02-13
    """
    assert cells(measure(board(PLAN)))["Now"]["points"] == 5.0  # A-6 was re-estimated after it was finished


def test_an_agreed_range_is_broken_by_one_too_many(board: MakeBoard) -> None:
    """
    key     created     type      serves
    A-1..4  2026-01-05  Story     growth
    A-5     2026-02-09  Sub-task  growth
    A-6     2026-02-10  Story     growth
    """
    finding = measure(board(AGREED))
    assert finding.verdict == "signal"
    assert finding.sentence == "Growth holds 5 items; 2–4 were agreed. More than 4 since 2026-02-10."
    assert cells(finding, "agreed")["Growth"]["ids"] == ["jira:A-6"]


def test_an_agreed_range_is_kept_by_dropping_one(board: MakeBoard) -> None:
    """
    key     created     cancelled   serves
    A-1..3  2026-01-05  -           growth
    A-4     2026-01-05  2026-02-20  growth
    A-5     2026-02-10  -           growth
    """
    finding = measure(board(AGREED))
    assert (finding.verdict, finding.sentence) == ("noise", "What was agreed is kept.")
    assert cells(finding, "agreed")["Growth"]["now"] == 4


SPRINT_OF_FEBRUARY = """
sprint  start       end         completed
Old     2026-01-12  2026-01-30  2026-02-05
Now     2026-02-02  2026-02-13  2026-02-13
"""


def test_what_was_carried_over_from_a_sprint_that_closed_late_is_no_growth(board: MakeBoard) -> None:
    """
    key     created     done        sprint
    A-1..5  2026-01-30  2026-02-13  Now
    A-6     2026-01-05  2026-02-13  Old+Now@2026-02-05
    A-7     2026-01-05  2026-02-13  Now@2026-02-05

    sprint  start       end         completed
    Old     2026-01-12  2026-01-30  2026-02-05
    Now     2026-02-02  2026-02-13  2026-02-13
    """
    finding = measure(board(PLAN))
    assert counted(finding) == (5, 0, 1, 0) and cells(finding)["Now"]["ids"] == ["jira:A-7"]
    assert cells(finding, "changes")["Now"]["carried"] == 1


DECOMPOSED = (
    """
key     created     done        sprint  parent  estimate
A-1     2026-01-30  2026-02-13  Now     E-1     8+2@2026-02-06
A-2..5  2026-01-30  2026-02-13  Now     E-2     3
A-6..7  2026-02-06  2026-02-13  Now     E-1     3
A-8     2026-02-06  2026-02-13  Now     E-2     3
"""
    + SPRINT_OF_FEBRUARY
)


def test_decomposition_is_not_creep_but_another_story_beside_it_is(board: MakeBoard) -> None:
    finding = measure(board(PLAN, text=DECOMPOSED))
    # 8 points became 2 + 3 + 3 under E-1; under E-2 nothing gave up the 3 points of A-8
    assert counted(finding) == (5, 1, 0, 0) and cells(finding)["Now"]["ids"] == ["jira:A-8"]
    assert cells(finding, "changes")["Now"]["split"] == 2


def test_a_small_addition_to_a_large_epic_does_not_pass_for_a_split(board: MakeBoard) -> None:
    """
    key      created     doing       done        type   parent  estimate
    E-1      2026-01-05  -           -           Epic   -       -
    A-1..20  2026-01-05  2026-02-02  2026-02-25  Story  E-1     5
    A-21     2026-02-09  -           -           Story  E-1     5
    """
    finding = measure(board(PLAN))
    (name,) = [n for n in cells(finding) if n.startswith("E-1 ")]
    assert counted(finding, name) == (20, 1, 0, 0)  # 105 points are within a fifth of 100, and still five more


def test_points_set_at_closing_are_book_keeping(board: MakeBoard) -> None:
    """
    key     created     doing       done        sprint  estimate
    A-1..4  2026-01-30  2026-02-03  2026-02-12  Now     2+8@2026-02-12
    A-5     2026-01-30  2026-02-03  2026-02-12  Now     3+5@2026-02-10

    sprint  start       end         completed
    Now     2026-02-02  2026-02-13  2026-02-13
    """
    assert cells(measure(board(PLAN)))["Now"]["points"] == 2.0  # A-1..4 got theirs on the day they were finished


def test_net_does_not_hide_what_came_and_went(board: MakeBoard) -> None:
    """
    key       created          done        sprint
    A-1..10   2026-02-01T00:00 2026-02-13  Now
    A-11..18  2026-02-01T00:00 -           Now@2026-02-01/2026-02-11
    A-21..28  2026-02-06       2026-02-13  Now
    """
    extra = "A-2011..2018 2026-02-01T00:00 - Now@2026-02-01/2026-02-11\nA-2101..2108 2026-02-06 2026-02-13 Now"
    finding = measure(board(PLAN, text=usual(f"{PLANNED}\n{extra}")))
    now = cells(finding)["Now"]
    assert (now["gross"], now["net"], finding.verdict) == (16, 0, "signal")


def test_one_in_for_one_out_is_shown_as_a_swap(board: MakeBoard) -> None:
    """
    key     created          done        sprint                      estimate
    A-1..5  2026-01-30       2026-02-13  Now                         -
    A-6     2026-01-30       -           Now@2026-01-30/2026-02-09   5
    A-7     2026-01-30       -           Now@2026-01-30/2026-02-09   1
    A-8     2026-02-10       2026-02-13  Now                         5
    A-9     2026-02-05       2026-02-13  Now                         1

    sprint  start       end         completed
    Now     2026-02-02  2026-02-13  2026-02-13
    """
    finding = measure(board(PLAN))
    assert cells(finding, "changes")["Now"]["swapped"] == 1  # A-9 came four days before A-7 left
    assert counted(finding) == (7, 2, 0, 2)


OLD, LONG, MENDED = "a" * 100, "b" * 300, "c" * 110
REWRITTEN = f"""
key     created     done        sprint  body
A-1..4  2026-01-30  2026-02-13  Now     {OLD}
A-5     2026-01-30  2026-02-13  Now     {OLD}+{LONG}@2026-02-09
A-6     2026-01-30  2026-02-13  Now     {OLD}+{MENDED}@2026-02-09
A-7     2026-01-30  2026-02-06  Now     {OLD}+{LONG}@2026-02-09
"""


def test_a_text_that_grew_after_the_start_is_rewritten_and_one_that_was_mended_is_not(board: MakeBoard) -> None:
    now = cells(measure(board(PLAN, text=REWRITTEN + SPRINT_OF_FEBRUARY)), "changes")["Now"]
    assert (now["rewritten"], now["ids"]) == (1, ["jira:A-5"])  # A-7 was finished by then


def test_where_the_words_are_not_kept_their_length_tells(board: MakeBoard) -> None:
    made = board(PLAN, text=REWRITTEN + SPRINT_OF_FEBRUARY, prepare=lambda con: con.execute("DELETE FROM texts"))
    assert cells(measure(made), "changes")["Now"]["rewritten"] == 1


def test_a_listed_line_more_is_counted_however_short(board: MakeBoard) -> None:
    """
    key     created     done        sprint  body
    A-1..4  2026-01-30  2026-02-13  Now     Pay|-_Visa
    A-5     2026-01-30  2026-02-13  Now     Pay|-_Visa+Pay|-_Visa|*_Master|1._Amex@2026-02-09
    A-6     2026-01-30  2026-02-13  Now     Pay|-_Visa+Pay|[_]_Visa|•_Master@2026-02-09
    A-7     2026-01-30  2026-02-13  Now     Pay|-_Visa+Pay_by_card_or|-_Visa_Gold@2026-02-09

    sprint  start       end         completed
    Now     2026-02-02  2026-02-13  2026-02-13
    """
    now = cells(measure(board(PLAN)), "changes")["Now"]
    assert (now["rewritten"], now["listed"]) == (2, 3)


def test_an_end_that_moved_is_told_in_days(board: MakeBoard) -> None:
    ends = {
        "2026-01-20": "2026-02-10",
        "2026-02-03": "2026-02-11",
        "2026-02-12": "2026-02-16",
        "2026-02-20": "2026-03-16",
    }
    rows = [
        {"container": "jira:sprint:Now", "field": "end", "value": f"{day} 00:00:00", "since": since}
        for since, day in ends.items()
    ]
    made = board(PLAN, text=FEW + SPRINT, prepare=stored("container_seen", rows))
    # 11 February was stated at the commitment, 16 February when it ended
    assert cells(measure(made), "changes")["Now"]["later"] == 5.0


def test_an_epic_that_is_due_later_moved(board: MakeBoard) -> None:
    """
    key     created     doing       done        type   parent  due
    E-1     2026-01-05  -           -           Epic   -       2026-02-10+2026-03-10@2026-02-09
    A-1..3  2026-01-05  2026-01-20  2026-01-30  Story  E-1     -
    """
    finding = measure(board(PLAN))
    (name,) = cells(finding, "changes")
    assert cells(finding, "changes")[name]["later"] == 28.0


GREW = usual(f"{PLANNED}\nA-2101..2108 2026-02-09 2026-02-13 Now")
WORD = {"moment": "2026-02-12", "kind": "scope", "choice": "agreed", "target": "jira:sprint:Now", "until": None}


@pytest.mark.parametrize(
    ("word", "verdict"),
    [
        (WORD, "noise"),
        (WORD | {"moment": "2026-02-20"}, "signal"),
        (WORD | {"moment": "2026-01-20", "until": "2026-02-15"}, "noise"),
        (WORD | {"moment": "2026-01-20", "until": "2026-02-09"}, "signal"),
        (WORD | {"moment": "2026-03-03"}, "signal"),
        (WORD | {"target": "jira:sprint:S1"}, "signal"),
        (WORD | {"kind": "finding", "choice": "accept"}, "signal"),
    ],
    ids=[
        "the same week",
        "eleven days late",
        "until then",
        "ended before",
        "said after the report",
        "another",
        "no agreement",
    ],
)
def test_growth_that_someone_recorded_as_agreed_is_shown_and_not_judged(
    board: MakeBoard, word: dict[str, object], verdict: str
) -> None:
    finding = measure(board(PLAN, text=GREW, prepare=stored("decisions", [word])))
    assert finding.verdict == verdict
    assert cells(finding)["Now"]["agreed"] == (8 if verdict == "noise" else 0)
    assert counted(finding) == (10, 8, 0, 0)


def test_growth_that_a_rule_says_was_agreed_links_nothing(board: MakeBoard) -> None:
    """
    key       created     done        sprint  labels
    A-1..5    2026-01-30  2026-02-13  Now     -
    A-6..8    2026-02-09  2026-02-13  Now     scope-approved
    A-9       2026-02-09  2026-02-13  Now     -

    sprint  start       end         completed
    Now     2026-02-02  2026-02-13  2026-02-13
    """
    made = board(PLAN + "agreed_when: [{label: scope-approved}]")
    assert (cells(measure(made))["Now"]["agreed"], measure(made).value) == (3, 0.2)
    assert made.one("SELECT count(*) FROM link") == 0


RAISED = """
key     created     serves
A-1..4  2026-01-05  growth
A-5..6  2026-02-10  growth
"""


def version(limit: str, moment: str) -> dict[str, str]:
    return {"name": "strategy.yaml", "moment": moment, "digest": limit, "body": AGREED.replace("2-4", limit)}


@pytest.mark.parametrize(
    ("versions", "verdict"),
    [
        ([version("2-3", "2026-01-01"), version("2-4", "2026-02-12")], "noise"),
        ([version("2-3", "2026-01-01"), version("2-4", "2026-02-28")], "signal"),
        ([version("2-9", "2026-01-01"), version("2-4", "2026-02-12")], "signal"),
        ([version("2-4", "2026-02-12")], "signal"),
        ([version("2-3", "2026-01-01"), version("2-4", "2026-03-05")], "signal"),
    ],
    ids=["raised that week", "raised weeks later", "cut", "first seen", "raised after the report"],
)
def test_growth_in_the_days_around_a_raised_range_is_agreed(
    board: MakeBoard, versions: list[dict[str, str]], verdict: str
) -> None:
    finding = measure(board(AGREED, text=RAISED, prepare=stored("strategy_seen", versions)))
    assert finding.verdict == verdict
    assert cells(finding, "agreed")["Growth"]["later"] == (2 if verdict == "noise" else 0)


def growing(weekly: int, done: int) -> str:
    """A priority begun in November that takes on ``weekly`` items each week and finishes ``done``."""
    lines = ["A-1..10 2025-11-03 2025-11-10 2025-11-14"]
    lines += ["A-11..20 2025-11-03 - -"]
    for n in range(15):
        monday = date(2025, 11, 17) + timedelta(weeks=n)
        lines += [f"A-{1000 + 10 * n}..{1000 + 10 * n + weekly - 1} {monday} - -"] * (weekly > 0)
        lines += [f"A-{2000 + 10 * n}..{2000 + 10 * n + done - 1} 2025-11-03 {monday} {monday + timedelta(3)}"] * (
            done > 0
        )
    return "\n".join(["key created doing done", *lines])


FORECAST = AGREED.replace("{label: growth}", "{tracker: jira}") + "valid: {from: 2025-07-01, to: 2026-06-30}\n"


def test_a_steady_arrival_leaves_its_range_when_the_hand_says_so(board: MakeBoard) -> None:
    # 50 today, 2 more a week, the most agreed is 55: over in the third week from now, whatever week is drawn
    finding = measure(board(FORECAST.replace("2-4", "20-55"), text=growing(2, 0)))
    row = cells(finding, "forecast")["Growth"]
    assert (row["probability"], row["median"], row["early"], row["late"]) == (1.0, "2026-W12", "2026-W12", "2026-W12")
    assert finding.verdict == "noise" and finding.sentence.endswith(
        "Growth will hold more than 55 items by 2026-06-30 (probability 100\u00a0%)."
    )


def test_what_is_finished_first_does_not_leave_its_range(board: MakeBoard) -> None:
    """The same arrivals, but three are finished for two that come: the work ends while the range holds."""
    text = growing(2, 3).replace("A-11..20 2025-11-03 - -", "A-11..20 2025-11-03 2025-11-10 2025-11-14")
    text = text.replace(" - -", " 2026-01-05 2026-02-26")
    row = cells(measure(board(FORECAST.replace("2-4", "20-96"), text=text)), "forecast")["Growth"]
    assert (row["probability"], row["median"]) == (0.0, None)


@pytest.mark.parametrize(
    ("plan", "text", "reason"),
    [
        (AGREED, "key created doing\nA-1 2026-01-05 2026-01-12", "the strategy names no day"),
        (FORECAST, "key created\nA-1 2026-01-05", "no work on it was seen to start"),
        (FORECAST, "key created doing\nA-1 2026-01-05 2026-02-02", "only 3 weeks since its work began"),
        (
            FORECAST.replace("2026-06-30", "2026-03-03"),
            "key created doing\nA-1 2026-01-05 2026-01-12",
            "its day has come",
        ),
    ],
)
def test_there_is_no_forecast_without_a_past_or_a_day(board: MakeBoard, plan: str, text: str, reason: str) -> None:
    plan = plan.replace("{label: growth}", "{tracker: jira}")
    assert str(cells(measure(board(plan, text=text)), "forecast")["Growth"]["reason"]).startswith(reason)


def test_what_is_usual_elsewhere_stands_beside_this_site_and_names_its_source(board: MakeBoard) -> None:
    finding = measure(board(PLAN, text=usual(f"{PLANNED}\nA-2101 2026-02-09 2026-02-13 Now")))
    rows = cells(finding, "usual")
    here, elsewhere = rows["Here, to the end"], rows["All five"]
    assert (here["sprints"], here["added"], here["half"]) == (10, 0.5, 0.1)
    assert (elsewhere["sprints"], elsewhere["half"]) == (3834, 0.29)
    (table,) = [d for d in finding.details if d.id == "usual"]
    assert "Choetkiertikul" in table.note and "3,834 sprints" in table.note


CSV = """
key      created     done        sprint  history
A-1..20  2026-01-05  2026-01-16  Now     none
"""
FEW = """
key     created     done        sprint
A-1..9  2026-01-30  2026-02-13  Now
"""


@pytest.mark.parametrize(
    ("text", "plan", "reason"),
    [
        ("key  created", PLAN, "There are no tickets in the store."),
        (CSV + SPRINT, PLAN, "No ticket came with a change log"),
        (FEW.replace("Now", "-"), PLAN, "No sprint, cycle, project, version or epic with planned tickets ran"),
        (FEW + SPRINT, PLAN, "Nothing was agreed (scope: {items: …}), and fewer than ten finished deliverables"),
        (FEW + SPRINT, "", "Nothing was agreed (scope: {items: …}), and fewer than ten finished deliverables"),
        (usual("A-2001..2004 2026-02-01T00:00 2026-02-13 Now\nA-2101..2108 2026-02-09 2026-02-13 Now"), PLAN, "Nothing was"),
    ],
    ids=["empty", "no history", "no deliverable", "nothing to compare with", "no strategy", "fewer than five planned"],
)  # fmt: skip
def test_it_is_not_judged_where_something_is_missing(board: MakeBoard, text: str, plan: str, reason: str) -> None:
    finding = measure(board(*[plan] if plan else [], text=text))
    assert finding.verdict == "not_judged" and reason in finding.reason
    assert finding.score is None
