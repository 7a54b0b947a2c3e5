"""The strategy files of the made-up company: eight priorities, matched by label, epic, title, initiative, project and type."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from analyzer.strategy import Strategy
from analyzer.strategy_file import read_strategies
from benchmarks.company import PER_PERSON, TEAM
from benchmarks.company_rows import THEMES

LISTED = 200
"""At most so many keys are listed in one rule."""

HALVES = (("2025-01-01", "2025-12-31", 3), ("2026-01-01", "2026-06-30", 2), ("2026-07-01", "2026-12-31", 0))
"""Each half, and by how many points its intended shares differ from today's."""


def texts(tickets: int, keys: list[str]) -> dict[str, str]:
    """The files by name. ``keys`` are epics of the data priority; only the first ``LISTED`` are named."""
    teams = max(2, round(tickets / PER_PERSON / TEAM))
    spaces = [f"TM{t}" for t in range(teams) if t % 10 == 4 and t % 3 != 2][:LISTED] or ["TM4"]
    return {f"{first}.yaml": _text(tickets, first, last, off, keys[:LISTED], spaces) for first, last, off in HALVES}


def _text(tickets: int, first: str, last: str, off: int, epics: list[str], spaces: list[str]) -> str:
    def share(low: int, high: int) -> str:
        return f"{low + off}-{high + off}%"

    initiatives = "\n".join(
        f"      - {{tracker: linear, initiative: Initiative {theme}}}" if n != 7 else ""
        for n, theme in enumerate(THEMES[:8])
    ).split("\n")
    return f"""strategy: From {first}
valid: {{from: {first}, to: {last}}}
unlinked_allowance: 25%
priorities:
  - id: checkout
    name: Faster checkout
    share: {share(14, 20)}
    match:
      - {{label: strat-checkout}}
{initiatives[0]}
  - id: data
    name: Trusted data
    share: {share(6, 14)}
    match:
      - {{label: strat-data}}
      - {{epic: [{", ".join(epics)}]}}
{initiatives[1]}
  - id: returns
    name: Easy returns
    share: {share(6, 22)}
    match:
      - {{title: '(?i)returns? portal'}}
{initiatives[2]}
  - id: onboarding
    name: Self-serve onboarding
    share: {share(5, 10)}
    match:
      - {{label: strat-onboarding}}
{initiatives[3]}
  - id: search
    name: Search that finds
    share: {share(8, 18)}
    match:
      - {{tracker: jira, project: [{", ".join(spaces)}]}}
{initiatives[4]}
  - id: compliance
    name: Ready for the audit
    share: {share(5, 12)}
    scope: {{items: {tickets // 30}-{tickets // 20}}}
    match:
      - {{component: Compliance}}
{initiatives[5]}
  - id: platform
    name: One platform
    share: {share(4, 12)}
    match:
      - {{label: platform-work}}
      - {{tracker: jira, version: [{", ".join(f"Platform {n}" for n in range(0, 16, 4))}]}}
{initiatives[6]}
  - id: upkeep
    name: Keep the lights on
    kind: upkeep
    share: {share(10, 25)}
    match:
      - {{type: [Bug, Incident]}}
not_now:
  - {{id: mobile, name: Mobile redesign, match: [{{label: mobile-redesign}}]}}
"""


def read(tickets: int, keys: list[str]) -> tuple[Strategy, ...]:
    """The strategies, through the program's own reader. Raises ValueError if it finds a mistake."""
    with TemporaryDirectory() as folder:
        for name, text in texts(tickets, keys).items():
            Path(folder, name).write_text(text, encoding="utf-8")
        strategies, mistakes = read_strategies(Path(folder))
    if mistakes:
        raise ValueError("\n".join(str(m) for m in mistakes))
    return strategies
