"""``alignment link undo``, ``log``, ``export`` and ``import``: the ledger of decisions, taken back, read and kept in git."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from alignment.command_line import PATH, examples, json_option, settings_option
from alignment.telling import place, say

store_option = click.option("--store", type=PATH, help="The store to read and write.")
strategy_option = click.option("--strategy", type=PATH, help="Strategy file, or a folder of dated ones.")
by_option = click.option(
    "--by", default="", metavar="NAME", help="Who speaks [default: your login]; no report shows it."
)


@click.command(epilog=examples("alignment link undo", "alignment link undo 12"))
@click.argument("act", type=int, required=False)
@by_option
@store_option
@settings_option
@json_option
def undo(act: int | None, by: str, store: Path | None, settings_path: Path | None, as_json: bool) -> None:
    """Takes an act back (your last one, if none is named). Undoing an undo says its words again. Nothing is erased."""
    from alignment.link.saying import author, by_act, refusal, settings_of, spoken_at
    from alignment.wiring import clock
    from analyzer import decisions
    from analyzer.store import Store

    kept = Store(settings_of(settings_path, None, store).store)
    at = spoken_at(kept, clock())
    with kept.writing() as con:
        meant = by_act(con, act, author(by))
        try:
            number = decisions.undo(con, meant, author(by), at)
        except decisions.Refused as error:
            raise refusal(error) from None
        targets = decisions.history(con, limit=1)[0].targets
    if as_json:
        say(json.dumps({"act": number, "undoes": meant, "targets": targets}))
        return
    say(f"Act {number}: act {meant} is taken back ({targets} {'target' if targets == 1 else 'targets'}).")


@click.command(epilog=examples("alignment link log", "alignment link log PAY-12 --json"))
@click.argument("ticket", required=False)
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="So many acts, newest first."
)
@by_option
@store_option
@settings_option
@json_option
def log(
    ticket: str | None, limit: int, by: str, store: Path | None, settings_path: Path | None, as_json: bool
) -> None:  # fmt: skip
    """Lists what was decided, newest first, of everything or of one ticket. Names of people are not shown."""
    from alignment.link.saying import author, hiding, keys_of, named, settings_of
    from analyzer.decisions import history
    from analyzer.store import Store

    settings = settings_of(settings_path, None, store)
    with Store(settings.store).reading() as con:
        hide = hiding(con, settings)
        acts = [
            replace(a, reason=hide(a.reason)) for a in history(con, named(con, [ticket])[0] if ticket else None, limit)
        ]
        keys = keys_of(con, sorted({t for a in acts for t in a.named}))
    if as_json:
        say(json.dumps({"acts": [_plain(a, keys, author(by)) for a in acts]}))
        return
    if not acts:
        say("Nothing was decided yet. Say what a ticket serves: alignment link set TICKET PRIORITY")
    for act in acts:
        say(_line(act, keys, author(by)))


def _line(act: Any, keys: dict[str, str], me: str) -> str:
    named = ", ".join(keys.get(t, t) for t in act.named[:5])
    more = f" and {act.targets - 5} more" if act.targets > 5 else ""
    what = f"act {act.undoes} taken back" if act.kind == "undo" else ", ".join(s or "nothing" for s in act.serves)
    what = f"not {what}" if act.kind == "reject" else what
    below = " with all below" if act.reach == "below" else ""
    back = f" [taken back by act {act.undone_by}]" if act.undone_by else ""
    who = "a suggestion alone" if act.kind == "auto" else "you" if act.author == me else "someone else"
    reason = f": {act.reason}" if act.reason else ""
    return f"{act.act:>5}  {act.moment:%Y-%m-%d %H:%M}  {what}: {named}{more}{below} (by {who}){reason}{back}"


def _plain(act: Any, keys: dict[str, str], me: str) -> dict[str, Any]:
    from alignment.link.saying import when

    return {
        "act": act.act, "moment": when(act.moment), "kind": act.kind, "serves": [s or None for s in act.serves],
        "reach": act.reach or None, "targets": act.targets, "named": [{"id": t, "key": keys.get(t, t)} for t in act.named],
        "reason": act.reason, "mine": act.author == me, "undoes": act.undoes, "undone_by": act.undone_by,
    }  # fmt: skip


@click.command("export", epilog=examples("alignment link export decisions.yaml"))
@click.argument("file", type=PATH)
@click.option("--authors", is_flag=True, help="Write who decided too; left out otherwise.")
@store_option
@settings_option
@json_option
def export(file: Path, authors: bool, store: Path | None, settings_path: Path | None, as_json: bool) -> None:
    """Writes what stands into a YAML file, one entry a ticket, to be reviewed in git and read back with import."""
    from alignment.link.decisions_file import drawn
    from alignment.link.saying import hiding, settings_of
    from alignment.whole_file import put
    from analyzer.store import Store

    settings = settings_of(settings_path, None, store)
    with Store(settings.store).reading() as con:
        text, count = drawn(con, authors, hiding(con, settings))
    put(file, text)
    say(
        json.dumps({"file": str(file), "decisions": count})
        if as_json
        else f"{place(file)}: what stands for {count} tickets."
    )


@click.command(
    "import", epilog=examples("alignment link import decisions.yaml", "alignment link import decisions.yaml --json")
)
@click.argument("file", type=PATH)
@by_option
@strategy_option
@store_option
@settings_option
@json_option
def import_file(
    file: Path, by: str, strategy: Path | None, store: Path | None, settings_path: Path | None, as_json: bool
) -> None:  # fmt: skip
    """Reads decisions from a YAML file: what says something new becomes one act; what stands already is left alone.

    An entry that is gone from the file takes nothing back. Every mistake is told with its line, and then nothing is written.
    """
    from alignment.link.decisions_file import read_in
    from alignment.link.saying import settings_of

    done = read_in(settings_of(settings_path, strategy, store), file, by)
    if as_json:
        say(json.dumps({"act": done.act, "decided": done.new, "unchanged": done.unchanged, "older": list(done.older)}))
        return
    say(f"{file.name}: {done.new} new, {done.unchanged} stand already." + (f" Act {done.act}." if done.act else ""))
    if done.older:
        say(f"Left out, as they were decided anew after the file was written: {', '.join(done.older)}")
