"""What a text says of its finish line: by what anyone can see the end, the words that leave it open, and what it lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from analyzer import wordlist
from analyzer.wordlist import WordList, spelled

LONGEST = 20_000
"""Characters read of one text: a log somebody pasted says nothing of the end of the work."""

VERBATIM = re.compile(r"\{(code|noformat|quote)[^}\n]*\}.*?(?:\{\1\}|\Z)|```.*?(?:```|\Z)", re.DOTALL)
MARKUP = re.compile(
    r"\{\{([^{}\n]*)\}\}|\[([^\[\]|\n]+)\|[^\[\]\n]+\]|\{/?[a-z]+(?::[^{}\n]*)?\}|</?[a-z][^<>]*>", re.IGNORECASE
)
ITEM = re.compile(
    r"(\s*)(?:([*#]+(?=\s)|-(?=[\sA-Za-z])|•|\d{1,2}[.)](?=\s))\s*(\[[ xX]?\]\s+)?|(\[[ xX]?\])\s+)(\S.*)"
)
HEADING = re.compile(r"\s*(?:h[1-6]\.\s*|#{1,6}\s+)(\S.*)|\s*[*_]{1,2}([^*_]{2,60}?):?[*_]{1,2}:?\s*")
ADDRESS = re.compile(r"https?://\S+")
GIVEN = re.compile(r"\bgiven\b.{3,300}?\bwhen\b.{3,300}?\bthen\b", re.IGNORECASE | re.DOTALL)
NUMBER = r"(?<![\w.#/-])[~$€£]?\s?\d+(?:[.,]\d+)?(?![\w]*[.-]\d)"
ISO = r"\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2}/\d{1,2}/\d{2,4}|Q[1-4]\s*/?\s*\d{4}|\d{4}-W\d{2}"


@dataclass(frozen=True, slots=True)
class Vague:
    """A word that leaves the end open, and its place: line and column, counted from 1."""

    words: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"“{self.words}” ({self.line}:{self.column})"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one text says of its end. ``signs`` names what can be observed: threshold, date, evidence, criteria, measure;
    ``listed`` holds the pieces of work it lists that are not ticked off."""

    signs: tuple[str, ...]
    owner: bool
    vague: tuple[Vague, ...]
    listed: tuple[str, ...]

    @property
    def observable(self) -> bool:
        """An owner says who, not by what: that alone is no finish line."""
        return bool(self.signs)


class Reader:
    """Reads texts by lists of words; languages are read together."""

    def __init__(self, lists: Sequence[WordList]) -> None:
        def words(name: str) -> str:
            return "|".join(spelled(w) for one in lists for w in getattr(one, name)) or r"(?!)"

        def any_of(pattern: str) -> re.Pattern[str]:
            return re.compile(rf"(?<![\w/.-])(?:{pattern})(?![\w/-])", re.IGNORECASE)

        amount = rf"(?:{NUMBER}|(?:{words('numbers')})\b)"
        self.vague = any_of(words("vague"))
        self.evidence = any_of(words("evidence"))
        self.asides = any_of(words("asides"))
        self.whole = any_of(words("whole"))
        self.criteria = re.compile(rf"\W*(?:{words('criteria')})\W*(?::|$)", re.IGNORECASE)
        self.owner = re.compile(rf"^\W*(?:{words('owner')})\s*[:=]\s*\S", re.IGNORECASE | re.MULTILINE)
        self.bound = re.compile(
            rf"(?<!\w)(?:{words('bounds')})\s+(?:a\s+|about\s+)?{amount}(?:\s?%|\s+[^\W\d])", re.IGNORECASE
        )
        counted = rf"{amount}\s?(?:%|ms\b|s\b|(?:{words('units')})\b)"
        self.amount = re.compile(rf"{counted}|[$€£]\s?\d", re.IGNORECASE)
        self.sign = re.compile(rf"[<>≤≥]=?\s?{counted}", re.IGNORECASE)
        dated = rf"(?:{ISO}|(?:{words('months')})(?:\s+\d{{1,2}})?,?\s+\d{{4}})"
        self.deadline = re.compile(
            rf"(?<!\w)(?:{words('deadline')})\W+(?:the\s+)?(?:end\s+of\s+)?{dated}", re.IGNORECASE
        )
        self.dated = re.compile(dated, re.IGNORECASE)

    def read(self, text: str, stated: bool = False) -> Reading:
        """``stated``: the text is nothing but a finish line, so that every amount and day in it belongs to the end."""
        text = _bare(text[:LONGEST])
        criteria, listed = self._lists(text)
        vague = tuple(self._vague(text))
        found: dict[str, object] = {
            "threshold": self.bound.search(text) or self.sign.search(text) or (stated and self.amount.search(text)),
            "date": (self.dated if stated else self.deadline).search(text),
            "evidence": self.evidence.search(text),
            "criteria": criteria or GIVEN.search(text),
            "measure": stated and not vague and self.whole.search(text),
        }
        return Reading(tuple(k for k, v in found.items() if v), bool(self.owner.search(text)), vague, listed)

    def _vague(self, text: str) -> Iterator[Vague]:
        for n, line in enumerate(text.split("\n"), start=1):
            for hit in self.vague.finditer(ADDRESS.sub(lambda a: " " * len(a[0]), line)):
                yield Vague(hit[0], n, hit.start() + 1)

    def _lists(self, text: str) -> tuple[bool, tuple[str, ...]]:
        """Whether there are acceptance criteria, and the outermost items of lists that are not steps, links or the like."""
        criteria, lead, listed = False, "", []
        lines = text.split("\n")
        for n, line in enumerate(lines):
            item = ITEM.fullmatch(line.rstrip())
            numbered = bool(item and (item[2] or "").startswith("#"))
            if numbered and not any(o.startswith("#") for o in (*lines[max(n - 1, 0) : n], *lines[n + 1 : n + 2])):
                item = None  # one line by itself that begins with # is a heading of Markdown
            if item is None:
                criteria = criteria or bool(self.criteria.match(_heading(line)))
                lead = line if line.strip() else lead
            elif not self.asides.search(_heading(lead)) and _outermost(item) and (piece := _piece(item)):
                listed.append(piece)
        return criteria, tuple(listed)


def _bare(text: str) -> str:
    """Without code and markup; line breaks stay, so that places are true."""
    text = VERBATIM.sub(lambda m: "\n" * m[0].count("\n"), text.replace("\r\n", "\n").replace("\r", "\n"))
    return MARKUP.sub(lambda m: m[1] or m[2] or " " * len(m[0]), text)


def _heading(line: str) -> str:
    """What a line that stands over a list or a stretch of text calls it; a long sentence calls it nothing."""
    marked = HEADING.fullmatch(line)
    said = str(marked[1] or marked[2]) if marked else line.strip()
    return said if len(said.split()) <= 12 else ""


def _outermost(item: re.Match[str]) -> bool:
    return (len(item[1]) < 2 and len(item[2] or "-") == 1) or ((item[2] or "")[:1].isdigit() and len(item[1]) < 2)


def _piece(item: re.Match[str]) -> str:
    """The item's text; empty where it is ticked off, a question or no more than an address."""
    box, piece = item[3] or item[4] or "", item[5].strip(" *_")
    if "x" in box.lower() or piece.endswith("?") or not re.search(r"\w{2}", ADDRESS.sub("", piece)):
        return ""
    return piece


@cache
def shipped() -> Reader:
    """A reader with the lists that come with the program."""
    return Reader(wordlist.shipped())
