"""The commands. Everything heavy is imported inside the command that needs it, so that --help answers at once."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alignment import __version__
from alignment.audit.command import audit
from alignment.command_line import (
    PATH,
    effort_option,
    engine_option,
    examples,
    formats_option,
    json_option,
    settings_option,
    tables_option,
)
from alignment.errors import COME_BACK, MENDABLE, Mend
from alignment.export_command import export
from alignment.link.command import link
from alignment.serve_command import serve
from alignment.telling import run as run
from alignment.telling import say
from alignment.weekly.run_command import run_weekly
from alignment.weekly.schedule_command import schedule

if TYPE_CHECKING:
    from alignment.settings import Settings


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=examples(
        "alignment demo                      a made-up company, from tickets to report",
        "alignment init                      settings and a first strategy for your tracker",
        "alignment pull export.csv           read an export from Jira or Linear",
        "alignment check                     is the strategy file in order?",
        "alignment report                    score the last eight weeks, write the report",
    ),
)
@click.version_option(__version__, prog_name="alignment")
def cli() -> None:
    """Measures the gap between what a strategy says matters and what the tickets show."""


cli.add_command(audit)


@cli.command(epilog=examples("alignment demo", "alignment demo --folder /tmp/acme"))
@click.option("--folder", type=PATH, default=Path("alignment-demo"), show_default=True, help="Where to set it up.")
@json_option
def demo(folder: Path, as_json: bool) -> None:
    """A made-up company in Jira and Linear, from tickets to a report; no account, no network."""
    from alignment.demo import AS_OF, set_up, tell

    settings_path = set_up(folder)
    _pull(settings_path, (), None, quiet=as_json)
    tell(_settings(settings_path), as_json)
    _report(settings_path, as_of=AS_OF, as_json=as_json)
    if not as_json:
        say(f"Once more, in {folder}: alignment report --as-of {AS_OF}")


@cli.command(
    epilog=examples(
        "alignment init                                      asks what it needs",
        "alignment init --export jira-export.jsonl.gz        for an export; no account, no network",
        "alignment init --tracker linear --team ENG --yes    asks nothing",
    )
)
@click.option("--tracker", "addresses", multiple=True, help="Address of your Jira, or: linear; repeatable.")
@click.option("--export", "exports", multiple=True, type=PATH, help="An exported file or folder instead; repeatable.")
@click.option("--kind", type=click.Choice(["jira-cloud", "jira-data-center", "linear"]), help="If it is not found out.")
@click.option("--email", help="For Jira Cloud: the account that the API token belongs to.")
@click.option("--project", "projects", multiple=True, help="Key of a Jira project to read; repeatable.")
@click.option("--team", "teams", multiple=True, help="Key of a Linear team to read; repeatable.")
@click.option("--ca-bundle", type=PATH, help="Your own certificate authorities (PEM).")
@click.option("--time-zone", help="Time zone of days and weeks [default: the account's]")
@click.option("--folder", type=PATH, default=Path("."), show_default=True, help="Where to write.")
@click.option("--overwrite", is_flag=True, help="Replace an alignment.yaml that is there.")
@click.option("--yes", is_flag=True, help="Ask nothing: take what is found.")
def init(
    addresses: tuple[str, ...], exports: tuple[Path, ...], kind: str | None, email: str | None, projects: tuple[str, ...],
    teams: tuple[str, ...], ca_bundle: Path | None, time_zone: str | None, folder: Path, overwrite: bool, yes: bool,
) -> None:  # fmt: skip
    """Asks a few questions, looks at the tracker, and writes alignment.yaml and strategy.yaml.

    The token is read from the environment or the keyring, or asked for without showing it. No file holds it.
    """
    from alignment.setup.asking import Wanted, start

    start(Wanted(
        folder, addresses, exports, kind or "", email or "", projects, teams, ca_bundle, time_zone or "", yes, overwrite,
    ))  # fmt: skip


@cli.command(
    epilog=examples(
        "alignment pull                          every tracker of alignment.yaml",
        "alignment pull jira-export.jsonl.gz     one export, no settings needed",
        "alignment pull exports/ --store q3.duckdb",
    )
)
@click.argument("files", nargs=-1, type=PATH)
@click.option("--store", type=PATH, help="The store to fill [default: as in the settings, else alignment.duckdb]")
@click.option("--sweep", is_flag=True, help="Look now for tickets that a live tracker no longer shows.")
@settings_option
@json_option
def pull(files: tuple[Path, ...], store: Path | None, sweep: bool, settings_path: Path | None, as_json: bool) -> None:
    """Brings the store up to date from the trackers of the settings, or from exported FILES.

    FILES are Jira REST JSON (an issue a line, or a search page), Jira CSV or Linear CSV, plain, .gz or .xz.
    """
    from alignment.link.suggesting import after_pull
    from alignment.wiring import clock

    summaries = _pull(settings_path, files, store, quiet=as_json, sweep=sweep)
    trouble = after_pull(_settings(settings_path, files, store=store), clock())
    if trouble:
        say(trouble, err=True)
    if as_json:
        click.echo(json.dumps({"pulled": summaries}))


@cli.command(
    epilog=examples(
        "alignment report",
        "alignment report --week 2026-W46                  as it stood at the end of that week",
        "alignment report --as-of 2026-11-15 --format html --format csv",
        "alignment report --strategy plans/ --store q3.duckdb",
        "alignment report --compare 2026-W40 2026-W47      two earlier reports side by side",
        "alignment report --engine spark --tables lake     on Spark, from tables laid out like a store",
    )
)
@click.option("--week", help="Look from the end of this week, e.g. 2026-W46.")
@click.option("--as-of", help="Look from the end of this day (or from a moment with its zone).")
@click.option("--strategy", type=PATH, help="Strategy file, or a folder of dated ones.")
@click.option("--store", type=PATH, help="The store to read, or a folder that alignment export made.")
@engine_option
@tables_option
@effort_option
@formats_option
@click.option("--out", type=PATH, help="Folder for the report.")
@click.option("--compare", nargs=2, metavar="WEEK WEEK", help="Two earlier reports side by side; nothing is scored.")
@settings_option
@json_option
def report(
    week: str | None, as_of: str | None, strategy: Path | None, store: Path | None, engine: str, tables: str, effort: str | None,
    out: Path | None, formats: tuple[str, ...], compare: tuple[str, str] | None, settings_path: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Scores what is in the store, writes the report, and lists every report in index.html beside it."""
    if bool(week) + bool(as_of) + bool(compare) > 1:
        raise click.UsageError("--week, --as-of and --compare each say from when to look; give one of them.")
    if compare:
        from alignment.comparing import compared

        for line in compared(_settings(settings_path, store=store), compare, effort, formats, out, as_json):
            say(line)
        return
    _report(settings_path, week, as_of, strategy, store, effort, formats, out, as_json, engine, tables)


