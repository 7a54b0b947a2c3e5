"""The few questions of `alignment init`; each can be answered by an option, so that a script asks none."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from alignment import tokens
from alignment.errors import Mend
from alignment.settings import Tracker
from alignment.setup import starting
from alignment.setup.discovery import Found, address, chosen, found_at, kind_of
from alignment.telling import say


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the options say; what is empty is asked, or with ``yes`` taken as it is found."""

    folder: Path
    addresses: tuple[str, ...] = ()
    exports: tuple[Path, ...] = ()
    kind: str = ""
    email: str = ""
    projects: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    ca_bundle: Path | None = None
    zone: str = ""
    yes: bool = False
    overwrite: bool = False


def start(wanted: Wanted) -> None:
    """Asks, looks, writes both files, and says what to do next."""
    texts = _allowed(wanted)
    found = [starting.of_export(path, wanted.folder) for path in wanted.exports]
    if not found:
        addresses = wanted.addresses or (_asked(wanted, "--tracker", "Address of your Jira, or: linear"),)
        for text in addresses:
            found.append(_tracker(wanted, text, [f.tracker.name for f in found]))
    made = {starting.SETTINGS: starting.settings_text(found, wanted.folder, wanted.zone)}
    if starting.STRATEGY in texts:
        made[starting.STRATEGY] = starting.strategy_text(found)
    for path in starting.write(wanted.folder, made):
        say(f"Wrote {path}")
    _next(wanted, found)


def _allowed(wanted: Wanted) -> list[str]:
    """The files that may be written: the settings, and a strategy if there is none. Raises Mend."""
    there = wanted.folder / starting.SETTINGS
    if (
        there.exists()
        and not wanted.overwrite
        and (wanted.yes or not _agreed(f"{there} is there already. Overwrite it?"))
    ):
        raise Mend(f"{there} is there already and was left as it is.", "Move it away, or add --overwrite.")
    return [starting.SETTINGS] + ([] if (wanted.folder / starting.STRATEGY).exists() else [starting.STRATEGY])


def _tracker(wanted: Wanted, text: str, taken: Sequence[str]) -> Found:
    kind, url = address(text)
    kind = wanted.kind or kind
    where = {"base_url": url or None, "ca_bundle": str(wanted.ca_bundle) if wanted.ca_bundle else None}
    given = {"name": starting.name_for(kind, taken), "kind": kind or "jira-cloud", **where}
    tracker = Tracker.model_validate({k: v for k, v in given.items() if v}, context={"folder": Path.cwd()})
    if not kind:
        tracker = tracker.model_copy(update={"kind": kind_of(tracker)})
    if tracker.kind == "jira-cloud":
        question = "E-mail of the account the API token belongs to"
        tracker = tracker.model_copy(update={"email": wanted.email or _asked(wanted, "--email", question)})
    keys = wanted.teams if tracker.kind == "linear" else wanted.projects
    part = "teams" if tracker.kind == "linear" else "projects"
    tracker = tracker.model_copy(update={part: keys or None})
    _token(wanted, tracker)
    found = found_at(tracker)
    say(f"{found.about}: {len(found.shown)} {part}, time zone {found.zone or 'not told'}")
    for line in found.notes:
        say(f"  {line}")
    if not keys and not wanted.yes:
        say(f"  {part}: {', '.join(found.shown[:30])}{' …' if len(found.shown) > 30 else ''}")
        answer = _prompt(f"Which {part} (keys with commas; empty: all)", default="", show_default=False)
        wishes = [w.strip() for w in answer.split(",") if w.strip()]
        strange = sorted(set(wishes) - set(found.shown))
        if strange:
            raise Mend(f"There is no {part[:-1]} {', '.join(strange)}.", "Give keys that are shown.")
        found = chosen(found, wishes)
    return found


def _token(wanted: Wanted, tracker: Tracker) -> None:
    """From the environment or the keyring, else asked for without showing it. It goes into no file."""
    if tokens.known(tracker.name) or wanted.yes:
        tokens.token(tracker.name)
        return
    tokens.take(tracker.name, _prompt(f"Token for {tracker.name} (not shown)", hide_input=True))
    if tokens.has_keyring() and _agreed("Keep it in the system keyring?") and tokens.keep(tracker.name):
        say("  kept in the system keyring")


def _asked(wanted: Wanted, option: str, question: str) -> str:
    if wanted.yes:
        raise Mend(f"{question}: not known.", f"Give it with {option}.")
    return _prompt(question)


def _prompt(question: str, **how: object) -> str:
    """Raises Mend where nobody answers, as in a script."""
    try:
        return str(click.prompt(question, err=True, **how))  # type: ignore[call-overload]
    except click.Abort:
        raise _nobody() from None


def _agreed(question: str) -> bool:
    try:
        return click.confirm(question, err=True)
    except click.Abort:
        raise _nobody() from None


def _nobody() -> Exception:
    if sys.stdin.isatty():
        return Mend("Stopped; nothing was written.", "Run alignment init again.")
    return Mend("There is nobody to answer; nothing was written.", "Give options and --yes: see alignment init --help")


def _next(wanted: Wanted, found: Sequence[Found]) -> None:
    live = [f.tracker.name for f in found if f.tracker.kind != "file"]
    say("\nNext:")
    for name in live:
        if not tokens.stays(name):
            say(f"  export {tokens.variable(name)}=…      (your token; no file holds it)")
    if wanted.folder.absolute() != Path.cwd():
        say(f"  cd {wanted.folder}")
    say("  alignment check")
    say("  alignment pull")
