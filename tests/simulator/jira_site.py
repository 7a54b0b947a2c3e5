"""What a Jira Cloud and a Jira Data Center have in common: who may ask, the site's lists, boards, and how it refuses."""

from __future__ import annotations

import base64
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.simulator.issue import Issue, Json, stub
from tests.simulator.jql import JqlError, Query, Site, read
from tests.simulator.server import Answer, Request
from tests.simulator.world import World

NO_EDIT = "You do not have permission to edit issues in this project."
GONE = "Issue does not exist or you do not have permission to see it."


class Refused(Exception):
    """The answer in place of the right one."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def refused(status: int, *messages: str, **errors: str) -> Refused:
    """In Jira's own shape."""
    return Refused(Answer(status, {"errorMessages": list(messages), "errors": errors}))


@dataclass(frozen=True, slots=True)
class Account:
    """Who the site knows. ``token`` goes with ``email`` in Basic, ``bearer`` alone; ``zone`` is the profile's time zone."""

    email: str = "robot@acme.example"
    token: str = "cloud-token-1"
    bearer: str = "bearer-token-1"
    id: str = "712020:00000000-0000-4000-8000-000000000001"
    name: str = "robot"
    zone: str = "Europe/Berlin"

    @property
    def basic(self) -> str:
        return "Basic " + base64.b64encode(f"{self.email}:{self.token}".encode()).decode()


