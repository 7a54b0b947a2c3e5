"""Markdown readers find no markup in foreign text, and no link that is not http or https."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from reports import markdown
from tests.reports import sample

READ = MarkdownIt("commonmark", {"html": True}).enable("table")


@pytest.fixture(scope="module")
def text() -> str:
    return markdown.render(sample.company())


@pytest.mark.parametrize(
    "hostile",
    [
        *sample.HOSTILE,
        "[x](javascript:alert(1))",
        "a | b",
        "`code`",
        "# heading",
        "- item",
        "=====",
        "1. one",
        "2) two",
        "+ plus",
        "> quote",
        "*bold* _it_ ~~no~~ **x**",
        "&lt;b&gt; &#60;",
        "<http://evil.example>",
        "![x](http://evil.example/x.png)",
        "back\\slash \\",
        "    indented",
        "---",
    ],
)
def test_foreign_text_arrives_as_text(hostile: str) -> None:
    tokens = READ.parse(markdown.escape(hostile))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    children = tokens[1].children or []
    assert {token.type for token in children} <= {"text", "text_special"}
    assert "".join(token.content for token in children) == " ".join(hostile.split())


def test_addresses_in_titles_are_not_made_links_by_readers_that_would() -> None:
    assert markdown.escape("see http://evil.example or www.evil.example") == (
        r"see http\://evil.example or www\.evil.example"
    )


@pytest.mark.parametrize("hostile", sample.HOSTILE)
def test_a_pipe_or_a_tag_does_not_leave_its_table_cell(hostile: str) -> None:
    drawn = READ.render(f"| a | b |\n| --- | --- |\n| {markdown.escape(hostile + '|x')} | 1 |")
    assert drawn.count("<td>") == 2


def test_there_is_no_markup_but_ours_and_links_go_to_the_web(text: str) -> None:
    links = 0
    for token in READ.parse(text):
        assert token.type != "html_block"
        for child in token.children or []:
            assert child.type not in ("html_inline", "image")
            if child.type == "link_open":
                links += 1
                assert str(child.attrs["href"]).startswith(("https://", "http://"))
    assert links > 100


def test_it_tells_the_same_story(text: str) -> None:
    assert text.startswith("# Work is drifting away from Faster checkout")
    assert "8\N{NO-BREAK SPACE}% (95 % interval 5–12\N{NO-BREAK SPACE}%)" in text
    assert "**Intended mix: 66 of 100**" in text
    assert "1. **Signal: Priority drift.**" in text and "3. **Watch: Unlinked work.**" in text
    assert "and 45 more" in text
    assert text.index("## What was seen") < text.index("## How far is the work")
    assert "This measures the work, not people." in text


def test_a_quiet_week_has_a_proper_headline() -> None:
    text = markdown.render(sample.calm())
    assert text.startswith("# No signal in these weeks\n")
    assert "Nothing here asks for a decision." in text


def test_what_changed_and_what_to_decide_are_told_with_the_smallest_move() -> None:
    result = sample.company()
    name = next(iter(result["tickets"]))
    sentence = "Scope creep: was no signal, is a signal now (12 % → 31 %)."
    change = {"measure": "scope_creep", "title": "Scope creep", "was": "noise", "now": "signal", "was_value": 0.12,
              "now_value": 0.31, "unit": "share", "sentence": sentence}  # fmt: skip
    decide = {"measure": "priority_drift", "title": "Priority drift", "verdict": "signal", "sentence": "Drift.",
              "move": "Move about 9 of 64 open tickets.", "tickets": [name], "more": 8}  # fmt: skip
    text = markdown.render(result | {"previous": "2026-11-09T05:00:00Z", "changed": [change], "decide": [decide]})
    assert "## Since the last report, 9\u00a0November\u00a02026, 06:00\n\n- Scope creep: was no signal" in text
    assert "1. **Signal: Priority drift.** Drift.\n   Smallest move: Move about 9 of 64 open tickets. [" in text
    assert "and 8 more" in text and "\nAlso: Scope creep, Unlinked work" in text
    quiet = markdown.render(result | {"previous": "2026-11-09T05:00:00Z", "changed": []})
    assert "Nothing moved by more than chance gives." in quiet
    assert "Since the last report" not in markdown.render(result)  # nothing to compare with
