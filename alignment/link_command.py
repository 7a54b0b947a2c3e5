"""``alignment link``: from suggestions and decisions to tags in the tracker."""

from __future__ import annotations

import click

from alignment.command_line import examples
from alignment.link_decide import accept, nothing, reject, set_link
from alignment.link_ledger import export, import_file, log, undo
from alignment.link_review import review
from alignment.link_suggest import suggest


@click.group(epilog=examples("alignment link suggest", "alignment link review", "alignment link plan"))
def link() -> None:
    """Links tickets to what the strategy names: suggestions, decisions, and tags written back to the tracker."""


link.add_command(accept)
link.add_command(reject)
link.add_command(set_link)
link.add_command(nothing)
link.add_command(undo)
link.add_command(log)
link.add_command(export)
link.add_command(import_file)
link.add_command(suggest)
link.add_command(review)
