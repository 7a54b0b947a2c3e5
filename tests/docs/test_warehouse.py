"""The worked example of docs/warehouse.md, run as it stands there, gives the report of the same tickets pulled."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import pytest

from tests.alignment.exported import STRATEGY, execute, export, issue

PAGE = (Path(__file__).parents[2] / "docs" / "warehouse.md").read_text(encoding="utf-8")


def shares(folder: str) -> list[float]:
    (path,) = Path(folder).glob("*.json")
    found = json.loads(path.read_text(encoding="utf-8"))["findings"]
    return [f["value"] for f in found if f["meta"]["id"] in ("priority_drift", "unlinked_work")]


def test_the_worked_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("strategy.yaml").write_text(STRATEGY, encoding="utf-8")
    issues = [issue(n, label="growth" if n % 3 else "other") for n in range(1, 25)]
    export(Path("export.jsonl"), issues)
    assert execute(capsys, "pull", "export.jsonl").code == 0
    made, map_them = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    Path("lake").mkdir()
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'Asia/Tokyo'")
        con.execute(made)
        for one in issues:
            fields, ident = one["fields"], one["id"]
            begun, done = (h["created"] for h in one["changelog"]["histories"])
            row = (ident, one["key"], fields["summary"], "Story", fields["created"], fields["updated"])
            con.execute("INSERT INTO issues VALUES (?, ?, ?, ?, ?::TIMESTAMPTZ, ?::TIMESTAMPTZ)", row)
            for field, value, at in (
                ("status", "To Do", fields["created"]), ("status", "In Progress", begun), ("status", "Done", done),
                ("label", fields["labels"][0], fields["created"]),
                ("assignee", fields["assignee"]["accountId"], fields["created"]),
            ):  # fmt: skip
                con.execute("INSERT INTO field_history VALUES (?, ?, ?, ?::TIMESTAMPTZ)", [ident, field, value, at])
        con.execute(map_them)
    for store, out in (("alignment.duckdb", "a"), ("lake", "b")):
        said = execute(capsys, "report", "--as-of", "2026-03-01", "--format", "json", "--out", out, "--store", store)
        assert said.code == 0, said.err
    assert shares("a") == shares("b") and shares("a")[1] > 0.3
