"""Judges Jira issues: one issue and its change log become a ticket with spans.

Works on the REST shapes of Cloud (v2, v3), Data Center and the agile API, with the change log embedded
(``expand=changelog``) or as a payload of its own (``changelog/bulkfetch``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from connectors.connector import Malformed, ParseOptions, Payload, pseudonym
from connectors.jira import values
from connectors.jira.fields import FieldMap, field_map, is_sprint_list, sprint_object
from connectors.jira.history import Log, read_log
from connectors.jira.status import Statuses
from connectors.replay import Piece, combine, first_given, several, single, without_history
from connectors.text import fingerprint, moment, number, plain
from connectors.ticket import Change, Container, ContainerKind, Parsed, Person, Problem, Relation, Span, Ticket

RELATIONS = {"block": "blocks", "duplicate": "duplicates", "clone": "duplicates"}
LEVELS = {"epic": 1, "initiative": 2, "theme": 3}


class JiraParser:
    """See ``connectors.connector.Parser``. Reference kinds: field, status, project, sprint, version."""

    def __init__(self, tracker: str, reference: Iterable[Payload], options: ParseOptions) -> None:
        payloads = list(reference)
        self.tracker, self.options, self.payloads = tracker, options, payloads
        self.fields: FieldMap = field_map(payloads, options)
        self.statuses = Statuses(payloads, options.cancelled)

    def reference(self) -> Parsed:
        out = Parsed()
        for payload in self.payloads:
            if payload.kind == "project":
                out.containers.append(self._container("space", payload.data))
            elif payload.kind in ("sprint", "version"):
                out.containers.append(self._container(payload.kind, payload.data))  # type: ignore[arg-type]
        return out

    def ticket(self, issue: Payload, history: Payload | None) -> Parsed:
        raw = issue.data.get("fields")
        created = moment(raw.get("created")) if isinstance(raw, dict) else None
        if not isinstance(raw, dict) or created is None:
            raise Malformed("It has no fields with a creation date, so it is not a Jira issue.")
        reading = _Reading(self, issue, raw, created, read_log(issue.data, history, self.fields))
        return reading.parsed()

    def person(self, account: Any) -> str | None:
        """Pseudonym of a user object, or of the bare account id or name that a change log gives."""
        if isinstance(account, dict):
            account = account.get("accountId") or account.get("key") or account.get("name")
        return pseudonym(self.options.secret, self.tracker, str(account)) if account else None

    def _container(self, kind: ContainerKind, data: dict[str, Any]) -> Container:
        return Container(
            id=f"{self.tracker}:{kind}:{data.get('id')}",
            tracker=self.tracker,
            kind=kind,
            name=str(data.get("name") or data.get("key") or data.get("id")),
            key=str(data.get("key") or ""),
            state=str(data.get("state") or ("released" if data.get("released") else "")).lower(),
            start=moment(data.get("startDate")),
            end=moment(data.get("endDate") or data.get("releaseDate")),
            completed=moment(data.get("completeDate") or (data.get("releaseDate") if data.get("released") else None)),
            created=moment(data.get("createdDate")),
            owner=self.person(data.get("lead")) or "",
            text=plain(data.get("goal") or data.get("description")),
        )


class _Reading:
    """One issue being read; ``pieces`` collects what each field held and when."""

    def __init__(self, site: JiraParser, issue: Payload, raw: dict[str, Any], created: datetime, log: Log) -> None:
        self.site, self.raw, self.created, self.log = site, raw, created, log
        self.id = f"{site.tracker}:{issue.data.get('id') or issue.id}"
        self.key = str(issue.data.get("key") or issue.id)
        last = max((s.at for s in log.entries), default=created)
        self.updated = max(moment(raw.get("updated")) or created, created, last)
        self.out = Parsed()
        self.contradictions: set[str] = set()

    def parsed(self) -> Parsed:
        self._ticket()
        self._single_fields()
        self._phase()
        self._parent()
        self._sets()
        self._changes()
        self._links()
        if self.log.completeness == "none":
            stated = self.raw.get("resolutiondate") or self.raw.get("statuscategorychangedate")
            self.out.spans = without_history(self.out.spans, self.updated, moment(stated) or self.updated)
        for name in sorted(self.contradictions):
            what = f"the change log of {name} and the present value do not agree"
            self.out.problems.append(Problem("contradiction", self.key, what))
        return self.out

    def _ticket(self) -> None:
        kind = self.raw.get("issuetype") or {}
        name = str(kind.get("name") or "")
        level = kind.get("hierarchyLevel")
        if not isinstance(level, int):
            epic = any(self.raw.get(i) for i in self.site.fields.ids.get("epic_name", []))
            level = -1 if kind.get("subtask") else 1 if epic else LEVELS.get(name.lower(), 0)
        base = self.site.options.base_url.rstrip("/")
        self.out.tickets.append(
            Ticket(
                id=self.id, tracker=self.site.tracker, kind="jira", key=self.key,
                url=f"{base}/browse/{self.key}" if base else "",
                title=str(self.raw.get("summary") or ""), body=plain(self.raw.get("description")), type=name,
                level=level, created=self.created, updated=self.updated, history=self.log.completeness,
                aliases=tuple(sorted(self.log.keys - {self.key})),
            )
        )  # fmt: skip
        if self.log.completeness == "partial":
            what = f"{self.log.total} changes exist, {len(self.log.entries)} were sent"
            self.out.problems.append(Problem("history_cut", self.key, what))

    def _spans(self, field: str, pieces: Iterable[Piece]) -> None:
        self.out.spans += [Span(self.id, field, value, since, until) for value, since, until in pieces]

    def _single(self, concept: str, current: str | None, field_id: str = "", label: str = "") -> list[Piece]:
        steps = self.log.steps(concept, field_id, self._value)
        pieces, contradictions = single(self.created, steps, current, self.updated)
        if contradictions:
            self.contradictions.add(label or concept)
        return pieces

    def _value(self, concept: str, ident: str | None, text: str | None) -> str | None:
        """What a span says of one side of a logged change (``from``/``fromString`` or ``to``/``toString``)."""
        if concept == "assignee":
            return self.site.person(ident)
        if concept in ("title", "urgency", "type", "resolution", "team"):
            return text or None
        if concept == "body":
            return fingerprint(text) if text else None
        if concept == "estimate":
            return number(text if text is not None else ident)
        if concept == "due":
            return (ident or text or "")[:10] or None
        if concept == "flagged":
            return "yes" if text else None
        if concept == "project":
            return f"{self.site.tracker}:space:{ident}" if ident else None
        if concept == "status":
            return self.site.statuses.name(ident, text)
        if concept in ("parent", "epic_link", "parent_link"):
            return f"{self.site.tracker}:{ident}" if ident else f"@{text}" if text else None
        return text or ident or None

    def _single_fields(self) -> None:
        raw, space = self.raw, self.raw.get("project") or {}
        if space.get("id"):
            self.out.containers.append(self.site._container("space", space))
        body = plain(raw.get("description"))
        now = {
            "assignee": self.site.person(raw.get("assignee")),
            "urgency": values.name(raw.get("priority")),
            "type": values.name(raw.get("issuetype")),
            "due": str(raw.get("duedate") or "")[:10] or None,
            "title": str(raw.get("summary") or "") or None,
            "body": fingerprint(body) if body else None,
            "project": f"{self.site.tracker}:space:{space['id']}" if space.get("id") else None,
            "resolution": values.name(raw.get("resolution")),
        }
        for concept, current in now.items():
            if concept != "resolution":
                self._spans(concept, self._single(concept, current))
        for concept, read in (("estimate", number), ("team", values.team), ("flagged", values.flag)):
            ids = self.site.fields.ids.get(concept, [])
            tracks = [self._single(concept, read(raw.get(i)), i) for i in ids]
            if concept == "flagged" and "flagged" in raw:  # the agile API's own shape
                tracks.append([("yes" if raw["flagged"] else None, self.created, None)])
            self._spans(concept, combine(self.created, tracks, first_given) if len(tracks) != 1 else tracks[0])
        person = now["assignee"]
        people = {person, *(e.author and self.site.person(e.author) for e in self.log.entries)}
        self.out.people += [Person(p, self.site.tracker) for p in sorted(p for p in people if p)]

    def _phase(self) -> None:
        status = self.raw.get("status") or {}
        statuses, resolution = self.site.statuses, values.name(self.raw.get("resolution"))
        names = self._single("status", statuses.name(status.get("id"), status.get("name")))
        self._spans("status", names)
        resolutions = self._single("resolution", resolution)
        self._spans("resolution", resolutions)
        steps = self.log.steps("status", "", lambda _, ident, text: statuses.phase(ident, text))
        current = statuses.phase(status.get("id"), status.get("name"), status.get("statusCategory"))
        phases, _ = single(self.created, steps, current, self.updated)
        joined = combine(self.created, [phases, resolutions], lambda v: statuses.settle(v[0], v[1]))
        self._spans("phase", joined)
        unknown = sorted({n for n, _, _ in names if n and n.lower() in statuses.unknown})
        self.out.problems += [Problem("unknown_status", self.key, name) for name in unknown]

    def _parent(self) -> None:
        tracker, raw = self.site.tracker, self.raw
        parent = raw.get("parent") or {}
        epic = raw.get("epic") or {}
        tracks = [self._single("parent", f"{tracker}:{parent['id']}" if parent.get("id") else None)]
        if epic.get("id"):
            tracks.append([(f"{tracker}:{epic['id']}", self.created, None)])
        for concept in ("epic_link", "parent_link"):
            for field_id in self.site.fields.ids.get(concept, []) or [""]:
                tracks.append(self._linked(concept, field_id, raw.get(field_id)))
        self._spans("parent", combine(self.created, tracks, first_given))

    def _linked(self, concept: str, field_id: str, current: Any) -> list[Piece]:
        """Epic Link and Parent Link hold a key today but log ids: the last logged id stands for the key it names."""
        if isinstance(current, dict):
            current = (current.get("data") or current).get("key")
        key = str(current) if current else None
        last = self.log.last_target(concept)
        value = f"@{key}" if key else None
        if last and last[1] == key and last[0]:
            value = f"{self.site.tracker}:{last[0]}"
        return self._single(concept, value, field_id) if key or last else []

    def _sets(self) -> None:
        raw, tracker, log = self.raw, self.site.tracker, self.log
        self._several("label", log.wholes("label", values.words), [str(v) for v in raw.get("labels") or []])
        versions = raw.get("fixVersions") or []
        self.out.containers += [self.site._container("version", v) for v in versions if v.get("id")]
        ids = [f"{tracker}:version:{v.get('id') or v.get('name')}" for v in versions]
        self._several("version", log.deltas("version", lambda i, t: f"{tracker}:version:{i or t}"), ids)
        self.out.containers += [
            Container(f"{tracker}:version:{i}", tracker, "version", name) for i, name in log.named("version")
            if f"{tracker}:version:{i}" not in ids
        ]  # fmt: skip
        components = {str(c.get("id")): str(c.get("name")) for c in raw.get("components") or []}
        names = log.deltas("component", lambda i, t: components.get(str(i)) or str(t or i))
        self._several("component", names, list(components.values()))
        self._sprints()
        for name, ids_ in sorted(self.site.fields.custom.items()):
            held = sorted({v for i in ids_ for v in values.options(raw.get(i))})
            self._several(f"custom:{name}", log.wholes(f"custom:{name}", values.option_texts), held)

    def _several(self, field: str, steps: Any, current: list[str]) -> None:
        pieces, contradictions = several(self.created, steps, current, self.updated)
        if contradictions:
            self.contradictions.add(field)
        self._spans(field, pieces)

    def _sprints(self) -> None:
        ids = self.site.fields.ids.get("sprint") or [i for i, v in self.raw.items() if is_sprint_list(v)]
        listed = [self.raw.get(i) for i in ids] + [self.raw.get("sprint"), self.raw.get("closedSprints")]
        flat = [s for value in listed if value for s in (value if isinstance(value, list) else [value])]
        sprints = [s for s in map(sprint_object, flat) if s]
        self.out.containers += [self.site._container("sprint", s) for s in sprints]
        prefix = f"{self.site.tracker}:sprint:"
        steps = self.log.wholes("sprint", lambda ident, _: [prefix + i for i in values.ids(ident)])
        self._several("sprint", steps, [prefix + str(s["id"]) for s in sprints])

    def _changes(self) -> None:
        for entry in self.log.entries:
            author = self.site.person(entry.author)
            at = max(entry.at, self.created)
            for concept in dict.fromkeys(entry.concepts(self.site.fields)):
                self.out.changes.append(Change(self.id, entry.id, at, author, concept))

    def _links(self) -> None:
        for link in self.raw.get("issuelinks") or []:
            name = str((link.get("type") or {}).get("name") or "").lower()
            kind = next((v for k, v in RELATIONS.items() if name.startswith(k)), "relates")
            for side, flip in (("outwardIssue", False), ("inwardIssue", True)):
                other = (link.get(side) or {}).get("id")
                if other:
                    ends = (
                        (f"{self.site.tracker}:{other}", self.id) if flip else (self.id, f"{self.site.tracker}:{other}")
                    )
                    self.out.relations.append(Relation(*ends, kind))  # type: ignore[arg-type]
