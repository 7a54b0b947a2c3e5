"""A digest of a made-up week, targets as the settings would hold them, and a policy whose waits are written down, not waited."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alignment.deliver.delivering import Digest
from alignment.deliver.targets import Target
from connectors.calls import Policy
from tests.reports import messages

PERIOD = "2026-W47"
PAGE = "<!doctype html><p>The report</p>\n"


def digest(folder: Path, **more: Any) -> Digest:
    """A report of four formats on disk, the CSV in a folder of its own."""
    written = {"html": folder / "2026-11-15.html", "md": folder / "2026-11-15.md", "csv": folder / "2026-11-15"}
    written["csv"].mkdir(parents=True, exist_ok=True)
    written["html"].write_text(PAGE, encoding="utf-8")
    written["md"].write_text("# The report\n", encoding="utf-8")
    (written["csv"] / "findings.csv").write_text("id\n", encoding="utf-8")
    given: dict[str, Any] = {"period": PERIOD, "result": messages.bare(), "files": written, "link": messages.LINK}
    return Digest(**{**given, **more})


def target(**given: Any) -> Target:
    return Target.model_validate({"name": "leaders", **given})


class Waits(list[float]):
    """Seconds that would have been waited."""

    def policy(self, attempts: int = 5) -> Policy:
        return Policy(clock=lambda: datetime(2026, 11, 23, 5, tzinfo=UTC), attempts=attempts, sleep=self.append)
