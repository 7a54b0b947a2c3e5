"""Judges Linear issues: one node of the ``Issues`` query and its history become a ticket with spans."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

from connectors.connector import Malformed, ParseOptions, Payload, pseudonym
from connectors.linear.reference import CONTAINERS, container, relations, updates
from connectors.linear.reference import ident as _ident
from connectors.replay import Piece, SetStep, Step, combine, first_given, several, single, without_history
from connectors.text import fingerprint, moment, number
from connectors.ticket import Change, History, Parsed, Person, Problem, Span, Text, Ticket

PHASES = {
    "triage": "todo", "backlog": "todo", "unstarted": "todo", "started": "doing", "completed": "done",
    "canceled": "cancelled", "duplicate": "cancelled",
}  # fmt: skip
URGENCY = {"0": "No priority", "1": "Urgent", "2": "High", "3": "Medium", "4": "Low"}
LOGGED = (  # concept, key of the value before, key of the value after
    ("state", "fromStateId", "toStateId"), ("assignee", "fromAssigneeId", "toAssigneeId"),
    ("project", "fromProjectId", "toProjectId"), ("cycle", "fromCycleId", "toCycleId"),
    ("parent", "fromParentId", "toParentId"), ("team", "fromTeamId", "toTeamId"),
    ("urgency", "fromPriority", "toPriority"), ("estimate", "fromEstimate", "toEstimate"),
    ("due", "fromDueDate", "toDueDate"), ("title", "fromTitle", "toTitle"),
    ("milestone", "fromProjectMilestone", "toProjectMilestone"),
)  # fmt: skip


class LinearParser:
    """See ``connectors.connector.Parser``. Reference kinds: team, state, user, label, initiative,
    initiative_to_project, project, milestone, project_update, initiative_update, cycle, relation."""

    def __init__(self, tracker: str, reference: Iterable[Payload], options: ParseOptions) -> None:
        self.tracker, self.options = tracker, options
        self.known: dict[str, dict[str, dict[str, Any]]] = {}
        for payload in reference:
            self.known.setdefault(payload.kind, {})[payload.id] = payload.data

    def reference(self) -> Parsed:
        out = Parsed()
        for kind, of in CONTAINERS.items():
            nodes = self.known.get(kind, {}).values()
            out.containers += [container(self.tracker, of, data, self.person) for data in nodes]
        out.relations += relations(self.tracker, self.known)
        out.updates += updates(self.tracker, self.known, self.person)
        for data in self.known.get("user", {}).values():
            person = self.person(data.get("id"))
            if person:
                out.people.append(Person(person, self.tracker, bot=bool(data.get("app"))))
        return out

    def person(self, account: Any) -> str | None:
        ident = _ident(account)
        return pseudonym(self.options.secret, self.tracker, ident) if ident else None

    def ticket(self, issue: Payload, history: Payload | None) -> Parsed:
        created = moment(issue.data.get("createdAt"))
        if created is None or not issue.data.get("identifier"):
            raise Malformed("It has no identifier and creation date, so it is not a Linear issue.")
        return _Reading(self, issue.data, created, history).parsed()

    def named(self, kind: str, ident: str | None, given: Any = None) -> str | None:
        """The name of a team, label or state, from the reference or from the object embedded in the issue."""
        if ident is None:
            return None
        embedded = given.get("name") if isinstance(given, dict) else None
        return str(embedded or self.known.get(kind, {}).get(ident, {}).get("name") or ident)

    def labels(self, ident: str, given: Any = None) -> Iterator[str]:
        """A label's name; of one in a group also ``Group/Label``, as it is written when it is made."""
        name = str(self.named("label", ident, given))
        yield name
        own = given if isinstance(given, dict) and given.get("parent") else self.known.get("label", {}).get(ident, {})
        if group := self.named("label", _ident(own.get("parent")), own.get("parent")):
            yield f"{group}/{name}"

    def phase(self, ident: str | None, given: Any = None) -> str | None:
        """Phase of a workflow state; ``None`` for a state nobody described."""
        own = given.get("type") if isinstance(given, dict) else None
        kind = own or self.known.get("state", {}).get(ident or "", {}).get("type")
        return PHASES.get(str(kind), "doing") if kind else None


