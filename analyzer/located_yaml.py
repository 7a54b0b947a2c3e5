"""A YAML file is read into plain values that remember their lines, and every mistake in it is told at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, PrivateAttr, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from analyzer.plain_words import explain, explain_syntax, keys
from analyzer.problem import Mistake

MAX_BYTES = 5_000_000
MAX_VALUES = 100_000
"""More values than any settings need: aliases that refer to aliases can grow a small file without end."""

TAG = "tag:yaml.org,2002:"

Loc = tuple[int | str, ...]
Model = TypeVar("Model", bound=BaseModel)


class Group(dict[str, Any]):
    """A YAML mapping: the line it starts on, and the line of each key."""

    def __init__(self, file: str, line: int) -> None:
        super().__init__()
        self.file = file
        self.line = line
        self.lines: dict[int | str, int] = {}

    def has(self, part: int | str) -> bool:
        return part in self


class Items(list[Any]):
    """A YAML sequence with the line of each item."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[int | str, int] = {}

    def has(self, part: int | str) -> bool:
        return part in self.lines


class WrittenInt(int):
    """A whole number that remembers how it was written."""

    written: str


class WrittenFloat(float):
    """A number that remembers how it was written: version 2.10 is not version 2.1."""

    written: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands. Two things that say the same are equal wherever they stand."""

    file: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)


class Placed(BaseModel):
    """A model that knows the file and line it was read from (empty and 0 when it was made in Python).

    A key with nothing behind it counts as left out.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)
    _place: Place = PrivateAttr(default=Place())

    @property
    def file(self) -> str:
        return self._place.file

    @property
    def line(self) -> int:
        return self._place.line

    @model_validator(mode="wrap")
    @classmethod
    def _keep_place(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if not isinstance(data, Group):
            return handler(data)
        known = keys(cls)
        made = handler({key: value for key, value in data.items() if value is not None or key not in known})
        made._place = Place(data.file, data.line)
        return made


def read(
    path: Path, model: type[Model], *, name: str | None = None, context: dict[str, Any] | None = None
) -> tuple[Model | None, list[Mistake]]:
    """The file as a model, or None and every mistake in it, sorted by line. Never raises on what a file holds.

    ``name`` is how mistakes call the file (default: the path as given); ``context`` is handed to the validators.
    """
    group, mistakes = load(path, name)
    if group is None:
        return None, mistakes
    made, more = validate(group, model, context)
    mistakes = sorted({*mistakes, *more})
    return (None if mistakes else made), mistakes


def load(path: Path, name: str | None = None) -> tuple[Group | None, list[Mistake]]:
    """The file as plain values with lines; None where not even that could be read."""
    file = name or str(path)
    stop = partial(_stopped, file)
    try:
        if path.is_dir():
            return stop(1, "this is a folder, not a file", "Name a YAML file")
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return stop(1, "there is no such file", "Check the path")
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "bad path").lower()
        return stop(1, f"the file cannot be read ({reason})", "Check its path and its permissions")
    if len(content) > MAX_BYTES:
        return stop(1, "the file is larger than 5 MB", "Name the right file; this one cannot be meant")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return stop(line, "the file is not UTF-8 text", "Save it as UTF-8 in your editor")
    return parse(text, file)


def parse(text: str, file: str) -> tuple[Group | None, list[Mistake]]:
    """The text of a file, as ``load`` reads it."""
    stop = partial(_stopped, file)
    try:
        node = YAML(typ="safe", pure=True).compose(text)
        if node is None:
            return stop(1, "the file is empty", "Write something; docs/strategy.md and docs/settings.md have examples")
        if not isinstance(node, MappingNode):
            return stop(_line(node), "the file is not made of keys and values", "Write lines such as `name: value`")
        builder = _Builder(file)
        group = builder.value(node)
    except RecursionError:
        return stop(1, "the file is nested too deeply", "Take out brackets or indentation")
    except _TooMuch:
        return stop(1, "the file grows without end through its aliases (*name)", "Write the values out instead")
    except MarkedYAMLError as error:
        return stop(*explain_syntax(error))
    except Exception:  # ruamel.yaml raises many unmarked kinds on broken text; each means: this is no YAML
        return stop(_odd_line(text), "this is not valid YAML", "Look for odd characters, brackets and quotes")
    return group, builder.mistakes


def _stopped(file: str, line: int, what: str, fix: str) -> tuple[None, list[Mistake]]:
    return None, [Mistake(file, line, what, fix)]


