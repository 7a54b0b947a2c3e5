"""The strategy is one YAML file, or a folder of dated ones of which at most one is in force on any day."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from analyzer.located_yaml import Group, load, parse, validate
from analyzer.problem import Mistake
from analyzer.strategy import Strategy
from analyzer.strategy_checks import advise, check
from analyzer.strategy_rhythm import Valid


@dataclass(slots=True)
class _Loaded:
    """One file; ``valid`` is known even where another part is broken."""

    name: str
    group: Group | None
    strategy: Strategy | None
    valid: Valid | None
    mistakes: list[Mistake]


def read_strategies(path: Path) -> tuple[tuple[Strategy, ...], list[Mistake]]:
    """The strategies without a mistake, sorted by first day, and the mistakes of all files.

    A folder gives its ``*.yaml`` and ``*.yml`` (not those of folders inside). Mistakes and rules name a file as
    ``strategy.yaml``, or ``folder/2026-h2.yaml``, so that they read alike on every machine.
    """
    loaded, mistakes = _load_all(path)
    if len(loaded) > 1:
        for one in loaded:
            if one.group is not None and "valid" not in one.group.lines:
                fix = "Add e.g. valid: {from: 2026-07-01, to: 2026-12-31}, or keep one file"
                one.mistakes.append(
                    Mistake(one.name, 1, "'valid' is missing, and there are several strategy files", fix)
                )
        _find_overlaps(loaded)
    mistakes += [mistake for one in loaded for mistake in one.mistakes]
    whole = [one.strategy for one in loaded if one.strategy is not None and not one.mistakes]
    return tuple(sorted(whole, key=_first_day)), sorted(set(mistakes))


def read_advice(path: Path) -> list[Mistake]:
    """What the files may say but hardly mean, such as shares that never reach 100 %. It stops nothing."""
    return sorted(advice for one in _load_all(path)[0] if one.group for advice in advise(one.group))


def in_force(strategies: Iterable[Strategy], day: date) -> Strategy | None:
    """The strategy in force on that day; None in a gap."""
    return next((one for one in strategies if one.in_force(day)), None)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the file as people write it, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Strategy.model_json_schema()}


def _load_all(path: Path) -> tuple[list[_Loaded], list[Mistake]]:
    if not path.is_dir():
        return [_load(path, path.name or str(path))], []
    folder = path.name or path.resolve().name
    try:
        files = sorted(file for file in path.iterdir() if file.suffix in (".yaml", ".yml") and file.is_file())
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        return [], [Mistake(folder, 1, f"the folder cannot be read ({reason})", "Check its permissions")]
    if not files:
        what = "there is no strategy file (*.yaml) in this folder"
        return [], [Mistake(folder, 1, what, "Write one; docs/strategy.md has an example")]
    return [_load(file, f"{folder}/{file.name}") for file in files], []


def _load(path: Path, name: str) -> _Loaded:
    group, mistakes = load(path, name)
    if group is None:
        return _Loaded(name, None, None, None, mistakes)
    strategy, more = validate(group, Strategy)
    mistakes = sorted({*mistakes, *more, *check(group)})
    try:
        valid = Valid.model_validate(group.get("valid"), by_alias=True, by_name=False)
    except ValidationError:
        valid = None
    return _Loaded(name, group, strategy, valid, mistakes)


@lru_cache(maxsize=64)
def strategy_of(name: str, text: str) -> Strategy | None:
    """A version of a file that was kept; ``None`` where it had mistakes."""
    group, mistakes = parse(text, name)
    if group is None or mistakes:
        return None
    strategy, wrong = validate(group, Strategy)
    return None if wrong or check(group) else strategy


def _find_overlaps(loaded: list[_Loaded]) -> None:
    """Adds a mistake to each file that begins before an earlier one has ended."""
    dated = sorted(((one.valid, one) for one in loaded if one.valid is not None), key=lambda pair: pair[0].first)
    longest: tuple[Valid, _Loaded] | None = None
    for valid, one in dated:
        if longest is not None and valid.first <= (longest[0].last or date.max):
            end = f"runs to {longest[0].last}" if longest[0].last else "has no last day"
            what = f"{one.name} begins on {valid.first}, but {longest[1].name} {end}"
            fix = f"Let one end before the other begins: mend 'valid' in {longest[1].name} or {one.name}"
            one.mistakes.append(Mistake(one.name, one.group.lines["valid"] if one.group else 1, what, fix))
        if longest is None or (valid.last or date.max) > (longest[0].last or date.max):
            longest = (valid, one)


def _first_day(strategy: Strategy) -> date:
    return strategy.valid.first if strategy.valid else date.min


if __name__ == "__main__":
    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
