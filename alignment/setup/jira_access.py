"""What a Jira account may see: projects, pages, fields, limits; and, where it is not let in, what the server says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from alignment.errors import Mend
from alignment.setup.access import ODD, Seen, counted, some, unseen
from alignment.wiring import live_jira
from connectors.connector import ConnectorError, NotLetIn, ParseOptions, Payload, Refused
from connectors.jira.fields import FieldMap, field_map
from connectors.jira.live import LiveJira

if TYPE_CHECKING:
    from alignment.settings import Tracker

GATEWAY = "https://api.atlassian.com"
CONCEPTS = ("estimate", "sprint", "epic_link", "parent_link", "team", "flagged")
ASKED = {True: 5_000, False: 1_000}


def looked(tracker: Tracker) -> Seen:
    """Lines and data of one site. Raises ConnectorError where the account is not let in."""
    jira, seen = live_jira(tracker), Seen(tracker.name)
    me = jira.site.get("myself")  # serverInfo answers without a valid token, so it proves nothing
    seen.lines.append(f"{tracker.name}: Jira at {tracker.base_url}")
    seen.data |= {"kind": tracker.kind, "url": tracker.base_url}
    seen.look("version", lambda: _version(jira, tracker, seen))
    zone = str(me.get("timeZone") or "")
    seen.say(f"account's time zone: {zone or 'not told'}", time_zone=zone or None)
    seen.look("projects", lambda: _projects(jira, seen))
    seen.look("issues", lambda: _issues(jira, seen))
    seen.look("pages", lambda: _pages(jira, seen))
    seen.look("fields", lambda: _fields(jira, tracker, seen))
    seen.look("limits", lambda: _limits(jira, seen))
    seen.look("archived", lambda: _archived(jira, seen))
    seen.look("security", lambda: _security(jira, seen))
    return seen


def _version(jira: LiveJira, tracker: Tracker, seen: Seen) -> None:
    info = jira.site.get("serverInfo")
    cloud = info["deploymentType"] == "Cloud"
    name = "Cloud" if cloud else "Data Center"
    seen.say(
        f"version: {name} {info.get('version', '')}".rstrip(), version=f"{name} {info.get('version', '')}".rstrip()
    )
    if cloud != jira.cloud:
        kind = "jira-cloud" if cloud else "jira-data-center"
        seen.wants(f"it is a Jira {name}, and the settings say {tracker.kind}", f"Write kind: {kind}")
        jira.cloud = cloud  # the rest of the check asks as the server wants to be asked


def _projects(jira: LiveJira, seen: Seen) -> None:
    keys = sorted(str(p.get("key")) for p in jira.site.get("project") if isinstance(p, dict))
    seen.say(f"projects: {counted(len(keys), 'project')} visible: {some(keys) or 'none'}", projects=keys)
    missing = unseen(jira.projects, keys)
    seen.data["missing"] = missing
    if not keys:
        seen.wants(
            "it lets this account in and shows it no project",
            "Ask its administrator for the permission to browse projects, and check that the token is of the right account",
        )
    elif missing:
        seen.wants(
            f"this account sees no project {some(missing)}",
            f"Correct projects: to keys that are shown ({some(keys, 6)}), or ask for the permission to browse it",
        )


def _bounded(jira: LiveJira, seen: Seen) -> str:
    """The question of the pull, without projects that are not there: those are told already."""
    missing = set(seen.data.get("missing") or ())
    return LiveJira(jira.name, jira.site, jira.cloud, [p for p in jira.projects if p not in missing]).jql()


def _issues(jira: LiveJira, seen: Seen) -> None:
    jql = _bounded(jira, seen)
    if jira.cloud:
        count = int(
            jira.site.post("search/approximate-count", {"jql": jql.partition(" ORDER BY")[0]}, "api/3")["count"]
        )
    else:
        count = int(jira.site.post("search", {"jql": jql, "startAt": 0, "maxResults": 1, "fields": ["id"]})["total"])
    about = "about " if jira.cloud else ""
    where = "in the projects to read" if "project in" in jql else "in all projects"
    seen.say(f"issues: {about}{counted(count, 'issue')} {where}", issues=count)


def _pages(jira: LiveJira, seen: Seen) -> None:
    jql, asked = _bounded(jira, seen), ASKED[jira.cloud]
    body = {"jql": jql, "maxResults": asked, "fields": ["id"]}
    if not jira.cloud:
        granted = int(jira.site.post("search", {**body, "startAt": 0})["maxResults"])
        seen.say(
            f"pages: {granted:,} a page granted where {asked:,} were asked", pages={"asked": asked, "granted": granted}
        )
        return
    told, data = [], {}
    for words, size, fields in (("ids only", asked, ["id"]), ("all fields", 100, ["*all"])):
        answer = jira.site.post("search/jql", {**body, "maxResults": size, "fields": fields})
        got, last = len(answer["issues"]), answer.get("isLast") is True or not answer.get("nextPageToken")
        told.append(f"{words} {got:,} of {size:,} asked{' (there are no more)' if last and got < size else ''}")
        data["ids" if fields == ["id"] else "all"] = {"asked": size, "granted": got, "last": last}
    seen.say(f"pages: {'; '.join(told)}", pages=data)


def _fields(jira: LiveJira, tracker: Tracker, seen: Seen) -> None:
    listed = [Payload("field", str(f["id"]), f) for f in jira.site.get("field") if isinstance(f, dict) and "id" in f]
    found = field_map(listed, ParseOptions(fields={c: tuple(i) for c, i in tracker.fields.items()}))
    seen.data["fields"] = {concept: found.ids.get(concept, []) for concept in CONCEPTS}
    for concept in CONCEPTS:
        seen.say(f"{concept}: {said(found, listed, concept)}")
    there = {p.id for p in listed}
    for concept, ids in tracker.fields.items():
        for ident in ids:
            if ident not in there:
                seen.wants(
                    f"field {ident} of '{concept}' is not on this site", f"Correct fields: {concept}, or delete it"
                )


def said(found: FieldMap, listed: list[Payload], concept: str) -> str:
    """Ids and names of a concept's fields; where names repeat, one may belong to each team-managed project."""
    names = {p.id: str(p.data.get("name") or p.id) for p in listed}
    ids = found.ids.get(concept, [])
    if not ids:
        return "no such field"
    told = ", ".join(f"{i} ({names[i]})" if i in names else i for i in ids)
    repeated = len({names.get(i, i) for i in ids}) < len(ids)
    return told + ("; the name repeats, as in team-managed projects" if repeated else "")


