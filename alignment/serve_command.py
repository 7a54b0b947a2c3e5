"""The command ``alignment serve``: its options and its help."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import click

from alignment.command_line import PATH, examples, settings_option


@click.command(
    epilog=examples(
        "alignment serve                      opens the review in your browser",
        "alignment serve --no-browser         prints its address only",
        "alignment serve --read-only          to look, not to decide",
    )
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on this machine [default: a free one]")
@click.option(
    "--host", type=click.Choice(["127.0.0.1", "::1"]), default="127.0.0.1", show_default=True, help="Address to bind."
)
@click.option("--read-only", is_flag=True, help="Nothing can be decided.")
@click.option("--no-browser", is_flag=True, help="Open no browser.")
@click.option("--by", default="", metavar="ROLE", help="Who decides [default: your login]; no report shows it.")
@click.option("--strategy", type=PATH, help="Strategy file, or a folder of dated ones.")
@click.option("--store", type=PATH, help="The store to read and write.")
@settings_option
def serve(
    port: int, host: str, read_only: bool, no_browser: bool, by: str, strategy: Path | None, store: Path | None,
    settings_path: Path | None,
) -> None:  # fmt: skip
    """The review page and the archive of reports, on this machine.

    Unlinked tickets one after the other, where most effort is at stake first: what each may serve, why, and what your
    decision would change in the report. Only the printed address opens it. Ctrl-C ends it.
    """
    from alignment import wiring
    from alignment.link.saying import author, settings_of
    from alignment.pulling.progress import working
    from alignment.review.desk import Desk
    from alignment.review.queue import Filters
    from alignment.review.serving import in_browser, made, start_address

    settings = settings_of(settings_path, strategy, store)
    desk = Desk(settings, wiring.clock)
    server, listening, entry = made(desk, host, port, author(by), read_only)
    with working("Laying out the queue", quiet=False):
        desk.view(Filters())
    address = start_address(host, listening, entry)
    click.echo(
        f"Review: {address}\nThe address is the key: give it to nobody on another machine. Ctrl-C ends the server."
    )
    with nullcontext() if no_browser else in_browser(address):
        server.run(sockets=[listening])