@cli.command(epilog=examples("alignment check", "alignment check --strategy strategy/ --json"))
@click.option("--strategy", type=PATH, help="Strategy file or folder [default: as in the settings]")
@settings_option
@json_option
def check(strategy: Path | None, settings_path: Path | None, as_json: bool) -> None:
    """Verifies settings, access to the trackers and strategy: every mistake and what to do."""
    from alignment.setup.checking import check_all

    answer = check_all(settings_path, strategy)
    if as_json:
        say(json.dumps(answer.as_data()))
    else:
        for line in answer.lines():
            say(line)
    if answer.mistakes or answer.later:
        sys.exit(MENDABLE if answer.mistakes else COME_BACK)


@cli.command(
    epilog=examples(
        "alignment week                                          what is stated and decided for this week",
        "alignment week --focus fast-checkout --done-when 'Payment retries are live for all.'",
        "alignment week --review-held",
        "alignment week --decide scope_creep=accept --reason 'Agreed with sales' --until 2026-12-31",
        "alignment week --agree 'Checkout 2.3' --reason 'Two tickets for the audit'",
        "alignment week --note fast-checkout='Waiting for the provider'",
    )
)
@click.option("--week", help="The week meant, e.g. 2026-W47 [default: this week]")
@click.option("--focus", multiple=True, help="A priority this week is about; repeatable. Written to the strategy file.")
@click.option("--done-when", default="", help="How anyone can see that the week succeeded.")
@click.option("--review-held", is_flag=True, help="The review of this week was held.")
@click.option("--decide", multiple=True, metavar="FINDING=CHOICE", help="act, accept or dismiss, with --reason.")
@click.option("--agree", multiple=True, metavar="NAME", help="Growth of a priority, sprint, project … was agreed.")
@click.option("--note", "notes", multiple=True, metavar="PRIORITY=TEXT", help="An owner spoke on a priority.")
@click.option("--reason", default="", help="Why; the next report quotes it.")
@click.option("--until", help="The day a decision or agreement ends, e.g. 2026-12-31.")
@click.option("--by", default="", help="The role that decided. Roles, not names.")
@click.option("--strategy", type=PATH, help="Strategy file or folder [default: as in the settings]")
@click.option("--store", type=PATH, help="The store to write to.")
@settings_option
def week(
    week: str | None, focus: tuple[str, ...], done_when: str, review_held: bool, decide: tuple[str, ...], agree: tuple[str, ...],
    notes: tuple[str, ...], reason: str, until: str | None, by: str, strategy: Path | None, store: Path | None,
    settings_path: Path | None,
) -> None:  # fmt: skip
    """States this week's focus; records a review and what was decided. Without options: shows what is known."""
    from alignment.weekly.week import Words, spoken

    words = Words(focus, done_when, review_held, decide, agree, notes, reason, until or "", by)
    for line in spoken(_settings(settings_path, strategy=strategy, store=store), week, words):
        say(line)


