"""A company of eight people in a simulated Jira, whose weeks happen when a test says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.alignment.exported import issue
from tests.simulator.jira_cloud import JiraCloud
from tests.simulator.world import World

FIRST = datetime(2026, 11, 2, tzinfo=UTC)
"""The Monday of 2026-W45."""

WEEK = timedelta(weeks=1)
STRATEGY = """\
strategy: Second half
unlinked_allowance: 10%
priorities:
  - {id: growth, name: Growth, share: 60-80%, match: [{label: growth}]}
  - {id: bugs, name: Bugs, kind: upkeep, share: 20-40%, match: [{label: bugs}]}
not_now:
  - {id: redesign, name: Redesign, match: [{label: redesign}]}
"""
STATUSES = [
    {"id": name, "name": name, "statusCategory": {"key": key, "name": name}}
    for name, key in (("To Do", "new"), ("In Progress", "indeterminate"), ("Done", "done"))
]


class Acme:
    """``weeks`` have passed before ``FIRST``: twelve tickets each, two thirds of them growth."""

    def __init__(self, weeks: int = 10) -> None:
        self.world = World.of_issues([issue(1)], {"status": STATUSES})
        self.site = JiraCloud(world=self.world)
        self.made = 0
        for n in range(weeks, 0, -1):
            self.week(FIRST - n * WEEK, growth=8, bugs=4)

    def week(self, monday: datetime, **tickets: int) -> None:
        """So many tickets by label are begun on that Monday and done on its Friday; ``nothing`` has no label."""
        begun = []
        for label, count in tickets.items():
            for _ in range(count):
                self.made += 1
                self.world.now = monday + timedelta(hours=8, minutes=self.made % 50)
                who = {"accountId": f"account-{self.made % 8}", "displayName": "W. Quartermaine"}
                more: dict[str, Any] = {
                    "labels": [] if label == "nothing" else [label],
                    "assignee": who,
                    "resolution": None,
                }
                made = self.world.add(
                    "PAY", like="10001", summary=f"{label.title()} {self.made}", status=STATUSES[0], **more
                )
                self.world.tick(minutes=5)
                self.world.change(made.id, status="In Progress")
                begun.append(made.id)
        for n, ident in enumerate(begun):
            self.world.now = monday + timedelta(days=4, hours=14, minutes=n)
            self.world.change(ident, status="Done")


def settle(folder: Path, url: str, *targets: str, formats: str = "[md, json]") -> Path:
    """Settings and strategy for it; ``targets`` are lines of ``deliver``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "strategy.yaml").write_text(STRATEGY, encoding="utf-8")
    (folder / "shared").mkdir(exist_ok=True)
    account = JiraCloud(world=World.of_issues([])).account
    deliver = "".join(f"\n  - {target}" for target in targets)
    (folder / "alignment.yaml").write_text(
        f"organisation: Acme\ntrackers:\n  - {{name: jira, kind: jira-cloud, base_url: '{url}', email: {account.email}}}\n"
        f"report: {{folder: reports, formats: {formats}}}\n" + (f"deliver:{deliver}\n" if targets else ""),
        encoding="utf-8",
    )
    return folder / "alignment.yaml"


SHARED = "{name: shared, kind: folder, path: shared}"
