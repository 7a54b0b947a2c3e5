"""The part of JQL that connectors use, refused in Jira's own words where it goes further."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import total_ordering
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from tests.simulator.issue import Issue, Json, millis

TOKEN = re.compile(r'\s*(?:"([^"]*)"|\'([^\']*)\'|(>=|<=|!=|[=<>(),~])|([^\s()=<>,!~"\']+))')
DATES = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")
IDENTS = ("id", "issue", "key", "issuekey")
MOMENTS = ("created", "updated")
SORTED_BY = (*IDENTS, *MOMENTS, "project")


class JqlError(Exception):
    """The query cannot be carried out; the argument is Jira's own message."""


@dataclass(frozen=True, slots=True)
class Site:
    """What a query is read against. ``epoch`` tells whether bare integers are taken as epoch milliseconds."""

    project: Callable[[str], Json | None]
    issue: Callable[[str], Issue | None]
    zone: str = "UTC"
    epoch: bool = True
    validate: bool = True
    operands: int = 5_000


@dataclass(frozen=True, slots=True)
class Query:
    """``projects`` and ``ids`` are what remains allowed (``None`` = any); ``bounds`` are (field, operator, ms)."""

    projects: frozenset[str] | None
    ids: frozenset[str] | None
    bounds: tuple[tuple[str, str, int], ...]
    order: tuple[tuple[str, bool], ...]

    @property
    def bounded(self) -> bool:
        return self.projects is not None or self.ids is not None or bool(self.bounds)

    def matches(self, issue: Issue) -> bool:
        if self.projects is not None and issue.project.get("key") not in self.projects:
            return False
        if self.ids is not None and issue.id not in self.ids:
            return False
        for name, operator, limit in self.bounds:
            at = issue.created if name == "created" else issue.updated
            if not {">=": at >= limit, ">": at > limit, "<": at < limit, "<=": at <= limit}[operator]:
                return False
        return True

    def sort_key(self, issue: Issue) -> tuple[Any, ...]:
        """Newest first where the query gives no order, as Jira does; ids break ties, so that pages never overlap."""
        order = self.order or (("created", True),)
        return (*(_Down(_value(issue, n)) if down else _value(issue, n) for n, down in order), int(issue.id))


