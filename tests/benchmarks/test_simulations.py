"""With no drift few reports raise a signal, a true shift is found, and both rest on the design effect."""

from __future__ import annotations

import pytest

from analyzer import statistics
from benchmarks import calm, false_alarms, power, team_priority

COMPANIES = 150


@pytest.mark.parametrize("place", list(false_alarms.PLACES))
def test_few_false_alarms(place: str) -> None:
    """Without the design effect it is over 20 % at edges and with numbers."""
    assert false_alarms.rate(place, 6, 0.08, 20, COMPANIES).drift <= 0.1


def test_the_design_effect_is_what_keeps_alarms_down(monkeypatch: pytest.MonkeyPatch) -> None:
    def naive(tickets: float, weeks: int, rho: float) -> float:
        return tickets

    monkeypatch.setattr(statistics, "effective", naive)
    assert false_alarms.rate("number", 6, 0.08, 20, COMPANIES).drift > 0.18
    assert false_alarms.rate("edge", 6, 0.08, 20, COMPANIES).drift > 0.18


def test_a_true_shift_is_found() -> None:
    """15 points beyond the end of a range, at 20 tickets a week; 81 % over 200 companies, 67 % if all six were corrected for."""
    found = power.found("from the end of its range", 6, 0.05, 0.0, 80)
    assert found.eighth >= 0.7 and found.any >= found.eighth


def test_few_false_alarms_over_teams_and_priorities() -> None:
    """Four teams of five shares each, all exactly at an edge; the rate over 100 companies is within chance of the bar."""
    assert team_priority.alarms("edge", 4, 0.05, 60) <= 0.12


def test_a_true_shift_in_one_team_is_found() -> None:
    assert team_priority.found(4, 6, 0.05, 0.0, 25)[1] >= 0.5


def test_a_calm_company_is_left_in_peace() -> None:
    """One seed; ``python -m benchmarks.calm`` does 200."""
    _, told, _ = calm.verdicts(7)
    assert {m: v for m, v in told.items() if v == "signal" or v.startswith("error")} == {}
    assert sum(v == "noise" for v in told.values()) >= 10, "a report that judges nothing proves little"
