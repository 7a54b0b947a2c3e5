"""Whatever a YAML file holds, reading it gives a value or mistakes with lines and plain words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import Field

from analyzer.located_yaml import Group, Placed, line_of, load, read
from analyzer.problem import Mistake
from analyzer.written import Day, OneOrMore, Share, ShareText

JARGON = re.compile(
    r"input should|pydantic|validat|valid string|type=|extra_forbidden|not permitted|field required|mapping values|"
    r"NoneType|<class|block mapping|scalar|token",
    re.IGNORECASE,
)


class Part(Placed):
    owner: str = Field(default="", examples=["Dana"])
    size: int = Field(default=1, strict=True, ge=1, le=9, examples=[3])
    due: Day | None = Field(default=None, examples=["2026-12-31"])
    label: OneOrMore | None = Field(default=None, examples=["red"])
    share: ShareText | None = Field(default=None, examples=["40%"])
    on: Literal["mon", "tue"] | None = None


class Whole(Placed):
    name: str = Field(examples=["Box"])
    parts: tuple[Part, ...] = Field(default=(), examples=[[{"owner": "Dana"}]])
    named: dict[str, Part] = Field(default_factory=dict, examples=[{"a": {"owner": "Dana"}}])


def told(tmp_path: Path, text: str) -> list[str]:
    """The mistakes in a file, without its name."""
    path = tmp_path / "file.yaml"
    path.write_text(text, encoding="utf-8")
    made, mistakes = read(path, Whole, name="f")
    assert (made is None) == bool(mistakes)
    return [str(mistake).removeprefix("f:") for mistake in mistakes]


def test_a_mistake_reads_as_one_line() -> None:
    mistake = Mistake(
        "strategy.yaml", 12, "share '60-40%' runs backwards", "Write the smaller number first, e.g. 40-60%"
    )
    expected = "strategy.yaml:12: share '60-40%' runs backwards. Write the smaller number first, e.g. 40-60%."
    assert str(mistake) == expected


def test_values_come_back_with_their_places(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text(
        "name: Box\nparts:\n\n  - on: mon\n    label: 2.10\n    owner:\n  - {due: 2026-12-31, share: 40%}\n"
    )
    made, mistakes = read(path, Whole, name="f.yaml")
    assert mistakes == [] and made is not None
    assert [(part.file, part.line) for part in made.parts] == [("f.yaml", 4), ("f.yaml", 7)]
    assert (made.parts[0].on, made.parts[0].label, made.parts[0].owner) == ("mon", ("2.10",), "")
    assert made.parts[1].share == Share(0.4, 0.4)


def test_two_that_say_the_same_are_equal_wherever_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("name: Box\nparts:\n- {owner: Dana}\n- {owner: Dana}\n")
    made, _ = read(path, Whole)
    assert made is not None and made.parts[0] == made.parts[1] == Part(owner="Dana")
    assert made.parts[0].line != made.parts[1].line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("parts: []", "1: 'name' is missing. Add name: Box."),
        ("name:\n", "1: name has no value. Write e.g. name: Box."),
        ("name: [a]", "1: name must be text. Write e.g. name: Box."),
        ("name: 12", "1: name must be text. Put it in quotes: '12'."),
        ("name: a\npart: []", "2: unknown key 'part'. Did you mean 'parts'?"),
        ("name: a\nzzz:", "2: unknown key 'zzz'. Delete it, or use one of: name, named, parts."),
        (
            "name: a\nname: b",
            "2: name stands here a second time (first on line 1). Delete one of the two, or join them.",
        ),
        ("name: a\nparts:\n- ownr: b", "3: unknown key 'ownr'. Did you mean 'owner'?"),
        ("name: a\nparts:\n- owner: {}", "3: owner must be text. Write e.g. owner: Dana."),
        ("name: a\nparts:\n- 5", "3: item 1 of parts must be a group of keys. Write e.g. {owner: Dana}."),
        ("name: a\nparts: 5", "2: parts must be a list. Write e.g. parts: [{owner: Dana}]."),
        ("name: a\nnamed:\n  x: 5", "3: x must be a group of keys. Write e.g. x: {owner: Dana}."),
        ("name: a\nparts: [{size: 1.5}]", "2: size must be a whole number. Write e.g. size: 3."),
        ("name: a\nparts: [{size: true}]", "2: size must be a whole number. Write e.g. size: 3."),
        ("name: a\nparts: [{size: 12}]", "2: size is too large. Write 9 or less."),
        ("name: a\nparts: [{size: 0}]", "2: size is too small. Write 1 or more."),
        ("name: a\nparts: [{on: wed}]", "2: on 'wed' is not known. Write one of: mon or tue."),
        ("name: a\nparts: [{due: 2026-02-31}]", "2: due '2026-02-31' is not in the calendar. Write a day that exists."),
        ("name: a\nparts: [{due: 5}]", "2: due '5' is not a date. Write year-month-day, e.g. 2026-12-31."),
        ("name: a\nparts: [{label: []}]", "2: label is empty. Write e.g. label: red."),
        ("name: a\nparts:\n- label:\n  - b\n  - true", "5: item 2 of label must be text. Write e.g. label: red."),
        ("name: 'a", "1: a quote is opened here and not closed. Close it, or double a quote that belongs to the text."),
        ("name: a\nparts: [", "2: a bracket is opened here and not closed, or a comma is missing. Close the bracket."),
        ("name: a\n\tparts: 1", "2: there is a tab here. Indent with spaces."),
        ("name: @a", "1: a text cannot begin with @. Put the text in quotes."),
        ("name: *a", "1: a word with * refers to nothing. Put the text in quotes if the * belongs to it."),
        ("name: a\n---\nname: b", "2: a second document starts here (---). Keep one document a file."),
        ("name: !secret a", "1: the tag !secret is not understood. Delete it, or put it in quotes."),
        ("name: a\n\n'b\\x01': \x01", "3: this is not valid YAML. Look for odd characters, brackets and quotes."),
        ("", "1: the file is empty. Write something; docs/strategy.md and docs/settings.md have examples."),
        ("- a", "1: the file is not made of keys and values. Write lines such as `name: value`."),
    ],
)
def test_a_mistake_is_told_with_line_and_fix(tmp_path: Path, text: str, expected: str) -> None:
    assert [one for one in told(tmp_path, text) if "'name' is missing" not in one or "'name' is" in expected] == [
        expected
    ]


def test_a_second_colon_is_told(tmp_path: Path) -> None:
    (mistake,) = told(tmp_path, "name: a: b")
    assert mistake.startswith("1: there is a second colon here")


def test_all_duplicate_keys_are_told_at_once(tmp_path: Path) -> None:
    assert [one[:2] for one in told(tmp_path, "name: a\nname: b\nparts:\n- owner: c\n  owner: d\n")] == ["2:", "5:"]


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [*a]\n",
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(
            f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
        ),
        "a: " + "[" * 5000,
        "a: " + "[" * 5000 + "]" * 5000,
    ],
    ids=["a circle", "a bomb", "open brackets", "deep brackets"],
)
def test_a_file_that_would_never_end_is_a_mistake(tmp_path: Path, text: str) -> None:
    assert len(told(tmp_path, text)) == 1


def test_an_unreadable_file_is_a_mistake(tmp_path: Path) -> None:
    latin, large = tmp_path / "latin.yaml", tmp_path / "large.yaml"
    latin.write_bytes(b"name: a\nparts: \xe9\n")
    large.write_bytes(b"#" * 5_000_001)
    whats = [str(load(path, "f")[1][0]) for path in (tmp_path / "none.yaml", tmp_path, latin, large, Path("a\0b"))]
    assert whats == [
        "f:1: there is no such file. Check the path.",
        "f:1: this is a folder, not a file. Name a YAML file.",
        "f:2: the file is not UTF-8 text. Save it as UTF-8 in your editor.",
        "f:1: the file is larger than 5 MB. Name the right file; this one cannot be meant.",
        "f:1: the file cannot be read (bad path). Check its path and its permissions.",
    ]


def test_an_alias_is_read_as_what_it_stands_for(tmp_path: Path) -> None:
    assert told(tmp_path, "name: a\nparts:\n- &one {owner: Dana}\n- *one\n") == []


def test_the_line_of_a_path(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("a: 1\nb:\n  - c: 1\n    d: 2\n")
    group, _ = load(path)
    assert isinstance(group, Group)
    found = [line_of(group, loc) for loc in [("a",), ("b",), ("b", 0), ("b", 0, "d"), ("b", 0, "none", "x"), ("b", 7)]]
    assert found == [1, 2, 3, 4, 3, 2]


WORDS = [
    "name",
    "parts",
    "named",
    "owner",
    "due",
    "size",
    "share",
    ":",
    "[",
    "]",
    "{",
    "}",
    ",",
    "'",
    '"',
    "&a",
    "*a",
    "!!int",
    "!x",
    "?",
    "|",
    "---",
    "#",
    "2026-02-31",
    "40-30%",
    "0x",
    "~",
    "\\ud800",
    "1e999",
    ".nan",
    "<<",
    "true",
    "12",
    "@",
    "%YAML_1.1",
]
PIECES = st.lists(st.sampled_from([*WORDS, ": ", "- ", "\n", "\n  ", "\n- ", "\t"]), max_size=30).map("".join)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=PIECES | st.text(max_size=60) | PIECES.map("name: a\n".__add__))
def test_no_text_raises_and_no_mistake_speaks_jargon(tmp_path: Path, text: str) -> None:
    path = tmp_path / "any.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    _, mistakes = read(path, Whole, name="f")
    for mistake in mistakes:
        assert mistake.line >= 1 and mistake.what and mistake.fix
        str(mistake).encode()
        assert not JARGON.search(mistake.what.replace(text, "")), mistake
