"""Imports point one way (connectors, analyzer, alignment, reports), and nothing below the commands reads a clock or a file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
OURS = ("alignment", "analyzer", "connectors", "reports")
MAY = {
    "connectors": ("connectors",),
    "analyzer": ("analyzer", "connectors.ticket", "connectors.connector"),
    "reports": ("reports",),
    "alignment": OURS,
}
TREES = {
    path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for package in OURS
    for path in sorted((ROOT / package).rglob("*.py"))
}
READS = ("analyzer/store", "analyzer/located_yaml.py", "analyzer/strategy_file.py", "analyzer/base_rates.py")
"""The files under analyzer/ that touch a disk: the store, the reader of the strategy, and the reader of kept figures."""

TALKS = (
    "urllib.request",
    "http",
    "socket",
    "requests",
    "subprocess",
    "smtplib",
    "jira",
    "gql",
    "time",
    "random",
    "secrets",
)
CLOCKS = {"now", "utcnow", "today"}
DISK = {"open", "read_text", "write_text", "read_bytes", "write_bytes", "mkdir", "unlink", "iterdir", "glob", "exists"}
SQL_CLOCKS = ("current_timestamp", "current_date", "now()", "today()", "random()", "uuid()")
APPLIED = "applied TIMESTAMP DEFAULT current_timestamp"
"""The one clock in SQL is the record of when a migration ran."""


def imports(tree: ast.AST) -> Iterator[str]:
    """Every import, also in functions and under TYPE_CHECKING; ``from connectors import ticket`` is connectors.ticket."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports say the whole name"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("importlib.import_module", "__import__"):
            yield ast.literal_eval(node.args[0])


def calls(tree: ast.AST) -> set[str]:
    """The last name of everything that is called: ``now`` for ``datetime.now(UTC)``."""
    return {ast.unparse(n.func).rpartition(".")[2] for n in ast.walk(tree) if isinstance(n, ast.Call)}


def inside(name: str, places: tuple[str, ...]) -> bool:
    return any(f"{name}.".startswith(f"{place}.") for place in places)


def test_imports_point_one_way() -> None:
    wrong = [
        f"{file} imports {name}"
        for file, tree in TREES.items()
        for name in imports(tree)
        if inside(name, OURS) and not inside(name, MAY[file.split("/")[0]])
    ]
    assert wrong == [] and len(TREES) > 50


def test_nothing_below_the_commands_reads_a_clock_a_file_or_the_network() -> None:
    wrong = []
    for file, tree in TREES.items():
        below = file.startswith(("analyzer", "reports"))
        wrong += [f"{file} calls {name}()" for name in sorted(calls(tree) & CLOCKS) if not file.startswith("alignment")]
        wrong += [f"{file} imports {name}" for name in imports(tree) if below and inside(name, TALKS)]
        if file.startswith("analyzer") and not file.startswith(READS):
            wrong += [f"{file} calls {name}()" for name in sorted(calls(tree) & DISK)]
    assert wrong == []


def test_no_query_reads_a_clock() -> None:
    wrong = []
    for file, tree in TREES.items():
        texts = (
            [str(n.value) for n in ast.walk(tree) if isinstance(n, ast.Constant)] if file.startswith("analyzer") else []
        )
        wrong += [f"{file}: {c}" for t in texts for c in SQL_CLOCKS if c in t.replace(APPLIED, "").lower()]
    assert wrong == []


def test_files_are_short_and_say_what_is_true() -> None:
    lengths = {file: (ROOT / file).read_text(encoding="utf-8").count("\n") for file in TREES}
    assert {file: lines for file, lines in lengths.items() if lines >= 300} == {}
    said = {file: (ast.get_docstring(tree) or "").partition("\n")[0] for file, tree in TREES.items()}
    assert {file: line for file, line in said.items() if not line.endswith((".", ":"))} == {}
