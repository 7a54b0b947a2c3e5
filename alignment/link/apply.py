"""``alignment link apply`` and ``alignment link revert``: write the tags of a plan to the trackers, and take them back."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alignment.command_line import PATH, examples, json_option, settings_option
from alignment.errors import MENDABLE, Mend
from alignment.telling import say

if TYPE_CHECKING:
    from alignment.link.tag_writing import Report, Wish, Work
    from alignment.settings import Settings
    from analyzer.tag_log import Step
    from connectors.writing import Writes

SHOWN = 20
write_option = click.option("--write", is_flag=True, help="Do it. Without this, only what would be done is said.")
strategy_option = click.option("--strategy", type=PATH, help="Strategy file, or a folder of dated ones.")
store_option = click.option("--store", type=PATH, help="The store that keeps the log.")


@click.command(
    epilog=examples(
        "alignment link apply tags.plan.yaml             what it would do; nothing is written",
        "alignment link apply tags.plan.yaml --write     does it; safe to repeat",
    )
)
@click.argument("file", type=PATH)
@write_option
@click.option("--cap", type=click.IntRange(min=0), help="Most tickets to write [default: the cap of the plan]")
@strategy_option
@store_option
@settings_option
@json_option
def apply(
    file: Path, write: bool, cap: int | None, strategy: Path | None, store: Path | None, settings_path: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Puts the tags of a plan on tickets and takes its own off; leaves alone what changed since.

    Nothing but tags is touched. FILE is a plan that `alignment link plan` wrote.
    """
    from alignment.wiring import settings_with

    settings = settings_with(settings_path, strategy=strategy, store=store)
    _tell(applied(settings, file, write, cap, as_json), str(file), as_json, "apply")


@click.command(
    epilog=examples(
        "alignment link revert                           what taking back the last plan would do",
        "alignment link revert tags.plan.yaml --write    takes back that plan",
        "alignment link revert 20261125T100000Z-0a1b2c3d --write    the same by its name, if the file is gone",
    )
)
@click.argument("plan", required=False)
@write_option
@store_option
@settings_option
@json_option
def revert(plan: str | None, write: bool, store: Path | None, settings_path: Path | None, as_json: bool) -> None:
    """Takes back what applying a plan changed, where the tags are still as they were left.

    PLAN is its file or its name; left out, the plan that was applied last.
    """
    from alignment.wiring import settings_with

    settings = settings_with(settings_path, store=store)
    _tell(reverted(settings, plan, write, as_json), plan or "", as_json, "revert")


def applied(settings: Settings, file: Path, write: bool, cap: int | None, quiet: bool = False) -> Report:
    """Raises Mend, Mistakes, ConnectorError, analyzer.store.Busy."""
    from alignment import wiring
    from alignment.link.tag_plan import read_tag_plan
    from alignment.link.tag_writing import Wish

    plan = read_tag_plan(file)
    most = plan.cap if cap is None else cap
    if len(plan.tickets) > most:
        raise Mend(
            f"The plan would change {len(plan.tickets):,} tickets, more than {most:,}. Nothing was written.",
            f"Delete some from {file.name}, or allow it: --cap {len(plan.tickets)}",
        )
    named = {p.tag.lower() for s in wiring.strategies(settings.strategy) for p in s.priorities}
    strange = sorted({tag for t in plan.tickets for tag in t.add if tag.lower() not in named})
    if strange:
        raise Mend(
            f"{', '.join(strange[:5])} is no tag of the strategy, and nothing else is put on a ticket.",
            f"Correct {file.name}, or make the plan anew: alignment link plan",
        )
    wishes = [Wish(t.ticket, t.key, t.add, t.remove, t.seen.state, t.seen.at) for t in plan.tickets]
    return _carried_out(settings, plan.tag_plan, "apply", write, wishes, quiet)


def reverted(settings: Settings, plan: str | None, write: bool, quiet: bool = False) -> Report:
    """Raises Mend, Mistakes, ConnectorError, analyzer.store.Busy."""
    from alignment.link.tag_plan import read_tag_plan
    from alignment.wiring import no_store
    from analyzer import tag_log
    from analyzer.store import Store

    if not settings.store.exists():
        raise no_store(settings.store)
    with Store(settings.store).reading() as con:
        applied = tag_log.plans(con)
    if plan is not None and plan not in applied:
        plan = read_tag_plan(Path(plan)).tag_plan
    if plan is None and not applied:
        raise Mend("No plan was applied yet.", "There is nothing to take back.")
    return _carried_out(settings, plan or applied[-1], "revert", write, None, quiet)


