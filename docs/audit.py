"""Runs the audits of docs/audit-an-archive.md in temporary folders and gives what the page quotes."""

from __future__ import annotations

import importlib.util
import json
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

EXAMPLE = Path(__file__).parent / "examples" / "duraspace"
SECOND = EXAMPLE.parent / "titanium"
FILES = ("DURACLOUD.issues.jsonl.gz", "FCREPO.issues.jsonl.gz")
SECOND_FILES = ("ALOY.issues.jsonl.xz", "DAEMON.issues.jsonl.xz", "MOD.issues.jsonl.xz")
COMMANDS = {
    "check": "alignment check",
    "pull": "alignment pull",
    "report": "alignment report --as-of 2010-07-04",
    "count": "alignment report --as-of 2010-07-04 --effort count --out by-count",
    "later": "alignment report --as-of 2011-01-02",
}
SECOND_COMMANDS = {
    "second_pull": "alignment pull",
    "second_report": "alignment report --as-of 2017-12-31 --effort count",
}
AS_OF = date(2010, 7, 4)
HEAVIEST = "SELECT sum(units) FROM effort WHERE basis = ? AND week BETWEEN ? AND ? GROUP BY ticket ORDER BY 1 DESC"


@dataclass(frozen=True)
class Audit:
    """What the commands print, the Results of July 2010 and of half a year later, how much their tickets say, the count by hand."""

    printed: dict[str, str]
    result: dict[str, Any]
    counted: dict[str, Any]
    later: dict[str, Any]
    said: list[tuple[str, str]]
    by_hand: dict[str, Any]


def run_audit(archive: Path) -> Audit:
    """Raises RuntimeError if a command fails."""
    with example(EXAMPLE, archive, FILES) as folder:
        printed = _run(COMMANDS, folder)
        result, counted, later = (
            json.loads((folder / name).read_text(encoding="utf-8"))
            for name in ("reports/2010-07-04.json", "by-count/2010-07-04.json", "reports/2011-01-02.json")
        )
        return Audit(printed, result, counted, later, _said(), _by_hand().count(folder / "archive", AS_OF))


def run_second(archive: Path) -> tuple[dict[str, str], dict[str, Any]]:
    """What the commands print on an archive without change logs, and its Result. Raises RuntimeError if one fails."""
    with example(SECOND, archive, SECOND_FILES) as folder:
        printed = _run(SECOND_COMMANDS, folder)
        return printed, json.loads((folder / "reports" / "2017-12-31.json").read_text(encoding="utf-8"))


@contextmanager
def example(files_of: Path, archive: Path, files: tuple[str, ...]) -> Iterator[Path]:
    """A temporary folder with the files of one of ``docs/examples`` and the archive's beside them, as the working folder."""
    given = archive.resolve()
    with tempfile.TemporaryDirectory() as name, _inside(Path(name)):
        folder = Path(name)
        shutil.copytree(files_of, folder, dirs_exist_ok=True)
        (folder / "archive").mkdir()
        for file in files:
            shutil.copy(given / file, folder / "archive" / file)
        yield folder


def _run(commands: dict[str, str], folder: Path) -> dict[str, str]:
    from alignment.cli import cli, run

    printed = {}
    for step, line in commands.items():
        out, wrong = StringIO(), StringIO()
        with redirect_stdout(out), redirect_stderr(wrong):
            code = run(lambda line=line: cli.main(shlex.split(line)[1:], standalone_mode=False))  # type: ignore[misc]
        if code:
            raise RuntimeError(f"{line}: exit code {code}: {wrong.getvalue()}")
        shown = out.getvalue().replace(f"{os.path.realpath(folder)}{os.sep}", "").replace(f"{folder}{os.sep}", "")
        printed[step] = shown.strip("\n")
    return printed


