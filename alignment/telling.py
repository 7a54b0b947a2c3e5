"""What goes wrong becomes one sentence, the fix and an exit code; nothing is printed that holds a token."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from alignment.errors import COME_BACK, MENDABLE, OUR_BUG, Mend, Mistakes
from alignment.scrubbing import scrubbed


def say(text: str, err: bool = False) -> None:
    """Prints what a tracker may have had a part in."""
    click.echo(scrubbed(text), err=err)


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
        say("Stopped. What was committed is kept; run the same command to go on.", err=True)
        return MENDABLE
    except Mistakes as error:
        count = len(error.mistakes)
        say(f"{count} {'mistake' if count == 1 else 'mistakes'} to mend:", err=True)
        for mistake in error.mistakes:
            say(f"  {mistake}", err=True)
        return MENDABLE
    except Mend as error:
        say(str(error), err=True)
        return MENDABLE
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else MENDABLE
    except BrokenPipeError:
        return MENDABLE
    except ExceptionGroup as errors:  # of several trackers: each is told, the worst decides
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
        say(f"{error} Come back at {error.at:%Y-%m-%d %H:%M} UTC.", err=True)
        return COME_BACK
    if isinstance(error, ConnectorError | Busy | Damaged | NewerStore):
        say(str(error), err=True)
        return MENDABLE
    if isinstance(error, OSError):
        name = Path(error.filename).name if isinstance(error.filename, str) else "A file"
        say(
            f"{name}: {error.strerror or 'it cannot be read or written'}. Check the path, its permissions and the disk.",
            err=True,
        )
        return MENDABLE
    say("".join(traceback.format_exception(error)), err=True)  # its chain may quote headers and addresses
    say("This is a mistake in the program, not in your data. Please report it with the lines above.", err=True)
    return OUR_BUG
