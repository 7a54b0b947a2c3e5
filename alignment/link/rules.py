"""``alignment link rules`` and ``contradictions``: what decisions have in common, and where something contradicts them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alignment.command_line import PATH, examples, json_option, settings_option
from alignment.telling import say

if TYPE_CHECKING:
    from alignment.settings import Settings
    from analyzer.board import Board
    from analyzer.proposed_rules import Proposed
    from analyzer.strategy import Strategy

store_option = click.option("--store", type=PATH, help="The store to read.")
strategy_option = click.option("--strategy", type=PATH, help="Strategy file, or a folder of dated ones.")


@click.command(epilog=examples("alignment link rules", "alignment link rules --write 1", "alignment link rules --json"))
@click.option(
    "--write", "number", type=click.IntRange(min=1), help="Add the proposal of this number to the strategy file."
)
@strategy_option
@store_option
@settings_option
@json_option
def rules(
    number: int | None, strategy: Path | None, store: Path | None, settings_path: Path | None, as_json: bool
) -> None:  # fmt: skip
    """Proposes rules for the strategy file from decisions that repeat: each as a diff, with what it would link.

    Right and wrong are the tickets decided one by one that have it in common. Nothing is written without --write.
    """
    from alignment.errors import Mend
    from alignment.link import rule_file
    from alignment.link.saying import settings_of

    settings = settings_of(settings_path, strategy, store)
    found, current = _proposed(settings)
    if number is not None:
        if current is None or number > len(found):
            raise Mend(f"There is no proposal {number}.", f"There are {len(found)}: alignment link rules lists them.")
        rule_file.write(rule_file.file_of(settings.strategy, current), found[number - 1])
    told = (
        []
        if current is None
        else [(p, rule_file.diff(rule_file.file_of(settings.strategy, current), p)) for p in found]
    )
    if as_json:
        plain = [asdict(p) | {"rule": rule_file.condition(p), "diff": diff} for p, diff in told]
        say(json.dumps({"proposals": plain, "written": number}))
        return
    if number is not None:
        one = found[number - 1]
        say(f"Written: {rule_file.condition(one)} for {one.target}. Check it: alignment check")
        return
    if not told:
        say("No decisions repeat that a rule could stand for.")
    for n, (proposal, diff) in enumerate(told, start=1):
        say(f"{n}. {_sentence(proposal)}\n{diff}")


def _proposed(settings: Settings) -> tuple[list[Proposed], Strategy | None]:
    from analyzer.proposed_rules import proposed

    with _board(settings) as board:
        return proposed(board), board.current.strategy if board.current is not None else None


@contextmanager
def _board(settings: Settings) -> Iterator[Board]:
    """The board that a report made now would look at. Raises Mistakes, Mend, analyzer.store.Busy."""
    from alignment import wiring
    from analyzer.board import Board
    from analyzer.store import Store

    strategies, store, options = wiring.strategies(settings.strategy), Store(settings.store), wiring.options(settings)
    at = wiring.moment(store, options.calendar, None, None, wiring.clock()).at
    with store.reading() as con:
        yield Board(con, strategies, options, at)


def _sentence(p: Proposed) -> str:
    what = f"title with the word {p.value}" if p.field == "title" else f"{p.field} {p.value}"
    elsewhere = f"; {p.otherwise} that have it are linked elsewhere" if p.otherwise else ""
    return (
        f"{what} → {p.target}: right for {p.right} of {p.right + p.wrong} tickets decided one by one, wrong for {p.wrong}. "
        f"It would link {p.catches} more, {p.unlinked} of them linked by nothing today{elsewhere}."
    )


@click.command(epilog=examples("alignment link contradictions", "alignment link contradictions --json"))
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="So many at most.")
@strategy_option
@store_option
@settings_option
@json_option
def contradictions(
    limit: int, strategy: Path | None, store: Path | None, settings_path: Path | None, as_json: bool
) -> None:  # fmt: skip
    """Lists decisions that a rule, an epic's decision, someone else or a rejection contradicts. The decision counts."""
    from alignment.link.saying import settings_of
    from analyzer.contradictions import found, worded

    with _board(settings_of(settings_path, strategy, store)) as board:
        rows = found(board, limit + 1)
    rows, more = rows[:limit], len(rows) > limit
    if as_json:
        plain = [
            {
                "id": r.id,
                "key": r.key,
                "kind": r.kind,
                "said": r.said.split("|"),
                "other": r.other.split("|"),
                "place": r.place,
            }
            for r in rows
        ]
        say(json.dumps({"contradictions": plain}))
        return
    if not rows:
        say("Nothing contradicts a decision.")
    for r in rows:
        say(f"{r.key}: {worded(r.kind, r.said, r.other, {})}" + (f" ({r.place})" if r.place else ""))
    if more:
        say(f"There are more than {limit}. Show them with --limit.")
