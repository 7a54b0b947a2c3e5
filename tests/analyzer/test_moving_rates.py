"""What a move says of rates and assumptions is the arithmetic of the number beside it, and its tickets are there to be moved."""

from __future__ import annotations

import pytest

from analyzer.measures import broken_assumptions, friction, interpretation_points, scattered_focus
from analyzer.result import Finding
from tests.analyzer.measures import test_broken_assumptions as assumed
from tests.analyzer.measures import test_friction as standing
from tests.analyzer.measures import test_interpretation_points as claimed
from tests.analyzer.measures import test_scattered_focus as divided
from tests.conftest import MakeBoard


def moved(finding: Finding) -> tuple[str, list[str]]:
    assert finding.move is not None
    return finding.move.sentence, [i.removeprefix("jira:") for i in finding.move.tickets]


def test_what_stands_still_now_is_to_move(board: MakeBoard) -> None:
    """Eight weeks of five flagged tickets, two evenings each, are 80; 2 of 24 are usual, of 192 evenings 16. None stands now."""
    over = standing.flagged(5)
    assert moved(friction.measure(board(text=over))) == (
        "Nothing that stood still is waiting now; 64 evenings of standing still were more than is usual.", [],
    )  # fmt: skip
    # with one flagged from 6 January on, 39 evenings more, and 40 evenings of work: 119 of 232, of which 19.3 are usual
    still = "\nS-1 2026-01-02 2026-01-05 - 7 y yes@2026-01-06"
    assert moved(friction.measure(board(text=over + still))) == (
        "Get the one ticket that stands still now moving again: 100 evenings of standing still were more than is usual, and this "
        "one stood 39; the other 61 evenings are of work that has moved on.", ["S-1"],
    )  # fmt: skip


def test_the_longest_standing_first_until_the_surplus_is_covered(board: MakeBoard) -> None:
    """Four stand since January, 39 evenings each, and one for five: the four cover what is too much."""
    rows = [
        f"S-{n} 2026-01-02 2026-01-05 - {n} y{n} yes@{'2026-01-06' if n < 5 else '2026-02-23'}" for n in range(1, 6)
    ]
    finding = friction.measure(board(text="\n".join([standing.flagged(1), *rows])))
    said, tickets = moved(finding)
    # 16 + 161 of 192 + 200 evenings stood still; 2 of 24 are usual, so 32.7: 144.3 too many
    assert tickets == ["S-1", "S-2", "S-3", "S-4"]
    assert said == (
        "Get 4 of the 5 tickets that stand still now moving again, the longest first: 145 evenings of standing still were more "
        "than is usual, and these stood 156."
    )


def test_people_who_hold_too_many_finish_some_first(board: MakeBoard) -> None:
    """24 are in progress at four a person, where one is usual: 18 fewer would be six."""
    begun = "".join(f"Z-{n} 2026-02-20 2026-02-23 - p{n % 6} Payments growth\n" for n in range(24))
    text = divided.HEAD + divided.weeks(45, 8, "gb", each=2) + divided.weeks(7, 1, "gb", at_once=4) + begun
    said, tickets = moved(scattered_focus.measure(board(divided.PLAN, text=text)))
    assert said == (
        "Payments: finish or park 18 of 24 tickets in progress before starting others: a person holds 4.0 at once, 1.0 is usual "
        "there, and 24 × 1.0 / 4.0 = 6.0."
    )
    assert len(set(tickets)) == 18 and all(t.startswith("Z-") for t in tickets)


def test_a_scattered_team_stops_what_it_serves_least(board: MakeBoard) -> None:
    """Five priorities alike, where one was nearly all: four are to stop, and their tickets in progress are named."""
    serves = ["growth", "bugs", "data", "returns", "search"]
    begun = "".join(f"Z-{n} 2026-02-20 2026-02-23 - p{n} Payments {s}\n" for n, s in enumerate(serves))
    text = divided.HEAD + divided.weeks(45, 8, "gggggggb", each=2) + divided.weeks(7, 0, "gbdrs", each=2) + begun
    finding = scattered_focus.measure(board(divided.PLAN, text=text))
    said, tickets = moved(finding)
    assert said.startswith("Payments: finish or park the 4 tickets in progress of ")
    assert said.endswith("without them its effort divides as if among 1.0 priorities, where 1.5 is as usual there.")
    kept = next(s for s in serves if f"{s} (" not in said)
    assert sorted(tickets) == [f"Z-{n}" for n, s in enumerate(serves) if s != kept]


def test_one_question_settles_what_it_covers(board: MakeBoard) -> None:
    """48 tickets of five person-days each are claimed by both, and one question is behind all of them."""
    finding = interpretation_points.measure(board(claimed.PLAN, text=claimed.year(recent=6)))
    said, tickets = moved(finding)
    assert said == (
        "Settle one question: Rules of Growth and of Trust match the same tickets, and Growth wins by its place: which is it? It "
        "covers 240.0 of 240.0 person-days that could count for two priorities."
    )
    assert finding.move is not None and len(tickets) + finding.move.more == 48


@pytest.mark.parametrize(
    ("condition", "sentence", "tickets"),
    [
        # 72 of 96 days are 33.6 more than 40 %; each ticket drew two days; nothing of it is open any more
        ("share(growth) <= 40%", "Start about 17 fewer tickets of Growth (2 each): 35.0\u00a0% of 96 person-days is 33.6.", 0),
        ("unlinked() <= 2%", "Link 6 of 6 unlinked tickets to what they serve, or stop them, the heaviest first: 10.1 of 96 "
         "person-days are more than the 2\u00a0% assumed, and these drew 12.", 6),
        ("finished(growth) >= 9", "Finish 4.5 tickets of Growth more a week (9 assumed, 4.5 seen), or assume less.", 0),
        ("finished() >= 9", "Finish 3.0 tickets more a week (9 assumed, 6.0 seen), or assume less.", 0),
    ],
)  # fmt: skip
def test_what_an_assumption_needs_to_hold_again(board: MakeBoard, condition: str, sentence: str, tickets: int) -> None:
    finding = broken_assumptions.measure(board(assumed.plan(condition), text=assumed.TEXT))
    said, named = moved(finding)
    assert (said, len(named)) == (sentence, tickets)


def test_what_is_said_of_everybody_names_nobody(board: MakeBoard) -> None:
    finding = broken_assumptions.measure(board(assumed.plan("wip() <= 0.5", "finished() >= 9"), text=assumed.TEXT))
    assert (
        "All teams: in progress per person 1.0" in finding.sentence
        and "All work: finished a week 6.0" in finding.sentence
    )
