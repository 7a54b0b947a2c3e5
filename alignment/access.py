"""What a live tracker lets this account see: asked once, said in lines a person reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from alignment.wiring import live_jira, live_linear
from connectors.connector import ParseOptions, Payload

if TYPE_CHECKING:
    from alignment.settings import Tracker


def proven(tracker: Tracker) -> Iterator[str]:
    """Lines on one live tracker. Raises ConnectorError or Mend where it cannot be reached."""
    if tracker.kind == "linear":
        yield from _linear(tracker)
    elif tracker.kind in ("jira-cloud", "jira-data-center"):
        yield from _jira(tracker)


def _jira(tracker: Tracker) -> Iterator[str]:
    from connectors.jira.fields import field_map

    jira = live_jira(tracker)
    me = jira.site.get("myself")  # serverInfo answers without a valid token, so it proves nothing
    info = jira.site.get("serverInfo")
    yield f"{tracker.name}: Jira {info.get('deploymentType', 'Server')} {info.get('version', '')}, time zone {me.get('timeZone')}"
    cloud = info.get("deploymentType") == "Cloud"
    if cloud != jira.cloud:
        yield f"  it is {'Cloud' if cloud else 'Data Center'}: write kind: {'jira-cloud' if cloud else 'jira-data-center'}"
    projects = jira.site.get("project")
    keys = sorted(str(p.get("key")) for p in projects if isinstance(p, dict))
    yield f"  {len(keys)} projects visible: {', '.join(keys[:12])}{' …' if len(keys) > 12 else ''}"
    missing = sorted(set(jira.projects) - set(keys))
    if missing:
        yield f"  not visible to this account, but in the settings: {', '.join(missing)}"
    fields = [Payload("field", str(f.get("id")), f) for f in jira.site.get("field")]
    found = field_map(fields, ParseOptions(fields={c: tuple(i) for c, i in tracker.fields.items()}))
    for concept in ("estimate", "sprint", "epic_link", "parent_link", "team", "flagged"):
        ids = found.ids.get(concept, [])
        yield f"  {concept}: {', '.join(ids) if ids else 'no such field'}"


def _linear(tracker: Tracker) -> Iterator[str]:
    linear = live_linear(tracker)
    who: dict[str, Any] = linear.site.ask("Whoami")
    yield f"{tracker.name}: Linear workspace {who['organization']['name']}, time zone {who['viewer']['timezone']}"
    teams = linear.site.ask("Teams")["teams"]["nodes"]
    keys = sorted(str(t["key"]) for t in teams)
    yield f"  {len(keys)} teams visible: {', '.join(keys[:12])}{' …' if len(keys) > 12 else ''}; private teams of others are not"
    missing = sorted(set(linear.teams) - set(keys))
    if missing:
        yield f"  not visible to this key, but in the settings: {', '.join(missing)}"
    headers = linear.site._headers()
    left = headers.get("x-ratelimit-requests-remaining")
    if left:
        yield f"  requests left this hour: {left} of {headers.get('x-ratelimit-requests-limit')}"
