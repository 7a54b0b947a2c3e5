"""``alignment export``: the store as Parquet files, for a warehouse or a notebook."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import click

from alignment.command_line import PATH, examples, json_option, settings_option
from alignment.errors import Mend

MANIFEST = "export.json"


@click.command(
    epilog=examples(
        "alignment export                                   a folder alignment-export, one file a table",
        "alignment export --out s3-sync/alignment --store q3.duckdb",
    )
)
@click.option(
    "--out",
    type=PATH,
    default=Path("alignment-export"),
    show_default=True,
    help="The folder; an earlier export is replaced.",
)
@click.option("--raw", is_flag=True, help="With what the trackers sent, names of people included.")
@click.option("--store", type=PATH, help="The store to read.")
@settings_option
@json_option
def export(out: Path, raw: bool, store: Path | None, settings_path: Path | None, as_json: bool) -> None:
    """Writes every table of the store as a Parquet file. They hold titles and texts: guard them as you guard the store."""
    from alignment import __version__, wiring
    from alignment.pulling.progress import working
    from analyzer.migrations import STEPS
    from analyzer.store import Store
    from analyzer.store_parquet import write

    read = Store(store or wiring.settings_or_defaults(settings_path).store)
    if not read.path.exists():
        raise wiring.no_store(read.path)
    if out.exists() and not (out.is_dir() and ((out / MANIFEST).exists() or not any(out.iterdir()))):
        raise Mend(f"{out.name} is there and is no earlier export.", "Name another folder with --out.")
    fresh = out.with_name(f"{out.name}.partial")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    with working("Writing", as_json), read.reading() as con:
        rows = write(con, fresh, raw)
    told = {"program": f"alignment-analyzer {__version__}", "schema": len(STEPS), "rows": rows}
    (fresh / MANIFEST).write_text(json.dumps(told, indent=1), encoding="utf-8")
    if out.exists():
        shutil.rmtree(out)
    fresh.rename(out)
    size = sum(file.stat().st_size for file in out.iterdir())
    if as_json:
        click.echo(json.dumps({"folder": str(out), "bytes": size, "rows": rows}))
        return
    click.echo(f"{len(rows)} tables, {rows['tickets']:,} tickets, {rows['spans']:,} spans, {size / 1e6:.1f} MB: {out}")
    click.echo(f"A report from them: alignment report --store {out}")
