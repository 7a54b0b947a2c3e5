"""Holds suggestions against what people linked: splits of an archive, epics, a cold start, themes of a roadmap; and their cost.

Run as ``python -m benchmarks.linking ARCHIVE --splits SPLITS [--fcrepo OTHER] [--only PART …] [--tickets 100000]``. ARCHIVE holds
``*.issues.jsonl.xz`` and ``projects.json`` of the Titanium tracker (github.com/tidev/jira-archive), SPLITS the tickets of each
split, OTHER ``FCREPO.issues.jsonl.gz``. It is the program's own code that learns and scores.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import stats
from sklearn.metrics import roc_auc_score

from analyzer.store import Store
from benchmarks.linking_cost import cost
from benchmarks.linking_data import THEME, Archive, board, components, epics, fill, themes

HISTORY = 5_000
PARTS = ("a", "b", "epic", "cold", "fcrepo", "cost")


@dataclass(frozen=True, slots=True)
class Bar:
    """What is measured, and how it is held: at least (``least``) or at most so much; without, it is only told."""

    name: str
    value: float
    bar: float | None = None
    least: bool = True

    @property
    def held(self) -> bool:
        return self.bar is None or (self.value >= self.bar if self.least else self.value <= self.bar)

    def __str__(self) -> str:
        sign = "" if self.bar is None else f"   bar {'≥' if self.least else '≤'} {self.bar:g}"
        return f"  {self.name:44} {self.value:8.3f}{sign}{'' if self.held else '   MISSED'}"


def right(sure: np.ndarray, truth: np.ndarray, most: int = 1) -> np.ndarray:
    """Whether one of the likeliest ``most`` targets is where the ticket belongs."""
    order = np.argsort(-sure, axis=1, kind="stable")[:, :most]
    return np.asarray(np.take_along_axis(truth, order, axis=1).any(axis=1))


def calibration(confidence: np.ndarray, hit: np.ndarray, bins: int = 15) -> float:
    """Expected calibration error in bins of equal size."""
    parts = np.array_split(np.argsort(confidence, kind="stable"), bins)
    return float(sum(len(p) / len(hit) * abs(confidence[p].mean() - hit[p].mean()) for p in parts if len(p)))


def measured(sure: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    linked, hit, best = truth.any(axis=1), right(sure, truth), sure.max(axis=1)
    high = best >= 0.9
    return {
        "top1": hit[linked].mean(), "top3": right(sure, truth, 3)[linked].mean(),
        "precision": hit[high].mean() if high.any() else 0.0, "coverage": high.mean(), "ece": calibration(best, hit),
        "auroc": roc_auc_score(linked, best) if not linked.all() else float("nan"),
    }  # fmt: skip


def split(archive: Archive, told: dict[str, list[dict[str, object]]], bars: tuple[float, ...]) -> list[Bar]:
    """Block by block: learned from the latest tickets before it, as at every pull."""
    place = {key: n for n, key in enumerate(archive.tickets["key"])}
    sure, truth = [], []
    for block in told["blocks"]:
        before = archive.told[: block["history_before_index"]]
        learned = archive.learn(np.flatnonzero(before)[-HISTORY:])
        asked = np.asarray([place[k] for k in block["test_keys"]])  # type: ignore[attr-defined]
        sure.append(archive.score(learned, asked).sure)
        truth.append(archive.truth[asked])
    got = measured(np.vstack(sure), np.vstack(truth))
    names = (
        ("top1", "right first"), ("top3", "right among the first three"), ("precision", "right at confidence 0.9 and up"),
        ("coverage", "  tickets that reach it"), ("ece", "calibration error"), ("auroc", "linked told from none (AUROC)"),
    )  # fmt: skip
    return [Bar(says, got[n], bar, n != "ece") for (n, says), bar in zip(names, bars, strict=True)]


def of_epics(archive: Archive) -> list[Bar]:
    """The first 60 % of each epic's children are known, and of 1,792 tickets of no epic."""
    rng = np.random.default_rng(0)
    linked = archive.truth.any(axis=1)
    none = np.sort(rng.choice(np.flatnonzero(archive.told & ~linked), 1_792, replace=False))
    groups = [np.flatnonzero(archive.truth[:, k]) for k in range(len(archive.goals))] + [none]
    first = np.unique(np.concatenate([g[: int(0.6 * len(g))] for g in groups]))
    asked = np.setdiff1d(np.concatenate(groups), first)
    got = measured(archive.score(archive.learn(first), asked).sure, archive.truth[asked])
    return [Bar("epics", len(archive.goals)), Bar("children asked", archive.truth[asked].any(axis=1).sum()),
            Bar("right first", got["top1"], 0.85), Bar("right among the first three", got["top3"], 0.93),
            Bar("linked told from none (AUROC)", got["auroc"], 0.88)]  # fmt: skip


