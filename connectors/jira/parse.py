"""Judges Jira issues: one issue and its change log become a ticket with spans.

Works on the REST shapes of Cloud (v2, v3), Data Center and the agile API, with the change log embedded
(``expand=changelog``) or as a payload of its own (``changelog/bulkfetch``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from connectors.connector import Malformed, ParseOptions, Payload, pseudonym
from connectors.jira.document import plain
from connectors.jira.fields import FieldMap, field_map
from connectors.jira.history import read_log
from connectors.jira.reading import Reading
from connectors.jira.status import Statuses
from connectors.text import moment
from connectors.ticket import Container, ContainerKind, Parsed, Problem


class JiraParser:
    """See ``connectors.connector.Parser``. Reference kinds: field, status, project, sprint, version, board."""

    def __init__(self, tracker: str, reference: Iterable[Payload], options: ParseOptions) -> None:
        payloads = list(reference)
        self.tracker, self.options, self.payloads = tracker, options, payloads
        self.fields: FieldMap = field_map(payloads, options)
        self.statuses = Statuses(payloads, options.cancelled)

    def reference(self) -> Parsed:
        out = Parsed()
        for payload in self.payloads:
            if payload.kind == "project":
                out.containers.append(self.container("space", payload.data))
            elif payload.kind in ("sprint", "version"):
                out.containers.append(self.container(payload.kind, payload.data))  # type: ignore[arg-type]
        for concept, named in self.fields.unknown:
            what = f"the settings name {named} for {concept}, and this Jira has no such field that this account may see"
            out.problems.append(Problem("unknown_field", named, what))
        return out

    def ticket(self, issue: Payload, history: Payload | None) -> Parsed:
        raw = issue.data.get("fields")
        created = moment(raw.get("created")) if isinstance(raw, dict) else None
        if not isinstance(raw, dict) or created is None:
            raise Malformed("It has no fields with a creation date, so it is not a Jira issue.")
        try:
            return Reading(self, issue, raw, created, read_log(issue.data, history, self.fields)).parsed()
        except (AttributeError, IndexError, KeyError, TypeError, ValueError, OverflowError) as error:
            raise Malformed(f"A field has an unexpected shape ({type(error).__name__}), so it was left out.") from error

    def person(self, account: Any) -> str | None:
        """Pseudonym of a user object, or of the bare account id or name that a change log gives."""
        if isinstance(account, dict):
            account = account.get("accountId") or account.get("key") or account.get("name")
        return pseudonym(self.options.secret, self.tracker, str(account)) if account else None

    def container(self, kind: ContainerKind, data: dict[str, Any]) -> Container:
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
