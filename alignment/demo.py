"""The made-up company: its settings and strategy, laid out in a folder as a user's own would be."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from alignment.demo_words import tell

__all__ = ["AS_OF", "set_up", "tell"]

AS_OF = "2026-11-15"

SETTINGS = """\
# Settings of the made-up company. Every line can be changed: edit, then run
#   alignment report --settings alignment.yaml --as-of 2026-11-15
organisation: Acme (made up)
time_zone: Europe/Berlin
trackers:
  - {name: jira, kind: example-jira}
  - {name: linear, kind: example-linear}
strategy: strategy            # a folder: the strategy changed in mid-course
report: {folder: reports, formats: [html, md]}
"""


def set_up(folder: Path) -> Path:
    """Writes settings and strategy files that are not there yet; what a user edited stays. Returns the settings' path."""
    (folder / "strategy").mkdir(parents=True, exist_ok=True)
    with as_file(files("alignment") / "demo_files" / "strategy") as source:
        for file in sorted(source.glob("*.yaml")):
            target = folder / "strategy" / file.name
            if not target.exists():
                target.write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    settings = folder / "alignment.yaml"
    if not settings.exists():
        settings.write_text(SETTINGS, encoding="utf-8")
    return settings
