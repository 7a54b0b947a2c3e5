"""Names are found however they are written, words are left alone, and what is kept of a name cannot be read."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from analyzer import names
from analyzer.masking import Mask
from analyzer.migrations import migrate
from analyzer.names import of_accounts, ways
from connectors.accounts import Accounts
from connectors.connector import Payload
from connectors.ticket import Account
from tests.analyzer import drawn

SECRET = b"a key"
PEOPLE = [
    Account(("Ada King Lovelace",), ("alovelace", "ada.lovelace@acme.example", "557058:f58131cb-b67d-43c7-b30d-6b58d40bd077")),
    Account(("Müller, Jörg (Contractor)",), ("mark",)),
    Account(("Siobhán O'Brien - Acme",), ("x104233",)),
    Account(("田中太郎",)),
    Account(("Mark Twain",), ("abstract",)),
    Account(("Release Manager",), ("release-manager",)),
    Account(("Former user",)),
    Account((), ("qwilliams", "admin", "clone")),
]  # fmt: skip


@pytest.fixture(scope="module")
def mask() -> Mask:
    return Mask(of_accounts(PEOPLE, SECRET))


NAMED = (
    "Ada Lovelace", "LOVELACE, Ada", "ada_lovelace", "Ada-Lovelace", "Ada King Lovelace", "Ada B. Lovelace", "AdaLovelace",
    "Ada** **Lovelace", "Ada\u00a0Lovelace", "A\u200bda Love\u00adlace", "alovelace", "ada.lovelace", "ada-lovelace",
    "ada.lovelace@acme.example", "someone+else@other.example", "@ada", "@nobody-known", "[~accountid:557058:f58]", "[~x]",
    "557058:f58131cb-b67d-43c7-b30d-6b58d40bd077", "https://acme.atlassian.net/jira/people/70121:1", "Jörg Müller", "Jorg Muller",
    "Joerg Mueller", "J. Mueller", "Jo\u0308rg Mu\u0308ller", "O'Brien, Siobhan", "x104233", "田中太郎", "田中 太郎", "Mark Twain",
    "qwilliams",
)  # fmt: skip
WORDS = (
    "Mark as done", "King size", "Ada compiler", "an abstract clone", "Release Manager signs", "Former user cannot log in",
    "admin page", "Upgrade @types/node", "react@18", "androidlib@4.1.0", "@Override is missing", "@import of fonts", "PAY-12",
    "icon@2x", "田の字", "",
)  # fmt: skip


@pytest.mark.parametrize("text", NAMED)
def test_a_name_is_found_however_it_is_written(mask: Mask, text: str) -> None:
    assert mask(text) == "(a person)"
    assert mask(f"Ask {text} and go") == "Ask (a person) and go"


def test_a_title_cut_within_a_name_shows_no_part_of_it(mask: Mask) -> None:
    assert mask("Ask Ada Lovel…") == "Ask (a person)…"


@pytest.mark.parametrize("text", WORDS)
def test_a_word_is_left_alone(mask: Mask, text: str) -> None:
    """The trap: accounts are called Mark, abstract and admin."""
    assert mask(text) == text


def test_the_parts_of_a_name_in_a_list_of_words_are_found(mask: Mask) -> None:
    """What a theme is about is told in words, in an order of their own."""
    assert mask("lovelace, checkout, ada") == "(a person), checkout, (a person)"
    assert mask("ada, checkout") == "ada, checkout"


def test_words_of_the_strategy_stay_in_our_sentences_and_alone(tmp_path: Path) -> None:
    """The traps: a priority called like someone, an owner whom a title mentions, a team called after a person."""
    lab = "{id: lab, name: Ada Lovelace Lab, owner: Jörg Müller, match: [{title: Mark Twain}]}"
    plan = f"strategy: First half\npriorities: [{lab}]\n"
    found = drawn.strategies(tmp_path / "strategy", plan)
    mask = Mask(of_accounts(PEOPLE, SECRET), found)
    assert mask("Ada Lovelace Lab") == "Ada Lovelace Lab" and mask("Jörg Müller") == "Jörg Müller"
    assert mask("Ada Lovelace Lab gets 3 %, says Mark Twain.", True) == "Ada Lovelace Lab gets 3 %, says (a person)."
    assert mask("Team Ada Lovelace") == "Team (a person)" and mask("Ask Jörg Müller") == "Ask (a person)"
    assert mask("Mark Twain") == "(a person)", "a rule is not shown, so it protects nothing"


def test_nothing_kept_can_be_read_or_tried_out_without_the_key() -> None:
    with duckdb.connect(":memory:") as con:
        migrate(con)
        names.remember(con, "jira", SECRET, PEOPLE)
        names.remember(con, "jira", SECRET, PEOPLE)
        rows = con.execute("SELECT kind, mark FROM names").fetchall()
        assert len(rows) == len(set(rows)) > 30
        tried = {
            names.mark(other, way)
            for account in PEOPLE
            for way in ways(account)
            for other in (b"", b"alignment", b"b key")
        }
        assert not tried & {m for _, m in rows} and "lovelace" not in str(rows)
        assert names.of_store(con, SECRET).is_name("ada", "lovelace")
        assert not names.of_store(con, b"b key").begins("ada") and not names.of_store(con, b"").begins("ada")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"fields": {"assignee": {"accountId": "1", "displayName": "Ada Lovelace"}}}, True),
        ({"fields": {"customfield_1": [{"name": "ada", "key": "JIRAUSER1", "displayName": "Ada Lovelace"}]}}, True),
        ({"changelog": {"histories": [{"items": [{"field": "reporter", "fromString": "Ada Lovelace", "toString": ""}]}]}}, True),
        ({"items": [{"field": "Reviewer", "fieldId": "customfield_7", "fromString": None, "toString": "Ada Lovelace"}]}, True),
        ({"assignee": {"id": "u", "name": "Ada Lovelace"}}, True),
        ({"csv": {"Assignee": "Ada Lovelace", "Summary": "Other Words"}}, True),
        ({"items": [{"field": "summary", "fromString": "Ada Lovelace", "toString": "Other Words"}]}, False),
        ({"estimation": {"field": {"fieldId": "f", "displayName": "Ada Lovelace"}}}, False),
        ({"project": {"id": "1", "key": "ADA", "name": "Ada Lovelace"}}, False),
        ({"author": {"accountId": "1", "displayName": "Ada Lovelace", "accountType": "app"}}, False),
        ({"creator": {"id": "u", "name": "Ada Lovelace", "app": True}}, False),
    ],
)  # fmt: skip
def test_people_are_told_from_things_by_their_shape(data: dict[str, object], found: bool) -> None:
    schema = {"name": "Reviewer", "schema": {"type": "user"}}
    accounts = Accounts([Payload("field", "customfield_7", schema)]).named(Payload("issue", "1", data))
    said = {way for account in accounts for way in ways(account)}
    assert ("ada lovelace" in said) == found and "other words" not in said