class _Reading:
    """One issue being read."""

    def __init__(self, site: LinearParser, node: dict[str, Any], created: datetime, history: Payload | None) -> None:
        self.site, self.node, self.created = site, node, created
        self.id = f"{site.tracker}:{node.get('id') or node['identifier']}"
        log = history.data.get("history") if history is not None else node.get("history")
        entries = (log or {}).get("nodes") or []
        dated = [(moment(e.get("createdAt")), e) for e in entries if isinstance(e, dict)]
        self.log: list[tuple[datetime, dict[str, Any]]] = sorted(
            ((at, e) for at, e in dated if at), key=lambda pair: (pair[0], str(pair[1].get("id")))
        )
        cut = bool(((log or {}).get("pageInfo") or {}).get("hasNextPage"))
        self.stays = (history.data.get("stateHistory") or {}).get("nodes") if history is not None else None
        only_states = log is None and self.stays is not None
        self.completeness: History = "partial" if cut or only_states else "none" if log is None else "full"
        last = max((at for at, _ in self.log), default=created)
        self.updated = max(moment(node.get("updatedAt")) or created, created, last)
        self.out = Parsed()

    def parsed(self) -> Parsed:
        node, site = self.node, self.site
        parent = _ident(node.get("parent"))
        title, body = str(node.get("title") or ""), str(node.get("description") or "")
        self.out.tickets.append(
            Ticket(
                id=self.id, tracker=site.tracker, kind="linear", key=str(node["identifier"]),
                url=str(node.get("url") or ""), title=title, body=body,
                type="Sub-issue" if parent else "Issue", level=-1 if parent else 0,
                created=self.created, updated=self.updated, history=self.completeness,
                aliases=tuple(str(a) for a in node.get("previousIdentifiers") or []),
            )
        )  # fmt: skip
        self._state()
        self._plain_fields(title)
        self._body(body)
        self._labels()
        archived = moment(node.get("archivedAt"))
        if archived:
            pieces: list[Piece] = [(None, self.created, archived)] if archived > self.created else []
            self._spans("archived", [*pieces, ("yes", max(archived, self.created), None)])
        self._people_and_changes()
        if self.completeness == "none":
            stated = node.get("completedAt") or node.get("canceledAt") or node.get("startedAt")
            self.out.spans = without_history(self.out.spans, self.updated, moment(stated) or self.updated)
        if self.stays is not None:
            dated = ("status", "phase", "archived")
            told = [s for s in self.out.spans if s.field in dated]
            rest = [s for s in self.out.spans if s.field not in dated]
            self.out.spans = told + without_history(rest, self.updated, self.updated)
        elif self.completeness == "partial":
            self.out.problems.append(Problem("history_cut", str(node["identifier"]), "its history has further pages"))
        return self.out

    def _spans(self, field: str, pieces: Iterable[Piece]) -> None:
        self.out.spans += [Span(self.id, field, value, since, until) for value, since, until in pieces]

    def _steps(self, concept: str, read: Callable[[str | None], str | None]) -> list[Step]:
        if concept == "state" and self.stays is not None:
            begun = sorted((at, _ident(s.get("stateId"))) for s in self.stays if (at := moment(s.get("startedAt"))))
            return [Step(at, read(b), read(a)) for (_, b), (at, a) in pairwise(begun)]
        before, after = next((b, a) for c, b, a in LOGGED if c == concept)
        sides = [(at, _ident(e.get(before)), _ident(e.get(after))) for at, e in self.log]
        return [Step(at, read(b), read(a)) for at, b, a in sides if b != a]

    def _single(self, field: str, current: str | None, concept: str, read: Callable[[str | None], str | None]) -> None:
        pieces, contradictions = single(self.created, self._steps(concept, read), current, self.updated)
        if contradictions:
            what = f"the history of {field} and the present value do not agree"
            self.out.problems.append(Problem("contradiction", str(self.node["identifier"]), what))
        self._spans(field, pieces)

    def _state(self) -> None:
        given = self.node.get("state")
        ident = _ident(given)
        self._single("status", self.site.named("state", ident, given), "state", lambda i: self.site.named("state", i))
        phase = self.site.phase(ident, given)
        self._single("phase", phase, "state", lambda i: self.site.phase(i))
        if phase is None and ident:
            self.out.problems.append(Problem("unknown_status", str(self.node["identifier"]), ident))

    def _plain_fields(self, title: str) -> None:
        node, tracker, site = self.node, self.site.tracker, self.site
        for field, key in (("project", "project"), ("cycle", "cycle"), ("milestone", "projectMilestone")):
            read = _prefix(f"{tracker}:{field}:")
            self._single(field, read(_ident(node.get(key))), field, read)
        own = _prefix(f"{tracker}:")
        self._single("parent", own(_ident(node.get("parent"))), "parent", own)
        self._type_and_key()
        self._single("assignee", site.person(node.get("assignee")), "assignee", site.person)
        team = node.get("team")
        name = site.named("team", _ident(team), team)
        self._single("team", name, "team", lambda i: site.named("team", i))
        self._single("urgency", _urgency(_ident(node.get("priority"))), "urgency", _urgency)
        self._single("estimate", number(node.get("estimate")), "estimate", number)
        self._single("due", _day(node.get("dueDate")), "due", _day)
        self._single("title", title or None, "title", lambda t: t)

    def _type_and_key(self) -> None:
        """What it was when it had no parent yet, or another; and its identifiers before it moved to other teams."""
        under = [s for s in self.out.spans if s.field == "parent"]
        if len({s.value is None for s in under}) > 1:
            points = [("Issue" if s.value is None else "Sub-issue", s.since, s.until) for s in under]
            self._spans("type", combine(self.created, [points], first_given))
        names = [*map(str, self.node.get("previousIdentifiers") or []), str(self.node["identifier"])]
        moves = [step.at for step in self._steps("team", lambda i: i)]
        if moves and len(names) == len(moves) + 1:
            steps = [Step(at, names[n], names[n + 1]) for n, at in enumerate(moves)]
            self._spans("key", single(self.created, steps, names[-1], self.updated)[0])

    def _body(self, body: str) -> None:
        """Linear logs that a description changed, not what it was: earlier texts are ``?1``, ``?2`` …"""
        edits = [at for at, e in self.log if e.get("updatedDescription")]
        texts = [f"?{n}" for n in range(1, len(edits) + 1)] + [fingerprint(body) if body else None]
        steps = [Step(at, texts[n], texts[n + 1]) for n, at in enumerate(edits)]
        self.out.texts += [Text(texts[-1], body)] if texts[-1] else []
        self._spans("body", single(self.created, steps, texts[-1], self.updated)[0])

    def _labels(self) -> None:
        node, site = self.node, self.site
        embedded = (node.get("labels") or {}).get("nodes") if isinstance(node.get("labels"), dict) else None
        given = {str(_ident(label)): label for label in embedded or []}
        ids = [str(i) for i in node.get("labelIds") or given]

        def names(found: Any) -> frozenset[str]:
            return frozenset(name for i in found or [] for name in site.labels(str(i), given.get(str(i))))

        steps = [
            SetStep(at, removed=names(e.get("removedLabelIds")), added=names(e.get("addedLabelIds")))
            for at, e in self.log
            if e.get("removedLabelIds") or e.get("addedLabelIds")
        ]
        pieces, contradictions = several(self.created, steps, names(ids), self.updated)
        if contradictions:
            what = "the history of label and the present value do not agree"
            self.out.problems.append(Problem("contradiction", str(node["identifier"]), what))
        self._spans("label", pieces)

    def _people_and_changes(self) -> None:
        people = {self.site.person(self.node.get("assignee"))}
        for at, entry in self.log:
            author = self.site.person(entry.get("actorId"))
            people.add(author)
            touched = [c for c, before, after in LOGGED if _ident(entry.get(before)) != _ident(entry.get(after))]
            touched = ["status" if c == "state" else c for c in touched]
            touched += ["body"] if entry.get("updatedDescription") else []
            touched += ["label"] if entry.get("addedLabelIds") or entry.get("removedLabelIds") else []
            for field in touched:
                self.out.changes.append(Change(self.id, str(entry.get("id")), max(at, self.created), author, field))
        self.out.people += [Person(p, self.site.tracker) for p in sorted(p for p in people if p)]


def _prefix(prefix: str) -> Callable[[str | None], str | None]:
    return lambda ident: prefix + ident if ident else None


def _urgency(value: str | None) -> str | None:
    text = number(value)
    return URGENCY.get(text, text) if text else None


def _day(value: Any) -> str | None:
    return str(value)[:10] if value else None
