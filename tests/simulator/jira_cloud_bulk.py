"""Bulk edits of labels as Jira Cloud carries them out: taken in at once, done later, asked after by task id."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.simulator.issue import Json, millis
from tests.simulator.jira_site import NO_EDIT
from tests.simulator.server import Answer

if TYPE_CHECKING:
    from tests.simulator.jira_cloud import JiraCloud


@dataclass(slots=True)
class _Task:
    body: Json
    created: int
    polls: int = 0
    done: list[int] = field(default_factory=list)
    failed: dict[str, list[str]] = field(default_factory=dict)
    invalid: int = 0


@dataclass(slots=True)
class BulkEdits:
    """``permitted``: the account may make bulk changes. ``polls``: how often it must be asked before a task is done.

    ``failing``: ids of issues that cannot be edited, with Jira's reason.
    """

    permitted: bool = True
    polls: int = 2
    failing: dict[str, str] = field(default_factory=dict)
    tasks: list[_Task] = field(default_factory=list)

    def submit(self, site: JiraCloud, body: Json) -> Answer:
        names, actions = body.get("selectedIssueIdsOrKeys"), body.get("selectedActions")
        if not self.permitted:
            return _refusal(403, "You do not have the global permission to make bulk changes.")
        if not isinstance(names, list) or not 1 <= len(names) <= 1_000 or not isinstance(actions, list):
            return _refusal(400, "Between 1 and 1000 issues must be selected.")
        given = body.get("editedFieldsInput") or {}
        edited = [edit for edits in given.values() if isinstance(edits, list) for edit in edits]
        extra = [str(edit.get("fieldId")) for edit in edited if edit.get("fieldId") not in actions]
        if extra:
            listed = ", ".join(extra)
            return _refusal(400, f"The following editedFieldInput values are not listed as selectedActions : {listed}")
        self.tasks.append(_Task(body, millis(site.world.now)))
        return Answer(201, {"taskId": str(10_640 + len(self.tasks))})

    def progress(self, site: JiraCloud, ident: str) -> Answer:
        at = int(ident) - 10_641 if ident.isdigit() else -1
        if not 0 <= at < len(self.tasks):
            return Answer(400, {"errorMessages": ["The task associated with this taskId is not a bulk operation task"]})
        task = self.tasks[at]
        task.polls += 1
        if task.polls == self.polls:
            self._carry_out(site, task)
        done = task.polls >= self.polls
        status = "COMPLETE" if done else "ENQUEUED" if task.polls == 1 else "RUNNING"
        about: Json = {
            "taskId": ident, "status": status, "progressPercent": 100 if done else 0, "created": task.created,
            "updated": millis(site.world.now), "submittedBy": {"accountId": site.account.id},
            "totalIssueCount": len(task.body["selectedIssueIdsOrKeys"]),
        }  # fmt: skip
        if done:
            about |= {"processedAccessibleIssues": task.done, "invalidOrInaccessibleIssueCount": task.invalid}
            about |= {"failedAccessibleIssues": task.failed} if task.failed else {}
        return Answer(200, about)

    def _carry_out(self, site: JiraCloud, task: _Task) -> None:
        for name in task.body["selectedIssueIdsOrKeys"]:
            issue = site.world.visible(str(name))
            if issue is None:
                task.invalid += 1
            elif issue.project.get("key") in site.no_edit:
                task.failed[issue.id] = [NO_EDIT]
            elif issue.id in self.failing:
                task.failed[issue.id] = [self.failing[issue.id]]
            else:
                for edit in task.body["editedFieldsInput"].get("labelsFields") or []:
                    labels = _labels(list(issue.fields.get("labels") or []), edit)
                    site.world.change(issue.id, by=site.account.id, labels=labels)
                task.done.append(int(issue.id))


def _labels(held: list[str], edit: Json) -> list[str]:
    names = [str(label["name"]) for label in edit.get("labels") or []]
    match edit["bulkEditMultiSelectFieldOption"]:
        case "ADD":
            return held + [name for name in names if name not in held]
        case "REMOVE":
            return [name for name in held if name not in names]
        case "REPLACE":
            return names
    return []


def _refusal(status: int, message: str) -> Answer:
    return Answer(status, {"errors": [{"message": message}]})
