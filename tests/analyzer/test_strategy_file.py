"""The strategy file is read whole, or every mistake in it is told with its line."""

from __future__ import annotations

import importlib
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from analyzer.problem import Mistake
from analyzer.strategy import Strategy
from analyzer.strategy_file import in_force, json_schema, read_advice, read_strategies
from analyzer.written import Condition, Range, Share

DOCS = Path(__file__).parents[2] / "docs"

DESIGN = """\
strategy: Second half 2026
valid: {from: 2026-07-01, to: 2026-12-31}
review: {every: week, on: monday, owner: Chief of staff}
unlinked_allowance: 10%
priorities:
  - id: fast-checkout
    name: Faster checkout
    why: Half of the abandoned baskets are abandoned while waiting.
    owner: Dana
    horizon: now                     # now | next | later | not-now
    share: 35-45%                    # intended share of effort; a range, or a number
    outcome: {measure: p95 checkout latency, from: 3.2 s, to: 1.5 s, by: 2026-12-01}
    done: 95% of checkouts finish within 1.5 s for two weeks, seen on the public dashboard.
    scope: {items: 20-40}            # what was agreed; growth outside is a breach
    match:                           # first match wins, in file order
      - {tracker: jira, project: PAY, label: strat-checkout}
      - {epic: [PAY-12, PAY-40]}
      - {tracker: linear, initiative: Faster checkout}
      - {title: '(?i)checkout.*(latency|slow)'}
    tag: strat-fast-checkout         # what write-back puts on tickets
  - id: keep-the-lights-on
    kind: upkeep                     # legitimate work that serves no priority
    share: 15-25%
    match: [{type: [Bug, Incident]}]
not_now:
  - {id: mobile-redesign, name: Mobile redesign, until: 2027-01-01, match: [{label: mobile-redesign}]}
assumptions:
  - {says: Interrupts stay under a fifth of our time, holds_if: share(keep-the-lights-on) <= 20%}
weeks:                               # the operating rhythm; `alignment week` adds an entry
  2026-W47: {focus: [fast-checkout], done_when: Payment retries are live for all.}
"""


def read(tmp_path: Path, text: str) -> tuple[tuple[Strategy, ...], list[Mistake]]:
    path = tmp_path / "strategy.yaml"
    path.write_text(text, encoding="utf-8")
    return read_strategies(path)


def told(tmp_path: Path, text: str) -> list[str]:
    strategies, mistakes = read(tmp_path, text)
    assert bool(strategies) != bool(mistakes)
    return [str(mistake).removeprefix("strategy.yaml:") for mistake in mistakes]


def test_the_example_of_the_design_reads_without_a_mistake(tmp_path: Path) -> None:
    (strategy,), mistakes = read(tmp_path, DESIGN)
    assert mistakes == []
    checkout, upkeep = strategy.priorities
    assert strategy.valid is not None and strategy.review is not None and checkout.outcome and checkout.scope
    assert (strategy.valid.first, strategy.valid.last) == (date(2026, 7, 1), date(2026, 12, 31))
    assert strategy.review.on == "monday" and strategy.unlinked_allowance == Share(0.1, 0.1)
    assert (checkout.share, checkout.scope.items) == (Share(0.35, 0.45), Range(20, 40))
    assert (checkout.outcome.start, checkout.outcome.target) == ("3.2 s", "1.5 s")
    assert [(rule.file, rule.line) for rule in checkout.match] == [("strategy.yaml", line) for line in (16, 17, 18, 19)]
    assert checkout.match[0].conditions() == {"tracker": ("jira",), "project": ("PAY",), "label": ("strat-checkout",)}
    assert (upkeep.tag, upkeep.title, upkeep.kind) == ("strat-keep-the-lights-on", "keep-the-lights-on", "upkeep")
    assert strategy.assumptions[0].holds_if == Condition("share", "keep-the-lights-on", "<=", 0.2)
    assert strategy.weeks["2026-W47"].focus == ("fast-checkout",)


