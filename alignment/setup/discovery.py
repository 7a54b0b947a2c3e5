"""What `alignment init` finds at an address: its kind, and what of it belongs into the settings and a first strategy."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from alignment.errors import Mend
from alignment.settings import Tracker
from alignment.setup.access import ODD, explained, some
from alignment.setup.jira_access import CONCEPTS, gateway_of, kind_at, said
from alignment.wiring import live_jira, live_linear
from analyzer.masking import Mask
from analyzer.names import of_accounts
from connectors.accounts import Accounts
from connectors.connector import ComeBack, ConnectorError, NotLetIn, ParseOptions, Payload
from connectors.jira.fields import field_map
from connectors.jira.live import LiveJira

PAGES = re.compile(r"/(browse|secure|projects|rest|issues|login\.jsp|plugins|dashboards)(/|$).*")
RECENT, MOST_BOARDS = 100, 20


@dataclass(frozen=True)
class Candidate:
    """Something big that recent tickets hang below, and the rule that matches it."""

    name: str
    field: str
    value: str
    why: str


@dataclass(frozen=True)
class Found:
    """One tracker as it goes into the settings."""

    tracker: Tracker
    zone: str = ""
    about: str = ""
    parts: str = ""
    shown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    estimates: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    labels: tuple[str, ...] = field(default=())


def address(text: str) -> tuple[str, str]:
    """Kind and base address of what a person typed or copied from the browser. Raises Mend."""
    text = text.strip()
    if text.lower().removesuffix("/") in ("linear", "linear.app", "api.linear.app"):
        return "linear", ""
    url = text if "://" in text else f"https://{text}"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise Mend(f"'{text[:80]}' is no web address.", "Write e.g. https://company.atlassian.net, or: linear")
    root = f"{parts.scheme}://{parts.netloc}"
    if parts.hostname.endswith("linear.app"):
        return "linear", ""
    if parts.hostname.endswith(".atlassian.net"):
        return "jira-cloud", root
    if parts.hostname == "api.atlassian.com":
        return "jira-cloud", f"{root}{'/'.join(parts.path.split('/')[:4])}"
    if parts.path.rstrip("/").endswith("/graphql"):
        return "linear", url.rstrip("/")
    return "", (root + PAGES.sub("", parts.path)).rstrip("/")


def kind_of(tracker: Tracker) -> str:
    """The kind that the server says it is. Raises Mend or ConnectorError with the reason where it says none."""
    kind = kind_at(tracker, str(tracker.base_url))
    if not kind:
        live_jira(tracker, secret="").site.get("serverInfo")  # for its error, which says why
        raise Mend(
            f"{tracker.base_url} does not say which Jira it is.", "Give its kind: --kind jira-cloud or jira-data-center"
        )
    return kind


def found_at(tracker: Tracker) -> Found:
    """What this account sees of a live tracker. Raises Mend or ConnectorError, explained, where it is not let in."""
    try:
        if tracker.kind == "linear":
            return _linear(tracker)
        try:
            return _jira(tracker)
        except NotLetIn:
            gateway = gateway_of(tracker, str(tracker.base_url)) if tracker.kind == "jira-cloud" else ""
            if not gateway:
                raise
            through = tracker.model_copy(update={"base_url": gateway, "browse_url": tracker.base_url})
            try:
                return _jira(through)
            except ConnectorError:
                pass  # no scoped token either: the first answer is the one to tell
            raise
    except ConnectorError as error:
        raise explained(tracker, error) from None


def _jira(tracker: Tracker) -> Found:
    jira = live_jira(tracker)
    me = jira.site.get("myself")
    keys = tuple(sorted(str(p["key"]) for p in jira.site.get("project") if isinstance(p, dict) and p.get("key")))
    missing = sorted(set(tracker.projects or ()) - set(keys))
    if missing:
        raise Mend(f"This account sees no project {some(missing)}.", f"It sees: {some(keys) or 'none'}.")
    if not keys:
        raise Mend("It lets this account in and shows it no project.", "Ask for the permission to browse projects.")
    listed = [Payload("field", str(f["id"]), f) for f in jira.site.get("field") if isinstance(f, dict) and "id" in f]
    fields = field_map(listed, ParseOptions())
    boards = list(_perhaps(lambda: _boards(jira, tracker.projects or ()), []))
    notes = [
        f"found by itself, {concept}: {said(fields, listed, concept)}"
        for concept in CONCEPTS
        if fields.ids.get(concept)
    ]
    notes += [
        f"board {b['name']}: estimates in {b['estimate_name']} ({b['estimate']})" for b in boards if b["estimate"]
    ]
    used = [ident for ident, _ in Counter(b["estimate"] for b in boards if b["estimate"]).most_common()]
    unknown = [i for i in used if i not in fields.ids.get("estimate", []) and i.startswith("customfield_")]
    several = used if len(fields.ids.get("estimate", [])) > 1 else []
    recent = list(_perhaps(lambda: _recent(jira), []))
    hide = _hiding(recent)
    links = fields.ids.get("epic_link", [])
    return Found(
        tracker, str(me.get("timeZone") or ""), f"Jira at {tracker.base_url}", "projects", keys, tuple(notes),
        tuple(i for i in used if i in several or i in unknown),
        tuple(replace(e, name=hide(e.name)) for e in epics_of(recent, links)), tuple(map(hide, labels_of(recent))),
    )  # fmt: skip


def _hiding(issues: Iterable[dict[str, Any]]) -> Mask:
    """What is proposed is shown, and written into a file: without the names of those whom these issues name."""
    people = Accounts(())
    named = {account for issue in issues for account in people.named(Payload("issue", "", issue))}
    return Mask(of_accounts(named, b"for this once"))


def _perhaps(step: Callable[[], Iterable[Any]], otherwise: list[Any]) -> Iterable[Any]:
    """What is good to know and not needed: what a site refuses or answers oddly is left out."""
    try:
        return list(step())
    except ComeBack:
        raise
    except (ConnectorError, *ODD):
        return otherwise


def _boards(jira: LiveJira, projects: Iterable[str]) -> Iterator[dict[str, str]]:
    """Scrum boards with the field they estimate in; a board that may not be seen is left out."""
    queries: list[dict[str, Any]] = [{"projectKeyOrId": key} for key in projects] or [{}]
    boards = [
        b for q in queries for b in jira.site.get("board", "agile/1.0", **q)["values"] if b.get("type") != "kanban"
    ]
    for board in boards[:MOST_BOARDS]:
        for setup in _perhaps(lambda b=board: [jira.site.get(f"board/{b['id']}/configuration", "agile/1.0")], []):  # type: ignore[misc]
            by = (setup.get("estimation") or {}).get("field") or {}
            yield {
                "name": str(board.get("name") or board["id"]), "estimate": str(by.get("fieldId") or ""),
                "estimate_name": str(by.get("displayName") or by.get("fieldId") or ""),
            }  # fmt: skip


def _recent(jira: LiveJira) -> list[dict[str, Any]]:
    jql = jira.jql().partition(" ORDER BY")[0] + " ORDER BY updated DESC"
    path = "search/jql" if jira.cloud else "search"
    answer = jira.site.post(path, {"jql": jql, "maxResults": RECENT, "fields": ["*all"]})
    return [i for i in answer["issues"] if isinstance(i, dict)]


def epics_of(issues: Iterable[dict[str, Any]], epic_links: Iterable[str]) -> Iterator[Candidate]:
    """The three epics that most of these issues are under."""
    under: Counter[str] = Counter()
    names: dict[str, str] = {}
    for issue in issues:
        fields = issue.get("fields") or {}
        names[str(issue.get("key"))] = str(fields.get("summary") or "")
        parent = fields.get("parent") or {}
        key = next((str(fields[i]) for i in epic_links if isinstance(fields.get(i), str)), "")
        if not key and parent.get("key") and not (fields.get("issuetype") or {}).get("subtask"):
            key = str(parent["key"])
            names.setdefault(key, str((parent.get("fields") or {}).get("summary") or ""))
        if key:
            under[key] += 1
    for key, count in under.most_common(3):
        yield Candidate(
            names.get(key) or f"Epic {key}", "epic", key, f"{count} of the last changed tickets are under it"
        )


def labels_of(issues: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    counts = Counter(str(label) for i in issues for label in (i.get("fields") or {}).get("labels") or [])
    return tuple(f"{label} ({count})" for label, count in counts.most_common(8))


def _linear(tracker: Tracker) -> Found:
    linear = live_linear(tracker)
    who = linear.site.ask("Whoami")
    keys = tuple(sorted(str(t["key"]) for t in linear.nodes("Teams", "teams")))
    linear._all_seen(keys)
    initiatives = list(_perhaps(lambda: linear.nodes("Initiatives", "initiatives"), []))
    active = [i for i in initiatives if i.get("status") == "Active" and not i.get("archivedAt")]
    top = [Candidate(str(i["name"]), "initiative", str(i["name"]), "an active initiative") for i in active[:3]]
    about = f"Linear workspace {who['organization']['name']}"
    return Found(tracker, str(who["viewer"].get("timezone") or ""), about, "teams", keys, (), (), tuple(top))


def chosen(found: Found, keys: Iterable[str]) -> Found:
    """The same with only these projects or teams."""
    return replace(found, tracker=found.tracker.model_copy(update={found.parts: tuple(keys) or None}))
