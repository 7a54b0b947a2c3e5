"""``alignment link``: from suggestions and decisions to tags in the tracker."""

from __future__ import annotations

import click

from alignment.command_line import examples
from alignment.link_apply import apply, revert
from alignment.link_decide import accept, nothing, reject, set_link
from alignment.link_ledger import export, import_file, log, undo
from alignment.link_plan import plan
from alignment.link_review import review
from alignment.link_rules import contradictions, rules
from alignment.link_suggest import suggest


@click.group(epilog=examples("alignment link suggest", "alignment link review", "alignment link plan"))
def link() -> None:
    """Links tickets to what the strategy names: suggestions, decisions, and tags written back to the tracker."""


for command in (
    suggest, review, accept, reject, set_link, nothing, undo, log, export, import_file, contradictions, rules, plan, apply, revert,
):  # fmt: skip
    link.add_command(command)
