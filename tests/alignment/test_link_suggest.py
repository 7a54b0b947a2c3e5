"""``alignment link suggest`` says what it found and links nothing; a pull renews suggestions and never fails for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from alignment.cli import cli, run
from alignment.link.suggesting import after_pull, hiding
from alignment.settings import Settings, read_settings
from analyzer.names import of_accounts
from analyzer.store import Store
from connectors.ticket import Account
from tests.alignment.exported import issue
from tests.analyzer import drawn

STRATEGY = """\
strategy: Ours
priorities:
  - {id: growth, name: Checkout, match: [{label: growth}]}
  - {id: trust, name: Privacy, match: [{label: trust}]}
"""
TICKETS = """
key       created     labels  title                             doing       done        assignee
G-1..40   2026-01-06  growth  Checkout:_card_payment_is_slow    2026-01-12  2026-01-16  1..4
T-1..40   2026-01-06  trust   Privacy:_export_of_personal_data  2026-01-12  2026-01-16  5..8
C-1       2026-02-01  -       Card_payment_fails_at_checkout    2026-02-09  2026-02-13  p-1
C-2       2026-02-02  -       Lunch_orders                      2026-02-09  -           p-5
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("alignment.wiring.clock", lambda: drawn.AS_OF)
    (tmp_path / "strategy.yaml").write_text(STRATEGY, encoding="utf-8")
    with Store(tmp_path / "alignment.duckdb").writing() as con:
        drawn.save(con, TICKETS)
    return tmp_path


def suggest(*arguments: str) -> int:
    return run(lambda: cli.main(["link", "suggest", *arguments], standalone_mode=False))


def test_it_says_what_it_found_and_links_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert suggest() == 0
    told = capsys.readouterr().out
    assert "2 tickets are linked to nothing; 2 of them were new, changed or due, and are scored." in told
    assert "Learned from 80 confirmed tickets, 0 of them decided by people." in told
    line = next(line for line in told.splitlines() if " C-1 " in line)
    assert line.split()[:3] == ["5.0", "C-1", "growth"], "five days of work"
    assert suggest("--json", "--limit", "0") == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["waiting"], again["scored"], again["biggest"]) == (2, 0, [])
    assert sum(again["bands"].values()) == 2
    with Store(place / "alignment.duckdb").reading() as con:
        assert con.execute("SELECT count(*) FROM decisions").fetchall() == [(0,)]


def test_without_a_strategy_it_says_what_to_do(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "strategy.yaml").unlink()
    assert suggest() == 1
    assert "There is no strategy at strategy.yaml." in capsys.readouterr().err


def test_a_strategy_that_is_over_suggests_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dated = STRATEGY + "valid: {from: 2024-01-01, to: 2024-12-31}\n"
    (place / "strategy.yaml").write_text(dated, encoding="utf-8")
    assert suggest() == 0
    assert capsys.readouterr().out == "No suggestions. No strategy was in force in the last complete week.\n"


def test_a_pull_renews_suggestions(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An export of one ticket is read on top of what is there."""
    export = place / "export.jsonl"
    export.write_text(json.dumps(issue(1, "Card payment is slow", "web")) + "\n", encoding="utf-8")
    assert run(lambda: cli.main(["pull", str(export)], standalone_mode=False)) == 0
    assert capsys.readouterr().err == ""
    with Store(place / "alignment.duckdb").reading() as con:
        found = con.execute("SELECT count(DISTINCT ticket) FROM suggestions").fetchall()
    assert found == [(3,)]


def test_a_pull_is_done_whatever_the_strategy_holds(place: Path) -> None:
    settings = Settings.model_validate(
        {"trackers": [{"name": "none", "kind": "file", "path": "."}]}, context={"folder": place}
    )
    assert after_pull(settings, drawn.AS_OF) == ""
    (place / "strategy.yaml").write_text("strategy: [", encoding="utf-8")
    assert after_pull(settings, drawn.AS_OF) == (
        "Suggestions were not renewed (Mistakes). See why: alignment link suggest"
    )
    (place / "strategy.yaml").unlink()
    assert after_pull(settings, drawn.AS_OF) == ""


def test_a_first_or_last_name_alone_is_no_telling_word() -> None:
    hide = hiding(of_accounts([Account(("Winifred Quartermaine",))], b"k"), ())
    assert [hide(w) for w in ("winifred", "quartermaine", "payment")] == ["(a person)", "(a person)", "payment"]
    assert hide("Ask Winifred Quartermaine") == "Ask (a person)"


def test_people_can_be_left_out(tmp_path: Path) -> None:
    file = tmp_path / "alignment.yaml"
    file.write_text("trackers: [{name: x, kind: example-jira}]\nlinking: {people: false}\n", encoding="utf-8")
    settings, _mistakes = read_settings(file)
    assert settings is not None and (settings.linking.people, settings.linking.auto) == (False, False)
