"""What several commands share on the command line."""

from __future__ import annotations

from pathlib import Path

import click

PATH = click.Path(path_type=Path)
settings_option = click.option(
    "--settings", "settings_path", type=PATH, help="Settings file [default: alignment.yaml, if there is one]"
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object for a script to read.")

effort_option = click.option(
    "--effort", type=click.Choice(["days", "count", "points"]), help="What effort is counted in."
)
formats_option = click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["html", "md", "csv", "json"]),
    help="What to write; repeatable.",
)
engine_option = click.option(
    "--engine", default="duckdb", show_default=True, help="What computes: duckdb, or spark (or its master)."
)
tables_option = click.option(
    "--tables", default="", help="Where Spark finds the tables: a folder, an address or a schema."
)


def examples(*lines: str) -> str:
    """An epilog that keeps its lines."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
