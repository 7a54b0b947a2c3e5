"""Nobody is named in what comes out, whatever the trackers' texts say: titles, sprints, teams, labels, updates, problems."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alignment.installation import known_secret
from alignment.setup.discovery import _hiding
from analyzer.result import Result
from analyzer.store import Store
from connectors.example.company import company
from reports import FORMATS
from tests.alignment.exported import PERSON, STRATEGY, Command, execute, export, issue
from tests.alignment.planted_names import Planted, Shape, forms, hidden, pulled, scored

TRACE = hidden(PERSON)
OWNER = "Dana Whitfield"


def texts(result: Result) -> dict[str, str]:
    data = json.loads(result.model_dump_json())
    drawn = {path: text for form in FORMATS for path, text in form.files(data, "report").items()}
    return {"result": result.model_dump_json(), **drawn}


def places(value: Any, wanted: re.Pattern[str], path: str = "") -> Iterator[str]:
    """Where a Result holds a name; positions in lists are left out."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, wanted, path if path.endswith(("cells", "tickets")) else f"{path}/{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from places(inner, wanted, path)
    elif isinstance(value, str) and wanted.search(value):
        yield path


@pytest.mark.parametrize("shape", ["cloud", "data center", "linear"])
def test_no_text_of_a_tracker_names_anyone(tmp_path: Path, shape: Shape) -> None:
    """One of the three owns a priority, after another a priority is called; the third nobody may find anywhere."""
    made = company()
    owner, priority, third = (p.name for p in made.people[3:6])
    store = pulled(tmp_path / "store.duckdb", Planted(made, shape, (owner, priority, third)))
    bare, result = scored(store, tmp_path / "strategy", Head_of_Payments=owner, Trusted_data=priority)
    before = set(places(bare.model_dump(), hidden(third)))
    assert {"/tickets", "/findings/details/rows/cells"} <= before, "else this test would show nothing"
    for path, text in texts(result).items():
        assert not hidden(third).search(text), path
        assert "(a person)" in text or path.endswith(".csv"), path
    owned = set(places(result.model_dump(), hidden(owner)))
    assert owned == {"/strategies/priorities/owner"}, "the role stays, its owner's name in a title does not"
    named = {v for v in strings(result.model_dump(exclude={"strategies"})) if hidden(priority).search(v)}
    assert priority in named and all(priority in v for v in named), (
        "a priority keeps its name, though someone has the same"
    )
    assert not any(hidden(priority).search(t.title) for t in result.tickets.values())


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


@pytest.fixture
def alignment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in a folder with a strategy whose priority is owned by someone."""
    monkeypatch.chdir(tmp_path)
    strategy = STRATEGY.replace("name: Growth,", f"name: Growth, owner: {OWNER},")
    Path("strategy.yaml").write_text(strategy, encoding="utf-8")
    Path("alignment.yaml").write_text(SETTINGS, encoding="utf-8")
    return lambda *args: execute(capsys, *args)


SETTINGS = """
trackers: [{name: tracker, kind: file, path: export*}]
groups: {at_least: 1}
report: {formats: [html, md, csv, json]}
"""


def sheet(rows: list[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def title(n: int) -> str:
    said = forms(PERSON)
    return f"Ask {said[n % len(said)]}"


def jira_csv() -> str:
    """The assignee as Data Center writes it, by user name."""
    same = {
        "Issue Type": f"Chore of {PERSON}", "Status": "Done", "Status Category": "Done", "Project key": "PAY",
        "Project name": f"Team {PERSON}", "Priority": f"{PERSON}!", "Assignee": "wquartermaine", "Reporter": PERSON,
        "Created": "2026-01-05", "Updated": "2026-01-16", "Resolved": "2026-01-16", "Labels": "winifred-quartermaine",
        "Sprint": f"{PERSON} 1", "Fix Version/s": f"{PERSON} 2", "Component/s": f"{PERSON} 3",
        "Creator": OWNER,
    }  # fmt: skip
    return sheet([{"Issue key": f"PAY-{n}", "Issue id": str(n), "Summary": title(n)} | same for n in range(1, 40)])


def linear_csv() -> str:
    same = {
        "Team": f"Team {PERSON}", "Description": PERSON, "Status": "Done", "Estimate": f"of {PERSON}", "Priority": "Urgent",
        "Project": f"{PERSON} 1", "Creator": "w.quartermaine@acme.example", "Assignee": PERSON, "Labels": "winifred-quartermaine",
        "Subscribers": OWNER, "Cycle Number": "3", "Cycle Name": f"{PERSON} 2", "Created": "2026-01-05T08:00:00Z",
        "Updated": "2026-01-16T08:00:00Z", "Started": "2026-01-12T08:00:00Z", "Completed": "2026-01-16T08:00:00Z",
        "Initiatives": f"{PERSON} 3", "Project Milestone": f"{PERSON} 4",
    }  # fmt: skip
    return sheet([{"ID": f"ENG-{n}", "Title": title(n)} | same for n in range(1, 40)])


@pytest.mark.parametrize("made", [jira_csv, linear_csv])
def test_an_export_as_csv_names_nobody_either(alignment: Command, made: Any) -> None:
    """Commands from the first to the last: what they print, and every file they write."""
    Path("export.csv").write_text(made(), encoding="utf-8")
    said = [alignment("pull"), alignment("report", "--as-of", "2026-03-01", "--effort", "count")]
    assert all(s.code == 0 for s in said)
    files = [p for p in Path("reports").rglob("*") if p.is_file()]
    assert {p.suffix for p in files} == {".html", ".md", ".csv", ".json"}
    written = {str(p): p.read_text(encoding="utf-8") for p in files}
    for path, text in {**written, "printed": "".join(s.out + s.err for s in said)}.items():
        assert [m[0] for m in TRACE.finditer(text)] == [], path
    (report,) = Path("reports").glob("*.json")
    result = json.loads(report.read_text(encoding="utf-8"))
    assert result["strategies"][0]["priorities"][0]["owner"] == OWNER
    assert len({t["title"] for t in result["tickets"].values()} & {"Ask (a person)"}) == 1


def test_without_the_key_the_report_says_so(alignment: Command) -> None:
    """The trap: a report that hides nothing and looks as if there was nothing to hide."""
    export(Path("export.jsonl"), [issue(n, f"Ask {PERSON} or w.q@acme.example") for n in range(1, 13)])
    assert alignment("pull").code == 0
    key = Path("alignment.key").read_bytes()
    for other, why in ((None, "is missing"), (b"0" * 64, "is another than it was filled with"), (key, "")):
        Path("alignment.key").unlink(missing_ok=True)
        if other is not None:
            Path("alignment.key").write_bytes(other)
        assert alignment("report", "--as-of", "2026-03-01", "--format", "json").code == 0
        result = json.loads(Path("reports/2026-03-01.json").read_text(encoding="utf-8"))
        titles, notes = {t["title"] for t in result["tickets"].values()}, "\n".join(result["notes"])
        assert titles == {"Ask (a person) or (a person)" if not why else f"Ask {PERSON} or (a person)"}
        assert (why in notes and "tracker" in notes) if why else "Names of people" not in notes
    assert known_secret(Path("alignment.duckdb")) == key


def test_another_key_is_taken_up_by_the_next_pull(alignment: Command) -> None:
    export(Path("export.jsonl"), [issue(n, f"Ask {PERSON}") for n in range(1, 13)])
    alignment("pull")
    Path("alignment.key").unlink()
    alignment("pull")
    alignment("report", "--as-of", "2026-03-01", "--format", "json")
    result = json.loads(Path("reports/2026-03-01.json").read_text(encoding="utf-8"))
    assert {t["title"] for t in result["tickets"].values()} == {"Ask (a person)"} and not result["notes"]
    with Store(Path("alignment.duckdb")).reading() as con:
        assert len(con.execute("SELECT DISTINCT key FROM names").fetchall()) == 1


def test_the_tables_of_the_store_hold_no_name(alignment: Command) -> None:
    """All but ``raw`` and the texts that people wrote, which are what the report is made from."""
    export(Path("export.jsonl"), [issue(n) for n in range(1, 13)])
    alignment("pull")
    with Store(Path("alignment.duckdb")).reading() as con:
        tables = [str(t) for (t,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        held = {t: str(con.execute(f"SELECT * FROM {t}").fetchall()) for t in tables if t != "raw"}
    assert len(held["names"]) > 500 and not [t for t, rows in held.items() if TRACE.search(rows) or "Winifred" in rows]


def test_what_a_pull_complains_of_names_nobody(alignment: Command) -> None:
    """An estimate that is no number is quoted, and so is a status nobody knows."""
    row = {"Title": "x", "Status": "Done", "Assignee": PERSON, "Estimate": f"ask {PERSON}", "Created": PERSON}
    rows = [{"ID": f"ENG-{n}"} | row | {"Updated": "2026-01-16T08:00:00Z"} for n in range(1, 4)]
    rows.append(rows[0] | {"ID": f"{PERSON}", "Updated": PERSON})
    Path("export.csv").write_text(sheet(rows), encoding="utf-8")
    said = alignment("pull")
    assert said.code == 0 and "(a person)" in said.out + said.err and not TRACE.search(said.out + said.err)


def test_what_init_proposes_names_nobody() -> None:
    """It is written into a strategy file, and what stands there is not hidden any more."""
    hide = _hiding([issue(1)])
    assert (
        hide(f"Wishes of {PERSON}") == "Wishes of (a person)" and hide("winifred-quartermaine (3)") == "(a person) (3)"
    )
