"""The one place where names of people leave what a report shows: every text of a finished Result passes here (DESIGN §9).

What the strategy file (or a candidate plan) writes stays as its owners wrote it, an owner's name as much as a priority that is
called like someone: in our sentences wherever it stands, elsewhere only where it is the whole text, since a title that mentions an
owner is a tracker's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from analyzer.names import MOST_WORDS, Names, Word, plain_words, words
from analyzer.plan import Plan
from analyzer.privacy import ALL_TEAMS, SMALLER
from analyzer.result import Result
from analyzer.strategy import Strategy

SOMEONE = "(a person)"

CODE = (
    "import|media|font|keyframes|supports|charset|override|deprecated|param|return|throws|see|since|test|before|after|autowired"
    "|inject|nullable|nonnull|autoclosure|escaping|objc|available|interface|property|var|const|type|class|function|example|link|latest|next|alpha|beta|canary"
)
"""What follows an @ in code and mentions nobody."""

ALWAYS = re.compile(
    rf"""
      [\w.+'%-]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{{2,}}                                      # an address, not package@4.1.0
    | \[~[^\]\n]+\]                                                                    # Jira's mention
    | https?://\S*?(?:ViewProfile\.jspa|/people/|/profiles?/)\S*                        # a page about someone
    | (?<![\w@./])@(?!(?i:{CODE})\b)[^\W\d]\w*+(?:[.-]\w+)*+(?![/(])                # a mention; not @scope/package, @call()
    """,
    re.VERBOSE,
)
SIGNS = ("@", "[~", "ViewProfile.jspa", "/people/", "/profile")
"""One of them is in whatever ``ALWAYS`` finds: looked for first, since every ticket's link would pass through it otherwise."""

GAP = 6
"""Signs that may stand between two words of one name: *Ada_Lovelace*, *lovelace, ada*, *\\*\\*Ada\\*\\* Lovelace*."""

LISTED = 60
"""Words of a list among which the parts of one name are looked for, wherever they stand."""

OURS = frozenset(
    {
        "schema_version", "program", "organisation", "as_of", "as_of_reason", "time_zone", "effort", "window", "strategies", "meta",
        "verdict", "shape", "unit",
    }
)  # fmt: skip
"""Parts of a Result that hold our words, the strategy's or the settings', and none of a tracker."""

PROSE = frozenset({"headline", "sentence", "reason", "sure", "arithmetic", "note", "notes", "move"})
"""Parts that are sentences of ours."""

LABELS = frozenset({"id", "label", "rows", "columns", "source", "target", "tickets"})
"""Parts by which lines are told apart: two teams called after two people must not become one."""


def masked(result: Result, names: Names, strategies: Sequence[Strategy | Plan]) -> Result:
    """The Result with ``(a person)`` wherever a tracker's text names someone who is known, or mentions anyone."""
    walk = _Walk(Mask(names, strategies))
    return Result.model_validate({k: v if k in OURS else walk.of(v, k) for k, v in result.model_dump().items()})


class Mask:
    """Hides people in one text after the other. ``strategies``: their words stay."""

    def __init__(self, names: Names, strategies: Sequence[Strategy | Plan] = ()) -> None:
        self._names = names
        self._seen: dict[tuple[str, bool], str] = {}
        self._kept: list[str] = []
        written = dict.fromkeys(w for s in strategies for w in _written(s.model_dump()))
        own = [text for text in (ALL_TEAMS, SMALLER, *written) if self(text) != text]
        self._kept = sorted(own, key=len, reverse=True)
        self._seen.clear()

    def __call__(self, text: str, prose: bool = False) -> str:
        """``prose``: a sentence of ours, in which the strategy's words may stand among others."""
        if (text, prose) not in self._seen:
            out, at = [], 0
            for start, end in self.found(text, prose):
                out += [text[at:start], SOMEONE]
                at = end
            self._seen[text, prose] = "".join([*out, text[at:]])
        return self._seen[text, prose]

    def found(self, text: str, prose: bool = False) -> list[tuple[int, int]]:
        """Where people are named, from the first to the last, none inside another."""
        if text in self._kept:
            return []
        kept = [m.span() for own in self._kept if prose for m in re.finditer(re.escape(own), text)]
        spans = [m.span() for m in ALWAYS.finditer(text)] if any(sign in text for sign in SIGNS) else []
        firsts = [n for n, word in enumerate(plain_words(text)) if self._names.begins(word)]
        if firsts:
            spans += self._named(text, words(text), firsts)
        if not spans:
            return []
        joined: list[tuple[int, int]] = []
        for start, end in sorted(s for s in spans if not any(k[0] <= s[0] and s[1] <= k[1] for k in kept)):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        return joined

    def _named(self, text: str, said: list[Word], firsts: list[int]) -> Iterator[tuple[int, int]]:
        is_name = self._names.is_name
        for n in firsts:
            together = _neighbours(said, n)
            size = next((k for k in range(len(together), 0, -1) if is_name(*(w.plain for w in together[:k]))), 0)
            if size:
                yield said[n].start, together[size - 1].end
            elif len(together) > 2 and len(together[1].plain) == 1 and is_name(said[n].plain, together[2].plain):
                yield said[n].start, together[2].end  # Ada K. Lovelace
            elif len(together) == 2 and text[together[1].end :].strip() in ("…", "..."):
                yield said[n].start, together[1].end  # a title that was cut within a name
        if len(said) <= LISTED and "," in text:
            for n in firsts:
                for other in said:
                    if other.start != said[n].start and is_name(said[n].plain, other.plain):
                        yield said[n].start, said[n].end
                        yield other.start, other.end


class _Walk:
    """A Result as plain data, from the outside in."""

    def __init__(self, mask: Mask) -> None:
        self.mask = mask
        self.given: dict[str, str] = {}

    def of(self, value: Any, key: str = "", label: bool = False) -> Any:
        label = label or key in LABELS
        if isinstance(value, str):
            return self._url(value) if key == "url" else self._label(value) if label else self.mask(value, key in PROSE)
        if isinstance(value, dict) and key in ("cells", "tickets"):  # by names of a tracker
            return {self._label(k): self.of(v, k, key == "cells") for k, v in value.items()}
        if isinstance(value, dict):
            return {k: v if k in OURS else self.of(v, k) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.of(v, key, label and not isinstance(v, dict)) for v in value]
        return value

    def _label(self, text: str) -> str:
        """Masked, and told apart from whatever else became the same."""
        plain = self.mask(text)
        if plain == text:
            return text
        label, n = plain, 2
        while self.given.setdefault(label, text) != text:
            label, n = f"{plain} {n}", n + 1
        return label

    def _url(self, url: str) -> str:
        """Linear's links end in the title; what is before it leads there too."""
        found = self.mask.found(url)
        return url[: url.rfind("/", 0, found[0][0])].rstrip("/:") if found else url


def _neighbours(said: list[Word], n: int) -> list[Word]:
    """The words from one on that stand close enough to be one name."""
    end = n + 1
    while end < len(said) and end - n < MOST_WORDS and said[end].start - said[end - 1].end <= GAP:
        end += 1
    return said[n:end]


def _written(value: Any) -> Iterator[str]:
    """Every text of a strategy that a report may show: all but its rules."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in ("match", "agreed_when", "file"):
                yield from [str(key), *_written(inner)]
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from _written(inner)