def validate(
    group: Group, model: type[Model], context: dict[str, Any] | None = None
) -> tuple[Model | None, list[Mistake]]:
    """The model, or None and one mistake for each thing wrong, with its line."""
    try:
        return model.model_validate(group, context=context, by_alias=True, by_name=False), []
    except ValidationError as error:
        found = set()
        for one in error.errors(include_url=False):
            if (said := explain(one, model, group)) is not None:
                found.add(Mistake(group.file, line_of(group, one["loc"]), *said))
        return None, sorted(found)


def line_of(group: Group, loc: Loc) -> int:
    """The line of the last part of a pydantic ``loc`` that stands in the file: for a missing key, its parent's."""
    line = group.line
    value: Any = group
    for part in loc:
        known = isinstance(value, Group | Items) and value.has(part)
        if not known:
            break
        line = value.lines[part]
        value = value[part]
    return line


def groups(value: Any) -> Iterator[Group]:
    """The items of a list that are mappings; nothing where the value is no list."""
    if isinstance(value, Items):
        yield from (item for item in value if isinstance(item, Group))


class _TooMuch(Exception):
    pass


class _Builder:
    """Turns composed nodes into plain values; mistakes that YAML itself would let pass are kept."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.mistakes: list[Mistake] = []
        self.count = 0
        self.open: set[int] = set()

    def value(self, node: Any) -> Any:
        self.count += 1
        if self.count > MAX_VALUES or id(node) in self.open:
            raise _TooMuch
        if str(node.tag or "").removeprefix(TAG) not in PLAIN_TAGS:
            self.wrong(node, f"the tag {_short(str(node.tag))} is not understood", "Delete it, or put it in quotes")
        if isinstance(node, ScalarNode):
            return self.scalar(node)
        self.open.add(id(node))
        made = self.group(node) if isinstance(node, MappingNode) else self.items(node)
        self.open.discard(id(node))
        return made

    def group(self, node: MappingNode) -> Group:
        group = Group(self.file, _line(node))
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self.wrong(key_node, "a list or group stands where a key should be", "Write a word before the colon")
                continue
            key = self.text(key_node)
            if key in group.lines:
                again = f"{_short(key)} stands here a second time (first on line {group.lines[key]})"
                self.wrong(key_node, again, "Delete one of the two, or join them")
                continue
            group.lines[key] = _line(key_node)
            group[key] = self.value(value_node)
        return group

    def items(self, node: SequenceNode) -> Items:
        items = Items()
        for item in node.value:
            items.lines[len(items)] = _line(item)
            items.append(self.value(item))
        return items

    def scalar(self, node: ScalarNode) -> Any:
        text = self.text(node)
        kind = str(node.tag).removeprefix(TAG)
        try:
            if kind == "int":
                return _number(WrittenInt(_whole(text.replace("_", ""))), text)
            if kind == "float":
                return _number(WrittenFloat(text.replace("_", "")), text)
            if kind == "timestamp":
                return date.fromisoformat(text)
        except ValueError:
            return text
        if kind == "bool":
            return text.lower() in ("true", "yes", "on", "y")
        return None if kind == "null" else text

    def text(self, node: ScalarNode) -> str:
        text = str(node.value)
        if any("\ud800" <= sign <= "\udfff" for sign in text):
            self.wrong(node, "there is half a character here (\\ud800 to \\udfff)", "Write the character itself")
            return "?"
        return text

    def wrong(self, node: Any, what: str, fix: str) -> None:
        self.mistakes.append(Mistake(self.file, _line(node), what, fix))


PLAIN_TAGS = ("map", "seq", "str", "int", "float", "bool", "null", "timestamp")


def _whole(text: str) -> int:
    """YAML 1.2: 0x, 0o and 0b are hexadecimal, octal and binary; 010 is ten."""
    return int(text, 0 if text.lstrip("+-")[:2].lower() in ("0x", "0o", "0b") else 10)


def _number(number: WrittenInt | WrittenFloat, text: str) -> WrittenInt | WrittenFloat:
    number.written = text
    return number


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1


def _odd_line(text: str) -> int:
    """The line of the first control character, which YAML forbids; 1 where there is none."""
    at = next((n for n, sign in enumerate(text) if sign < " " and sign not in "\t\n\r"), 0)
    return text.count("\n", 0, at) + 1


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
