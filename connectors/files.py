"""Reads exported files: what a tracker once gave, saved as JSON, JSON lines or CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connectors.connector import Fatal, ParseOptions, Parser, Payload
from connectors.files_csv import header_of
from connectors.files_json import JIRA_MARK, LINEAR_MARK, FieldNames, Unreadable, load, parts
from connectors.files_read import Format, Kind, Reading, is_json
from connectors.files_text import Text
from connectors.jira.csv_export import JiraCsvParser
from connectors.linear.csv_export import LinearCsvParser
from connectors.ticket import Problem

SAVE_FIELDS = "save the answer of GET /rest/api/2/field."
ASK = "Name files of issues that were exported from Jira or Linear as JSON or CSV."


def parser_for(tracker: str, reference: Iterable[Payload], options: ParseOptions) -> Parser:
    """The parser for stored payloads of files, chosen by their ``export`` payload. Raises Fatal without one."""
    payloads = list(reference)
    form = next((p.data.get("format") for p in payloads if p.kind == "export"), None)
    if form == "jira-csv":
        return JiraCsvParser(tracker, payloads, options)
    if form == "linear-csv":
        return LinearCsvParser(tracker, payloads, options)
    if form == "jira-json":
        from connectors.jira.parse import JiraParser

        return JiraParser(tracker, payloads, options)
    if form == "linear-json":
        from connectors.linear.parse import LinearParser

        return LinearParser(tracker, payloads, options)
    raise Fatal(f"The store does not say which kind of export {tracker} was read from: pull {tracker} again.")


def sniff(path: Path) -> Kind | None:
    """Whether a file, or the first file of a folder that tells, is of Jira or of Linear; reads only beginnings."""
    for file, _ in _files_in(path):
        try:
            head = Text(file).head()
        except OSError:
            continue
        header = None if is_json(head) else header_of(head)
        if header:
            return header.kind
        jira, linear = JIRA_MARK.search(head), LINEAR_MARK.search(head)
        if jira or linear:
            return "jira" if jira and not (linear and linear.start() < jira.start()) else "linear"
    return None


def is_csv(path: Path) -> bool:
    """Whether a file, or the first file of a folder that tells, is a CSV: tickets without their history."""
    for file, _ in _files_in(path):
        try:
            head = Text(file).head()
        except OSError:
            continue
        if head.strip():
            return not is_json(head) and header_of(head) is not None
    return False


def _files_in(path: Path) -> list[tuple[Path, str]]:
    """A file, or all files below a folder in order of name, each with the name to speak of it by."""
    if not path.is_dir():
        return [(path, path.name)]
    found = [(p, p.relative_to(path)) for p in sorted(path.rglob("*")) if p.is_file()]
    return [(p, name.as_posix()) for p, name in found if not any(part.startswith(".") for part in name.parts)]


class FileConnector:
    """Exported files, or folders of them, that stand for one tracker. See ``connectors.connector.Connector``.

    What is in a file is found from its contents: gzip or xz, UTF-8 or UTF-16, JSON or CSV, Jira or Linear. JSON lines
    and CSV are streamed; a JSON document (a search page, a list) is held in memory one file at a time, and so are the
    ids of all tickets. ``field_list`` is a saved answer of Jira's ``GET /rest/api/2/field``; ``time_zone`` is what a
    CSV export's times are in, which it does not say itself.
    """

    live = False

    def __init__(
        self, name: str, paths: Sequence[Path], field_list: Path | None = None, time_zone: str = "UTC"
    ) -> None:
        self.name, self.paths, self.field_list, self.time_zone = name, tuple(paths), field_list, time_zone
        self.kind: str = next((kind for path in self.paths if (kind := sniff(path))), "file")
        self.source = ", ".join(path.name for path in self.paths)
        self.has_history = not any(is_csv(path) for path in self.paths)

    def fetch(self, since: datetime | None = None, cursor: str = "") -> Iterator[Payload | Problem]:
        """All tickets, then what they refer to. ``since`` is not used: a file may bring old tickets that are new here.

        Raises Fatal where nothing can be used, or where the files are of more than one format.
        """
        self._check_time_zone()
        known = self._known_fields()
        reading = Reading(FieldNames(known))
        for path in self.paths:
            for file, called in _files_in(path):
                if self.field_list is None or file.resolve() != self.field_list.resolve():
                    yield from reading.file(file, called)
        if reading.format is None:
            raise Fatal(self._nothing(reading))
        for field in known:
            reading.mentioned.field(field)
        yield from reading.mentioned.payloads()
        yield self._export(reading.format, reading)
        yield from (Problem(p.kind, p.where, f"the file {p.what}") for p in reading.unusable)
        yield from reading.mentioned.problems()
        yield from reading.closing_problems(self.name)

    def parser(self, reference: Iterable[Payload], options: ParseOptions) -> Parser:
        return parser_for(self.name, reference, options)

    def _export(self, form: Format, reading: Reading) -> Payload:
        """How to parse what was read, kept beside it so that it can be parsed again without the file."""
        data: dict[str, Any] = {"format": form, "time_zone": self.time_zone, "fetched": None}
        if form.endswith("csv"):
            data["date_orders"] = reading.orders.decided()
        return Payload("export", self.name, data)

    def _check_time_zone(self) -> None:
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError):
            message = f"{self.time_zone!r} is no time zone: write it as Europe/Berlin or America/New_York."
            raise Fatal(message) from None

    def _known_fields(self) -> list[dict[str, Any]]:
        if self.field_list is None:
            return []
        try:
            found = [p.data for p in parts(load(Text(self.field_list).whole())) if p.kind == "field"]
        except OSError as error:
            raise Fatal(f"The field list {self.field_list} cannot be opened: {error.strerror or error}.") from None
        except Unreadable as error:
            raise Fatal(f"The field list {self.field_list} is not JSON ({error}): {SAVE_FIELDS}") from None
        if not found:
            raise Fatal(f"The field list {self.field_list} holds no fields: {SAVE_FIELDS}")
        return found

    def _nothing(self, reading: Reading) -> str:
        if any(reading.mentioned.payloads()):
            return f"{self.source} holds lists of fields or statuses, but no tickets. {ASK}"
        if not reading.unusable:
            return f"There are no files in {self.source or 'the paths of ' + self.name}. {ASK}"
        first, others = reading.unusable[0], len(reading.unusable) - 1
        more = f" (nor can {others} other{'s' * (others > 1)})" if others else ""
        return f"{first.where} cannot be read as an export{more}: it {first.what}. {ASK}"
