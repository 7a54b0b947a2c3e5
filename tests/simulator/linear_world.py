"""A Linear workspace in memory that tests fill from payloads and disturb while it is being read."""

from __future__ import annotations

import threading
from bisect import insort
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from connectors.connector import Payload
from tests.simulator.linear_log import Json, blank_issue, differences, logged, stamps

ORDERS = ("createdAt", "updatedAt")
OBJECTS = ("state", "assignee", "creator", "delegate", "project", "projectMilestone", "cycle", "parent")
Key = tuple[str, str]


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


class LinearWorld:
    """``nodes`` by payload kind and id; ``histories`` by id of an issue, project or initiative, newest first.
    ``labels_for_all``: whether the key may make labels of the whole workspace.

    Nodes are replaced, never changed in place. ``lock`` is held while a request is answered and by every operation.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.nodes: dict[str, dict[str, Json]] = {}
        self.histories: dict[str, list[Json]] = {}
        self.viewer: Json = {"id": self.uuid("viewer"), "name": "Reader", "email": "reader@acme.example"}
        self.organization: Json = {"id": self.uuid("organization"), "name": "Acme", "urlKey": "acme"}
        self.hidden: set[str] = set()
        self.gone: dict[str, Json] = {}
        self.labels_for_all = True
        self.sync = 0
        self.lock = threading.RLock()
        self._made = 0
        self._orders: dict[tuple[str, str], list[Key]] = {}
        self._names: dict[str, str] = {}

    @classmethod
    def of_payloads(cls, payloads: Iterable[object], now: datetime | None = None) -> LinearWorld:
        """Filled as ``Connector.fetch`` gives it, less the problems. The clock starts a minute after the last stamp."""
        world = cls(now or datetime(2000, 1, 1, tzinfo=UTC))
        for payload in payloads:
            if isinstance(payload, Payload) and payload.kind == "history":
                world.histories[payload.id] = list(payload.data["history"]["nodes"])
            elif isinstance(payload, Payload):
                world.nodes.setdefault(payload.kind, {})[payload.id] = payload.data
        for project in world.nodes.get("project", {}).values():
            status = project["status"]
            known = world.nodes.setdefault("project_status", {})
            known.setdefault(status["id"], {"position": len(known), "indefinite": False, "archivedAt": None, **status})
        for ident, node in world.nodes.get("issue", {}).items():
            for name in (node["identifier"], *node.get("previousIdentifiers", ())):
                world._names[name] = ident
        people = world.nodes.get("user", {}).values()
        active = (person for person in people if person.get("active") and not person.get("app"))
        world.viewer = next(active, world.viewer)
        if now is None:
            tickets = world.nodes.get("issue", {}).values()
            last = max(
                (node[key] for node in tickets for key in ("updatedAt", "archivedAt") if node.get(key)), default=""
            )
            world.now = (datetime.fromisoformat(last) if last else world.now) + timedelta(minutes=1)
        return world

    # ---------------------------------------------------------------- reading

    def uuid(self, *what: object) -> str:
        return str(uuid5(NAMESPACE_URL, "/".join(map(str, ("linear-simulator", *what)))))

    def of(self, kind: str) -> dict[str, Json]:
        return self.nodes.get(kind, {})

    def issue(self, name: str) -> Json | None:
        """By id, identifier or an earlier identifier; ``None`` where the account may not see it."""
        node = self.of("issue").get(name) or self.of("issue").get(self._names.get(name.upper(), ""))
        return node if node and self.visible("issue", node) else None

    def visible(self, kind: str, node: Json) -> bool:
        """An issue, cycle or state goes with its team, a relation with either of its issues."""
        if not self.hidden:
            return True
        tied = {node["id"], *(str((node.get(key) or {}).get("id")) for key in ("team", "issue", "relatedIssue"))}
        if kind == "relation":
            ends = [self.of("issue").get(str((node.get(key) or {}).get("id"))) for key in ("issue", "relatedIssue")]
            tied |= {str(end["team"]["id"]) for end in ends if end}
        return not tied & self.hidden

    def order(self, kind: str, by: str) -> list[Key]:
        """(stamp, id) of every node of the kind, oldest first."""
        found = self._orders.get((kind, by))
        if found is None:
            found = sorted(self.key(node, by) for node in self.of(kind).values())
            self._orders[kind, by] = found
        return found

    def key(self, node: Json, by: str) -> Key:
        return str(node.get(by) or ""), str(node["id"])

    # ---------------------------------------------------------------- disturbing

    def later(self, passed: timedelta) -> datetime:
        with self.lock:
            self.now += passed
            return self.now

    def put(self, kind: str, node: Json) -> Json:
        """A node of any kind, new or in place of the one with its id."""
        with self.lock:
            ident = str(node["id"])
            old = self.of(kind).get(ident)
            self.nodes.setdefault(kind, {})[ident] = node
            for by in ORDERS:
                keys = self._orders.get((kind, by))
                if keys is not None:
                    if old is not None:
                        keys.remove(self.key(old, by))
                    insort(keys, self.key(node, by))
            self.sync += 1
            return node

    def update(self, kind: str, ident: str, **fields: Any) -> Json:
        """Fields of a node that is no issue; its ``updatedAt`` moves."""
        with self.lock:
            return self.put(kind, {**self.of(kind)[ident], **fields, "updatedAt": iso(self.now)})

    def change(self, name: str, by: str | None = None, bump: bool = True, **fields: Any) -> Json:
        """Fields of an issue by Linear's names; objects (``state``, ``assignee``, ``project`` …) are given by id.

        Writes the history entry. ``bump=False``: the history grows and ``updatedAt`` stays, as Linear sometimes does.
        """
        with self.lock:
            if "team" in fields:
                raise ValueError("An issue changes its team by move().")
            node = self._known(name)
            unlike = {key: value for key, value in fields.items() if _ident(node.get(key)) != value}
            if not unlike:
                return node
            self._log(node, by, differences(node, unlike))
            whole = {key: self._object(key, value) for key, value in unlike.items()}
            whole |= stamps(node, whole, iso(self.now))
            return self.put("issue", {**node, **whole, "updatedAt": iso(self.now) if bump else node["updatedAt"]})

    def archive(self, name: str, by: str | None = None) -> Json:
        """Logged, and ``updatedAt`` stays."""
        with self.lock:
            node, at = self._known(name), iso(self.now)
            self._log(node, by, {"archived": True, "autoArchived": by is None})
            return self.put("issue", {**node, "archivedAt": at, "autoArchivedAt": None if by else at})

    def trash(self, name: str, by: str | None = None) -> Json:
        """Logged, archived, and ``updatedAt`` stays."""
        with self.lock:
            node = self._known(name)
            self._log(node, by, {"archived": True, "trashed": True})
            return self.put("issue", {**node, "archivedAt": iso(self.now), "trashed": True})

    def delete(self, name: str) -> None:
        """Gone without a trace, with its history and its relations."""
        with self.lock:
            node = self._known(name)
            self.remove("issue", node["id"])
            self.histories.pop(node["id"], None)
            for relation in list(self.of("relation").values()):
                if node["id"] in (relation["issue"]["id"], relation["relatedIssue"]["id"]):
                    self.remove("relation", relation["id"])

    def remove(self, kind: str, ident: str) -> None:
        """``gone`` keeps where the row stood, so that a cursor on it still works."""
        with self.lock:
            node = self.gone[ident] = self.nodes[kind].pop(ident)
            for by in ORDERS:
                if (kind, by) in self._orders:
                    self._orders[kind, by].remove(self.key(node, by))
            self.sync += 1

    def hide(self, ident: str) -> None:
        """The account loses sight of an issue, or of a team (id or key) with all that is its own."""
        with self.lock:
            self.hidden.add(self._issue_or_team(ident))

    def reveal(self, ident: str) -> None:
        with self.lock:
            self.hidden.discard(self._issue_or_team(ident))

    def move(self, name: str, team: str, by: str | None = None) -> Json:
        """Into another team (id or key): a new identifier, the old one kept, that team's state of the same type."""
        with self.lock:
            node, target = self._known(name), self._team(team)
            number = self._number(target["key"])
            state = self._state(target["id"], str(node["state"]["type"]))
            self._log(node, by, differences(node, {"team": target["id"], "state": state["id"]}))
            identifier, at = f"{target['key']}-{number}", iso(self.now)
            self._names[identifier] = node["id"]
            moved = {
                "identifier": identifier,
                "number": number,
                "team": {"id": target["id"]},
                "state": self._object("state", state["id"]),
                "previousIdentifiers": [*node["previousIdentifiers"], node["identifier"]],
                "url": node["url"].replace(node["identifier"], identifier),
                "addedToTeamAt": at,
                "updatedAt": at,
            }
            return self.put("issue", {**node, **moved})

    def add(self, team: str, title: str, by: str | None = None, **fields: Any) -> Json:
        """A new issue in a team (id or key), created now; fields as in ``change``."""
        with self.lock:
            self._made += 1
            home = self._team(team)
            number = self._number(home["key"])
            identifier, ident = f"{home['key']}-{number}", self.uuid("issue", self._made)
            state = self._state(home["id"], "unstarted")
            node = blank_issue(ident, identifier, number, title, iso(self.now)) | {"team": {"id": home["id"]}}
            whole = {
                key: self._object(key, value) for key, value in {"state": state["id"], "creator": by, **fields}.items()
            }
            self._names[identifier] = ident
            self.histories[ident] = []
            return self.put("issue", {**node, **whole, **stamps(node, whole, iso(self.now))})

    # ---------------------------------------------------------------- parts

    def _known(self, name: str) -> Json:
        """Also what the account does not see: the world goes on behind its back."""
        found = self.of("issue")
        return found[name] if name in found else found[self._names[name]]

    def _team(self, name: str) -> Json:
        return next(team for team in self.of("team").values() if name in (team["id"], team["key"]))

    def _issue_or_team(self, name: str) -> str:
        known = name in self.of("issue") or name in self._names
        return str((self._known(name) if known else self._team(name))["id"])

    def _number(self, key: str) -> int:
        """Never given twice, also not after a deletion or a move."""
        used = (int(name.split("-")[1]) for name in self._names if name.startswith(f"{key}-"))
        return 1 + max(used, default=0)

    def _state(self, team: str, kind: str) -> Json:
        own = [state for state in self.of("state").values() if state["team"]["id"] == team]
        return next((state for state in own if state["type"] == kind), own[0])

    def _object(self, key: str, value: Any) -> Any:
        """What a node holds: objects as ``{"id": …}``, a state with name and type as well."""
        if value is None or key not in OBJECTS:
            return value
        state: Mapping[str, Any] = self.of("state")[value] if key == "state" else {}
        return {"id": value, **{name: state[name] for name in ("type", "name") if name in state}}

    def _log(self, node: Json, by: str | None, changed: Json) -> None:
        self._made += 1
        entry = logged(self.uuid("history", self._made), iso(self.now), by, self.uuid("bot"), changed)
        self.histories.setdefault(node["id"], []).insert(0, entry)


def _ident(value: Any) -> Any:
    return value["id"] if isinstance(value, dict) else value
