"""``alignment schedule``: what calls ``alignment run`` every week."""

import click


@click.command()
def schedule() -> None:
    """x"""
