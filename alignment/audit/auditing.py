"""Runs an audit: reads exports if any are given, looks at the period and slice asked for, writes the report and judges the gate."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from alignment import __version__, wiring
from alignment.audit import gate
from alignment.errors import FINE, GATE, Mend, Mistakes
from alignment.installation import known_secret
from alignment.pulling.progress import working
from alignment.reading import source
from alignment.reporting import told, write
from alignment.settings import Settings
from alignment.telling import say
from alignment.wiring import Moment
from analyzer.board import Options
from analyzer.calendar import Calendar, day_number, day_of, monday, week_of_day
from analyzer.plan import Plan, read_plan
from analyzer.policy import PolicyRule, read_policy
from analyzer.score import score
from analyzer.slices import Refused, Slice
from analyzer.store import Store, naive, scalar

if TYPE_CHECKING:
    from analyzer.result import Result
    from analyzer.strategy import Strategy
    from analyzer.warehouse import Warehouse

THURSDAY = 3
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says; days as they were written."""

    strategy: Path | None = None
    store: Path | None = None
    first: str | None = None
    last: str | None = None
    weeks: int | None = None
    as_of: str | None = None
    team: tuple[str, ...] = ()
    project: tuple[str, ...] = ()
    tracker: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    plan: Path | None = None
    policy: Path | None = None
    fail_on: tuple[str, ...] = ()
    effort: str | None = None
    engine: str = "duckdb"
    tables: str = ""

    @property
    def slice(self) -> Slice:
        return Slice(self.team, self.project, self.tracker, self.priority, self.label)


def run_audit(
    exports: Sequence[Path], settings_path: Path | None, asked: Asked, formats: Sequence[str], out: Path | None, as_json: bool
) -> int:  # fmt: skip
    """The exit code. Raises Mend, Mistakes."""
    rules, now = gate.read(asked.fail_on), wiring.clock()
    with _settings(exports, settings_path, asked) as settings:
        judged_by = wiring.strategies(settings.strategy)
        plan, policy = _plan(asked.plan), _policy(asked.policy)
        if exports:
            _pull(settings, now, as_json)
        read = source(settings, asked.engine, asked.tables)
        result, looked = audited(settings, judged_by, asked, plan, policy, now, as_json, read)
        if not exports and not read.exported:
            _freeze(settings, result, now, looked)
        name = "-".join(
            [
                "audit",
                *([slug(plan.plan)] if plan else []),
                *([slug(str(asked.slice))] if asked.slice else []),
                looked.name,
            ]
        )
        with working("Drawing", as_json):
            folder = (out or settings.report.folder).absolute()
            paths = write(result, folder, name, formats or settings.report.formats)
    broken = gate.breaches(result, rules)
    for line in told(result, paths, looked, as_json):
        more = {
            "slice": result.slice,
            "plan": result.plan,
            "gate": "failed" if broken else "passed",
            "breaches": broken,
        }
        say(json.dumps({**json.loads(line), **more}) if as_json else line)
    if rules and all(f.verdict == "not_judged" for f in result.findings):
        say("Gate: nothing could be judged, so nothing failed.", err=True)
    for sentence in broken:
        say(f"Gate: {sentence}", err=True)
    return GATE if broken else FINE


def audited(
    settings: Settings, judged_by: Sequence[Strategy], asked: Asked, plan: Plan | None, policy: Sequence[PolicyRule],
    now: datetime, quiet: bool, read: Store | Warehouse,
) -> tuple[Result, Moment]:  # fmt: skip
    """The Result of an audit of what ``read`` holds, and the moment it looks from. Raises Mend."""
    wiring.there(read)
    options = wiring.options(settings, asked.effort)
    options, looked = _when(read, options, asked, now)
    ahead = week_of_day(day_number(plan.period.first)) if plan else None
    options = replace(options, slice=asked.slice, ahead=ahead)
    rules = [
        *(
            r
            for one in judged_by
            if one.in_force(day_of(options.calendar.local_day(looked.at) - 1))
            for r in one.policy
        ),
        *policy,
    ]
    with working("Scoring", quiet), read.reading() as con:
        try:
            result = score(
                con, judged_by, options, looked.at, settings.organisation, looked.reason,
                program=f"alignment-analyzer {__version__}", secret=known_secret(settings.store), plan=plan, rules=rules,
                audited=True,
            )  # fmt: skip
        except Refused as refused:
            raise Mend(refused.what, refused.fix) from None
    return result, looked


def slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "x"


def _when(store: Store | Warehouse, options: Options, asked: Asked, now: datetime) -> tuple[Options, Moment]:
    """Window and moment. A week belongs to the period in which its Thursday lies, as ISO weeks belong to years."""
    calendar = options.calendar
    if asked.last is None:
        looked = wiring.moment(store, calendar, asked.as_of, None, now)
        return replace(options, weeks=asked.weeks or options.weeks), looked
    last = week_of_day(_day(asked.last) - THURSDAY)
    first = last - (asked.weeks or options.weeks) + 1
    if asked.first:
        first = week_of_day(_day(asked.first) - THURSDAY - 1) + 1
    if last - first + 1 < SHORTEST:
        raise Mend(
            f"The period holds fewer than {SHORTEST} weeks.", "A single week is mostly chance; take a longer period."
        )
    end = max(_day(asked.last), monday(last) + 6)
    latest = wiring.moment(store, calendar, asked.as_of, None, now)
    at = calendar.midnight(end + 1).replace(tzinfo=UTC)
    if asked.as_of is None and at < latest.at:
        name = day_of(end).isoformat()
        latest = Moment(at, name, f"the end of {name}, the period's last day")
    if _complete(calendar, latest.at) < first + SHORTEST - 1:
        raise Mend(
            f"The period begins too late to look at from {latest.name}.", "Take an earlier period, or a later --as-of."
        )
    return replace(options, weeks=min(last, _complete(calendar, latest.at)) - first + 1, last_week=last), latest


def _complete(calendar: Calendar, at: datetime) -> int:
    return week_of_day(calendar.local_day(at)) - 1


def _day(text: str) -> int:
    from datetime import date

    try:
        return day_number(date.fromisoformat(text))
    except ValueError:
        raise Mend(f"{text} is no day.", "Write e.g. 2026-09-30.") from None


@contextmanager
def _settings(exports: Sequence[Path], path: Path | None, asked: Asked) -> Iterator[Settings]:
    """The settings; with exports, those of no file and a store that is thrown away, unless a file is named."""
    changes = {"strategy": asked.strategy.absolute()} if asked.strategy else {}
    if not exports:
        changes |= {"store": asked.store.absolute()} if asked.store else {}
        yield wiring.settings_or_defaults(path).model_copy(update=changes)
        return
    settings = wiring.settings_or_defaults(path, exports) if path else wiring.defaults(exports)
    for tracker in settings.trackers:
        wiring.matching(tracker)  # an export that is not there is said before a strategy that is not
    with tempfile.TemporaryDirectory(prefix="alignment-audit-") as folder:
        yield settings.model_copy(update={**changes, "store": Path(folder) / "audit.duckdb"})


def _pull(settings: Settings, now: datetime, quiet: bool) -> None:
    from alignment.pulling import pull as pulling
    from alignment.pulling.several import say_pulled

    for connector, options in wiring.connectors(settings):
        with working("Reading", quiet):
            got = pulling.pull(Store(settings.store), connector, options, now)
        if not quiet:
            say_pulled(connector, got)


def _plan(path: Path | None) -> Plan | None:
    if path is None:
        return None
    plan, mistakes = read_plan(path)
    if mistakes:
        raise Mistakes(mistakes)
    return plan


def _policy(path: Path | None) -> tuple[PolicyRule, ...]:
    if path is None:
        return ()
    policy, mistakes = read_policy(path)
    if policy is None:
        raise Mistakes(mistakes)
    return policy.rules


def _freeze(settings: Settings, result: Result, now: datetime, looked: Moment) -> None:
    """Keeps an audit as it was written, once; it is no weekly report, and none is compared with it."""
    body = result.model_dump_json()
    with Store(settings.store).writing() as con:
        if not scalar(con, "SELECT count(*) FROM runs WHERE kind = 'audit' AND body = ?", [body]):
            row = [naive(now), naive(looked.at), body]
            con.execute("INSERT INTO runs (moment, kind, as_of, body) VALUES (?, 'audit', ?, ?)", row)
