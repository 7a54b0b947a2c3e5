"""Scores the store, freezes the Result and writes it in the formats asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alignment import __version__, wiring
from alignment.installation import known_secret
from alignment.reading import analysed
from alignment.telling import place
from alignment.whole_file import put
from analyzer.score import score
from analyzer.store import Store, naive, scalar

if TYPE_CHECKING:
    from alignment.settings import Settings
    from alignment.wiring import Moment
    from analyzer.result import Result
    from analyzer.strategy import Strategy
    from analyzer.warehouse import Warehouse


def make_result(
    settings: Settings, strategies: Sequence[Strategy], moment: Moment, effort: str | None = None,
    notes: Sequence[str] = (), source: Store | Warehouse | None = None,
) -> Result:  # fmt: skip
    """The Result of a moment; ``notes`` are said in it, ``source`` is read instead of the store. Raises analyzer.store.Busy."""
    with (source or analysed(settings)).reading() as con:
        return score(
            con, strategies, wiring.options(settings, effort), moment.at, settings.organisation, moment.reason,
            program=f"alignment-analyzer {__version__}", notes=notes, secret=known_secret(settings.store),
        )  # fmt: skip


def freeze(settings: Settings, result: Result, now: datetime, moment: Moment) -> int:
    """Keeps a Result for ever, once: what was reported is never rewritten. Returns its number in ``runs``."""
    body = result.model_dump_json()
    with Store(settings.store).writing() as con:
        known = scalar(con, "SELECT min(no) FROM runs WHERE kind = 'report' AND body = ?", [body])
        if known is not None:
            return int(known)
        sql = "INSERT INTO runs (moment, kind, as_of, body) VALUES (?, 'report', ?, ?) RETURNING no"
        return int(scalar(con, sql, [naive(now), naive(moment.at), body]))


def write(result: Result, folder: Path, name: str, formats: Sequence[str]) -> list[Path]:
    """Draws a Result into files; returns what to open, one path a format."""
    return list(draw(json.loads(result.model_dump_json()), folder, name, formats).values())


def draw(data: dict[str, Any], folder: Path, name: str, formats: Sequence[str]) -> dict[str, Path]:
    """A Result as plain data, drawn into files, each complete or not there at all; by format, what to open."""
    from reports import FORMATS

    written = {}
    for form in FORMATS:
        if form.id in formats:
            files = form.files(data, name)
            for path, text in files.items():
                put(folder / path, text)
            first = folder / next(iter(files))
            written[form.id] = first if len(files) == 1 else first.parent
    return written


def told(result: Result, paths: Sequence[Path], looked: Moment, as_json: bool) -> Iterator[str]:
    """What a command says of a Result: a screenful of lines, or one JSON object."""
    scores = {f.meta.id: f.score.value for f in result.findings if f.score}
    if as_json:
        verdicts = {f.meta.id: f.verdict for f in result.findings}
        answer = {"headline": result.headline, "verdict": result.verdict, "as_of": result.as_of, "verdicts": verdicts}
        news = {"previous": result.previous, "changed": [c.sentence for c in result.changed]}
        asked = [{"measure": d.measure, "move": d.move} for d in result.decide]
        yield json.dumps({**answer, **news, "decide": asked, "scores": scores, "files": [str(p) for p in paths]})
        return
    yield f"\n{result.headline}\n"
    yield from _news(result)
    said = {"noise": "no signal", "not_judged": "not judged"}
    for finding in result.findings:
        number = f" ({scores[finding.meta.id]:.0f} of 100)" if finding.meta.id in scores else ""
        yield f"  {said.get(finding.verdict, finding.verdict):<10} {finding.meta.title}{number}"
    yield f"\nSeen from {looked.reason}."
    read = [c for c in result.coverage if c.tickets]
    if result.effort != "count" and read and not any(c.with_history for c in read):
        yield f"No history was read, so there is no effort in {result.effort}: --effort count judges by finished tickets."
    for file in paths:
        yield f"Report: {place(file)}"


def _news(result: Result) -> Iterator[str]:
    """A line on what changed and one on what to decide first, where there is anything."""
    if result.previous:
        rest = len(result.changed) - 1
        more = f" ({rest} more in the report)" if rest > 0 else ""
        said = f"{result.changed[0].sentence}{more}" if result.changed else "nothing moved by more than chance gives."
        yield f"Since the report of {result.previous[:10]}: {said}"
    first = next((d for d in result.decide if d.move), None)
    if first is not None:
        yield f"Decide first, {first.title}: {first.move}"
    if result.previous or first is not None:
        yield ""
