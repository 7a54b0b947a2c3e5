"""The export: a store as Parquet files, and a folder of somebody else's files read in the place of a store."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from tests.alignment.exported import STRATEGY, Command, execute, export, issue


def one_column(path: Path) -> None:
    duckdb.connect().sql("SELECT 1 AS ticket").write_parquet(str(path))


REPORT = ("report", "--as-of", "2026-03-01", "--format", "json")


@pytest.fixture
def alignment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """A folder with a store of a dozen tickets."""
    monkeypatch.chdir(tmp_path)
    Path("strategy.yaml").write_text(STRATEGY, encoding="utf-8")
    export(Path("export.jsonl"), [issue(n, label="growth" if n % 3 else "other") for n in range(1, 25)])
    assert execute(capsys, "pull", "export.jsonl").code == 0
    return lambda *args: execute(capsys, *args)


def result(folder: str) -> str:
    (path,) = Path(folder).glob("*.json")
    return path.read_text(encoding="utf-8")


def test_a_report_from_the_files_is_that_of_the_store(alignment: Command) -> None:
    said = alignment("export", "--json").data
    assert said["rows"]["tickets"] == 24 and not Path("alignment-export/raw.parquet").exists()
    assert alignment(*REPORT, "--out", "a").code == 0
    Path("alignment-export.key").write_bytes(Path("alignment.key").read_bytes())
    assert alignment(*REPORT, "--out", "b", "--store", "alignment-export").code == 0
    assert result("a") == result("b")
    assert {p.suffix for p in Path("alignment-export").iterdir()} == {".parquet", ".json"}, (
        "reading it leaves nothing in it"
    )


def test_an_audit_reads_the_files_and_keeps_nothing(alignment: Command) -> None:
    assert alignment("export").code == 0
    before = {p.name: p.read_bytes() for p in Path("alignment-export").iterdir()}
    line = ("audit", "--as-of", "2026-03-01", "--format", "json", "--out", "a")
    said = alignment(*line, "--store", "alignment-export")
    assert (said.code, said.err) == (0, "") and Path("a/audit-2026-03-01.json").exists()
    assert {p.name: p.read_bytes() for p in Path("alignment-export").iterdir()} == before


def test_what_it_holds_is_replaced_and_what_is_no_export_is_left_alone(alignment: Command) -> None:
    assert alignment("export", "--raw").code == 0
    Path("alignment-export/old.parquet").write_bytes(b"of an earlier version")
    assert alignment("export").code == 0
    assert not Path("alignment-export/old.parquet").exists() and not Path("alignment-export/raw.parquet").exists()
    Path("mine").mkdir()
    Path("mine/thesis.txt").write_text("years of work", encoding="utf-8")
    said = alignment("export", "--out", "mine")
    assert said.code == 1 and "no earlier export" in said.err and Path("mine/thesis.txt").exists()


def test_tables_of_a_warehouse_are_taken_as_they_are(alignment: Command) -> None:
    """Three tables with moments that have a zone, wide numbers, columns of their own and some of ours missing."""
    assert alignment(*REPORT, "--out", "a").code == 0
    Path("lake").mkdir()
    with duckdb.connect("alignment.duckdb", read_only=True) as con:
        con.execute("SET TimeZone = 'America/New_York'")
        for table, columns in {
            "tickets": "* REPLACE (no::BIGINT AS no, created AT TIME ZONE 'UTC' AS created), 'x' AS cost_centre",
            "spans": "* REPLACE (since AT TIME ZONE 'UTC' AS since, until AT TIME ZONE 'UTC' AS until)",
            "trackers": "* EXCLUDE (source)",
            "people": "*",
        }.items():
            con.sql(f"SELECT {columns} FROM {table}").write_parquet(f"lake/{table}.parquet")
    said = alignment(*REPORT, "--out", "b", "--store", "lake")
    assert said.code == 0, said.err
    ours, theirs = (json.loads(result(folder)) for folder in "ab")
    shares = [
        [f["value"] for f in r["findings"] if f["meta"]["id"] in ("priority_drift", "unlinked_work")]
        for r in (ours, theirs)
    ]
    assert shares[0] == shares[1] and None not in shares[0]
    assert theirs["coverage"][0]["tickets"] == 24


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "spans.parquet").unlink(), "holds no spans.parquet"),
        (lambda folder: one_column(folder / "spans.parquet"), "has no column field, value"),
        (lambda folder: (folder / "spans.parquet").write_bytes(b"PAR1 no"), "cannot be read as the table spans"),
    ],
)  # fmt: skip
def test_a_folder_that_is_none_is_one_sentence(alignment: Command, spoil: object, said: str) -> None:
    assert alignment("export").code == 0
    assert callable(spoil)
    spoil(Path("alignment-export"))
    answer = alignment(*REPORT, "--store", "alignment-export")
    assert (
        answer.code == 1
        and said in answer.err
        and "docs/warehouse.md" in answer.err
        and len(answer.err.splitlines()) <= 3
    )


def test_an_export_is_never_written(alignment: Command) -> None:
    assert alignment("export").code == 0
    before = {p.name: p.read_bytes() for p in Path("alignment-export").iterdir()}
    answer = alignment("pull", "export.jsonl", "--store", "alignment-export")
    assert answer.code == 1 and "read and never written" in answer.err
    assert before == {p.name: p.read_bytes() for p in Path("alignment-export").iterdir()}


def test_files_carry_no_tags(alignment: Command) -> None:
    """The trap: a plan of nothing that says every ticket carries its tags."""
    Path("alignment.yaml").write_text("trackers: [{name: jira, kind: file, path: export.jsonl}]\n", encoding="utf-8")
    answer = alignment("link", "plan")
    assert answer.code == 1 and "only read" in answer.err and not Path("tags.plan.yaml").exists()
