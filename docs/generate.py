"""Writes the parts of these pages that are generated: help texts, fields, measures, tables, and the audit's figures.

python -m docs.generate                     all but the audit
python -m docs.generate --archive FOLDER    the audit as well; FOLDER holds FCREPO and DURACLOUD .issues.jsonl.gz
python -m docs.generate --archive FOLDER --second OTHER    and the second; OTHER holds ALOY, DAEMON and MOD .issues.jsonl.xz
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import click
import duckdb

from docs.fields import table

PAGES = Path(__file__).parent

ONE_ROW_IS = {
    "schema_steps": "one step of the schema that was applied",
    "trackers": "one connection, and when it was last pulled",
    "scans": "one pass over a live tracker: from when, how far, and whether it came to its end",
    "raw": "one payload as it came, as packed JSON; `parsed` says which reader has read it",
    "tickets": "one ticket as it stood when it was last fetched; `level` −1 sub-task, 0 task, 1 epic, 2 and up above",
    "spans": "one value of one field of one ticket, from `since` until `until` (empty: still)",
    "changes": "one logged change of one field, by whom (a pseudonym) and when",
    "containers": "one Jira project, sprint, version, Linear project, cycle, milestone or initiative",
    "container_seen": "one value that a pull found a container to have (name, key, address, state, dates, owner, text), and "
    "since when",
    "updates": "one report of someone on a Linear project or initiative, with the health it states",
    "relations": "one ticket that blocks, duplicates or relates to another, or a container that is part of another; `since` and "
    "`until` as the tracker tells them",
    "relation_seen": "one stay of such a tie: from when until when, by the tracker's word, else by the pulls that first saw it and "
    "first missed it (`since` empty: it was there at the first pull)",
    "people": "one pseudonym; never a name",
    "person_seen": "what a pull found new of a pseudonym: its team, whether it is a bot (`since` empty: from the first sight on)",
    "problems": "one thing in the source that could not be taken at its word",
    "problem_seen": "one such problem, from the pull that first met it until the one that no longer did",
    "watched": "one pull that came to its end, and the highest number of a ticket then: what is above it came later",
    "texts": "one body that some ticket has or had; `body` spans name it by its fingerprint",
    "decisions": "one word of a person, never rewritten: `kind` link (what a ticket or container serves, alone or with all "
    "`below`), reject (what it does not serve), auto (linked by its suggestion alone), "
    "undo (the `act` that is taken back), finding (what was "
    "decided on one: `choice` act, accept or dismiss, with a reason and until when), scope (a growth that was agreed), "
    "review (held), note (an owner spoke)",
    "strategy_seen": "one version of a strategy file, with the moment it was first seen or committed to git",
    "runs": "one report or audit frozen as it was written, or one pull with what it asked, got and missed",
    "deliveries": "the digest of one week (`period`) for one target: which `run` it carries, when it was begun and when it "
    "was sent (empty: not known to be); a `round` more each time it was asked for again",
    "suggestions": "one thing that an unlinked ticket may belong to (`place` 1 is the likeliest): how sure (`confidence`, 0 to 1), "
    "in which `band`, and why; `seen` and `model` say what it was scored from",
    "tag_writes": "one tag that write-back put on (`act` add) or took off a ticket, by the name of its `plan`: when it was begun "
    "and ended, the `outcome` (empty: not known), and when the tracker says the ticket was last updated by then (`after`)",
    "gone": "one ticket that a tracker no longer showed, from the sweep that noticed `since` until it was seen again "
    "(`until`, empty: still); `how` is archived, trashed, outside (of what the settings read) or gone",
    "sweeps": "one look for tickets that are gone: when, and whether it came to its end",
    "names": "one fingerprint, made with `key`, of a way in which someone's name may be written (`kind` way) or of the first word "
    "of one (first); it cannot be turned back into a name",
    "swept": "one ticket listed by the sweep that is under way",
}


def parts() -> dict[str, dict[str, str]]:
    """Page → name of the part → text."""
    from alignment.settings import Settings
    from analyzer.plan import Plan
    from analyzer.policy import Policy
    from analyzer.strategy import Strategy

    return {
        "commands.md": {"commands": commands()},
        "strategy.md": {"fields": table(Strategy)},
        "settings.md": {"fields": table(Settings)},
        "measures.md": {"measures": measures()},
        "store.md": {"tables": tables()},
        "planning-audit.md": {"plan": table(Plan), "policy": table(Policy)},
    }


def commands() -> str:
    """The help of every command, as it prints."""
    return "\n".join(f"## {name}\n\n```text\n{text}\n```\n" for name, text in helps())


def helps() -> Iterator[tuple[str, str]]:
    from alignment.cli import cli

    for name, command in _named("alignment", cli):
        with click.Context(command, info_name=name, max_content_width=100, terminal_width=100) as context:
            context.help_option_names = ["-h", "--help"]
            yield name, command.get_help(context).rstrip()


def _named(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """A command and those below it."""
    yield name, command
    if isinstance(command, click.Group):
        for below, one in sorted(command.commands.items()):
            yield from _named(f"{name} {below}", one)


def measures() -> str:
    """What each measure is, in the order of the report, with a worked example."""
    from analyzer.measures import MEASURES
    from docs.worked import example

    told = []
    for module in MEASURES:
        meta = module.META
        lines = [f"### {meta.title}", f"`{meta.id}` · *{meta.question}*", f"**How.** {meta.how}"]
        lines += [f"**Formula.** {meta.formula}", f"**What it needs.** {meta.needs}"] if meta.formula else []
        lines.append(f"**Where it may mislead.** {meta.limits}")
        lines += [f"**Source.** {meta.source}"] if meta.source else []
        told.append("\n\n".join([*lines, example(module)]).rstrip())
    return "\n\n".join(told) + "\n"


def tables() -> str:
    """The tables that the migrations leave in an empty store."""
    from analyzer.migrations import migrate

    con = duckdb.connect(":memory:")
    migrate(con)
    columns: dict[str, list[str]] = {}
    rows = con.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY table_oid, column_index"
    )
    for name, column, kind in rows.fetchall():
        columns.setdefault(str(name), []).append(f"`{column}` {str(kind).lower()}")
    lines = [f"| `{name}` | {ONE_ROW_IS[name]} | {', '.join(found)} |" for name, found in columns.items()]
    return "\n".join(["| table | one row is | columns |", "| :-- | :-- | :-- |", *lines]) + "\n"


def filled(page: str, made: dict[str, str]) -> str:
    """The page with its generated parts as they should be. Raises KeyError for a part that the page does not have."""
    for name, text in made.items():
        begin, end = f"<!-- begin: {name} -->\n", f"<!-- end: {name} -->"
        if begin not in page or end not in page:
            raise KeyError(name)
        before, rest = page.split(begin, 1)
        page = f"{before}{begin}\n{text}\n{end}{rest.split(end, 1)[1]}"
    return page


def write(made: dict[str, dict[str, str]]) -> None:
    for name, of_page in made.items():
        path = PAGES / name
        path.write_text(filled(path.read_text(encoding="utf-8"), of_page), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes the generated parts of the documentation.")
    parser.add_argument("--archive", type=Path, help="folder with the two exports of the audit")
    parser.add_argument(
        "--second", type=Path, help="folder with the exports of the second audit, which have no change logs"
    )
    archive, second = (given := parser.parse_args()).archive, given.second
    from docs import planning

    write(parts())
    write({"planning-audit.md": planning.parts(planning.run())})
    if archive is not None:
        from docs.audit import audit_parts, run_second, second_parts

        made = audit_parts(archive)
        if second is not None:
            made |= second_parts(*run_second(second))
        write({"audit-an-archive.md": made})


if __name__ == "__main__":
    main()
