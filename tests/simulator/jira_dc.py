"""Jira Data Center as its official documents and the reports about it describe it, over a World."""

from __future__ import annotations

from dataclasses import dataclass

from tests.simulator.issue import Issue, Json
from tests.simulator.jira_dc_shape import EPIC_LINK, changelog, fields, project, shown, user_key, user_name
from tests.simulator.jira_site import JiraSite, authorization, nothing_here, number, refused
from tests.simulator.jql import Query
from tests.simulator.server import Answer, Request

BEAN = "com.atlassian.jira.rest.v2.search.SearchRequestBean"
SEARCH_KEYS = {"jql", "startAt", "maxResults", "fields", "expand", "validateQuery"}


@dataclass(kw_only=True)
class JiraDataCenter(JiraSite):
    """``page_cap`` is ``jira.search.views.default.max``; ``window`` the deepest result, refused with ``window_status``.

    ``changelog_cut``: an expanded change log holds at most so many entries, its ``total`` tells the truth.
    ``limited``: answers carry rate-limit headers, as where an administrator turned limits on.
    ``basic``: whether user and password are accepted beside personal access tokens. ``context``: a path such as ``/jira``.
    """

    base_url: str = "https://jira.acme.example"
    page_cap: int = 1_000
    version: tuple[int, int, int] = (10, 3, 0)
    window: int = 10_000
    window_status: int = 400
    changelog_cut: int | None = None
    sprints_as_text: bool = True
    limited: bool = False
    basic: bool = True
    context: str = ""

    def limits(self, request: Request) -> dict[str, str]:
        if not self.limited:
            return {}
        left = str(49 - request.number % 25)
        head = {"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": left, "X-RateLimit-FillRate": "10"}
        return {**head, "X-RateLimit-Interval-Seconds": "1"}

    def answer(self, request: Request) -> Answer:
        inside = request.path.startswith(self.context + "/rest/")
        parts = request.path.removeprefix(self.context).strip("/").split("/") if inside else []
        match parts:
            case ["rest", "api", "2" | "latest", "serverInfo"] if request.method == "GET":
                return Answer(200, self._server())
        stranger = self.stranger(request)
        if stranger is None and not self.basic and authorization(request).startswith("Basic "):
            stranger = self.denied()
        if stranger:
            return stranger
        match parts:
            case ["rest", "agile", "1.0", *rest]:
                return self.agile(request, rest)
            case ["rest", "api", "2" | "latest", *rest]:
                return self._platform(request, rest)
        return nothing_here(request)

    def _platform(self, request: Request, parts: list[str]) -> Answer:
        world = self.world
        match request.method, parts:
            case "GET", ["myself"]:
                return Answer(200, self._myself())
            case "GET", ["mypermissions"]:
                return self.permissions(request, [])
            case "GET", ["field"]:
                return Answer(200, fields(world.reference["field"]))
            case "GET", ["status"]:
                return Answer(200, world.reference["status"])
            case "GET", ["issuetype"]:
                kinds = world.reference["issuetype"]
                return Answer(
                    200, [{n: v for n, v in kind.items() if n not in ("hierarchyLevel", "scope")} for kind in kinds]
                )
            case "GET", ["project"]:
                return Answer(200, [project(p) for p in world.projects()])
            case "GET", ["project", name, "versions"]:
                found = world.project(name)
                if found is None:
                    raise refused(404, f"No project could be found with key '{name}'.")
                return Answer(200, [v for v in world.reference["version"] if str(v.get("projectId")) == found["id"]])
            case "GET", ["searchLimits", "maxResultWindow"] if self.version >= (11, 3, 0):
                return Answer(200, {"maxResultWindow": self.window})
            case (("GET" | "POST"), ["search"]):
                return Answer(200, self._search(request))
            case "GET", ["issue", name]:
                wanted, expand = request.query.get("fields", "*all").split(","), request.query.get("expand", "")
                return Answer(200, self._show(self.issue(name), wanted, expand.split(",")))
            case "PUT", ["issue", name]:
                return self.edit(request, name)
        return nothing_here(request)

    def written(self, fields: Json) -> Json:
        """An Epic Link is the world's parent, unless the world came from a server and holds the field itself."""
        if EPIC_LINK not in fields or any(field["id"] == EPIC_LINK for field in self.world.reference["field"]):
            return fields
        key = fields.pop(EPIC_LINK)
        return {**fields, "parent": {"key": key} if key else None}

    def _search(self, request: Request) -> Json:
        asked = _asked(request)
        validate = asked.get("validateQuery", True) not in (False, "false")
        query: Query = self.query(str(asked.get("jql") or ""), validate=validate)
        start, size = max(0, int(asked.get("startAt") or 0)), asked.get("maxResults")
        limit = min(50 if size is None else max(0, int(size)), self.page_cap)
        found, _ = self.world.search(query, request.number)
        if start + limit > self.window and start < len(found):
            raise refused(
                self.window_status,
                "Search limit exceeded. We couldn't complete your search because it requests "
                f"{start + limit:,} results which exceeded the search platform limit of {self.window:,}. "
                "Try refining your query or contact your Jira administrator. Repeating the same search may not work.",
            )
        wanted, expand = asked.get("fields") or ["*navigable"], asked.get("expand") or []
        out: Json = {"expand": "schema,names", "startAt": start, "maxResults": limit, "total": len(found)}
        if "names" in expand:
            out["names"] = {field["id"]: field["name"] for field in fields(self.world.reference["field"])}
        return {**out, "issues": [self._show(issue, wanted, expand) for issue in found[start : start + limit]]}

    def _show(self, issue: Issue, wanted: list[str], expand: list[str]) -> Json:
        out = shown(issue, wanted, self.base_url, self.sprints_as_text)
        return {**out, "changelog": changelog(issue, self.changelog_cut)} if "changelog" in expand else out

    def _server(self) -> Json:
        now = self.world.now.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        return {
            "baseUrl": self.base_url, "version": ".".join(map(str, self.version)), "versionNumbers": list(self.version),
            "deploymentType": "Server", "buildNumber": 10030000, "buildDate": "2026-01-09T00:00:00.000+0000",
            "serverTime": now, "scmInfo": "0" * 40, "serverTitle": "Acme Jira",
        }  # fmt: skip

    def _myself(self) -> Json:
        who = self.account
        return {
            "self": f"{self.base_url}/rest/api/2/user?username={user_name(who.id)}", "key": user_key(who.id),
            "name": user_name(who.id), "emailAddress": who.email, "displayName": who.name, "active": True,
            "deleted": False, "timeZone": who.zone, "locale": "en_US",
        }  # fmt: skip


def _asked(request: Request) -> Json:
    """The question of a search. A body may hold no key that the server's class does not have, and lists must be lists."""
    if request.method == "GET":
        asked: Json = dict(request.query)
        for name in ("fields", "expand"):
            asked[name] = [part for part in request.query.get(name, "").split(",") if part]
        return {**asked, "maxResults": number(request, "maxResults", 50), "startAt": number(request, "startAt", 0)}
    body = request.body
    if not isinstance(body, dict):
        raise refused(400, "No content to map to Object due to end of input")
    for unknown in sorted(body.keys() - SEARCH_KEYS):
        raise refused(400, f'Unrecognized field "{unknown}" (Class {BEAN}), not marked as ignorable')
    for name in ("fields", "expand"):
        if not isinstance(body.get(name) or [], list):
            raise refused(400, "Can not deserialize instance of java.util.ArrayList out of VALUE_STRING token")
    return body
