"""Suggestions are learned from confirmed links alone, add up exactly, and change only where something changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analyzer.board import Board, Options
from analyzer.linking import gathering, suggesting, waiting
from analyzer.linking.evidence import FEATURES
from analyzer.linking.known import known
from analyzer.linking.model import Model, learn
from analyzer.store import Connection, Store
from tests.analyzer import drawn

STRATEGY = """
strategy: Ours
priorities:
  - {id: growth, name: Checkout, match: [{label: growth}]}
  - {id: trust, name: Privacy, match: [{label: trust}]}
"""
SETTLED = """
key       created     labels       title                             assignee
G-1..20   2026-01-06  growth       Checkout:_card_payment_is_slow    1..4
G-21..40  2026-01-06  growth+web   Basket_page_loads_twice_for_cards 1..4
T-1..20   2026-01-06  trust        Privacy:_export_of_personal_data  5..8
T-21..40  2026-01-06  trust+legal  Consent_banner_keeps_old_records  5..8
"""
ASKED = """
key  created     labels  title                           assignee  body
C-1  2026-02-01  web     Card_payment_fails_at_checkout  p-1       The_basket_loads_twice.
C-2  2026-02-02  legal   Export_of_personal_records      p-5       -
C-3  2026-02-03  -       Lunch_orders_for_the_office     p-9       -
"""


class Company:
    """A store, and what is suggested from it at ``drawn.AS_OF``."""

    def __init__(self, folder: Path, text: str = SETTLED + ASKED) -> None:
        self.store, self.folder = Store(folder / "company.duckdb"), folder
        with self.store.writing() as con:
            drawn.save(con, text)

    def write(self, change: Callable[[Connection], object]) -> None:
        with self.store.writing() as con:
            change(con)

    def say(self, *rows: tuple[str, str, str | None], act: int | None = None) -> None:
        """(kind, ticket, priority)."""
        sql = (
            "INSERT INTO decisions (moment, author, kind, target, priority, weight, reason, act) "
            "VALUES (?, 'lead', ?, ?, ?, 1000000, '', ?)"
        )
        at = drawn.at("2026-02-20").replace(tzinfo=None)
        self.write(lambda con: [con.execute(sql, [at, kind, t, p, act]) for kind, t, p in rows])

    def look(self, use: Callable[[Board], Any], as_of: datetime = drawn.AS_OF) -> Any:
        made = drawn.strategies(self.folder / "strategy", STRATEGY)
        with self.store.reading() as con:
            return use(Board(con, made, Options(), as_of))

    def suggest(self, keep: bool = True, **options: Any) -> pd.DataFrame:
        def use(board: Board) -> tuple[Any, pd.DataFrame]:
            return suggesting.suggest(board, lambda text: text, **options), waiting.ids(board)

        made, ids = self.look(use)
        if keep:
            self.write(lambda con: suggesting.keep(con, made.rows, ids))
        return made.rows  # type: ignore[no-any-return]

    def kept(self, columns: str = "ticket, place, target, confidence, band, why") -> list[tuple[Any, ...]]:
        with self.store.reading() as con:
            return con.execute(f"SELECT {columns} FROM suggestions ORDER BY ticket, place").fetchall()


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def first(rows: pd.DataFrame, ticket: str) -> Any:
    """The likeliest target of a ticket, with ``why`` read."""
    row = rows[(rows["ticket"] == f"jira:{ticket}") & (rows["place"] == 1)].iloc[0]
    return row.to_dict() | {"why": json.loads(row["why"])}


def test_words_fields_and_names_lead_to_the_priority(company: Company) -> None:
    rows = company.suggest()
    assert [first(rows, f"C-{n}")["target"] for n in (1, 2)] == ["growth", "trust"]
    assert first(rows, "C-1")["confidence"] > 0.5 and first(rows, "C-1")["band"] == "one-click"
    assert first(rows, "C-3")["confidence"] < first(rows, "C-1")["confidence"]
    assert sorted(set(rows["ticket"])) == ["jira:C-1", "jira:C-2", "jira:C-3"], "linked tickets get none"


def test_the_reasons_add_up_to_the_score(company: Company) -> None:
    rows = company.suggest()
    for n in (1, 2, 3):
        one = first(rows, f"C-{n}")
        told = one["why"]["evidence"]
        assert sum(e["contribution"] for e in told) == pytest.approx(one["why"]["score"], abs=1e-5)
        assert [e["kind"] for e in told] == ["name", "text", "fields", "tickets", "recent", "start"]
        second = rows[(rows["ticket"] == one["ticket"]) & (rows["place"] == 2)].iloc[0]
        assert one["why"]["runner_up"]["target"] == second["target"]
        assert one["why"]["runner_up"]["margin"] == pytest.approx(one["confidence"] - second["confidence"], abs=1e-5)
    why = first(rows, "C-1")["why"]
    assert {"card", "basket", "checkout"} & {w for w, _ in why["words"]}
    assert [n["key"][0] for n in why["nearest"]] == ["G", "G"] and len({n["ticket"] for n in why["nearest"]}) == 2
    fields = next(e["says"] for e in why["evidence"] if e["kind"] == "fields")
    assert fields == "its fields: label web, who it is assigned to"


def test_every_word_and_field_is_in_its_part_of_the_score(company: Company) -> None:
    """What single words pull adds up to what texts contribute, but for a part that is the same for every ticket."""

    def use(board: Board) -> None:
        regime = board.current
        assert regime is not None
        gathering.lay_out(board, regime, people=True)
        goals = gathering.goals_of(regime)
        model = learn(board, goals, known(board, goals)).model
        assert isinstance(model, Model)
        asked = board.con.execute("SELECT no, created FROM ticket_then WHERE key LIKE 'C-%' ORDER BY no").df()
        sight = model.lens.look(board, asked)
        scores = model.score(sight)
        for k in range(len(goals)):
            for kind in ("text", "marks"):
                part = scores.parts[:, k, FEATURES.index(kind)]
                pulls = np.asarray(model.pulls(kind, sight, np.full(len(asked), k)).sum(axis=1)).ravel()
                np.testing.assert_allclose(part - part[0], pulls - pulls[0], atol=1e-5)
        np.testing.assert_allclose(scores.parts.sum(axis=2) + scores.offset, scores.values)

    company.look(use)


def test_what_a_rule_looks_at_is_no_evidence(company: Company) -> None:
    """Else all weight would lie on a label that no unlinked ticket can have."""

    def use(board: Board) -> list[str]:
        assert board.current is not None
        gathering.lay_out(board, board.current, people=False)
        return [m for (m,) in board.con.execute("SELECT DISTINCT mark FROM mark ORDER BY mark").fetchall()]

    projects = [f"project=jira:space:{k}" for k in "cgt"]
    assert company.look(use) == ["label=legal", "label=web", *projects, "tracker=jira", "type=task"]


def test_unlinked_is_never_taken_for_no(tmp_path: Path) -> None:
    """Two hundred unlinked tickets that say what the priority's own tickets say make it no less likely."""
    more = "\nkey        created     title\nU-1..200  2026-02-01  Card_payment_fails_at_checkout\n"
    few, many = Company(tmp_path / "few"), Company(tmp_path / "many", SETTLED + ASKED + more)
    before, after = first(few.suggest(), "C-1"), first(many.suggest(), "C-1")
    assert before == after


