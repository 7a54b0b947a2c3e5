"""A small Jira that changes under its reader's hands, with a clock of its own."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.connector import Payload
from tests.simulator.issue import Issue, Json, iso, items_of, millis
from tests.simulator.jql import Query
from tests.simulator.world_filling import Reference, of_issues, of_payloads


class World:
    """Issues by id, their histories, and the site's lists. An issue is named by its id or by any key it ever had.

    ``now`` may be set at any time; nothing here moves it but ``tick``. Operations may be called while the server runs.
    """

    def __init__(self, issues: Iterable[Issue], reference: Reference) -> None:
        self.issues = {issue.id: issue for issue in issues}
        self.reference = reference
        self.keys = {issue.key: issue.id for issue in self.issues.values()}
        self.boards = _boards(self.issues.values(), reference)
        newest = max(
            (issue.updated for issue in self.issues.values()), default=millis(datetime(2026, 1, 1, tzinfo=UTC))
        )
        self.now = datetime.fromtimestamp(newest / 1000, UTC) + timedelta(hours=1)
        self.hidden: set[str] = set()
        self.hidden_projects: set[str] = set()
        self.archived: set[str] = set()
        self.lock = threading.RLock()
        self._late: dict[str, int] = {}
        self._due: list[tuple[int, Callable[[World], object]]] = []
        self._version = 0
        self._found: dict[Query, tuple[object, list[Issue], list[Any]]] = {}
        self._next_history = 1 + max((int(h["id"]) for i in self.issues.values() for h in i.histories), default=100_000)
        for issue in self.issues.values():
            for old in _old_keys(issue):
                self.keys.setdefault(old, issue.id)

    @classmethod
    def of_payloads(cls, payloads: Iterable[Any]) -> World:
        """From what a connector fetched, e.g. ``World.of_payloads(ExampleJira().fetch())``; Problems are left out."""
        return cls(*of_payloads(payload for payload in payloads if isinstance(payload, Payload)))

    @classmethod
    def of_issues(cls, issues: Iterable[Json], reference: Reference | None = None) -> World:
        """From issues with the change log embedded; ``reference`` adds to what the issues themselves mention."""
        return cls(*of_issues(issues, reference))

    def copy(self) -> World:
        """The same issues and lists in a world of its own: cheap, since nothing is ever changed in place."""
        other = World((replace(issue) for issue in self.issues.values()), self.reference)
        other.now, other.keys = self.now, dict(self.keys)
        other.hidden, other.archived = set(self.hidden), set(self.archived)
        other.hidden_projects = set(self.hidden_projects)
        return other

    # What a reader sees

    def find(self, name: str) -> Issue | None:
        """By id, key or a key it had; whether or not the account may see it."""
        return self.issues.get(name) or self.issues.get(self.keys.get(name, ""))

    def visible(self, name: str) -> Issue | None:
        issue = self.find(name)
        seen = issue and issue.id not in self.hidden and issue.project.get("key") not in self.hidden_projects
        return issue if seen else None

    def project(self, name: str) -> Json | None:
        """A visible project by key, id or name."""
        for project in self.projects():
            if name.lower() in (str(project.get(k)).lower() for k in ("id", "key", "name")):
                return project
        return None

    def projects(self) -> list[Json]:
        return [p for p in self.reference["project"] if p.get("key") not in self.hidden_projects]

    def search(
        self, query: Query, number: int, reconciled: frozenset[str] = frozenset()
    ) -> tuple[list[Issue], list[Any]]:
        """Matching issues in order with their sort keys, as the index knows them at the ``number``-th request."""
        late = frozenset(i for i, until in self._late.items() if number < until) - reconciled
        stamp = (self._version, late, frozenset(self.hidden), frozenset(self.hidden_projects), frozenset(self.archived))
        known = self._found.get(query)
        if known is None or known[0] != stamp:
            unseen = late | self.archived
            found = [i for i in self.issues.values() if i.id not in unseen and query.matches(i) and self.visible(i.id)]
            found.sort(key=query.sort_key)
            known = self._found[query] = (stamp, found, [query.sort_key(issue) for issue in found])
        return known[1], known[2]

    def after(
        self, query: Query, number: int, last: Any, limit: int, reconciled: frozenset[str]
    ) -> tuple[list[Issue], bool]:
        """The next ``limit`` issues behind the sort key ``last`` (``None`` = from the start), and whether that is all."""
        found, keys = self.search(query, number, reconciled)
        start = 0 if last is None else bisect_right(keys, last)
        return found[start : start + limit], start + limit >= len(found)

    # What happens to it

    def at(self, request: int, happening: Callable[[World], object]) -> None:
        """Let something happen just before the ``request``-th request is answered."""
        self._due = sorted([*self._due, (request, happening)], key=lambda due: due[0])

    def arrive(self, number: int) -> None:
        """Called by a site with each request."""
        while self._due and self._due[0][0] <= number:
            self._due.pop(0)[1](self)

    def tick(self, **amount: float) -> None:
        """Move the clock, e.g. ``tick(minutes=5)``."""
        self.now += timedelta(**amount)

    def late(self, names: Iterable[str], until_request: int) -> None:
        """The search index knows these only from the ``until_request``-th request on; reading them by id always works."""
        self._late |= {self._known(name).id: until_request for name in names}

    def change(self, name: str, *, by: str | None = None, **fields: Any) -> None:
        """Set fields by id in their REST shape (a status also by name), log it, and bump ``updated``."""
        with self.lock:
            issue = self._known(name)
            if isinstance(fields.get("status"), str):
                fields["status"] = next(s for s in self.reference["status"] if s["name"] == fields["status"])
            names = {str(field["id"]): str(field["name"]) for field in self.reference["field"]}
            logged_as = {**names, **{i: i for i in fields if not i.startswith("customfield_")}}
            lines = [
                line for i, new in fields.items() for line in items_of(i, logged_as.get(i, i), issue.fields.get(i), new)
            ]
            if lines:
                self._log(issue, lines, by, fields)

    def touch(self, name: str) -> None:
        """Bump ``updated`` and log nothing, as a comment does."""
        with self.lock:
            self._log(self._known(name), [], None, {})

    def move(self, name: str, project: str) -> str:
        """To another project: a new key, the same id; the old key goes on leading here. Returns the new key."""
        with self.lock:
            issue, target = self._known(name), next(p for p in self.reference["project"] if p["key"] == project)
            taken = (key for key in self.keys if key.rpartition("-")[0] == project)
            was, new = issue.key, f"{project}-{1 + max((int(key.rpartition('-')[2]) for key in taken), default=0)}"
            lines = items_of("project", "project", issue.project, target)
            lines.append(
                {"field": "Key", "fieldtype": "jira", "from": None, "fromString": was, "to": None, "toString": new}
            )
            issue.key = new
            self.keys[new] = issue.id
            self._log(issue, lines, None, {"project": target})
            for other in self.issues.values():
                other.fields = _rekeyed(other.fields, issue.id, new)
            return new

    def delete(self, name: str) -> None:
        with self.lock:
            gone = self._known(name)
            del self.issues[gone.id]
            self.keys = {key: ident for key, ident in self.keys.items() if ident != gone.id}
            self._version += 1

    def hide(self, *names: str) -> None:
        """The account may no longer see these issues."""
        self.hidden |= {self._known(name).id for name in names}

    def unhide(self, *names: str) -> None:
        self.hidden -= {self._known(name).id for name in names}

    def hide_project(self, key: str) -> None:
        self.hidden_projects.add(key)

    def archive(self, *names: str) -> None:
        """Out of the search index; reading by id still works."""
        self.archived |= {self._known(name).id for name in names}

    def add(self, project: str, *, like: str, **fields: Any) -> Issue:
        """A new issue in a project, created now, with the fields of the issue ``like`` but for those given; no history."""
        with self.lock:
            number = 1 + max(
                (int(k.rpartition("-")[2]) for k in self.keys if k.rpartition("-")[0] == project), default=0
            )
            ident = str(1 + max(map(int, self.issues), default=10_000))
            at = millis(self.now)
            target = next(p for p in self.reference["project"] if p["key"] == project)
            own = {**self._known(like).fields, "project": target, "created": iso(at), "updated": iso(at), **fields}
            issue = Issue(ident, f"{project}-{number}", own, (), at, at)
            self.issues[ident], self.keys[issue.key] = issue, ident
            self._version += 1
            return issue

    def _known(self, name: str) -> Issue:
        issue = self.find(name)
        if issue is None:
            raise KeyError(name)
        return issue

    def _log(self, issue: Issue, lines: list[Json], by: str | None, fields: Json) -> None:
        at = millis(self.now)
        issue.fields = {**issue.fields, **fields, "updated": iso(at)}
        issue.updated = at
        if lines:
            users = self.reference["user"]
            author = next((u for u in users if by in (u.get("accountId"), u.get("name"))), users[0] if users else None)
            entry = {"id": str(self._next_history), "author": author, "created": at, "items": lines}
            issue.histories = (*issue.histories, entry)
            self._next_history += 1
        self._version += 1


def _rekeyed(fields: Json, ident: str, key: str) -> Json:
    """``fields`` with the moved issue's new key wherever another issue embeds it."""

    def stub(value: Any) -> Any:
        return {**value, "key": key} if isinstance(value, dict) and value.get("id") == ident else value

    changed = {**fields, "parent": stub(fields["parent"])} if "parent" in fields else fields
    links = changed.get("issuelinks")
    if not links:
        return changed
    return {**changed, "issuelinks": [{name: stub(part) for name, part in link.items()} for link in links]}