def _carried_out(
    settings: Settings, plan: str, step: Step, write: bool, wishes: Sequence[Wish] | None, quiet: bool
) -> Report:
    """``wishes``: left out, what the log says that applying the plan changed is taken back."""
    from contextlib import nullcontext

    from alignment import wiring
    from alignment.link.tag_writing import Report, Work, carry_out, settle_open
    from alignment.pulling.progress import working
    from alignment.setup.access import explaining
    from alignment.weekly.one_at_a_time import one_at_a_time
    from analyzer import tag_log
    from analyzer.store import Store

    if not settings.store.exists():
        raise wiring.no_store(settings.store)
    work, report = Work(Store(settings.store), plan, step, write, wiring.clock), Report(plan, write)
    with one_at_a_time(settings.store, wiring.clock()) if write else nullcontext():
        with work.store.reading() as con:
            begun = tag_log.of_plan(con, work.plan, "apply")
        writers = writers_of(settings, {w.tracker for w in (begun if wishes is None else wishes)})
        for name, writer in writers.items():
            with explaining(settings, name), working(f"Looking at {name}" if not write else f"Writing {name}", quiet):
                if write:
                    settle_open(work, name, writer)
                wanted = list(_taken_back(work)) if wishes is None else wishes
                carry_out(work, writer, [w for w in wanted if w.tracker == name], report)
    return report


def _taken_back(work: Work) -> Iterable[Wish]:
    """One wish a ticket, the opposite of what stands in the log."""
    from alignment.link.tag_writing import Wish
    from analyzer import tag_log

    with work.store.reading() as con:
        standing = tag_log.standing(con, work.plan)
    for ticket in dict.fromkeys(w.ticket for w in standing):
        own = [w for w in standing if w.ticket == ticket]
        add = tuple(w.tag for w in own if w.act == "remove")
        yield Wish(ticket, own[0].key, add, tuple(w.tag for w in own if w.act == "add"))


def writers_of(settings: Settings, trackers: Iterable[str]) -> dict[str, Writes]:
    """Connectors of the trackers that a plan names. Raises Mend."""
    from alignment import wiring
    from connectors.writing import Writes

    found: dict[str, Writes] = {}
    for name in sorted(trackers):
        known = next((t for t in settings.trackers if t.name == name), None)
        if known is None:
            raise Mend(
                f"The plan names tracker {name}, which the settings do not.", "Use the settings it was made with."
            )
        live = (
            wiring.live_jira(known) if known.kind.startswith("jira-")
            else wiring.live_linear(known) if known.kind == "linear" else None
        )  # fmt: skip
        if not isinstance(live, Writes):
            raise Mend(f"Tracker {name} is of kind {known.kind} and cannot be written.", "Write to a live tracker.")
        found[name] = live
    return found


def _tell(report: Report, plan: str, as_json: bool, command: str) -> None:
    """Says what was done; ends with code 1 where something was not."""
    if as_json:
        say(json.dumps(asdict(report), ensure_ascii=False))
    else:
        for line in lines(report, plan, command):
            say(line)
    if report.left or report.refused:
        sys.exit(MENDABLE)


def lines(report: Report, plan: str, command: str) -> Iterator[str]:
    """What was done, or would be, on which ticket, and what was not and why."""
    from analyzer.judging import counted

    again = " ".join(filter(None, ("alignment link", command, plan, "--write")))
    if not report.done and not report.refused:
        yield "Nothing to write." if not report.left else "Nothing was written."
    elif report.done:
        yield f"{counted(len(report.done))} {'written' if report.wrote else 'would be written'}:"
        yield from _some([f"  {key}  {tags}" for key, tags in report.done])
    if report.made:
        yield f"{'Made' if report.wrote else 'To be made first'}: {', '.join(report.made)}"
    if report.already:
        yield f"{counted(len(report.already))} already so."
    for title, found in (("left alone", report.left), ("not written", report.refused)):
        if found:
            yield f"{counted(len(found))} {title}:"
            yield from _some([f"  {key}  {why}" for key, why in found], 200)
    if report.left:
        yield "To have these looked at anew: alignment pull, then alignment link plan."
    if report.done and not report.wrote:
        yield f"Nothing was written. To do it: {again}"
    elif report.done and command == "apply":
        yield f"To take it back: alignment link revert {report.plan} --write"


def _some(found: Sequence[str], most: int = SHOWN) -> Iterator[str]:
    yield from found[:most]
    if len(found) > most:
        yield f"  and {len(found) - most:,} more"
