"""Names are recognised by fingerprints made with the installation's key: the tables of the store hold no name to read.

What is kept of an account are keyed hashes (HMAC) of the ways in which its name may be written. A text is searched by hashing its
own words, one after the other and in sequence. Whoever has the store alone can neither read a name nor try one out.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pandas as pd

from analyzer.ordinary_words import HANDLES, NOBODY, ORDINARY
from analyzer.store import Connection
from connectors.ticket import Account

MOST_WORDS = 9
"""In a way to write a name: an account id is up to nine words long."""

INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
ONE_SIGN = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
"""Scripts that write names without spaces: each sign counts as a word."""

WORD = re.compile(rf"[{ONE_SIGN}]|(?:(?![{ONE_SIGN}])[^\W_])(?:(?![{ONE_SIGN}])[^\W_]|[\u0300-\u036f{INVISIBLE}])*")
ASCII_WORD = re.compile(r"[A-Za-z0-9]+")
PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"} | dict.fromkeys(INVISIBLE, "")
)
WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}")
BEHIND = re.compile(r"\s[-–—|/•:]\s.*|\s@.*")
"""What firms put after a name: ``Ada Lovelace - Acme``, ``Ada Lovelace (Contractor)``."""


class Word(NamedTuple):
    """A word of a text, where it stands, and how it is compared: small letters, no accents."""

    start: int
    end: int
    plain: str


def words(text: str) -> list[Word]:
    pattern = ASCII_WORD if text.isascii() else WORD
    return [Word(*m.span(), folded(m[0])) for m in pattern.finditer(text)]


def plain_words(text: str) -> list[str]:
    """How the words of a text are compared, in their order; of ``words`` all but where they stand, at a third of the cost."""
    if text.isascii():
        return ASCII_WORD.findall(text.lower())
    return [folded(word) for word in WORD.findall(text)]


def folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    taken_apart = unicodedata.normalize("NFKD", text.casefold().translate(PLAIN))
    return "".join(c for c in taken_apart if not unicodedata.combining(c))


def key_id(secret: bytes) -> str:
    """Says whether two keys are the same, and nothing else of them."""
    return _hash(secret, "the key itself")


def mark(secret: bytes, way: str) -> str:
    return _hash(secret, f"way to write a name: {way}")


def _hash(secret: bytes, text: str) -> str:
    return hmac.digest(secret, text.encode("utf-8", "replace"), "sha256").hex()[:20]


def ways(account: Account) -> set[str]:
    """The ways in which texts may name someone, each a sequence of folded words with a space between.

    Whole names in either order, also without the middle ones, run together or with an initial; user names, account ids and what
    stands before the @ of an address. Not: a first or last name alone, which may be a word or another's, words of work; and a user
    name that is one word unlike the displayed name counts only where no name is displayed: real ones are *abstract* or *clone*.
    """
    found: set[str] = set()
    own: set[str] = set()
    for name in account.names:
        for spelt in {name, name.lower().translate(WRITTEN_OUT)}:
            own |= {w.plain for w in words(spelt)}
            for part in {ASIDE.sub(" ", spelt), BEHIND.sub("", ASIDE.sub(" ", spelt))}:
                found |= set(_of_name(part))
    for handle in account.handles:
        found |= set(_of_handle(handle.partition("@")[0], own))
    return {way for way in found if way not in NOBODY and way.count(" ") < MOST_WORDS}


def _of_name(name: str) -> Iterator[str]:
    last, comma, first = name.partition(",")
    parts = [p for chunk in (f"{first} {last}" if comma else name).split() if (p := [w.plain for w in words(chunk)])]
    said = [w for part in parts for w in part]
    if len(said) < 2 or _is_work(said) or (sum(map(len, said)) < 4 and said[0].isascii()):
        return
    ends = [parts[0], parts[-1]] if len(parts) > 1 else parts
    for order in (parts, parts[1:] + parts[:1], parts[-1:] + parts[:-1], ends, ends[::-1]):
        written = [w for part in order for w in part]
        yield " ".join(written)
        yield from _together("".join(written))
    first, last = ends[0][0], "".join(ends[-1])
    yield from (way for short in (first[0] + last, last + first[0], first + last[0]) for way in _together(short))
    if first[0] not in "aidst" and len(last) > 4 and last not in HANDLES:  # "a baker", "the firm's baker"
        yield f"{first[0]} {' '.join(ends[-1])}"


def _together(way: str) -> Iterator[str]:
    """Run together, as in user names and tags; what is short may be a word by chance."""
    if way.isascii() and len(way) >= 7 and way not in HANDLES:
        yield way


def _of_handle(handle: str, own: set[str]) -> Iterator[str]:
    said = [w.plain for w in words(handle)]
    if not said or sum(map(len, said)) < 4 or _is_work(said) or "".join(said).isdecimal():
        return
    plain = len(said) == 1 and said[0].isalpha()
    if not plain or (not own and said[0] not in HANDLES):
        yield " ".join(said)


def _is_work(said: list[str]) -> bool:
    """Shared accounts are called like what they do: *Release Manager* is no one's name."""
    return all(w in ORDINARY or w.isdecimal() or (len(w) == 1 and w.isascii()) for w in said)