@total_ordering
class _Down:
    """A value that sorts the other way round."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Down) and bool(self.value == other.value)

    def __lt__(self, other: _Down) -> bool:
        return bool(other.value < self.value)


def _value(issue: Issue, name: str) -> Any:
    if name in MOMENTS:
        return issue.created if name == "created" else issue.updated
    if name == "id":
        return int(issue.id)
    return str(issue.project.get("key")) if name == "project" else (issue.key.rpartition("-")[0], issue.number)


def read(text: str, site: Site) -> Query:
    """Raises ``JqlError``."""
    return _Reading(text, site).query()


class _Reading:
    def __init__(self, text: str, site: Site) -> None:
        self.site, self.tokens, self.at = site, [], 0
        place, text = 0, text.strip()
        while place < len(text):
            hit = TOKEN.match(text, place)
            if hit is None:
                raise JqlError(f"Error in the JQL Query: The character '{text[place]}' is a reserved JQL character.")
            quoted = hit[1] if hit[1] is not None else hit[2]
            self.tokens.append(
                (quoted if quoted is not None else hit[3] or hit[4], quoted is not None, hit.start(hit.lastindex or 0))
            )
            place = hit.end()

    tokens: list[tuple[str, bool, int]]

    def query(self) -> Query:
        projects: frozenset[str] | None = None
        ids: frozenset[str] | None = None
        bounds: list[tuple[str, str, int]] = []
        while self._peek() not in ("", "order"):
            name = self._take().lower()
            operator, values = self._values()
            if name == "project":
                keys = frozenset(filter(None, map(self._project, values)))
                projects = keys if projects is None else projects & keys
            elif name in IDENTS:
                found = frozenset(filter(None, (self._issue(name, value) for value in values)))
                ids = found if ids is None else ids & found
            elif name in MOMENTS:
                bounds.append((name, operator, self._moment(name, values[0])))
            else:
                raise JqlError(f"Field '{name}' does not exist or you do not have permission to view it.")
            if (name in MOMENTS) == (operator in ("=", "in")):
                raise JqlError(f"The operator '{operator}' is not supported by the '{name}' field.")
            if self._peek() not in ("", "order"):
                self._expect("and")
        return Query(projects, ids, tuple(bounds), self._order())

    def _values(self) -> tuple[str, list[tuple[str, bool]]]:
        operator = self._take().lower()
        if operator not in ("=", "in", ">=", ">", "<", "<="):
            self._stuck("operator", operator)
        if operator != "in":
            return operator, [self._operand()]
        self._expect("(")
        values = [self._operand()]
        while self._peek() == ",":
            self._take()
            values.append(self._operand())
        self._expect(")")
        if len(values) > self.site.operands:
            raise JqlError("The JQL query is too large: it has too many operands.")
        return operator, values

    def _order(self) -> tuple[tuple[str, bool], ...]:
        order: list[tuple[str, bool]] = []
        if self._peek() == "order":
            self._take()
            self._expect("by")
            while True:
                name = self._take().lower()
                if name not in SORTED_BY:
                    raise JqlError(f"Field '{name}' does not exist or you do not have permission to view it.")
                down = self._take().lower() == "desc" if self._peek() in ("asc", "desc") else False
                order.append((name, down))
                if self._peek() != ",":
                    break
                self._take()
        if self._peek():
            self._stuck("end of the query", self._take())
        if len(order) > 7:
            raise JqlError("The JQL query exceeds the maximum of 7 sort fields.")
        return tuple(order)

    def _project(self, value: tuple[str, bool]) -> str | None:
        project = self.site.project(value[0])
        if project is None and self.site.validate:
            raise JqlError(f"The value '{value[0]}' does not exist for the field 'project'.")
        return str(project["key"]) if project else None

    def _issue(self, name: str, value: tuple[str, bool]) -> str | None:
        issue = self.site.issue(value[0])
        if issue is None and self.site.validate:
            if value[0].isdigit():
                raise JqlError(f"A value with ID '{value[0]}' does not exist for the field '{name}'.")
            raise JqlError(f"An issue with key '{value[0]}' does not exist for field '{name}'.")
        return issue.id if issue else None

    def _moment(self, name: str, value: tuple[str, bool]) -> int:
        text, quoted = value
        if not quoted and text.isdigit() and self.site.epoch:
            return int(text)
        for form in DATES if quoted or "-" in text or "/" in text else ():
            try:
                return millis(datetime.strptime(text, form).replace(tzinfo=ZoneInfo(self.site.zone)))
            except ValueError:
                continue
        raise JqlError(
            f"Date value '{text}' for field '{name}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
            "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
        )

    def _operand(self) -> tuple[str, bool]:
        if self.at < len(self.tokens) and (self.tokens[self.at][1] or self._peek() not in ("(", ")", ",", "=", "~")):
            self.at += 1
            return self.tokens[self.at - 1][:2]
        self._stuck("a value", self._peek())

    def _peek(self) -> str:
        """The next bare word or sign in lower case; a quoted text is none, but is not the end either."""
        if self.at >= len(self.tokens):
            return ""
        text, quoted, _ = self.tokens[self.at]
        return f'"{text}"' if quoted else text.lower()

    def _take(self) -> str:
        if self.at >= len(self.tokens):
            raise JqlError("Error in the JQL Query: Unexpected end of the query.")
        self.at += 1
        return self.tokens[self.at - 1][0]

    def _expect(self, word: str) -> None:
        got = self._take()
        if got.lower() != word:
            self._stuck(f"'{word.upper()}'", got)

    def _stuck(self, wanted: str, got: str) -> NoReturn:
        place = self.tokens[min(self.at, len(self.tokens)) - 1][2] + 1 if self.tokens else 1
        raise JqlError(f"Error in the JQL Query: Expecting {wanted} but got '{got}'. (line 1, character {place})")
