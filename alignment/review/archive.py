"""The archive of reports: what lies in the folder of reports, and nothing that lies elsewhere."""

from __future__ import annotations

from pathlib import Path

KINDS = {
    ".html": "text/html; charset=utf-8", ".md": "text/plain; charset=utf-8", ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
}  # fmt: skip


def found(folder: Path, name: str) -> Path | None:
    """The file of that name in the folder, or in a folder within it; ``None`` for anything else, wherever a link may lead."""
    parts = name.split("/")
    if len(parts) > 2 or any(not p or p.startswith(".") or "\\" in p or "\0" in p for p in parts):
        return None
    try:
        whole, file = folder.resolve(strict=True), folder.joinpath(*parts).resolve(strict=True)
    except (OSError, ValueError):
        return None
    inside = file.is_relative_to(whole) and file.is_file() and file.suffix in KINDS
    return file if inside else None


def tables(folder: Path, name: str) -> list[str]:
    """The CSV files of one report, by their path in the folder."""
    made = folder / name
    names = sorted(p.name for p in made.glob("*.csv")) if made.is_dir() else []
    return [f"{name}/{n}" for n in names if found(folder, f"{name}/{n}")]
