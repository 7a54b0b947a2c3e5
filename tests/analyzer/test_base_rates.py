"""The kept figures of sprints elsewhere are those of the published data."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from analyzer import base_rates

DATA = Path(__file__).parents[3] / "shared" / "data" / "sprint-scope-tse2017"


def test_three_sprints_by_hand() -> None:
    found = base_rates.of("Ours", [(10, 5, 0), (4, 0, 1), (0, 3, 0)])
    # 5/10 and 0/4; the third began empty, so nothing can be said of its growth
    assert (found.sprints, found.with_start, found.added, found.removed) == (3, 2, 0.667, 0.333)
    assert found.growth == (0.12, 0.25, 0.38, 0.45)


@pytest.mark.skipif(not DATA.exists(), reason="the published sprints are not on this machine")
def test_the_kept_figures_are_those_of_the_data() -> None:
    kept = files("analyzer").joinpath("data/sprint_scope.json").read_text(encoding="utf-8")
    assert base_rates.as_json(base_rates.compute(base_rates.read(DATA))) == kept
    assert sum(r.sprints for r in base_rates.usual()[1:]) == base_rates.usual()[0].sprints == 3834
