"""``alignment schedule``: what calls ``alignment run`` every week."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import datetime
from pathlib import Path

import click

from alignment.command_line import PATH, examples, settings_option
from alignment.errors import Mend
from alignment.telling import say

KINDS = ("cron", "systemd", "github", "gitlab", "kubernetes")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@click.command(
    epilog=examples(
        "alignment schedule                                    which there are",
        "alignment schedule systemd                            prints the two units",
        "alignment schedule systemd --install                  writes them and starts the timer",
        "alignment schedule cron --day tuesday --at 06:30 --install",
        "alignment schedule systemd --remove                   stops the timer and takes them out",
        "alignment schedule github --out .github/workflows/alignment.yml",
        "alignment schedule kubernetes --image registry.example.com/alignment:1 --out job.yaml",
    )
)
@click.argument("kind", required=False, type=click.Choice(KINDS))
@click.option("--day", type=click.Choice(DAYS), default="monday", show_default=True, help="The day of the week.")
@click.option("--at", default="07:00", show_default=True, help="The time, in the time zone of the settings.")
@click.option(
    "--every", type=click.Choice(["week", "day"]),
    help="How often; the digest is sent once a week all the same [default: day for github and gitlab, else week]",
)  # fmt: skip
@click.option("--install", is_flag=True, help="For cron and systemd: put it in place, for the user you are.")
@click.option("--remove", is_flag=True, help="For cron and systemd: take out what --install put in place.")
@click.option("--out", type=PATH, help="Write it to this file, which must not be there yet, instead of printing it.")
@click.option("--name", default="alignment", show_default=True, help="Name of the units, workflow or job.")
@click.option("--environment", type=PATH, help="File of secrets [default: ~/.config/alignment/environment]")
@click.option("--image", help="For kubernetes: the container image that has the program.")
@click.option("--package", help="For github and gitlab: what pip installs [default: a wheel in the repository]")
@settings_option
def schedule(
    kind: str | None, day: str, at: str, every: str | None, install: bool, remove: bool, out: Path | None, name: str,
    environment: Path | None, image: str | None, package: str | None, settings_path: Path | None,
) -> None:  # fmt: skip
    """Prints what makes `alignment run` happen every week; with --install puts it in place, with --remove takes it out.

    Nothing that this program did not write is overwritten, and no secret is in what it prints.
    """
    from alignment.weekly import scheduling
    from alignment.wiring import SETTINGS, clock, settings_or_defaults

    if kind is None:
        for known, what in scheduling.KINDS.items():
            say(f"alignment schedule {known:<11} {what}")
        return
    if install and kind not in ("cron", "systemd"):
        raise click.UsageError(f"--install is for cron and systemd; save what is printed where {kind} reads it.")
    if remove and (install or out is not None or kind not in ("cron", "systemd")):
        raise click.UsageError("--remove takes out what --install put in place for cron or systemd, and goes alone.")
    if out is not None and (install or kind == "systemd"):
        raise click.UsageError("--out writes one file, of cron, github, gitlab or kubernetes, and installs nothing.")
    path = settings_path or SETTINGS
    if not path.exists() and not remove:
        raise Mend(f"There are no settings at {path.name}.", "Write some with: alignment init")
    settings = settings_or_defaults(None if remove else path)
    hour, minute = _time(at)
    daily = (every or ("day" if kind in ("github", "gitlab") else "week")) == "day"
    when = scheduling.When(None if daily else DAYS.index(day), hour, minute, settings.time_zone)
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    place = scheduling.Place(
        name, path.absolute(), _program(), (environment or config / "alignment" / "environment").absolute(),
        image or scheduling.IMAGE, package or scheduling.WHEEL,
    )  # fmt: skip
    if remove:
        from alignment.weekly.installing import remove_cron, remove_systemd

        for line in remove_cron(place) if kind == "cron" else remove_systemd(place):
            say(line)
        return
    texts = scheduling.drawn(kind, settings, place, when, clock())
    if out is not None:
        _write(out, *texts.values())
        return
    if not install:
        for file, text in texts.items():
            if len(texts) > 1:
                say(f"# {file}")
            say(text)
        return
    from alignment.weekly.installing import install_cron, install_systemd

    lines = install_cron(texts["crontab"], place) if kind == "cron" else install_systemd(texts, place)
    for line in lines:
        say(line)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Mend(f"{path.name} is there already.", "Move it away, or name another file with --out.") from None
    say(f"Wrote {path}")


def _time(text: str) -> tuple[int, int]:
    try:
        at = datetime.strptime(text, "%H:%M")
    except ValueError:
        raise Mend(f"{text} is no time of day.", "Write e.g. --at 07:00.") from None
    return at.hour, at.minute


def _program() -> Path:
    """The command as it was called, or as the shell finds it: a schedule has no PATH of yours."""
    called = Path(sys.argv[0])
    if called.name == "alignment" and called.exists():
        return called.absolute()
    return Path(shutil.which("alignment") or Path(sys.executable).parent / "alignment")
