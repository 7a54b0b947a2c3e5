"""Every measure keeps the promises of its family, on whatever store it is given."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

import analyzer.measures
from analyzer.board import Board
from analyzer.measures import MEASURES
from analyzer.result import Finding, Meta, Result, Table, json_schema
from analyzer.score import score
from tests.analyzer import drawn
from tests.conftest import MakeBoard

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "docs" / "result.schema.json"

PLAN = """
strategy: First half
unlinked_allowance: 10%
priorities:
  - {id: growth, name: Growth, share: 60-80%, scope: {items: 2-4, points: 5}, match: [{label: growth}]}
  - {id: bugs, name: Bugs, kind: upkeep, share: 10-40%, match: [{type: Bug}]}
not_now:
  - {id: mobile, name: Mobile redesign, until: 2026-02-10, match: [{label: mobile}]}
"""
BUSY = """
key        created     doing       done        cancelled   assignee  team      type   parent  sprint          labels  estimate
E-1        2026-01-05  -           -           -           -         -         Epic   -       -               growth  -
A-1..40    2026-01-05  2026-01-12  2026-01-16  -           1..9      Payments  Story  E-1     Now             -       3
A-41..60   2026-01-05  2026-02-02  2026-02-06  -           11..14    Data      Bug    -       Now@2026-02-09  -       2
A-61..90   2026-01-05  2026-02-09  -           -           21..28    Mobile    Story  X-9     -               mobile  -
A-91..95   2026-01-05  2026-02-09  -           2026-02-20  21..28    Mobile    Story  -       -               -       5

