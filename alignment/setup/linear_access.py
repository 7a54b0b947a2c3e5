"""What a Linear key may see: workspace, teams, the price of a query, what is left of the hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alignment.setup.access import Seen, counted, some, unseen
from alignment.wiring import live_linear
from connectors.linear.live import LiveLinear
from connectors.linear.site import documents

if TYPE_CHECKING:
    from alignment.settings import Tracker


def looked(tracker: Tracker) -> Seen:
    """Lines and data of one workspace. Raises ConnectorError where the key is not let in."""
    linear, seen = live_linear(tracker), Seen(tracker.name)
    who: dict[str, Any] = linear.site.ask("Whoami")
    name, zone = str(who["organization"]["name"]), str(who["viewer"].get("timezone") or "")
    seen.lines.append(f"{tracker.name}: Linear workspace {name}")
    seen.data |= {"kind": "linear", "workspace": name, "time_zone": zone or None}
    seen.say(f"account's time zone: {zone or 'not told'}")
    seen.look("teams", lambda: _teams(linear, tracker, seen))
    seen.look("complexity", lambda: _price(linear, seen))
    seen.look("limits", lambda: _limits(linear, seen))
    seen.say(
        "not seen: private teams this key's owner is not in, and teams the key was not given",
        not_seen=["private teams of others", "teams the key was not given"],
    )
    return seen


def _teams(linear: LiveLinear, tracker: Tracker, seen: Seen) -> None:
    teams = list(linear.nodes("Teams", "teams"))
    keys = sorted(str(t["key"]) for t in teams)
    private = sorted(str(t["key"]) for t in teams if t.get("visibility") == "private")
    more = f"; private among them: {some(private)}" if private else ""
    seen.say(f"teams: {counted(len(keys), 'team')} visible: {some(keys)}{more}", teams=keys, private_teams=private)
    missing = unseen(linear.teams, keys)
    if missing:
        seen.wants(
            f"this key sees no team {some(missing)}",
            f"Correct teams: to keys that are shown ({some(keys, 6) or 'none'}), or give the key access to it",
        )
    elif not keys:
        seen.wants("this key sees no team", "Give it access to the teams in Linear's settings, under Security & access")
    seen.data["missing"] = missing


def _price(linear: LiveLinear, seen: Seen) -> None:
    """A page of issues is asked twice, one row and ten: a server that multiplies charges about ten times as much."""
    if "Issues" not in documents():
        return
    linear.site.ask("Issues", first=1)
    one = linear.site.cost
    linear.site.ask("Issues", first=10)
    ten = linear.site.cost
    if not one:
        seen.say("complexity: the server does not tell what a query costs (no X-Complexity)", complexity=None)
        return
    multiplies = ten > 4 * one
    how = (
        "it multiplies by the page, as published"
        if multiplies
        else "it does not multiply by the page: larger pages will be asked"
    )
    data = {"one_row": one, "ten_rows": ten, "multiplied": multiplies}
    seen.say(f"complexity: {one:g} points for one ticket, {ten:g} for ten; {how}", complexity=data)


def _limits(linear: LiveLinear, seen: Seen) -> None:
    headers = linear.site._headers()
    data: dict[str, Any] = {}
    told = []
    for budget, word in (("requests", "requests"), ("complexity", "points")):
        limit, left = (headers.get(f"x-ratelimit-{budget}-{part}") for part in ("limit", "remaining"))
        if limit and left:
            data[budget] = {"limit": float(limit), "left": float(left)}
            told.append(f"{float(left):,.0f} of {float(limit):,.0f} {word}")
    line = f"{' and '.join(told)} left this hour" if told else "the answers name none"
    seen.say(f"limits: {line}", limits=data or None)
