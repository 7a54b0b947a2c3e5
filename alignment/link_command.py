"""``alignment link``: from suggestions and decisions to tags in the tracker."""

from __future__ import annotations

import click

from alignment.command_line import examples
from alignment.link_suggest import suggest


@click.group(epilog=examples("alignment link suggest", "alignment link review", "alignment link plan"))
def link() -> None:
    """Links tickets to what the strategy names: suggestions, decisions, and tags written back to the tracker."""


link.add_command(suggest)