@dataclass(kw_only=True)
class JiraSite(ABC):
    """A handler for ``tests.simulator.server.Server``. Every field is a setting that a test may change at any time.

    ``sso``: every request meets a sign-on page (200 at once, or after a redirect). ``anonymous``: whoever does not
    prove who they are is let in and sees nothing, as sites open to the public do. ``silent``: what an edit with
    ``notifyUsers=false`` meets. ``no_edit``: keys of projects in which the account may not edit. ``epoch_jql``: whether
    JQL takes bare integers as epoch milliseconds. ``page_cap``: the most issues a page holds, whatever was asked.
    """

    world: World
    account: Account = field(default_factory=Account)
    base_url: str = "https://acme.atlassian.net"
    sso: Literal["", "page", "redirect"] = ""
    anonymous: bool = False
    silent: Literal["allowed", "ignored", "forbidden"] = "allowed"
    no_edit: frozenset[str] = frozenset()
    epoch_jql: bool = True
    page_cap: int = 100
    estimate_field: str = "customfield_10016"

    def __call__(self, request: Request) -> Answer:
        with self.world.lock:
            self.world.arrive(request.number)
            try:
                answer = self._sign_on(request) or self.answer(request)
            except Refused as refusal:
                answer = refusal.answer
            except JqlError as error:
                answer = refused(400, str(error)).answer
        answer.headers = {**self.limits(request), **answer.headers}
        return answer

    @abstractmethod
    def answer(self, request: Request) -> Answer:
        """What this kind of Jira says to a request."""

    def limits(self, request: Request) -> dict[str, str]:
        """Rate-limit headers of every answer."""
        return {}

    def _sign_on(self, request: Request) -> Answer | None:
        if self.sso == "redirect" and not request.path.startswith("/login"):
            return Answer(302, b"", {"Location": "/login?continue=" + request.path})
        page = b"<!DOCTYPE html><html><head><title>Log in to continue</title></head><body><form></form></body></html>"
        return Answer(200, page, {"Content-Type": "text/html;charset=UTF-8"}) if self.sso else None

    def stranger(self, request: Request) -> Answer | None:
        """401 unless the request proves who asks; a public site lets strangers in, who then see nothing."""
        if authorization(request) in (self.account.basic, f"Bearer {self.account.bearer}"):
            return None
        if self.anonymous:
            self._see_nothing(request)
        return self.denied()

    def denied(self) -> Answer:
        reason = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED", "WWW-Authenticate": 'OAuth realm="acme"'}
        text = {"Content-Type": "text/plain;charset=UTF-8", **reason}
        return Answer(401, b"Client must be authenticated to access this resource.", text)

    def _see_nothing(self, request: Request) -> None:
        tail = request.path.rpartition("/")[2]
        if tail == "jql":
            raise Refused(Answer(200, {"issues": [], "isLast": True}))
        if tail == "search":
            page = {"startAt": 0, "maxResults": 50, "total": 0, "isLast": True, "issues": [], "values": []}
            raise Refused(Answer(200, page))
        if tail in ("field", "status", "project", "issuetype"):
            raise Refused(Answer(200, []))

    def query(self, jql: str, *, validate: bool = True) -> Query:
        return read(jql, Site(self.world.project, self.world.visible, self.account.zone, self.epoch_jql, validate))

    def issue(self, name: str) -> Issue:
        issue = self.world.visible(name)
        if issue is None:
            raise refused(404, GONE)
        return issue

    # Boards and sprints: the same on both

    def agile(self, request: Request, parts: list[str]) -> Answer:
        """``parts`` of the path behind ``/rest/agile/1.0/``."""
        match request.method, parts:
            case "GET", ["board"]:
                key = request.query.get("projectKeyOrId", "")
                project = self.world.project(key) if key else None
                if key and project is None:
                    raise refused(400, f"No project could be found with key or id '{key}'.")
                seen = {p["key"] for p in self.world.projects()} if project is None else {project["key"]}
                return Answer(
                    200, paged(request, [self._board(b) for b in self.world.boards if b["project"] in seen], 50)
                )
            case "GET", ["board", ident]:
                return Answer(200, self._board(self._board_of(ident)))
            case "GET", ["board", ident, "configuration"]:
                return Answer(200, self._configuration(self._board_of(ident)))
            case "GET", ["board", ident, "sprint"]:
                board = self._board_of(ident)
                if board["type"] != "scrum":
                    raise refused(400, "The board does not support sprints")
                states = {s for s in request.query.get("state", "").split(",") if s}
                own = [self.sprint(s) for s in self.world.reference["sprint"] if _board_id(s) == board["id"]]
                own = [sprint for sprint in own if not states or str(sprint["state"]).lower() in states]
                own.sort(key=lambda sprint: ("closed", "active", "future").index(str(sprint["state"]).lower()))
                return Answer(200, paged(request, own, 50))
            case "GET", ["sprint", ident]:
                for sprint in self.world.reference["sprint"]:
                    if str(sprint["id"]) == ident:
                        return Answer(200, self.sprint(sprint))
                raise refused(404, "Sprint does not exist")
        return nothing_here(request)

    def sprint(self, sprint: Json) -> Json:
        """As the agile API writes it: ``originBoardId`` where the issue's field says ``boardId``."""
        about = {k: v for k, v in sprint.items() if k != "boardId"}
        return {
            **about,
            "originBoardId": _board_id(sprint),
            "self": f"{self.base_url}/rest/agile/1.0/sprint/{sprint['id']}",
        }

    def _board_of(self, ident: str) -> Json:
        for board in self.world.boards:
            if str(board["id"]) == ident:
                return board
        raise refused(
            404, "Requested board cannot be viewed because it either does not exist or you do not have permission"
        )

    def _board(self, board: Json) -> Json:
        about = {k: board[k] for k in ("id", "name", "type")}
        project = self.world.project(str(board["project"])) or {}
        location = {
            "projectId": int(project.get("id") or 0),
            "projectKey": project.get("key"),
            "name": project.get("name"),
        }
        return {**about, "self": f"{self.base_url}/rest/agile/1.0/board/{board['id']}", "location": location}

    def _configuration(self, board: Json) -> Json:
        columns: dict[str, list[Json]] = {}
        for status in self.world.reference["status"]:
            columns.setdefault(str((status.get("statusCategory") or status)["name"]), []).append({"id": status["id"]})
        about = {**self._board(board), "columnConfig": {"constraintType": "none"}}
        about["columnConfig"]["columns"] = [{"name": n, "statuses": s} for n, s in columns.items()]
        names = {f["id"]: f["name"] for f in self.world.reference["field"]}
        if board["type"] == "scrum" and self.estimate_field in names:
            estimate = {"fieldId": self.estimate_field, "displayName": names[self.estimate_field]}
            about["estimation"] = {"type": "field", "field": estimate}
        return about

    # Permissions and edits: the same on both

    def global_permissions(self) -> dict[str, bool]:
        """Permissions of the whole site, by key."""
        return {}

    def permissions(self, request: Request, wanted: list[str]) -> Answer:
        """``mypermissions``: in one project, or whether the account has a permission in any."""
        key = request.query.get("projectKey", "")
        if key and self.world.project(key) is None:
            raise refused(404, f"No project could be found with key '{key}'.")
        open_ = {str(p.get("key")) for p in self.world.projects()} - self.no_edit
        held = {"EDIT_ISSUES": key in open_ if key else bool(open_), **self.global_permissions()}
        unknown = [one for one in wanted if one not in held]
        if unknown:
            raise refused(400, f"Unrecognized permission '{unknown[0]}'")
        about = {
            k: {
                "id": str(n), "key": k, "name": k.replace("_", " ").title(), "description": "", "havePermission": have,
                "type": "PROJECT" if k == "EDIT_ISSUES" else "GLOBAL",
            }
            for n, (k, have) in enumerate(held.items(), 12) if not wanted or k in wanted
        }  # fmt: skip
        return Answer(200, {"permissions": about})

    def written(self, fields: Json) -> Json:
        """The fields of an edit under the names by which the world holds them."""
        return fields

    def edit(self, request: Request, name: str) -> Answer:
        """``PUT issue/{id}``: ``fields`` set, ``update`` adds, removes and sets; nothing is logged where nothing changes."""
        issue, body = self.issue(name), request.body if isinstance(request.body, dict) else {}
        if issue.project.get("key") in self.no_edit:
            raise refused(403, NO_EDIT)
        fields, update = self.written(dict(body.get("fields") or {})), dict(body.get("update") or {})
        for both in fields.keys() & update.keys():
            raise refused(400, f"Field '{both}' cannot appear in both 'fields' and 'update'")
        if request.query.get("notifyUsers") == "false" and self.silent != "allowed":
            if self.silent == "ignored":
                return Answer(204)
            raise refused(
                403, "To discard the user notification either admin or project admin permissions are required."
            )
        if isinstance(fields.get("parent"), dict):
            fields["parent"] = stub(self.issue(str(fields["parent"].get("id") or fields["parent"].get("key"))))
        if update.get("parent") == [{"set": {"none": True}}]:
            fields["parent"] = None
            del update["parent"]
        for name_, steps in update.items():
            fields[name_] = _stepped(list(issue.fields.get(name_) or []), steps)
        for label in fields.get("labels") or []:
            if " " in label:
                raise refused(400, labels=f"The label '{label}' contains spaces which is invalid.")
        self.world.change(issue.id, by=self.account.id, **fields)
        return Answer(204)


