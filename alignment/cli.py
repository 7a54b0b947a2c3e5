"""The commands. Everything heavy is imported inside the command that needs it, so that --help answers at once."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alignment import __version__
from alignment.errors import COME_BACK, MENDABLE, OUR_BUG, Mend, Mistakes

if TYPE_CHECKING:
    from alignment.settings import Settings
    from connectors.connector import Connector, ParseOptions

PATH = click.Path(path_type=Path)
settings_option = click.option(
    "--settings", "settings_path", type=PATH, help="Settings file [default: alignment.yaml, if there is one]"
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object for a script to read.")


def examples(*lines: str) -> str:
    """An epilog that keeps its lines."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=examples(
        "alignment demo                      a made-up company, from tickets to report",
        "alignment pull export.csv           read an export from Jira or Linear",
        "alignment check                     is the strategy file in order?",
        "alignment report                    score the last eight weeks, write the report",
    ),
)
@click.version_option(__version__, prog_name="alignment")
def cli() -> None:
    """Measures the gap between what a strategy says matters and what the tickets show."""


@cli.command(epilog=examples("alignment demo", "alignment demo --folder /tmp/acme"))
@click.option("--folder", type=PATH, default=Path("alignment-demo"), show_default=True, help="Where to set it up.")
@json_option
def demo(folder: Path, as_json: bool) -> None:
    """A made-up company in Jira and Linear, from tickets to a report; no account, no network."""
    from alignment.demo import AS_OF, set_up

    settings_path = set_up(folder)
    _pull(settings_path, (), None, quiet=as_json)
    _report(settings_path, as_of=AS_OF, as_json=as_json)


@cli.command(
    epilog=examples(
        "alignment pull                          every tracker of alignment.yaml",
        "alignment pull jira-export.jsonl.gz     one export, no settings needed",
        "alignment pull exports/ --store q3.duckdb",
    )
)
@click.argument("files", nargs=-1, type=PATH)
@click.option("--store", type=PATH, help="The store to fill [default: as in the settings, else alignment.duckdb]")
@settings_option
@json_option
def pull(files: tuple[Path, ...], store: Path | None, settings_path: Path | None, as_json: bool) -> None:
    """Brings the store up to date from the trackers of the settings, or from exported FILES.

    FILES are Jira REST JSON (an issue a line, or a search page), Jira CSV or Linear CSV, plain, .gz or .xz.
    """
    summaries = _pull(settings_path, files, store, quiet=as_json)
    if as_json:
        click.echo(json.dumps({"pulled": summaries}))


