"""What goes wrong becomes one sentence, the fix and an exit code; nothing is printed that holds a token."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from alignment.errors import COME_BACK, MENDABLE, OUR_BUG, Mend, Mistakes
from alignment.scrubbing import scrubbed


def say(text: str, err: bool = False) -> None:
    """Prints what a tracker may have had a part in."""
    click.echo(scrubbed(text), err=err)


def place(path: Path) -> str:
    """A path as a person would write it: from where they stand, if it lies below; else whole."""
    whole, here = path.absolute(), Path.cwd()
    return str(whole.relative_to(here) if whole.is_relative_to(here) else whole)


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
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else MENDABLE
    except BrokenPipeError:
        return MENDABLE
    except (click.Abort, KeyboardInterrupt, Exception) as error:
        code, lines = told(error)
        for line in lines:
            say(line, err=True)
        return code


def told(error: BaseException) -> tuple[int, list[str]]:
    """The exit code that goes with an error, and the lines that tell it: by what the user should do."""
    if isinstance(error, click.Abort | KeyboardInterrupt):
        return MENDABLE, ["Stopped. What was committed is kept; run the same command to go on."]
    if isinstance(error, Mistakes):
        count = len(error.mistakes)
        first = f"{count} {'mistake' if count == 1 else 'mistakes'} to mend:"
        return MENDABLE, [first, *(f"  {mistake}" for mistake in error.mistakes)]
    if isinstance(error, Mend):
        return MENDABLE, [str(error)]
    if isinstance(error, ExceptionGroup):  # of several trackers: each is told, the worst decides
        each = [told(one) for one in error.exceptions]
        worst = max((code for code, _ in each), key=(COME_BACK, MENDABLE, OUR_BUG).index)
        return worst, [line for _, lines in each for line in lines]
    return _of_other_packages(error)


def _of_other_packages(error: BaseException) -> tuple[int, list[str]]:
    from analyzer.migrations import NewerStore
    from analyzer.store import Busy, Damaged, ReadOnly
    from analyzer.store_parquet import NotInLayout
    from analyzer.warehouse import EngineFailed
    from connectors.connector import ComeBack, ConnectorError

    if isinstance(error, ComeBack):
        return COME_BACK, [f"{error} Come back at {error.at:%Y-%m-%d %H:%M} UTC."]
    if isinstance(error, ConnectorError | Busy | Damaged | ReadOnly | NotInLayout | NewerStore | EngineFailed):
        return MENDABLE, [str(error)]
    if type(error).__name__ == "OutOfMemoryException":  # DuckDB's own
        return MENDABLE, [
            "DuckDB ran out of the memory it may hold, or of disk beside the store to spill to. "
            "Give it more in alignment.yaml, e.g. memory: 8 GB, or free some disk."
        ]
    if isinstance(error, OSError):
        name = place(Path(error.filename)) if isinstance(error.filename, str) else "A file"
        what = error.strerror or "it cannot be read or written"
        return MENDABLE, [f"{name}: {what}. Check the path, its permissions and the disk."]
    chain = "".join(traceback.format_exception(error))  # it may quote headers and addresses: said through the scrubber
    return OUR_BUG, [
        chain,
        "This is a mistake in the program, not in your data. Please report it with the lines above.",
    ]