def _stepped(held: list[Any], steps: Any) -> list[Any]:
    for step in steps:
        for what, value in step.items():
            if what == "set":
                held = list(value)
            elif what == "remove":
                held = [one for one in held if one != value]
            elif what == "add" and value not in held:
                held.append(value)
    return held


def _board_id(sprint: Json) -> int:
    return int(sprint.get("boardId") or sprint.get("originBoardId") or 0)


def authorization(request: Request) -> str:
    """Header names are alike in any case; the ``jira`` package sends this one in lower case."""
    return next((value for name, value in request.headers.items() if name.lower() == "authorization"), "")


def number(request: Request, name: str, default: int) -> int:
    """A whole number of the query string."""
    text = request.query.get(name, "")
    return int(text) if text.isdigit() else default


def paged(request: Request, values: list[Any], cap: int) -> Json:
    """One page of a short list, in the shape that Jira's list endpoints share."""
    start, size = number(request, "startAt", 0), min(number(request, "maxResults", cap), cap)
    page = values[start : start + size]
    last = start + size >= len(values)
    return {"startAt": start, "maxResults": size, "total": len(values), "isLast": last, "values": page}


def nothing_here(request: Request) -> Answer:
    """An address that this Jira does not have."""
    return Answer(404, {"message": f"null for uri: {request.path}", "status-code": 404})
