"""What makes ``alignment run`` happen every week, for five schedulers, from templates: when, where, with which secrets."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from alignment import __version__
from alignment.errors import Mend

if TYPE_CHECKING:
    from alignment.settings import Settings

KINDS = {
    "cron": "a line of your crontab, on a machine that is always on",
    "systemd": "a timer of your own on a Linux machine: makes up for what was missed, and repeats what failed",
    "github": "a workflow of GitHub Actions, the store in its cache",
    "gitlab": "a job of GitLab CI, the store in its cache",
    "kubernetes": "a CronJob with a disk of its own",
}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WHEEL = f"wheels/alignment_analyzer-{__version__}-py3-none-any.whl"
IMAGE = "registry.example.com/alignment-analyzer:latest"
NAME = r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?"


@dataclass(frozen=True, slots=True)
class When:
    """``day`` is a weekday, 0 for Monday, or ``None`` for every day; the time is that of ``zone``."""

    day: int | None
    hour: int
    minute: int
    zone: str

    @property
    def fields(self) -> str:
        """The five fields of cron; its Sunday is 0."""
        return f"{self.minute} {self.hour} * * {'*' if self.day is None else (self.day + 1) % 7}"

    @property
    def calendar(self) -> str:
        """As OnCalendar of systemd has it (systemd.time(7))."""
        day = "" if self.day is None else f"{DAYS[self.day][:3].title()} "
        return f"{day}*-*-* {self.hour:02}:{self.minute:02}:00 {self.zone}"

    @property
    def words(self) -> str:
        day = "Every day" if self.day is None else f"Every {DAYS[self.day].title()}"
        return f"{day} at {self.hour:02}:{self.minute:02}"

    def in_utc(self, year: int) -> When:
        """A time in UTC that is never earlier than the one meant, and at most the shift of summer time later."""
        days = (datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(366))
        least = min(day.astimezone(ZoneInfo(self.zone)).utcoffset() or timedelta() for day in days)
        minutes = self.hour * 60 + self.minute - least // timedelta(minutes=1)
        day = None if self.day is None else (self.day + minutes // 1440) % 7
        return When(day, minutes % 1440 // 60, minutes % 60, "UTC")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run happens. ``settings`` and ``environment`` are files, ``program`` is what is called; all paths are whole."""

    name: str
    settings: Path
    program: Path
    environment: Path
    image: str = IMAGE
    package: str = WHEEL

    @property
    def folder(self) -> Path:
        return self.settings.parent

    @property
    def log(self) -> Path:
        return self.folder / "alignment-run.log"

    def checked(self) -> Place:
        """Raises Mend for what no scheduler can carry."""
        if not re.fullmatch(NAME, self.name):
            raise Mend(f"{self.name} cannot be the name of a schedule.", "Use lower-case letters, digits and hyphens.")
        for path in (self.settings, self.program, self.environment):
            if any(not c.isprintable() for c in str(path)):
                raise Mend("A path holds a line break or an invisible character.", "Rename the folder.")
        return self


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """The environment variables that a run reads its secrets from, unless the keyring has them."""
    from alignment.deliver import delivering
    from alignment.setup.access import LIVE
    from alignment.tokens import variable

    trackers = [variable(t.name) for t in settings.trackers if t.kind in LIVE]
    targets = [delivering.variable(t) for t in settings.deliver]
    bucket = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] if any(t.kind == "s3" for t in settings.deliver) else []
    return tuple(dict.fromkeys(name for name in (*trackers, *targets, *bucket) if name))


def drawn(kind: str, settings: Settings, place: Place, when: When, now: datetime) -> dict[str, str]:
    """The files of one scheduler: path (as its user would name it) to text. Raises Mend."""
    place.checked()
    known = {
        "name": place.name, "folder": place.folder, "settings": place.settings, "settings_name": place.settings.name,
        "program": place.program, "environment": place.environment, "log": place.log, "image": place.image,
        "package": place.package, "own_package": place.package != WHEEL, "secrets": secrets_of(settings),
        "when": when.words, "zone": when.zone, "fields": when.fields, "calendar": when.calendar,
        "utc_fields": when.in_utc(now.year).fields, "every": "day" if when.day is None else "week",
        "command": command(place), "begin": begins(place), "end": ends(place), **_layout(kind, settings, place),
    }  # fmt: skip
    units = f"~/.config/systemd/user/{place.name}"
    paths = {
        "cron": {"crontab": "cron"},
        "systemd": {f"{units}.service": "service", f"{units}.timer": "timer"},
        "github": {f".github/workflows/{place.name}.yml": "github"},
        "gitlab": {".gitlab-ci.yml": "gitlab"},
        "kubernetes": {f"{place.name}.yaml": "kubernetes"},
    }
    return {path: _template(f"schedule.{file}.j2", known) for path, file in paths[kind].items()}