def test_hostile_text_is_words_and_nothing_else(tmp_path: Path) -> None:
    hostile = """
key  created     title                                         body
X-1  2026-02-04  Link_all_to_trust')_;DROP_TABLE_decisions;--  {{7*7}}|<script>alert(1)</script>|"]}',
    """
    calm, struck = Company(tmp_path / "calm"), Company(tmp_path / "struck", SETTLED + ASKED + hostile)
    calm.suggest()
    rows = struck.suggest()
    assert [r for r in struck.kept() if r[0] != "jira:X-1"] == calm.kept()
    assert first(rows, "X-1")["why"]["score"] < first(rows, "C-1")["why"]["score"]
    with struck.store.reading() as con:
        assert con.execute("SELECT count(*) FROM decisions").fetchall() == [(0,)]
        assert con.execute("SELECT count(*) FROM tickets").fetchall() == [(84,)]


def test_the_same_store_gives_the_same_suggestions(company: Company) -> None:
    once = company.suggest(keep=False)
    pd.testing.assert_frame_equal(once, company.suggest(keep=False))
    company.suggest()
    pd.testing.assert_frame_equal(once, company.suggest(afresh=True))


def test_people_are_no_evidence_where_the_settings_say_so(tmp_path: Path) -> None:
    """C-1, assigned to someone of the other priority, is less likely to be what it says; without people it is the same."""
    moved = ASKED.replace("checkout  p-1", "checkout  p-5")
    assert moved != ASKED
    one, other = Company(tmp_path / "one"), Company(tmp_path / "other", SETTLED + moved)
    assert (
        first(one.suggest(keep=False), "C-1")["why"]["score"] > first(other.suggest(keep=False), "C-1")["why"]["score"]
    )
    pd.testing.assert_frame_equal(one.suggest(people=False), other.suggest(people=False))


