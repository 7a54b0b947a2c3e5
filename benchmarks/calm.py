"""Counts reports that raise a signal though nothing was planted. Run as ``python -m benchmarks.calm [seeds] [first]``."""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from analyzer import seen
from analyzer.board import Options
from analyzer.calendar import Calendar
from analyzer.result import Result
from analyzer.score import score
from analyzer.statistics import wilson
from analyzer.store import Store, naive, resolve_parents, save_parsed
from analyzer.strategy import Strategy
from analyzer.strategy_file import read_strategies
from connectors.connector import ParseOptions, Payload
from connectors.example import ExampleJira, ExampleLinear
from connectors.example.company import Company, company
from connectors.ticket import Parsed

BAR = 0.07
AS_OF = datetime(2026, 11, 15, 23, tzinfo=UTC)
STRATEGY = """
strategy: A calm year
unlinked_allowance: 12%
priorities:
  - id: fast-checkout
    name: Faster checkout
    owner: Head of Payments
    share: 26-40%
    outcome: {measure: p95 checkout latency, from: 2.2 s, to: 1.5 s, by: 2026-12-01}
    done: 95% of checkouts finish within 1.5 s for two weeks, seen on the public dashboard.
    match: [{label: strat-checkout}, {tracker: linear, initiative: Faster checkout},
      {version: [Checkout 2.0, Checkout 2.1, Checkout 2.2, Checkout 2.3]}]
  - id: trusted-data
    name: Trusted data
    owner: Head of Data
    share: 8-22%
    outcome: {measure: reports that agree with the ledger, from: 70%, to: 100%, by: 2026-12-01}
    done: Every report on the revenue page agrees with the ledger for four weeks.
    match: [{label: strat-data}, {tracker: linear, initiative: Trusted data}]
  - id: easy-returns
    name: Easy returns
    owner: Head of Operations
    share: 14-28%
    outcome: {measure: handling cost of a return, from: 11 EUR, to: 7 EUR, by: 2026-12-01}
    done: A return costs 7 euros in handling, averaged over a month, seen in the ledger.
    match: [{label: strat-returns}, {tracker: linear, initiative: Easy returns}, {epic: EPICS}]
  - id: keep-the-lights-on
    name: Keep the lights on
    kind: upkeep
    share: 16-29%
    match: [{tracker: jira, type: [Bug, Incident]}, {tracker: jira, component: Operations},
      {tracker: linear, label: [Bug, Incident]}]
not_now:
  - {id: mobile-redesign, name: Mobile redesign, until: 2027-01-01, match: [{label: mobile-redesign}]}
assumptions:
  - {says: Interrupts stay under a third of our time, holds_if: share(keep-the-lights-on) <= 33%}
weeks: {WEEKS}
"""
"""Ranges of ten points and more around the true shares of ``connectors.example.mix.CALM``: nothing here asks for a decision."""


def strategies(made: Company) -> tuple[Strategy, ...]:
    """The strategy of the calm company; easy returns are found by their epics, which carry no label."""
    epics = [t.key for t in made.tickets if t.kind == "Epic" and t.intent == "easy-returns" and t.tracker == "jira"]
    weeks = ", ".join(f"2026-W{n:02d}: {{focus: [fast-checkout]}}" for n in range(7, 47))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "strategy.yaml"
        text = STRATEGY.replace("EPICS", "[" + ", ".join(epics or ["NO-1"]) + "]").replace("{WEEKS}", "{" + weeks + "}")
        file.write_text(text, encoding="utf-8")
        found, mistakes = read_strategies(file)
    assert not mistakes, mistakes
    return found


def fill(store: Store, made: Company) -> None:
    """What a pull of both trackers leaves, without keeping payloads."""
    for connector in (ExampleJira(made), ExampleLinear(made)):
        given = [one for one in connector.fetch() if isinstance(one, Payload)]
        history = {p.id: p for p in given if p.kind == "history"}
        parser = connector.parser(
            [p for p in given if p.kind not in ("issue", "history")], ParseOptions(secret=b"calm")
        )
        parsed = Parsed()
        for issue in (p for p in given if p.kind == "issue"):
            parsed.add(parser.ticket(issue, history.get(issue.id)))
        with store.writing() as con:
            con.execute(
                "INSERT INTO trackers VALUES (?, ?, 'made-up', false, ?)",
                [connector.name, connector.kind, naive(AS_OF)],
            )
            save_parsed(con, connector.name, parser.reference())
            save_parsed(con, connector.name, parsed)
            resolve_parents(con, connector.name)
            seen.note(con, connector.name, AS_OF)


def report(seed: int) -> Result:
    """The weekly report on the calm company of a seed."""
    made = company(seed, calm=True)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "calm.duckdb")
        fill(store, made)
        with store.reading() as con:
            con.execute("SET threads = 1")
            return score(con, strategies(made), Options(calendar=Calendar("Europe/Berlin")), AS_OF, "Calm")


def told(result: Result) -> dict[str, str]:
    """The verdict of each measure, with what a signal or an error says."""
    said = {f.meta.id: f.verdict if f.verdict != "error" else f"error: {f.reason}" for f in result.findings}
    return said | {f"{f.meta.id}?": f.sentence for f in result.findings if f.verdict == "signal"}


def verdicts(seed: int) -> tuple[int, dict[str, str], float]:
    """The verdict of each measure on the calm company of a seed, and the seconds it took."""
    began = time.perf_counter()
    said = told(report(seed))
    return seed, said, time.perf_counter() - began


def main(arguments: list[str]) -> int:
    seeds = int(arguments[0]) if arguments else 200
    first = int(arguments[1]) if len(arguments) > 1 else 1
    by_measure: dict[str, Counter[str]] = {}
    signals, took = 0, 0.0
    with ProcessPoolExecutor(2) as pool:
        for seed, said, seconds in pool.map(verdicts, range(first, first + seeds)):
            took += seconds
            loud = [m for m, v in said.items() if v == "signal"]
            signals += bool(loud)
            for measure, verdict in said.items():
                if not measure.endswith("?"):
                    by_measure.setdefault(measure, Counter())[verdict.partition(":")[0]] += 1
            for measure in loud:
                print(f"  seed {seed}: {measure}: {said[measure + '?']}", flush=True)
            for measure, verdict in said.items():
                if verdict.startswith("error"):
                    print(f"  seed {seed}: {measure}: {verdict}", flush=True)
    print(f"\n{'measure':22} {'signal':>7} {'watch':>7} {'noise':>7} {'not judged':>11} {'error':>6}")
    for measure, counts in by_measure.items():
        print(f"{measure:22} " + " ".join(f"{counts[v]:{w}}" for v, w in
              (("signal", 7), ("watch", 7), ("noise", 7), ("not_judged", 11), ("error", 6))))  # fmt: skip
    low, high = wilson(signals / seeds, seeds)
    missed = signals / seeds > BAR
    print(
        f"\nReports with a signal: {signals} of {seeds}, {signals / seeds:.1%} (95 % interval {low:.1%} to {high:.1%})."
    )
    print(f"Bar: at most {BAR:.0%}: {'MISSED' if missed else 'met'}. {took / seeds:.1f} s a company.")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
