"""Holds themes against what people said: components and epics of a real archive, against chance, and when some tickets are missing.

Run as ``python -m benchmarks.themes ARCHIVE [samples]``, where ARCHIVE holds the issues of the Titanium tracker, one a line
(``TIMOB.issues.jsonl.xz``, from github.com/tidev/jira-archive); ``--choose`` tries other numbers beside those chosen.
"""

from __future__ import annotations

import json
import lzma
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import numpy as np
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, normalized_mutual_info_score

from analyzer.themes import CHOSEN, Tuning, find, readable
from connectors.jira.wiki import plain_wiki

EACH, LARGEST, OTHERS, LEFT_OUT = 50, 450, 1_500, 0.10
"""Tickets of a component, tickets of epics in a sample, tickets that only tell which words are common, and the part left out."""

LONGEST = 20_000
"""Characters of a description that are turned into plain text, of which the program reads fewer."""

LEAST_OF_COMPONENT, LEAST_OF_EPIC = 60, 8

GRID = (
    *(replace(CHOSEN, alike=a) for a in (0.15, 0.20, 0.25, 0.30, 0.35)),
    *(replace(CHOSEN, neighbours=k) for k in (5, 20)),
    *(replace(CHOSEN, resolution=r) for r in (0.5, 2.0)),
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a ticket says, and the one component or epic that people put it under."""

    title: str
    body: str
    component: str
    epic: str

    @property
    def text(self) -> str:
        return readable(self.title, plain_wiki(self.body[:LONGEST]))


@dataclass(frozen=True, slots=True)
class Held:
    """How one sample's themes agree with people; ``by_chance``: the same themes with labels dealt anew."""

    covered: float
    themes: float
    shared: float
    shared_by_chance: float
    adjusted: float
    purity: float
    purity_by_chance: float
    stable: float


def read(archive: Path) -> list[Said]:
    """The archive's tickets in their order; a ticket of several components has none here."""
    found = []
    with lzma.open(archive, "rt", encoding="utf-8") as lines:
        for line in lines:
            fields = json.loads(line)["fields"]
            components = [c["name"] for c in fields.get("components") or []]
            epic = fields.get("epic")
            body = fields.get("description") or ""
            found.append(
                Said(
                    fields["summary"], body, components[0] if len(components) == 1 else "", epic["key"] if epic else ""
                )
            )
    return found


def sample(tickets: Sequence[Said], by: str, seed: int) -> tuple[list[str], list[str], list[str]]:
    """Texts, what people put each under, and other tickets' texts."""
    dice = Random(seed)
    groups: dict[str, list[int]] = defaultdict(list)
    for n, ticket in enumerate(tickets):
        if name := getattr(ticket, by):
            groups[name].append(n)
    if by == "component":
        large = [g for g in groups.values() if len(g) >= LEAST_OF_COMPONENT]
        chosen = [n for g in large for n in dice.sample(g, min(EACH, len(g)))]
    else:
        chosen = [n for g in groups.values() if len(g) >= LEAST_OF_EPIC for n in g]
        chosen = dice.sample(chosen, min(LARGEST, len(chosen)))
    dice.shuffle(chosen)
    inside = set(chosen)
    others = dice.sample([n for n in range(len(tickets)) if n not in inside], OTHERS)
    return (
        [tickets[n].text for n in chosen],
        [getattr(tickets[n], by) for n in chosen],
        [tickets[n].text for n in others],
    )


def labels(texts: Sequence[str], others: Sequence[str], tuning: Tuning) -> np.ndarray:
    """The number of each text's theme, -1 where it has none."""
    made = np.full(len(texts), -1)
    for n, theme in enumerate(find(texts, others, tuning)):
        made[list(theme.texts)] = n
    return made


def hold(tickets: Sequence[Said], by: str, seed: int, tuning: Tuning) -> Held:
    texts, people, others = sample(tickets, by, seed)
    truth = np.unique(people, return_inverse=True)[1]
    mine, rng = labels(texts, others, tuning), np.random.default_rng(seed)
    inside = mine >= 0
    dealt = [rng.permutation(truth[inside]) for _ in range(10)]
    kept = np.sort(rng.choice(len(texts), round((1 - LEFT_OUT) * len(texts)), replace=False))
    again = labels([texts[n] for n in kept], others, tuning)
    both = (again >= 0) & (mine[kept] >= 0)
    return Held(
        float(inside.mean()), len(set(mine[inside].tolist())),
        float(normalized_mutual_info_score(truth[inside], mine[inside])),
        float(np.mean([normalized_mutual_info_score(d, mine[inside]) for d in dealt])),
        float(adjusted_mutual_info_score(truth[inside], mine[inside])),
        _purity(truth[inside], mine[inside]), float(np.mean([_purity(d, mine[inside]) for d in dealt])),
        float(adjusted_rand_score(mine[kept][both], again[both])),
    )  # fmt: skip


def _purity(truth: np.ndarray, mine: np.ndarray) -> float:
    """The share of texts that are under the name most frequent in their theme."""
    return float(sum(np.bincount(truth[mine == n]).max() for n in np.unique(mine)) / len(mine)) if len(mine) else 0.0


NAMES = (
    ("covered", "tickets in a theme"), ("themes", "themes"), ("shared", "NMI"), ("shared_by_chance", "  by chance"),
    ("adjusted", "AMI"), ("purity", "purity"), ("purity_by_chance", "  by chance"), ("stable", "ARI, 10 % left out"),
)  # fmt: skip


def main(arguments: list[str]) -> int:
    choose = "--choose" in arguments
    given = [a for a in arguments if not a.startswith("--")]
    if not given:
        print(__doc__)
        return 2
    tickets, samples = read(Path(given[0])), int(given[1]) if len(given) > 1 else 5 if choose else 20
    for by in ("component", "epic"):
        for tuning in GRID if choose else (CHOSEN,):
            held = [hold(tickets, by, seed, tuning) for seed in range(samples)]
            print(f"\nby {by}, {samples} samples, {tuning}: mean (middle 95 % of samples)")
            for name, shown in NAMES:
                values = np.array([getattr(h, name) for h in held])
                low, high = np.quantile(values, [0.025, 0.975])
                print(f"  {shown:22} {values.mean():6.2f} ({low:.2f} to {high:.2f})", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
