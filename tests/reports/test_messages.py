"""Every message says what is true, how sure, what changed, what to decide and what was seen, within its format's limits."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

import pytest

from reports import line, slack, teams, words
from reports.gist import gist
from tests.reports import messages, sample
from tests.reports.messages import LINK
from tests.reports.sample import Data

Build = Callable[[], Data]
NAMES = [owner for *_, owner, _ in sample.PRIORITIES if owner]


def texts(value: Any) -> Iterator[str]:
    """Every text inside plain data, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)


def test_the_gist_holds_what_was_decided_and_changed() -> None:
    said = gist(messages.week(), LINK)
    assert said.headline.startswith("Work is drifting") and said.verdict == "Signal" and said.link == LINK
    assert said.changes == ("Scope creep: watch before, signal now.",)
    assert len(said.asks) == 5 and said.asks[0].move == "Move about 9 of 64 started items." and said.quiet == ""
    assert said.asks[0].shown(5)[1] == 52 + 7
    assert said.seen.startswith("21,364\N{NO-BREAK SPACE}tickets in Jira, Linear; 264 without history; 31 skipped")


def test_a_result_stored_earlier_has_decisions_from_its_findings_and_no_word_on_changes() -> None:
    said = gist(messages.stored())
    assert [ask.title for ask in said.asks] == ["Priority drift", "Scope creep", "Unlinked work"]
    assert said.changes == () and {ask.move for ask in said.asks} == {""}


def test_a_first_report_and_one_without_changes_say_so() -> None:
    assert gist(messages.week() | {"previous": None, "changed": []}).changes == (words.FIRST_REPORT,)
    (said,) = gist(messages.week() | {"changed": []}).changes
    assert said == "All is as the report of 9\N{NO-BREAK SPACE}November\N{NO-BREAK SPACE}2026 said."


def test_more_than_five_changes_are_counted() -> None:
    result = messages.week()
    assert gist(result | {"changed": result["changed"] * 8}).changes[5:] == ("and 3 more",)


def test_a_calm_week_asks_for_nothing_and_says_so() -> None:
    said = gist(sample.calm())
    assert said.asks == () and "Nothing here asks for a decision" in said.quiet


@pytest.mark.parametrize("build", messages.EVERY)
def test_one_line_is_one_line(build: Build) -> None:
    said = line.render(build(), "2026-W47")
    assert said.startswith("2026-W47 · ") and len(said) <= 200 and "\n" not in said
    assert words.to_decide(len(gist(build()).asks)) in said


def test_a_line_carries_no_control_characters() -> None:
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", line.render(sample.empty() | {"headline": "\x1b[31mred\x1b[0m\r\nx"}))


@pytest.mark.parametrize("build", messages.EVERY)
def test_a_slack_message_is_within_the_limits(build: Build) -> None:
    sent = slack.message(build(), "2026-W47", LINK)
    blocks = sent["blocks"]
    assert len(blocks) <= slack.MOST_BLOCKS and len(json.dumps(blocks, ensure_ascii=False)) <= slack.MOST_TOGETHER
    assert 0 < len(blocks[0]["text"]["text"]) <= 150 and blocks[0]["type"] == "header"
    bodies = [block["text"] for block in blocks if block["type"] == "section"]
    bodies += [element for block in blocks if block["type"] == "context" for element in block["elements"]]
    assert all(0 < len(body["text"]) <= 3_000 and body["verbatim"] for body in bodies)
    assert sent["text"] and sent["unfurl_links"] is False


@pytest.mark.parametrize("hostile", messages.HOSTILE)
def test_in_slack_foreign_text_calls_nobody_and_links_nowhere(hostile: str) -> None:
    result = messages.hostile(hostile)
    known = {ticket["url"].replace("&", "&amp;") for ticket in result["tickets"].values()} | {LINK}
    for text in texts(slack.message(result, "2026-W47", LINK)):
        for opened in re.findall(r"<([^>|]*)", text):
            if text != slack.message(result)["blocks"][0]["text"]["text"]:  # a header is plain text
                assert opened in known, opened
        assert "\x00" not in text and "\u202e" not in text and "```" not in text.replace(hostile, "")


def test_slack_escapes_its_three_signs_once_and_leaves_words_alone() -> None:
    assert slack.escape("a & b < c > d") == "a &amp; b &lt; c &gt; d"
    assert slack.escape("snake_case *x* `y` _z_") == "snake_case ∗x∗ ˋyˋ ˍzˍ"


def test_in_slack_a_ticket_whose_address_is_no_web_address_is_not_linked() -> None:
    text = json.dumps(slack.message(messages.week(), "2026-W47", LINK))
    assert "|PAY-1001>" in text and "|PAY-1004>" not in text and "javascript" not in text


@pytest.fixture(scope="module")
def card_schema() -> Any:
    """Microsoft's schema of Adaptive Cards 1.5, as a package for building cards carries it."""
    jsonschema = pytest.importorskip("jsonschema")
    folder = files("adaptive_cards") if pytest.importorskip("adaptive_cards") else None
    assert folder is not None
    return jsonschema.Draft6Validator(json.loads((folder / "schemas" / "schema-1.5.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("build", messages.EVERY)
def test_a_teams_message_holds_a_card_that_the_published_schema_accepts(build: Build, card_schema: Any) -> None:
    sent = teams.message(build(), "2026-W47", LINK)
    (attachment,) = sent["attachments"]
    assert sent["type"] == "message" and attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert len(json.dumps(sent, ensure_ascii=False).encode()) <= teams.MOST_BYTES < 28_000
    card = attachment["content"]
    assert card.pop("msteams") == {"width": "Full"}  # Teams' own addition to the schema
    assert list(card_schema.iter_errors(card)) == []
    assert card["actions"] == [{"type": "Action.OpenUrl", "title": words.OPEN_REPORT, "url": LINK}]


def test_the_schema_would_find_a_mistake(card_schema: Any) -> None:
    card = teams.message(messages.week())["attachments"][0]["content"]
    del card["msteams"]
    assert not list(card_schema.iter_errors(card))
    card["body"][0]["inlines"][0]["weight"] = "Heavy"
    assert list(card_schema.iter_errors(card))


@pytest.mark.parametrize("hostile", messages.HOSTILE)
def test_in_teams_foreign_text_stands_only_where_no_markdown_is_read(hostile: str) -> None:
    result = messages.hostile(hostile)
    card = teams.message(result, "2026-W47", LINK)["attachments"][0]["content"]
    titles = {block["text"] for block in card["body"] if block["type"] == "TextBlock"}
    assert titles == {words.CHANGED, words.DECIDE} and "entities" not in card["msteams"]
    addresses = {ticket["url"] for ticket in result["tickets"].values()} | {LINK}
    runs = [run for block in card["body"] if block["type"] == "RichTextBlock" for run in block["inlines"]]
    opened = {run["selectAction"]["url"] for run in runs if "selectAction" in run}
    assert opened <= addresses and all(url.startswith("https://") for url in opened)
    assert not any("{{" in text or "\x00" in text for text in texts(card))


@pytest.mark.parametrize("build", messages.EVERY)
def test_no_message_names_a_person(build: Build) -> None:
    said = json.dumps([slack.message(build(), "", LINK), teams.message(build(), "", LINK), line.render(build())])
    assert [name for name in NAMES if re.search(rf"\b{name}\b", said)] == []
