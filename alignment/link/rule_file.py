"""Adds a rule to a priority in a strategy file as a person would: one line or a few signs more, everything else byte for byte."""

from __future__ import annotations

import difflib
import json
import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, SequenceNode

from alignment.errors import Mend
from alignment.weekly.week_file import end_of, value_of
from alignment.whole_file import replacing
from analyzer.proposed_rules import Proposed
from analyzer.strategy import Parked, Priority, Rule, Strategy
from analyzer.strategy_file import read_strategies

PLAIN = re.compile(r"[A-Za-z][\w/-]*")
WORDS_OF_YAML = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}


def condition(proposal: Proposed) -> str:
    """The rule as it stands in the file: ``{label: checkout}``."""
    if proposal.field == "title":
        word = proposal.value
        edges = (r"\b", r"\b") if word.isascii() else (r"(^|[^\pL\pN_])", r"([^\pL\pN_]|$)")
        return f"{{title: '(?i){edges[0]}{word}{edges[1]}'}}"
    return f"{{{proposal.field}: {_written(proposal.value)}}}"


def _written(value: str) -> str:
    if PLAIN.fullmatch(value) and value.isascii() and value.lower() not in WORDS_OF_YAML:
        return value
    return json.dumps(value, ensure_ascii=not value.isprintable())


def with_rule(text: str, target: str, rule: str) -> str:
    """The text of the file with the rule as the last of the target's. Raises KeyError where the file does not name the target."""
    root = YAML().compose(text)
    entry = next(
        (e for group in ("priorities", "not_now") for e in _items(value_of(root, group))
         if (named := value_of(e, "id")) is not None and named.value == target), None,
    )  # fmt: skip
    if entry is None:
        raise KeyError(target)
    rules = value_of(entry, "match")
    if isinstance(rules, SequenceNode) and rules.value:
        return _appended(text, rules, rule)
    if rules is not None:
        return f"{text[: rules.start_mark.index].rstrip()} [{rule}]{text[end_of(text, rules) :]}"
    if entry.flow_style:
        at = int(entry.end_mark.index) - 1
        head = text[:at].rstrip()
        return f"{head}{'' if head.endswith(',') else ','} match: [{rule}]{text[at:]}"
    return _line_after(text, end_of(text, entry), " " * entry.start_mark.column + f"match: [{rule}]")


def _items(node: Any) -> list[MappingNode]:
    return list(node.value) if isinstance(node, SequenceNode) else []


def _appended(text: str, rules: SequenceNode, rule: str) -> str:
    last = rules.value[-1]
    if rules.flow_style:
        at = end_of(text, last)
        return f"{text[:at]}, {rule}{text[at:]}"
    return _line_after(text, end_of(text, last), " " * rules.start_mark.column + f"- {rule}")


def _line_after(text: str, at: int, line: str) -> str:
    """A line behind the one that ends at or after ``at``, in the way this file ends its lines."""
    ends = "\r\n" if "\r\n" in text else "\n"
    end = text.find("\n", at)
    return f"{text.rstrip()}{ends}{line}{ends}" if end < 0 else f"{text[: end + 1]}{line}{ends}{text[end + 1 :]}"


def file_of(path: Path, strategy: Strategy) -> Path:
    """The file that holds a strategy read from ``path``."""
    return path / strategy.file.rsplit("/", 1)[-1] if path.is_dir() else path


def diff(file: Path, proposal: Proposed) -> str:
    """What the file would gain, as a unified diff. Raises Mend."""
    before = _text(file)
    after = _after(before, file.name, proposal)
    made = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{file.name}", f"b/{file.name}"
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in made)


def write(file: Path, proposal: Proposed) -> None:
    """Adds the rule, if the file then says exactly that more. Raises Mend, and the file stays as it was."""
    after = _after(_text(file), file.name, proposal)
    before, _ = read_strategies(file)
    with replacing(file, file.stat().st_mode & 0o777) as made:
        made.write_text(after, encoding="utf-8", newline="")
        found, mistakes = read_strategies(made)
        if mistakes or _rules(found) != _rules(before, proposal):
            raise Mend(f"{file.name} is written in a way that this program does not change.", _by_hand(proposal))


def _text(file: Path) -> str:
    return file.read_bytes().decode("utf-8")


def _after(text: str, name: str, proposal: Proposed) -> str:
    try:
        return with_rule(text, proposal.target, condition(proposal))
    except KeyError:
        raise Mend(f"{name} does not name {proposal.target}.", _by_hand(proposal)) from None


def _by_hand(proposal: Proposed) -> str:
    return f"Add it by hand to {proposal.target}: match: [{condition(proposal)}]"


def _rules(
    found: tuple[Strategy, ...], more: Proposed | None = None
) -> list[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]]]:
    """Every rule of every priority and of what is parked, in order."""
    told = []
    for strategy in found:
        entries: list[Priority | Parked] = [*strategy.priorities, *strategy.not_now]
        for entry in entries:
            told += [(entry.id, _said(rule)) for rule in entry.match]
            if more is not None and entry.id == more.target:
                made = YAML(typ="safe").load(condition(more))
                told.append((entry.id, _said(Rule.model_validate(made))))
    return told


def _said(rule: Rule) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((name, tuple(str(v) for v in values)) for name, values in rule.conditions().items())