@cli.command(
    epilog=examples(
        "alignment report",
        "alignment report --week 2026-W46                  as it stood at the end of that week",
        "alignment report --as-of 2026-11-15 --format html --format csv",
        "alignment report --strategy plans/ --store q3.duckdb",
    )
)
@click.option("--week", help="Look from the end of this week, e.g. 2026-W46.")
@click.option("--as-of", help="Look from the end of this day (or from a moment with its zone).")
@click.option("--strategy", type=PATH, help="Strategy file, or a folder of dated ones.")
@click.option("--store", type=PATH, help="The store to read.")
@click.option("--effort", type=click.Choice(["days", "count", "points"]), help="What effort is counted in.")
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["html", "md", "csv", "json"]),
    help="What to write; repeatable.",
)
@click.option("--out", type=PATH, help="Folder for the report.")
@settings_option
@json_option
def report(
    week: str | None, as_of: str | None, strategy: Path | None, store: Path | None, effort: str | None,
    formats: tuple[str, ...], out: Path | None, settings_path: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Scores what is in the store and writes the report."""
    if week and as_of:
        raise click.UsageError("--week and --as-of both say from when to look; give one of them.")
    _report(settings_path, week, as_of, strategy, store, effort, formats, out, as_json)


@cli.command(epilog=examples("alignment check", "alignment check --strategy strategy/ --json"))
@click.option("--strategy", type=PATH, help="Strategy file or folder [default: as in the settings]")
@settings_option
@json_option
def check(strategy: Path | None, settings_path: Path | None, as_json: bool) -> None:
    """Verifies settings and strategy: every mistake with its line and what to do."""
    from alignment.checking import check_all

    answer = check_all(settings_path, strategy)
    if as_json:
        click.echo(json.dumps(answer.as_data()))
    else:
        for line in answer.lines():
            click.echo(line)
    if answer.mistakes:
        sys.exit(MENDABLE)


def _settings(path: Path | None, files: tuple[Path, ...] = (), **changes: Path | None) -> Settings:
    from alignment.wiring import settings_or_defaults

    settings = settings_or_defaults(path, files)
    return settings.model_copy(update={k: v.absolute() for k, v in changes.items() if v is not None})


def _pull(path: Path | None, files: tuple[Path, ...], store: Path | None, quiet: bool) -> list[dict[str, Any]]:
    from datetime import UTC, datetime

    from alignment import pull as pulling
    from alignment.progress import progress
    from alignment.several import pull_all, say_pulled
    from alignment.wiring import connectors
    from analyzer.store import Store

    settings = _settings(path, files, store=store)
    if settings.trackers[0].name == "none":
        raise Mend("There is nothing to pull from.", "Name an exported file, or list trackers in alignment.yaml.")

    def one(connector: Connector, options: ParseOptions, tell: pulling.Progress) -> pulling.Pulled:
        return pulling.pull(Store(settings.store), connector, options, datetime.now(UTC), tell)

    trackers = connectors(settings)
    with progress([connector for connector, _ in trackers], quiet) as telling:
        done, failed = pull_all(trackers, one, telling)
    for connector, got in done:
        if not quiet:
            say_pulled(connector, got)
    if len(failed) == 1:
        raise failed[0]
    if failed:
        raise ExceptionGroup("several trackers", failed)
    return [
        {"tracker": got.tracker, "fetched": got.fetched, "read": got.read, "skipped": got.skipped} for _, got in done
    ]


def _report(
    path: Path | None, week: str | None = None, as_of: str | None = None, strategy: Path | None = None,
    store: Path | None = None, effort: str | None = None, formats: tuple[str, ...] = (), out: Path | None = None,
    as_json: bool = False,
) -> None:  # fmt: skip
    from datetime import UTC, datetime

    from alignment.progress import working
    from alignment.reporting import freeze, make_result, write
    from alignment.wiring import moment, no_store, strategies
    from alignment.wiring import options as analysis_options
    from analyzer.store import Store

    settings = _settings(path, strategy=strategy, store=store)
    judged_by = strategies(settings.strategy)  # mistakes in it are said before the store is opened
    now = datetime.now(UTC)
    looked = moment(Store(settings.store), analysis_options(settings).calendar, as_of, week, now)
    if not settings.store.exists():
        raise no_store(settings.store)
    with working("Scoring", as_json):
        result = make_result(settings, judged_by, looked, effort)
        freeze(settings, result, now, looked)
    with working("Drawing", as_json):
        paths = write(
            result, (out or settings.report.folder).absolute(), looked.name, formats or settings.report.formats
        )
    scores = {f.meta.id: f.score.value for f in result.findings if f.score}
    if as_json:
        verdicts = {f.meta.id: f.verdict for f in result.findings}
        answer = {
            "headline": result.headline,
            "verdict": result.verdict,
            "as_of": result.as_of,
            "verdicts": verdicts,
            "scores": scores,
        }
        click.echo(json.dumps({**answer, "files": [str(p) for p in paths]}))
        return
    click.echo(f"\n{result.headline}\n")
    said = {"noise": "no signal", "not_judged": "not judged"}
    for finding in result.findings:
        number = f" ({finding.score.value:.0f} of 100)" if finding.score else ""
        click.echo(f"  {said.get(finding.verdict, finding.verdict):<10} {finding.meta.title}{number}")
    click.echo(f"\nSeen from {looked.reason}.")
    for file in paths:
        here = file.is_relative_to(Path.cwd())
        click.echo(f"Report: {file.relative_to(Path.cwd()) if here else file}")


def main() -> None:
    """Runs a command; what goes wrong becomes one sentence, the fix and an exit code."""
    sys.exit(run(lambda: cli.main(standalone_mode=False)))


def run(command: Callable[[], Any]) -> int:
    """The exit code of a command, its error said on stderr."""
    try:
        done = command()
        return done if isinstance(done, int) else 0
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. What was committed is kept; run the same command to go on.", err=True)
        return MENDABLE
    except Mistakes as error:
        count = len(error.mistakes)
        click.echo(f"{count} {'mistake' if count == 1 else 'mistakes'} to mend:", err=True)
        for mistake in error.mistakes:
            click.echo(f"  {mistake}", err=True)
        return MENDABLE
    except Mend as error:
        click.echo(str(error), err=True)
        return MENDABLE
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else MENDABLE
    except BrokenPipeError:
        return MENDABLE
    except ExceptionGroup as errors:
        codes = [run(partial(_again, error)) for error in errors.exceptions]
        return max(codes, key=(COME_BACK, MENDABLE, OUR_BUG).index)
    except Exception as error:
        return _told(error)


def _again(error: Exception) -> None:
    raise error


def _told(error: Exception) -> int:
    """Errors of the other packages, by what the user should do."""
    from analyzer.migrations import NewerStore
    from analyzer.store import Busy, Damaged
    from connectors.connector import ComeBack, ConnectorError

    if isinstance(error, ComeBack):
        click.echo(f"{error} Come back at {error.at:%Y-%m-%d %H:%M} UTC.", err=True)
        return COME_BACK
    if isinstance(error, ConnectorError | Busy | Damaged | NewerStore):
        click.echo(str(error), err=True)
        return MENDABLE
    if isinstance(error, OSError):
        name = Path(error.filename).name if isinstance(error.filename, str) else "A file"
        click.echo(
            f"{name}: {error.strerror or 'it cannot be read or written'}. Check the path, its permissions and the disk.",
            err=True,
        )
        return MENDABLE
    import traceback

    traceback.print_exc()
    click.echo("\nThis is a mistake in the program, not in your data. Please report it with the lines above.", err=True)
    return OUR_BUG


if __name__ == "__main__":
    main()
