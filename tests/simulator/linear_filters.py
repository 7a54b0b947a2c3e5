"""The filters a pull asks with: or, and, id, team, and dates as moments or as durations such as -P2W."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.simulator.linear_errors import Json, argument_error
from tests.simulator.linear_world import LinearWorld

Match = Callable[[Json], bool]

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
IDENTIFIER = re.compile(r"[A-Z][A-Z0-9]*-[0-9]+", re.IGNORECASE)
DURATION = re.compile(
    r"(?P<sign>-?)P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
DAYS = {"years": 365, "months": 30, "weeks": 7, "days": 1}
COMPARE: dict[str, Callable[[datetime, datetime], bool]] = {
    "gte": lambda found, asked: found >= asked,
    "gt": lambda found, asked: found > asked,
    "lte": lambda found, asked: found <= asked,
    "lt": lambda found, asked: found < asked,
}


def moment(text: str, now: datetime) -> datetime:
    """A moment (UTC where it says nothing) or an ISO 8601 duration from now; a year has 365 days, a month 30."""
    length = DURATION.fullmatch(text)
    if length and text not in ("P", "-P"):
        parts = {name: int(value) for name, value in length.groupdict().items() if value and name != "sign"}
        days = sum(DAYS[name] * value for name, value in parts.items() if name in DAYS)
        rest = {name: value for name, value in parts.items() if name not in DAYS}
        passed = timedelta(days=days, **rest)
        return now - passed if length["sign"] else now + passed
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise argument_error(
            {"value": text}, "value", "isDateTimeOrDuration", f"{text} is not a date or a duration"
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def compiled(world: LinearWorld, asked: Json | None) -> Match:
    """One test for a node. Names no rule of ours may arrive: the schema offers only what is known here."""
    tests: list[Match] = []
    for name, rule in (asked or {}).items():
        if rule is None:
            continue
        if name in ("or", "and"):
            parts = [compiled(world, part) for part in rule]
            tests.append(_either(parts) if name == "or" else _each(parts))
        elif name == "id":
            tests.append(_listed(world, rule))
        elif name == "team":
            tests.append(_in_team(world, rule))
        else:
            tests += [_dated(name, how, given, world.now) for how, given in rule.items() if given is not None]
    return _each(tests)


def checked_ids(rule: Json) -> list[str]:
    """One malformed entry refuses the whole query."""
    ids = [str(one) for one in rule.get("in") or []] + ([str(rule["eq"])] if rule.get("eq") else [])
    for one in ids:
        if not UUID.fullmatch(one) and not IDENTIFIER.fullmatch(one):
            raise argument_error(
                {"id": ids}, "id", "isUuidOrIdentifier", "each value in id must be a UUID or an issue identifier"
            )
    return ids


def _each(tests: list[Match]) -> Match:
    return tests[0] if len(tests) == 1 else lambda node: all(test(node) for test in tests)


def _either(tests: list[Match]) -> Match:
    return lambda node: any(test(node) for test in tests)


def _listed(world: LinearWorld, rule: Json) -> Match:
    """Identifiers are looked up once; an identifier of before a move still finds its issue."""
    wanted = set(checked_ids(rule))
    wanted |= {node["id"] for one in wanted if not UUID.fullmatch(one) and (node := world.issue(one))}
    return lambda node: node["id"] in wanted


def _in_team(world: LinearWorld, rule: Json) -> Match:
    def fits(team: Json) -> bool:
        for name, test in rule.items():
            if test and test.get("in") is not None and team.get(name) not in test["in"]:
                return False
            if test and test.get("eq") is not None and team.get(name) != test["eq"]:
                return False
        return True

    teams = {ident for ident, team in world.of("team").items() if fits(team)}
    return lambda node: (node.get("team") or {}).get("id") in teams


def _dated(name: str, how: str, given: Any, now: datetime) -> Match:
    if how == "null":
        return lambda node: (node.get(name) is None) is bool(given)
    asked, compare = moment(str(given), now), COMPARE[how]
    return lambda node: (found := node.get(name)) is not None and compare(datetime.fromisoformat(found), asked)
