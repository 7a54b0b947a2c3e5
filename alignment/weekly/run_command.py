"""``alignment run``: what the schedule calls."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alignment.command_line import examples, json_option, settings_option
from alignment.telling import say, told

if TYPE_CHECKING:
    from alignment.settings import Settings
    from alignment.weekly.running import Wanted


@click.command(
    "run",
    epilog=examples(
        "alignment run                       pull, score, write, deliver",
        "alignment run --dry-run             what would happen",
        "alignment run --quiet --log json    says nothing unless something is wrong, as JSON",
        "alignment run --force --to leads    send this week's report to one target again",
    ),
)
@click.option("--dry-run", is_flag=True, help="Pull, write and send nothing; say what would be done.")
@click.option("--force", is_flag=True, help="Send again what was sent already for this week, with today's numbers.")
@click.option("--to", multiple=True, metavar="TARGET", help="Deliver to this target of the settings alone; repeatable.")
@click.option("--quiet", is_flag=True, help="Print nothing but what went wrong.")
@click.option(
    "--log", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="What is logged on stderr: lines to read, or a JSON object a line.",
)  # fmt: skip
@settings_option
@json_option
def run_weekly(
    dry_run: bool, force: bool, to: tuple[str, ...], quiet: bool, form: str, settings_path: Path | None, as_json: bool
) -> None:
    """Pulls all trackers, scores, writes the report and delivers it: once a week to each target, however often it runs.

    One run at a time. If a tracker or a target fails, the others go on, and the next run makes good what is missing.
    """
    from alignment import wiring
    from alignment.log import logger
    from alignment.weekly.running import Wanted, run

    log = logger("json" if form == "json" else "text", quiet, wiring.clock)
    wanted = Wanted(force, to, shown=not (quiet or form == "json" or as_json))

    def go() -> int:
        from alignment.deliver.delivering import send

        settings = wiring.settings_or_defaults(settings_path)
        if dry_run:
            return _plan(settings, wanted, as_json)
        ran = run(settings, wanted, wiring.clock, send, log)
        code, errors = told(ExceptionGroup("run", ran.errors)) if ran.errors else (0, [])
        _sum_up(ran, code, errors, quiet, as_json)
        _complain(errors)
        log.info("over", period=ran.period, exit_code=code)
        return code

    def _complain(errors: list[str]) -> None:
        for line in errors:
            if form == "json":
                log.error("error", message=line)
            else:
                say(line, err=True)

    try:
        code = go()
    except click.exceptions.Exit:
        raise
    except Exception as error:  # as all commands tell it, but in the form that the log was asked for
        if form != "json":
            raise
        code, errors = told(error)
        _complain(errors)
    sys.exit(code)


def _sum_up(ran: Any, code: int, errors: list[str], quiet: bool, as_json: bool) -> None:
    from alignment.weekly.run_telling import as_data, lines

    if as_json:
        say(json.dumps(as_data(ran, code, errors), ensure_ascii=False))
    elif not quiet:
        for line in lines(ran):
            say(line)


def _plan(settings: Settings, wanted: Wanted, as_json: bool) -> int:
    from alignment import wiring
    from alignment.weekly.run_telling import planned

    plan = planned(settings, wanted, wiring.clock(), os.environ)
    for line in [json.dumps(plan.as_data(), ensure_ascii=False)] if as_json else plan.lines():
        say(line)
    return 0