def _limits(jira: LiveJira, seen: Seen) -> None:
    headers = jira.site.headers
    limits = {k.removeprefix("x-ratelimit-"): v for k, v in headers.items() if k.startswith("x-ratelimit-")}
    if "limit" in limits and "remaining" in limits:
        each = f" of {limits['limit']}" if limits["limit"].isdigit() else ""
        line = f"{limits['remaining']}{each} requests left for now"
    else:
        line = "the answers name none" if not limits else ", ".join(f"{k} {v}" for k, v in sorted(limits.items()))
    seen.say(f"limits: {line}", limits=limits or None)


def _archived(jira: LiveJira, seen: Seen) -> None:
    if not jira.cloud:
        seen.say("not seen: archived issues and projects (they leave the search index)", not_seen=["archived"])
        return
    answer = jira.site.get("project/search", status="archived")
    keys = sorted(str(p["key"]) for p in answer["values"] if p.get("archived"))
    which = f"; archived projects: {some(keys)}" if keys else ""
    seen.say(f"not seen: archived issues{which}", not_seen=["archived"], archived_projects=keys)


def _security(jira: LiveJira, seen: Seen) -> None:
    """Levels that this account belongs to; whether there are others is told to administrators alone."""
    shown = [k for k in seen.data.get("projects") or () if not jira.projects or k in jira.projects]
    used = []
    for key in shown[:3]:
        try:
            if jira.site.get(f"project/{key}/securitylevel").get("levels"):
                used.append(key)
        except (NotLetIn, Refused):
            break
    line = f" ({some(used)} uses such levels)" if used else ""
    seen.say(f"not seen: issues whose security level leaves this account out{line}", security_levels=used)


def asking_nobody(tracker: Tracker, url: str) -> LiveJira:
    """The site as a stranger sees it: what it says of itself needs no token."""
    return live_jira(tracker.model_copy(update={"base_url": url, "email": ""}), secret="")


def kind_at(tracker: Tracker, url: str) -> str:
    """``jira-cloud`` or ``jira-data-center``, as the server says of itself; empty where it does not."""
    try:
        kind = asking_nobody(tracker, url).site.get("serverInfo")["deploymentType"]
    except (ConnectorError, *ODD):
        return ""
    return {"Cloud": "jira-cloud", "Server": "jira-data-center"}.get(str(kind), "")


def gateway_of(tracker: Tracker, url: str) -> str:
    """The address that scoped tokens of a Cloud site need; empty where the site does not tell its id."""
    try:
        answer = asking_nobody(tracker, url).site.ask_root("_edge/tenant_info")
        return f"{GATEWAY}/ex/jira/{answer['cloudId']}"
    except (ConnectorError, *ODD):
        return ""


def why_not_let_in(tracker: Tracker, error: ConnectorError) -> Exception:
    """A better reason than the server's status, if it tells its kind or its id to strangers."""
    url = str(tracker.base_url)
    if "linear.app" in url:
        return Mend(f"{url} is Linear, no Jira.", "Write kind: linear, and delete base_url.")
    if not isinstance(error, NotLetIn) and "refused (" not in str(error):
        return error
    kind = kind_at(tracker, url)
    if kind and kind != tracker.kind:
        name = "Cloud" if kind == "jira-cloud" else "Data Center"
        fix = (
            "add the 'email' of the token's account"
            if kind == "jira-cloud"
            else "delete 'email'; the token is a personal access token"
        )
        return Mend(f"{url} is a Jira {name}, and the settings say {tracker.kind}.", f"Write kind: {kind}, and {fix}.")
    if kind == "jira-cloud" and "accept" in str(error):
        gateway = "" if urlsplit(url).path.startswith("/ex/jira/") else gateway_of(tracker, url)
        if gateway:
            what, _, fix = str(error).partition(". ")
            return Mend(
                f"{what}.", f"Check the e-mail and make a new API token; one with scopes needs base_url: {gateway}"
            )
    return error
