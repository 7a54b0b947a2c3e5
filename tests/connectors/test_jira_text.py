"""Descriptions of Jira become plain text with their structure kept line by line, in linear time, whatever is in them."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.jira.document import plain
from connectors.jira.wiki import plain_wiki


def node(kind: str, *content: Any, **attrs: Any) -> dict[str, Any]:
    return {"type": kind, "content": list(content), "attrs": attrs}


def text(words: str, link: str = "") -> dict[str, Any]:
    marks = [{"type": "link", "attrs": {"href": link}}] if link else [{"type": "strong"}]
    return {"type": "text", "text": words, "marks": marks}


def line(words: str) -> dict[str, Any]:
    return node("paragraph", text(words))


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        ("h2. Our *criteria*\n\n\n* one\n** under\n# first\n- dash", "Our criteria\n- one\n  - under\n- first\n- dash"),
        ("- [ ] open\n[x] done\n[ ] bare [WIP]", "- [ ] open\n[x] done\n[ ] bare [WIP]"),
        ("*bold* _em_ +new+ ??who?? {*}in{*}side {{mono *raw*}}", "bold em new who inside mono *raw*"),
        ("a * b * c, snake_case_name, C++ and D++, 1 - 2 -3-, really?? yes??", None),
        ("See [docs|https://a.example], [https://b.example], [here|#top]", "See docs (https://a.example), https://b.example, here"),
        ("Ask [~accountid:5f8d:38] or [Dana|~dana] or [mailto:d@example.com]!", "Ask  or  or !"),
        ("{color:#ff0000}red{color} {panel:title=Scope|bgColor=red}\nin\n{panel} {quote}said{quote}", "red Scope\nin\n said"),
        ("{code:java}\n* not a list, [~kept]\n{code}\nbq. quoted\n----\nend", "* not a list, [~kept]\nquoted\nend"),
        ("||Case||Then||\n|a [l|http://x.example]|b|\n|c|", "Case | Then\na l (http://x.example) | b\nc"),
        ("!shot.png|thumbnail! wow! so! !https://x.example/a.gif!", " wow! so!"),
        (r"\*not bold\* \[~kept] C:\temp line\\ broken", "*not bold* [~kept] C:\\temp line\n broken"),
        ("{noformat}never closed *x*", "never closed *x*"),
    ],
)  # fmt: skip
def test_wiki_markup(markup: str, said: str | None) -> None:
    assert plain(markup) == (markup if said is None else said).strip()


def test_a_document_says_the_same_as_its_markup() -> None:
    """What v3 sends as a document, v2 sends as wiki markup; ``history`` always has the markup."""
    document = node(
        "doc",
        node("heading", text("Acceptance criteria"), level=2),
        node("bulletList", node("listItem", line("one"), node("orderedList", node("listItem", line("under"))))),
        node("paragraph", text("See "), text("docs", "https://a.example/x"), {"type": "hardBreak"}, text("more")),
        node("panel", line("noted")),
        node("table", node("tableRow", node("tableHeader", line("Case")), node("tableHeader", line("Then")))),
        node("codeBlock", text("if x:\n    y")),
        node("rule"),
    )
    markup = (
        "h2. Acceptance criteria\n* one\n## under\n\nSee [docs|https://a.example/x]\\\\\nmore\n"
        "{panel}\nnoted\n{panel}\n||Case||Then||\n{code}\nif x:\n    y\n{code}\n----"
    )
    assert plain(document) == plain(markup)
    assert plain(markup).splitlines()[1:3] == ["- one", "  - under"]


def test_what_only_documents_have() -> None:
    document = node(
        "doc",
        node("paragraph", text("Ask "), node("mention", text="@Dana Real Name"), text("!")),
        node("taskList", node("taskItem", text("open"), state="TODO"), node("taskItem", text("done"), state="DONE")),
        node("decisionList", node("decisionItem", text("decided"))),
        node("expand", line("inside"), title="More"),
        node("mediaSingle", node("media", id="1", text="x.png"), node("caption", text("caption"))),
        node("table", node("tableRow", node("tableCell", line("a"), line("b")), node("tableCell", line("c")))),
        node("paragraph", node("emoji", text="👍"), node("status", text="OK"), node("date", timestamp="1700000000000")),
        node("blockCard", url="https://c.example"),
        node("from the future", text("kept")),
    )  # fmt: skip
    assert plain(document).splitlines() == [
        "Ask !", "[ ] open", "[x] done", "- decided", "More", "inside", "caption", "a b | c", "👍OK2023-11-14",
        "https://c.example", "kept",
    ]  # fmt: skip


MARKUP = st.text(alphabet="ab \n*_+-#|[]{}!~?^\\h1.:=/codequtnfrma\ue000é", max_size=200)
KINDS = [
    "doc",
    "paragraph",
    "text",
    "bulletList",
    "listItem",
    "taskItem",
    "tableRow",
    "tableCell",
    "mention",
    "expand",
    "x",
]
NODES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4)
    | st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(KINDS) | inner, "content": inner, "attrs": inner, "marks": inner, "text": inner,
        },
    ),
    max_leaves=25,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(MARKUP | st.text(), NODES)
def test_nothing_is_too_strange(markup: str, tree: Any) -> None:
    assert not any(said != said.rstrip() or not said for said in plain(markup).split("\n") if plain(markup))
    assert isinstance(plain(tree), str)


@settings(max_examples=200, deadline=None)
@given(
    st.text(
        alphabet=st.characters(
            blacklist_characters="*_+-#|[]{}!~?^\\\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", blacklist_categories=["Cs"]
        )
    )
)
def test_plain_text_stays_as_it_is(words: str) -> None:
    if "h1." not in words and "bq." not in words:
        kept = "\n".join(line.rstrip() for line in words.split("\n") if line.strip()).strip()
        assert plain_wiki(words) == kept == plain_wiki(kept)


@pytest.mark.parametrize(
    "bit",
    ["*", "* ", "*a ", "_a ", "[", "[a|", "[~", "!", "!a.", "{code}", "{panel:", "{", "{{", "{{a", "|", "||a", "\\", "\\\\ ", "-",
     "+a", "??a", "h1. ", " ", "\n* ", "[a", "!a|", "{color:red}", "\ue000", "????"],
)  # fmt: skip
def test_hostile_markup_takes_linear_time(bit: str) -> None:
    whole = bit * (400_000 // len(bit))
    begun = time.process_time()
    plain(whole)
    assert time.process_time() - begun < 4


def test_a_document_may_be_as_deep_as_it_likes() -> None:
    deep: Any = line("end")
    for kind in ("bulletList", "listItem", "table", "tableRow", "tableCell", "expand") * 20_000:
        deep = {"type": kind, "content": [deep], "attrs": {"title": "t"} if kind == "expand" else {}}
    begun = time.process_time()
    said = plain(deep)
    while isinstance(deep, dict) and deep.get(
        "content"
    ):  # freed step by step: the interpreter frees nests by recursion
        deep = deep.pop("content")[0]
    assert said.endswith("end") and time.process_time() - begun < 4