def _old_keys(issue: Issue) -> list[str]:
    """Keys the log says the issue had; they lead to it unless another issue holds them today."""
    lines = (line for entry in issue.histories for line in entry.get("items") or [] if line.get("field") == "Key")
    return [str(line["fromString"]) for line in lines if line.get("fromString")]


def _boards(issues: Iterable[Issue], reference: Reference) -> list[Json]:
    """A scrum board for each board that a sprint names, in the project that has most of its sprints' issues, and a
    Kanban board for each project without one."""
    votes: dict[int, dict[str, int]] = {}
    for issue in issues:
        for value in issue.fields.values():
            if isinstance(value, list) and value and isinstance(value[0], dict) and "state" in value[0]:
                board = int(value[0].get("boardId") or value[0].get("originBoardId") or 0)
                counts = votes.setdefault(board, {})
                key = str(issue.project.get("key"))
                counts[key] = counts.get(key, 0) + 1
    named = {int(s.get("boardId") or s.get("originBoardId") or 0) for s in reference["sprint"]}
    owners = {board: max(votes.get(board, {"": 0}).items(), key=lambda v: v[1])[0] for board in sorted(named - {0})}
    boards = [{"id": b, "name": f"{key or b} board", "type": "scrum", "project": key} for b, key in owners.items()]
    bare = [str(p["key"]) for p in reference["project"] if p["key"] not in owners.values()]
    first = 1 + max(owners, default=0)
    return boards + [
        {"id": first + n, "name": f"{k} board", "type": "kanban", "project": k} for n, k in enumerate(bare)
    ]
