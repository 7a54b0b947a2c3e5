"""``alignment link accept``, ``reject``, ``set`` and ``nothing``: what a ticket serves, said by a person."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alignment.command_line import PATH, examples, json_option, settings_option
from alignment.telling import say

if TYPE_CHECKING:
    from alignment.link.saying import Speak

Command = Callable[..., None]

rule_option = click.option("--rule", default="", metavar="FILE:LINE", help="Of all tickets that this rule links.")
below_option = click.option("--below", is_flag=True, help="With all below it, before any rule.")


def shared(command: Command) -> Command:
    """The options of every decision."""
    for option in (
        json_option, settings_option, click.option("--store", type=PATH, help="The store to write to."),
        click.option("--strategy", type=PATH, help="Strategy file, or a folder of dated ones."),
        click.option("--by", default="", metavar="NAME", help="Who decides [default: your login]; no report shows it."),
        click.option("--reason", default="", metavar="TEXT", help="Why; it stays with the decision."),
    ):  # fmt: skip
        command = option(command)
    return command


@click.command(epilog=examples("alignment link accept PAY-12 PAY-40", "alignment link accept PAY-12 --priority growth"))
@click.argument("tickets", nargs=-1, required=True)
@click.option("--priority", default="", metavar="ID", help="Accept this one instead of the likeliest.")
@below_option
@shared
def accept(tickets: tuple[str, ...], priority: str, **how: Any) -> None:
    """Accepts what is suggested for tickets: the likeliest, or the priority you name."""
    from analyzer.decisions import Word
    from analyzer.mapping import WHOLE

    _say(tickets, how, lambda target, places: Word(target, ((priority or places[0] or None, WHOLE),)), not priority)


@click.command(epilog=examples("alignment link reject PAY-12 --priority growth"))
@click.argument("tickets", nargs=-1)
@click.option("--priority", required=True, metavar="ID", help="What the tickets do not serve.")
@rule_option
@shared
def reject(tickets: tuple[str, ...], priority: str, **how: Any) -> None:
    """Says that tickets do not serve a priority: it is not suggested for them again. This links nothing."""
    from analyzer.decisions import Word

    _say(tickets, how, lambda target, _: Word(target, rejects=priority))


@click.command(
    "set",
    epilog=examples(
        "alignment link set PAY-12 growth",
        "alignment link set PAY-12 --split growth=60% trust=40%",
        "alignment link set PAY-100 growth --below              an epic with all below it",
        "alignment link set --rule strategy.yaml:12 trust       all tickets that this rule links",
    ),
)
@click.argument("words", nargs=-1, required=True, metavar="TICKET... PRIORITY")
@click.option("--split", is_flag=True, help="Several priorities with their shares follow the tickets.")
@rule_option
@below_option
@shared
def set_link(words: tuple[str, ...], split: bool, **how: Any) -> None:
    """Says what tickets, projects or sprints serve: one priority, or several by share."""
    from alignment.errors import Mend
    from alignment.link.saying import parts_of
    from analyzer.decisions import Word

    parted = [w for w in words if "=" in w]
    served = parted if split or parted else list(words[-1:])
    if len(words) == 1 and not how["rule"]:
        raise Mend(f"{words[0]} alone does not say what serves what.", "Write e.g. alignment link set PAY-12 growth.")
    parts = parts_of(served)
    _say(tuple(w for w in words if w not in served), how, lambda target, _: Word(target, parts))


@click.command(epilog=examples("alignment link nothing PAY-12 PAY-40 --reason 'a favour for sales'"))
@click.argument("tickets", nargs=-1)
@rule_option
@below_option
@shared
def nothing(tickets: tuple[str, ...], **how: Any) -> None:
    """Says that tickets serve none of the priorities, whatever a rule says. They count as unlinked work."""
    from analyzer.decisions import Word
    from analyzer.mapping import WHOLE

    _say(tickets, how, lambda target, _: Word(target, ((None, WHOLE),)))


def _say(
    tickets: tuple[str, ...], how: dict[str, Any], speak: Speak, as_suggested: bool = False
) -> None:  # fmt: skip
    from alignment.link.saying import How, lines, said, settings_of

    if tickets and how.get("rule"):
        raise click.UsageError("Name tickets, or a rule, not both.")
    path: Path | None = how["settings_path"]
    settings = settings_of(path, how["strategy"], how["store"])
    asked = How(tickets, how.get("rule", ""), how.get("below", False), how["reason"], how["by"], as_suggested)
    for line in lines(said(settings, asked, speak), how["as_json"]):
        say(line)
