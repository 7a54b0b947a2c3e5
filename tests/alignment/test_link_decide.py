"""`alignment link` decides what tickets serve, takes it back, lists it, and keeps it in a file, or says what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alignment import wiring
from alignment.cli import cli, run
from analyzer.decisions import standing
from analyzer.store import Store
from tests.analyzer import drawn

STRATEGY = """\
strategy: First half
priorities:
  - {id: growth, name: Growth, match: [{label: growth}]}
  - id: trust
    match:
      - {label: trust}
      - {label: care}
"""
TICKETS = """
key     created     type  parent  labels  title
A-1     2026-01-05  Epic  -       -       -
A-2..4  2026-01-05  Task  A-1     -       -
A-5..6  2026-01-05  Task  -       trust   -
A-7     2026-01-05  Task  -       care    -

sprint  start       end
Now     2026-01-05  2026-01-16
"""
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
Say = Callable[..., Any]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    ticks = iter(range(10_000))
    monkeypatch.setattr(wiring, "clock", lambda: NOW + timedelta(minutes=next(ticks)))
    (tmp_path / "strategy.yaml").write_text(STRATEGY, encoding="utf-8")
    with Store(tmp_path / "alignment.duckdb").writing() as con:
        drawn.save(con, TICKETS)
    return tmp_path


@pytest.fixture
def link(place: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """What a command prints: lines, or with --json the object; one that fails must say so: ``link(…, code=1)``."""

    def call(*arguments: str, code: int = 0) -> Any:
        done = run(lambda: cli.main(["link", *arguments], standalone_mode=False))
        told = capsys.readouterr()
        assert done == code, told.err
        return told.err if code else json.loads(told.out) if "--json" in arguments else told.out

    return call


def serves(place: Path) -> dict[str, Any]:
    with Store(place / "alignment.duckdb").reading() as con:
        found = standing(con)
    return {t.removeprefix("jira:"): {s: w for s, w in f.parts} or {"not": f.rejected} for t, f in found.items()}


def suggested(place: Path, *rows: tuple[str, int, str, float]) -> None:
    with Store(place / "alignment.duckdb").writing() as con:
        con.executemany(
            "INSERT INTO suggestions (ticket, place, target, confidence, band, model) VALUES (?, ?, ?, ?, 'review', 'm')",
            rows,
        )


def test_a_ticket_is_set_split_and_said_to_serve_nothing(place: Path, link: Say) -> None:
    assert link("set", "A-2", "jira:A-3", "growth", "--reason", "said so", "--by", "me").splitlines()[:3] == [
        "Act 1: 2 decisions.", "  A-2: growth", "  A-3: growth",
    ]  # fmt: skip
    link("set", "A-4", "--split", "growth=33.3333%", "trust=66.6667%")
    link("nothing", "A-5")
    link("set", "Now", "growth=50", "trust=50")
    assert serves(place) == {
        "A-2": {"growth": 1_000_000}, "A-3": {"growth": 1_000_000}, "A-4": {"trust": 666_667, "growth": 333_333},
        "A-5": {None: 1_000_000}, "sprint:Now": {"growth": 500_000, "trust": 500_000},
    }  # fmt: skip
    assert link("set", "A-2", "trust", "--json") == {"act": 5, "decided": [
        {"id": "jira:A-2", "key": "A-2", "serves": [{"target": "trust", "weight": 1_000_000}], "rejects": None, "reach": "ticket"},
    ]}  # fmt: skip


def test_a_suggestion_is_accepted_or_rejected_with_what_was_offered(place: Path, link: Say) -> None:
    suggested(place, ("jira:A-2", 1, "trust", 0.75), ("jira:A-2", 2, "growth", 0.125), ("jira:A-3", 1, "", 0.5))
    link("accept", "A-2", "A-3")
    link("accept", "A-4", "--priority", "growth")
    link("reject", "A-5", "--priority", "growth")
    assert serves(place) == {
        "A-2": {"trust": 1_000_000}, "A-3": {None: 1_000_000}, "A-4": {"growth": 1_000_000}, "A-5": {"not": ("growth",)},
    }  # fmt: skip
    with Store(place / "alignment.duckdb").reading() as con:
        kept = con.execute("SELECT target, offered FROM decisions ORDER BY no").fetchall()
    assert [t for t, offered in kept if offered] == ["jira:A-2", "jira:A-3"]
    assert json.loads(kept[0][1])["places"][0] == {"target": "trust", "confidence": 0.75, "band": "review"}
    assert "Nothing is suggested for A-6." in link("accept", "A-6", code=1)


def test_all_tickets_that_a_rule_links_are_decided_but_for_those_a_person_decided(place: Path, link: Say) -> None:
    link("set", "A-6", "growth")
    assert "A-5: nothing" in link("nothing", "--rule", "strategy.yaml:6")
    assert serves(place) == {"A-6": {"growth": 1_000_000}, "A-5": {None: 1_000_000}}
    assert "Its rules are at: strategy.yaml:3, strategy.yaml:6, strategy.yaml:7" in link(
        "nothing", "--rule", "x:6", code=1
    )
    assert "links no ticket" in link("set", "--rule", "strategy.yaml:3", "trust", code=1)
    assert "not both" in link("nothing", "A-5", "--rule", "strategy.yaml:6", code=2)


def test_a_priority_of_another_time_links_nothing_now_and_that_is_said(place: Path, link: Say) -> None:
    (place / "strategy.yaml").unlink()
    (place / "strategy").mkdir()
    for year, name in ((2025, "loyalty"), (2026, "growth")):
        valid, priorities = f"{{from: {year}-01-01, to: {year}-12-31}}", f"[{{id: {name}, name: {name}}}]"
        text = f"strategy: Year {year}\nvalid: {valid}\npriorities: {priorities}\n"
        (place / "strategy" / f"{year}.yaml").write_text(text, encoding="utf-8")
    asleep = "loyalty stands in no strategy in force now: until it does, the tickets stay unlinked."
    assert asleep in link("set", "A-2", "loyalty", "--strategy", "strategy")
    assert "in force" not in link("set", "A-2", "growth", "--strategy", "strategy")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["set", "A-9", "growth"], "Nothing in the store is called A-9."),
        (["set", "a-2", "growth"], "Nothing in the store is called a-2. Did you mean A-2?"),
        (["set", "A-2", "grwth"], "A-2: the strategy has no grwth. Did you mean 'growth'?"),
        (["set", "A-2", "fame"], "The strategy has no fame. It has: growth, trust"),
        (["set", "growth"], "growth alone does not say what serves what"),
        (["set", "A-2", "--split", "growth=60%", "trust=30%"], "does not add up to 100 %"),
        (["set", "A-2", "--split", "growth=much", "trust=30%"], "growth=much is no priority with its share"),
        (["reject", "A-2", "--priority", "fame"], "has no fame"),
        (["undo"], "There is no act of yours"),
        (["undo", "7"], "There is no act 7"),
        (["import", "none.yaml"], "There is no file none.yaml"),
    ],
)
def test_a_wrong_decision_is_one_sentence_and_keeps_nothing(
    place: Path, link: Say, arguments: list[str], said: str
) -> None:
    assert said.lower() in link(*arguments, code=1).lower()
    assert serves(place) == {}


def test_the_last_act_of_ones_own_is_taken_back_and_the_log_names_nobody(place: Path, link: Say) -> None:
    link("set", "A-1", "growth", "--below", "--by", "Ada", "--reason", "the epic")
    link("set", "A-2", "trust", "--by", "Bob")
    assert link("undo", "--by", "Ada") == "Act 3: act 1 is taken back (1 target).\n"
    assert serves(place) == {"A-2": {"trust": 1_000_000}}
    told = link("log", "--by", "Bob")
    assert [line.split("  ")[-1] for line in told.splitlines()] == [
        "act 1 taken back: A-1 (by someone else)", "trust: A-2 (by you)",
        "growth: A-1 with all below (by someone else): the epic [taken back by act 3]",
    ]  # fmt: skip
    assert link("undo", "3", "--json")["undoes"] == 3 and "A-1" in serves(place)
    acts = link("log", "A-1", "--json")["acts"]
    assert [a["act"] for a in acts] == [4, 3, 1] and "Ada" not in json.dumps(acts)


def test_a_file_brings_everything_to_another_store_and_nothing_the_second_time(place: Path, link: Say) -> None:
    link("set", "A-1", "growth", "--below", "--by", "Ada")
    link("set", "A-7", "--split", "growth=12.5%", "nothing=87.5%", "--reason", "both: # really")
    link("reject", "A-7", "A-5", "--priority", "trust")
    with Store(place / "alignment.duckdb").writing() as con:
        con.execute(
            "UPDATE tickets SET title = 'Care: # of @ada' || chr(8232) || 'x: {' || chr(10) || '}' WHERE key = 'A-7'"
        )
    link("export", "decisions.yaml")
    text = (place / "decisions.yaml").read_text(encoding="utf-8")
    assert "ticket: A-7 # Care: # of (a person) x: { }\n" in text and "Ada" not in text
    before = serves(place)
    assert link("import", "decisions.yaml", "--json") == {"act": None, "decided": 0, "unchanged": 3, "older": []}
    with Store(place / "alignment.duckdb").writing() as con:
        con.execute("DELETE FROM decisions")
    assert link("import", "decisions.yaml", "--json")["decided"] == 3
    assert serves(place) == before
    assert link("import", "decisions.yaml", "--json")["decided"] == 0
    link("export", "again.yaml")
    assert (place / "again.yaml").read_text(encoding="utf-8") == text


def test_a_file_changed_by_hand_is_a_decision_and_one_older_than_a_decision_is_not(place: Path, link: Say) -> None:
    link("set", "A-2", "A-3", "growth")
    link("export", "decisions.yaml")
    link("set", "A-3", "trust")
    file = place / "decisions.yaml"
    edited = file.read_text(encoding="utf-8").replace("serves: growth", "serves: nothing")
    file.write_text(edited + "  - {ticket: A-4, serves: trust}\n", encoding="utf-8")
    told = link("import", "decisions.yaml")
    assert (
        told.startswith("decisions.yaml: 2 new, 0 stand already. Act 3.")
        and "decided anew after the file was written: A-3" in told
    )
    assert serves(place) == {"A-2": {None: 1_000_000}, "A-3": {"trust": 1_000_000}, "A-4": {"trust": 1_000_000}}
    assert link("import", "decisions.yaml", "--json")["decided"] == 0


def test_every_mistake_of_a_file_is_told_with_its_line_and_nothing_is_written(place: Path, link: Say) -> None:
    (place / "decisions.yaml").write_text(
        "decisions:\n"
        "  - {ticket: A-9, serves: growth}\n"
        "  - {ticket: A-2, serves: growt}\n"
        "  - {ticket: A-2, serves: trust}\n"
        "  - {ticket: A-3, serves: {growth: 60%, trust: 30%}}\n"
        "  - {ticket: A-4}\n"
        "  - {ticket: A-5, serves: growth, at: 2036-01-01}\n",
        encoding="utf-8",
    )
    told = link("import", "decisions.yaml", code=1)
    for said in (
        ":2: Nothing in the store is called A-9.", ":3: The strategy has no growt. Did you mean 'growth'?",
        ":4: A-2 stands in line 3 already.", ":5: growth=60% trust=30% does not add up to 100 %.",
        ":6: 'serves' and 'not' are both missing.", ":7: 2036-01-01T00:00:00Z is yet to come.",
    ):  # fmt: skip
        assert f"decisions.yaml{said}" in told, told
    assert serves(place) == {}


def test_a_word_about_files_counts_from_their_newest_change(place: Path, link: Say) -> None:
    with Store(place / "alignment.duckdb").writing() as con:
        con.execute("UPDATE trackers SET live = false")
    link("set", "A-2", "growth")
    link("set", "A-2", "trust")
    with Store(place / "alignment.duckdb").reading() as con:
        assert standing(con, datetime(2026, 1, 6, tzinfo=UTC))["jira:A-2"].parts == (("trust", 1_000_000),)
