"""Jira Cloud as its official documents and the reports about it describe it, over a World."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.simulator.issue import Issue, Json, iso
from tests.simulator.jira_cloud_bulk import BulkEdits
from tests.simulator.jira_cloud_shape import embedded, history, shown
from tests.simulator.jira_site import GONE, JiraSite, nothing_here, number, paged, refused
from tests.simulator.server import Answer, Request

REMOVED = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. "
    "A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)
UNBOUNDED = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
BAD_PAYLOAD = "Invalid request payload. Refer to the REST API documentation and try again."
BAD_TOKEN = "The nextPageToken is invalid or has expired."  # our words: nobody has written down Jira's
SEARCH_KEYS = {
    "jql",
    "maxResults",
    "nextPageToken",
    "fields",
    "expand",
    "fieldsByKeys",
    "properties",
    "reconcileIssues",
}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a token leads: only in the same question, and for seven days."""

    question: str
    last: Any
    issued: datetime


@dataclass(kw_only=True)
class JiraCloud(JiraSite):
    """``scoped``: the token works through the gateway address only. ``agile_scope``: whether it may read boards,
    ``write_scope``: whether it may write.

    ``repeat_last_history``: pages of changelog/bulkfetch begin with the last history of the page before (JRACLOUD-94906).
    ``name_missing``: bulkfetch names unknown ids in ``issueErrors`` instead of leaving them out.
    ``empty_page``: the n-th search page of each scan is empty with a token that goes on.
    """

    cloud_id: str = "11111111-2222-4333-8444-555555555555"
    scoped: bool = False
    agile_scope: bool = True
    write_scope: bool = True
    id_page_cap: int = 5_000
    embedded_cap: int = 40
    repeat_last_history: bool = True
    name_missing: bool = True
    empty_page: int = 0
    token_life: timedelta = timedelta(days=7)
    bulk: BulkEdits = field(default_factory=BulkEdits)
    _places: dict[str, _Place] = field(default_factory=dict)
    _handed_out: int = 0

    def limits(self, request: Request) -> dict[str, str]:
        reset = self.world.now.replace(second=0, microsecond=0) + timedelta(minutes=1)
        left = 99 - request.number % 50
        return {
            "X-RateLimit-Limit": "100", "X-RateLimit-Remaining": str(left), "X-RateLimit-NearLimit": "false",
            "X-RateLimit-Reset": reset.strftime("%Y-%m-%dT%H:%MZ"),
        }  # fmt: skip

    def expire_tokens(self) -> None:
        """No page token handed out so far works any more."""
        self._places.clear()

    def answer(self, request: Request) -> Answer:
        path = request.path
        if path == "/_edge/tenant_info":
            return Answer(200, {"cloudId": self.cloud_id})
        gateway = f"/ex/jira/{self.cloud_id}/"
        through = path.startswith(gateway)
        parts = path.removeprefix(gateway).strip("/").split("/")
        match request.method, parts:
            case "GET", ["rest", "api", "2" | "3" | "latest", "serverInfo"] if not through:
                return Answer(200, self._server())
        stranger = self.stranger(request)
        if through and stranger:
            return Answer(401, {"code": 401, "message": "Unauthorized"})
        if stranger or (self.scoped and not through):
            return stranger or self.denied()
        match parts:
            case ["rest", "agile", "1.0", *rest] if self.agile_scope:
                return self.agile(request, rest)
            case ["rest", "agile", *_]:
                return Answer(401, {"code": 401, "message": "Unauthorized; scope does not match"})
            case ["rest", "api", *rest] if not self.write_scope and (request.method == "PUT" or "bulk" in rest):
                return Answer(401, {"code": 401, "message": "Unauthorized; scope does not match"})
            case ["rest", "api", "2" | "3" | "latest" as version, *rest]:
                return self._platform(request, rest, "2" if version == "latest" else version)
        return nothing_here(request)

    def _platform(self, request: Request, parts: list[str], version: str) -> Answer:
        world, body = self.world, request.body if isinstance(request.body, dict) else {}
        match request.method, parts:
            case "GET", ["serverInfo"]:
                return Answer(200, self._server())
            case "GET", ["myself"]:
                return Answer(200, self._myself())
            case "GET", ["field" | "status" | "issuetype" as kind]:
                return Answer(200, world.reference[kind])
            case "GET", ["mypermissions"]:
                wanted = [one for one in request.query.get("permissions", "").split(",") if one]
                if not wanted:
                    raise refused(400, "The 'permissions' query parameter is required.")
                return self.permissions(request, wanted)
            case "GET", ["project", "search"]:
                return Answer(200, paged(request, world.projects(), 50))
            case "GET", ["project"]:
                return Answer(200, world.projects())
            case "GET", ["project", name, "versions"]:
                project = world.project(name)
                if project is None:
                    raise refused(404, f"No project could be found with key '{name}'.")
                return Answer(200, [v for v in world.reference["version"] if str(v.get("projectId")) == project["id"]])
            case "GET", ["label"]:
                return Answer(
                    200, paged(request, sorted({w for i in self._seen() for w in i.fields.get("labels") or []}), 1000)
                )
            case (("GET" | "POST"), ["search"]):
                raise refused(410, REMOVED)
            case "POST", ["search", "approximate-count"]:
                return Answer(200, {"count": len(world.search(self._bounded(body.get("jql")), request.number)[0])})
            case (("GET" | "POST"), ["search", "jql"]):
                return Answer(200, self._search(request, version))
            case "POST", ["issue", "bulkfetch"]:
                return Answer(200, self._bulk_fetch(body, version))
            case "POST", ["changelog", "bulkfetch"]:
                return Answer(200, self._bulk_log(body))
            case "GET", ["issue", name, "changelog"]:
                log = [history(entry, iso) for entry in self.issue(name).histories]
                return Answer(200, {**paged(request, log, 100), "self": self.base_url + request.path})
            case "GET", ["issue", name]:
                wanted, expand = request.query.get("fields", "*all").split(","), request.query.get("expand", "")
                return Answer(200, self._show(self.issue(name), wanted, version, expand))
            case "PUT", ["issue", name]:
                return self.edit(request, name)
            case "POST", ["bulk", "issues", "fields"]:
                return self.bulk.submit(self, body)
            case "GET", ["bulk", "queue", task]:
                return self.bulk.progress(self, task)
        return nothing_here(request)

    def global_permissions(self) -> dict[str, bool]:
        return {"BULK_CHANGE": self.bulk.permitted}

    def _search(self, request: Request, version: str) -> Json:
        asked = _asked(request)
        wanted = asked.get("fields") or ["id"]
        narrow = set(wanted) <= {"id", "key"} and not asked.get("expand")
        limit = min(int(asked.get("maxResults") or 50), self.id_page_cap if narrow else self.page_cap)
        query, reconciled = self._bounded(asked.get("jql")), [str(i) for i in asked.get("reconcileIssues") or []]
        if len(reconciled) > 50:
            raise refused(400, BAD_PAYLOAD)
        question = f"{asked.get('jql')}|{sorted(reconciled)}"
        last, page = self._place(asked.get("nextPageToken"), question) or (None, 0)
        size = 0 if page + 1 == self.empty_page else limit
        issues, done = self.world.after(query, request.number, last, size, frozenset(reconciled))
        expand = str(asked.get("expand") or "")
        out: Json = {"issues": [self._show(i, wanted, version, expand) for i in issues], "isLast": done}
        if "names" in expand.split(","):
            out["names"] = {f["id"]: f["name"] for f in self.world.reference["field"]}
        if not done:
            out["nextPageToken"] = self._token(question, (query.sort_key(issues[-1]) if issues else last, page + 1))
        return out

    def _bounded(self, jql: Any) -> Any:
        query = self.query(str(jql or ""))
        if not query.bounded:
            raise refused(400, UNBOUNDED)
        return query

    def _token(self, question: str, last: Any) -> str:
        seal = hashlib.sha256(f"{question}|{self._handed_out}".encode()).digest()
        self._handed_out += 1
        token = base64.urlsafe_b64encode(seal[:18]).decode()
        self._places[token] = _Place(question, last, self.world.now)
        return token

    def _place(self, token: Any, question: str) -> Any:
        if not token:
            return None
        place = self._places.get(str(token))
        if place is None or place.question != question or self.world.now - place.issued > self.token_life:
            raise refused(400, BAD_TOKEN)
        return place.last

    def _bulk_fetch(self, body: Json, version: str) -> Json:
        names, expand = body.get("issueIdsOrKeys"), body.get("expand") or []
        if not isinstance(names, list) or not 1 <= len(names) <= 100 or not isinstance(expand, list):
            raise refused(400, BAD_PAYLOAD)
        found = {name: self.world.visible(str(name)) for name in names}
        issues = sorted({i.id: i for i in found.values() if i}.values(), key=lambda issue: int(issue.id))
        wanted = body.get("fields") or ["*navigable"]
        shown_ = [self._show(issue, wanted, version, ",".join(expand)) for issue in issues]
        missing = [{"id": str(name), "errorMessage": GONE} for name, issue in found.items() if issue is None]
        return {"issues": shown_, "issueErrors": missing if self.name_missing else []}

    def _bulk_log(self, body: Json) -> Json:
        """Across all issues by date, then issue id; what is asked for and not visible is left out without a word."""
        names, only = body.get("issueIdsOrKeys"), body.get("fieldIds") or []
        size = int(body.get("maxResults") or 1_000)
        if not isinstance(names, list) or not 1 <= len(names) <= 1_000 or len(only) > 10 or not 1 <= size <= 10_000:
            raise refused(400, BAD_PAYLOAD)
        question = f"log|{','.join(map(str, names))}|{only}"
        last = self._place(body.get("nextPageToken"), question)
        issues = {i.id: i for i in (self.world.visible(str(name)) for name in names) if i}
        rows = [(h["created"], int(i.id), int(h["id"]), h) for i in issues.values() for h in i.histories]
        rows = [row for row in rows if not only or any(line.get("fieldId") in only for line in row[3]["items"])]
        rows.sort(key=lambda row: row[:3])
        start = next((at for at, row in enumerate(rows) if last is None or row[:3] > last), len(rows))
        repeats = last is not None and self.repeat_last_history and size > 1
        first = max(0, start - 1) if repeats else start
        page = rows[first : first + size]
        grouped: dict[str, list[Json]] = {}
        for _, issue, _, entry in page:
            grouped.setdefault(str(issue), []).append(history(entry, int))
        out: Json = {"issueChangeLogs": [{"issueId": i, "changeHistories": log} for i, log in grouped.items()]}
        if first + size < len(rows):
            out["nextPageToken"] = self._token(question, page[-1][:3])
        return out

    def _show(self, issue: Issue, wanted: list[str], version: str, expand: str) -> Json:
        out = shown(issue, wanted, version, self.base_url)
        return {**out, "changelog": embedded(issue, self.embedded_cap)} if "changelog" in expand.split(",") else out

    def _seen(self) -> list[Issue]:
        return [issue for issue in self.world.issues.values() if self.world.visible(issue.id)]

    def _server(self) -> Json:
        now = self.world.now.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        return {
            "baseUrl": self.base_url, "version": "1001.0.0-SNAPSHOT", "versionNumbers": [1001, 0, 0],
            "deploymentType": "Cloud", "buildNumber": 100291, "buildDate": "2026-06-06T00:00:00.000+0000",
            "serverTime": now, "serverTitle": "Jira", "serverTimeZone": "Etc/UTC",
        }  # fmt: skip

    def _myself(self) -> Json:
        who = self.account
        return {
            "self": f"{self.base_url}/rest/api/3/user?accountId={who.id}", "accountId": who.id, "accountType": "atlassian",
            "emailAddress": who.email, "displayName": who.name, "active": True, "timeZone": who.zone, "locale": "en_US",
        }  # fmt: skip


def _asked(request: Request) -> Json:
    """The question of a search, from the body or the query string."""
    if request.method == "GET":
        asked: Json = dict(request.query)
        asked["fields"] = [name for name in request.query.get("fields", "").split(",") if name]
        asked["maxResults"] = number(request, "maxResults", 50)
        return asked
    body = request.body
    if not isinstance(body, dict) or body.keys() - SEARCH_KEYS:
        raise refused(400, BAD_PAYLOAD)
    if not isinstance(body.get("fields") or [], list) or not isinstance(body.get("expand") or "", str):
        raise refused(400, BAD_PAYLOAD)
    return body
