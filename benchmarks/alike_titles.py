"""Holds titles that are alike against what people linked. Run as ``python -m benchmarks.alike_titles FOLDER``.

FOLDER has Jira issues as JSON lines packed with xz, of an archive whose people linked duplicates and clones. Titles are compared
as the measure does it, within each 3,000 tickets made one after another; only pairs of different titles count, since equal ones
need no threshold. People link few of the duplicates they make, so the true precision lies above what is printed.
"""

from __future__ import annotations

import json
import lzma
import sys
from dataclasses import dataclass
from pathlib import Path

from analyzer.alike import ENOUGH, MOST, pairs
from analyzer.statistics import wilson

THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)
SAME = {"Duplicate", "Cloners"}
LEAST = 12


@dataclass(frozen=True, slots=True)
class Archive:
    """``titles`` by key, oldest first; ``same`` and ``linked`` are pairs of keys."""

    titles: dict[str, str]
    same: set[frozenset[str]]
    linked: set[frozenset[str]]


def read(folder: Path) -> Archive:
    made: list[tuple[str, str, str]] = []
    same: set[frozenset[str]] = set()
    linked: set[frozenset[str]] = set()
    for file in sorted(folder.glob("*.jsonl.xz")):
        with lzma.open(file, "rt", encoding="utf-8") as lines:
            for issue in map(json.loads, lines):
                fields = issue["fields"]
                made.append((fields["created"], issue["key"], (fields.get("summary") or "").strip().lower()))
                for link in fields.get("issuelinks") or ():
                    other = (link.get("outwardIssue") or link.get("inwardIssue") or {}).get("key")
                    if other:
                        linked.add(frozenset((issue["key"], other)))
                        if link["type"]["name"] in SAME:
                            same.add(frozenset((issue["key"], other)))
    return Archive({key: title for _, key, title in sorted(made) if len(title) >= LEAST}, same, linked)


def main(arguments: list[str]) -> int:
    if not arguments:
        print(__doc__)
        return 2
    archive = read(Path(arguments[0]))
    keys = list(archive.titles)
    hits: list[tuple[float, bool, bool]] = []
    there = 0
    for at in range(0, len(keys), MOST):
        part = keys[at : at + MOST]
        titles = [archive.titles[key] for key in part]
        for left, right, likeness in pairs(titles, THRESHOLDS[0]).itertuples(index=False):
            both = frozenset((part[left], part[right]))
            hits.append((likeness, both in archive.same, both in archive.linked))
        inside = set(part)
        there += sum(len({archive.titles[k] for k in both}) == 2 for both in archive.same if both <= inside)
    print(f"{len(keys):,} tickets; {there:,} pairs with different titles are linked as duplicates or clones.\n")
    print(f"{'likeness':>8} {'pairs':>7} {'duplicates':>27} {'linked at all':>14} {'of all duplicates':>18}")
    for threshold in THRESHOLDS:
        near = [hit for hit in hits if hit[0] >= threshold]
        same, linked = sum(hit[1] for hit in near), sum(hit[2] for hit in near)
        low, high = wilson(same / max(1, len(near)), max(1, len(near)))
        mark = "  <- the measure's" if threshold == ENOUGH else ""
        print(
            f"{threshold:8.2f} {len(near):7,} {same / max(1, len(near)):9.1%} ({low:.1%} to {high:.1%})"
            f" {linked / max(1, len(near)):14.1%} {same / max(1, there):18.1%}{mark}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
