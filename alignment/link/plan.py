"""``alignment link plan``: which tags write-back would put on which tickets, as a file to be read before anything is written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alignment.command_line import PATH, examples, json_option, settings_option
from alignment.telling import place, say

if TYPE_CHECKING:
    from alignment.link.tag_plan import Heading
    from alignment.settings import Settings
    from analyzer.regimes import Regime
    from analyzer.tagging import Scope, Tagging

WRITABLE = ("jira-cloud", "jira-data-center", "linear")
SHOWN = 20
CAP = 200


@click.command(
    epilog=examples(
        "alignment link plan",
        "alignment link plan --only fast-checkout --out checkout.plan.yaml",
        "alignment link plan --only PAY-12 --only PAY-40",
        "alignment link plan --finished --cap 2000        also what was finished before the window",
    )
)
@click.option("--only", multiple=True, metavar="PRIORITY|TICKET", help="A priority's id or a ticket's key; repeatable.")
@click.option("--finished", is_flag=True, help="Also tickets that were finished before the window of the report.")
@click.option("--cap", type=click.IntRange(min=1), default=CAP, show_default=True, help="Most tickets of one plan.")
@click.option("--out", type=PATH, default=Path("tags.plan.yaml"), show_default=True, help="The file to write.")
@click.option("--strategy", type=PATH, help="Strategy file, or a folder of dated ones.")
@click.option("--store", type=PATH, help="The store to read.")
@settings_option
@json_option
def plan(
    only: tuple[str, ...], finished: bool, cap: int, out: Path, strategy: Path | None, store: Path | None,
    settings_path: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Writes a plan of the tags that tickets should carry by their links; nothing is written to a tracker."""
    from alignment.wiring import settings_with

    settings = settings_with(settings_path, strategy=strategy, store=store)
    for line in planned(settings, only, finished, cap, out, as_json):
        say(line)


def planned(
    settings: Settings, only: Sequence[str], finished: bool, cap: int, out: Path, as_json: bool
) -> list[str]:  # fmt: skip
    """Lines that tell the plan, which is in the file by then. Raises Mend, Mistakes, analyzer.store.Busy."""
    from dataclasses import replace

    from alignment import wiring
    from alignment.errors import Mend
    from alignment.link.saying import hiding
    from alignment.link.tag_plan import Heading, written
    from alignment.reading import analysed
    from alignment.whole_file import put
    from analyzer import tagging
    from analyzer.board import Board
    from analyzer.calendar import week_of_day

    judged_by, now = wiring.strategies(settings.strategy), wiring.clock()
    if not settings.store.exists():
        raise wiring.no_store(settings.store)
    if not any(t.kind in WRITABLE for t in settings.trackers):
        raise Mend(
            "No tracker of these settings can be written to: exported files and the made-up company are only read.",
            "Connect a live Jira or Linear first: docs/connect.md.",
        )
    options = wiring.options(settings)
    options = replace(options, ahead=week_of_day(options.calendar.local_day(now)))
    with analysed(settings).reading() as con:
        board = Board(con, judged_by, options, now)
        regime = board.ahead
        if regime is None:
            raise Mend("No strategy is in force today.", "Check 'valid' in the strategy file.")
        scope = _scope(settings, regime, only, finished)
        count = tagging.lay_out(board, regime, scope)
        strange = tagging.unknown(board, scope.tickets)
        if strange:
            raise Mend(
                f"{', '.join(strange[:5])} is neither a priority with a tag nor a ticket that can be written.",
                f"Write the id of a priority ({', '.join(_ids(regime)[:8])}) or the key of a ticket in a live tracker.",
            )
        if count > cap:
            raise Mend(
                f"{count:,} tickets would change, more than {cap:,}. Nothing was written.",
                f"Narrow it with --only, or allow it: --cap {count}",
            )
        found, theirs = tagging.taggings(board, regime), tagging.left(board)
        hide = hiding(con, settings, [regime.strategy])
    heading = Heading(regime.strategy.strategy, now, cap, out.name)
    put(out, written(heading, found, hide))
    if as_json:
        return [json.dumps(_data(out, heading, found, theirs), ensure_ascii=False)]
    return _told(out, heading, found, theirs, hide)


def _ids(regime: Regime) -> list[str]:
    return [t.id for t in regime.targets if t.priority is not None]


def _scope(settings: Settings, regime: Regime, only: Sequence[str], finished: bool) -> Scope:
    from analyzer.tagging import Scope

    trackers = tuple(dict.fromkeys(t.name for t in settings.trackers if t.kind in WRITABLE))
    priorities = tuple(name for name in only if name in _ids(regime))
    return Scope(trackers, priorities, tuple(name for name in only if name not in priorities), finished)


def _told(
    out: Path, heading: Heading, found: Sequence[Tagging], theirs: Sequence[tuple[str, str]], hide: Any
) -> list[str]:
    from analyzer.judging import counted

    lines = []
    for t in found[:SHOWN]:
        change = ", ".join([*(f"+{tag}" for tag in t.add), *(f"-{tag}" for tag in t.remove)])
        lines.append(f"  {t.key}  {change}  ({hide(t.why)})")
    if len(found) > SHOWN:
        lines.append(f"  and {len(found) - SHOWN:,} more")
    if not found:
        lines = [f"Nothing to change: every ticket carries the tags of its links. {place(out)} says so."]
    else:
        lines = [f"{counted(len(found))} would change:", *lines]
        lines.append(f"The plan is in {place(out)}. Read it, then: alignment link apply {place(out)}")
    if theirs:
        shown = ", ".join(f"{key} {tag}" for key, tag in theirs[:5]) + (" …" if len(theirs) > 5 else "")
        lines.append(f"Left alone: {len(theirs):,} tags that somebody else put on tickets not linked so ({shown}).")
    return lines


def _data(
    out: Path, heading: Heading, found: Sequence[Tagging], theirs: Sequence[tuple[str, str]]
) -> dict[str, Any]:  # fmt: skip
    from alignment.link.tag_plan import name_of

    return {
        "plan": name_of(found, heading.made), "file": place(out), "cap": heading.cap,
        "tickets": [{"ticket": t.ticket, "key": t.key, "add": t.add, "remove": t.remove} for t in found],
        "left": [{"key": key, "tag": tag} for key, tag in theirs],
    }  # fmt: skip
