"""Texts that are alike are found and named, whatever their order; hostile texts are read in bounded time, and nobody is named."""

from __future__ import annotations

import re
from random import Random

import pytest

from analyzer.themes import BODY, TITLE, find, readable

WAREHOUSE = [
    readable(f"{verb} the data warehouse {what}", "")
    for verb in ("Load", "Fill", "Test")
    for what in ("nightly", "by hour")
]
NEWSLETTER = [
    readable(f"{verb} partner newsletter", f"The {verb} of it.")
    for verb in ("Send", "Draw", "Translate", "Count", "Stop")
]
APART = [
    readable(t, "")
    for t in ("Paint the office", "Buy chairs", "Reply to a letter", "Fix a lamp", "Water plants", "Move desks")
]
LINKED = [readable(f"Checkout {n}", "Pay faster.") for n in range(30)]


def named(texts: list[str], others: list[str] = LINKED) -> dict[str, set[str]]:
    return {", ".join(t.words): {texts[n] for n in t.texts} for t in find(texts, others)}


def test_two_themes_are_found_among_texts_that_have_nothing_in_common() -> None:
    texts = [*WAREHOUSE, *NEWSLETTER, *APART]
    assert named(texts) == {"data warehouse": set(WAREHOUSE), "partner newsletter": set(NEWSLETTER)}


def test_the_order_of_the_texts_does_not_matter() -> None:
    texts = [*WAREHOUSE, *NEWSLETTER, *APART]
    first = named(texts)
    for seed in range(5):
        assert named(Random(seed).sample(texts, len(texts)), Random(seed).sample(LINKED, len(LINKED))) == first


@pytest.mark.parametrize(
    ("texts", "others"),
    [
        ([], []), ([], LINKED), (WAREHOUSE[:4], LINKED), (APART, LINKED), (APART, []),
        ([readable("", "")] * 40, []), ([readable("The and of", "")] * 9, LINKED),
    ],
    ids=["nothing", "no texts", "four", "nothing in common", "and nothing to tell from", "empty", "stop words"],
)  # fmt: skip
def test_there_may_be_no_theme(texts: list[str], others: list[str]) -> None:
    assert find(texts, others) == []


def test_what_all_work_has_in_common_is_no_theme() -> None:
    """The form that everybody fills in makes texts alike and says nothing."""
    form = "Steps to reproduce\nExpected result\nActual result\nEnvironment"
    texts = [readable(f"{t} {n}", form) for n, t in enumerate("abcdefghijkl")]
    assert find(texts, [readable(f"Checkout {n}", form) for n in range(40)]) == []
    assert find(texts, LINKED) == [], "and none where only the unlinked have the form: no title says what it is about"


HOSTILE = (
    "x" * 1_000_000, "warehouse " * 100_000, "\x00warehouse\x00 \x1b[31mred", "<script>alert(1)</script> <" + "a" * 5_000,
    '=HYPERLINK("http://evil.example","x")', "@SUM(1+1)*cmd|' /C calc'!A0", "{" * 3_000, "<" * 3_000, "[~" * 3_000, "@" * 3_000,
    "a@" * 2_000, "e\u0301" * 3_000, "\u202e\u0642\u0627\u0626\u0645\u0629", "https://" * 1_000, "_" * 5_000,
)  # fmt: skip


def test_hostile_texts_are_capped_and_name_nothing_but_words() -> None:
    texts = [readable(f"{h} warehouse {n}", h) for h in HOSTILE for n in range(4)]
    assert max(map(len, texts)) <= 2 * TITLE + BODY + 2
    words = [w for t in find([*texts, *WAREHOUSE], LINKED) for w in t.words]
    assert words and all(re.fullmatch(r"[^\W_]+( [^\W_]+){0,3}", w) for w in words)
    assert not {"script", "http", "https"} & {part for w in words for part in w.split()}


SAID = (
    "dana.smith@acme.example", "<dana.smith@acme.example>", "mailto:dana.smith@acme.example", "@dana.smith", "@Dana Smith",
    "(@dana)", "cc:@Dana Ö.-Smith,", "[~dana.smith]", "[~accountid:5b10a2844c20165700ede21g-dana]", "https://x.example/users/dana",
)  # fmt: skip


@pytest.mark.parametrize("said", SAID)
def test_nobody_is_named(said: str) -> None:
    read = readable(f"Ask {said} about the warehouse", f"Says {said}\n{said}: load it, {said} thinks.")
    assert not re.search("dana|smith|acme|5b10", read, re.IGNORECASE), read
    assert "about the warehouse" in read and "load it" in read
    texts = [readable(f"Ask {said} about the warehouse {n}", said) for n in range(6)]
    assert list(named(texts)) == ["ask warehouse"]


def test_a_word_of_two_tickets_names_nothing() -> None:
    texts = [readable("Warehouse for Zacharias", ""), readable("Warehouse with Zacharias", ""), *WAREHOUSE]
    assert "zacharias" not in " ".join(named(texts))
