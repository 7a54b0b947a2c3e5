"""A spreadsheet that opens these files executes none of their text."""

from __future__ import annotations

import csv
import io

import pytest

from reports import csv_tables
from tests.reports import sample


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return csv_tables.render(sample.company())


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ('=HYPERLINK("http://evil","x")', '\'=HYPERLINK("http://evil","x")'),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'=1"),
        (" \n=1", "'=1"),
        ("＝1", "'＝1"),
        ("plain", "plain"),
        ("two\nlines", "two lines"),
        (-1.5, -1.5),
        (-0.0, 0.0),
        (0.1 + 0.2, 0.3),
        (float("nan"), None),
        (None, None),
        (3, 3),
    ],
)
def test_text_is_defused_and_numbers_stay_numbers(cell: str | float | None, written: str | float | None) -> None:
    got = csv_tables.safe_cell(cell)
    assert got == written and str(got) == str(written)


def test_no_cell_of_any_file_would_be_executed(files: dict[str, str]) -> None:
    for name, text in files.items():
        for line in csv.reader(io.StringIO(text)):
            for cell in line:
                if cell.startswith(csv_tables.EXECUTED):
                    assert float(cell) < 0, (name, cell)


def test_one_file_for_each_detail_and_the_findings(files: dict[str, str]) -> None:
    assert {"findings.csv", "coverage.csv", "tickets.csv", "priority_drift.allocation.csv"} <= set(files)
    details = sum(len(finding["details"]) for finding in sample.company()["findings"])
    assert len(files) == 3 + details


def test_a_finding_is_a_row_with_its_numbers(files: dict[str, str]) -> None:
    drift = rows(files["findings.csv"])[0]
    assert (drift["id"], drift["value"], drift["low_95"], drift["score"]) == (
        "priority_drift",
        "0.084",
        "0.052",
        "66.4",
    )


def test_a_row_names_its_tickets_and_how_many_were_cut(files: dict[str, str]) -> None:
    first = rows(files["priority_drift.by_priority.csv"])[0]
    assert first["tickets"].split()[:2] == ["NOR-1000", "PAY-1001"]
    assert first["more_tickets"] == "30"


def test_a_series_says_its_range_and_the_weeks_set_apart(files: dict[str, str]) -> None:
    weeks = rows(files["priority_drift.allocation.csv"])
    assert {week["week"] for week in weeks if week["set_apart"] == "1"} == {"2026-W31"}
    assert (weeks[0]["low"], weeks[0]["high"]) == ("0.3", "0.4")


def test_file_names_cannot_leave_their_folder() -> None:
    result = sample.empty()
    result["findings"][0]["meta"]["id"] = "../../etc/passwd"
    result["findings"][0]["details"][0]["id"] = "a/b"
    assert all("/" not in name and ".." not in name for name in csv_tables.render(result))
