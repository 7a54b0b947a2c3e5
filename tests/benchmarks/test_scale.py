"""The harness says what was missed, and compares in floors, not in seconds."""

from __future__ import annotations

import pytest

from benchmarks.scale import compare, missed


def row(
    step: str, cpu: float, floor: float, wall: float = 1.0, memory: int = 0, size: int = 1_000_000
) -> dict[str, object]:
    return {"size": size, "step": step, "wall": wall, "cpu": cpu, "floor": floor, "memory": memory, "file": 0}


@pytest.mark.parametrize(
    ("wall", "memory", "code", "said"),
    [(59.0, 1_900_000_000, 0, "tickets: 59, within 60 s"), (61.0, 10, 1, "tickets: 61, NOT within 60 s"),
     (5.0, 2_100_000_000, 1, "memory: 2.1, NOT within 2 GB")],
)  # fmt: skip
def test_a_bar_that_is_missed_is_said(
    wall: float, memory: int, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert missed([row("report", 1, 1, wall, memory), row("mapping", 9, 1, 999.0)]) == code
    assert said in capsys.readouterr().out


def test_requests_are_held_against_their_bar_and_floors_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    pulled = {**row("full pull", 1, 1, size=10_000), "requests": 141}
    assert missed([pulled]) == 1 and missed([{**pulled, "requests": 140}]) == 0
    assert missed([row("board + drift", 70, 2)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "requests for 1,000 tickets: 14.1, NOT within 14",
        "requests for 1,000 tickets: 14, within 14",
        "board + drift at a million tickets: 35, NOT within 6 floors (docs/performance.md)",
    ]


def test_a_machine_of_half_the_speed_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """The trap: seconds of another day or machine."""
    compare({"rows": [row("mapping", 10, 2)]}, {"rows": [row("mapping", 20, 4), row("new step", 1, 1)]})
    _head, line = capsys.readouterr().out.splitlines()
    assert line.split()[-3:] == ["5.0", "5.0", "1.00"]
