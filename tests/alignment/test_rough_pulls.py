"""Over 200 schedules of faults, a pull that ends well leaves the store that a pull without faults leaves, row by row."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.jira import cloud as jira_cloud
from connectors.jira import live as jira_live
from tests.alignment.settled import KINDS, NOW, Held, fill, rows, served, tracker
from tests.soak import times

EXAMPLES = {"cloud": 80, "data center": 70, "linear": 50}
assert sum(EXAMPLES.values()) == 200
LATER = NOW + timedelta(hours=2)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty tickets take a dozen requests and three checkpoints."""
    monkeypatch.setattr(jira_cloud, "PAGE", 10)
    monkeypatch.setattr(jira_cloud, "LOG_IDS", 20)
    monkeypatch.setattr(jira_live, "PAGE", 15)


def closed(store: Held) -> object:
    """What is in it; it is not used any more."""
    held = rows(store)
    store.close()
    return held


@pytest.mark.parametrize("kind", KINDS)
def test_faults_and_changes_on_the_way_change_nothing(kind: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Where nothing changed during the scan the rough pull alone must do; else the pull that follows when all has settled
    makes it good."""
    folder = tmp_path_factory.mktemp("rough")
    number = iter(range(10_000))
    met = {"calm": 0, "changed": 0}

    def new() -> Held:
        return Held(folder / f"{next(number)}.duckdb")

    untouched, calm = tracker(kind), new()
    with served(untouched, [], {}) as server:
        fill(calm, untouched.connector(server.url))
    expected = closed(calm)

    @settings(
        max_examples=times(EXAMPLES[kind]), deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(
        faults=st.lists(st.tuples(st.integers(1, 24), st.integers(0, 40)), min_size=1, max_size=8),
        changes=st.one_of(
            st.just({}),
            st.just({}),
            st.just({}),
            st.dictionaries(st.integers(2, 16), st.integers(0, 3_000), min_size=1, max_size=4),
        ),
        late=st.sampled_from([0, 0, 0, 0, 0, 0, 4, 30]),
    )
    def holds(faults: list[tuple[int, int]], changes: dict[int, int], late: int) -> None:
        one, rough = tracker(kind), new()
        with served(one, faults, changes, late) as server:
            fill(rough, one.connector(server.url))
        if not changes and (not late or kind == "linear"):
            met["calm"] += 1
            assert closed(rough) == expected
            return
        met["changed"] += 1
        one.world.now = max(one.world.now, NOW) + timedelta(hours=1)
        fresh = new()
        with served(one, [], {}) as server:
            fill(rough, one.connector(server.url), LATER)
            fill(fresh, one.connector(server.url), LATER)
        assert closed(rough) == closed(fresh)

    holds()
    assert min(met.values()) >= times(10, 10)