def _settings(path: Path | None, files: tuple[Path, ...] = (), **changes: Path | None) -> Settings:
    from alignment.wiring import settings_with

    return settings_with(path, files, **changes)


def _pull(
    path: Path | None, files: tuple[Path, ...], store: Path | None, quiet: bool, sweep: bool = False
) -> list[dict[str, Any]]:
    from alignment import wiring
    from alignment.pulling.several import pull_settings, say_pulled

    settings = _settings(path, files, store=store)
    if settings.trackers[0].name == "none":
        raise Mend("There is nothing to pull from.", "Name an exported file, or list trackers in alignment.yaml.")
    done, failed = pull_settings(settings, wiring.clock, quiet, sweep)
    for connector, got in done:
        if not quiet:
            say_pulled(connector, got)
    if len(failed) == 1:
        raise failed[0]
    if failed:
        raise ExceptionGroup("several trackers", failed)
    return [got.as_data() for _, got in done]


def _report(
    path: Path | None, week: str | None = None, as_of: str | None = None, strategy: Path | None = None,
    store: Path | None = None, effort: str | None = None, formats: tuple[str, ...] = (), out: Path | None = None,
    as_json: bool = False, engine: str = "duckdb", tables: str = "",
) -> None:  # fmt: skip
    from alignment.archiving import archive
    from alignment.pulling.progress import working
    from alignment.reading import source
    from alignment.reporting import freeze, make_result, told, write
    from alignment.strategy_history import remember
    from alignment.wiring import clock, moment, strategies, there
    from alignment.wiring import options as analysis_options
    from analyzer.store import Store

    settings = _settings(path, strategy=strategy, store=store)
    judged_by = strategies(settings.strategy)  # mistakes in it are said before the store is opened
    now, read = clock(), source(settings, engine, tables)
    looked = moment(read, analysis_options(settings).calendar, as_of, week, now)
    there(read)
    kept = not read.exported
    if kept:
        remember(Store(settings.store), settings.strategy, now)
    with working("Scoring", as_json):
        result = make_result(settings, judged_by, looked, effort, source=read)
        if kept:
            freeze(settings, result, now, looked)
    with working("Drawing", as_json):
        folder = (out or settings.report.folder).absolute()
        paths = write(result, folder, looked.name, formats or settings.report.formats)
        if settings.store.exists():
            archive(settings, folder)
    for line in told(result, paths, looked, as_json):
        click.echo(line)


cli.add_command(export)
cli.add_command(link)
cli.add_command(run_weekly)
cli.add_command(schedule)
cli.add_command(serve)


def main() -> None:
    """Runs a command; what goes wrong becomes one sentence, the fix and an exit code."""
    sys.exit(run(lambda: cli.main(standalone_mode=False)))


if __name__ == "__main__":
    main()