def _marks(accounts: Iterable[Account], secret: bytes) -> set[tuple[str, str]]:
    found = {way for account in accounts for way in ways(account)}
    return {("way", mark(secret, way)) for way in found} | {("first", mark(secret, way.split(" ")[0])) for way in found}


def remember(con: Connection, tracker: str, secret: bytes, accounts: Iterable[Account]) -> None:
    """Adds what is not known yet. Fingerprints made with another key, which no longer open anything, go."""
    own = key_id(secret)
    con.execute("DELETE FROM names WHERE tracker = ? AND key <> ?", [tracker, own])
    frame = pd.DataFrame(sorted(_marks(accounts, secret)), columns=["kind", "mark"], dtype=object)
    con.register("incoming", frame)
    con.execute(
        "INSERT INTO names BY NAME SELECT ? AS tracker, ? AS key, i.kind, i.mark FROM incoming i ANTI JOIN names n "
        "ON n.tracker = ? AND n.kind = i.kind AND n.mark = i.mark",
        [tracker, own, tracker],
    )
    con.unregister("incoming")


class Names:
    """Names that can be recognised: ``marks`` of whole ways to write them and of their first words, made with ``secret``."""

    def __init__(self, marks: Iterable[tuple[str, str]], secret: bytes) -> None:
        self._secret = secret
        self._held: dict[str, set[str]] = {"way": set(), "first": set()}
        for kind, found in marks:
            self._held[kind].add(found)
        self._seen: dict[str, bool] = {}

    def begins(self, word: str) -> bool:
        """Whether some way to write a name begins with this word."""
        if word not in self._seen:
            self._seen[word] = bool(self._held["first"]) and mark(self._secret, word) in self._held["first"]
        return self._seen[word]

    def is_name(self, *said: str) -> bool:
        return mark(self._secret, " ".join(said)) in self._held["way"]


def of_accounts(accounts: Iterable[Account], secret: bytes) -> Names:
    """The names of some accounts, without a store."""
    return Names(_marks(accounts, secret), secret)


def of_store(con: Connection, secret: bytes) -> Names:
    """The names that a store knows. Without the key they were kept with, or with another, none is recognised."""
    return Names(con.execute("SELECT kind, mark FROM names WHERE key = ?", [key_id(secret)]).fetchall(), secret)


def unknown(con: Connection, secret: bytes) -> str:
    """What a reader must know where there are people and no name of theirs can be recognised; empty where all is well."""
    own = key_id(secret)
    people = (
        "SELECT DISTINCT tracker FROM people WHERE tracker NOT IN (SELECT tracker FROM names WHERE key = ?) ORDER BY 1"
    )
    where = ", ".join(tracker for (tracker,) in con.execute(people, [own]).fetchall())
    if not where:
        return ""
    other = con.execute("SELECT 1 FROM names WHERE key <> ? LIMIT 1", [own]).fetchall()
    why, fix = "the store knows no names from there", "A pull reads them from what the tracker sent, if it sent any."
    if other or not secret:
        why = f"the key beside the store is {'another than it was filled with' if secret else 'missing'}"
        fix = "Put the key back, or pull again."
    hidden = "Only e-mail addresses and mentions are hidden there."
    return f"Names of people may stand in titles and other texts from {where}: {why}. {hidden} {fix}"
