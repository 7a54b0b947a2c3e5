"""One Jira issue and its change log become a ticket, the spans of its fields, and what it mentions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connectors.connector import Payload
from connectors.jira import values
from connectors.jira.document import plain
from connectors.jira.history import Log
from connectors.jira.links import relations
from connectors.jira.parents import parent_track
from connectors.jira.sprints import is_sprint_list, sprint_object
from connectors.jira.values import mapping, objects
from connectors.replay import Piece, combine, first_given, several, single, without_history
from connectors.text import fingerprint, moment, number
from connectors.ticket import Change, Container, Parsed, Person, Problem, Span, Text, Ticket

if TYPE_CHECKING:
    from connectors.jira.parse import JiraParser

LEVELS = {"epic": 1, "initiative": 2, "theme": 3}
CRITERIA = "Acceptance criteria:"


class Reading:
    """One issue being read; ``pieces`` collects what each field held and when."""

    def __init__(self, site: JiraParser, issue: Payload, raw: dict[str, Any], created: datetime, log: Log) -> None:
        self.site, self.raw, self.created, self.log = site, raw, created, log
        self.id = f"{site.tracker}:{issue.data.get('id') or issue.id}"
        self.key = str(issue.data.get("key") or issue.id)
        last = max((s.at for s in log.entries), default=created)
        self.updated = max(moment(raw.get("updated")) or created, created, last)
        self.out = Parsed()
        self.contradictions: set[str] = set()
        self.space = str(mapping(raw.get("project")).get("id") or "")
        self.level = self._level()
        named = (("urgency", "priority"), ("type", "issuetype"), ("resolution", "resolution"))
        self.named_today = {(c, str(mapping(raw.get(f)).get("id"))): values.name(raw.get(f)) for c, f in named}
        """By concept and id: a log says names as they were, and in whatever language its writer read Jira."""

    def parsed(self) -> Parsed:
        self._ticket()
        self._single_fields()
        self._phase()
        self._parent()
        self._sets()
        self._changes()
        self.out.relations += relations(self)
        self._key()
        if self.log.completeness == "none":
            stated = self.raw.get("resolutiondate") or self.raw.get("statuscategorychangedate")
            self.out.spans = without_history(self.out.spans, self.updated, moment(stated) or self.updated)
        for name in sorted(self.contradictions):
            what = f"the change log of {name} and the present value do not agree"
            self.out.problems.append(Problem("contradiction", self.key, what))
        return self.out

    def _level(self) -> int:
        kind = mapping(self.raw.get("issuetype"))
        level = kind.get("hierarchyLevel")
        if isinstance(level, int) and not isinstance(level, bool):
            return max(-1, min(level, 9))
        epic = any(self.raw.get(i) for i in self.site.fields.ids.get("epic_name", []))
        return -1 if kind.get("subtask") else 1 if epic else LEVELS.get(str(kind.get("name") or "").lower(), 0)

    def _body(self) -> str:
        """The description of today, with the acceptance criteria where they are fields of their own."""
        criteria = [plain(self.raw.get(i)) for i in self.site.fields.ids.get("criteria", [])]
        return _joined((plain(self.raw.get("description")), *criteria)) or ""

    def _ticket(self) -> None:
        name = str(mapping(self.raw.get("issuetype")).get("name") or "")
        base = self.site.options.base_url.rstrip("/")
        self.out.tickets.append(
            Ticket(
                id=self.id, tracker=self.site.tracker, kind="jira", key=self.key,
                url=f"{base}/browse/{self.key}" if base else "",
                title=str(self.raw.get("summary") or ""), body=self._body(), type=name,
                level=self.level, created=self.created, updated=self.updated, history=self.log.completeness,
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
            return self.named_today.get((concept, str(ident))) or text or None
        if concept in ("body", "criteria"):
            return plain(text or "") or None
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
        return text or ident or None

    def _single_fields(self) -> None:
        raw, tracker = self.raw, self.site.tracker
        if self.space:
            self.out.containers.append(self.site.container("space", raw["project"]))
        self.out.containers += [
            Container(f"{tracker}:space:{i}", tracker, "space", name)
            for i, name in self.log.named("project") if i != self.space
        ]  # fmt: skip
        now = {
            "assignee": self.site.person(raw.get("assignee")),
            "urgency": values.name(raw.get("priority")),
            "type": values.name(raw.get("issuetype")),
            "due": str(raw.get("duedate") or "")[:10] or None,
            "title": str(raw.get("summary") or "") or None,
            "project": f"{tracker}:space:{self.space}" if self.space else None,
            "resolution": values.name(raw.get("resolution")),
        }
        for concept, current in now.items():
            if concept != "resolution":
                self._spans(concept, self._single(concept, current))
        for concept, read in (("estimate", number), ("team", values.team), ("flagged", values.flag)):
            ids = self.site.fields.ids.get(concept, [])
            if len(ids) > 1 and self.log.nameless(concept):  # a server's log does not say which of several it means
                given = [read(raw.get(i)) for i in ids]
                tracks = [self._single(concept, first_given(tuple(given)))]
            else:
                tracks = [self._single(concept, read(raw.get(i)), i) for i in ids]
            if concept == "flagged" and "flagged" in raw:  # the agile API's own shape
                tracks.append([("yes" if raw["flagged"] else None, self.created, None)])
            self._spans(concept, combine(self.created, tracks, first_given) if len(tracks) != 1 else tracks[0])
        self._texts()
        person = now["assignee"]
        people = {person, *(e.author and self.site.person(e.author) for e in self.log.entries)}
        self.out.people += [Person(p, self.site.tracker) for p in sorted(p for p in people if p)]

    def _texts(self) -> None:
        """Bodies as they stood; the log holds them as markup, which a document says in other words only by chance."""
        tracks = [self._written("body", "description")]
        tracks += [self._written("criteria", i) for i in self.site.fields.ids.get("criteria", [])]
        pieces = combine(self.created, tracks, _joined)
        self._spans("body", [(fingerprint(v) if v else None, since, until) for v, since, until in pieces])
        self.out.texts += [Text(fingerprint(v), v) for v in dict.fromkeys(v for v, _, _ in pieces) if v]

    def _written(self, concept: str, field_id: str) -> list[Piece]:
        now = plain(self.raw.get(field_id)) or None
        own = field_id if concept == "criteria" else ""
        logged = self.log.steps(concept, own, self._value)
        last = logged[-1].after if logged else None
        if now and last and now != last and _letters(now) == _letters(last):
            now = last
        return self._single(concept, now, own)

    def _key(self) -> None:
        """Keys it had before it was moved to another project."""
        if self.log.keys - {self.key}:
            self._spans("key", self._single("key", self.key))

    def _phase(self) -> None:
        status = mapping(self.raw.get("status"))
        statuses, resolution = self.site.statuses, values.name(self.raw.get("resolution"))
        names = self._single("status", statuses.name(status.get("id"), status.get("name")))
        self._spans("status", names)
        resolutions = self._single("resolution", resolution)
        self._spans("resolution", resolutions)
        steps = self.log.steps("status", "", lambda _, ident, text: statuses.phase(ident, text, None, self.space))
        current = statuses.phase(status.get("id"), status.get("name"), status.get("statusCategory"), self.space)
        phases, _ = single(self.created, steps, current, self.updated)
        joined = combine(self.created, [phases, resolutions], lambda v: statuses.settle(v[0], v[1]))
        self._spans("phase", joined)
        unknown = sorted({n for n, _, _ in names if n and n.lower() in statuses.unknown})
        key = str(mapping(status.get("statusCategory")).get("key") or "")
        unknown += [f"category {key}"] if key in statuses.unknown_categories else []
        self.out.problems += [Problem("unknown_status", self.key, name) for name in unknown]

    def _parent(self) -> None:
        pieces, contradicted = parent_track(self)
        if contradicted:
            self.contradictions.add("parent")
        self._spans("parent", pieces)

    def _sets(self) -> None:
        raw, tracker, log = self.raw, self.site.tracker, self.log
        self._several("label", log.wholes("label", values.words), values.options(raw.get("labels") or []))
        versions = objects(raw.get("fixVersions"))
        self.out.containers += [self.site.container("version", v) for v in versions if v.get("id")]
        ids = [f"{tracker}:version:{v.get('id') or v.get('name')}" for v in versions]
        self._several("version", log.deltas("version", lambda i, t: f"{tracker}:version:{i or t}"), ids)
        self.out.containers += [
            Container(f"{tracker}:version:{i}", tracker, "version", name) for i, name in log.named("version")
            if f"{tracker}:version:{i}" not in ids
        ]  # fmt: skip
        components = {str(c.get("id")): str(c.get("name")) for c in objects(raw.get("components"))}
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
        self.out.containers += [self.site.container("sprint", s) for s in sprints]
        prefix, tracker = f"{self.site.tracker}:sprint:", self.site.tracker
        told = {str(s["id"]) for s in sprints}
        self.out.containers += [
            Container(prefix + i, tracker, "sprint", name) for i, name in sorted(self.log.sprint_names().items()) if i not in told
        ]  # fmt: skip
        steps = self.log.wholes("sprint", lambda ident, _: [prefix + i for i in values.ids(ident)])
        self._several("sprint", steps, [prefix + str(s["id"]) for s in sprints])

    def _changes(self) -> None:
        for entry in self.log.entries:
            author = self.site.person(entry.author)
            at = max(entry.at, self.created)
            for concept in dict.fromkeys(entry.concepts(self.site.fields)):
                self.out.changes.append(Change(self.id, entry.id, at, author, concept))


def _joined(texts: tuple[str | None, ...]) -> str | None:
    """A description and, under a line that says so, acceptance criteria."""
    body, *criteria = texts
    more = "\n".join(text for text in criteria if text)
    return "\n".join(part for part in (body, f"{CRITERIA}\n{more}" if more else "") if part) or None


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
