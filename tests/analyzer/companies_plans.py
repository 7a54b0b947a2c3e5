"""Random strategies, decisions and team settings for a random company, out of the words that its tickets use."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from analyzer.strategy import Strategy
from tests.analyzer.oracle import DAY, Company, Decision

SPLITS = ((1_000_000,), (1_000_000,), (500_000, 500_000), (333_333, 333_333, 333_334), (1, 999_999))
PATTERNS = ("(?i)checkout.*(slow|fast)", "^Faster", "(?i)CHECKOUT", "invoice$", "A.I")


def strategies(rng: Random, company: Company, first: date, life: int) -> tuple[Strategy, ...]:
    """One or more that follow each other, with gaps between some; ids partly stay from one to the next."""
    number = rng.choice([1, 2, 2, 3])
    cuts = sorted(first + rng.randrange(life) * DAY for _ in range(number - 1))
    bounds = [first - 30 * DAY, *cuts, first + 2 * life * DAY]
    made = []
    for n in range(number):
        last = bounds[n + 1] - DAY * rng.choice([1, 1, 8])
        if last >= bounds[n]:
            valid = {"from": bounds[n], "to": last}
            made.append(_strategy(rng, company, n, valid if number > 1 or rng.random() < 0.5 else None, first, life))
    return tuple(made)


def _strategy(rng: Random, company: Company, n: int, valid: dict[str, date] | None, first: date, life: int) -> Strategy:
    ids = rng.sample(["growth", "trust", "speed", f"only-{n}"], rng.randint(1, 4))
    priorities: list[dict[str, Any]] = [
        {"id": i, "horizon": rng.choice(["now", "now", "next", "not-now"]), "match": _rules(rng, company)} for i in ids
    ]
    priorities.append({"id": "upkeep", "kind": "upkeep", "match": _rules(rng, company)})
    rng.shuffle(priorities)
    waiting = [{"id": i, "match": _rules(rng, company)} for i in rng.sample(["mobile", "redesign"], rng.randint(0, 2))]
    for item in waiting:
        if rng.random() < 0.6:
            item["until"] = first + rng.randrange(life) * DAY  # type: ignore[assignment]
    return Strategy.model_validate(
        {"strategy": f"Strategy {n}", "valid": valid, "priorities": priorities, "not_now": waiting}
    )


def _rules(rng: Random, company: Company) -> list[dict[str, Any]]:
    """Up to three rules of up to three conditions of up to two values, some of which nothing has."""
    words = _words(company)
    rules = []
    for _ in range(rng.choice([0, 1, 1, 2, 3])):
        rule: dict[str, Any] = {}
        for name in rng.sample(sorted(words), rng.choice([1, 1, 1, 2, 2, 3])):
            chosen = [_case(rng, name, v) for v in rng.choices(words[name], k=rng.choice([1, 1, 2]))]
            if name == "Theme":
                rule["fields"] = {"Theme": chosen}
            else:
                rule[name] = chosen
        rules.append(rule)
    return rules


def _case(rng: Random, name: str, value: str) -> str:
    """People do not mind upper and lower case; beyond ASCII, Python and the engine may differ over what it is."""
    return rng.choice([value, value, value.upper(), value.lower()]) if value.isascii() and name != "title" else value


def _words(company: Company) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for c in company.containers:
        named.setdefault("project" if c.kind == "space" else c.kind, []).extend([c.name, *([c.key] if c.key else [])])
    values: dict[str, set[str]] = {}
    for s in company.spans:
        if s.value is not None:
            values.setdefault(s.field, set()).add(s.value)
    words = {name: sorted(values.get(name, set())) for name in ("label", "component", "type", "team")}
    words["Theme"] = sorted(values.get("custom:Theme", set()))
    words["team"] = [*words["team"], "Payments", "Crew", "no team"]
    words["tracker"] = ["jira", "linear", "jira-eu"]
    words["key"] = words["epic"] = [t.key for t in company.tickets]
    words["epic"] = [t.key for t in company.tickets if t.level >= 1] * 3 + words["epic"]
    words["title"] = list(PATTERNS)
    for name, found in named.items():
        words.setdefault(name, []).extend(found)
    initiatives = words.get("initiative", [])
    words["initiative"] = [*initiatives, *(words.get("project", [])[:1] if initiatives else [])]
    return {name: found for name, found in words.items() if found}


def decisions(rng: Random, company: Company, moments: list[datetime]) -> tuple[Decision, ...]:
    """A person's words on tickets and containers: whole, split, nothing, of another strategy, taken back later."""
    ids = [p.id for s in company.strategies for p in s.priorities]
    ids += [*(p.id for s in company.strategies for p in s.not_now), "growth", "gone"]
    tickets, containers = [t.id for t in company.tickets], [c.id for c in company.containers]
    wholes = [r.target for r in company.relations] or containers
    parents = sorted({s.value for s in company.spans if s.field == "parent" and s.value in tickets}) or tickets
    made: dict[tuple[str, datetime], list[Decision]] = {}
    for moment in moments[: rng.choice([0, 3, 12])]:
        target = rng.choice(rng.choice([tickets, parents, containers, wholes]))
        weights = rng.choice(SPLITS)
        served = rng.sample([None, *sorted(set(ids))], k=min(len(weights), 1 + len(set(ids))))
        if len(served) == len(weights):
            made[target, moment] = [Decision(moment, target, p, w) for p, w in zip(served, weights, strict=True)]
        if rng.random() < 0.3:
            later = moment + timedelta(days=rng.randint(1, 9))
            made[target, later] = [Decision(later, target, rng.choice([None, *ids]), 1_000_000)]
    return tuple(d for n, rows in enumerate(made.values(), start=1) for d in _said(rng, n, rows, tickets))


def _said(rng: Random, act: int, rows: list[Decision], tickets: list[str]) -> list[Decision]:
    """Some as before acts had numbers; else an act, at times with all below it, taken back, a rejection, or one of two at once."""
    if rng.random() < 0.3:
        return rows
    target, below = rows[0].target, rng.random() < 0.5 and rows[0].target in tickets
    undone = rows[0].moment + timedelta(days=rng.randint(0, 9)) if rng.random() < 0.25 else None
    said = [replace(d, act=2 * act, below=below, undone=undone) for d in rows]
    if rng.random() < 0.1:
        said = [replace(d, rejects=True, below=False) for d in said if d.priority is not None]
    if rng.random() < 0.2:
        said.append(Decision(rows[0].moment, target, rng.choice([None, "growth"]), 1_000_000, act=2 * act + 1))
    return said


def teams(rng: Random, company: Company) -> tuple[tuple[str, str, str], ...]:
    """Settings that name some teams."""
    words = [
        ("tracker_team", "core"),
        ("label", "PLATFORM"),
        ("label", "ΟΔΟΣ"),
        ("component", "api"),
        ("project", "pay"),
    ]
    words += [("project", c.name) for c in company.containers if c.kind in ("space", "project")]
    return tuple((rng.choice(["Payments", "Crew"]), *rng.choice(words)) for _ in range(rng.choice([0, 0, 2, 4])))
