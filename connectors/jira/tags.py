"""Writes labels to a live Jira: one ticket at a time, or on Cloud as one bulk edit where the account may."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from connectors.connector import ComeBack, NotLetIn, Refused
from connectors.jira.site import ABSENT
from connectors.jira.values import mapping, objects
from connectors.text import moment
from connectors.writing import Change, Held, NoWriting

if TYPE_CHECKING:
    from connectors.jira.live import LiveJira

READ_AT_ONCE = 100
BULK_FROM = 10
"""Fewer tickets with the same change are written one by one: a bulk edit is a queue that must be asked after."""

BULK_MOST = 1_000
BETWEEN_POLLS = 1.0
POLLS = 600
RUNNING = ("ENQUEUED", "RUNNING", "CANCEL_REQUESTED")
FIELDS = ("labels", "updated", "project")
NO_EDIT = "This account may not edit tickets in {}. It needs the project permission Edit Issues (EDIT_ISSUES) there."


def held(jira: LiveJira, ids: Sequence[str]) -> dict[str, Held]:
    """Read by id: a search may not know yet what was written a moment ago."""
    found: dict[str, Held] = {}
    for at in range(0, len(ids), READ_AT_ONCE):
        part = [i for i in ids[at : at + READ_AT_ONCE] if i.isdigit()]
        issues = _in_bulk(jira, part) if jira.cloud and part else None
        for issue in issues if issues is not None else filter(None, (_alone(jira, i) for i in part)):
            fields = mapping(issue.get("fields"))
            labels = frozenset(str(one) for one in fields.get("labels") or [])
            place = str(mapping(fields.get("project")).get("key") or str(issue.get("key")).rpartition("-")[0])
            found[str(issue["id"])] = Held(
                str(issue["id"]), str(issue.get("key")), labels, moment(fields.get("updated")), place
            )
    return found


def _in_bulk(jira: LiveJira, ids: Sequence[str]) -> list[dict[str, Any]] | None:
    try:
        body = {"issueIdsOrKeys": list(ids), "fields": list(FIELDS)}
        return objects(mapping(jira.site.post("issue/bulkfetch", body, optional=True)).get("issues"))
    except Refused as error:
        if error.status in ABSENT:
            return None
        raise


def _alone(jira: LiveJira, ident: str) -> dict[str, Any] | None:
    try:
        return mapping(jira.site.get(f"issue/{ident}", fields=",".join(FIELDS)))
    except Refused as error:
        if error.status in (404, 410):
            return None
        raise


def lacking(jira: LiveJira, projects: Iterable[str]) -> dict[str, str]:
    """Projects in which this account may not edit, as far as the site tells."""
    return {p: NO_EDIT.format(p) for p in projects if _may(jira, "EDIT_ISSUES", projectKey=p) is False}


def _may(jira: LiveJira, permission: str, **context: str) -> bool | None:
    """Whether the account has a permission; ``None`` where the site does not say."""
    asked = {"permissions": permission, **context} if jira.cloud else context
    try:
        given = mapping(mapping(jira.site.get("mypermissions", **asked)).get("permissions"))
    except (Refused, NotLetIn):
        return None
    told = mapping(given.get(permission)).get("havePermission")
    return bool(told) if told is not None else None


def write(jira: LiveJira, changes: Sequence[Change]) -> dict[str, str]:
    """Differences are put so that saying one twice does no harm."""
    refused: dict[str, str] = {}
    alone: list[Change] = []
    for same in _alike(changes):
        alone += same if len(same) < BULK_FROM or not _bulk_edit(jira, same, refused) else []
    for change in alone:
        try:
            _put(jira, change)
        except Refused as error:
            refused[change.id] = "; ".join(error.messages)[:300] or f"refused ({error.status}) without a reason"
    return refused


def _alike(changes: Sequence[Change]) -> Iterator[list[Change]]:
    groups: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Change]] = {}
    for change in changes:
        groups.setdefault((change.add, change.remove), []).append(change)
    yield from groups.values()


def _put(jira: LiveJira, change: Change) -> None:
    steps = [{"add": tag} for tag in change.add] + [{"remove": tag} for tag in change.remove]
    query = {} if jira.notify else {"notifyUsers": "false"}
    try:
        jira.site.put(f"issue/{change.id}", {"update": {"labels": steps}}, **query)
    except Refused as error:
        if error.status == 403 and not jira.notify and "notification" in " ".join(error.messages).lower():
            raise NoWriting(
                f"Jira lets only administrators write without notifying anyone: {error.messages[0]} "
                f"Delete notify from tracker {jira.name}, or use an account that administers the project."
            ) from error
        raise


# ---------------------------------------------------------------- bulk edit, on Cloud


def _bulk_edit(jira: LiveJira, same: Sequence[Change], refused: dict[str, str]) -> bool:
    """Whether the site took the tickets as bulk edits; ``refused`` learns which it could not carry out."""
    if not jira.cloud or not _may(jira, "BULK_CHANGE"):
        return False
    for option, tags in (("ADD", same[0].add), ("REMOVE", same[0].remove)):
        for at in range(0, len(same) if tags else 0, BULK_MOST):
            labels = {
                "fieldId": "labels",
                "bulkEditMultiSelectFieldOption": option,
                "labels": [{"name": t} for t in tags],
            }
            body = {
                "selectedIssueIdsOrKeys": [c.id for c in same[at : at + BULK_MOST]], "selectedActions": ["labels"],
                "editedFieldsInput": {"labelsFields": [labels]}, "sendBulkNotification": False,
            }  # fmt: skip
            try:
                task = mapping(jira.site.post("bulk/issues/fields", body, version="api/3", writes=True))
            except Refused:
                return False  # one by one, then: that may be said after half a bulk edit too
            refused |= _carried_out(jira, str(task.get("taskId")))
    return True


def _carried_out(jira: LiveJira, task: str) -> dict[str, str]:
    """Waits for a task of Jira's; the tickets that it could not change and why."""
    policy = jira.site.policy
    for _ in range(POLLS):
        told = mapping(jira.site.get(f"bulk/queue/{task}", "api/3"))
        if told.get("status") not in RUNNING:
            failed = mapping(told.get("failedAccessibleIssues"))
            return {str(i): "; ".join(map(str, why))[:300] for i, why in failed.items() if isinstance(why, list)}
        policy.pace.wait(BETWEEN_POLLS, "Jira is still carrying out the bulk edit.", policy.sleep)
    at = policy.clock() + timedelta(minutes=10)
    raise ComeBack("Jira has not finished the bulk edit yet.", at)
