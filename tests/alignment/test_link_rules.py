"""Decisions that repeat become a rule shown as a diff with its count; written, only its own signs are new in the file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from alignment import wiring
from alignment.cli import cli, run
from alignment.errors import Mend
from alignment.link import rule_file
from analyzer.decisions import Word, decide
from analyzer.mapping import WHOLE
from analyzer.proposed_rules import Proposed, proposed
from analyzer.store import Connection, Store
from analyzer.strategy_file import read_strategies
from tests.analyzer import drawn
from tests.conftest import MakeBoard

PLAN = """\
# Ours.
strategy: s
priorities:
  - id: growth
    name: Growth
    match:
      - {label: growth}   # the first

  - {id: trust, match: [{label: trust}]}
  - {id: speed}
"""


def decided(*groups: tuple[str, str | None, range]) -> Callable[[Connection], None]:
    """Each group's tickets, named by a letter and numbers, serve what it says."""

    def prepare(con: Connection) -> None:
        words = [Word(f"jira:{letter}-{n}", ((served, WHOLE),)) for letter, served, numbers in groups for n in numbers]
        if words:
            decide(con, words, "x", drawn.at("2026-02-02", 12), None, {"growth", "trust", "speed"})

    return prepare


def found(made: Any) -> list[tuple[Any, ...]]:
    return [(p.field, p.value, p.target, p.right, p.wrong, p.catches, p.unlinked, p.otherwise) for p in proposed(made)]


def test_a_label_that_decided_tickets_share_is_proposed_with_what_it_would_link(board: MakeBoard) -> None:
    """
    key      created     labels    parent
    G-1      2026-01-05  growth    -
    A-1..5   2026-01-05  checkout  -
    A-6..8   2026-01-05  checkout  -
    A-9      2026-01-05  checkout  G-1
    B-1..60  2026-01-05  other     -
    """
    said = decided(("A", "growth", range(1, 5)))
    assert found(board(PLAN, prepare=said)) == [("label", "checkout", "growth", 4, 0, 5, 4, 0)]
    assert found(board(PLAN, prepare=said, as_of=drawn.at("2026-02-01"))) == []


def test_one_wrong_of_many_is_told_and_more_than_a_tenth_is_no_rule(board: MakeBoard) -> None:
    """
    key       created     labels
    A-1..20   2026-01-05  checkout
    B-1..200  2026-01-05  other
    """
    assert found(board(PLAN, prepare=decided(("A", "growth", range(1, 11)), ("A", "trust", range(11, 12))))) == [
        ("label", "checkout", "growth", 10, 1, 9, 9, 1)
    ]
    assert found(board(PLAN, prepare=decided(("A", "growth", range(1, 11)), ("A", None, range(11, 13))))) == []


def test_what_half_of_your_own_decisions_contradict_is_no_rule(board: MakeBoard) -> None:
    """Though nearly all that a rule links have it in common.

    key       created     labels
    A-1..9    2026-01-05  shop
    C-1..60   2026-01-05  growth+shop
    B-1..900  2026-01-05  other
    """
    assert found(board(PLAN, prepare=decided(("A", "growth", range(1, 4))))) == [
        ("label", "shop", "growth", 3, 0, 6, 6, 0)
    ]
    assert found(board(PLAN, prepare=decided(("A", "growth", range(1, 4)), ("A", "trust", range(4, 7))))) == []


def test_traps_what_chance_a_rule_or_other_links_explain_is_not_proposed(board: MakeBoard) -> None:
    """
    key      created     type   labels
    A-1..4   2026-01-05  Story  -
    B-1..40  2026-01-05  Story  -
    C-1..4   2026-01-05  Bug    growth+shop
    D-1..4   2026-01-05  Task   api
    E-1..9   2026-01-05  Task   trust+api
    """
    said = decided(("A", "growth", range(1, 5)))
    assert ("project", "A") not in [p[:2] for p in found(board(PLAN, prepare=said))]  # it would link nothing more
    assert "Story" not in [p[1] for p in found(board(PLAN, prepare=said))]  # most tickets are stories
    assert found(board(PLAN, prepare=decided(("C", "growth", range(1, 5))))) == []  # its rule links them all already
    assert "api" not in [
        p[1] for p in found(board(PLAN, prepare=decided(("D", "growth", range(1, 4)))))
    ]  # trust has more of them
    assert found(board(PLAN, prepare=decided())) == [] and found(board(prepare=decided())) == []