def command(place: Place) -> str:
    """The command of a crontab: what it says goes to a log, and a failure prints the end of it, which cron mails."""
    environment, log = shlex.quote(str(place.environment)), shlex.quote(str(place.log))
    read = f"{{ [ ! -r {environment} ] || {{ set -a; . {environment}; set +a; }}; }}"
    call = f"{shlex.quote(str(place.program))} run --settings {shlex.quote(str(place.settings))}"
    line = f"cd {shlex.quote(str(place.folder))} && {read} && {call} >> {log} 2>&1 || {{ tail -n 20 {log}; false; }}"
    return line.replace("%", r"\%")  # cron takes a bare % for the end of the line


def begins(place: Place) -> str:
    return f"# >>> alignment run for {place.settings} (written by `alignment schedule`)"


def ends(place: Place) -> str:
    return f"# <<< alignment run for {place.settings}"


def _layout(kind: str, settings: Settings, place: Place) -> dict[str, object]:
    """Where things lie in a checkout or on a disk, seen from its root. Raises Mend for what lies outside."""
    root = _root(place.folder) if kind in ("github", "gitlab") else place.folder
    inside = {"store": settings.store, "strategy": settings.strategy, "report.folder": settings.report.folder}
    if kind in ("cron", "systemd"):
        return {}
    for name, path in inside.items():
        if not path.is_relative_to(root):
            raise Mend(f"{name} of the settings lies outside {root.name}.", f"For {kind}, write a path inside it.")
    store, strategy = settings.store.relative_to(root), settings.strategy.relative_to(root)
    folder = settings.strategy.is_dir()
    sub = place.folder.relative_to(root).as_posix()
    config = [place.settings.name, *([] if folder else [strategy.as_posix()])]
    config += [p.relative_to(root).as_posix() for p in _more_files(settings) if p.is_relative_to(root)]
    if kind == "kubernetes" and any("/" in name for name in config):
        raise Mend(
            "A file of the settings lies in a folder below them.", "For kubernetes, put it beside alignment.yaml."
        )
    return {
        "sub": "" if sub == "." else sub, "config_files": config,
        "kept": [store.as_posix(), f"{store.as_posix()}.wal", store.with_suffix(".key").as_posix()],
        "reports": f"{settings.report.folder.relative_to(root).as_posix()}/",
        "from_files": " ".join(f"--from-file={shlex.quote(name)}" for name in config),
        "strategy_folder": strategy.as_posix() if folder else "",
    }  # fmt: skip


def _more_files(settings: Settings) -> Iterator[Path]:
    yield from (t.ca_bundle for t in settings.trackers if t.ca_bundle)
    yield from (t.field_list for t in settings.trackers if t.field_list)
    if settings.vague_words:
        yield settings.vague_words


def _root(folder: Path) -> Path:
    """The checkout that a folder is in; the folder itself outside of one."""
    return next((p for p in (folder, *folder.parents) if (p / ".git").exists()), folder)


def _unit(value: object) -> str:
    """A path in a unit file: % begins a specifier there."""
    return str(value).replace("%", "%%")


def _argument(value: object) -> str:
    """One word of ExecStart=, whatever it holds (systemd.service(5), "Command lines")."""
    text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{text}"'


def _program(value: object) -> str:
    """The first word of ExecStart=; systemd refuses some characters there that it takes in the others."""
    safe = re.fullmatch(r"[\w/.+~-]+", str(value), re.ASCII)
    return str(value) if safe else f"/usr/bin/env {_argument(value)}"


def _template(file: str, known: dict[str, object]) -> str:
    import jinja2

    from alignment.setup.starting import yaml_text

    environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    environment.filters |= {
        "text": yaml_text, "unit": _unit, "argument": _argument, "program": _program,
        "shell": lambda value: shlex.quote(str(value)),
    }  # fmt: skip
    source = (files("alignment") / "templates" / file).read_text(encoding="utf-8")
    return environment.from_string(source).render(**known).rstrip() + "\n"
