"""Results as messages get them: with changes and decisions, with hostile text in every place, and far too large."""

from __future__ import annotations

from tests.reports import sample
from tests.reports.sample import Data

LINK = "https://reports.acme.example/2026-W47.html"
MENTIONS = (
    "<!channel>",
    "<!here|here>",
    "<@U024BE7LH>",
    "@here",
    "<at>Everyone</at>",
    "{{DATE(2026-01-01T00:00:00Z)}}",
)
LINKS = (
    "<https://evil.example|x>",
    "[x](https://evil.example)",
    "https://evil.example",
    "<a href='//evil.example'>x</a>",
)
MARKUP = (
    "*bold*",
    "_it_",
    "```code",
    "~no~",
    "**b**",
    "&amp;<b>",
    "line\r\nBcc: all@evil.example",
    "\u202eexe.txt\x00",
)
HOSTILE = (*MENTIONS, *LINKS, *MARKUP, *sample.HOSTILE)


def decided(result: Data, text: str = "Move about 9 of 64 started items.", tickets: int = 12, items: int = 5) -> Data:
    """The Result with ``items`` decisions that carry a move and tickets, and one change since an earlier report."""
    names = list(result["tickets"])
    asks = [
        {"measure": "priority_drift", "title": "Priority drift", "verdict": "signal", "move": text, "more": 52,
         "sentence": "8 % of effort would have to move.", "tickets": names[at * tickets : (at + 1) * tickets]}
        for at in range(items)
    ]  # fmt: skip
    change = {"measure": "scope_creep", "title": "Scope creep", "was": "watch", "now": "signal", "was_value": 0.31,
              "now_value": 0.48, "unit": "share", "sentence": ""}  # fmt: skip
    return result | {"previous": "2026-11-09T05:00:00Z", "changed": [change], "decide": asks}


def week() -> Data:
    return decided(sample.company())


def hostile(text: str) -> Data:
    """One hostile text wherever a tracker, a strategy or a setting can put it."""
    result = decided(sample.company(), text)
    for one in result["decide"]:
        one |= {"title": text, "sentence": text}
    result["changed"][0] |= {"sentence": text}
    for ticket in result["tickets"].values():
        ticket |= {"key": text, "title": text}
    for tracker in result["coverage"]:
        tracker["name"] = text
    return result | {"headline": text, "organisation": text}


def huge() -> Data:
    """Everything as long as it can be, in letters that take three bytes each, with long addresses."""
    result = decided(sample.company(), "優" * 5_000, tickets=100)
    for one in result["decide"]:
        one |= {"title": "優" * 500, "sentence": "優" * 5_000}
    for number, ticket in enumerate(result["tickets"].values()):
        ticket |= {"key": f"{'優' * 60}-{number}", "url": f"https://acme.example/{'x' * (200 + number)}"}
    result["changed"] = [result["changed"][0] | {"sentence": "優" * 5_000}] * 40
    return result | {"headline": "優" * 5_000, "organisation": "優" * 5_000, "notes": ["優" * 500] * 9}


def bare() -> Data:
    """A week without pictures, which take a while to draw."""
    return without_pictures(week())


def without_pictures(result: Data) -> Data:
    return result | {"findings": [one | {"details": []} for one in result["findings"]]}


def stored() -> Data:
    """A Result of before Results knew changes and decisions."""
    return sample.company()


def signs() -> Data:
    """Nothing but signs that an escape makes five times as long."""
    return hostile("&" * 5_000)


EVERY = (week, signs, huge, stored, sample.calm, sample.empty)
