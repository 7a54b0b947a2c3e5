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
    [(59.0, 1_900_000_000, 0, ", within"), (61.0, 10, 1, "NOT within"), (5.0, 2_100_000_000, 1, "NOT within")],
)
def test_a_bar_that_is_missed_is_said(
    wall: float, memory: int, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert missed([row("report", 1, 1, wall, memory), row("mapping", 9, 1, 999.0)]) == code
    assert said in capsys.readouterr().out


def test_a_machine_of_half_the_speed_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """The trap: seconds of another day or machine."""
    compare({"rows": [row("mapping", 10, 2)]}, {"rows": [row("mapping", 20, 4), row("new step", 1, 1)]})
    _head, line = capsys.readouterr().out.splitlines()
    assert line.split()[-3:] == ["5.0", "5.0", "1.00"]
