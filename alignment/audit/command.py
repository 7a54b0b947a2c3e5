"""The command ``alignment audit``: its options and its help."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from alignment.command_line import (
    PATH,
    effort_option,
    engine_option,
    examples,
    formats_option,
    json_option,
    settings_option,
    tables_option,
)


@click.command(
    epilog=examples(
        "alignment audit --from 2026-07-01 --to 2026-09-30          the third quarter, as it stood at its end",
        "alignment audit export.jsonl.gz --strategy strategy.yaml   an export; no settings, no store",
        "alignment audit --team Payments --label q3 --as-of 2026-09-30",
        "alignment audit --plan plan.yaml --fail-on plan:signal     for a pipeline: exit code 3 if it fails",
        "alignment audit --engine spark --tables lake               on Spark, from tables laid out like a store",
        "alignment audit --policy policy.yaml --fail-on scope_creep:watch --json",
    )
)
@click.argument("exports", nargs=-1, type=PATH)
@click.option("--strategy", type=PATH, help="Strategy file, or a folder of dated ones.")
@click.option("--store", type=PATH, help="The store to read, or a folder that alignment export made.")
@engine_option
@tables_option
@click.option("--from", "first", metavar="DAY", help="First day of the period; a week counts where its Thursday lies.")
@click.option("--to", "last", metavar="DAY", help="Last day of the period.")
@click.option("--weeks", type=click.IntRange(2, 104), help="Or so many complete weeks [default: as in the settings]")
@click.option("--as-of", help="Look from the end of this day [default: the period's end, else now]")
@click.option("--team", multiple=True, help="Only this team's work; repeatable, as are the next four.")
@click.option("--project", multiple=True, help="Only this project: its key or name.")
@click.option("--tracker", multiple=True, help="Only this tracker.")
@click.option("--priority", multiple=True, help="Only what serves this priority: its id.")
@click.option("--label", multiple=True, help="Only what carries this label, or is under what does.")
@click.option("--plan", type=PATH, help="A candidate plan to hold against the strategy.")
@click.option("--policy", type=PATH, help="Rules of what may be in progress; a broken one fails the gate.")
@click.option(
    "--fail-on",
    multiple=True,
    metavar="[WHAT:]VERDICT",
    help="signal or watch, of anything, of plan, or of one measure.",
)
@effort_option
@formats_option
@click.option("--out", type=PATH, help="Folder for the report.")
@settings_option
@json_option
def audit(
    exports: tuple[Path, ...], settings_path: Path | None, as_json: bool, formats: tuple[str, ...], out: Path | None, **asked: Any
) -> None:  # fmt: skip
    """Audits any period, slice and moment; holds a candidate plan against the strategy; a gate for pipelines.

    Exit code 3 if the gate failed: one sentence says which finding or rule. A slice that is too small to show is refused.
    """
    from alignment.audit.auditing import Asked, run_audit

    if asked["weeks"] and asked["first"]:
        raise click.UsageError("--weeks and --from both say where the period begins; give one of them.")
    if asked["first"] and not asked["last"]:
        raise click.UsageError("--from needs --to.")
    if exports and asked["engine"] != "duckdb":
        raise click.UsageError("--engine reads tables that lie somewhere; leave out the exports, or --engine.")
    if asked["plan"] and asked["engine"] != "duckdb":
        raise click.UsageError(
            "--plan asks more questions than Spark answers in good time; export the tables and name them with --store."
        )
    sliced = [name for name in ("team", "project", "tracker", "priority", "label") if asked[name]]
    if asked["plan"] and sliced:
        raise click.UsageError(f"--plan is held against the whole strategy; leave out --{sliced[0]}.")
    code = run_audit(exports, settings_path, Asked(**asked), formats, out, as_json)
    if code:
        sys.exit(code)
