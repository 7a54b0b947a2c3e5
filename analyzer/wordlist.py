"""The words by which a text is read for a finish line, one file a language; users may add to them."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from pydantic import Field

from analyzer.located_yaml import Placed, read
from analyzer.problem import Mistake

SHIPPED = ("en", "de")

Several = tuple[str, ...]


class WordList(Placed):
    """Each list holds words or phrases; ``*`` stands for any ending, or for a few words in between."""

    language: str = Field(default="", description="Language of the words, e.g. en.")
    vague: Several = Field(default=(), description="Words that leave open when something is done.")
    criteria: Several = Field(default=(), description="Headings under which people write how the end is recognised.")
    evidence: Several = Field(default=(), description="Words that say where or how the end can be seen.")
    bounds: Several = Field(default=(), description="Words before a number that make it a threshold.")
    deadline: Several = Field(default=(), description="Words before a date that make it a deadline.")
    whole: Several = Field(default=(), description="Words that say of how many it must be true: all, or none.")
    units: Several = Field(default=(), description="What is counted.")
    numbers: Several = Field(default=(), description="Numbers in words.")
    months: Several = Field(default=(), description="Names of months.")
    owner: Several = Field(default=(), description="Words before the one who answers for it.")
    asides: Several = Field(default=(), description="Words in a heading after which a list is no list of work.")


def spelled(words: str) -> str:
    """The phrase as a pattern: a star within a word is any ending, a star by itself up to ten words."""
    parts = [r"\S+(?:\s+\S+){0,9}?" if w == "*" else re.escape(w).replace(r"\*", r"[\w-]*") for w in words.split()]
    return r"\s+".join(parts)


def read_words(path: Path) -> tuple[WordList | None, list[Mistake]]:
    """A list of words of the user, or its mistakes with their lines."""
    return read(path, WordList)


def shipped() -> tuple[WordList, ...]:
    """The lists that come with the program."""
    found = []
    for language in SHIPPED:
        words, mistakes = read_words(Path(str(files("analyzer") / "data" / f"vague.{language}.yaml")))
        assert words is not None, mistakes
        found.append(words)
    return tuple(found)
