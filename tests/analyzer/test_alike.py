"""Titles are compared with all others, whatever their number; what hangs together is one group under its heaviest title."""

from __future__ import annotations

import pandas as pd
import pytest

from analyzer import alike

MAP = "show the courier on a map while the parcel travels"
TITLES = [
    MAP,
    "pay by card",
    "weekly letter to merchants",
    "empty basket after a day",
    f"parcel: {MAP}",
    f"{MAP} today",
]


@pytest.mark.parametrize("block", [1, 2, 5, 500])
def test_pairs_do_not_depend_on_how_many_are_compared_at_once(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alike, "BLOCK", block)
    found = alike.pairs(TITLES)
    assert list(zip(found["left"], found["right"], strict=True)) == [(0, 4), (0, 5)]
    assert found["likeness"].between(alike.ENOUGH, 1).all()


def test_a_group_is_what_hangs_together_and_titles_of_one_priority_alone_are_none() -> None:
    """
    words                  target
    the map, parcel: …     growth
    the map                trust
    the map today          trust
    pay by card (twice)    growth, trust
    the letter (twice)     growth
    """
    rows = [(TITLES[4], "growth"), (MAP, "trust"), (TITLES[5], "trust"), ("pay by card", "growth"), ("pay by card", "trust"),
            ("weekly letter to merchants", "growth"), ("a weekly letter to merchants", "growth")]  # fmt: skip
    found = alike.groups(pd.DataFrame(rows, columns=["words", "target"]))
    assert list(found.itertuples(index=False, name=None)) == [
        (TITLES[4], TITLES[4], True),
        ("pay by card", "pay by card", False),
        (MAP, TITLES[4], True),
    ]  # the third way to say it serves what the second serves, and is too far from the first


def test_nothing_to_compare_is_nothing_found() -> None:
    assert alike.groups(pd.DataFrame({"words": [], "target": []}, dtype=object)).empty
    assert alike.pairs(["-----------", "***********"]).empty