def _said() -> list[tuple[str, str]]:
    """How much the tickets of the window say, in this folder's store at the end of the first half."""
    from dataclasses import replace

    from alignment import wiring
    from analyzer import allocation
    from analyzer.board import Board
    from analyzer.store import Store

    settings = wiring.settings_or_defaults(None)
    options, strategies = wiring.options(settings), wiring.strategies(settings.strategy)
    store = Store(settings.store)
    at = wiring.moment(store, options.calendar, AS_OF.isoformat(), None, datetime.now(UTC)).at
    rows: list[tuple[str, str]] = []
    for weeks, basis, words in (
        (26, "days", "drew effort"),
        (26, "count", "were finished"),
        (8, "days", "drew effort"),
    ):
        with store.reading() as con:
            board = Board(con, strategies, replace(options, weeks=weeks, basis=basis), at)
            sample = allocation.sample(board, basis)
            heaviest = con.execute(HEAVIEST, [basis, board.first_week, board.last_week]).fetchall()
        whole = sum(units for (units,) in heaviest)
        says = f"{sample.tickets} tickets that say as much as {sample.effective:.0f} independent ones"
        says += f"; the eight largest hold {sum(units for (units,) in heaviest[:8]) / whole:.0%}"
        rows.append((f"{weeks} weeks, tickets that {words}", says))
    return rows


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _by_hand() -> Any:
    """The example's own script, which imports nothing of the program."""
    spec = importlib.util.spec_from_file_location("by_hand", EXAMPLE / "by_hand.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["by_hand"] = module
    spec.loader.exec_module(module)
    return module


def _shape(result: dict[str, Any], measure: str, ident: str) -> Any:
    finding = next(f for f in result["findings"] if f["meta"]["id"] == measure)
    return next(shape for shape in finding["details"] if shape["id"] == ident)


def standings(result: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The rows of the drift table by the priority's id ("" for unlinked)."""
    names = {p["name"]: p["id"] for one in result["strategies"] for p in one["priorities"]}
    table = _shape(result, "priority_drift", "priorities")
    return {names.get(row["cells"]["priority"].removesuffix(" (parked)"), ""): row["cells"] for row in table["rows"]}


def checks(result: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """Tickets concerned and looked at, by the words of each check of data quality."""
    table = _shape(result, "data_quality", "checks")
    return {row["cells"]["what"]: (row["cells"]["tickets"], row["cells"]["of"]) for row in table["rows"]}


def audit_parts(archive: Path) -> dict[str, str]:
    """Name of the part → text, for the page."""
    audit = run_audit(archive)
    made = _consoles(COMMANDS, audit.printed)
    said = "".join(f"| {what} | {says} |\n" for what, says in audit.said)
    made["said"] = f"| looked at | what there is |\n| :-- | :-- |\n{said}"
    made |= {"shares": shares(audit), "hand": hand(audit)}
    return made | {"found": found(audit.result), "found_later": found(audit.later)}


def second_parts(printed: dict[str, str], result: dict[str, Any]) -> dict[str, str]:
    return {**_consoles(SECOND_COMMANDS, printed), "found_second": found(result)}


def _consoles(commands: dict[str, str], printed: dict[str, str]) -> dict[str, str]:
    return {step: f"```console\n$ {commands[step]}\n{text}\n```\n" for step, text in printed.items()}


def found(result: dict[str, Any]) -> str:
    """What every measure says, or why it does not judge."""
    words = {"noise": "no signal", "not_judged": "not judged"}
    lines = [
        f"| {f['meta']['title']} | {words.get(f['verdict'], f['verdict'])} | {f['sentence'].replace('|', '/')} |"
        for f in result["findings"]
    ]
    return "\n".join(["| measure | verdict | what it says |", "| :-- | :-- | :-- |", *lines]) + "\n"


def shares(audit: Audit) -> str:
    """The drift table, short, with the shares of finished tickets beside it."""
    days, count = standings(audit.result), standings(audit.counted)
    head = ("priority", "intended (ours)", "of person-days", "95 % interval", "verdict", "of finished tickets")
    lines = [
        f"| {' | '.join((*head, '95 % interval', 'verdict'))} |",
        "| :-- | --: | --: | --: | :-- | --: | --: | :-- |",
    ]
    for ident, cells in days.items():
        other = count[ident]
        verdicts = [c["verdict"] or "–" for c in (cells, other)]
        lines.append(
            f"| {cells['priority']} | {cells['intended'] or '–'} | {cells['share']:.0%} | {cells['interval']} | {verdicts[0]} "
            f"| {other['share']:.0%} | {other['interval']} | {verdicts[1]} |"
        )
    return "\n".join(lines) + "\n"


def hand(audit: Audit) -> str:
    """The program's figures beside those counted by hand."""
    days, closed = standings(audit.result), checks(audit.result)
    at_once, finished = next(v for what, v in closed.items() if what.startswith("Finished in the window"))
    mine = audit.by_hand
    agreed = {row["cells"]["priority"]: row["cells"] for row in _shape(audit.result, "scope_creep", "agreed")["rows"]}
    held = agreed["The rest of Fedora 3.4"]
    rows = [("tickets known at the time", audit.result["coverage"][0]["tickets"], mine["known"]),
            ("tickets finished in the 26 weeks", finished, mine["finished"]),
            ("of them closed without having been in progress", at_once, mine["closed at once"])]  # fmt: skip
    rows += [
        (f"person-days: {c['priority']}", f"{c['effort']:.1f}", f"{mine['person-days'][ident]:.1f}")
        for ident, c in days.items()
    ]
    rows.append(("items in *the rest of Fedora 3.4*", f"{held['now']:.0f}", mine["items"]))
    lines = [f"| {what} | {theirs} | {ours} |" for what, theirs, ours in rows]
    return "\n".join(["| what | the program | by hand |", "| :-- | --: | --: |", *lines]) + "\n"
