"""Every command says in one sentence what went wrong and how to mend it, and its exit code says who has to."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import duckdb
import pytest

from alignment.cli import cli
from alignment.pulling import pull as pulling
from analyzer.store import Store
from connectors.connector import ComeBack
from tests.alignment.exported import PERSON, STRATEGY, Command, Said, execute, export, issue

ROOT = Path(__file__).parents[2]
HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://evil","x")',
    "[link](javascript:alert(1))",
    "@SUM(1+1)|x",
    "+1\t-2",
)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(64)


@pytest.fixture
def alignment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in a folder with a strategy and an export of forty tickets."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Store.__init__, "__defaults__", (0.3, ""))  # the patience of a test
    Path("strategy.yaml").write_text(STRATEGY, encoding="utf-8")
    export(Path("export.jsonl"), [issue(n) for n in range(1, 41)])
    return lambda *args: execute(capsys, *args)


def one_sentence_and_the_fix(said: Said, *words: str) -> None:
    assert "Traceback" not in said.err + said.out
    assert len(said.err.strip().splitlines()) == 1, said.err
    assert len(re.findall(r"[.!?](?:\s|$)|: [a-z]", said.err)) >= 2, "what happened, then what to do"
    assert all(word in said.err for word in words), said.err


# ---------------------------------------------------------------- help


def commands() -> Iterator[list[str]]:
    yield []
    yield from ([name] for name in cli.commands)


@pytest.mark.parametrize("command", list(commands()), ids=" ".join)
def test_help_shows_examples_that_are_commands(alignment: Command, command: list[str]) -> None:
    said = alignment(*command, "--help")
    assert said.code == 0
    lines = said.out.partition("Examples:")[2].strip().splitlines()
    assert lines and all(line.split()[0] == "alignment" for line in lines)
    for line in lines:
        words = shlex.split(re.split(r" {2,}| > ", line.strip())[0])
        called = cli.commands[words[1]]
        called.parse_args(click.Context(called, info_name=words[1], help_option_names=["-h", "--help"]), words[2:])
        assert not command or words[1] == command[0]


HELP = """
import sys
from alignment.cli import cli, run
run(lambda: cli.main(["--help"], standalone_mode=False))
print([m for m in ("duckdb", "pandas", "numpy", "scipy", "pydantic", "networkx") if m in sys.modules])
"""


def test_help_loads_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", HELP], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


# ---------------------------------------------------------------- what works


def test_from_an_export_to_a_report(alignment: Command) -> None:
    pulled = alignment("pull", "export.jsonl")
    assert (pulled.code, pulled.out, pulled.err) == (0, "jira: 40 tickets from export.jsonl\n", "")
    said = alignment("report", "--as-of", "2026-03-01")
    assert said.code == 0 and said.out.startswith("\nGrowth gets 100\u00a0% of effort; 60–80\u00a0% was intended.")
    assert "Seen from the end of 2026-03-01." in said.out
    assert sorted(p.name for p in Path("reports").iterdir()) == ["2026-03-01.html", "2026-03-01.md", "index.html"]
    assert all(PERSON not in p.read_text(encoding="utf-8") for p in Path("reports").iterdir())


def test_without_a_history_the_way_on_is_said(alignment: Command) -> None:
    rows = [f"A-{n},{n},x,Done,2026-01-0{n} 10:00,2026-01-0{n} 11:00,2026-01-0{n} 11:00" for n in range(1, 9)]
    Path("own.csv").write_text("\n".join(["Issue key,Issue id,Summary,Status,Created,Updated,Resolved", *rows]))
    way = "--effort count judges by finished tickets"
    assert way in alignment("audit", "own.csv", "--strategy", "strategy.yaml").out
    assert way not in alignment("audit", "own.csv", "--strategy", "strategy.yaml", "--effort", "count").out
    alignment("pull", "export.jsonl")
    assert way not in alignment("report").out


def test_json_is_one_object_on_stdout(alignment: Command) -> None:
    assert alignment("pull", "export.jsonl", "--json").data == {
        "pulled": [{"tracker": "jira", "fetched": 40, "read": 40, "skipped": 0}]
    }
    report = alignment("report", "--as-of", "2026-03-01", "--json", "--format", "json").data
    assert report["verdicts"]["priority_drift"] == "signal" and report["scores"]["unlinked_work"] == 100.0
    (file,) = report["files"]
    assert json.loads(Path(file).read_text(encoding="utf-8"))["headline"] == report["headline"]
    assert alignment("check", "--json").data == {"mistakes": [], "advice": [], "trackers": {}, "come_back": []}


def test_the_newest_change_of_a_file_is_its_now(alignment: Command) -> None:
    alignment("pull", "export.jsonl")
    assert "Seen from 2026-01-16, the newest change in the files" in alignment("report").out


def test_an_empty_store_has_nothing_to_judge(alignment: Command) -> None:
    with Store(Path("alignment.duckdb")).writing():
        pass
    said = alignment("report")
    assert said.code == 0 and said.out.strip().startswith(
        "There is nothing to judge. There are no tickets in the store"
    )
    assert len(list(Path("reports").iterdir())) == 3


def test_a_store_that_is_not_there_is_not_made(alignment: Command) -> None:
    said = alignment("report", "--store", "typo.duckdb")
    assert said.code == 1
    one_sentence_and_the_fix(said, "There is no store at typo.duckdb", "alignment pull FILE")
    assert not Path("typo.duckdb").exists() and not Path("typo.key").exists()


def test_a_csv_does_not_take_a_known_history_away(alignment: Command) -> None:
    alignment("pull", "export.jsonl")
    Path("jira.csv").write_text(
        "Issue key,Issue id,Summary,Status,Created,Updated\nA-1,1,x,Done,2026-01-05 10:00,2026-01-06 10:00\n"
    )
    said = alignment("pull", "jira.csv")
    assert said.code == 1
    one_sentence_and_the_fix(said, "known with their history, and a CSV has none", "--store")


def test_a_rule_that_no_ticket_matches_is_no_drift(alignment: Command) -> None:
    """A slip in a label must not become an accusation."""
    alignment("pull", "export.jsonl")
    Path("strategy.yaml").write_text(
        "strategy: S\npriorities:\n  - {id: a, name: Checkout, share: 50-60%, match: [{label: chekout}]}\n"
        "  - {id: b, share: 0-100%, match: [{type: [Story, Task, Bug]}]}\n"
    )
    said = alignment("report", "--json").data
    assert said["verdicts"]["priority_drift"] in ("watch", "not_judged")


def test_a_week_is_looked_at_from_its_end(alignment: Command) -> None:
    alignment("pull", "export.jsonl")
    said = alignment("report", "--week", "2026-W09", "--json").data
    assert said["as_of"] == "2026-03-02T00:00:00Z" and said["files"][0].endswith("2026-W09.html")


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_titles_arrive_as_text(alignment: Command, title: str) -> None:
    export(Path("export.jsonl"), [issue(n, title) for n in range(1, 13)])
    alignment("pull", "export.jsonl")
    formats = [word for form in ("html", "md", "csv") for word in ("--format", form)]
    assert alignment("report", "--as-of", "2026-03-01", *formats).code == 0
    (page,), (lines,) = (
        [p.read_text(encoding="utf-8") for p in Path("reports").glob(f"2026*.{e}")] for e in ("html", "md")
    )
    assert "<script>alert" not in page and 'href="javascript' not in page.lower()
    assert "<script" not in lines and "](javascript" not in lines
    cells = [c for p in Path("reports").rglob("*.csv") for r in _rows(p) for c in r]
    assert not [c for c in cells if c[:1] in tuple("=+@\t\r") or (c[:1] == "-" and not re.fullmatch(r"-[\d.]*", c))]
    word = re.findall(r"\w+", title)[0]
    assert word in page and any(word in c for c in cells), "the title is there, as text"


def _rows(path: Path) -> list[list[str]]:
    import csv

    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


# ---------------------------------------------------------------- what the user can mend: 1


def test_every_mistake_is_told_at_once_with_its_line(alignment: Command) -> None:
    Path("strategy.yaml").write_text(
        "strategy: Half\npriorities:\n  - {id: a, share: 60-40%}\n  - {id: b, ownr: Dana}\n  - id: a\n"
        "    match:\n      - {title: '(x'}\nweeks:\n  2026-W47: {focus: c}\n",
        encoding="utf-8",
    )
    for command in (["check"], ["report"]):
        said = alignment(*command)
        assert said.code == 1 and "Traceback" not in said.err
        text = said.out + said.err
        assert re.findall(r"^ *strategy\.yaml:(\d+): ", text, re.MULTILINE) == ["3", "4", "5", "7", "9"]
        assert "5 mistakes to mend:" in text
    answer = alignment("check", "--json")
    assert answer.code == 1 and [m["line"] for m in answer.data["mistakes"]] == [3, 4, 5, 7, 9]
    assert all(m["what"] and m["fix"] for m in answer.data["mistakes"])


def test_what_cannot_be_read_of_an_export_is_skipped_counted_named_and_reported(alignment: Command) -> None:
    extra = [
        "{not json",
        '{"id": "77", "key": "PAY-77", "fields": {"summary": "never created"}}',
        json.dumps(issue(99))[:200],
    ]
    export(Path("export.jsonl"), [issue(1), issue(2)], extra)
    for attempt in (1, 2):  # saying it again does not double it, and does not forget it
        said = alignment("pull", "export.jsonl")
        assert said.code == 0 and "3 entries could not be read" in said.err, attempt
        assert "export.jsonl:3: the line was skipped, it is not JSON" in said.err and "PAY-77: " in said.err
    alignment("report", "--as-of", "2026-03-01", "--format", "json")
    result = json.loads(next(Path("reports").glob("*.json")).read_text(encoding="utf-8"))
    quality = next(f for f in result["findings"] if f["meta"]["id"] == "data_quality")
    places = [r["cells"]["place"] for d in quality["details"] if d["id"] == "skipped" for r in d["rows"]]
    assert sorted(places) == ["PAY-77", "export.jsonl:3", "export.jsonl:5"]
    assert result["coverage"][0]["skipped"] == 3 and quality["sentence"].endswith("3 entries could not be read.")


def broken(name: str) -> list[str]:
    """Lays out what is broken; the command to run."""
    folder, picture, text = Path("folder"), Path("picture.png"), Path("notes.duckdb")
    folder.mkdir()
    picture.write_bytes(PNG)
    (folder / "readme.txt").write_text("nothing here", encoding="utf-8")
    text.write_text("these are notes, not a store", encoding="utf-8")
    with duckdb.connect("other.duckdb") as other:
        other.execute("CREATE TABLE tickets (a INTEGER)")
    Path("taken").write_text("a file where a folder should be", encoding="utf-8")
    Path("latin.yaml").write_bytes(b"strategy: \xff\xfe\n")
    Path("bad.yaml").write_text("trackers: [{name: jira, kind: file, path: gone/*.csv}]", encoding="utf-8")
    return {
        "missing file": ["pull", "gone.csv"], "png": ["pull", "picture.png"], "no exports": ["pull", "folder"],
        "nothing to pull": ["pull"], "no strategy": ["report", "--strategy", "gone.yaml"],
        "unreadable strategy": ["report", "--strategy", "latin.yaml"], "not a store": ["report", "--store", "notes.duckdb"],
        "not a store to fill": ["pull", "export.jsonl", "--store", "notes.duckdb"],
        "another database": ["report", "--store", "other.duckdb"], "no folder": ["report", "--out", "taken"],
        "no such week": ["report", "--week", "2026-W60"], "no such day": ["report", "--as-of", "yesterday"],
        "no zone": ["report", "--as-of", "2026-03-01T10:00"], "no settings": ["report", "--settings", "gone.yaml"],
        "pattern": ["pull", "--settings", "bad.yaml"],
    }[name]  # fmt: skip


BROKEN = {
    "missing file": "gone.csv", "png": "picture.png", "no exports": "readme.txt", "nothing to pull": "nothing to pull",
    "no strategy": "gone.yaml", "not a store": "notes.duckdb cannot be", "not a store to fill": "notes.duckdb cannot be",
    "another database": "other.duckdb cannot be", "no folder": "taken", "no such week": "2026-W60", "no such day": "yesterday",
    "no zone": "2026-03-01T10:00", "pattern": "*.csv",
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_missing_or_broken_is_said_in_one_line(alignment: Command, name: str) -> None:
    if name == "no folder":
        alignment("pull", "export.jsonl")
    said = alignment(*broken(name))
    assert said.code == 1
    one_sentence_and_the_fix(said, BROKEN[name])


@pytest.mark.parametrize("name", ["unreadable strategy", "no settings"])
def test_a_file_that_cannot_be_read_is_a_mistake_in_it(alignment: Command, name: str) -> None:
    said = alignment(*broken(name))
    assert said.code == 1 and said.err.startswith("1 mistake to mend:\n  ") and "Traceback" not in said.err


def test_a_store_that_another_process_holds(alignment: Command, tmp_path: Path) -> None:
    alignment("pull", "export.jsonl")
    hold = "import duckdb, sys; con = duckdb.connect('alignment.duckdb'); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", hold], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == b"held\n"
        said = alignment("report")
        assert said.code == 1
        one_sentence_and_the_fix(said, "Another process has alignment.duckdb open", "try again")
    assert alignment("report").code == 0


def test_a_store_whose_making_was_cut_short_is_made(alignment: Command) -> None:
    duckdb.connect("alignment.duckdb").close()
    assert alignment("report").code == 0


# ---------------------------------------------------------------- usage 2, come back 4, our bug 5


@pytest.mark.parametrize("args", [["nonsense"], ["report", "--week", "2026-W09", "--as-of", "2026-03-01"], ["pull", "--what"],
                                  ["report", "--format", "pdf"]])  # fmt: skip
def test_wrong_usage(alignment: Command, args: list[str]) -> None:
    said = alignment(*args)
    assert said.code == 2 and "Error: " in said.err and "Traceback" not in said.err


def raising(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(pulling, "pull", fail)


def test_come_back_later(alignment: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    raising(monkeypatch, ComeBack("Jira allows no more requests.", datetime(2026, 3, 1, 12, 30, tzinfo=UTC)))
    said = alignment("pull", "export.jsonl")
    assert said.code == 4 and said.err == "Jira allows no more requests. Come back at 2026-03-01 12:30 UTC.\n"


def test_our_own_mistake_is_said_to_be_ours(alignment: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    raising(monkeypatch, RuntimeError("unheard of"))
    said = alignment("pull", "export.jsonl")
    assert said.code == 5 and "RuntimeError: unheard of" in said.err
    assert said.err.rstrip().endswith("not in your data. Please report it with the lines above.")
