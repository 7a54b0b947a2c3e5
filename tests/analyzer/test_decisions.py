"""Decisions on links are said in acts, stand until a later act or an undo, and are refused whole when a word of them is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from analyzer.decisions import Refused, Stale, Word, decide, history, latest, shown, standing, undo
from analyzer.mapping import WHOLE
from analyzer.store import Connection, Store
from tests.analyzer import drawn

COMPANY = """
key     created     type  parent
A-1     2026-01-05  Epic  -
A-2..4  2026-01-05  Task  A-1

sprint  start       end
Now     2026-01-05  2026-01-16
"""
KNOWN = frozenset({"growth", "trust", "upkeep"})
MONDAY = drawn.at("2026-02-02", 9)


@pytest.fixture
def con(tmp_path: Path) -> Iterator[Connection]:
    with Store(tmp_path / "store.duckdb").writing() as opened:
        drawn.save(opened, COMPANY)
        yield opened


def say(con: Connection, *words: Word, day: int = 0, seen: int | None = None) -> int:
    return decide(con, words, "someone", MONDAY + timedelta(days=day), seen, KNOWN)


def links(key: str, priority: str | None = "growth", **more: str) -> Word:
    return Word(f"jira:{key}", ((priority, WHOLE),), **more)  # type: ignore[arg-type]


def serves(con: Connection, key: str, as_of: datetime | None = None) -> list[str | None]:
    found = standing(con, as_of).get(f"jira:{key}")
    return [served for served, _ in found.parts] if found else []


def test_what_was_said_last_stands_and_what_comes_later_is_not_known_yet(con: Connection) -> None:
    first = say(con, links("A-2"), links("A-3", None))
    second = say(con, Word("jira:A-2", (("trust", 400_000), ("growth", 600_000)), reason="both"), day=1)
    assert (serves(con, "A-2"), serves(con, "A-3")) == (["growth", "trust"], [None])
    assert serves(con, "A-2", MONDAY) == ["growth"] and serves(con, "A-2", MONDAY - timedelta(days=1)) == []
    assert standing(con)["jira:A-2"].act == second == latest(con) > first
    assert standing(con, targets=["jira:A-3"]).keys() == {"jira:A-3"}


def test_an_undo_brings_back_what_stood_before_and_may_be_undone_once(con: Connection) -> None:
    say(con, links("A-2"))
    wrong = say(con, links("A-2", "trust"), links("A-3", "trust"), day=1)
    back = undo(con, wrong, "other", MONDAY + timedelta(days=2))
    assert (serves(con, "A-2"), serves(con, "A-3")) == (["growth"], [])
    assert serves(con, "A-3", MONDAY + timedelta(days=1)) == ["trust"]
    with pytest.raises(Refused, match=f"taken back by act {back}"):
        undo(con, wrong, "other", MONDAY + timedelta(days=3))
    again = undo(con, back, "other", MONDAY + timedelta(days=3))
    assert (serves(con, "A-2"), serves(con, "A-3")) == (["trust"], ["trust"])
    with pytest.raises(Refused, match=f"taken back by act {again}"):
        undo(con, back, "other", MONDAY + timedelta(days=4))
    undo(con, again, "other", MONDAY + timedelta(days=5))
    assert serves(con, "A-3") == []
    with pytest.raises(Refused, match="There is no act 99"):
        undo(con, 99, "other", MONDAY)
    told = [(a.kind, a.targets, a.undoes, a.undone_by) for a in history(con)][:3]
    assert told == [("undo", 2, again, None), ("link", 2, None, again + 1), ("undo", 2, wrong, again)]
    assert [a.act for a in history(con, "jira:A-3")] == [again + 1, again, back, wrong]


def test_a_stale_view_is_refused_and_one_that_knows_is_not(con: Connection) -> None:
    seen = latest(con)
    act = say(con, links("A-2"), seen=seen)
    with pytest.raises(Stale) as refused:
        say(con, links("A-2", "trust"), links("A-3"), seen=seen)
    assert refused.value.targets == ("jira:A-2",) and serves(con, "A-3") == []
    say(con, links("A-3"), seen=seen)
    undo(con, act, "other", MONDAY)
    with pytest.raises(Stale):  # an undo is news too
        say(con, links("A-2", "trust"), seen=act)
    say(con, links("A-2", "trust"), seen=latest(con))
    assert serves(con, "A-2") == ["trust"]


def test_a_rejection_links_nothing_and_falls_when_it_is_linked_after_all(con: Connection) -> None:
    say(con, Word("jira:A-2", rejects="growth"))
    assert standing(con)["jira:A-2"].parts == () and standing(con)["jira:A-2"].rejected == ("growth",)
    say(con, links("A-2", "trust"), day=1)
    assert standing(con)["jira:A-2"].rejected == ("growth",)
    say(con, links("A-2", "growth"), day=2)
    assert standing(con)["jira:A-2"].rejected == ()
    with pytest.raises(Refused, match="was decided to serve growth"):
        say(con, Word("jira:A-2", rejects="growth"), day=3)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Nothing was said"),
        ((links("A-9"),), "Nothing in the store has the id jira:A-9"),
        ((links("A-2", "fame"),), "the strategy has no fame. It has: growth, trust, upkeep"),
        ((Word("jira:A-2", rejects="fame"),), "the strategy has no fame"),
        ((Word("jira:A-2", (("growth", 1),)),), "do not add up to 100 %"),
        ((Word("jira:A-2", (("growth", 2 * WHOLE), ("trust", -WHOLE))),), "do not add up"),
        ((Word("jira:A-2", (("growth", 1), ("growth", WHOLE - 1))),), "one priority has two parts"),
        ((Word("jira:A-2"),), "do not add up"),
        ((Word("jira:A-2", (("growth", WHOLE),), "trust"),), "linked and rejected in one word"),
        ((links("A-2"), links("A-2", "trust")), "said twice in one act"),
        ((Word("jira:sprint:Now", (("growth", WHOLE),), reach="below"),), "is no ticket"),
    ],
)
def test_a_wrong_word_is_told_and_nothing_of_the_act_is_written(
    con: Connection, words: tuple[Word, ...], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        say(con, links("A-3"), *words) if words else say(con)
    assert con.execute("SELECT count(*) FROM decisions").fetchall() == [(0,)]


def test_what_was_offered_is_kept_with_the_decision(con: Connection) -> None:
    con.executemany(
        "INSERT INTO suggestions (ticket, place, target, confidence, band, model) VALUES ('jira:A-2', ?, ?, ?, ?, 'm1')",
        [(2, "", 0.25, "review"), (1, "growth", 0.625, "one-click")],
    )
    offered = shown(con, ["jira:A-2", "jira:A-3"])
    assert {t: json.loads(o) for t, o in offered.items()} == {"jira:A-2": {
        "places": [{"target": "growth", "confidence": 0.625, "band": "one-click"},
                   {"target": "", "confidence": 0.25, "band": "review"}],
        "model": "m1",
    }}  # fmt: skip
    say(con, links("A-2", offered=offered["jira:A-2"]))
    assert con.execute("SELECT offered FROM decisions").fetchall() == [(offered["jira:A-2"],)]