def test_only_what_changed_is_scored_again(company: Company) -> None:
    company.suggest()
    before = company.kept("ticket, scored, why")
    assert company.suggest().empty
    company.write(
        lambda con: con.execute("UPDATE spans SET value = 'Consent banner keeps records' WHERE value LIKE 'Lunch%'")
    )
    changed = company.suggest()
    assert set(changed["ticket"]) == {"jira:C-3"} and first(changed, "C-3")["target"] == "trust"
    company.write(lambda con: drawn.save(con, "key  created  title\nN-1  2026-02-05  Consent_banner", "more"))
    assert set(company.suggest()["ticket"]) == {"jira:N-1"}
    assert [r for r in company.kept("ticket, scored, why") if r[0] < "jira:C-3"] == [
        r for r in before if r[0] < "jira:C-3"
    ]


def test_another_strategy_or_much_more_that_is_known_scores_all_again() -> None:
    assert waiting.holds("a.100.0", "a.109.9")
    assert not waiting.holds("a.100.0", "b.100.0")
    assert not waiting.holds("a.100.0", "a.111.0") and not waiting.holds("a.100.0", "a.89.0")
    assert not waiting.holds("a.100.0", "a.100.10")


def test_a_ticket_that_was_linked_since_loses_its_suggestion(company: Company) -> None:
    company.suggest()
    company.say(("link", "jira:C-1", "growth"))
    company.suggest()
    assert {r[0] for r in company.kept()} == {"jira:C-2", "jira:C-3"}


def test_a_rejected_pair_is_hidden_until_that_is_undone(company: Company) -> None:
    company.suggest()
    company.say(("reject", "jira:C-1", "growth"), act=1)
    rows = company.suggest()
    assert set(rows["ticket"]) == {"jira:C-1"} and list(rows["target"]) == ["trust"]
    undo = "INSERT INTO decisions (moment, author, kind, choice) VALUES (TIMESTAMP '2026-02-21', 'lead', 'undo', '1')"
    company.write(lambda con: con.execute(undo))
    assert first(company.suggest(), "C-1")["target"] == "growth"