def test_a_word_of_the_title_is_a_rule_that_finds_the_same_tickets(board: MakeBoard) -> None:
    """
    key      created     title
    A-1      2026-01-05  Über-Checkout-slow
    A-2      2026-01-05  slow_Checkout
    A-3      2026-01-05  CHECKOUT-über-all
    A-4..6   2026-01-05  über-checkout
    A-7      2026-01-05  checkouts
    A-8..97  2026-01-05  Anything
    """
    made = board(PLAN, prepare=decided(("A", "growth", range(1, 2)), ("A", "growth", range(3, 6))))
    rules = {p.value: p for p in proposed(made)}
    (word,) = rules  # both words tell of the same tickets: one habit, one rule
    for value in ("checkout", "über"):
        text = rule_file.with_rule(PLAN, "trust", rule_file.condition(Proposed("title", value, "trust", 4, 0, 1, 1, 0)))
        again = board(text)
        caught = again.con.execute(
            "SELECT t.key FROM link l JOIN ticket_then t ON t.no = l.ticket ORDER BY 1"
        ).fetchall()
        assert [k for (k,) in caught] == ["A-1", "A-3", "A-4", "A-5", "A-6"], value
    assert rules[word].catches == 1


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("target", "before", "after"),
    [
        (
            "growth",
            "      - {label: growth}   # the first\n",
            "      - {label: growth}   # the first\n      - {label: checkout}\n",
        ),
        ("trust", "match: [{label: trust}]", "match: [{label: trust}, {label: checkout}]"),
        ("speed", "{id: speed}", "{id: speed, match: [{label: checkout}]}"),
    ],
)
def test_only_the_rule_is_new_in_the_file(tmp_path: Path, target: str, before: str, after: str, ends: str) -> None:
    file = tmp_path / "strategy.yaml"
    file.write_bytes(PLAN.replace("\n", ends).encode())
    rule_file.write(file, Proposed("label", "checkout", target, 3, 0, 1, 1, 0))
    assert file.read_bytes().decode() == PLAN.replace(before, after).replace("\n", ends)


@pytest.mark.parametrize("value", ["on", "2.10", "a: b", "# x", 'it\'s "so"', "[x]", "wei\u2028ß", "strat/pay"])
def test_any_label_is_written_so_that_it_is_read_back(tmp_path: Path, value: str) -> None:
    file = tmp_path / "strategy.yaml"
    for text in (
        "  - id: growth\n",
        "  - id: growth\n    match: []\n",
        "  - id: growth\n    match:\n    - label: [a, b]\n",
    ):
        file.write_text(f"strategy: s\npriorities:\n{text}", encoding="utf-8")
        rule_file.write(file, Proposed("label", value, "growth", 3, 0, 1, 1, 0))
        (strategy,), _ = read_strategies(file)
        assert strategy.priorities[0].match[-1].label == (value,)


def test_a_file_that_would_say_more_than_the_rule_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "strategy.yaml"
    shared = "strategy: s\npriorities:\n  - {id: growth, match: &m [{label: x}]}\n  - {id: trust, match: *m}\n"
    file.write_text(shared, encoding="utf-8")
    with pytest.raises(Mend, match="Add it by hand to growth"):
        rule_file.write(file, Proposed("label", "checkout", "growth", 3, 0, 1, 1, 0))
    with pytest.raises(Mend, match="does not name fame"):
        rule_file.write(file, Proposed("label", "checkout", "fame", 3, 0, 1, 1, 0))
    assert file.read_text(encoding="utf-8") == shared


def test_the_command_shows_a_diff_writes_it_and_then_has_nothing_more_to_propose(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(wiring, "clock", lambda: datetime(2026, 3, 2, 9, tzinfo=UTC))
    (tmp_path / "strategy.yaml").write_text(PLAN, encoding="utf-8")
    with Store(tmp_path / "alignment.duckdb").writing() as con:
        drawn.save(con, "key  created  labels\nA-1..9  2026-01-05  checkout\nB-1..90  2026-01-05  other")
        decided(("A", "trust", range(1, 5)))(con)

    def rules(*arguments: str, code: int = 0) -> str:
        assert run(lambda: cli.main(["link", *arguments], standalone_mode=False)) == code
        told = capsys.readouterr()
        return told.out or told.err

    shown = rules("rules")
    assert shown.startswith(
        "1. label checkout → trust: right for 4 of 4 tickets decided one by one, wrong for 0. It would link 5 more, 5 of them "
        "linked by nothing today.\n--- a/strategy.yaml\n+++ b/strategy.yaml\n"
    )
    assert (
        "-  - {id: trust, match: [{label: trust}]}\n+  - {id: trust, match: [{label: trust}, {label: checkout}]}\n"
        in shown
    )
    assert "There is no proposal 2." in rules("rules", "--write", "2", code=1)
    assert (tmp_path / "strategy.yaml").read_text(encoding="utf-8") == PLAN
    assert rules("rules", "--write", "1") == "Written: {label: checkout} for trust. Check it: alignment check\n"
    assert rules("rules") == "No decisions repeat that a rule could stand for.\n"
    assert rules("contradictions") == "Nothing contradicts a decision.\n"
    (tmp_path / "strategy.yaml").write_text(
        PLAN.replace("label: trust", "label: nobody").replace("label: growth", "label: checkout")
    )
    assert rules("contradictions", "--limit", "1") == (
        "A-1: decided trust, a rule says growth (strategy.yaml:7)\nThere are more than 1. Show them with --limit.\n"
    )
