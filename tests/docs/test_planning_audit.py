"""The audits of docs/planning-audit.md, run again on the made-up company, say what the page says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyzer.plan import json_schema, read_plan
from analyzer.policy import json_schema as policy_schema
from docs import generate, planning
from reports import html
from tests.reports import browsing

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "planning-audit.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def done() -> dict[str, planning.Done]:
    return planning.run()


def test_the_page_quotes_what_the_commands_print(done: dict[str, planning.Done]) -> None:
    assert generate.filled(PAGE, planning.parts(done)) == PAGE, "run: python -m docs.generate"


def test_the_three_plans_are_told_apart(done: dict[str, planning.Done]) -> None:
    assert {plan: one.code for plan, one in done.items()} == {"good": 0, "starving": 3, "parked": 3}
    signals = {
        plan: [
            f["meta"]["id"]
            for f in one.result["findings"]
            if f["meta"]["id"].startswith("plan_") and f["verdict"] == "signal"
        ]
        for plan, one in done.items()
    }
    assert signals == {"good": [], "starving": ["plan_starved"], "parked": ["plan_parked"]}


def test_chromium_finds_no_fault_in_an_audit_with_a_plan(done: dict[str, planning.Done], tmp_path: Path) -> None:
    (tmp_path / "audit.html").write_text(html.render(done["good"].result), encoding="utf-8")
    with browsing.chromium() as browser:
        assert browsing.faults(browser, tmp_path / "audit.html") == []


def test_the_published_schemas_are_those_of_today() -> None:
    for name, schema in (("plan", json_schema()), ("policy", policy_schema())):
        assert json.loads((DOCS / f"{name}.schema.json").read_text(encoding="utf-8")) == schema, "run: make docs"


@pytest.mark.parametrize("plan", planning.PLANS)
def test_the_schema_takes_the_examples(plan: str) -> None:
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
    from ruamel.yaml import YAML

    path = planning.EXAMPLE / f"{plan}.yaml"
    assert read_plan(path)[1] == []
    written = json.loads(json.dumps(YAML(typ="safe").load(path.read_text(encoding="utf-8")), default=str))
    Draft202012Validator(json_schema()).validate(written)