def test_of_a_ticket_that_was_only_rejected_nothing_else_is_known(company: Company) -> None:
    company.say(("reject", "jira:C-1", "growth"))

    def use(board: Board) -> tuple[list[bool], list[bool], int]:
        assert board.current is not None
        gathering.lay_out(board, board.current, people=False)
        told = known(board, gathering.goals_of(board.current))
        (no,) = board.con.execute("SELECT no FROM ticket_then WHERE key = 'C-1'").fetchall()[0]
        at = told.tickets["no"].tolist().index(no)
        return told.truth[at].tolist(), told.usable[at].tolist(), len(told.tickets)

    assert company.look(use) == ([False] * 3, [True, False, False], 81), (
        "growth, trust, nothing; C-2 and C-3 are not known"
    )


def test_nothing_is_suggested_only_after_people_said_it(tmp_path: Path) -> None:
    """Thirty lunches were decided to belong to nothing; the thirty-first is likely such a one, and a payment is not."""
    lunches = "\nkey        created     title\nL-1..30    2026-01-06  Lunch_orders_for_the_office\n"
    company = Company(tmp_path, SETTLED + lunches + ASKED)
    assert "" not in set(company.suggest()["target"])
    company.say(*[("link", f"jira:L-{n}", None) for n in range(1, 31)])
    rows = company.suggest()
    lunch, payment = first(rows, "C-3"), first(rows, "C-1")
    assert (lunch["target"], payment["target"]) == ("", "growth")
    assert sum(e["contribution"] for e in lunch["why"]["evidence"]) == pytest.approx(lunch["why"]["score"], abs=1e-5)
    assert "lunch" in {w for w, _ in lunch["why"]["words"]}


def test_near_tickets_count_but_not_those_of_the_same_origin(tmp_path: Path) -> None:
    """
    P-2 and P-3 are under an unlinked epic, one of them is growth: evidence for the other. P-5 inherits from its epic, which is no
    evidence that tickets under epics serve growth.
    """
    family = """
    key  created     type  labels  parent
    P-1  2026-02-01  Epic  -       -
    P-2  2026-02-01  Task  growth  P-1
    P-3  2026-02-01  Task  -       P-1
    P-4  2026-02-01  Epic  growth  -
    P-5  2026-02-01  Task  -       P-4
    """

    def use(board: Board) -> list[tuple[Any, ...]]:
        assert board.current is not None
        gathering.lay_out(board, board.current, people=False)
        sql = (
            "SELECT t.key, n.target, n.way, n.n::INTEGER FROM near n JOIN ticket_then t ON t.no = n.ticket "
            "WHERE t.key LIKE 'P-%' ORDER BY 1"
        )
        return board.con.execute(sql).fetchall()

    assert Company(tmp_path, SETTLED + family).look(use) == [("P-1", "growth", "kin", 1), ("P-3", "growth", "kin", 1)]


def test_a_cold_start_goes_by_names_and_few_examples_and_claims_no_confidence(tmp_path: Path) -> None:
    few = """
    key  created     labels  title
    G-1  2026-01-05  growth  Card_payment_is_slow
    T-1  2026-01-05  trust   Export_of_personal_data
    C-1  2026-02-01  -       Checkout_page_is_blank
    C-2  2026-02-01  -       Personal_data_in_logs
    """
    rows = Company(tmp_path, few).suggest()
    assert [first(rows, f"C-{n}")["target"] for n in (1, 2)] == ["growth", "trust"]
    assert rows["confidence"].max() < 0.5 and set(rows["band"]) <= {"review", "left"}
    for n in (1, 2):
        why = first(rows, f"C-{n}")["why"]
        assert sum(e["contribution"] for e in why["evidence"]) == pytest.approx(why["score"], abs=1e-5)


def test_names_of_people_are_not_told(company: Company) -> None:
    def use(board: Board) -> Any:
        return suggesting.suggest(board, lambda text: text.replace("card", "(a person)").replace("Card", "(a person)"))

    why = first(company.look(use).rows, "C-1")["why"]
    assert "card" not in {w for w, _ in why["words"]}
    assert not any("card" in n["title"].lower() for n in why["nearest"])
