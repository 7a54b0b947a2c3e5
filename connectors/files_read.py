"""One reading of exported files, from the first file to the last: tickets as they come, the rest gathered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, cast

from connectors.connector import Fatal, Payload
from connectors.files_csv import BadRow, DateOrders, Header, header_of, rows
from connectors.files_json import FieldNames, Unreadable, load, part_kind, parts
from connectors.files_mentioned import Mentioned
from connectors.files_text import Text
from connectors.ticket import Problem

Format = Literal["jira-json", "jira-csv", "linear-json", "linear-csv"]
Kind = Literal["jira", "linear"]

MOST_NAMED = 100
"""Malformed lines of one file that are named one by one; the rest is one Problem with their number."""


def is_json(head: str) -> bool:
    return head.lstrip()[:1] in ("{", "[")


class Reading:
    """``format`` is known from the first ticket on; ``unusable`` says of which files nothing could be used, and why."""

    def __init__(self, field_names: FieldNames) -> None:
        self.format: Format | None = None
        self.unusable: list[Problem] = []
        self.orders = DateOrders()
        self.mentioned = Mentioned()
        self._field_names = field_names
        self._pages = Pages()
        self._seen: set[str] = set()
        self._again: list[str] = []
        self._times_again = 0
        self._found = 0
        self._others: list[str] = []
        self._malformed = 0

    def file(self, path: Path, called: str) -> Iterator[Payload | Problem]:
        """What one file holds; a file of which nothing can be used is left to ``unusable``."""
        text = Text(path)
        self._found, self._others, self._malformed = 0, [], 0
        try:
            if not path.is_file():
                why = "is neither a file nor a folder" if path.exists() else "does not exist"
                self.unusable.append(Problem("missing_file", called, why))
                return
            yield from self._contents(text, called)
            if self._found:
                yield from self._closing(text, called)
                return
            why = "is JSON without tickets of Jira or Linear" if self._others else "holds nothing that can be read"
        except OSError as error:
            why = f"cannot be opened ({error.strerror or error})"
        except Unreadable as error:
            why = str(error)
        kind = "truncated_file" if text.cut else "not_an_export"
        why = "ends early or is damaged, before a first whole ticket" if text.cut else why
        self.unusable.append(Problem(kind, called, why))

    def _contents(self, text: Text, called: str) -> Iterator[Payload | Problem]:
        head = text.head()
        if not head.strip():
            raise Unreadable("is empty")
        header = None if is_json(head) else header_of(head)
        if header:
            self._found += 1
            self._set_format("jira-csv" if header.kind == "jira" else "linear-csv", called)
            yield from self._csv(text, header, called)
        elif _is_document(head, called):
            yield from self._document(text, called)
        elif is_json(head) or any(_is_ticket_line(line) for line in head.split("\n")):
            yield from self._json_lines(text, called)
        else:
            raise Unreadable(_looks_like(head))

    def _document(self, text: Text, called: str) -> Iterator[Payload | Problem]:
        whole = text.whole()
        try:
            value = load(whole)
        except Unreadable as error:
            raise Unreadable(f"is not whole JSON: {error}") from None
        yield from self._values(value, called)

    def _json_lines(self, text: Text, called: str) -> Iterator[Payload | Problem]:
        for number, line in enumerate(text.lines(), 1):
            if not line.strip():
                continue
            where = f"{called}:{number}"
            try:
                value = load(line)
            except Unreadable as error:
                yield from self._bad_line(where, f"the line was skipped, it is not JSON: {error}")
                continue
            yield from self._values(value, where)

    def _values(self, value: Any, where: str) -> Iterator[Payload | Problem]:
        for kind, data in parts(value):
            if kind == "other":
                self._others.append(where)
                continue
            self._found += 1
            if kind == "jira":
                yield self._jira(data, where)
            elif kind == "linear":
                yield from self._linear(data, where)
            elif kind == "status":
                self.mentioned.status(data)
            elif kind == "field":
                self.mentioned.field(data)
            elif kind == "page":
                self._set_format("jira-json", where)
                self.mentioned.names(data)
                self._pages.see(data)
            else:
                self._set_format("linear-json", where)
                self._pages.see(data)

    def _jira(self, issue: dict[str, Any], where: str) -> Payload:
        self._set_format("jira-json", where)
        native = self._field_names.native(issue["fields"])
        if native is not issue["fields"]:
            issue = {**issue, "fields": native}
        self.mentioned.jira(issue)
        ident = str(issue.get("id") or issue["key"])
        self._count(ident, str(issue.get("key") or ident))
        return Payload("issue", ident, issue)

    def _linear(self, node: dict[str, Any], where: str) -> Iterator[Payload]:
        self._set_format("linear-json", where)
        self.mentioned.linear(node)
        ident = str(node.get("id") or node["identifier"])
        self._count(ident, str(node["identifier"]))
        history = node.get("history")
        if not isinstance(history, dict):
            yield Payload("issue", ident, node)
            return
        yield Payload("issue", ident, {k: v for k, v in node.items() if k != "history"})
        yield Payload("history", ident, {"id": ident, "history": history})

    def _csv(self, text: Text, header: Header, called: str) -> Iterator[Payload | Problem]:
        for row in rows(text, header, self.orders):
            if isinstance(row, BadRow):
                yield from self._bad_line(f"{called}:{row.line}", f"the row was skipped: {row.what}")
                continue
            self._count(row.id, row.id)
            yield Payload("issue", row.id, {"csv": row.cells})

    def _bad_line(self, where: str, what: str) -> Iterator[Problem]:
        self._malformed += 1
        if self._malformed <= MOST_NAMED:
            yield Problem("malformed_line", where, what)

    def _set_format(self, found: Format, where: str) -> None:
        if self.format is None:
            self.format = found
        if self.format != found:
            raise Fatal(
                f"{where} is a {_spoken(found)} export and the files before it are {_spoken(self.format)}: "
                "name them as two trackers, each with its own files."
            )

    def _count(self, ident: str, called: str) -> None:
        if ident in self._seen:
            self._times_again += 1
            if len(self._again) < 3 and called not in self._again:
                self._again.append(called)
        self._seen.add(ident)

    def _closing(self, text: Text, called: str) -> Iterator[Problem]:
        if text.cut:
            what = "the packed file ends early or is damaged: what came before was read"
            yield Problem("truncated_file", called, what)
        if self._malformed > MOST_NAMED:
            yield Problem("malformed_line", called, f"{self._malformed - MOST_NAMED} more lines were skipped")
        if text.nuls:
            yield Problem("nul_bytes", called, f"{text.nuls} NUL characters were dropped: was the file written whole?")
        if text.encoding == "cp1252":
            yield Problem("not_utf8", called, "the file is not UTF-8 and was read as Windows-1252: save it as UTF-8")
        if self._others:
            first = ", ".join(dict.fromkeys(self._others[:3]))
            what = f"{len(self._others)} parts that are neither tickets nor statuses nor fields were skipped ({first})"
            yield Problem("not_a_ticket", called, what)

    def closing_problems(self, name: str) -> Iterator[Problem]:
        """What can be said only after the last file."""
        if self._times_again:
            more = " …" if self._times_again > len(self._again) else ""
            what = f"{self._times_again} tickets came again ({', '.join(self._again)}{more}): the last one counts"
            yield Problem("duplicate_ticket", name, what)
        if self._field_names.unclear:
            names = ", ".join(sorted(self._field_names.unclear))
            yield Problem("ambiguous_field", name, f"several fields are called {names}: they could not be told apart")
        if self._field_names.unknown:
            names = ", ".join(sorted(self._field_names.unknown))
            what = f"fields go by name, and no id is known for {names}: give the list from GET /rest/api/2/field"
            yield Problem("unknown_field_name", name, what)
        yield from self._pages.missing(name, len(self._seen))


class Pages:
    """What saved pages say of pages that were not saved."""

    def __init__(self) -> None:
        self._total = 0
        self._more = self._last = False

    def see(self, page: dict[str, Any]) -> None:
        info = page.get("pageInfo")
        total, last = page.get("total"), page.get("isLast")
        if isinstance(info, dict) and isinstance(info.get("hasNextPage"), bool):
            last = not info["hasNextPage"]
        self._total = max(self._total, total if isinstance(total, int) else 0)
        self._more |= last is False
        self._last |= last is True

    def missing(self, name: str, tickets: int) -> Iterator[Problem]:
        if self._total > tickets:
            what = f"the search found {self._total} tickets and the files hold {tickets}: export the other pages too"
            yield Problem("missing_pages", name, what)
        elif self._more and not self._last:
            yield Problem("missing_pages", name, "the last page of the search is not among the files: export it too")


def _spoken(form: Format) -> str:
    tracker, written = form.split("-")
    return f"{tracker.capitalize()} {written.upper()}"


def _is_document(head: str, called: str) -> bool:
    """Whether the file is one JSON value over several lines, rather than a value a line.

    A first line that is no value by itself says document, unless the name or a later line says that it is only broken.
    """
    lines = [line.strip() for line in head.split("\n")]
    first = next(line for line in lines if line)
    if not is_json(first) or len(lines) == 1:
        return False
    if first in ("{", "["):
        return True
    try:
        load(first)
        return False
    except Unreadable:
        by_name = {".jsonl", ".ndjson"} & set(Path(called).suffixes)
        torn = not first.endswith(("[", "{", ",", ":"))
        return not by_name and not (torn and any(_is_ticket_line(line) for line in lines[1:]))


def _is_ticket_line(line: str) -> bool:
    if not line.lstrip().startswith("{"):
        return False
    try:
        value = load(line)
    except Unreadable:
        return False
    return isinstance(value, dict) and part_kind(cast(dict[str, Any], value)) in ("jira", "linear")


def _looks_like(head: str) -> str:
    start = head.lstrip()[:200].lower()
    if start.startswith("pk\x03\x04"):
        return "is a zip archive: unpack it first"
    if start.startswith("<"):
        return "is a web page or XML, perhaps a login page saved in place of the export"
    if any(ord(c) < 9 for c in head[:1000]) or head[:1000].count("\ufffd") > 5:
        return "is not text"
    return "is neither JSON nor a CSV with the columns of Jira (Issue key) or Linear (ID, Title, Status, Created)"
