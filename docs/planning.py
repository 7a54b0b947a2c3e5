"""Runs the audits of docs/planning-audit.md on the made-up company in a temporary folder and gives what the page quotes."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

EXAMPLE = Path(__file__).parent / "examples" / "planning"
PLANS = ("good", "starving", "parked")
COMMAND = "alignment audit --plan {}.yaml --as-of 2026-11-15 --fail-on plan:signal --format json"


@dataclass(frozen=True)
class Done:
    """One audit: its exit code, what it printed and said on stderr, and its Result."""

    code: int
    out: str
    err: str
    result: dict[str, Any]


def run() -> dict[str, Done]:
    """The audits by plan. Raises RuntimeError if the company cannot be made."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as name:
        try:
            os.chdir(name)
            code, _, wrong = _said("alignment demo --folder acme")
            if code:
                raise RuntimeError(wrong)
            os.chdir("acme")
            for plan in PLANS:
                shutil.copy(EXAMPLE / f"{plan}.yaml", f"{plan}.yaml")
            return {plan: _audit(COMMAND.format(plan)) for plan in PLANS}
        finally:
            os.chdir(before)


def _audit(line: str) -> Done:
    code, out, err = _said(line)
    file = Path(out.strip().rpartition("Report: ")[2])
    return Done(code, out, err, json.loads(file.read_text(encoding="utf-8")))


def _said(line: str) -> tuple[int, str, str]:
    from alignment.cli import cli, run

    out, wrong = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(wrong):
        code = run(lambda: cli.main(shlex.split(line)[1:], standalone_mode=False))
    return code, out.getvalue().strip("\n"), wrong.getvalue().strip("\n")


def parts(done: dict[str, Done]) -> dict[str, str]:
    """Name of the part → text, for the page."""
    good = done["good"]
    return {
        "good": f"```console\n$ {COMMAND.format('good')}\n{good.out}\n$ echo $?\n{good.code}\n```\n",
        "found": found(good.result), "shares": shares(good.result),
        **{plan: gate(plan, done[plan]) for plan in ("starving", "parked")},
    }  # fmt: skip


def gate(plan: str, done: Done) -> str:
    return f"```console\n$ {COMMAND.format(plan)} > said.txt\n{done.err}\n$ echo $?\n{done.code}\n```\n"


def found(result: dict[str, Any]) -> str:
    """What the audit says of the plan."""
    words = {"noise": "nothing against it", "not_judged": "not judged"}
    lines = [
        f"| {f['meta']['title'].removeprefix('Plan: ')} | {words.get(f['verdict'], f['verdict'])} | {f['sentence']} |"
        for f in result["findings"] if f["meta"]["id"].startswith("plan_")
    ]  # fmt: skip
    return "\n".join(["| looked at | verdict | what it says |", "| :-- | :-- | :-- |", *lines]) + "\n"


def shares(result: dict[str, Any]) -> str:
    """The allocation that the plan would give."""
    (finding,) = [f for f in result["findings"] if f["meta"]["id"] == "plan_allocation"]
    rows = [row["cells"] for row in finding["details"][0]["rows"]]
    lines = []
    for c in rows:
        expected = "–" if c["expected"] is None else f"{c['expected']:.0%}"
        first = f"| {c['priority']} | {c['days']:.1f} | {c['share']:.0%} | {expected} "
        lines.append(f"{first}| {c['interval']} | {c['intended'] or '–'} | {c['verdict'] or '–'} |")
    head = "| priority | planned days | planned | to be expected | 95 % interval | intended | verdict |"
    return "\n".join([head, "| :-- | --: | --: | --: | --: | --: | :-- |", *lines]) + "\n"