sprint  start       end         completed
Now     2026-02-02  2026-02-13  2026-02-13
"""
STORES = {
    "empty": "key  created",
    "one ticket": "key  created     doing       done        assignee\nA-1  2026-01-05  2026-01-12  2026-01-16  1",
    "one of today": "key  created\nA-1  2026-03-01T23:59:59",
    "one of long ago": "key  created     done\nA-1  1970-01-01  2026-01-16",
    "CSV only": "key  created     done  assignee serves  history\nA-1..40  2026-01-05  2026-01-16  1..9  growth none",
    "nobody holds anything": "key  created     doing       done\nA-1..40  2026-01-05  2026-01-12  2026-01-16",
    "busy": BUSY,
}
PLANS = {
    "plan": [PLAN],
    "no plan": [],
    "bare": ["strategy: s\npriorities: [{id: growth}]"],
    "gap": [PLAN.replace("\nun", "\nvalid: {from: 2026-02-02, to: 2026-02-08}\nun")],
    "over": [PLAN.replace("\nun", "\nvalid: {from: 2025-01-01, to: 2025-02-08}\nun")],
}


def result(board: Board, measures: tuple[ModuleType, ...] = MEASURES) -> Result:
    return score(board.con, board.strategies, board.options, drawn.AS_OF, measures=measures)


def test_the_tuple_is_the_folder_and_ids_are_file_names() -> None:
    folder = {path.stem for path in (ROOT / "analyzer" / "measures").glob("*.py")} - {"__init__"}
    assert {module.__name__.rsplit(".", 1)[-1] for module in MEASURES} == folder
    assert all(module.META.id == module.__name__.rsplit(".", 1)[-1] for module in MEASURES)
    assert len({module.META.id for module in MEASURES}) == len(MEASURES)


@pytest.mark.parametrize("module", MEASURES, ids=lambda m: m.META.id)
def test_what_it_says_of_itself_is_whole(module: ModuleType) -> None:
    meta: Meta = module.META
    assert meta.question.endswith("?")
    for words in (meta.how, meta.limits, meta.source):
        assert words.endswith("."), words
    assert not re.search(r"</|<br|<p>|&\w+;", Path(module.__file__ or "").read_text(encoding="utf-8")), (
        "a measure writes no HTML"
    )


@pytest.mark.parametrize(
    ("store", "plan"),
    [*((s, "plan") for s in STORES), *(("busy", p) for p in PLANS if p != "plan"), ("empty", "no plan")],
)
def test_no_store_breaks_a_measure_and_every_ticket_shown_is_there(board: MakeBoard, store: str, plan: str) -> None:
    made = board(*PLANS[plan], text=STORES[store])
    given = result(made)
    assert {f.meta.id: f.reason for f in given.findings if f.verdict == "error"} == {}
    if store == "empty" or plan == "no plan":
        assert {f.meta.id for f in given.findings if f.verdict in ("signal", "watch")} <= {"data_quality"}
    known = {ident for (ident,) in made.con.execute("SELECT id FROM tickets").fetchall()}
    shown = {
        t for f in given.findings for d in f.details for r in getattr(d, "rows", []) for t in getattr(r, "tickets", [])
    }
    shown |= {t for f in given.findings for d in f.details for t in getattr(d, "tickets", [])}
    shown |= {t for f in given.findings if f.move for t in f.move.tickets}
    assert shown <= known and shown == set(given.tickets)
    for finding in given.findings:
        assert (finding.verdict == "not_judged") == bool(finding.reason)
        assert finding.move is None or (
            finding.verdict in ("signal", "watch") and re.search(r"[.?]$", finding.move.sentence)
        )
        assert finding.sentence.endswith(".") and "nan" not in finding.sentence.lower()
    Draft202012Validator(json_schema()).validate(json.loads(given.model_dump_json()))


@pytest.mark.parametrize("basis", ["days", "count", "points"])
def test_a_measure_is_pure(board: MakeBoard, basis: str) -> None:
    made = board(PLAN, text=BUSY, basis=basis)
    once, again = ([m.measure(made) for m in modules] for modules in (MEASURES, tuple(reversed(MEASURES))))
    assert once == list(reversed(again))
    assert any(f.verdict in ("signal", "watch") for f in once), "a board on which nothing is found proves little"
    assert result(made).model_dump_json() == result(board(PLAN, text=BUSY, basis=basis)).model_dump_json()


def test_one_that_breaks_becomes_an_error_and_the_others_go_on(board: MakeBoard) -> None:
    def measure(_: Board) -> Finding:
        raise ZeroDivisionError("Jane Doe")

    meta = MEASURES[0].META.model_copy(update={"id": "broken"})
    broken = SimpleNamespace(META=meta, measure=measure)
    made = board(PLAN, text=BUSY)
    given = result(made, (broken, *MEASURES))  # type: ignore[arg-type]
    assert (given.findings[0].verdict, given.findings[0].meta.id) == ("error", "broken")
    assert re.match(r"ZeroDivisionError in measure \(test_measures_contract\.py:\d+\)$", given.findings[0].reason)
    assert "Jane" not in given.model_dump_json()  # what an exception says may quote a ticket
    assert given.findings[1:] == result(made).findings


def test_the_published_schema_is_that_of_today() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json_schema(), "run: make docs"
    Draft202012Validator.check_schema(json_schema())


def test_what_is_cut_from_the_evidence_is_counted(board: MakeBoard) -> None:
    def rows(evidence: int) -> list[tuple[int, int]]:
        details = [d for f in result(board(PLAN, text=BUSY, evidence=evidence)).findings for d in f.details]
        return [(len(r.tickets), r.more) for d in details if isinstance(d, Table) for r in d.rows]

    few, all_ = rows(1), rows(1_000)
    assert max(shown for shown, _ in few) == 1 and max(shown for shown, _ in all_) > 20
    assert [shown + more for shown, more in few] == [shown for shown, _ in all_]


@pytest.mark.parametrize("module", [analyzer.measures, importlib.import_module("analyzer.score")])
def test_measures_are_listed_and_not_searched_for(module: ModuleType) -> None:
    assert not re.search(r"pkgutil|iter_modules|glob|register", Path(module.__file__ or "").read_text(encoding="utf-8"))
