"""``alignment link suggest``: what unlinked tickets may belong to, learned from the links that are confirmed."""

from __future__ import annotations

import json
from pathlib import Path

import click

from alignment.command_line import PATH, examples, json_option, settings_option
from alignment.telling import say


@click.command(
    epilog=examples(
        "alignment link suggest                learn, score what changed, say what was found",
        "alignment link suggest --limit 30     name more of the tickets with the most effort",
        "alignment link suggest --afresh       score every unlinked ticket again",
    )
)
@click.option("--limit", type=click.IntRange(0, 1000), default=10, show_default=True, help="Tickets to name.")
@click.option("--afresh", is_flag=True, help="Score again what has not changed, too.")
@click.option("--strategy", type=PATH, help="Strategy file or folder [default: as in the settings]")
@click.option("--store", type=PATH, help="The store to read and write.")
@settings_option
@json_option
def suggest(
    limit: int, afresh: bool, strategy: Path | None, store: Path | None, settings_path: Path | None, as_json: bool
) -> None:
    """Learns what unlinked tickets may belong to, and keeps it as suggestions. Nothing is linked until a person accepts one."""
    from alignment import wiring
    from alignment.link.suggesting import suggest as learned
    from alignment.pulling.progress import working

    settings = wiring.settings_with(settings_path, strategy=strategy, store=store)
    strategies = wiring.strategies(settings.strategy)
    with working("Learning", as_json):
        told = learned(settings, strategies, wiring.clock(), limit, afresh)
    for line in [json.dumps(told.as_data(), ensure_ascii=False)] if as_json else told.lines():
        say(line)