def cold(archive: Archive, told: dict[str, list[dict[str, object]]]) -> list[Bar]:
    """So many random confirmed tickets of each priority, and its name and description; 500 tests, ten draws."""
    place = {key: n for n, key in enumerate(archive.tickets["key"])}
    tests = np.asarray([place[k] for b in told["blocks"] for k in b["test_keys"]])  # type: ignore[attr-defined]
    tests = tests[archive.truth[tests].any(axis=1)]
    start = int(told["blocks"][0]["history_before_index"])  # type: ignore[call-overload]
    found = []
    for n in (0, 3, 10):
        rng, got, began = np.random.default_rng(n), [], 0
        for _ in range(10):
            each = [
                rng.choice(np.flatnonzero(archive.truth[:start, k]), n, replace=False)
                for k in range(len(archive.goals))
            ]
            learned = archive.learn(np.unique(np.concatenate(each)).astype(int), np.arange(start - 2_000, start))
            asked = rng.choice(tests, 500, replace=False)
            got.append(right(archive.score(learned, asked).sure, archive.truth[asked]).mean())
            began += learned.cold
        says = f"right first, {n} examples ({began} of 10 cold)"
        found.append(Bar(says, float(np.mean(got)), 0.85 if n == 10 else None))
    return found


def of_themes(archive: Archive) -> list[Bar]:
    """Ten folds over the tickets that have a theme; the difference to names alone with its interval over 10,000 resamples."""
    rows = np.flatnonzero(archive.told)
    fold = np.random.default_rng(0).permutation(len(rows)) % 10
    sure, named = np.zeros((2, len(rows), len(archive.goals)))
    began = 0
    for n in range(10):
        learned = archive.learn(rows[fold != n])
        began += learned.cold
        sure[fold == n] = archive.score(learned, rows[fold == n]).sure
        usual = archive.truth[rows[fold != n]].mean(axis=0)
        named[fold == n] = archive.named(learned, rows[fold == n]) + 1e-3 * usual
    truth = archive.truth[rows]
    hit, base = right(sure, truth), right(named, truth)
    apart = stats.bootstrap((hit.astype(float) - base,), np.mean, n_resamples=10_000, rng=np.random.default_rng(0))
    low, high = apart.confidence_interval
    return [Bar("tickets", len(rows)), Bar("themes", len(archive.goals)), Bar("cold folds of 10", began),
            Bar("right first", hit.mean()), Bar("right among the first three", right(sure, truth, 3).mean()),
            Bar("calibration error", calibration(sure.max(axis=1), hit)), Bar("names alone: right first", base.mean()),
            Bar("names alone: among the first three", right(named, truth, 3).mean()),
            Bar("more right first than names alone", float(hit.mean() - base.mean())),
            Bar("  95 % interval from", low, 0.0), Bar("  95 % interval to", high)]  # fmt: skip


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument("--splits", type=Path, required=True)
    parser.add_argument("--fcrepo", type=Path)
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--tickets", type=int, default=100_000)
    asked = parser.parse_args(arguments)
    missed = 0

    def tell(title: str, found: list[Bar]) -> None:
        nonlocal missed
        missed += sum(not bar.held for bar in found)
        print(title, *found, "", sep="\n", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "archive.duckdb")
        fill(store, sorted(asked.archive.glob("*.issues.jsonl.xz")), {})
        told = {name: json.loads((asked.splits / f"TIMOB-{name.upper()}.json").read_text("utf-8")) for name in "ab"}
        projects = asked.archive / "projects.json"
        bars = {"a": (0.91, 0.97, 0.95, 0.65, 0.04, 0.79), "b": (0.93, 0.98, 0.95, 0.38, 0.05, 0.95)}
        for name in [n for n in "ab" if n in asked.only]:
            with board(store) as on:
                tell(f"TIMOB-{name.upper()}", split(components(on, told[name], projects), told[name], bars[name]))
        if "epic" in asked.only:
            with board(store) as on:
                tell("Epics", of_epics(epics(on)))
        if "cold" in asked.only:
            with board(store) as on:
                tell("A cold start on TIMOB-A", cold(components(on, told["a"], projects), told["a"]))
        if "fcrepo" in asked.only and asked.fcrepo:
            other = Store(Path(folder) / "fcrepo.duckdb")
            fill(other, [asked.fcrepo / "FCREPO.issues.jsonl.gz"], {THEME: ("customfield_10011",)})
            with board(other) as on:
                tell(f"{THEME} of FCREPO, ten folds", of_themes(themes(on)))
        if "cost" in asked.only:
            seconds, peak, again, scored = cost(store, told["a"]["priorities"], asked.tickets)
            tell(f"{asked.tickets:,} tickets", [
                Bar("CPU seconds, all scored", seconds, 150.0, False), Bar("peak memory, GB", peak, 1.5, False),
                Bar("CPU seconds, 1 % new tickets", again), Bar("  tickets scored then", scored, 0.011 * asked.tickets, False),
            ])  # fmt: skip
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
