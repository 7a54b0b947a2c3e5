"""With no drift few reports raise a signal, a true shift is found, and both rest on the design effect."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from analyzer import statistics
from analyzer.result import Result
from benchmarks import calm, false_alarms, power, team_priority
from reports import html
from tests.reports import browsing

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


@pytest.fixture(scope="module")
def calm_report() -> Result:
    """One seed; ``python -m benchmarks.calm`` does 200."""
    return calm.report(7)


def test_a_calm_company_is_left_in_peace(calm_report: Result) -> None:
    said = calm.told(calm_report)
    assert {m: v for m, v in said.items() if v == "signal" or v.startswith("error")} == {}
    assert sum(v == "noise" for v in said.values()) >= 10, "a report that judges nothing proves little"


def test_chromium_finds_no_fault_in_the_report_on_a_calm_company(calm_report: Result, tmp_path: Path) -> None:
    (tmp_path / "calm.html").write_text(html.render(json.loads(calm_report.model_dump_json())), encoding="utf-8")
    with browsing.chromium() as browser:
        assert browsing.faults(browser, tmp_path / "calm.html") == []


def test_the_best_weights_find_more_than_equal_ones_and_less_among_more_teams() -> None:
    away, ends = 0.15 / np.sqrt(0.2 * 0.8 / 72), 12 * 12
    equal = stats.norm.sf(stats.norm.isf(0.07 / ends) - away)
    assert equal < team_priority.best(12, 6) < team_priority.best(4, 6) < team_priority.best(1, 6)
    assert team_priority.best(12, 6) == pytest.approx(0.52, abs=0.005)
