"""Writes the first settings and strategy: both checked before either is written, and nothing is left by a failure."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from alignment.errors import Mend, Mistakes
from alignment.settings import Tracker, read_settings
from alignment.setup.discovery import Candidate, Found, epics_of, labels_of
from alignment.tokens import variable
from connectors.connector import Payload

SETTINGS, STRATEGY = "alignment.yaml", "strategy.yaml"
NO_STRINGS = ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
"""Words that YAML may read as something else."""


def of_export(path: Path, folder: Path, name: str = "") -> Found:
    """An exported file, folder or pattern as a tracker. Raises Mend or ConnectorError if it holds no tickets."""
    from connectors.files import FileConnector, sniff

    if not path.exists() or not (kind := sniff(path)):
        what = "is not there" if not path.exists() else "is no export of Jira or Linear"
        raise Mend(f"{path.name} {what}.", "Name a file or folder of issues, exported as JSON or CSV.")
    issues = [p.data for p in FileConnector(kind, [path]).fetch() if isinstance(p, Payload) and p.kind == "issue"]
    candidates = tuple(epics_of(issues, ())) if kind == "jira" else ()
    tracker = Tracker.model_validate(
        {"name": name or kind, "kind": "file", "path": str(path)}, context={"folder": Path.cwd()}
    )
    return Found(tracker, about=f"{len(issues):,} tickets exported from {kind.title()}", candidates=candidates,
                 labels=labels_of(issues) if kind == "jira" else ())  # fmt: skip


def settings_text(found: Sequence[Found], folder: Path, zone: str = "") -> str:
    own = next((f.zone for f in found if f.zone), "")
    trackers = [_shown(f, folder) for f in found]
    return _template(
        "alignment.yaml.j2", zone=zone or own or "UTC", zone_found=bool(own and not zone), trackers=trackers
    )


def strategy_text(found: Sequence[Found]) -> str:
    """Candidates as priorities without shares: what is meant is for people to say."""
    taken: set[str] = {"upkeep"}
    priorities = [{"id": _slug(c, taken), **vars(c)} for f in found for c in f.candidates]
    return _template(
        "strategy.yaml.j2",
        name="First strategy",
        priorities=priorities[:6],
        labels=[x for f in found for x in f.labels],
    )


def _shown(found: Found, folder: Path) -> dict[str, Any]:
    tracker = found.tracker
    live = tracker.kind not in ("file", "example-jira", "example-linear")

    def near(path: Path | None) -> str:
        if path is None:
            return ""
        here = path.is_relative_to(folder.absolute())
        return (path.relative_to(folder.absolute()) if here else path).as_posix()

    return {
        "name": tracker.name, "kind": tracker.kind, "path": near(tracker.path), "base_url": tracker.base_url,
        "browse_url": tracker.browse_url, "email": tracker.email, "ca_bundle": near(tracker.ca_bundle),
        "variable": variable(tracker.name) if live else "", "about": found.about, "parts": found.parts,
        "shown": found.shown[:12], "chosen": (tracker.teams if tracker.kind == "linear" else tracker.projects) or (),
        "notes": found.notes, "estimates": found.estimates,
    }  # fmt: skip


def _template(file: str, **values: Any) -> str:
    import jinja2

    environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    environment.filters |= {"text": yaml_text, "line": _line}
    source = (files("alignment") / "templates" / file).read_text(encoding="utf-8")
    return environment.from_string(source).render(**values).rstrip() + "\n"


def yaml_text(value: object) -> str:
    """A string as YAML reads it back, whatever it holds: JSON's quotes are YAML's."""
    text = str(value)
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_/.-]*", text) and text.lower() not in NO_STRINGS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in quoted)


def _line(value: object) -> str:
    """On one line, without what no YAML file may hold."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())


def _slug(candidate: Candidate, taken: set[str]) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", candidate.name.lower()).strip("-")[:40].strip("-") or "priority"
    number = 1
    while (made := slug if number == 1 else f"{slug}-{number}") in taken:
        number += 1
    taken.add(made)
    return made


def write(folder: Path, texts: dict[str, str]) -> list[Path]:
    """All files or none. Raises Mistakes if one would not be read back."""
    fresh = [p for p in (folder, *folder.parents) if not p.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    made: list[tuple[Path, Path]] = []
    try:
        for name, text in texts.items():
            descriptor, temporary = tempfile.mkstemp(prefix=f".{name}.", suffix=".yaml", dir=folder)
            made.append((Path(temporary), folder / name))
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            os.chmod(temporary, 0o644)
            _readable(Path(temporary), name)
        for source, target in made:
            os.replace(source, target)
    except BaseException:
        for source, _ in made:
            source.unlink(missing_ok=True)
        for path in fresh:
            path.rmdir()
        raise
    return [target for _, target in made]


def _readable(path: Path, name: str) -> None:
    from analyzer.strategy_file import read_strategies

    mistakes = read_settings(path)[1] if name == SETTINGS else read_strategies(path)[1]
    if mistakes:
        raise Mistakes(mistakes)


def name_for(kind: str, taken: Iterable[str]) -> str:
    """``jira``, then ``jira-2``."""
    base, used = ("linear" if kind == "linear" else "jira"), set(taken)
    return next(n for n in (base, *(f"{base}-{i}" for i in range(2, 1_000))) if n not in used)
