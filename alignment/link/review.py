"""``alignment link review``: the queue of unlinked tickets in the terminal."""

from __future__ import annotations

from pathlib import Path

import click

from alignment.command_line import PATH, examples, settings_option


@click.command(
    epilog=examples(
        "alignment link review", "alignment link review --team Payments", "alignment link review --band review"
    )
)
@click.option("--team", default="", help="Only this team's tickets.")
@click.option("--project", default="", help="Only this project's.")
@click.option("--priority", default="", metavar="ID", help="Only what is thought to serve this, or: nothing.")
@click.option(
    "--band", type=click.Choice(["one-click", "review", "left", "auto", "none"]), help="How sure the suggestion is."
)
@click.option("--text", default="", help="Only titles that hold this, or a key that begins so.")
@click.option("--by", default="", metavar="ROLE", help="Who decides [default: your login]; no report shows it.")
@click.option("--strategy", type=PATH, help="Strategy file, or a folder of dated ones.")
@click.option("--store", type=PATH, help="The store to read and write.")
@settings_option
def review(
    team: str, project: str, priority: str, band: str | None, text: str, by: str, strategy: Path | None, store: Path | None,
    settings_path: Path | None,
) -> None:  # fmt: skip
    """Decides what unlinked tickets serve, one after the other, in the terminal; `alignment serve` is the same as a page."""
    from rich.console import Console

    from alignment import wiring
    from alignment.errors import Mend
    from alignment.link.saying import author, settings_of
    from alignment.pulling.progress import working
    from alignment.review.desk import Desk
    from alignment.review.queue import NOTHING, Filters
    from alignment.review.terminal import Review
    from analyzer.plain_words import nearest

    def ask() -> str:
        try:
            return str(click.prompt("", prompt_suffix="> ", default="", show_default=False))
        except click.Abort:
            raise EOFError from None

    settings = settings_of(settings_path, strategy, store)
    desk = Desk(settings, wiring.clock, patience=30.0)
    filters = Filters(team, project, priority, band or "", text)
    with working("Laying out the queue"):
        view = desk.view(filters)
    there = {"team": view.choices["team"], "project": view.choices["project"], "priority": [*view.known, NOTHING]}
    for name, given in (("team", team), ("project", project), ("priority", priority)):
        if given and given not in there[name]:
            raise Mend(f"Nothing that waits is of the {name} {given}.", nearest(given, there[name], f"Check --{name}."))
    acts = Review(desk, filters, author(by), Console(highlight=False), ask).run()
    click.echo(f"{acts} {'act' if acts == 1 else 'acts'} said. `alignment link log` lists them.")