def test_five_mistakes_are_told_as_five(tmp_path: Path) -> None:
    text = """\
strategy: Half
priorities:
  - {id: a, share: 60-40%}
  - {id: b, ownr: Dana}
  - id: a
    match:
      - {title: '(x'}
weeks:
  2026-W47: {focus: c}
"""
    assert told(tmp_path, text) == [
        "3: share '60-40%' runs backwards. Write the smaller number first, e.g. 40-60%.",
        "4: unknown key 'ownr'. Did you mean 'owner'?",
        "5: id 'a' is already taken on line 3. Give one of them another id.",
        "7: title '(x' is not a pattern: missing ): (x. "
        "Mend it by https://github.com/google/re2/wiki/Syntax (looking ahead or back is not in it).",
        "9: the focus of 2026-W47 is 'c', which is no priority here. Write one of: a, b.",
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("- {id: a}", "4: id 'a' is already taken on line 3. "),
        ("not_now: [{id: a}]", "4: id 'a' is already taken on line 3. "),
        ("- {id: b, tag: t}\n- {id: c, tag: t}", "5: tag 't' is already used on line 4. "),
        ("- {id: B}", "4: id 'B' may only have small letters, digits and dashes. Write e.g. b."),
        ("- {id: b, share: 60-70%}\n- {id: c, share: 50%}", "5: the lower ends of the shares add up to 110%, more "),
        ("valid: {from: 2026-12-31, to: 2026-07-01}", "4: valid ends (2026-07-01) before it begins (2026-12-31). "),
        ("weeks: {2026-W54: {focus: a}}", "4: 2026-W54 is a week that does not exist. "),
        (
            "weeks: {2026-W47: {focus: b}}",
            "4: the focus of 2026-W47 is 'b', which is no priority here. Write one of: a.",
        ),
        ("not_now: [{id: b}]\nweeks: {2026-W47: {focus: b}}", "5: the focus of 2026-W47 is 'b', which is parked. "),
        ("assumptions: [{says: x, holds_if: share(a) = 20%}]", "4: holds_if 'share(a) = 20%' cannot be checked. "),
        ("assumptions: [{says: x, holds_if: share(b) < 20%}]", "4: holds_if names 'b', which is no id in this file. "),
        ("assumptions: [{says: x, holds_if: share(a) < 20}]", "4: holds_if '20' has no percent sign. Write 20%."),
        (
            "assumptions: [{says: x, holds_if: growth(a) < 20%}]",
            "4: holds_if 'growth(a) < 20%' asks for growth(…), which is not known. ",
        ),
        (
            "assumptions: [{says: x, holds_if: unlinked(a) < 20%}]",
            "4: holds_if 'unlinked(a) < 20%' cannot be checked. ",
        ),
        ("assumptions: [{says: x, holds_if: finished(b) > 2}]", "4: holds_if names 'b', which is no id in this file. "),
        (
            "assumptions: [{says: x, holds_if: wip(Data team) < 2-3}]",
            "4: holds_if 'wip(Data team) < 2-3' compares with a range. ",
        ),
        ("teams: {Pay: {b: 20%}}", "4: the mix of Pay names 'b', which is no priority here. Write one of: a."),
        ("teams: {Pay: {a: 20}}", "4: a '20' has no percent sign. Write 20%."),
        (
            "- {id: b}\nteams: {Pay: {a: 60%, b: 50%}}",
            "5: the lower ends of Pay's mix add up to 110%, more than everything. ",
        ),
        ("- {id: b, share: 40}", "4: share '40' has no percent sign. Write 40%."),
        ("- {id: b, share: 1}", "4: share '1' could mean 1% or 100%. "),
        ("- {id: b, share: 120%}", "4: share '120%' is more than everything. Write at most 100%."),
        (
            "- {id: b, scope: {items: 40-20}}",
            "4: items '40-20' runs backwards. Write the smaller number first, e.g. 20-40.",
        ),
        ("- {id: b, scope: {}}", "4: scope says nothing. "),
        ("- {id: b, match: [{}]}", "4: item 1 of match has no condition. "),
        ("- {id: b, match: [{title: '(?=x)'}]}", "4: title '(?=x)' is not a pattern: invalid perl operator"),
        ("- {id: b, horizon: soon}", "4: horizon 'soon' is not known. Write one of: now, next, later or not-now."),
    ],
)
def test_each_check_tells_its_line_and_fix(tmp_path: Path, line: str, expected: str) -> None:
    (mistake,) = told(tmp_path, f"strategy: Half\npriorities:\n- {{id: a}}\n{line}\n")
    assert mistake.startswith(expected)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("35-45%", Share(0.35, 0.45)),
        ("35% - 45 %", Share(0.35, 0.45)),
        ("35\u201345 %", Share(0.35, 0.45)),
        ("35 to 45%", Share(0.35, 0.45)),
        ("40%", Share(0.4, 0.4)),
        ("0.4", Share(0.4, 0.4)),
        ("0.35-0.45", Share(0.35, 0.45)),
        ("2,5%", Share(0.025, 0.025)),
        ("0", Share(0, 0)),
        ("0-1%", Share(0, 0.01)),
    ],
)
def test_a_share_is_read_as_people_write_it(tmp_path: Path, written: str, meant: Share) -> None:
    (strategy,), _ = read(tmp_path, f"strategy: Half\npriorities: [{{id: a, share: '{written}'}}]\n")
    assert strategy.priorities[0].share == meant
    assert Share.parse(str(meant)) == meant


