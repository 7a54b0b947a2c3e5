"""``alignment link``: from suggestions and decisions to tags in the tracker."""

from __future__ import annotations

import click

from alignment.command_line import examples
from alignment.link.apply import apply, revert
from alignment.link.decide import accept, nothing, reject, set_link
from alignment.link.ledger import export, import_file, log, undo
from alignment.link.plan import plan
from alignment.link.review import review
from alignment.link.rules import contradictions, rules
from alignment.link.suggest import suggest


@click.group(epilog=examples("alignment link suggest", "alignment link review", "alignment link plan"))
def link() -> None:
    """Links tickets to what the strategy names: suggestions, decisions, and tags written back to the tracker."""


for command in (
    suggest, review, accept, reject, set_link, nothing, undo, log, export, import_file, contradictions, rules, plan, apply, revert,
):  # fmt: skip
    link.add_command(command)
