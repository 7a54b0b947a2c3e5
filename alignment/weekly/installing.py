"""Puts a schedule into the user's crontab or systemd, and takes it out; what is foreign or was edited is left alone."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from alignment.errors import Mend
from alignment.weekly.scheduling import Place, begins, ends
from alignment.whole_file import put

MARK = re.compile(r"\A# Written by `alignment schedule systemd` for (?P<settings>.*); (?P<digest>[0-9a-f]{16})\n")


def install_cron(text: str, place: Place) -> Iterator[str]:
    """Puts the lines into the crontab of this user, in place of its own earlier ones. Raises Mend."""
    crontab, before, rest = _crontab(place)
    after = f"{rest}{'' if not rest or rest.endswith(chr(10)) else chr(10)}{text}"
    _put_crontab(crontab, after)
    yield f"{'Changed' if rest != before else 'Added'} in your crontab. See it: crontab -l."
    yield "Take it out: alignment schedule cron --remove"
    yield from keep_environment(place, text)


def remove_cron(place: Place) -> Iterator[str]:
    """Takes the lines of these settings out of the crontab of this user. Raises Mend."""
    crontab, before, rest = _crontab(place)
    if rest == before:
        raise Mend(f"Your crontab holds no schedule of {place.settings}.", "See what it holds: crontab -l")
    _put_crontab(crontab, rest)
    yield "Taken out of your crontab."
    yield from kept_environment(place)


def _crontab(place: Place) -> tuple[str, str, str]:
    """The program, this user's crontab, and the same without the lines of these settings."""
    crontab = shutil.which("crontab")
    if crontab is None:
        raise Mend("There is no crontab on this machine.", "Install cron, or use: alignment schedule systemd.")
    shown = subprocess.run([crontab, "-l"], capture_output=True, text=True, check=False)
    if shown.returncode and "no crontab" not in shown.stderr.lower():
        raise Mend(f"crontab cannot be read: {shown.stderr.strip()}.", "Ask who runs this machine.")
    before = "" if shown.returncode else shown.stdout
    own = re.compile(f"^{re.escape(begins(place))}\n.*?^{re.escape(ends(place))}\n", re.DOTALL | re.MULTILINE)
    if begins(place) in before and not own.search(before):
        raise Mend("The crontab holds the begin of an earlier schedule without its end.", "Mend it with: crontab -e")
    return crontab, before, own.sub("", before)


def _put_crontab(crontab: str, text: str) -> None:
    done = subprocess.run([crontab, "-"], input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Mend(f"crontab refused it: {done.stderr.strip()}.", "Nothing was changed.")


def install_systemd(texts: Mapping[str, str], place: Place) -> Iterator[str]:
    """Writes the units of this user and starts the timer. Raises Mend before anything is written."""
    units = {_units() / Path(name).name: marked(text, place) for name, text in texts.items()}
    for path in units:
        _may_write(path, place)
    for path, text in units.items():
        put(path, text, 0o644)
        yield f"Wrote {path}"
    yield from keep_environment(place, "".join(texts.values()))
    timer = f"{place.name}.timer"
    for arguments in (["daemon-reload"], ["enable", "--now", timer]):
        if not _systemctl(arguments):
            by_hand = f"systemctl --user daemon-reload && systemctl --user enable --now {timer}"
            yield f"systemd did not take it. In a session of your own, run: {by_hand}"
            return
    yield f"Started {timer}. When it runs next: systemctl --user list-timers {timer}"
    yield "So that it also runs while you are logged out: loginctl enable-linger"
    yield "Take it out: alignment schedule systemd --remove"


def remove_systemd(place: Place) -> Iterator[str]:
    """Stops the timer of this user and takes its units out. Raises Mend before anything is touched."""
    units = [path for kind in ("timer", "service") if (path := _units() / f"{place.name}.{kind}").exists()]
    if not units:
        raise Mend(f"There is no {place.name}.timer of yours.", "If it has another name, give it: --name")
    for path in units:
        _may_write(path, place)
    stopped = _systemctl(["disable", "--now", f"{place.name}.timer"])
    for path in units:
        path.unlink()
        yield f"Took out {path}"
    if not (stopped and _systemctl(["daemon-reload"])):
        by_hand = f"systemctl --user stop {place.name}.timer; systemctl --user daemon-reload"
        yield f"systemd did not hear of it. In a session of your own, run: {by_hand}"
    yield from kept_environment(place)


def _units() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"


def marked(text: str, place: Place) -> str:
    """A unit that says who wrote it, for which settings, and whether it was edited since."""
    return f"# Written by `alignment schedule systemd` for {place.settings}; {_digest(text)}\n{text}"


def _may_write(path: Path, place: Place) -> None:
    if not path.exists():
        return
    text = path.read_text(encoding="utf-8", errors="replace")
    mark = MARK.match(text)
    if mark is None:
        raise Mend(
            f"{path.name} is there and was not written by this program.", "Give another --name, or move it away."
        )
    if mark["settings"] != str(place.settings):
        raise Mend(f"{path.name} is the schedule of other settings.", "Give this one another --name.")
    if _digest(text[mark.end() :]) != mark["digest"]:
        raise Mend(f"{path.name} was edited since it was written.", "Keep your copy and move it away, then try again.")


def keep_environment(place: Place, text: str) -> Iterator[str]:
    """A file for secrets, readable by its owner alone, if there is none; one that is there is never changed."""
    path = place.environment
    if path.exists():
        if path.stat().st_mode & 0o077:
            yield f"Others may read {path}: chmod 600 {path}"
        return
    names = list(dict.fromkeys(re.findall(r"^#   (\w+)='…'$", text, re.MULTILINE)))
    if not names:
        return
    lines = [
        "# Secrets of alignment run, one NAME='value' a line. Only you may read this file.",
        *(f"# {n}=''" for n in names),
    ]
    put(path, "\n".join(lines) + "\n", 0o600)
    yield f"Wrote {path}: put {' and '.join(names)} there."


def kept_environment(place: Place) -> Iterator[str]:
    """Secrets may serve something else: they stay."""
    if place.environment.exists():
        yield f"The file of secrets stays: {place.environment}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _systemctl(arguments: list[str]) -> bool:
    program = shutil.which("systemctl")
    if program is None:
        return False
    done = subprocess.run([program, "--user", *arguments], capture_output=True, timeout=30, check=False)
    return done.returncode == 0