def test_a_condition_takes_one_value_or_several_and_custom_fields(tmp_path: Path) -> None:
    rule = "{sprint: 12, version: [2.10, '3'], fields: {Theme: [A, B], Q: x}}"
    text = f"strategy: Half\npriorities:\n- {{id: a, match: [{rule}]}}\n"
    (strategy,), _ = read(tmp_path, text)
    assert strategy.priorities[0].match[0].conditions() == {
        "version": ("2.10", "3"),
        "sprint": ("12",),
        "custom:Theme": ("A", "B"),
        "custom:Q": ("x",),
    }


def test_shares_that_never_reach_everything_are_advice_and_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "strategy.yaml"
    path.write_text(DESIGN)
    (advice,) = read_advice(path)
    assert advice.line == 5 and "reach only 80%" in advice.what
    path.write_text(DESIGN.replace("15-25%", "15-45%"))
    assert read_advice(path) == []
    path.write_text(DESIGN.replace("    share: 15-25%\n", ""))
    assert read_advice(path) == []


def test_a_condition_holds_or_not() -> None:
    condition = Condition.parse("share( a ) >= 20 %")
    assert (condition.holds(0.2), condition.holds(0.1), str(condition)) == (True, False, "share(a) >= 20%")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("unlinked() < 10%", Condition("unlinked", "", "<", 0.1)),
        ("wip( Data platform ) <= 2,5", Condition("wip", "Data platform", "<=", 2.5)),
        ("wip() <= 3", Condition("wip", "", "<=", 3.0)),
        ("finished(a) >= 5", Condition("finished", "a", ">=", 5.0)),
    ],
)
def test_what_a_condition_may_ask(written: str, meant: Condition) -> None:
    assert Condition.parse(written) == meant and Condition.parse(str(meant)) == meant
    schema = json_schema()["$defs"]["Assumption"]["properties"]["holds_if"]["anyOf"][0]
    assert re.search(schema["pattern"], written)


def folder(tmp_path: Path, **files: str) -> Path:
    """A folder of strategies from the text after ``valid: `` of each file."""
    path = tmp_path / "strategies"
    path.mkdir()
    for name, valid in files.items():
        (path / f"{name}.yaml").write_text(f"strategy: {name}\n{valid}\npriorities: [{{id: a}}]\n")
    return path


