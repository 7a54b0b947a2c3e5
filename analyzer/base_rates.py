"""What is usual elsewhere: how much 3,834 real sprints of five organisations took on, to stand beside a site's own figures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

QUANTILES = (0.25, 0.5, 0.75, 0.9)
POOLED = "All five"
SOURCE = (
    "Choetkiertikul, Dam, Tran, Ghose and Grundy 2017, Predicting Delivery Capability in Iterative Software Development, IEEE "
    "Transactions on Software Engineering; data: github.com/morakotch/datasets"
)
ORGANISATIONS = {"apache": "Apache", "jboss": "JBoss", "jira": "JIRA", "mongodb": "MongoDB", "spring": "Spring"}


@dataclass(frozen=True, slots=True)
class Rates:
    """``added``/``removed``: share of the sprints with any; ``growth``: ``QUANTILES`` of items added per item at the start, over
    the ``with_start`` sprints that had one. All at 80 % of the planned length."""

    organisation: str
    sprints: int
    with_start: int
    added: float
    removed: float
    growth: tuple[float, ...]


def usual() -> list[Rates]:
    """The kept figures, the five organisations together first."""
    text = files("analyzer").joinpath("data/sprint_scope.json").read_text(encoding="utf-8")
    return [Rates(**{**row, "growth": tuple(row["growth"])}) for row in json.loads(text)["rates"]]


def of(organisation: str, sprints: Sequence[tuple[int, int, int]]) -> Rates:
    """The rates of sprints given as (items at the start, added, removed)."""
    start, added, removed = np.asarray(sprints, dtype=float).T
    growth = added[start > 0] / start[start > 0]
    return Rates(
        organisation, len(start), len(growth), round(float((added > 0).mean()), 3), round(float((removed > 0).mean()), 3),
        tuple(round(float(q), 2) for q in np.quantile(growth, QUANTILES)),
    )  # fmt: skip


def read(folder: Path) -> dict[str, list[tuple[int, int, int]]]:
    """The sprints of the published files at 80 % of their length, by organisation."""
    return {
        name: [_sprint(line) for line in _lines(folder / f"{file}_iteration_80.csv")]
        for file, name in ORGANISATIONS.items()
    }


def compute(sprints: Mapping[str, Sequence[tuple[int, int, int]]]) -> list[Rates]:
    every = [one for rows in sprints.values() for one in rows]
    return [of(POOLED, every), *(of(name, rows) for name, rows in sprints.items())]


def as_json(rates: Iterable[Rates]) -> str:
    """The data file, as ``python -m analyzer.base_rates FOLDER`` writes it."""
    return json.dumps({"source": SOURCE, "rates": [asdict(r) for r in rates]}, indent=1) + "\n"


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="latin-1").splitlines()[1:] if line.strip()]


def _sprint(line: str) -> tuple[int, int, int]:
    """Counted from the right: names of sprints hold commas that nobody quoted."""
    cells = line.split(",")
    return int(cells[-14]), int(cells[-12]), int(cells[-10])


if __name__ == "__main__":
    import sys

    print(as_json(compute(read(Path(sys.argv[1])))), end="")