def test_dated_files_are_sorted_and_a_gap_is_fine(tmp_path: Path) -> None:
    path = folder(tmp_path, a="valid: {from: 2026-10-01}", b="valid: {from: 2026-01-01, to: 2026-06-30}")
    (path / "notes.txt").write_text("not a strategy")
    strategies, mistakes = read_strategies(path)
    assert mistakes == [] and [one.strategy for one in strategies] == ["b", "a"]
    days = [
        date(2025, 12, 31),
        date(2026, 1, 1),
        date(2026, 6, 30),
        date(2026, 7, 1),
        date(2026, 10, 1),
        date(2030, 1, 1),
    ]
    found = [in_force(strategies, day) for day in days]
    assert [one and one.strategy for one in found] == [None, "b", "b", None, "a", "a"]
    assert strategies[0].file == "strategies/b.yaml"


def test_an_overlap_names_both_files_even_where_one_is_broken(tmp_path: Path) -> None:
    path = folder(tmp_path, a="valid: {from: 2026-01-01, to: 2026-07-01}\nfoo: 1", b="valid: {from: 2026-07-01}")
    strategies, mistakes = read_strategies(path)
    assert strategies == ()
    assert [str(one).split(". ")[0] for one in mistakes] == [
        "strategies/a.yaml:3: unknown key 'foo'",
        "strategies/b.yaml:2: strategies/b.yaml begins on 2026-07-01, but strategies/a.yaml runs to 2026-07-01",
    ]


def test_a_strategy_without_dates_stands_alone(tmp_path: Path) -> None:
    path = folder(tmp_path, a="")
    (strategy,), mistakes = read_strategies(path)
    assert mistakes == [] and in_force([strategy], date(1999, 1, 1)) is strategy
    (path / "b.yml").write_text("strategy: b\nvalid: {from: 2026-01-01}\npriorities: [{id: a}]\n")
    strategies, (mistake,) = read_strategies(path)
    assert [one.strategy for one in strategies] == ["b"]
    assert str(mistake).startswith("strategies/a.yaml:1: 'valid' is missing")


def test_nothing_to_read_is_a_mistake(tmp_path: Path) -> None:
    assert [one.what for one in read_strategies(tmp_path / "none.yaml")[1]] == ["there is no such file"]
    assert [one.what for one in read_strategies(tmp_path)[1]] == ["there is no strategy file (*.yaml) in this folder"]


def test_the_schema_is_current_described_and_true() -> None:
    schema = json.loads((DOCS / "strategy.schema.json").read_text(encoding="utf-8"))
    assert schema == json_schema(), "run: python -m analyzer.strategy_file > docs/strategy.schema.json"
    every: list[dict[str, Any]] = [schema, *schema["$defs"].values()]
    assert [
        key for one in every for key, field in one["properties"].items() if not {"description", "$ref"} & set(field)
    ] == []
    validator = importlib.import_module("jsonschema").Draft202012Validator(schema)
    data = json.loads(json.dumps(YAML(typ="safe", pure=True).load(DESIGN), default=str))
    assert list(validator.iter_errors(data)) == []
    for share in ("60 of 100", 40, [1]):
        assert list(validator.iter_errors({"strategy": "x", "priorities": [{"id": "a", "share": share}]}))


LINES = st.lists(st.sampled_from(DESIGN.splitlines()), max_size=20).map("\n".join)
CUT = st.tuples(st.integers(0, len(DESIGN)), st.integers(0, 40), st.text(max_size=5)).map(
    lambda cut: DESIGN[: cut[0]] + cut[2] + DESIGN[cut[0] + cut[1] :]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=LINES | CUT)
def test_no_broken_strategy_raises_or_speaks_jargon(tmp_path: Path, text: str) -> None:
    path = tmp_path / "strategy.yaml"
    path.write_bytes(text.encode())
    strategies, mistakes = read_strategies(path)
    assert bool(strategies) != bool(mistakes)
    assert [
        one for one in mistakes if re.search("pydantic|input should|validation|NoneType|understood", one.what)
    ] == []
